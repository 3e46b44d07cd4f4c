"""Words that cross orders on their way: a close, a cancel or an edit while an entry is sent, unknown, or being filled."""

from decimal import Decimal
from typing import Any

import pytest

from journeys.coin import Coin
from journeys.invariants import agrees, check_guarded, check_one_entry_per_leg
from journeys.lines import Lines, Posted
from journeys.world import World
from tgbitget.simulators.bitget import Then

ON_THE_WAY = [
    pytest.param({"delay": 0.6}, id="slow"),
    pytest.param({"then": Then.DROP}, id="taken, unknown"),
    pytest.param({"accept": False, "then": Then.DROP}, id="not taken, unknown"),
]


async def has_met(world: World, coin: Coin) -> None:
    """The spoiled request has reached the exchange."""
    await world.until(lambda: bool(coin.order_requests), "the entry to be sent")


async def ends_flat(lines: Lines, post: Posted, coin: Coin) -> None:
    await lines.until(
        lambda: lines.state(post) in ("cancelled", "closed", "failed"), "the trade's end"
    )
    await lines.until(lambda: coin.is_flat, "nothing left at the venue")
    await agrees(lines, post, coin)
    check_one_entry_per_leg(coin)


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("cue", ON_THE_WAY)
async def test_a_cancel_that_crosses_a_resting_entry_takes_it_back(
    world: World, sol: Coin, cue: dict[str, Any]
) -> None:
    world.bitget.faults.next("place-order", **cue)
    async with world.listening() as lines:
        post = world.limit_long(sol)
        await has_met(world, sol)
        await lines.decision(world.reply(post, "Cancel this order"))
        await ends_flat(lines, post, sol)
    assert len(sol.entries) <= 1
    assert not sol.executions


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("is_silent", [False, True], ids=["pushes", "no pushes"])
@pytest.mark.parametrize("cue", ON_THE_WAY)
async def test_a_close_that_crosses_an_entry_leaves_nothing_open(
    world: World, sol: Coin, cue: dict[str, Any], is_silent: bool
) -> None:
    world.bitget.faults.next("place-order", **cue)
    async with world.listening() as lines:
        world.bitget.faults.pushes.silent = is_silent
        post = world.market_long(sol)
        await has_met(world, sol)
        await lines.decision(world.reply(post, "Close this trade now"))
        await ends_flat(lines, post, sol)
    check_guarded(sol)


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("word", ["Cancel this order", "Close this trade now"])
@pytest.mark.parametrize("cue", ON_THE_WAY)
async def test_words_in_the_middle_of_a_zone_leave_none_of_its_orders(
    world: World, eth: Coin, cue: dict[str, Any], word: str
) -> None:
    world.bitget.faults.next("place-order")
    world.bitget.faults.next("place-order", **cue)
    async with world.listening() as lines:
        post = world.zone_short(eth)
        await world.until(lambda: len(eth.order_requests) >= 2, "the second entry to be sent")
        await lines.decision(world.reply(post, word))
        await ends_flat(lines, post, eth)


async def test_a_deletion_in_the_middle_of_a_zone_leaves_none_of_its_orders(
    world: World, eth: Coin
) -> None:
    world.bitget.faults.next("place-order")
    world.bitget.faults.next("place-order", delay=0.6)
    async with world.listening() as lines:
        post = world.zone_short(eth)
        await world.until(lambda: len(eth.order_requests) >= 2, "the second entry to be sent")
        world.vip.delete(post.id)
        await ends_flat(lines, post, eth)


