"""Which path saw a post first, by how much the other came later, and a push that stays away."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tgbitget.clock import FakeClock
from tgbitget.intake.pace import Pace
from tgbitget.intake.patience import EASES_SECONDS, Patience
from tgbitget.intake.sightings import SILENT_SECONDS, Sightings
from tgbitget.model.event import Event, Warned
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Post, Via
from tgbitget.simulators.telegram import Channel
from tgbitget.telegram.answers import Throttled
from waiting import eventually

from .conftest import Enter
from .world import NEVER, MemoryJournal, World, quicker

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHANNEL = ChannelId("-1001")


def post(message_id: int, via: Via) -> Post:
    return Post(channel=CHANNEL, message_id=message_id, date=NOON, text="a", via=via)


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def noted(told: list[Event]) -> Sightings:
    return Sightings(
        CHANNEL, "VIP", journal=MemoryJournal(), clock=FakeClock(NOON), publish=told.append
    )


def rows(noted: Sightings) -> list[tuple[int, Via, int]]:
    return [(one.message_id, one.via, one.behind_us) for one in noted._unwritten]


def test_a_push_after_the_poll_is_so_much_later(noted: Sightings) -> None:
    noted.first(post(7, Via.POLL), 10.0)
    noted.push(7, 12.5)
    noted.push(7, 13.0)
    assert rows(noted) == [(7, Via.PUSH, 2_500_000)]


def test_a_poll_counts_as_having_seen_what_was_pushed_before_its_answer(noted: Sightings) -> None:
    noted.first(post(7, Via.PUSH), 10.0)
    noted.first(post(8, Via.PUSH), 10.4)
    noted.poll(10.5)
    noted.poll(11.5)
    assert rows(noted) == [(7, Via.POLL, 500_000), (8, Via.POLL, 100_000)]


def test_what_was_missed_while_the_line_was_down_tells_nothing(noted: Sightings) -> None:
    noted.first(post(7, Via.BACKFILL), 10.0)
    noted.poll(11.0)
    noted.push(7, 12.0)
    assert rows(noted) == []


def found_by_poll(noted: Sightings, *ids: int) -> None:
    for message_id in ids:
        noted.first(post(message_id, Via.POLL), float(message_id))


@pytest.mark.parametrize(
    "heard",
    [
        pytest.param(lambda noted: noted.first(post(9, Via.PUSH), 100.0), id="a post is pushed"),
        pytest.param(lambda noted: noted.push(3, 100.0), id="the last one comes after all"),
        pytest.param(lambda noted: noted.hint(), id="it is pushed that there is something"),
    ],
)
def test_a_push_that_stays_away_is_told_once_until_it_is_back(
    noted: Sightings, told: list[Event], heard: Callable[[Sightings], None]
) -> None:
    found_by_poll(noted, 1, 2, 3)
    noted.poll(SILENT_SECONDS)
    assert told == []
    found_by_poll(noted, 4, 5)
    noted.poll(SILENT_SECONDS + 4)
    noted.poll(SILENT_SECONDS + 6)
    assert [event.text.partition(",")[0] for event in told if isinstance(event, Warned)] == [
        "VIP: Telegram does not push its posts"
    ]
    heard(noted)
    noted.poll(SILENT_SECONDS + 7)
    assert len(told) == 1
    found_by_poll(noted, 300, 301, 302)
    noted.poll(SILENT_SECONDS + 400)
    assert len(told) == 2


def test_a_late_push_is_no_silent_one(noted: Sightings, told: list[Event]) -> None:
    for message_id in range(1, 9):
        noted.first(post(message_id, Via.POLL), message_id * 100.0)
        noted.poll(message_id * 100.0 + 50)
        noted.push(message_id, message_id * 100.0 + 60)
    assert told == []
    assert len(rows(noted)) == 8


async def test_the_journal_is_told_of_both_paths(world: World, enter: Enter, vip: Channel) -> None:
    async with world.running(await enter(), vip, fast=Decimal("0.05")):
        vip.post("pushed")
        await eventually(lambda: world.journal.sightings)
        vip.silent = True
        vip.post("polled")
        await eventually(lambda: len(world.posts) == 2)
        vip.silent = False
        vip.push_again(world.posts[1].message_id)
        await eventually(lambda: len(world.journal.sightings) == 2)
    ids = [one.message_id for one in world.posts]
    assert [(id_, via) for id_, via, _ in world.journal.sightings] == [
        (ids[0], Via.POLL),
        (ids[1], Via.PUSH),
    ]


def test_channels_do_not_ask_in_step_and_never_before_telegram_said() -> None:
    pauses = {Pace().poll("auto", 30, chance=chance) for chance in (0.0, 0.5, 1.0)}
    assert pauses == {30.0, 31.5, 33.0}
    assert Pace().poll(NEVER, 30, chance=0.0) == 60.0


def test_a_channel_is_asked_less_often_after_each_flood_wait_and_more_often_again() -> None:
    clock, told = FakeClock(NOON), list[Event]()
    patience = Patience("VIP", clock=clock, pace=quicker(slow_poll=60.0), publish=told.append)
    pauses = [patience.eased(1.0)]
    for _ in range(2):
        patience.after(Throttled(3))
        pauses.append(patience.eased(1.0))
    for _ in range(3):
        clock.advance(EASES_SECONDS + 3)
        patience.well()
        pauses.append(patience.eased(1.0))
    assert pauses == [1.0, 2.0, 4.0, 2.0, 1.0, 1.0]
    assert patience.eased(90.0) == 90.0
