"""What a start loads: a fresh process tells."""

import json
import subprocess
import sys

SCRIPT = """
import json, sys
import tgbitget.app.runs
print(json.dumps(sorted(sys.modules)))
"""


def test_a_start_loads_no_simulator_and_no_exchange_but_bitget() -> None:
    told = subprocess.run(  # noqa: S603 -- our own script
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=50
    )
    loaded = set(json.loads(told.stdout))
    assert {"ccxt.async_support.bitget", "ccxt.pro.bitget"} <= loaded
    assert not [name for name in loaded if name.startswith("tgbitget.simulators")]
    assert not loaded & {
        "ccxt.kraken",
        "ccxt.async_support.kraken",
        "ccxt.pro.kraken",
        "ccxt.bitget",
    }
