"""Everything at once, by seed: pushes lost, doubled and reversed, lines cut, floods, restarts. Nothing lost, nothing doubled."""

import asyncio
import random
from decimal import Decimal
from typing import Any

import pytest
from telethon.tl import functions

from tgbitget.errors import JournalError
from tgbitget.model.post import Arrival
from tgbitget.simulators.telegram import Channel, TelegramSimulator
from waiting import eventually

from .conftest import Enter
from .world import World

DIFFERENCE = functions.updates.GetChannelDifferenceRequest


class Storm:
    """One channel's day, and the weather over it."""

    def __init__(self, seed: int, telegram: TelegramSimulator, channel: Channel) -> None:
        self.dice = random.Random(seed)  # noqa: S311 -- a storm that can be repeated
        self.telegram = telegram
        self.channel = channel
        self.number = 0

    def happen(self) -> None:
        is_lost = self.dice.random() < 0.2
        ids = [message.id for message in self.channel.messages]
        match self.dice.choices(
            ["post", "edit", "react", "delete", "mix", "weather"], [10, 4, 2, 1, 1, 2]
        )[0]:
            case "edit" if ids:
                self.number += 1
                self.channel.edit(self.dice.choice(ids), f"edit {self.number}", lost=is_lost)
            case "react" if ids:
                self.channel.react(self.dice.choice(ids))
            case "delete" if ids:
                self.channel.delete(self.dice.choice(ids), lost=is_lost)
            case "mix":
                with self.channel.out_of_order():
                    for _ in range(3):
                        self.post(is_lost=False)
            case "weather":
                self.weather()
            case _:
                self.post(is_lost=is_lost)

    def post(self, *, is_lost: bool) -> None:
        self.number += 1
        ids = [message.id for message in self.channel.messages]
        reply_to = self.dice.choice(ids) if ids and self.dice.random() < 0.2 else None
        self.channel.post(f"post {self.number}", lost=is_lost, reply_to=reply_to)

    def weather(self) -> None:
        match self.dice.randrange(4):
            case 0:
                self.telegram.drop(reset=self.dice.random() < 0.5)
            case 1:
                self.telegram.fail(DIFFERENCE, 500, "HISTORY_GET_FAILED", times=2)
            case 2:
                self.telegram.flood_wait(DIFFERENCE, 1, times=1)
            case 3:
                self.telegram.drop_answer(None)
            case 4:
                self.telegram.silence()
                asyncio.get_running_loop().call_later(0.05, self.telegram.speak)
            case 5 if self.channel.messages:
                self.channel.push_again(self.channel.messages[-1].id)
            case _:
                self.channel.too_long_difference()


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_is_lost_and_nothing_doubled_in_any_weather(
    telegram: TelegramSimulator,
    enter: Enter,
    vip: Channel,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tgbitget.intake.inbox.RETRY_SECONDS_FIRST", 0.01)
    storm = Storm(seed, telegram, vip)
    world = World()
    world.journal.is_trading = True  # or what was edited beyond a difference need not be known
    vip.burst(["history"] * 3)

    async def check(arrival: Arrival) -> None:
        if storm.dice.random() < 0.05:
            raise JournalError("a hiccup")
        assert arrival.cursor is not None
        told = {post.message_id for post in world.posts} | {arrival.what.message_id}
        standing = {m.id for m in vip.messages if 3 < m.id <= arrival.cursor.message_id}
        assert standing <= told, "the cursor is beyond a post without outcome"

    world.before = check
    for _ in range(3):
        async with world.running(await enter(), vip, fast=Decimal("0.1")):
            for _ in range(40):
                storm.happen()
                await asyncio.sleep(0)
        for _ in range(10):
            storm.happen()
    telegram.clear_faults()
    async with world.running(await enter(), vip, fast=Decimal("0.1")):
        await eventually(lambda: is_complete(world, vip), within=20)


def is_complete(world: World, channel: Channel) -> bool:
    """Each standing post of our time is known with its present text. `MemoryJournal` refuses what is doubled."""
    latest = {key[1]: revisions[-1].text for key, revisions in world.journal.posts.items()}
    gone = {message_id for _, message_id in world.journal.deletions}
    standing: dict[int, Any] = {m.id: m.text for m in channel.messages if m.id > 3}
    return all(latest.get(n) == text for n, text in standing.items()) and not gone & set(standing)
