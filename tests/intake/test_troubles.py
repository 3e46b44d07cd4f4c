"""One channel's trouble, the journal's, and what is read when too much was missed."""

import asyncio
from decimal import Decimal

import pytest
from telethon.tl import functions

from tgbitget.model.post import Arrival, Via
from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator
from waiting import eventually

from .conftest import Enter
from .world import World, quicker

DIFFERENCE = functions.updates.GetChannelDifferenceRequest
MESSAGES = functions.channels.GetMessagesRequest


# one channel's trouble beside others


@pytest.fixture
def calm(telegram: TelegramSimulator, owner: Account) -> Channel:
    return telegram.add_channel("Calm", members=[owner])


async def test_a_flood_wait_of_one_channel_does_not_hold_up_another(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, calm: Channel
) -> None:
    vip.silent = calm.silent = True
    telegram.flood_wait(DIFFERENCE, 300, channel=vip, times=None)
    async with world.running(await enter(), vip, calm, fast=Decimal("0.05")):
        calm.post("calm")
        await eventually(lambda: world.texts == ["calm"])
        asked = [
            r for r in telegram.requests.named(DIFFERENCE) if r.body.channel.channel_id == vip.id
        ]
        assert len(asked) == 1
    assert [w for w in world.warnings if "300 s" in w and "VIP" in w]


async def test_pushes_go_on_while_telegram_wants_no_questions(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        telegram.flood_wait(DIFFERENCE, 300, times=None)
        vip.post("a")
        vip.gap("lost")
        vip.post("c")
        await eventually(lambda: world.texts == ["a", "c"])
        cursor = world.journal.cursors[world.posts[0].channel]
        assert cursor.message_id == 1
    telegram.clear_faults()
    async with world.running(await enter(), vip):
        await eventually(lambda: sorted(world.texts) == ["a", "c", "lost"])


async def test_a_server_error_is_waited_out(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, calm: Channel
) -> None:
    async with world.running(await enter(), vip, calm, fast=Decimal("0.05")):
        vip.silent = True
        telegram.fail(DIFFERENCE, 500, "PERSISTENT_TIMESTAMP_OUTDATED", channel=vip, times=4)
        vip.post("late")
        calm.post("calm")
        await eventually(lambda: sorted(world.texts) == ["calm", "late"])
    assert world.texts == ["calm", "late"]


async def test_answers_that_never_come_are_told_once(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, calm: Channel
) -> None:
    pace = quicker(difference=0.05)
    async with world.running(await enter(), vip, calm, fast=Decimal("0.05"), pace=pace):
        fault = telegram.hang(DIFFERENCE, channel=vip)
        await eventually(lambda: fault.hits > 8)
        vip.post("pushed")
        await eventually(lambda: world.texts == ["pushed"])
    assert [text for text in world.warnings if "did not answer in time" in text] == world.warnings
    assert len(world.warnings) == 1


async def test_a_journal_that_refuses_the_first_cursor_is_told_and_asked_again(
    world: World, enter: Enter, vip: Channel
) -> None:
    world.journal.refusals = 2
    async with world.running(await enter(), vip):
        await eventually(lambda: bool(world.journal.cursors))
        vip.post("a")
        await eventually(lambda: world.texts == ["a"])
    assert [text for text in world.warnings if "the journal refused: disk full" in text]


async def test_a_channel_that_throws_us_out_is_told_once_and_others_go_on(
    world: World, enter: Enter, vip: Channel, calm: Channel, owner: Account
) -> None:
    async with world.running(await enter(), vip, calm, fast=Decimal("0.05")):
        vip.kick(owner)
        await eventually(lambda: any("cannot be read any more" in w for w in world.warnings))
        calm.post("calm")
        await eventually(lambda: world.texts == ["calm"])
        vip.post("not for us")
        vip.admit(owner)
        vip.post("welcome back")
        await eventually(lambda: "welcome back" in world.texts)
    assert len([w for w in world.warnings if "cannot be read any more" in w]) == 1


# too much was missed


async def test_history_is_read_where_a_difference_is_too_long(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("live")
        await eventually(lambda: world.texts == ["live"])
    vip.burst(230)
    vip.service_message()
    vip.too_long_difference()
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.posts) == 231)
        vip.post("and on")
        await eventually(lambda: "and on" in world.texts)
    assert world.texts == ["live", *(str(n) for n in range(1, 231)), "and on"]
    assert world.posts[1].via is Via.BACKFILL
    assert world.journal.cursors[world.posts[0].channel].pts == vip.box.pts


async def test_what_became_of_traded_posts_is_read_again_where_a_difference_is_too_long(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    world.journal.is_trading = True
    async with world.running(await enter(), vip):
        vip.burst(["a", "b", "c"])
        await eventually(lambda: len(world.posts) == 3)
    vip.edit(1, "a2")
    vip.delete(2)
    vip.post("d")
    vip.too_long_difference()
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.arrivals) == 6)
    assert [(p.message_id, p.revision, p.text) for p in world.posts[3:]] == [
        (4, 0, "d"),
        (1, 1, "a2"),
    ]
    assert world.deleted == [2]
    assert telegram.requests.count(MESSAGES) == 1


async def test_what_became_of_the_newest_posts_is_read_again_where_a_difference_is_too_long(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    vip.post("before we came")
    async with world.running(await enter(), vip):
        vip.burst([str(n) for n in range(2, 102)])
        await eventually(lambda: len(world.posts) == 100)
    vip.edit(1, "never ours")
    vip.edit(20, "too old to be edited")
    vip.edit(100, "100, corrected")
    vip.delete(101)
    vip.too_long_difference()
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.arrivals) == 102)
    assert [(p.message_id, p.revision, p.text) for p in world.posts[100:]] == [
        (100, 1, "100, corrected")
    ]
    assert world.deleted == [101]
    assert telegram.requests.count(MESSAGES) == 1


async def test_a_crash_while_history_is_read_goes_on_where_it_was(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        pass
    vip.burst(150)
    vip.too_long_difference()

    async def crash_at_120(arrival: Arrival) -> None:
        if arrival.what.message_id == 120:
            await asyncio.Event().wait()

    world.before = crash_at_120
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.posts) == 119)
    world.before = None
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.posts) == 150)
    assert world.texts == [str(n) for n in range(1, 151)]


async def test_a_pts_that_the_server_does_not_know_leads_to_history(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("a")
        await eventually(lambda: world.texts == ["a"])
    channel = world.posts[0].channel
    cursor = world.journal.cursors[channel]
    world.journal.cursors[channel] = type(cursor)(channel=channel, pts=9_999, message_id=1)
    vip.post("b")
    async with world.running(await enter(), vip):
        await eventually(lambda: world.texts == ["a", "b"])
        vip.post("c")
        await eventually(lambda: world.texts == ["a", "b", "c"])


# the journal


async def test_what_the_journal_refused_is_offered_again_and_nothing_overtakes_it(
    world: World, enter: Enter, vip: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgbitget.intake.inbox.RETRY_SECONDS_FIRST", 0.01)
    async with world.running(await enter(), vip):
        world.journal.refusals = 3
        vip.burst(["a", "b"])
        await eventually(lambda: world.texts == ["a", "b"])
    assert any("waits for the journal: disk full" in text for text in world.warnings)
