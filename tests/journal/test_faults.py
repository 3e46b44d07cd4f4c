"""Storage that fails closed: a clear line, nothing half written, and a word on whether it can go on."""

import asyncio
import gc
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from tgbitget.errors import JournalError
from tgbitget.journal.connection import open_writer
from tgbitget.journal.sqlite import SqliteJournal

from . import samples
from .samples import CHANNEL, NOON

TABLES = ("posts", "readings", "decisions", "plans", "legs", "trades", "trade_changes", "cursors")


def counts(path: Path) -> dict[str, int]:
    connection = sqlite3.connect(path)
    try:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 -- our names
            for table in TABLES
        }
    finally:
        connection.close()


async def _on_writer(journal: SqliteJournal, sql: str) -> None:
    """A statement on the journal's own writing connection, to bring its trouble about."""
    await journal._on_thread(lambda: journal._writer and journal._writer.execute(sql).fetchall())


async def test_on_a_full_disk_nothing_is_half_written_and_it_goes_on_once_there_is_room(
    journal: SqliteJournal, path: Path
) -> None:
    await journal.decide(samples.planned(1), cursor=samples.cursor(1), trade=samples.trade(1))
    before = counts(path)
    # SQLite takes this as: no page more than there are.
    await _on_writer(journal, "PRAGMA max_page_count = 1")
    big = replace(samples.planned(2), reason="x" * 20_000)
    with pytest.raises(
        JournalError, match=r"cannot write the journal .*journal\.db: the disk is full"
    ):
        await journal.decide(big, cursor=samples.cursor(2), trade=samples.trade(2))
    assert counts(path) == before
    assert journal.fault is None
    assert journal.cursor(CHANNEL) == samples.cursor(1)

    await _on_writer(journal, "PRAGMA max_page_count = 1000000")
    await journal.decide(big, cursor=samples.cursor(2), trade=samples.trade(2))
    assert journal.cursor(CHANNEL) == samples.cursor(2)


async def test_whatever_page_is_the_last_a_decision_is_there_whole_or_not_at_all(
    journal: SqliteJournal, path: Path
) -> None:
    await journal.decide(samples.planned(1), trade=samples.trade(1))
    outcomes: set[bool] = set()
    for message_id in range(2, 60):
        before = counts(path)
        await _on_writer(journal, f"PRAGMA max_page_count = {pages(path) + message_id % 4}")
        whole = replace(samples.planned(message_id), reason="x" * (1000 * (message_id % 5)))
        try:
            await journal.decide(whole, trade=samples.trade(message_id))
            is_there = True
        except JournalError:
            is_there = False
        outcomes.add(is_there)
        after = counts(path)
        steps = {"legs": 3, "cursors": 0}
        grown = {table: before[table] + steps.get(table, 1) for table in TABLES}
        assert after == (grown if is_there else before)
    assert outcomes == {True, False}, "the test met both"


def pages(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("PRAGMA page_count").fetchone()[0])
    finally:
        connection.close()


async def test_a_lock_of_another_process_is_named_and_does_not_hold_the_loop(
    journal: SqliteJournal, path: Path
) -> None:
    await _on_writer(journal, "PRAGMA busy_timeout = 200")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(journal.decide(samples.planned()))
    turns = 0
    while not writing.done():
        assert journal.latest_post(CHANNEL, 7) is None, "reading goes on meanwhile"
        await asyncio.sleep(0)
        turns += 1
    with pytest.raises(JournalError, match="another process holds it locked"):
        await writing
    assert turns > 10
    other.execute("ROLLBACK")
    other.close()
    assert journal.fault is None
    await journal.decide(samples.planned())


async def test_a_reader_that_takes_its_time_holds_up_no_writer(
    journal: SqliteJournal, path: Path
) -> None:
    await journal.decide(samples.ignored(1))
    backup = sqlite3.connect(path, isolation_level=None)
    backup.execute("BEGIN")
    assert backup.execute("SELECT count(*) FROM posts").fetchone() == (1,)
    await journal.decide(samples.ignored(2))
    assert backup.execute("SELECT count(*) FROM posts").fetchone() == (1,)
    backup.close()


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        pytest.param(lambda path: path.write_bytes(b"x" * 5000), "is not a database", id="text"),
        pytest.param(lambda path: path.mkdir(), "is a directory", id="a folder"),
        pytest.param(
            lambda path: path.symlink_to("/nowhere/journal.db"), "no such file", id="a loose link"
        ),
    ],
)
async def test_a_file_that_cannot_be_opened_is_named_with_its_cause(
    path: Path, spoil: Callable[[Path], None], cause: str
) -> None:
    spoil(path)
    with pytest.raises(JournalError, match=f"cannot open the journal .*journal.db: .*{cause}") as e:
        await SqliteJournal(path).open()
    assert "\n" not in str(e.value)


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"cannot open .*gone/journal\.db: no such file"):
        await SqliteJournal(tmp_path / "gone" / "journal.db").open()


async def test_a_read_only_database_refuses_decisions_in_one_line(
    journal: SqliteJournal,
) -> None:
    await _on_writer(journal, "PRAGMA query_only = ON")
    with pytest.raises(JournalError, match=r"the file or its folder is read-only$"):
        await journal.decide(samples.planned())
    assert journal.fault is None


