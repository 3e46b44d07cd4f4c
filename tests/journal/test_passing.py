"""The journal of a rehearsal: the same answers as one in a file, for as long as later posts may ask."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.clock import FakeClock
from tgbitget.journal.journal import Decisions
from tgbitget.journal.passing import PassingJournal
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.ids import ChannelId, signal_id
from tgbitget.model.plan import Decision, Outcome
from tgbitget.model.post import Deletion, Via

from . import samples
from .samples import CHANNEL, NOON, SIGNAL

HOUR = timedelta(hours=1)


@pytest.fixture(params=["in memory", "in a file"])
async def decisions(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Decisions]:
    if request.param == "in memory":
        yield PassingJournal()
        return
    journal = SqliteJournal(path, clock=FakeClock(NOON))
    await journal.open()
    yield journal
    await journal.close()


def follow_up(message_id: int, *, revision: int = 0) -> Decision:
    changed = samples.ignored(message_id, revision=revision)
    return replace(changed, outcome=Outcome.PLANNED, trade=SIGNAL)


async def test_what_was_never_decided_is_not_known(decisions: Decisions) -> None:
    assert decisions.fault is None
    assert decisions.cursor(CHANNEL) is None
    assert decisions.latest_revision(CHANNEL, 7) is None
    assert decisions.latest_post(CHANNEL, 7) is None
    assert decisions.revisions(SIGNAL) == ()
    assert decisions.recent_decisions(NOON - HOUR) == ()


async def test_what_was_decided_of_each_revision_is_known(decisions: Decisions) -> None:
    first, second = samples.planned(7), follow_up(7, revision=1)
    await decisions.decide(first)
    await decisions.decide(samples.ignored(8))
    await decisions.decide(second)
    assert decisions.latest_revision(CHANNEL, 7) == 1
    assert decisions.latest_revision(CHANNEL, 8) == 0
    assert decisions.latest_post(CHANNEL, 7) == second.post
    assert decisions.revisions(SIGNAL) == (first, second)
    assert decisions.revisions(signal_id(CHANNEL, 8)) == (samples.ignored(8),)
    assert decisions.latest_revision(ChannelId("another"), 7) is None


async def test_a_talk_that_becomes_a_signal_is_one_post(decisions: Decisions) -> None:
    talk, signal = samples.ignored(7), samples.planned(7)
    signal = replace(signal, post=samples.post(7, revision=1))
    await decisions.decide(talk)
    await decisions.decide(signal)
    assert decisions.revisions(SIGNAL) == (talk, signal)


async def test_an_older_revision_that_comes_late_stands_before(decisions: Decisions) -> None:
    newer, older = samples.ignored(7, revision=2), samples.ignored(7, revision=1)
    await decisions.decide(newer)
    await decisions.decide(older)
    assert decisions.revisions(SIGNAL) == (older, newer)
    assert decisions.latest_revision(CHANNEL, 7) == 2


async def test_a_revision_keeps_the_outcome_that_it_has(decisions: Decisions) -> None:
    await decisions.decide(samples.planned(7))
    await decisions.decide(samples.ignored(7), cursor=samples.cursor(7))
    assert decisions.revisions(SIGNAL) == (samples.planned(7),)
    assert decisions.cursor(CHANNEL) == samples.cursor(7)


async def test_planned_ones_of_late_are_known(decisions: Decisions) -> None:
    assert decisions.recent_decisions(NOON - HOUR) == ()  # from here on it keeps up
    planned = [samples.planned(n, at=NOON + n * HOUR) for n in range(1, 4)]
    for decision in planned:
        await decisions.decide(decision)
    await decisions.decide(samples.ignored(9))
    assert decisions.recent_decisions(NOON + 2 * HOUR) == tuple(planned[1:])
    assert decisions.recent_decisions(NOON) == tuple(planned)


async def test_the_cursor_goes_on_and_back_only_where_it_is_set(decisions: Decisions) -> None:
    await decisions.decide(samples.ignored(8), cursor=samples.cursor(8))
    await decisions.decide(samples.ignored(7), cursor=samples.cursor(7))
    assert decisions.cursor(CHANNEL) == samples.cursor(8)
    deletion = Deletion(channel=CHANNEL, message_id=3, date=NOON, via=Via.REPLAY)
    await decisions.delete(deletion, change="nothing", cursor=samples.cursor(9))
    assert decisions.cursor(CHANNEL) == samples.cursor(9)
    await decisions.move_cursor(samples.cursor(2))
    assert decisions.cursor(CHANNEL) == samples.cursor(2)


# In memory alone: what is forgotten.


async def test_of_what_is_forgotten_it_is_known_that_it_was_decided() -> None:
    journal = PassingJournal(plans_max=2, others_max=1, talk_max=1)
    for n in range(1, 5):
        await journal.decide(samples.planned(n))
        await journal.decide(samples.ignored(n + 10))
        await journal.decide(follow_up(n + 20))
    assert [n for n in range(30) if journal.latest_post(CHANNEL, n)] == [3, 4, 14, 24]
    decided = [n for n in range(30) if journal.latest_revision(CHANNEL, n) == 0]
    assert decided == [1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24]
    assert [d.post.message_id for d in journal.recent_decisions(NOON)] == [3, 4, 24]


async def test_talk_pushes_nothing_else_out() -> None:
    journal = PassingJournal(plans_max=1, others_max=1, talk_max=1)
    await journal.decide(samples.planned(7))
    await journal.decide(follow_up(6))
    for n in range(8, 20):
        await journal.decide(samples.ignored(n))
    assert journal.revisions(SIGNAL) == (samples.planned(7),)
    assert journal.latest_post(CHANNEL, 6) == follow_up(6).post


@given(numbers=st.lists(st.integers(1, 2**53 - 1) | st.integers(1, 600), unique=True, max_size=20))
async def test_every_number_is_told_from_its_neighbours(numbers: list[int]) -> None:
    journal = PassingJournal(talk_max=1)
    for n in numbers:
        await journal.decide(samples.ignored(n))
    near: set[Any] = {n + step for n in numbers for step in (-256, -1, 0, 1, 256)}
    known = {n for n in near if journal.latest_revision(CHANNEL, n) is not None}
    assert known == set(numbers)
