"""Several trades on one symbol: on one position, each with its own stop and targets, or apart on its two sides."""

from decimal import Decimal

import pytest

from journeys.coin import Coin
from journeys.invariants import check_guarded, check_one_entry_per_leg
from journeys.lines import Lines, Posted
from journeys.world import World, limit_long, market_long
from tgbitget.errors import ConfigError

D = Decimal


def sized_stops(coin: Coin) -> list[tuple[Decimal, Decimal | None]]:
    return sorted((p.trigger, p.size) for p in coin.plans if p.kind.stops_loss)


def aims(coin: Coin) -> list[tuple[Decimal, Decimal | None]]:
    return sorted((p.trigger, p.size) for p in coin.plans if p.kind.takes_profit)


def amounts(lines: Lines, *posts: Posted) -> list[str]:
    return [lines.trade(post)["amount"] for post in posts]


@pytest.mark.parametrize("hold", ["one_way_mode", "hedge_mode"])
async def test_a_second_signal_is_a_trade_of_its_own_on_the_same_position(
    world: World, sol: Coin, hold: str
) -> None:
    """Entries, stops, a partial target, a close and a stop: none of them touches the other trade's part."""
    world.bitget.by_hand.set_hold_mode(hold)
    profile = world.profile(signals={"same_symbol": "add", "duplicate_hours": 0})
    async with world.listening(profile) as lines:
        first = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets of the first")
        second = world.post(market_long(sol, stop="0.95", tp1="1.03", tp2="1.06") + "Leverage: 9x")
        await lines.until(lambda: len(sol.targets) == 4, "both targets of the second")
        await lines.until(
            lambda: (
                sized_stops(sol) == [(D(sol.at("0.95")), D("0.8")), (D(sol.at("0.97")), D("0.8"))]
            ),
            "a stop of each",
        )
        assert sol.size == D("1.6")
        assert {order.leverage for order in sol.entries} == {5}, "as the first one has it"
        assert amounts(lines, first, second) == ["0.8", "0.8"]
        sol.moves("1.021")
        await lines.until(lambda: lines.trade(first)["amount"] == "0.4", "the first's target")
        await lines.until(lambda: sized_stops(sol)[0][1] == D("0.8"), "the second's stop as it was")
        assert lines.trade(second)["amount"] == "0.8"
        world.reply(first, "Close this trade now")
        await lines.reaches(first, "closed")
        assert sol.size == D("0.8")
        await lines.until(
            lambda: sized_stops(sol) == [(D(sol.at("0.95")), D("0.8"))], "the second's stop alone"
        )
        assert [at for at, _ in aims(sol)] == [D(sol.at("1.03")), D(sol.at("1.06"))]
        sol.moves("0.949")
        await lines.reaches(second, "closed")
        await lines.until(lambda: sol.is_flat, "nothing left")
        told = sum(D(lines.trade(post)["realised"]) for post in (first, second))
        assert told == world.bitget.exchange.desk.ledger.balance - 1000
    check_one_entry_per_leg(sol)
    check_guarded(sol)


async def test_the_stop_of_one_trade_leaves_the_other_guarded(world: World, sol: Coin) -> None:
    profile = world.profile(signals={"same_symbol": "add", "duplicate_hours": 0})
    async with world.listening(profile) as lines:
        first = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets of the first")
        second = world.post(limit_long(sol, entry="0.99", stop="0.95"))
        await lines.reaches(second, "resting")
        sol.moves("0.989")
        await lines.until(lambda: len(sol.targets) == 4, "both targets of the second")
        sol.moves("0.969")
        await lines.reaches(first, "closed")
        assert lines.fills(first, "stop")
        assert lines.trade(second)["amount"] == "0.8"
        assert sol.size == D("0.8")
        await lines.until(lambda: len(sized_stops(sol)) == 1 and len(sol.targets) == 2, "its own")
    check_guarded(sol)


async def test_an_exit_that_nobody_ordered_takes_from_the_oldest_trade_first(
    world: World, sol: Coin
) -> None:
    profile = world.profile(signals={"same_symbol": "add", "duplicate_hours": 0})
    async with world.listening(profile) as lines:
        first = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets of the first")
        second = world.post(market_long(sol, stop="0.95"))
        await lines.until(lambda: len(sol.targets) == 4, "both targets of the second")
        world.bitget.by_hand.open("SOLUSDT", "sell", D("1.1"))  # one-way mode: it reduces
        await lines.reaches(first, "closed")
        await lines.until(lambda: lines.trade(second)["amount"] == "0.5", "a part of the second")
        assert "by hand" in lines.trade(first)["cause"]
        await lines.until(
            lambda: sized_stops(sol) == [(D(sol.at("0.95")), D("0.5"))], "a stop of what is left"
        )
        world.bitget.by_hand.close("SOLUSDT")
        await lines.reaches(second, "closed")
        told = sum(D(lines.trade(post)["realised"]) for post in (first, second))
        assert told == world.bitget.exchange.desk.ledger.balance - 1000
        assert sum(D(f["amount"]) for p in (first, second) for f in lines.fills(p, "close")) == D(
            "1.6"
        )