async def test_after_an_error_of_the_disk_nothing_is_written_until_it_is_opened_anew(
    path: Path,
) -> None:
    """A failed write or fsync says nothing about what reached the disk; trying again would only hope."""
    journal = _Failing(path)
    await journal.open()
    await journal.decide(samples.planned(1))
    journal.is_failing = True
    with pytest.raises(JournalError, match="input/output error"):
        await journal.decide(samples.planned(2))
    journal.is_failing = False
    assert journal.fault is not None
    with pytest.raises(JournalError, match="must be opened anew"):
        await journal.decide(samples.planned(2))

    await journal.open()
    assert journal.fault is None
    await journal.decide(samples.planned(2))
    assert journal.recent_decisions(NOON) == (samples.planned(1), samples.planned(2))
    await journal.close()


class _Failing(SqliteJournal):
    """Its disk fails at the commit while `is_failing`."""

    is_failing = False

    def _open_writer(self, *, check_all: bool) -> None:
        super()._open_writer(check_all=check_all)
        assert self._writer is not None
        self._writer.set_trace_callback(None)
        self._writer = _Disk(self, self._writer)  # type: ignore[assignment] # all that is used of it


class _Disk:
    def __init__(self, owner: _Failing, connection: sqlite3.Connection) -> None:
        self._owner = owner
        self._connection = connection

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        if self._owner.is_failing and sql == "COMMIT":
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
            raise error
        return self._connection.execute(sql, *args)

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)


async def test_a_damaged_file_is_found_when_it_is_opened_anew(path: Path) -> None:
    journal = _Failing(path)
    await journal.open()
    for message_id in range(50):
        await journal.decide(samples.planned(message_id))
    journal.is_failing = True
    with pytest.raises(JournalError):
        await journal.decide(samples.planned(51))
    await journal.close()
    with path.open("r+b") as file:
        file.seek(4096 * 20)
        file.write(os.urandom(4096 * 3))
    with pytest.raises(JournalError, match=r"is damaged|malformed"):
        await journal.open()
    assert journal.fault is not None


async def test_a_pause_that_cannot_be_written_holds_all_the_same(journal: SqliteJournal) -> None:
    await _on_writer(journal, "PRAGMA query_only = ON")
    with pytest.raises(JournalError):
        await journal.set_paused(True)
    assert journal.is_paused()
    with pytest.raises(JournalError):
        await journal.set_paused(False)
    assert journal.is_paused(), "an end that is not durable is none"


async def test_a_pause_that_is_asked_for_during_a_resume_holds_all_the_time(
    journal: SqliteJournal,
) -> None:
    await journal.set_paused(True)
    seen: list[bool] = []

    async def ask(is_paused: bool) -> None:
        await journal.set_paused(is_paused)
        seen.append(journal.is_paused())

    await asyncio.gather(ask(False), ask(True))
    assert seen == [True, True]
    assert journal.resumed_at() is None
    await journal.close()
    await journal.open()
    assert journal.is_paused()
    await asyncio.gather(ask(True), ask(False))
    assert not journal.is_paused()


async def test_a_write_that_fails_when_nobody_waits_any_more_is_told_in_a_line(
    journal: SqliteJournal,
) -> None:
    logged: list[str] = []
    sink = logger.add(logged.append, level="WARNING", format="{message}")
    strays: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: strays.append(context))
    await _on_writer(journal, "PRAGMA query_only = ON")
    left = asyncio.create_task(journal.set_flag("left", "alone"))
    await asyncio.sleep(0)
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    with pytest.raises(JournalError):
        await journal.set_flag("behind", "it")
    logger.remove(sink)
    gc.collect()
    assert strays == []
    assert [line for line in logged if "nobody waits" in line and "read-only" in line]


async def test_a_message_id_that_no_database_holds_is_an_error_not_a_crash(
    journal: SqliteJournal,
) -> None:
    with pytest.raises(JournalError, match="too large"):
        await journal.decide(samples.ignored(2**70))
    await journal.decide(samples.ignored(7))


def test_the_file_is_set_up_to_be_durable(path: Path) -> None:
    connection = open_writer(path)
    wanted = {"journal_mode": "wal", "synchronous": 2, "mmap_size": 0, "foreign_keys": 1}
    for pragma, value in wanted.items():
        assert connection.execute(f"PRAGMA {pragma}").fetchone()[0] == value, pragma
    connection.close()


_FULL = """
import asyncio, resource, signal, sys
from pathlib import Path
from journal import samples
from tgbitget.errors import JournalError
from tgbitget.journal.sqlite import SqliteJournal

async def main() -> None:
    journal = SqliteJournal(Path(sys.argv[1]))
    await journal.open()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    written = 0
    try:
        for message_id in range(1, 1000):
            await journal.decide(samples.planned(message_id), trade=samples.trade(message_id))
            written = message_id
    except JournalError as e:
        print(written, e)

asyncio.run(main())
"""


@pytest.mark.parametrize("size", [1_000_000, 1_777_777, 2_500_001])
def test_when_the_system_lets_the_file_grow_no_more_all_that_returned_is_there(
    path: Path, size: int
) -> None:
    """A real failing write of the operating system, at some byte of the write-ahead log."""
    run = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", _FULL, str(path), str(size)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    written = int(run.stdout.split()[0])
    assert "cannot write the journal" in run.stdout
    assert written > 5
    after = counts(path)
    assert after["posts"] == after["trades"] == after["decisions"] in (written, written + 1)
    assert after["legs"] == 3 * after["posts"]
