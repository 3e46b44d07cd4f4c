"""The first start, posts as they come, and the next start, over real sockets."""

import asyncio

import pytest
from telethon.tl import functions

from tgbitget.model.post import Arrival, Via
from tgbitget.simulators.telegram import Channel, TelegramSimulator
from tgbitget.telegram.answers import ask
from waiting import eventually

from .conftest import Enter
from .world import World

GET_STATE = functions.updates.GetStateRequest


async def test_a_first_start_begins_at_the_top(world: World, enter: Enter, vip: Channel) -> None:
    vip.burst(["old 1", "old 2"])
    async with world.running(await enter(), vip):
        vip.post("new")
        await eventually(lambda: world.texts == ["new"])
    cursor = world.journal.cursors[world.posts[0].channel]
    assert (cursor.message_id, cursor.pts) == (3, vip.box.pts)


@pytest.mark.parametrize("posts", [0, 3, 250], ids=["empty", "a few", "several slices"])
async def test_without_its_history_a_channel_is_begun_at_the_end_of_its_differences(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, posts: int
) -> None:
    vip.burst([f"before our time {n}" for n in range(posts)])
    telegram.fail(functions.messages.GetHistoryRequest, 400, "METHOD_INVALID")
    async with world.running(await enter(), vip):
        vip.post("live")
        await eventually(lambda: bool(world.posts))
    assert world.texts == ["live"]


async def test_the_first_start_is_remembered_though_nothing_was_posted(
    world: World, enter: Enter, vip: Channel
) -> None:
    vip.burst(["old 1", "old 2"])
    async with world.running(await enter(), vip):
        pass
    vip.post("while away")
    async with world.running(await enter(), vip):
        await eventually(lambda: world.texts == ["while away"])


async def test_a_live_post_comes_by_push(world: World, enter: Enter, vip: Channel) -> None:
    async with world.running(await enter(), vip):
        shown = vip.post("BUY BTC")
        await eventually(lambda: len(world.posts) == 1)
    (post,) = world.posts
    assert (post.via, post.revision, post.text) == (Via.PUSH, 0, "BUY BTC")
    assert post.date == shown.date.replace(microsecond=0)
    assert post.channel == str(vip.marked_id)
    assert world.arrivals[0].seen_monotonic > 0


async def test_posts_made_while_away_are_read_in_order_at_the_next_start(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("live")
        await eventually(lambda: world.texts == ["live"])
    vip.burst(250)
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.posts) == 251)
    assert world.texts == ["live", *(str(n) for n in range(1, 251))]
    assert {post.via for post in world.posts[1:]} == {Via.BACKFILL}


async def test_the_cursor_moves_only_with_outcomes(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        pass
    begun = world.journal.cursors[next(iter(world.journal.cursors))]
    vip.burst(120)
    gate = asyncio.Event()

    async def stop_at_the_third(arrival: Arrival) -> None:
        if arrival.what.message_id == 3:
            await gate.wait()

    world.before = stop_at_the_third
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.posts) == 2)
        cursor = world.journal.cursors[begun.channel]
        assert (cursor.message_id, cursor.pts) == (2, begun.pts)
        gate.set()
        await eventually(lambda: len(world.posts) == 120)
        cursor = world.journal.cursors[begun.channel]
        assert (cursor.message_id, cursor.pts) == (120, vip.box.pts)


async def test_a_crash_between_offer_and_outcome_delivers_again(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("first")
        await eventually(lambda: world.texts == ["first"])

        async def crash(arrival: Arrival) -> None:
            await asyncio.Event().wait()

        world.before = crash
        vip.burst(["second", "third"])
        await eventually(lambda: vip.box.pts == 4)
    world.before = None
    async with world.running(await enter(), vip):
        await eventually(lambda: world.texts == ["first", "second", "third"])


async def test_a_burst_of_a_thousand_posts_keeps_its_order(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.burst(1000)
        await eventually(lambda: len(world.posts) == 1000)
    assert world.texts == [str(n) for n in range(1, 1001)]


async def test_a_slow_outcome_in_a_burst_loses_nothing(
    world: World, enter: Enter, vip: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgbitget.intake.inbox.WAITING_MAX", 20)
    gate = asyncio.Event()

    async def wait(arrival: Arrival) -> None:
        await gate.wait()

    world.before = wait
    client = await enter()
    async with world.running(client, vip):
        vip.burst(300)
        await ask(
            client, GET_STATE()
        )  # its answer comes behind the pushes: they were all taken by now
        gate.set()
        await eventually(lambda: len(world.posts) == 300)
    assert world.texts == [str(n) for n in range(1, 301)]
