"""`tgbitget` that is struck dead at a point of its path: CHAOS="journal.decide before 2" is before the second decision."""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from journeys.impatient import make_impatient
from tgbitget.execution.executor import Executor
from tgbitget.execution.reconcile import Reconciler
from tgbitget.intake.inbox import Inbox
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.pipeline import Pipeline
from tgbitget.positions.guard import TradeGuard
from tgbitget.positions.keeper import PositionKeeper
from tgbitget.positions.protection import Protection
from tgbitget.venues.bitget import BitgetVenue

CHAOS = "CHAOS"
PLACES: dict[str, tuple[type, str]] = {
    "inbox.run": (Inbox, "run"),
    "pipeline.handle": (Pipeline, "handle"),
    "journal.open": (SqliteJournal, "open"),
    "journal.decide": (SqliteJournal, "decide"),
    "journal.add_legs": (SqliteJournal, "add_legs"),
    "journal.record_placement": (SqliteJournal, "record_placement"),
    "journal.record_fill": (SqliteJournal, "record_fill"),
    "journal.record_trade": (SqliteJournal, "record_trade"),
    "executor.send": (Executor, "send"),
    "executor.attempt": (Executor, "_attempt"),
    "executor.settle": (Executor, "settle"),
    "executor.cancel": (Executor, "cancel"),
    "reconciler.find": (Reconciler, "find"),
    "guard.recover": (TradeGuard, "_recover"),
    "guard.bring_about": (TradeGuard, "_bring_about"),
    "protection.protect": (Protection, "protect"),
    "keeper.look": (PositionKeeper, "look"),
    "venue.place": (BitgetVenue, "place"),
    "venue.cancel": (BitgetVenue, "cancel"),
    "venue.order": (BitgetVenue, "order"),
    "venue.fills": (BitgetVenue, "fills"),
}
SIDES = ("before", "after")
POINTS = tuple(f"{place} {side}" for place in PLACES for side in SIDES)
"""Every named point of a post's way, and of a start."""


def strike(cue: str) -> None:
    """Arm one point: the process is killed there, by SIGKILL, the n-th time it comes by."""
    place, side, count = cue.split()
    owner, name = PLACES[place]
    setattr(owner, name, _deadly(getattr(owner, name), side, int(count)))


def _deadly(
    passed: Callable[..., Awaitable[Any]], side: str, count: int
) -> Callable[..., Awaitable[Any]]:
    left = count

    def die_if_it_is_time(now: str) -> None:
        nonlocal left
        left -= now == side
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    @wraps(passed)
    async def deadly(*args: Any, **options: Any) -> Any:
        die_if_it_is_time("before")
        result = await passed(*args, **options)
        die_if_it_is_time("after")
        return result

    return deadly


if __name__ == "__main__":
    make_impatient()
    if os.environ.get(CHAOS):
        strike(os.environ[CHAOS])
    from tgbitget.cli import main

    sys.exit(main())
