"""Pushes that are late, doubled, reversed or missing, and the polls that find them."""

from collections import Counter
from decimal import Decimal

import pytest
from telethon.tl import functions

from tgbitget.model.post import Via
from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator
from waiting import eventually

from .conftest import Enter
from .world import NEVER, World, quicker

DIFFERENCE = functions.updates.GetChannelDifferenceRequest


async def test_a_push_that_comes_twice_is_one_post(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("a")
        vip.push_again(1)
        vip.post("b")
        await eventually(lambda: "b" in world.texts)
    assert world.texts == ["a", "b"]


async def test_pushes_in_the_wrong_order_are_put_right(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("a")
        await eventually(lambda: world.texts == ["a"])
        with vip.out_of_order():
            vip.post("b")
            vip.edit(2, "b2")
            vip.post("c")
        await eventually(lambda: len(world.posts) >= 3 and "c" in world.texts)
    assert [t for t in world.texts if t != "b"] == ["a", "b2", "c"]


async def test_a_gap_is_filled_before_what_comes_after_it(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("a")
        await eventually(lambda: world.texts == ["a"])
        vip.gap("lost")
        vip.post("c")
        await eventually(lambda: len(world.posts) == 3)
    assert world.texts == ["a", "lost", "c"]


@pytest.mark.parametrize("missing", [1, 99, 101, 1500])
async def test_a_gap_of_any_size_is_filled(
    world: World, enter: Enter, vip: Channel, missing: int
) -> None:
    async with world.running(await enter(), vip):
        for n in range(missing):
            vip.gap(str(n))
        vip.post("seen")
        await eventually(lambda: len(world.posts) == missing + 1)
    assert world.texts == [*(str(n) for n in range(missing)), "seen"]


async def test_a_withheld_push_is_found_by_the_poll(
    world: World, enter: Enter, vip: Channel
) -> None:
    vip.silent = True
    async with world.running(await enter(), vip, fast=Decimal("0.05")):
        vip.post("never pushed")
        await eventually(lambda: world.texts == ["never pushed"])
    assert world.posts[0].via is Via.POLL


async def test_auto_polls_at_the_servers_pace(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    vip.silent = True
    vip.difference_timeout = 1
    async with world.running(await enter(), vip, fast="auto"):
        asked = telegram.requests.count(DIFFERENCE)
        vip.post("never pushed")
        await eventually(lambda: world.texts == ["never pushed"], within=3)
        assert telegram.requests.count(DIFFERENCE) - asked <= 2


async def test_a_channel_without_fast_poll_is_asked_in_the_slow_round(
    world: World, enter: Enter, vip: Channel
) -> None:
    vip.silent = True
    async with world.running(await enter(), vip, fast=NEVER, pace=quicker(slow_poll=0.1)):
        vip.post("never pushed")
        await eventually(lambda: world.texts == ["never pushed"])


async def test_only_ten_channels_are_polled_fast(
    telegram: TelegramSimulator, world: World, enter: Enter, owner: Account
) -> None:
    channels = [telegram.add_channel(f"Channel {n}", members=[owner]) for n in range(11)]
    async with world.running(await enter(), *channels, fast=Decimal("0.02")):
        await telegram.requests.wait_for(DIFFERENCE, count=60)
    asked = Counter(r.body.channel.channel_id for r in telegram.requests.named(DIFFERENCE))
    assert asked[channels[10].id] == 1
    assert all(asked[channel.id] > 1 for channel in channels[:10])
    assert world.warnings == ["11 channels want a fast poll, 10 of them get it"]
