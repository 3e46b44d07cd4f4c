"""Writes that wait together: one commit, and each ends as if it had been alone."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from journal import disk as shim
from journal.disk import FULL, IOERR_FSYNC, IOERR_WRITE, Disk, beneath
from simulation.disk import Disk as FailingDisk
from simulation.disk import DiskFault, Fails
from tgbitget.clock import FakeClock
from tgbitget.errors import Contradiction, JournalError
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.journal.together import TOGETHER_MAX

from . import samples
from .samples import CHANNEL, NOON


def posts(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT message_id FROM posts ORDER BY rowid").fetchall()
    return [row[0] for row in rows]


async def _on_writer(journal: SqliteJournal, do: Callable[[sqlite3.Connection], object]) -> None:
    """On the journal's own writing connection, to see what it does or to bring its trouble about."""
    writer = journal._writer
    assert writer is not None
    await journal._on_thread(lambda: do(writer))


async def together(journal: SqliteJournal, *writes: Awaitable[Any]) -> list[Any]:
    """What becomes of *writes*, all asked for while the writing thread is busy with something else."""
    is_free = threading.Event()
    busy = asyncio.ensure_future(journal._on_thread(lambda: is_free.wait(10)))
    asking = [asyncio.ensure_future(write) for write in writes]
    await asyncio.sleep(0)
    is_free.set()
    await busy
    return await asyncio.gather(*asking, return_exceptions=True)


async def commits(journal: SqliteJournal, *writes: Awaitable[Any]) -> int:
    statements: list[str] = []
    await _on_writer(journal, lambda db: db.set_trace_callback(statements.append))
    assert set(await together(journal, *writes)) == {None}
    return statements.count("COMMIT")


async def test_what_waits_together_is_committed_once_and_in_the_order_of_asking(
    journal: SqliteJournal, path: Path
) -> None:
    ids = [9, 3, 7, 5, 8]
    assert await commits(journal, *(journal.decide(samples.ignored(n)) for n in ids)) == 1
    assert posts(path) == ids


async def test_a_commit_is_bounded(journal: SqliteJournal, path: Path) -> None:
    many = TOGETHER_MAX * 2 + 1
    writes = (journal.decide(samples.ignored(n)) for n in range(1, many + 1))
    assert await commits(journal, *writes) == 3
    assert posts(path) == list(range(1, many + 1))


async def test_one_that_contradicts_the_journal_fails_alone(
    journal: SqliteJournal, path: Path
) -> None:
    await journal.decide(samples.planned(1), trade=samples.trade(1))
    other = replace(samples.planned(1).legs[0], replacement=3)
    ended = await together(
        journal,
        journal.decide(samples.ignored(2)),
        journal.add_legs(other.signal, [other]),
        journal.decide(samples.ignored(3)),
    )
    assert [type(one) for one in ended] == [type(None), Contradiction, type(None)]
    assert "with other values" in str(ended[1])
    assert posts(path) == [1, 2, 3]
    assert journal.fault is None


