"""The dead man's switch."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from journal.samples import NOON
from tgbitget.clock import FakeClock
from tgbitget.control.presence import Presence
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.command import Command, CommandName, Source
from tgbitget.model.event import Commanded, Event


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture
async def journal(tmp_path: Path, clock: FakeClock) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.db", clock=clock)
    await journal.open()
    yield journal
    await journal.close()


def made(journal: SqliteJournal, clock: FakeClock, hours: str | None = "24") -> Presence:
    told: list[Event] = []
    most = None if hours is None else Decimal(hours)
    return Presence(journal, clock, told.append, hours_max=most)


def heard(clock: FakeClock) -> Commanded:
    command = Command(at=clock.now(), source=Source.CHAT, name=CommandName.LOOK)
    return Commanded(command=command)


async def test_entries_end_when_nothing_was_heard_for_so_long(
    journal: SqliteJournal, clock: FakeClock
) -> None:
    presence = made(journal, clock)
    clock.advance(24 * 3600)
    assert presence.refusal() is None
    clock.advance(1)
    refused = presence.refusal()
    assert refused is not None
    assert (refused.rule, refused.reason) == (
        "owner_silence_hours_max",
        "no command of the owner since 01-31 12:00:00 UTC, 24 h allowed",
    )
    presence.handle(heard(clock))
    assert presence.refusal() is None


async def test_what_was_typed_long_ago_is_no_sign_of_life_now(
    journal: SqliteJournal, clock: FakeClock
) -> None:
    presence = made(journal, clock)
    long_ago = heard(clock)
    clock.advance(23 * 3600)
    presence.handle(heard(clock))
    clock.advance(23 * 3600)
    presence.handle(long_ago)
    assert presence.refusal() is None
    clock.advance(3600 + 1)
    assert presence.refusal() is not None


async def test_it_is_off_unless_it_is_set(journal: SqliteJournal, clock: FakeClock) -> None:
    presence = made(journal, clock, None)
    clock.advance(10**8)
    assert presence.refusal() is None


async def test_a_restart_is_no_sign_of_life(journal: SqliteJournal, clock: FakeClock) -> None:
    await journal.set_flag("owner_heard", (NOON - timedelta(hours=25)).isoformat())
    assert made(journal, clock).refusal() is not None
