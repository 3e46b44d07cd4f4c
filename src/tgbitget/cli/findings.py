"""What `doctor` says of one thing: how it is, why that matters, what to do."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from statistics import median
from time import perf_counter
from typing import Any

from tgbitget.cli.ending import WRONG_USAGE, code_of
from tgbitget.errors import TgbitgetError

TRIES = 5  # of a round trip, once the line is dialled
SLOW_MS = 1000


class State(StrEnum):
    GOOD = "good"
    DOUBTFUL = "doubtful"
    WRONG = "wrong"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`code` is the exit code that a wrong one stands for."""

    about: str
    state: State
    what: str
    why: str = ""
    do: str = ""
    code: int = 0

    def json(self) -> dict[str, Any]:
        return {**asdict(self), "state": str(self.state)}


def good(about: str, what: str) -> Finding:
    return Finding(about=about, state=State.GOOD, what=what)


def skipped(about: str, what: str) -> Finding:
    return Finding(about=about, state=State.SKIPPED, what=what)


def doubtful(about: str, what: str, *, why: str, do: str) -> Finding:
    return Finding(about=about, state=State.DOUBTFUL, what=what, why=why, do=do)


def wrong(about: str, error: TgbitgetError, *, why: str, do: str) -> Finding:
    code = code_of(error)
    return Finding(about=about, state=State.WRONG, what=str(error), why=why, do=do, code=code)


def not_fit(about: str, what: str, *, why: str, do: str, code: int = WRONG_USAGE) -> Finding:
    """Wrong, though nothing failed: whoever trades like that is not served."""
    return Finding(about=about, state=State.WRONG, what=what, why=why, do=do, code=code)


async def timed(call: Callable[[], Awaitable[object]]) -> float:
    """The median round trip in milliseconds, once the line is dialled."""
    await call()
    taken = []
    for _ in range(TRIES):
        started = perf_counter()
        await call()
        taken.append((perf_counter() - started) * 1000)
        await asyncio.sleep(0)
    return median(taken)


def reach(about: str, what: str, taken_ms: float) -> Finding:
    told = f"{what}, {taken_ms:.0f} ms there and back (median of {TRIES})"
    if taken_ms <= SLOW_MS:
        return good(about, told)
    return doubtful(
        about,
        told,
        why="an order is that late at best",
        do="see the network; a machine nearer to it helps",
    )
