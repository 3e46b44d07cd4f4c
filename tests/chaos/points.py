"""The named points of the path, from the start of the process to the last word about a trade, where it may be killed."""

import asyncio
import functools
import importlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KILL = "CHAOS_KILL"
"""`NAME:PASSAGE` in the environment: there, at its so-manieth passage, the process is gone."""


@dataclass(frozen=True, slots=True)
class Point:
    """`where` is `module:name` or `module:Class.method`; it is a point before that is called, or after it returned."""

    name: str
    where: str
    is_after: bool = False

    @property
    def is_start(self) -> bool:
        return self.name.startswith("start:")


def _both(name: str, where: str) -> tuple[Point, Point]:
    return Point(f"{name}, before", where), Point(f"{name}, after", where, is_after=True)


def _after(name: str, where: str) -> Point:
    return Point(name, where, is_after=True)


_JOURNAL = "tgbitget.journal.sqlite:SqliteJournal"
_WRITES = "tgbitget.journal.writes"
_VENUE = "tgbitget.venues.bitget:BitgetVenue"
_EXECUTOR = "tgbitget.execution.executor:Executor"
_KEEPER = "tgbitget.positions.keeper:PositionKeeper"
_PIPELINE = "tgbitget.pipeline:Pipeline"
_FOLLOWER = "tgbitget.intake.follower:Follower"

POINTS: tuple[Point, ...] = (
    _after("start: the lock is taken", "tgbitget.journal.lock:InstanceLock.acquire"),
    _after("start: the schema is up to date", "tgbitget.journal.sqlite:migrate"),
    _after("start: the journal is open", f"{_JOURNAL}.open"),
    _after("start: the exchange is reached", f"{_VENUE}.open"),
    _after("start: open trades are led on", "tgbitget.app.trading:lead_on"),
    _after("start: the first look at positions", f"{_KEEPER}.look"),
    _after("start: Telegram is reached", "tgbitget.app.listener:connect"),
    *_both("start: a channel's place", f"{_FOLLOWER}._begin"),
    *_both("start: ready", "tgbitget.app.listener:Listener._ready"),
    _after("a push is taken", f"{_FOLLOWER}.take_push"),
    *_both("a difference", f"{_FOLLOWER}._catch_up"),
    Point("a post is handed on", "tgbitget.intake.inbox:Inbox._hand_on"),
    _after("a post is read", f"{_PIPELINE}._read"),
    _after("a post is decided", f"{_PIPELINE}._decide"),
    *_both("the decision's commit", f"{_JOURNAL}.decide"),
    _after("within the decision's commit", f"{_WRITES}:write_decision"),
    _after("within the decision's commit, the cursor moved", f"{_WRITES}:advance_cursor"),
    *_both("a trade is begun", f"{_KEEPER}.open"),
    *_both("a change is handed to its trade", f"{_KEEPER}.change"),
    *_both("leverage and margin mode", f"{_VENUE}.prepare"),
    *_both("one attempt to send", f"{_EXECUTOR}.send_once"),
    *_both("an order", f"{_VENUE}.place"),
    *_both("how a send ended", f"{_JOURNAL}.record_placement"),
    _after("within the commit of how a send ended", f"{_WRITES}:write_placement"),
    *_both("settling an unknown send", f"{_EXECUTOR}.settle"),
    *_both("a fill's commit", f"{_JOURNAL}.record_fill"),
    _after("within a fill's commit", f"{_WRITES}:write_fill"),
    *_both("a stop's or a target's commit", f"{_JOURNAL}.add_legs"),
    *_both("a position stop", "tgbitget.positions.protection:Protection._place"),
    *_both("leaving a trade", "tgbitget.positions.leaving:Leaving.leave"),
    *_both("a cancel", f"{_EXECUTOR}.cancel"),
    *_both("a change of an attached stop", f"{_EXECUTOR}.amend_stop"),
    *_both("a trade's commit", f"{_JOURNAL}.record_trade"),
    _after("within a trade's commit", f"{_WRITES}:write_trade"),
    *_both("a deletion's commit", f"{_JOURNAL}.delete"),
    *_both("a notice", "tgbitget.control.notices:Notices._deliver"),
    *_both("a notice's commit", f"{_JOURNAL}.record_notice"),
)
BY_NAME = {point.name: point for point in POINTS}
assert len(BY_NAME) == len(POINTS), "each point has a name of its own"


def arm() -> None:
    """Put the charge that the environment names into the program as it is loaded here."""
    asked = os.environ.get(KILL)
    if asked:
        name, _, passage = asked.rpartition(":")
        charge(BY_NAME[name], int(passage), _gone)


def charge(point: Point, passage: int, blow: Callable[[], None]) -> None:
    left = passage

    def passes() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            blow()

    owner, name = place_of(point.where)
    setattr(owner, name, _watched(getattr(owner, name), passes, is_after=point.is_after))


def _gone() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def place_of(where: str) -> tuple[Any, str]:
    module, _, path = where.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    return owner, name


def _watched(
    function: Callable[..., Any], passes: Callable[[], None], *, is_after: bool
) -> Callable[..., Any]:
    if asyncio.iscoroutinefunction(function):

        @functools.wraps(function)
        async def awaited(*args: Any, **options: Any) -> Any:
            if not is_after:
                passes()
            result = await function(*args, **options)
            if is_after:
                passes()
            return result

        return awaited

    @functools.wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        if not is_after:
            passes()
        result = function(*args, **options)
        if is_after:
            passes()
        return result

    return called
