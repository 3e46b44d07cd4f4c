"""Writes that wait together are committed together: the disk is asked once for all of them."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from loguru import logger

from tgbitget.journal.connection import is_hopeless, transaction

# A write waits for no more than so many others: some milliseconds.
TOGETHER_MAX = 64

Work = Callable[[sqlite3.Connection], Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """How one write ended: with what it returned, or with what it failed of."""

    value: Any = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """*then* is called with how it ended, whether or not anybody waits for the answer, and before whoever does."""

    work: Work
    answer: "asyncio.Future[Any]"
    then: Callable[[Ended], None] | None = None


class Waiting:
    """Writes in the order in which they were asked for. The loop puts them in, the writing thread takes them out."""

    def __init__(self) -> None:
        self._asked: deque[Asked] = deque()
        self._is_called = False

    def put(self, asked: Asked) -> bool:
        """Whether the thread has to be called: it was not, or has set about its work since."""
        self._asked.append(asked)
        needs_call, self._is_called = not self._is_called, True
        return needs_call

    def take(self) -> list[Asked]:
        # In this order: what comes in between calls the thread once too often, never once too seldom.
        self._is_called = False
        taken = []
        while self._asked:
            taken.append(self._asked.popleft())
        return taken


def commit_all(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Ended]:
    """Each as if it were alone, in this order; all durable when this returns."""
    ended: list[Ended] = []
    for begin in range(0, len(works), TOGETHER_MAX):
        part = works[begin : begin + TOGETHER_MAX]
        last = ended[-1].error if ended else None
        if last is not None and is_hopeless(last):
            ended += [Ended(error=last)] * len(part)
        else:
            ended += _commit(connection, part)
    return ended


def tell(asked: Asked, ended: Ended) -> None:
    error = ended.error
    if asked.then is not None:
        try:
            asked.then(ended)
        except Exception as failed:  # noqa: BLE001 -- whatever it is, it is the caller's
            error = failed
    if asked.answer.done():
        if error is not None:
            logger.warning("A write that nobody waits for any more failed: {}", error)
    elif error is not None:
        asked.answer.set_exception(error)
    else:
        asked.answer.set_result(ended.value)


def _commit(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Ended]:
    values: list[Any] = []
    try:
        with transaction(connection):
            for work in works:
                values.append(work(connection))  # noqa: PERF401 -- how many there are says where it failed
    except BaseException as error:  # noqa: BLE001 -- whatever it is, it is the caller's
        # Where the commit itself failed, it failed for all; doing it again might be doing it twice.
        is_commit = len(values) == len(works)
        if is_commit or len(works) == 1 or is_hopeless(error):
            return [Ended(error=error)] * len(works)
        return _one_by_one(connection, works)
    return [Ended(value=value) for value in values]


def _one_by_one(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Ended]:
    """None of them is there yet. What fails, fails alone."""
    ended: list[Ended] = []
    for work in works:
        last = ended[-1] if ended else Ended()
        hopeless = last.error is not None and is_hopeless(last.error)
        ended.append(last if hopeless else _commit(connection, [work])[0])
    return ended
