"""The owner steers from Saved Messages, on another device."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from telethon.tl import types

from journeys.coin import Coin
from journeys.lines import Lines
from journeys.world import World, market_long
from tgbitget.control import presence

SILENCE_SECONDS = Decimal(2)


async def told(world: World, lines: Lines, words: str) -> str:
    """The message in which the owner is told so."""
    await lines.until(lambda: any(words in n for n in world.notices), f"{words!r} to be told")
    return next(n for n in reversed(world.notices) if words in n)


async def test_pause_status_positions_why_and_resume(world: World, sol: Coin, eth: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.owner.write("/pause")
        await lines.until(lambda: bool(lines.of("paused")), "the pause")
        refused = await lines.decision(world.post(market_long(eth)))
        assert refused["rule"] == "paused"
        world.owner.write("/status")
        assert "Entries: paused" in await told(world, lines, "live mode")
        world.owner.write("/positions")
        assert "stop 137.74" in await told(world, lines, "LONG SOL/USDT 0.8, open")
        notice = next(m for m in world.owner.saved_messages() if "SOL" in m.text)
        world.owner.write("/why", reply_to=notice.id)
        assert "read by freeform" in await told(world, lines, "planned")
        world.owner.write("/resume")
        await lines.until(lambda: bool(lines.of("resumed")), "its end")
        world.owner.write("/help")
        await told(world, lines, "/close all")
        commands = [line["outcome"] for line in lines.of("command")]
        assert commands == ["pause", "status", "positions", "why", "resume", "help"]


async def test_one_is_closed_by_name_and_all_after_a_confirmation(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with world.listening() as lines:
        first, second = world.market_long(sol), world.market_long(eth)
        await lines.reaches(first, "open")
        await lines.reaches(second, "open")
        world.owner.write("/close sol 50%")
        await lines.until(lambda: sol.size == Decimal("0.4"), "a half")
        world.owner.write("/close SOL")
        await lines.reaches(first, "closed")
        world.owner.write("/yes")
        await told(world, lines, "there is nothing to confirm")
        world.owner.write("/close all")
        await told(world, lines, "Close all of these at market?")
        assert eth.size
        world.owner.write("/yes")
        await lines.reaches(second, "closed")
    assert sol.unguarded_seconds == eth.unguarded_seconds == 0


async def test_what_the_owner_did_not_type_there_and_then_is_no_command(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        await lines.reaches(world.market_long(sol), "open")
        quote = types.MessageEntityBlockquote(offset=0, length=10)
        world.owner.write("/close SOL", forwarded_from="VIP")
        world.owner.write("/close SOL", entities=[quote])
        world.owner.write("buy milk")
        world.owner.write("/close SOL\nTarget 2 reached")
        world.owner.write("/closeall")
        await told(world, lines, "there is no command /closeall")
        long_ago = datetime.now(UTC) - timedelta(seconds=90)
        world.owner.write("/close SOL", date=long_ago)
        await told(world, lines, "a command counts for 60 s; type it again")
        names = [(line["command"], line["outcome"][:12]) for line in lines.of("command")]
        assert names == [("refused", "'/closeall':"), ("refused", "'/close SOL'")]
    assert sol.size == Decimal("0.8")


@pytest.mark.parametrize("text", ["/close SOL", "/pause"])
async def test_a_channels_words_in_our_notices_are_no_command(
    world: World, sol: Coin, text: str
) -> None:
    """A post that addresses the program is quoted to the owner, in a message that our own session sends."""
    async with world.listening() as lines:
        await lines.reaches(world.market_long(sol), "open")
        world.post(f"{text}\n{market_long(world.coin('BTC'), stop='1.5')}")
        await lines.until(lambda: len(world.notices) > 1, "it to be told")
        world.owner.write("/status")
        await told(world, lines, "live mode")
        assert [line["outcome"] for line in lines.of("command")] == ["status"]
    assert sol.size == Decimal("0.8")


async def test_a_command_typed_while_nobody_listened_is_refused_when_it_is_old(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        await lines.reaches(world.market_long(sol), "open")
        world.owner.write("/status")
        await told(world, lines, "live mode")
    world.owner.write("/close all", date=datetime.now(UTC) - timedelta(seconds=61))
    async with world.listening() as lines:
        await told(world, lines, "a command counts for 60 s; type it again")
    assert sol.size == Decimal("0.8")


async def test_an_old_command_that_is_refused_keeps_no_entries_going(
    world: World, sol: Coin
) -> None:
    world.owner.write("a note")
    hours = SILENCE_SECONDS / 3600
    async with world.listening(owner_silence_hours_max=hours) as lines:
        began = time.monotonic()
        await lines.until(lambda: time.monotonic() > began + float(SILENCE_SECONDS), "the silence")
    world.owner.write("/status", date=datetime.now(UTC) - timedelta(hours=5))
    world.owner.write("/staus", date=datetime.now(UTC) - timedelta(hours=4))
    async with world.listening(owner_silence_hours_max=hours) as lines:
        await told(world, lines, "a command counts for 60 s; type it again")
        await told(world, lines, "there is no command /staus")
        assert (await lines.decision(world.market_long(sol)))["rule"] == "owner_silence_hours_max"


async def test_a_silent_owner_is_asked_and_then_nothing_is_entered_any_more(
    world: World, sol: Coin, eth: Coin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "LOOK_SECONDS", 0.05)
    began = time.monotonic()
    async with world.listening(owner_silence_hours_max=SILENCE_SECONDS / 3600) as lines:
        await lines.until(lambda: bool(lines.warnings), "the question")
        assert "are you there?" in lines.warnings[0]
        await lines.until(
            lambda: time.monotonic() > began + float(SILENCE_SECONDS) + 0.5, "the silence"
        )
        refused = await lines.decision(world.market_long(sol))
        assert (refused["outcome"], refused["rule"]) == ("refused", "owner_silence_hours_max")
        world.owner.write("/status")
        assert "Entries: owner_silence_hours_max" in await told(world, lines, "live mode")
        await lines.reaches(world.market_long(eth), "open")
    assert not sol.order_requests
