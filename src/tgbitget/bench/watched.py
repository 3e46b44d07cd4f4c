"""`tgbitget` with a watch on its loop; without arguments, the watch alone, for what the machine itself does to it."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar

from tgbitget.bench.errand import obey
from tgbitget.bench.stalls import Stalls
from tgbitget.cli import main

FILE: Final = "BENCH_STALLS"  # where the lateness is written at the end

T = TypeVar("T")
_run = asyncio.run


async def beside(work: Coroutine[Any, Any, T]) -> T:
    stalls = Stalls()
    watching = asyncio.create_task(stalls.watch())
    try:
        return await work
    finally:
        watching.cancel()
        stalls.write(Path(os.environ[FILE]))


def run(work: Coroutine[Any, Any, T]) -> T:
    return _run(beside(work))


if __name__ == "__main__":
    if len(sys.argv) == 1:
        run(obey({}, {"ready": True}))
    else:
        # The command brings its own loop; the watch has to be in that one.
        asyncio.run = run  # type: ignore[assignment] # debug and loop_factory are not used by commands
        main()
