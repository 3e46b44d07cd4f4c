"""A move leaves no stop at another price: not on an entry that rests, and not one that an entry brought."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from positions.led import Led, led, plan
from tgbitget.model.ids import ClientOrderId, SignalId
from tgbitget.model.money import Price
from tgbitget.model.plan import OrderPlan, OrderType, Role
from tgbitget.positions.changes import MoveStop
from tgbitget.simulators.bitget import BitgetSimulator, Then

D = Decimal
pytestmark = pytest.mark.usefixtures("watchful")


def stop_at(price: str) -> MoveStop:
    return MoveStop(to=Price(D(price)), cause="said so")


def stops(of: Led) -> set[Decimal]:
    """Where any stop at the venue is: alive, or carried by an order that rests."""
    alive = {p.trigger for p in of.sol.plans if p.kind.stops_loss}
    carried = {order.stop for order in of.sol.resting} | {
        p.stop for p in of.sol.plans if not p.closing
    }
    return alive | {price for price in carried if price is not None}


async def half_open(of: Led, **more: Any) -> SignalId:
    """Two entries, of which the first filled and the second rests."""
    signal = await of.opens(plan("99", "98", user_id=of.user_id, **more))
    await of.until(lambda: len(of.sol.resting) == 2)
    of.moves("98.5")
    await of.until(lambda: len(of.sol.targets) == 2)
    return signal


async def test_a_move_takes_entries_and_what_they_brought_along(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await half_open(trade)
        assert stops(trade) == {D(95)}
        trade.keeper.change(signal, stop_at("97"))
        await trade.until(lambda: stops(trade) == {D(97)})
        trade.moves("97.5")
        await trade.until(lambda: trade.sol.size == D("1.6"))
        trade.moves("96.9")
        await trade.until(lambda: trade.is_over(signal))
        assert trade.sol.is_flat
    assert trade.sol.bought == D("1.6")
    assert trade.sol.unguarded_seconds == 0


async def test_before_anything_filled_every_entry_is_amended(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan("99", "98", user_id=trade.user_id))
        await trade.until(lambda: len(trade.sol.resting) == 2)
        trade.keeper.change(signal, stop_at("96"))
        await trade.until(lambda: [o.stop for o in trade.sol.resting] == [D(96), D(96)])
        await trade.until(lambda: trade.stop_told(signal) == D(96))


def triggered(of: OrderPlan) -> OrderPlan:
    """Its entry waits for the price to rise."""
    (leg,) = of.entries
    entry = replace(leg, type=OrderType.TRIGGER, price=None, trigger_price=Price(D(101)))
    return replace(of, entries=(entry,))


async def test_a_trigger_entry_is_amended_in_place(bitget: BitgetSimulator, tmp_path: Path) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(triggered(plan("101", user_id=trade.user_id)))
        await trade.until(lambda: stops(trade) == {D(95)})
        trade.keeper.change(signal, stop_at("97"))
        await trade.until(lambda: stops(trade) == {D(97)})
        trade.moves("101.5")
        await trade.until(lambda: len(trade.sol.targets) == 2)
        assert stops(trade) == {D(97)}
    assert trade.sol.unguarded_seconds == 0


async def test_an_entry_behind_the_stop_is_withdrawn(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await half_open(trade)
        trade.moves("105")  # target 1: breakeven, and the market would pass it on its way to 98
        await trade.until(lambda: not trade.sol.resting)
        await trade.until(lambda: len(stops(trade)) == 1)
        assert stops(trade).pop() > D(99)
        assert not trade.is_over(signal)
    assert trade.sol.unguarded_seconds == 0


async def test_a_refused_amendment_is_told_once_tried_again_and_never_bare(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await half_open(trade)
        bitget.faults.always("modify-order", code="40200")
        trade.keeper.change(signal, stop_at("97"))
        await trade.until(
            lambda: len([r for r in bitget.requests if r.endpoint == "modify-order"]) >= 3
        )
        assert len([w for w in trade.warnings if "leaves the stop of entry-2" in w.text]) == 1
        assert stops(trade) == {D(97), D(95)}, "what rests has the old one, what is open has ours"
        bitget.faults.clear()
        await trade.until(lambda: stops(trade) == {D(97)})
    assert trade.sol.unguarded_seconds == 0


@pytest.mark.parametrize("kind", ["limit", "trigger"])
async def test_a_stop_that_comes_back_to_where_it_was_is_a_change_like_any(
    bitget: BitgetSimulator, tmp_path: Path, kind: str
) -> None:
    async with led(bitget, tmp_path) as trade:
        of_limit = plan("99", "98", user_id=trade.user_id)
        of_trigger = triggered(plan("101", user_id=trade.user_id))
        signal = await trade.opens(of_limit if kind == "limit" else of_trigger)
        await trade.until(lambda: stops(trade) == {D(95)})
        for price in ("97", "96", "97"):
            trade.keeper.change(signal, replace(stop_at(price), may_loosen=True))
            await trade.until(lambda price=price: stops(trade) == {D(price)})  # type: ignore[misc] # bound now
        assert not [w.text for w in trade.warnings]


async def test_a_closed_trade_names_the_stop_that_stood_not_the_one_that_was_wished(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id))
        await trade.until(lambda: len(trade.sol.targets) == 2)
        trade.keeper.change(signal, stop_at("102"))
        await trade.until(lambda: [w for w in trade.warnings if "waits until" in w.text])
        trade.moves("94.9")
        await trade.until(lambda: trade.is_over(signal))
        assert trade.stop_told(signal) == D(95)


@pytest.mark.parametrize("is_accepted", [True, False], ids=["taken", "lost"])
async def test_an_amendment_without_an_answer_ends_in_one_entry(
    bitget: BitgetSimulator, tmp_path: Path, *, is_accepted: bool
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await half_open(trade)
        bitget.faults.next("modify-order", accept=is_accepted, then=Then.DROP)
        trade.keeper.change(signal, stop_at("97"))
        await trade.until(lambda: stops(trade) == {D(97)})
        assert [order.remaining for order in trade.sol.resting] == [D("0.8")]
        trade.moves("97.5")
        await trade.until(lambda: trade.sol.size == D("1.6"))
        await trade.until(
            lambda: sum(p.size or 0 for p in trade.sol.plans if p.kind.takes_profit) == D("1.6")
        )
    assert trade.sol.bought == D("1.6")
    assert trade.sol.unguarded_seconds == 0


@pytest.mark.parametrize("is_accepted", [True, False], ids=["taken", "not taken"])
async def test_a_life_that_ended_in_the_middle_of_an_amendment_ends_right(
    bitget: BitgetSimulator, tmp_path: Path, *, is_accepted: bool
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await half_open(trade)
        bitget.faults.always("modify-order", accept=is_accepted, then=Then.HANG)
        trade.keeper.change(signal, stop_at("97"))
        await trade.until(lambda: any(r.endpoint == "modify-order" for r in bitget.requests))
        await trade.until(lambda: (D(97) in {o.stop for o in trade.sol.resting}) is is_accepted)
    bitget.faults.clear()
    async with led(bitget, tmp_path) as again:
        await again.until(lambda: stops(again) == {D(97)})
        assert [order.remaining for order in again.sol.resting] == [D("0.8")]
        await again.until(lambda: not without_an_end(again))
        again.moves("97.5")
        await again.until(lambda: again.sol.size == D("1.6"))
        again.moves("96.9")
        await again.until(lambda: again.sol.is_flat)
    assert again.sol.bought == D("1.6")
    assert again.sol.unguarded_seconds == 0


def without_an_end(of: Led) -> set[ClientOrderId]:
    """Entries of which the journal does not say what became of them."""
    (kept,) = of.desk.journal.open_trades()
    ended = {one.client_oid for one in kept.placements}
    return {leg.client_oid for leg in kept.legs if leg.role is Role.ENTRY} - ended


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param(
            "94", "is not moved to 94: that would be looser; it stands at 95", id="looser"
        ),
        pytest.param(
            "102",
            "at 102 waits until the market is on its right side; it stands at 95",
            id="the market is below it",
        ),
    ],
)
async def test_a_stop_that_is_not_moved_as_asked_is_told(
    bitget: BitgetSimulator, tmp_path: Path, asked: str, said: str
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id))
        await trade.until(lambda: len(trade.sol.targets) == 2)
        trade.keeper.change(signal, stop_at(asked))
        await trade.until(lambda: trade.warnings)
        assert [w.text for w in trade.warnings] == [f"SOL/USDT:USDT: the stop {said}"]
        assert trade.warnings[0].signal == signal
        assert stops(trade) == {D(95)}


async def test_a_move_that_comes_when_all_is_closed_alarms_nobody(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id))
        await trade.until(lambda: len(trade.sol.targets) == 2)
        bitget.faults.next("place-tpsl-order", code="40891")
        trade.keeper.change(signal, stop_at("97"))
        await trade.until(lambda: not bitget.faults.waiting)
        trade.moves("110")
        await trade.until(lambda: trade.is_over(signal))
        assert not trade.warnings