async def test_after_a_restart_each_fill_still_belongs_to_its_trade(
    world: World, sol: Coin
) -> None:
    profile = world.profile(signals={"same_symbol": "add", "duplicate_hours": 0})
    async with world.listening(profile) as lines:
        first = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets of the first")
        second = world.post(market_long(sol, stop="0.95"))
        await lines.until(lambda: len(sol.targets) == 4, "both targets of the second")
        world.bitget.by_hand.open("SOLUSDT", "sell", D("1.1"))
        await lines.reaches(first, "closed")
        await lines.until(lambda: lines.trade(second)["amount"] == "0.5", "a part of the second")
    async with world.listening(profile) as lines:
        await lines.reaches(second, "open")
        assert lines.trade(second)["amount"] == "0.5"
        world.bitget.by_hand.open("SOLUSDT", "sell", D("0.2"))
        await lines.until(lambda: lines.trade(second)["amount"] == "0.3", "what is left")
        await lines.until(
            lambda: sized_stops(sol) == [(D(sol.at("0.95")), D("0.3"))], "a stop of what is left"
        )
    check_guarded(sol)


async def test_the_other_side_stands_apart_in_hedge_mode(world: World, sol: Coin) -> None:
    """Both sides are led at once, each with stop and targets of its own; the same side again is refused."""
    world.bitget.by_hand.set_hold_mode("hedge_mode")
    profile = world.profile(signals={"same_symbol": "separate", "duplicate_hours": 0})
    async with world.listening(profile) as lines:
        long = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets of the long")
        again = await lines.decision(world.post(market_long(sol, stop="0.95")))
        assert (again["outcome"], again["rule"]) == ("refused", "same_symbol")
        short = world.zone_short(sol)
        await lines.until(lambda: len(sol.resting) == 4, "the zone to rest")
        sol.moves("1.013")
        await lines.until(lambda: len(sol.targets) == 4, "both targets of the short")
        assert sorted(sol.stops) == [D(sol.at("0.97")), D(sol.at("1.03"))]
        world.reply(short, "Close half")
        await lines.until(lambda: bool(lines.fills(short, "close")), "half of it")
        assert lines.trade(long)["amount"] == "0.8"
        sol.moves("1.021")
        await lines.until(lambda: lines.trade(long)["amount"] == "0.4", "the long's target")
        sol.moves("1.031")
        await lines.reaches(short, "closed")
        assert lines.fills(short, "stop")
        assert lines.trade(long)["amount"] == "0.4"
        world.bitget.by_hand.close("SOLUSDT", "long")
        await lines.reaches(long, "closed")
        await lines.until(lambda: sol.is_flat, "nothing left")
        told = sum(D(lines.trade(post)["realised"]) for post in (long, short))
        assert told == world.bitget.exchange.desk.ledger.balance - 1000
    check_guarded(sol)


async def test_apart_is_refused_at_the_start_where_the_account_holds_one_side(
    world: World, sol: Coin
) -> None:
    profile = world.profile(signals={"same_symbol": "separate"})
    with pytest.RaisesGroup(ConfigError) as error:
        async with world.listening(profile):
            pass
    assert "hedge mode" in str(error.value.exceptions[0])
    assert not sol.order_requests


async def test_nothing_is_added_to_a_trade_of_a_profile_that_does_not(
    world: World, sol: Coin
) -> None:
    other = world.channel("Other", "other_signals")
    second = world.profile(
        "second",
        telegram={"channels": ["@other_signals"]},
        signals={"same_symbol": "add", "duplicate_hours": 0},
    )
    first = world.profile(signals={"same_symbol": "refuse", "duplicate_hours": 0})
    async with world.listening(first, second) as lines:
        await lines.reaches(world.market_long(sol), "open")
        decision = await lines.decision(world.post(market_long(sol, stop="0.95"), channel=other))
        assert decision["rule"] == "same_symbol"
        assert "whole position" in decision["reason"]
    assert len(sol.order_requests) == 1
