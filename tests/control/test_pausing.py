"""`pause` and `resume` where the journal's disk is slow: what was told holds, at the next start, too."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tgbitget.clock import SystemClock
from tgbitget.control.command_log import CommandLog
from tgbitget.control.pausing import Pausing
from tgbitget.errors import TgbitgetError
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.command import Source
from tgbitget.model.event import Event, Paused


def paused_by(journal: SqliteJournal, told: list[Event]) -> Pausing:
    return Pausing(journal, CommandLog(journal, SystemClock(), told.append), told.append)


async def test_a_resume_that_was_refused_is_none_at_the_next_start_either(tmp_path: Path) -> None:
    journal, file = SqliteJournal(tmp_path / "journal.sqlite3"), tmp_path / "journal.sqlite3"
    await journal.open()
    pausing = paused_by(journal, [])
    await pausing.set(is_paused=True, source=Source.CLI)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TgbitgetError, match="entries stay paused"):
        await pausing.set(is_paused=False, source=Source.CLI)
    other.execute("ROLLBACK")
    other.close()
    await journal.set_flag("after", "all that waited")
    assert pausing.is_paused
    await journal.close()
    again = SqliteJournal(file)
    await again.open()
    try:
        assert again.is_paused()
        assert again.resumed_at() is None
    finally:
        await again.close()


async def test_a_resume_that_a_pause_overtook_says_so(tmp_path: Path) -> None:
    journal, told = SqliteJournal(tmp_path / "journal.sqlite3"), list[Event]()
    await journal.open()
    pausing = paused_by(journal, told)
    await pausing.set(is_paused=True, source=Source.CLI)
    before = len(told)
    outcomes: list[Any] = await asyncio.gather(
        pausing.set(is_paused=False, source=Source.CHAT),
        pausing.set(is_paused=True, source=Source.CLI),
        return_exceptions=True,
    )
    resumed, paused = outcomes
    assert isinstance(resumed, TgbitgetError)
    assert "a pause was asked for meanwhile" in str(resumed)
    assert paused["paused"]
    assert pausing.is_paused
    assert not [event for event in told[before:] if isinstance(event, Paused)]
    await journal.close()
