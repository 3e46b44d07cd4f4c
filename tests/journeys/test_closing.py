"""`positions close` and `close-all`: through a listener whatever else hangs, and alone without one."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from journeys.coin import Coin
from journeys.world import World
from tgbitget.app.alone import acting_alone
from tgbitget.cli.closing import Wish, close_through, fraction_of, run_close
from tgbitget.control.socket import SOCKET_NAME, ask
from tgbitget.errors import BadInput, TgbitgetError, Unreachable

ACTED_WITHIN_SECONDS = 1.0


class Hand:
    """The commands as they are run, with what they print."""

    def __init__(self, world: World, printed: pytest.CaptureFixture[str]) -> None:
        self._world = world
        self._printed = printed

    async def closes(
        self, what: str | None = None, *, part: str | None = None, is_sure: bool = True
    ) -> int:
        """The exit code; without *what*, of `close-all`."""
        wish = Wish(what=what, fraction=fraction_of(part), is_sure=is_sure, as_json=True)
        settings = self._world.settings(profiles=self._world.folder / "profiles")
        if not (self._world.home / SOCKET_NAME).exists():
            return await acting_alone(settings, lambda commands: close_through(commands, wish))
        return await asyncio.to_thread(run_close, settings, wish)

    async def asks(self, command: str, **args: Any) -> dict[str, Any]:
        answer = await asyncio.to_thread(ask, self._world.home, command, **args)
        assert answer is not None, "no listener runs"
        return answer

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._printed.readouterr().out.splitlines()]


@pytest.fixture
def hand(world: World, capsys: pytest.CaptureFixture[str]) -> Hand:
    return Hand(world, capsys)


@contextmanager
def journal_stuck(world: World) -> Iterator[None]:
    """Another process holds the file, and nothing can be written."""
    other = sqlite3.connect(world.home / "tgbitget.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def test_one_trade_is_closed_by_its_coin_and_the_others_stand(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with world.listening() as lines:
        post, other = world.market_long(sol), world.market_long(eth)
        await lines.reaches(post, "open")
        await lines.reaches(other, "open")
        ran = await world.run("positions", "close", "sol", "--yes", "--json")
        assert ran.code == 0, ran.err
        (line,) = ran.lines
        assert (line["signal"], line["state"], line["done"]) == (post.signal, "closed", True)
        assert sol.is_flat
        assert eth.size
        story = await world.run("explain", post.signal)
        assert "the owner asked (command line): close all of it" in story.out
    assert sol.unguarded_seconds == 0


async def test_a_part_is_closed_once_and_not_again_after_a_restart(
    world: World, sol: Coin, hand: Hand
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        assert await hand.closes(post.signal, part="50%") == 0
        assert sol.size == Decimal("0.4")
    async with world.listening() as lines:
        # What comes after it in the trade's mailbox was taken when that is told.
        world.reply(post, f"Move SL to {sol.at('0.98')}")
        await lines.until(lambda: sol.stops == [Decimal(sol.at("0.98"))], "the next word")
        assert sol.size == Decimal("0.4")
        assert await hand.closes("SOL", part="0.5") == 0
    assert sol.size == Decimal("0.2")
    assert sol.unguarded_seconds == 0


async def test_close_all_closes_ours_cancels_what_rests_and_names_what_is_not_ours(
    world: World, sol: Coin, eth: Coin, hand: Hand
) -> None:
    xrp = world.coin("XRP")
    world.bitget.by_hand.open(xrp.symbol, "buy", Decimal(20), stop=Decimal(xrp.at("0.9")))
    async with world.listening() as lines:
        opened, rests = world.market_long(sol), world.limit_long(eth)
        await lines.reaches(opened, "open")
        await lines.reaches(rests, "resting")
        assert await hand.closes() == 0
        states = {line.get("signal", line["symbol"]): line.get("state") for line in hand.read()}
        assert states == {
            opened.signal: "closed",
            rests.signal: "cancelled",
            "XRP/USDT:USDT": None,
        }
    assert sol.is_flat
    assert eth.is_flat
    assert xrp.size == Decimal(20)


@pytest.mark.parametrize("hangs", ["the journal", "Telegram"])
async def test_a_close_and_a_pause_act_within_a_second_whatever_hangs(
    world: World, sol: Coin, hand: Hand, hangs: str
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        if hangs == "Telegram":
            world.telegram.silence()
            await _close_and_pause(world, sol, hand, post.signal)
        else:
            with journal_stuck(world):
                await _close_and_pause(world, sol, hand, post.signal)


async def _close_and_pause(world: World, sol: Coin, hand: Hand, signal: str) -> None:
    began = time.monotonic()
    assert (await hand.asks("pause"))["paused"] is True
    assert time.monotonic() - began < ACTED_WITHIN_SECONDS
    began = time.monotonic()
    await hand.asks("close", signals=[signal])
    await world.until(lambda: not sol.size, "it to be flat")
    assert time.monotonic() - began < ACTED_WITHIN_SECONDS


async def test_a_listener_that_still_dials_telegram_closes(
    world: World, sol: Coin, hand: Hand
) -> None:
    async with world.listening() as lines:
        world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
    world.telegram.silence()
    async with world.listening(is_ready=False):
        await world.until((world.home / "control.sock").exists, "the socket")
        await world.until(lambda: world.telegram.connections > 0, "it to dial")
        assert await hand.closes("SOL") == 0
    assert sol.is_flat


async def test_without_a_listener_the_command_leads_closes_and_reports_by_itself(
    world: World, sol: Coin, eth: Coin, hand: Hand
) -> None:
    async with world.listening() as lines:
        post, rests = world.market_long(sol), world.limit_long(eth)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        await lines.reaches(rests, "resting")
    assert await hand.closes() == 0
    told = [(line["signal"], line["state"]) for line in hand.read()]
    assert told == [(post.signal, "closed"), (rests.signal, "cancelled")]
    assert sol.is_flat
    assert eth.is_flat
    assert (await hand.closes(), hand.read()) == (0, [])
    assert sol.unguarded_seconds == 0


async def test_a_trade_whose_profile_is_gone_is_closed_by_its_plan(
    world: World, sol: Coin, hand: Hand
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
    (world.folder / "profiles" / "vip.toml").unlink()
    assert await hand.closes() == 0
    assert [(line["signal"], line["state"]) for line in hand.read()] == [(post.signal, "closed")]
    assert sol.is_flat


async def test_what_could_not_be_closed_is_named_and_the_exit_code_says_so(
    world: World, sol: Coin, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgbitget.cli.closing.CLOSED_WITHIN_SECONDS", 0.5)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.faults.next("place-order", code="40762", times=None)
        assert await hand.closes() == 1
        (line,) = hand.read()
        assert (line["signal"], line["done"]) == (post.signal, False)
        assert "could not be closed" in line["reason"]
    assert sol.stops


async def test_what_cannot_be_closed_is_said(world: World, sol: Coin, hand: Hand) -> None:
    xrp = world.coin("XRP")
    world.bitget.by_hand.open(xrp.symbol, "buy", Decimal(20))
    async with world.listening() as lines:
        await lines.reaches(world.market_long(sol), "open")
        for what, part, words in (
            ("DOGE", None, "DOGE is no open trade; open are: "),
            ("XRP", None, "the position in XRP is not ours"),
            ("SOL", "1%", "is less than the smallest order"),
        ):
            with pytest.raises(TgbitgetError, match=words):
                await hand.closes(what, part=part)
        with pytest.raises(BadInput, match="add --yes"):
            await hand.closes("SOL", is_sure=False)
    assert sol.size == Decimal("0.8")


async def test_a_bitget_that_does_not_answer_ends_the_command(
    world: World, sol: Coin, hand: Hand
) -> None:
    async with world.listening() as lines:
        await lines.reaches(world.market_long(sol), "open")
    world.bitget.faults.maintenance = True
    with pytest.raises(Unreachable):
        await hand.closes()
    assert sol.stops
