"""The line to Telegram: it falls, falls silent, hangs, and is dialled again."""

import asyncio
import time
from decimal import Decimal
from typing import Any

import pytest
from telethon.tl import functions

from tgbitget.errors import NotAuthorised
from tgbitget.intake.pace import Pace
from tgbitget.model.post import Arrival, Via
from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator
from tgbitget.telegram.client import dial
from waiting import eventually

from .conftest import Enter
from .world import World, quicker

DIFFERENCE = functions.updates.GetChannelDifferenceRequest
GET_STATE = functions.updates.GetStateRequest


async def test_posts_made_while_the_line_was_down_are_read_after_it(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, owner: Account
) -> None:
    async with world.running(await enter(), vip):
        vip.post("before")
        await eventually(lambda: world.texts == ["before"])
        telegram.refuse()
        telegram.drop()
        await eventually(
            lambda: telegram.listening(next(iter(telegram.world.accounts.values()))) == 0
        )
        vip.burst(["missed 1", "missed 2"])
        await eventually(lambda: any("dialling for ever" in text for text in world.warnings))
        await telegram.accept()
        await eventually(lambda: len(world.posts) == 3)
        assert world.posts[1].via is Via.BACKFILL
        vip.post("after")
        await eventually(lambda: "after" in world.texts)
    assert world.texts == ["before", "missed 1", "missed 2", "after"]
    assert world.posts[-1].via is Via.PUSH


@pytest.mark.parametrize("reset", [True, False])
async def test_a_dropped_line_is_dialled_again_at_once(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, reset: bool
) -> None:
    async with world.running(await enter(), vip):
        for n in range(5):
            telegram.drop(reset=reset)
            vip.post(str(n))
            await eventually(lambda n=n: len(world.posts) == n + 1)  # type: ignore[misc]  # mypy and default arguments
    assert world.texts == list("01234")


async def test_a_silent_line_is_noticed_and_replaced(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        telegram.silence()
        vip.post("into the void")
        await eventually(lambda: any("dialling for ever" in text for text in world.warnings))
        telegram.speak()
        await eventually(lambda: world.texts == ["into the void"])


def test_by_default_a_silent_line_is_noticed_within_fifteen_seconds() -> None:
    pace = Pace()
    # Looked at every `watch` seconds; an answer may have come right after the last look.
    assert 2 * pace.watch + pace.sign_of_life < 15


async def test_it_never_gives_up_dialling(
    telegram: TelegramSimulator,
    world: World,
    enter: Enter,
    vip: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempts = 0

    async def counted(client: Any, **options: Any) -> None:
        nonlocal attempts
        attempts += 1
        await dial(client, **options)

    monkeypatch.setattr("tgbitget.intake.line.dial", counted)
    pace = quicker(dial_pause_first=0.001, dial_pause_max=0.002)
    async with world.running(await enter(), vip, pace=pace):
        telegram.stop_listening()
        telegram.drop()
        await eventually(lambda: attempts > 100)
        vip.post("after a long night")
        await telegram.accept()
        await eventually(lambda: world.texts == ["after a long night"])
    assert len([w for w in world.warnings if "dialling for ever" in w]) == 1


async def test_a_clock_that_is_set_back_does_not_make_us_deaf(
    telegram: TelegramSimulator,
    world: World,
    enter: Enter,
    vip: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = telegram.requests.count(GET_STATE)
    async with world.running(await enter(), vip):
        true_time = time.time
        monkeypatch.setattr(time, "time", lambda: true_time() - 100)
        telegram.set_clock(100)  # the server's clock did not step
        vip.post("from the future")
        await eventually(lambda: world.texts == ["from the future"])
        vip.post("and again")
        await eventually(lambda: world.texts == ["from the future", "and again"])
        assert telegram.requests.count(GET_STATE) > asked


async def test_a_clock_that_is_set_back_while_the_line_is_down_does_not_make_us_deaf(
    telegram: TelegramSimulator,
    world: World,
    enter: Enter,
    vip: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with world.running(await enter(), vip):
        vip.post("before")
        await eventually(lambda: world.texts == ["before"])
        telegram.refuse()
        telegram.drop()
        await eventually(lambda: any("dialling for ever" in text for text in world.warnings))
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() - 100)
        telegram.set_clock(100)  # the server's clock did not step
        await telegram.accept()
        vip.post("after")
        await eventually(lambda: world.texts == ["before", "after"])


async def test_a_request_that_hangs_does_not_stop_the_channel(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    client = await enter()
    async with world.running(client, vip, fast=Decimal("0.05"), pace=quicker(difference=0.2)):
        telegram.hang(DIFFERENCE, times=2)
        vip.post("pushed", lost=True)
        await eventually(lambda: world.texts == ["pushed"])


async def test_a_revoked_login_ends_the_run_once_what_was_read_is_done(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, owner: Account
) -> None:
    gate = asyncio.Event()

    async def wait_until_it_is_revoked(arrival: Arrival) -> None:
        asyncio.get_running_loop().call_later(0.3, gate.set)
        await gate.wait()

    world.before = wait_until_it_is_revoked
    source = await world.source(await enter(), vip)
    running = asyncio.create_task(source.run(world.deliver))
    await source.following()
    vip.burst(["last", "words"])
    telegram.revoke(owner)
    with pytest.raises(NotAuthorised, match="ended from another device"):
        await asyncio.wait_for(running, 5)
    assert world.texts == ["last", "words"]


async def test_a_duplicated_login_ends_the_run(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, owner: Account
) -> None:
    source = await world.source(await enter(), vip, fast=Decimal("0.05"))
    running = asyncio.create_task(source.run(world.deliver))
    await source.following()
    telegram.duplicate_keys(owner)
    with pytest.raises(NotAuthorised, match="AUTH_KEY_DUPLICATED"):
        await asyncio.wait_for(running, 5)
