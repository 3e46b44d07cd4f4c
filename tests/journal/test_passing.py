"""The journal of a rehearsal: the same answers as one in a file, and nothing left behind."""

import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tgbitget.clock import FakeClock
from tgbitget.errors import JournalError
from tgbitget.journal.sqlite import SqliteJournal

from . import samples
from .samples import CHANNEL, NOON, SIGNAL


async def answers(journal: SqliteJournal) -> list[Any]:
    """What a rehearsal asks for, after some posts."""
    await journal.open()
    assert journal.recent_decisions(NOON) == ()
    await journal.decide(samples.planned(7), cursor=samples.cursor(7))
    await journal.decide(samples.ignored(8), cursor=samples.cursor(8))
    await journal.decide(samples.ignored(7))
    told = [
        journal.latest_post(CHANNEL, 7),
        journal.latest_post(CHANNEL, 9),
        journal.cursor(CHANNEL),
        journal.recent_decisions(NOON),
        journal.recent_decisions(NOON - timedelta(hours=1)),
        journal.revisions(SIGNAL),
        journal.open_trades(),
        journal.fault,
    ]
    await journal.close()
    return told


async def test_it_answers_as_one_in_a_file_does(path: Path) -> None:
    in_file = await answers(SqliteJournal(path, clock=FakeClock(NOON)))
    passing = await answers(SqliteJournal(None, clock=FakeClock(NOON)))
    assert passing == in_file
    assert samples.planned(7) in passing[3]


async def test_it_makes_no_file_and_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = threading.active_count()
    journal = SqliteJournal(None)
    await journal.open()
    await journal.decide(samples.planned())
    assert threading.active_count() == before
    assert os.listdir(tmp_path) == []  # noqa: PTH208 -- a short look at an empty folder
    await journal.close()


async def test_what_it_kept_goes_with_it() -> None:
    journal = SqliteJournal(None)
    await journal.open()
    await journal.decide(samples.planned(7))
    await journal.close()
    with pytest.raises(JournalError, match="the journal of this rehearsal is not open"):
        await journal.decide(samples.planned(7))
    await journal.open()
    assert journal.latest_post(CHANNEL, 7) is None
    await journal.close()


async def test_what_is_refused_leaves_nothing_of_itself() -> None:
    journal = SqliteJournal(None)
    await journal.open()
    with pytest.raises(JournalError, match="has no recorded plan"):
        await journal.decide(samples.ignored(7), trade=samples.trade(7))
    assert journal.latest_post(CHANNEL, 7) is None
    await journal.close()