async def test_one_that_finds_no_room_fails_alone(journal: SqliteJournal, path: Path) -> None:
    await journal.decide(samples.ignored(1))
    with closing(sqlite3.connect(path)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    await _on_writer(journal, lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchall())
    big = replace(samples.planned(2), reason="x" * 100_000)
    ended = await together(
        journal, journal.decide(big), journal.set_flag("word", "yes"), journal.decide(big)
    )
    assert [type(one) for one in ended] == [JournalError, type(None), JournalError]
    assert "the disk is full" in str(ended[0])
    assert journal.flag("word") == "yes"
    assert journal.fault is None


async def test_a_lock_is_waited_for_once(journal: SqliteJournal, path: Path) -> None:
    await _on_writer(journal, lambda db: db.execute("PRAGMA busy_timeout = 50").fetchall())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        statements: list[str] = []
        await _on_writer(journal, lambda db: db.set_trace_callback(statements.append))
        ended = await together(journal, *(journal.decide(samples.ignored(n)) for n in range(1, 6)))
    assert {str(one).partition(": ")[2] for one in ended} == {"another process holds it locked"}
    assert statements.count("BEGIN IMMEDIATE") == 1
    await journal.decide(samples.ignored(6))
    assert posts(path) == [6]


async def test_the_memory_of_decisions_learns_of_all_that_were_committed_together(
    journal: SqliteJournal,
) -> None:
    assert journal.recent_decisions(NOON) == ()
    planned = [samples.planned(n) for n in (1, 2, 3)]
    await together(journal, *(journal.decide(one) for one in planned))
    assert journal.recent_decisions(NOON) == tuple(planned)


async def test_one_whose_asker_is_gone_is_written_and_holds_up_nobody(
    journal: SqliteJournal, path: Path
) -> None:
    gone = asyncio.ensure_future(journal.decide(samples.ignored(1)))
    await asyncio.sleep(0)
    gone.cancel()
    await journal.decide(samples.ignored(2))
    assert posts(path) == [1, 2]


async def test_nothing_waits_for_ever_in_a_journal_that_was_closed(
    journal: SqliteJournal, path: Path
) -> None:
    await journal.close()
    with pytest.raises(JournalError, match="is not open"):
        await journal.decide(samples.ignored(1))
    await journal.open()
    await journal.decide(samples.ignored(2))
    assert posts(path) == [2]


# what a disk does to them


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    try:
        shim.library()
    except OSError:
        pytest.skip("Python's SQLite is no shared library here")

    async def make() -> None:
        journal = SqliteJournal(tmp_path / "empty.db", clock=FakeClock(NOON))
        await journal.open()
        await journal.close()

    asyncio.run(make())
    return tmp_path / "empty.db"


IDS = [1, 2, 3, 4]


async def _at(path: Path, disk: Disk, *, after: int, error: int, lasts: bool) -> bool:
    """Four posts at once, and again those that were refused; False when the fault lay behind all of them."""
    journal = SqliteJournal(path, clock=FakeClock(NOON))
    await journal.open()
    disk.fail_at(disk.count + after, error, is_lasting=lasts)
    ended = await together(journal, *(_one(journal, n) for n in IDS))
    taken = [n for n, one in zip(IDS, ended, strict=True) if one is None]
    assert {type(one) for one in ended} <= {type(None), JournalError}
    if error != FULL and disk.hits:
        assert taken == [], "no part of a commit that failed is said to be there"
        assert journal.fault is not None
    disk.heal()
    if journal.fault is not None:
        await journal.open()
    # A commit may have been made that was said to have failed; a part of one never.
    assert posts(path) in (taken, IDS)
    for n in IDS:
        await _one(journal, n)
    assert sorted(posts(path)) == IDS
    assert {n for n in IDS if journal.latest_post(CHANNEL, n)} == set(IDS)
    await journal.close()
    return disk.hits > 0


def _one(journal: SqliteJournal, n: int) -> Awaitable[None]:
    return journal.decide(samples.planned(n), cursor=samples.cursor(n), trade=samples.trade(n))


@pytest.mark.parametrize(
    ("error", "lasts"),
    [
        pytest.param(FULL, True, id="the disk is full from there on"),
        pytest.param(FULL, False, id="one write finds no room"),
        pytest.param(IOERR_WRITE, False, id="one write fails"),
        pytest.param(IOERR_FSYNC, False, id="one sync fails"),
    ],
)
def test_at_whichever_write_or_sync_the_disk_fails_who_was_told_yes_is_there(
    tmp_path: Path, empty: Path, error: int, lasts: bool
) -> None:
    met = 0
    for after in count(1):
        path = tmp_path / str(after)
        shutil.copy(empty, path)
        with beneath(path) as disk:
            if not asyncio.run(_at(path, disk, after=after, error=error, lasts=lasts)):
                break
        met += 1
    assert met >= 1


def test_whenever_the_power_fails_who_was_told_yes_is_there(tmp_path: Path, empty: Path) -> None:
    images: list[tuple[Path, list[int]]] = []
    told: list[int] = []

    async def run(path: Path) -> None:
        with beneath(path) as disk:
            journal = SqliteJournal(path, clock=FakeClock(NOON))
            await journal.open()

            def keep() -> None:
                folder = tmp_path / f"image-{len(images)}"
                folder.mkdir()
                disk.image(folder)
                images.append((folder / path.name, list(told)))

            async def one(n: int) -> None:
                await _one(journal, n)
                told.append(n)
                keep()

            disk.on_step = keep
            await together(journal, one(1), one(2))
            await together(journal, one(3), one(4))
            disk.on_step = None
            await journal.close()

    path = tmp_path / "journal.db"
    shutil.copy(empty, path)
    asyncio.run(run(path))
    assert len(images) > len(IDS)
    for image, acknowledged in images:
        found = posts(image)
        assert found in ([], IDS[:2], IDS)
        assert set(acknowledged) <= set(found)


async def test_behind_a_disk_that_is_shaken_nothing_more_is_written_however_much_waits(
    journal: SqliteJournal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FailingDisk()
    monkeypatch.setattr("tgbitget.journal.together.transaction", disk.transaction)
    disk.fail(DiskFault(Fails.BEFORE, "SQLITE_IOERR_WRITE", 1), after=0)
    many = TOGETHER_MAX * 2 + 1
    ended = await together(
        journal, *(journal.decide(samples.ignored(n)) for n in range(1, many + 1))
    )
    assert [type(one) for one in ended] == [JournalError] * many
    assert posts(path) == []
