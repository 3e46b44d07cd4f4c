"""The journal in a SQLite file: one thread writes through one connection, the loop reads through another.

A slow or hanging disk therefore holds up those who wait for a commit and nobody else.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from tgbitget.clock import Clock, SystemClock
from tgbitget.errors import JournalError
from tgbitget.journal import reads, writes
from tgbitget.journal.connection import (
    check,
    is_shaken,
    journal_error,
    open_reader,
    open_writer,
)
from tgbitget.journal.journal import End, OpenTrade, nothing
from tgbitget.journal.recent import RecentDecisions
from tgbitget.journal.schema import migrate
from tgbitget.journal.together import Asked, Ended, Waiting, Work, commit_all, tell
from tgbitget.model.command import Command
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.intent import Side
from tgbitget.model.order import Fill, Placement
from tgbitget.model.plan import Decision, Leg, Outcome
from tgbitget.model.post import Cursor, Deletion, Post, Via
from tgbitget.model.trade import Trade

T = TypeVar("T")

_PAUSED = "paused"
# A read on the loop meets a lock only while the file is being recovered; it must not hold the loop long.
_READ_LOCK_SECONDS = 0.25


class SqliteJournal:
    """Keeps the promises of `journal.Journal` in the file *path*, made 0600 when it is missing.

    A write that began is finished even when its caller is cancelled. *clock* stamps when something was recorded.
    """

    def __init__(self, path: Path, *, clock: Clock | None = None) -> None:
        self._path = path
        self._clock = clock or SystemClock()
        self._thread: ThreadPoolExecutor | None = None
        self._waiting = Waiting()
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._fault: str | None = None
        self._is_tidy = True
        self._is_paused = False
        self._resumed_at: datetime | None = None
        self._pauses_asked = 0
        self._recent = RecentDecisions(lambda since: self._read(reads.planned_since, since))

    async def open(self) -> None:
        """Open, bring the schema up to date; after a fault, close and check the whole file first. JournalError."""
        was_shaken = self._fault is not None
        await self.close()
        try:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
            await self._on_thread(lambda: self._open_writer(check_all=was_shaken))
            self._reader = open_reader(self._path, timeout_seconds=_READ_LOCK_SECONDS)
            # A pause that the failing disk did not take holds on.
            was_paused = was_shaken and self._is_paused
            self._is_paused = was_paused or reads.flag(self._reader, _PAUSED) == "yes"
            self._resumed_at = reads.flag_changed_at(self._reader, _PAUSED, "no")
        except (sqlite3.Error, OSError, JournalError) as e:
            await self.close()
            raise journal_error(self._path, "open", e) from e
        self._fault = None

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        if self._thread is not None:
            await self._on_thread(self._close_writer)
            self._thread.shutdown()
            self._thread = None
        self._recent = RecentDecisions(lambda since: self._read(reads.planned_since, since))

    @property
    def fault(self) -> str | None:
        return self._fault

    async def tidy(self) -> None:
        if self._is_tidy or self._fault is not None:
            return
        self._is_tidy = True
        await self._on_thread(self._checkpoint)

    # posts

    async def decide(
        self,
        decision: Decision,
        *,
        cursor: Cursor | None = None,
        trade: Trade | None = None,
        end: End = nothing,
    ) -> None:
        at = self._clock.now()

        def work(db: sqlite3.Connection) -> bool:
            is_new = writes.write_decision(db, decision, at)
            if is_new and trade is not None:
                writes.write_trade(db, trade, "planned", at)
            if cursor is not None:
                writes.advance_cursor(db, cursor, at)
            return is_new

        def note(ended: Ended) -> None:
            is_new: bool | None = None if ended.error is not None else ended.value
            if is_new and decision.outcome is Outcome.PLANNED:
                self._recent.add(decision)
            end(is_new)

        await self._write(work, then=note)

    async def delete(
        self, deletion: Deletion, *, change: str, cursor: Cursor | None = None
    ) -> None:
        at = self._clock.now()

        def work(db: sqlite3.Connection) -> None:
            writes.write_deletion(db, deletion, change, at)
            if cursor is not None:
                writes.advance_cursor(db, cursor, at)

        await self._write(work)

    async def move_cursor(self, cursor: Cursor) -> None:
        at = self._clock.now()
        await self._write(lambda db: writes.set_cursor(db, cursor, at))

    async def record_sighting(
        self, channel: ChannelId, message_id: int, via: Via, *, behind_us: int
    ) -> None:
        at = self._clock.now()

        def work(db: sqlite3.Connection) -> None:
            writes.write_sighting(db, channel, message_id, via, behind_us=behind_us, at=at)

        await self._write(work)

    def cursor(self, channel: ChannelId) -> Cursor | None:
        return self._read(reads.cursor, channel)

    def latest_revision(self, channel: ChannelId, message_id: int) -> int | None:
        return self._read(reads.latest_revision, channel, message_id)

    def latest_post(self, channel: ChannelId, message_id: int) -> Post | None:
        return self._read(reads.latest_post, channel, message_id)

    def is_deleted(self, channel: ChannelId, message_id: int) -> bool:
        return self._read(reads.is_deleted, channel, message_id)

    def recent_decisions(self, since: datetime) -> tuple[Decision, ...]:
        return self._recent.since(since)

    # trades

    async def add_legs(self, signal: SignalId, legs: Sequence[Leg]) -> None:
        strangers = [leg.name for leg in legs if leg.signal != signal]
        assert not strangers, f"{strangers[0]} is not a leg of {signal}"
        at = self._clock.now()

        def work(db: sqlite3.Connection) -> None:
            for leg in legs:
                writes.write_leg(db, leg, at)

        await self._write(work)

    async def record_placement(self, signal: SignalId, placement: Placement) -> None:
        at = self._clock.now()
        await self._write(lambda db: writes.write_placement(db, signal, placement, at))

    async def record_fill(self, signal: SignalId, fill: Fill) -> bool:
        at = self._clock.now()
        return await self._write(lambda db: writes.write_fill(db, signal, fill, at))

    async def record_trade(self, trade: Trade, *, cause: str) -> None:
        at = self._clock.now()
        await self._write(lambda db: writes.write_trade(db, trade, cause, at))

    def open_trades(self) -> tuple[OpenTrade, ...]:
        return self._read(reads.open_trades)

    def ended_trades(
        self, since: datetime, *, account: str | None = None
    ) -> tuple[tuple[datetime, Trade], ...]:
        return self._read(reads.ended_trades, since, account)

    def ended_in_full(
        self, since: datetime, *, account: str
    ) -> tuple[tuple[datetime, OpenTrade], ...]:
        return self._read(reads.ended_in_full, since, account)

    def realised_before(self, signal: SignalId, moment: datetime) -> Decimal:
        return self._read(reads.realised_before, signal, moment)

    def fills_of_ended(self, symbol: str, since: datetime) -> tuple[tuple[Side, Fill], ...]:
        return self._read(reads.fills_of_ended, symbol, since)

    def follow_ups(self, signal: SignalId) -> tuple[Decision, ...]:
        return self._read(reads.follow_ups, signal)

    def revisions(self, signal: SignalId) -> tuple[Decision, ...]:
        return self._read(reads.revisions, signal)

    # the rest

    async def record_notice(self, signal: SignalId, message_id: int, text: str) -> None:
        at = self._clock.now()
        await self._write(lambda db: writes.write_notice(db, signal, message_id, text, at))

    def notice(self, signal: SignalId) -> tuple[int, str] | None:
        return self._read(reads.notice, signal)

    def signal_of_notice(self, message_id: int) -> SignalId | None:
        return self._read(reads.signal_of_notice, message_id)

    async def record_start(self, mode: str) -> None:
        """A listener begins. One that does not come to `record_end` was killed, or its machine went down."""
        at = self._clock.now()
        await self._write(lambda db: writes.write_start(db, mode, at))

    async def record_end(self, ending: str) -> None:
        at = self._clock.now()
        await self._write(lambda db: writes.write_end(db, ending, at))

    async def record_command(self, command: Command) -> None:
        await self._write(lambda db: writes.write_command(db, command))

    def commands(self, signal: SignalId) -> tuple[Command, ...]:
        return self._read(reads.commands, signal)

    def is_answered(self, post: SignalId) -> bool:
        return self._read(reads.is_answered, post)

    async def set_flag(self, name: str, value: str) -> None:
        at = self._clock.now()
        await self._write(lambda db: writes.write_flag(db, name, value, at))

    def last_mode(self) -> str | None:
        return self._read(reads.last_mode)

    def flag(self, name: str) -> str | None:
        return self._read(reads.flag, name)

    async def set_paused(self, is_paused: bool) -> None:
        """A pause holds from this call on, even when it cannot be written; its end only once it is."""
        self._is_paused = self._is_paused or is_paused
        self._pauses_asked += 1
        asked = self._pauses_asked
        at = self._clock.now()
        await self._write(
            lambda db: writes.write_flag(db, _PAUSED, "yes" if is_paused else "no", at)
        )
        if asked == self._pauses_asked:
            self._is_paused = is_paused
            self._resumed_at = None if is_paused else at

    def is_paused(self) -> bool:
        return self._is_paused

    def resumed_at(self) -> datetime | None:
        return self._resumed_at

    # inside

    def _read(self, ask: Callable[..., T], *args: object) -> T:
        if self._reader is None:
            raise self._not_open()
        try:
            return ask(self._reader, *args)
        except (sqlite3.Error, OverflowError) as e:
            raise journal_error(self._path, "read", e) from e

    async def _write(
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        then: Callable[[Ended], None] = lambda _: None,
    ) -> T:
        """*work* in one transaction on the writing thread, with what waits beside it; *then* on the loop, once that has ended."""
        if self._fault is not None or self._thread is None:
            refused = self._refused()
            then(Ended(error=refused))
            raise refused
        written: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if self._waiting.put(Asked(work, written, then)):
            self._on_thread(self._commit_waiting).add_done_callback(_tell_all)
        return await written

    def _commit_waiting(self) -> list[tuple[Asked, Ended]]:
        asked = self._waiting.take()
        ended = self._commit([one.work for one in asked])
        return list(zip(asked, ended, strict=True))

    def _commit(self, works: Sequence[Work]) -> list[Ended]:
        if self._writer is None:
            return [Ended(error=self._not_open()) for _ in works]
        if self._fault is not None:  # since they were asked for
            return [Ended(error=JournalError(self._fault)) for _ in works]
        self._is_tidy = False
        return [self._translated(one) for one in commit_all(self._writer, works)]

    def _translated(self, ended: Ended) -> Ended:
        if isinstance(ended.error, sqlite3.Error | OverflowError):
            failure = self._failure("write", ended.error)
            failure.__cause__ = ended.error
            return Ended(error=failure)
        return ended

    def _checkpoint(self) -> None:
        if self._writer is None:
            return
        try:
            self._writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as e:
            raise self._failure("tidy", e) from e

    def _refused(self) -> JournalError:
        if self._fault is None:
            return self._not_open()
        return JournalError(f"{self._fault}; it must be opened anew before anything is written")

    def _not_open(self) -> JournalError:
        return JournalError(f"the journal {self._path} is not open")

    def _failure(self, doing: str, error: sqlite3.Error | OverflowError) -> JournalError:
        failure = journal_error(self._path, doing, error)
        if is_shaken(error):
            self._fault = str(failure)
        return failure

    def _on_thread(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        if self._thread is None:
            raise self._not_open()
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open_writer(self, *, check_all: bool) -> None:
        self._writer = open_writer(self._path)
        if check_all:
            check(self._writer)
        self._migrate(self._writer)

    @staticmethod
    def _migrate(writer: sqlite3.Connection) -> None:
        migrate(Database(writer, execute_plugins=False, recursive_triggers=False))

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _tell_all(done: "asyncio.Future[list[tuple[Asked, Ended]]]") -> None:
    for asked, ended in done.result():
        tell(asked, ended)
