"""Accounts and markets that behave otherwise: hedge mode, fills in parts, attached stops that come late or never."""

import json
from collections.abc import Mapping
from decimal import Decimal

import pytest

from journeys.coin import Coin
from journeys.world import World


async def test_an_account_in_hedge_mode_is_traded_and_guarded_just_so(
    world: World, sol: Coin, eth: Coin
) -> None:
    world.bitget.by_hand.set_hold_mode("hedge_mode")
    async with world.listening() as lines:
        long, short = world.market_long(sol), world.zone_short(eth)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        await lines.until(lambda: len(eth.resting) == 4, "the zone to rest")
        eth.moves("1.013")
        await lines.until(lambda: len(eth.targets) == 2, "both targets of the short")
        assert eth.stops == [Decimal(eth.at("1.03"))]
        world.reply(short, "Close half")
        await lines.until(lambda: lines.trade(short)["amount"] == "0.02", "half of it")
        sol.moves("1.021")
        await lines.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
        world.reply(long, "Close this trade now")
        await lines.reaches(long, "closed")
        eth.moves("1.031")
        await lines.reaches(short, "closed")
        assert sol.is_flat
        assert eth.is_flat
    assert sol.unguarded_seconds == eth.unguarded_seconds == 0


async def test_the_hold_mode_may_change_while_we_run(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        world.bitget.by_hand.set_hold_mode("hedge_mode")
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
    assert len(sol.entries) == 1
    assert sol.unguarded_seconds == 0


@pytest.mark.parametrize(
    "with_each_fill", [True, False], ids=["stop with each fill", "stop at the end"]
)
async def test_an_order_that_fills_in_parts_is_guarded_from_its_first_part_on(
    world: World, sol: Coin, with_each_fill: bool
) -> None:
    world.bitget.exchange.rules.presets_with_each_fill = with_each_fill
    async with world.listening() as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        world.bitget.exchange.set_liquidity("SOLUSDT", Decimal("0.3"))
        sol.moves("0.989")
        await lines.until(lambda: sol.stops == [Decimal(sol.at("0.96"))], "the position's stop")
        assert sol.size == Decimal("0.3")
        await lines.until(
            lambda: sum(p.size or 0 for p in sol.plans if p.kind.takes_profit) == Decimal("0.3"),
            "targets for the part",
        )
        world.bitget.exchange.set_liquidity("SOLUSDT", None)
        await lines.until(lambda: sol.size == Decimal("0.8"), "the rest")
        await lines.until(
            lambda: sum(p.size or 0 for p in sol.plans if p.kind.takes_profit) == Decimal("0.8"),
            "targets for all",
        )
    assert sol.unguarded_seconds < (0.001 if with_each_fill else 0.5)


async def test_an_attached_stop_that_the_venue_lost_is_replaced_at_once(
    world: World, sol: Coin
) -> None:
    world.bitget.exchange.rules.presets_lost = 1
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        assert sol.stops == [Decimal(sol.at("0.97"))]
    assert sol.unguarded_seconds < 0.5


@pytest.mark.parametrize("kind", ["", "limit "], ids=["at market", "with a limit"])
async def test_a_trigger_order_can_be_cancelled_before_and_after_it_fired(
    world: World, sol: Coin, kind: str
) -> None:
    """A trigger with a limit price rests once more after it fired: its child must go as well."""
    prices = [sol.at("1.01")] + ([sol.at("1.005")] if kind else [])
    entry = {"type": "trigger", "prices": prices}
    async with world.listening() as lines:
        before = world.post(structured(sol, entry))
        await lines.reaches(before, "resting")
        world.reply(before, "Cancel this order")
        await lines.reaches(before, "cancelled")
        assert sol.is_flat

        eth = world.coin("ETH")
        prices = [eth.at("1.01")] + ([eth.at("1.005")] if kind else [])
        after = world.post(structured(eth, {"type": "trigger", "prices": prices}))
        await lines.reaches(after, "resting")
        eth.moves("1.011")
        if kind:
            await lines.until(lambda: bool([o for o in eth.orders if o.live]), "its child to rest")
            world.reply(after, "Cancel this order")
            await lines.reaches(after, "cancelled")
            assert not [o for o in eth.orders if o.live]
        else:
            await lines.reaches(after, "open")
        assert eth.unguarded_seconds == 0


def structured(coin: Coin, entry: Mapping[str, object]) -> str:
    return json.dumps(
        {
            "kind": "open",
            "symbol": coin.base,
            "side": "long",
            "entry": entry,
            "take_profits": [coin.at("1.03"), coin.at("1.05")],
            "stop_loss": coin.at("0.98"),
        }
    )


def settings_of(world: World) -> list[str]:
    return [r.endpoint for r in world.bitget.requests if r.endpoint.startswith("set-")]


async def test_a_leverage_that_is_set_already_costs_no_request(world: World, sol: Coin) -> None:
    profile = world.profile(market={"allow": ["SOL"]})
    async with world.listening(profile) as lines:
        await world.until(lambda: "set-leverage" in settings_of(world), "SOL to be prepared")
        asked = len(settings_of(world))
        await lines.reaches(world.market_long(sol), "open")
        assert len(settings_of(world)) == asked
    (order,) = sol.entries
    assert (order.leverage, order.margin_mode) == (5, "isolated")


async def test_a_liquidated_position_ends_its_trade(world: World, sol: Coin) -> None:
    """The market jumps over the stop: the venue's answer is what counts."""
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        price = Decimal(sol.at("0.6"))
        world.bitget.exchange.set_price("SOLUSDT", price, gap=True)
        told = await lines.reaches(post, "closed")
        assert Decimal(told["realised"]) == world.bitget.exchange.desk.ledger.balance - 1000
        assert sol.is_flat


async def test_the_daily_loss_stops_new_entries_also_after_a_restart(
    world: World, sol: Coin
) -> None:
    world.profile(limits={"daily_loss_quote_max": "3"})
    async with world.process() as first:
        post = world.market_long(sol)
        await first.reaches(post, "open")
        sol.moves("0.969")
        await first.reaches(post, "closed")
        decision = await first.decision(world.market_long(world.coin("ETH")))
        assert (decision["outcome"], decision["rule"]) == ("refused", "daily_loss_quote_max")
        await first.kill()
    async with world.process() as second:
        decision = await second.decision(world.market_long(world.coin("XRP")))
        assert decision["rule"] == "daily_loss_quote_max"
