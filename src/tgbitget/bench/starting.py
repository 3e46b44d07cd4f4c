"""P11: `--help` and `--version` against the smallest Typer app there is."""

import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tgbitget.bench import metric
from tgbitget.bench.errand import spawn
from tgbitget.bench.errors import BenchFailed
from tgbitget.bench.metric import NS_PER_MS, Bar, Effort, Result, Say

RATIO_MAX: Final = 1.5
_RUNS: Final = 3
APP: Final = '''\
import typer

app = typer.Typer()


@app.command()
def one() -> None:
    """The first."""


@app.command()
def two() -> None:
    """The second."""


app()
'''


async def measure(effort: Effort, say: Say) -> Sequence[Result]:
    taken: dict[str, list[list[float]]] = {}
    with TemporaryDirectory(prefix="tgbitget-bench-") as folder:
        app = Path(folder) / "two_commands.py"
        app.write_text(APP, encoding="ascii")
        runs = {
            "two-command Typer app": (str(app), "--help"),
            "tgbitget --help": ("-m", "tgbitget", "--help"),
            "tgbitget --version": ("-m", "tgbitget", "--version"),
            "Python alone": ("-c", "pass"),
        }
        for number in range(effort.blocks + 1):
            say(f"P11: block {number} of {effort.blocks}")
            for name, arguments in runs.items():
                times = [await _wall(arguments) for _ in range(_RUNS)]
                if number:  # the first fills the disk's cache
                    taken.setdefault(name, []).append(times)
    floor = taken["two-command Typer app"]
    ratios = [
        metric.ratio(f"{name} ÷ Typer app", taken[name], floor)
        for name in ("tgbitget --help", "tgbitget --version")
    ]
    return [
        Result(
            id="P11",
            title="Help and version",
            bars=[Bar(name=one.name, value=one.value.median, most=RATIO_MAX) for one in ratios],
            figures=[
                *(metric.figure(name, "ms", blocks) for name, blocks in taken.items()),
                *ratios,
            ],
            notes=("from the start of the process to its end, `python -m`",),
        )
    ]


async def _wall(arguments: Sequence[str]) -> float:
    began = time.monotonic_ns()
    process = await spawn(*arguments)
    await process.communicate()
    if process.returncode:
        raise BenchFailed(f"python {' '.join(arguments)} ended with {process.returncode}")
    return (time.monotonic_ns() - began) / NS_PER_MS
