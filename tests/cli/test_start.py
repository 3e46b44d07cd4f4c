"""What every command does first."""

import subprocess
import sys
from pathlib import Path

ITS_LIMIT = """
import atexit, resource, sys
from tgbitget.cli.frame import run
_, most = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
atexit.register(lambda: print(resource.getrlimit(resource.RLIMIT_CORE)[0]))
sys.exit(run(["signals", "list"]))
"""


def test_a_crash_leaves_no_memory_with_secrets_on_the_disk(tmp_path: Path) -> None:
    ran = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", ITS_LIMIT],
        env={"TGBITGET_HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.splitlines()[-1] == "0", ran
