"""The same trade in each way an account may be set, and what happens when somebody sets it otherwise."""

from decimal import Decimal

import pytest

from journeys.coin import Coin
from journeys.invariants import (
    agrees,
    check_guarded,
    check_one_entry_per_leg,
    check_one_order_per_target,
)
from journeys.world import World

HOLD = pytest.mark.parametrize("hold", ["one_way_mode", "hedge_mode"])
MARGIN = pytest.mark.parametrize("margin", ["isolated", "cross"])


@HOLD
@MARGIN
async def test_a_short_from_its_entries_over_a_moved_stop_to_its_end(
    world: World, eth: Coin, hold: str, margin: str
) -> None:
    world.bitget.by_hand.set_hold_mode(hold)
    profile = world.profile(leverage={"margin_mode": margin})
    async with world.listening(profile) as lines:
        post = world.zone_short(eth)
        await lines.until(lambda: len(eth.resting) == 4, "the zone to rest")
        eth.moves("1.009")
        await lines.until(lambda: len(eth.targets) == 2, "both targets")
        check_one_order_per_target(eth)
        assert eth.stops == [Decimal(eth.at("1.03"))]
        await agrees(lines, post, eth)
        world.reply(post, f"Move stop loss to {eth.at('1.02')}")
        await lines.until(lambda: eth.stops == [Decimal(eth.at("1.02"))], "the moved stop")
        before = eth.size
        world.reply(post, "Close half")
        await lines.until(lambda: 0 < eth.size < before, "half of it")
        await agrees(lines, post, eth)
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        await lines.until(lambda: eth.is_flat, "nothing left")
        told = lines.trade(post)
        assert Decimal(told["realised"]) == world.bitget.exchange.desk.ledger.balance - 1000
    check_one_entry_per_leg(eth)
    check_guarded(eth)


@HOLD
@MARGIN
async def test_targets_and_breakeven_end_a_long_without_a_rest(
    world: World, sol: Coin, hold: str, margin: str
) -> None:
    world.bitget.by_hand.set_hold_mode(hold)
    async with world.listening(world.profile(leverage={"margin_mode": margin})) as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        sol.moves("1.021")
        await lines.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
        sol.moves("0.99")
        await lines.reaches(post, "closed")
        await lines.until(lambda: sol.is_flat, "nothing left")
    check_guarded(sol)


@HOLD
async def test_a_bare_position_is_closed_at_market(world: World, sol: Coin, hold: str) -> None:
    world.bitget.by_hand.set_hold_mode(hold)
    world.bitget.exchange.rules.presets_lost = 1
    world.bitget.faults.always("place-tpsl-order", code="43011")
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "closed")
        assert sol.is_flat
    check_guarded(sol, within=2.0)


@HOLD
async def test_the_hold_mode_changed_between_two_trades(
    world: World, sol: Coin, eth: Coin, hold: str
) -> None:
    other = {"one_way_mode": "hedge_mode", "hedge_mode": "one_way_mode"}[hold]
    world.bitget.by_hand.set_hold_mode(hold)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        await lines.until(lambda: sol.is_flat, "nothing left")
        world.bitget.by_hand.set_hold_mode(other)
        world.bitget.by_hand.set_margin_mode("ETHUSDT", "isolated")
        second = world.market_long(eth)
        await lines.reaches(second, "open")
        await lines.until(lambda: len(eth.targets) == 2, "both targets")
        assert eth.stops == [Decimal(eth.at("0.97"))]
        world.reply(second, "Close this trade now")
        await lines.reaches(second, "closed")
        assert eth.is_flat
    check_one_entry_per_leg(sol, eth)
    check_guarded(sol, eth)


async def test_margin_mode_and_leverage_changed_after_they_were_prepared(
    world: World, sol: Coin
) -> None:
    profile = world.profile(market={"allow": ["SOL"]})
    async with world.listening(profile) as lines:
        world.bitget.by_hand.set_margin_mode("SOLUSDT", "crossed")
        world.bitget.by_hand.set_leverage("SOLUSDT", 50)
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        assert sol.position is not None
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
    check_one_entry_per_leg(sol)
    check_guarded(sol)


async def test_leverage_that_the_venue_refuses_ends_the_trade_before_any_order(
    world: World, sol: Coin
) -> None:
    world.bitget.faults.always("set-leverage", code="40797")
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "failed")
    assert not sol.order_requests


@pytest.mark.parametrize("status", ["off", "maintain", "limit_open"])
async def test_a_market_that_stops_while_an_order_rests_leaves_what_filled_guarded(
    world: World, sol: Coin, status: str
) -> None:
    async with world.listening() as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        world.bitget.exchange.set_status("SOLUSDT", status)
        sol.moves("0.989")
        await lines.reaches(post, "open")
        sol.moves("0.959")  # where nothing is taken any more, the attached stop ends it
        await lines.reaches(post, "closed")
        await agrees(lines, post, sol)
    check_guarded(sol)
