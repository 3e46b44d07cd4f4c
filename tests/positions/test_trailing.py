"""The exchange's own trailing orders: beside the stop, and as targets; and targets that rest as limit orders."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from positions.led import BEGAN, Led, led, plan, profile
from tgbitget.model.event import Filled, TradeChanged
from tgbitget.model.intent import Side
from tgbitget.positions.changes import Close
from tgbitget.simulators.bitget import BitgetSimulator, Then
from tgbitget.simulators.bitget.orders import HoldMode, Order, Plan, PlanKind

D = Decimal
TRAILS = profile(
    exits={"stop_moves": "trailing", "stop_moves_trigger": "2%", "stop_moves_percent": "1"}
)
TARGET_1_TRAILS = profile(exits={"trailing_take_profit_percent": ["2"]})
RESTS = profile(exits={"orders": "limit"})


@pytest.fixture
async def bitget() -> AsyncIterator[BitgetSimulator]:
    async with BitgetSimulator(equity="1000") as simulator:
        simulator.exchange.set_price("SOLUSDT", BEGAN, gap=True)
        yield simulator


def trailing(of: Led) -> list[Plan]:
    return [p for p in of.sol.plans if p.kind is PlanKind.MOVING]


def stands(of: Led) -> list[tuple[Decimal, Decimal | None]]:
    return [(p.trigger, p.size) for p in trailing(of)]


def resting(of: Led) -> dict[Decimal | None, Decimal]:
    """Targets that rest, with what is left of each."""
    return {o.price: o.remaining for o in closers(of)}


def closers(of: Led) -> list[Order]:
    return [o for o in of.sol.orders if o.closing and o.live]


def causes(of: Led) -> list[str]:
    told = (e.cause for e in of.events if isinstance(e, TradeChanged) and e.cause)
    return [cause for line in told for cause in line.split("; ")]


def roles(of: Led) -> list[str]:
    return [event.role for event in of.events if isinstance(event, Filled)]


# the stop that trails


async def test_the_venue_follows_the_best_price_beside_the_stop_that_stays(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id), TRAILS)
        await trade.until(lambda: stands(trade) == [(D(102), D("0.8"))])
        assert trailing(trade)[0].callback == D("0.01")
        assert trade.sol.stops == [D(95)]
        trade.moves("104")
        assert trade.sol.stops == [D(95)]
        trade.moves("102.9")  # 1.06 % below the best
        await trade.until(lambda: trade.is_over(signal))
        assert trade.sol.executions[-1].price == D("102.96")
        assert roles(trade) == ["entry", "stop"]
        told = trade.told(signal)
        assert told is not None
        assert told.realised == bitget.exchange.desk.ledger.balance - 1000
        assert trade.sol.is_flat
    assert trade.sol.unguarded_seconds == 0


@pytest.mark.parametrize("mode", HoldMode)
async def test_a_short_trails_above_the_lowest_price(
    bitget: BitgetSimulator, tmp_path: Path, mode: HoldMode
) -> None:
    bitget.exchange.futures.set_hold_mode(mode)
    async with led(bitget, tmp_path) as trade:
        short = plan(user_id=trade.user_id, side=Side.SHORT, stop="105", aims=("95", "90"))
        signal = await trade.opens(short, TRAILS)
        await trade.until(lambda: stands(trade) == [(D(98), D("0.8"))])
        trade.moves("96")
        assert trade.sol.stops == [D(105)]
        trade.moves("97")
        await trade.until(lambda: trade.is_over(signal))
        assert trade.sol.executions[-1].price == D("96.96")
        assert trade.sol.is_flat
    assert trade.sol.unguarded_seconds == 0


async def test_it_has_the_amount_of_the_trade_until_it_moves_then_the_rest_gets_its_own(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan("", "99", "98", user_id=trade.user_id), TRAILS)
        await trade.until(lambda: stands(trade) == [(D(102), D("0.8"))])
        trade.moves("98.9")
        await trade.until(lambda: stands(trade) == [(D("101.49"), D("1.6"))])
        await trade.until(
            lambda: [p.size for p in trade.sol.plans if p.kind.takes_profit] == [D("0.8")] * 2
        )
        trade.moves("102.4")
        await trade.until(lambda: bool(trailing(trade)[0].best))
        bests = len(causes(trade))
        trade.moves("105")  # target 1 takes half of it; what trails is left alone
        await trade.until(lambda: len(causes(trade)) > bests and trade.sol.size == D("0.8"))
        assert [size for _, size in stands(trade)] == [D("1.6")]
        trade.moves("103")
        await trade.until(lambda: trade.is_over(signal))
        assert trade.sol.executions[-1].price == D("103.95")
        assert trade.sol.is_flat
    assert trade.sol.unguarded_seconds == 0


async def test_before_it_moves_it_gives_up_what_a_nearer_target_took(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        await trade.opens(plan(user_id=trade.user_id, aims=("101", "110")), TRAILS)
        await trade.until(lambda: stands(trade) == [(D(102), D("0.8"))])
        trade.moves("101")
        await trade.until(lambda: stands(trade) == [(D(102), D("0.4"))])


@pytest.mark.parametrize("code", ["40020", "43011"])
async def test_where_the_venue_refuses_it_our_own_clock_follows_and_the_owner_is_told(
    bitget: BitgetSimulator, tmp_path: Path, code: str
) -> None:
    async with led(bitget, tmp_path) as trade:
        bitget.exchange.rules.moving_plans_refused = code
        signal = await trade.opens(plan(user_id=trade.user_id), TRAILS)
        await trade.until(lambda: trade.warnings)
        assert "Bitget takes no trailing order" in trade.warnings[0].text
        trade.moves("104")
        await trade.until(lambda: trade.sol.stops == [D("102.96")])
        assert not trailing(trade)
        trade.moves("102.9")
        await trade.until(lambda: trade.is_over(signal))
    assert len(trade.warnings) == 1
    assert trade.sol.unguarded_seconds == 0


async def test_a_next_life_finds_the_order_that_trails_and_places_no_second_one(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path, profile_=TRAILS) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id), TRAILS)
        await trade.until(lambda: len(trailing(trade)) == 1)
        first = trailing(trade)[0].id
    async with led(bitget, tmp_path, profile_=TRAILS) as again:
        again.moves("103")
        await again.until(lambda: bool(trailing(again)[0].best) and len(again.sol.targets) == 2)
        assert [p.id for p in trailing(again)] == [first]
        again.moves("101.9")
        await again.until(lambda: again.is_over(signal))
        assert again.sol.is_flat


# targets that trail


async def test_a_target_that_trails_is_reached_at_its_price_and_sold_on_the_way_back(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id), TARGET_1_TRAILS)
        await trade.until(lambda: stands(trade) == [(D(105), D("0.4"))])
        await trade.until(lambda: trade.sol.targets == [D(110)])
        trade.moves("108")
        await trade.until(lambda: [s > BEGAN for s in trade.sol.stops] == [True])
        assert trade.sol.size == D("0.8"), "nothing is sold yet"
        trade.moves("105.8")
        await trade.until(lambda: trade.sol.size == D("0.4"))
        assert trade.sol.executions[-1].price == D("105.84")
        trade.moves("110")
        await trade.until(lambda: trade.is_over(signal))
        told = trade.told(signal)
        assert told is not None
        assert told.realised == bitget.exchange.desk.ledger.balance - 1000
        assert roles(trade) == ["entry", "take_profit", "take_profit"]
        assert "target 1 reached" in causes(trade)
        assert "target 1 sold" in causes(trade)
    assert trade.sol.unguarded_seconds == 0


async def test_a_target_that_may_not_trail_is_sold_at_its_price(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        bitget.exchange.rules.moving_plans_refused = "40020"
        await trade.opens(plan(user_id=trade.user_id), TARGET_1_TRAILS)
        await trade.until(lambda: trade.sol.targets == [D(105), D(110)])
        assert "no target that trails at 2 %" in trade.warnings[0].text
        trade.moves("105")
        await trade.until(lambda: trade.sol.size == D("0.4"))
    assert len(trade.warnings) == 1


async def test_a_target_without_a_share_still_moves_the_stop(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        even = plan(user_id=trade.user_id)
        shares = (
            replace(target, share_percent=D(share))
            for target, share in zip(even.targets, ("0", "100"), strict=True)
        )
        await trade.opens(replace(even, targets=tuple(shares)))
        await trade.until(lambda: trade.sol.targets == [D(110)])
        trade.moves("105.1")
        await trade.until(lambda: [s > BEGAN for s in trade.sol.stops] == [True])
        assert trade.sol.size == even.amount


# targets that rest


async def test_resting_targets_are_makers_filled_in_parts_and_resized_with_the_entries(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan("", "99", user_id=trade.user_id), RESTS)
        await trade.until(lambda: resting(trade) == {D(105): D("0.4"), D(110): D("0.4")})
        trade.moves("98.9")
        await trade.until(lambda: resting(trade) == {D(105): D("0.8"), D(110): D("0.8")})
        first = next(o.id for o in closers(trade) if o.price == D(105))
        bitget.exchange.set_liquidity("SOLUSDT", D("0.3"))
        trade.moves("105")
        await trade.until(lambda: trade.sol.size == D("1.3"))
        await trade.until(lambda: resting(trade) == {D(105): D("0.5"), D(110): D("0.8")})
        assert next(o.id for o in closers(trade) if o.price == D(105)) == first
        bitget.exchange.set_liquidity("SOLUSDT", None)
        await trade.until(lambda: resting(trade) == {D(110): D("0.8")})
        await trade.until(lambda: "target 1 reached" in causes(trade))
        trade.moves("110")
        await trade.until(lambda: trade.is_over(signal))
        exits = [e for e in trade.sol.executions if e.closing]
        assert all(e.maker for e in exits)
        told = trade.told(signal)
        assert told is not None
        assert told.realised == bitget.exchange.desk.ledger.balance - 1000
        assert trade.sol.is_flat
    assert trade.sol.unguarded_seconds == 0


async def test_resting_targets_hold_up_no_stop_and_go_with_the_position(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id), RESTS)
        await trade.until(lambda: len(closers(trade)) == 2)
        trade.moves("94.9")
        await trade.until(lambda: trade.is_over(signal))
        assert not closers(trade)
        assert trade.sol.is_flat


async def test_a_part_closed_by_the_channel_leaves_targets_for_the_rest(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    """In one-way mode the venue cancels resting closes, oldest first, where they exceed the position."""
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id), RESTS)
        await trade.until(lambda: len(closers(trade)) == 2)
        half = Close(key="9", cause="said so", fraction=D("0.5"))
        trade.keeper.change(signal, half)
        await trade.until(lambda: trade.sol.size == D("0.4"))
        await trade.until(lambda: sum(resting(trade).values()) == D("0.4"))
        assert not trade.warnings, "nobody did it by hand"
        trade.moves("110")
        await trade.until(lambda: trade.is_over(signal))
        assert trade.sol.is_flat
    assert trade.sol.unguarded_seconds == 0


@pytest.mark.parametrize("is_accepted", [True, False], ids=["taken", "lost"])
async def test_a_resting_target_that_was_not_named_in_the_answer_stands_once(
    bitget: BitgetSimulator, tmp_path: Path, *, is_accepted: bool
) -> None:
    bitget.faults.next("place-order")
    bitget.faults.next("place-order", accept=is_accepted, then=Then.NO_ID)
    async with led(bitget, tmp_path) as trade:
        await trade.opens(plan(user_id=trade.user_id), RESTS)
        await trade.until(lambda: resting(trade) == {D(105): D("0.4"), D(110): D("0.4")})
        assert len(closers(trade)) == 2
    assert not trade.warnings


async def test_in_hedge_mode_where_they_would_lock_it_targets_do_not_rest(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    bitget.exchange.futures.set_hold_mode(HoldMode.HEDGE)
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id), RESTS)
        await trade.until(lambda: trade.sol.targets == [D(105), D(110)])
        assert not closers(trade)
    before = aims(trade)
    async with led(bitget, tmp_path, profile_=RESTS) as again:
        await again.until(lambda: again.told(signal))
        assert aims(again) == before
        assert not again.warnings
    assert not trade.warnings


async def test_targets_that_stand_are_not_taken_away_to_rest(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id))
        await trade.until(lambda: len(aims(trade)) == 2)
    before = aims(trade)
    async with led(bitget, tmp_path, profile_=RESTS) as again:
        await again.until(lambda: again.told(signal))
        assert aims(again) == before
        assert not closers(again)
        again.keeper.change(signal, Close(key="2", cause="said so", fraction=D("0.25")))
        # Each of them has another amount now, and is placed anew as the profile wants it.
        await again.until(lambda: resting(again) == {D(105): D("0.3"), D(110): D("0.3")})
        assert not aims(again)


def aims(of: Led) -> list[str]:
    """Targets that wait, by id."""
    return sorted(p.id for p in of.sol.plans if p.kind.takes_profit)
