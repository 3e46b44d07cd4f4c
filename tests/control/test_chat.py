"""Saved Messages read from the very first look on, and when what is typed there counts as typed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from journal.samples import NOON, SIGNAL
from tgbitget.clock import FakeClock
from tgbitget.control.answers import Answers, Question
from tgbitget.control.chat import READ_FLAG, Chat
from tgbitget.control.command_log import CommandLog
from tgbitget.control.presence import Presence
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.event import Commanded, Event
from tgbitget.model.ids import ChannelId
from tgbitget.model.intent import CancelEntries
from tgbitget.telegram.saved_messages import Note
from waiting import eventually


@dataclass
class Saved:
    notes: list[Note] = field(default_factory=list)

    async def send(self, text: str) -> int:
        raise AssertionError(f"nothing is to be said, was {text!r}")

    async def newer(self, than: int | None) -> list[Note]:
        return self.notes[-1:] if than is None else [one for one in self.notes if one.id > than]


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.db", clock=FakeClock(NOON))
    await journal.open()
    yield journal
    await journal.close()


class Asked:
    """Stands for the replies; what was asked of them is seen."""

    def __init__(self) -> None:
        self.words: list[str] = []

    async def to(self, asked: Any, *, reply_to: int | None = None) -> None:
        assert reply_to is None
        self.words.append(str(asked.word))


async def looked_until(done: Callable[[], bool], journal: SqliteJournal, saved: Saved) -> Asked:
    """One life of the chat."""
    asked: Any = Asked()
    log: Any = None
    chat = Chat(saved, asked, log, journal=journal, log=log, clock=FakeClock(NOON))
    running = asyncio.create_task(chat.run())
    try:
        await eventually(lambda: done() or bool(asked.words))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    kept: Asked = asked
    return kept


async def test_what_was_typed_after_a_first_look_at_nothing_is_read_by_the_next_life(
    journal: SqliteJournal,
) -> None:
    saved = Saved()
    await looked_until(lambda: journal.flag(READ_FLAG) is not None, journal, saved)
    saved.notes.append(Note(id=1, at=NOON, text="/pause"))
    asked = await looked_until(lambda: journal.flag(READ_FLAG) == "1", journal, saved)
    assert asked.words == ["pause"]


async def test_an_answer_of_long_ago_is_no_sign_of_life_now(journal: SqliteJournal) -> None:
    clock, told = FakeClock(NOON), list[Event]()
    presence = Presence(journal, clock, told.append, hours_max=Decimal(2))
    keeper: Any = None
    answers = Answers(keeper, journal, CommandLog(journal, clock, told.append), minutes=240)
    question = Question(
        post=SIGNAL,
        channel=ChannelId("-1001"),
        message_id=7,
        intent=CancelEntries(),
        trades=(SIGNAL,),
        until=NOON + timedelta(hours=4),
    )
    clock.advance(3 * 3600)
    await answers.take(question, "none", at=NOON + timedelta(minutes=5))
    (event,) = told
    assert isinstance(event, Commanded)
    assert event.command.at == NOON + timedelta(minutes=5)
    presence.handle(event)
    assert presence.refusal() is not None
