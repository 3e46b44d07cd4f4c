"""A file of posts through the whole river, as a rehearsal, beside reading and decoding the same lines."""

import argparse
import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

from loguru import logger

from tgbitget.app.runs import replay
from tgbitget.bench.errand import obey
from tgbitget.model.event import Decided, Event
from tgbitget.profile import default_profile
from tgbitget.settings import Settings


class Counter:
    """Stands where a printer does; remembers how much memory there was after so many posts."""

    def __init__(self, marks: frozenset[int]) -> None:
        self._marks = marks
        self.posts = 0
        self.resident_kb: dict[str, int] = {}

    def handle(self, event: Event, /) -> None:
        if not isinstance(event, Decided):
            return
        self.posts += 1
        if self.posts in self._marks:
            self.resident_kb[str(self.posts)] = resident_kb()


def resident_kb() -> int:
    """Of this process, now. Elsewhere than on Linux: at most so far."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except FileNotFoundError:
        import resource  # noqa: PLC0415 -- there is none on Windows

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def decode(file: str) -> int:
    """Nanoseconds to read and decode each line."""
    began = time.monotonic_ns()
    with Path(file).open("rb") as lines:
        for line in lines:
            json.loads(line)
    return time.monotonic_ns() - began


async def rehearse(home: str, file: str, marks: list[int]) -> dict[str, Any]:
    counter = Counter(frozenset(marks))
    settings = Settings(home=Path(home))
    began = time.monotonic_ns()
    await replay(settings, default_profile(), file, dry_run=True, printer=counter)
    return {
        "ns": time.monotonic_ns() - began,
        "posts": counter.posts,
        "resident_kb": counter.resident_kb,
    }


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", required=True)
    options = parser.parse_args()
    logger.remove()

    async def run(file: str, marks: list[int]) -> dict[str, Any]:
        return await rehearse(options.home, file, marks)

    await obey({"decode": decode, "rehearse": run}, {"ready": True})


if __name__ == "__main__":
    asyncio.run(main())
