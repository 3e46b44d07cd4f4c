"""Exits go on when the journal cannot be written, and the owner hears of it."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, cast

from positions.trades import SIGNAL, fill
from tgbitget.errors import Contradiction, JournalError
from tgbitget.journal.journal import Journal
from tgbitget.model.event import Event, Warned
from tgbitget.model.order import Fill
from tgbitget.model.plan import OrderSide
from tgbitget.positions.record import PATIENCE_SECONDS, Record


@dataclass
class FullDisk:
    """A journal whose disk is full until it is not."""

    is_full: bool = True
    written: list[Fill] = field(default_factory=list)

    async def record_fill(self, _: Any, news: Fill) -> bool:
        if self.is_full:
            raise JournalError("tgbitget.sqlite3: the disk is full")
        self.written.append(news)
        return True


async def test_a_full_disk_stops_no_exit_and_is_told_once_until_it_works_again() -> None:
    disk, told = FullDisk(), list[Event]()
    record = Record(cast("Journal", disk), told.append)
    news = fill("1", OrderSide.BUY, "0.01", "57000")
    await record.fill(SIGNAL, news)
    await record.fill(SIGNAL, news)
    assert [type(event) for event in told] == [Warned]
    disk.is_full = False
    await record.catch_up()
    assert disk.written == [news, news]
    disk.is_full = True
    await record.fill(SIGNAL, news)
    assert len(told) == 2


async def test_what_a_full_disk_did_not_take_is_written_later_in_its_order() -> None:
    disk = FullDisk()
    record = Record(cast("Journal", disk), list[Event]().append)
    first, second, third = (fill(n, OrderSide.BUY, "0.01", "57000") for n in "123")
    await record.fill(SIGNAL, first)
    disk.is_full = False
    await record.fill(SIGNAL, second)  # does not overtake
    assert not disk.written
    await record.catch_up()
    await record.fill(SIGNAL, third)
    assert disk.written == [first, second, third]


async def test_what_the_journal_never_takes_holds_up_nothing_that_is_owed_behind_it() -> None:
    class Contradicting(FullDisk):
        async def record_fill(self, _: Any, news: Fill) -> bool:
            if not self.is_full and news == first:
                raise Contradiction("it stands there with other values")
            return await super().record_fill(_, news)

    disk, told = Contradicting(), list[Event]()
    record = Record(cast("Journal", disk), told.append)
    first, second, third = (fill(n, OrderSide.BUY, "0.01", "57000") for n in "123")
    await record.fill(SIGNAL, first)
    await record.fill(SIGNAL, second)
    disk.is_full = False
    await record.catch_up()
    await record.fill(SIGNAL, first)
    await record.fill(SIGNAL, third)
    assert disk.written == [second, third]
    assert len(told) == 1, "the disk that was full, and nothing that an owner could mend"


class HangingDisk(FullDisk):
    """A journal whose disk gives no answer until it does."""

    def __init__(self) -> None:
        super().__init__(is_full=False)
        self.answers = asyncio.Event()
        self.asked = 0

    async def record_fill(self, _: Any, news: Fill) -> bool:
        self.asked += 1
        await self.answers.wait()
        return await super().record_fill(_, news)


async def test_a_hanging_disk_holds_up_no_exit_and_is_told_once() -> None:
    disk, told = HangingDisk(), list[Event]()
    record = Record(cast("Journal", disk), told.append)
    news = fill("1", OrderSide.BUY, "0.01", "57000")
    began = time.monotonic()
    for _ in range(4):
        await record.fill(SIGNAL, news)
    assert time.monotonic() - began < 2 * PATIENCE_SECONDS
    assert (disk.asked, [type(event) for event in told]) == (4, [Warned])
    disk.answers.set()
    await record.fill(SIGNAL, news)
    assert disk.written == [news]