async def test_an_edit_that_drops_entries_holds_for_those_that_are_not_sent_yet(
    world: World, eth: Coin
) -> None:
    ladder = (
        "#ETH/USDT LONG\nEntry 1: {0}\nEntry 2: {1}\nEntry 3: {2}\nTargets: {tp}\nStop Loss: {sl}\n"
    )
    levels = [eth.at(times) for times in ("0.99", "0.985", "0.98")]
    rest = {"tp": eth.at("1.03"), "sl": eth.at("0.95")}
    world.bitget.faults.always("place-order", delay=0.6)
    async with world.listening() as lines:
        post = world.post(ladder.format(*levels, **rest))
        await has_met(world, eth)
        shorter = ladder.format(*levels, **rest).replace(f"Entry 3: {levels[2]}\n", "")
        world.vip.edit(post.id, shorter.replace(f"Entry 2: {levels[1]}\n", ""))
        assert (await lines.decision(post, revision=1))["outcome"] == "planned"
        await lines.until(lambda: len(lines.results(post)) >= 3, "the end of all sends")
        await lines.until(
            lambda: [o.price for o in eth.resting] == [Decimal(levels[0])], "only the first"
        )
        await lines.reaches(post, "resting")


async def test_an_edit_while_an_entry_is_being_sent_moves_the_stop_once_it_filled(
    world: World, sol: Coin
) -> None:
    world.bitget.faults.next("place-order", delay=0.6)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await has_met(world, sol)
        world.vip.edit(post.id, post.message.text.replace(sol.at("0.97"), sol.at("0.98")))
        assert (await lines.decision(post, revision=1))["outcome"] == "planned"
        await lines.until(lambda: sol.stops == [Decimal(sol.at("0.98"))], "the nearer stop")
    check_guarded(sol)


async def test_half_closed_while_the_entry_is_unknown_is_half_closed_once_it_is_found(
    world: World, sol: Coin, impatience: None
) -> None:
    world.bitget.faults.next("place-order", then=Then.DROP)
    async with world.listening() as lines:
        world.bitget.faults.pushes.silent = True
        post = world.market_long(sol)
        await has_met(world, sol)
        await lines.decision(world.reply(post, "Close half"))
        await lines.until(lambda: sol.size == Decimal("0.4"), "half of it")
        await lines.until(lambda: lines.trade(post)["amount"] == "0.4", "it to be told")
    assert sum(e.size for e in sol.executions if e.closing) == Decimal("0.4")
    check_guarded(sol)


async def test_a_cancel_that_a_fill_crosses_leaves_a_guarded_position(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        world.bitget.faults.pushes.delay = 1.0
        world.bitget.faults.next("cancel-order", delay=0.3)
        world.reply(post, "Cancel this order")
        await world.until(
            lambda: any(r.endpoint == "cancel-order" for r in world.bitget.requests), "the cancel"
        )
        sol.moves("0.989")
        await lines.reaches(post, "open")
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        await agrees(lines, post, sol)
    check_guarded(sol)


@pytest.mark.parametrize("is_silent", [False, True], ids=["pushes", "no pushes"])
@pytest.mark.parametrize("with_each_fill", [True, False], ids=["preset at each", "preset at last"])
async def test_a_cancel_after_a_part_filled_keeps_the_part_guarded(
    world: World, sol: Coin, is_silent: bool, with_each_fill: bool
) -> None:
    world.bitget.exchange.rules.presets_with_each_fill = with_each_fill
    async with world.listening() as lines:
        world.bitget.faults.pushes.silent = is_silent
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        world.bitget.exchange.set_liquidity("SOLUSDT", Decimal("0.2"))
        sol.moves("0.989")
        # The list of fills fails just when the cancelled order looks like the end of the trade.
        world.bitget.faults.next("fills", then=Then.BAD_GATEWAY, times=2)
        world.reply(post, "Cancel this order")
        await lines.until(lambda: not sol.resting, "the rest to go")
        await lines.reaches(post, "open")
        await lines.until(lambda: sol.stops == [Decimal(sol.at("0.96"))], "a stop for the part")
        await agrees(lines, post, sol)
        world.bitget.exchange.set_liquidity("SOLUSDT", None)
        sol.moves("0.955")
        await ends_flat(lines, post, sol)
    check_guarded(sol, within=6.0 if is_silent and not with_each_fill else 1.0)
