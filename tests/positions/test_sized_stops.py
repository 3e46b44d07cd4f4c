"""A trade that shares its position keeps stop orders of exactly what it holds, and is bare at no change of them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from positions.led import Led, led, plan
from tgbitget.journal.codec import dump, load
from tgbitget.model.money import Price
from tgbitget.model.plan import OrderPlan
from tgbitget.positions.changes import MoveStop
from tgbitget.simulators.bitget import BitgetSimulator, Then
from tgbitget.simulators.bitget.orders import Plan

D = Decimal


def sized(of: Led, *entries: str, **more: Any) -> OrderPlan:
    return plan(*entries, user_id=of.user_id, sizes_stop=True, **more)


def ours(of: Led) -> list[Plan]:
    """Stops that we placed, those that entries brought left out."""
    return [p for p in of.sol.plans if p.kind.stops_loss and p.client_id.startswith("tg")]


def stands(of: Led) -> list[tuple[Decimal, Decimal | None]]:
    return [(stop.trigger, stop.size) for stop in ours(of)]


def is_refused_a_stop(of: Led) -> bool:
    return any(not r.accepted for r in of.bitget.requests if r.endpoint == "place-tpsl-order")


def aims(of: Led) -> list[Decimal | None]:
    """What each target takes, once it fits all that filled."""
    return [p.size for p in of.sol.plans if p.kind.takes_profit]


def test_a_plan_of_an_older_journal_sizes_no_stop() -> None:
    old = dump(plan(user_id="1", sizes_stop=True)).replace(',"sizes_stop":true', "")
    assert load(OrderPlan, old) == plan(user_id="1")


async def test_a_stop_of_what_is_held_follows_entries_and_targets(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(sized(trade, "99", "98"))
        await trade.until(lambda: len(trade.sol.resting) == 2)
        trade.moves("98.5")
        await trade.until(lambda: stands(trade) == [(D(95), D("0.8"))])
        trade.moves("97.5")
        await trade.until(lambda: stands(trade) == [(D(95), D("1.6"))])
        await trade.until(lambda: aims(trade) == [D("0.8"), D("0.8")])
        trade.moves("105")
        await trade.until(lambda: [size for _, size in stands(trade)] == [D("0.8")])
        assert stands(trade)[0][0] > D("98.5"), "breakeven of both entries"
        assert trade.sol.size == D("0.8")
        trade.moves("98")
        await trade.until(lambda: trade.is_over(signal))
        assert trade.sol.is_flat
    assert trade.sol.unguarded_seconds == 0


async def test_each_part_of_a_fill_is_covered_as_it_comes(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    bitget.exchange.rules.presets_with_each_fill = False
    async with led(bitget, tmp_path) as trade:
        await trade.opens(sized(trade, "99"))
        await trade.until(lambda: bool(trade.sol.resting))
        bitget.exchange.set_liquidity("SOLUSDT", D("0.3"))
        trade.moves("98.9")
        await trade.until(lambda: stands(trade) == [(D(95), D("0.3"))])
        for _ in range(3):
            bitget.exchange.set_liquidity("SOLUSDT", D("0.1"))
        await trade.until(lambda: stands(trade) == [(D(95), D("0.6"))])
        bitget.exchange.set_liquidity("SOLUSDT", None)
        await trade.until(lambda: stands(trade) == [(D(95), D("0.8"))])
    assert trade.sol.unguarded_seconds < 1


async def test_the_new_stop_stands_before_the_old_one_goes(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(sized(trade))
        await trade.until(lambda: len(trade.sol.targets) == 2)
        await trade.until(lambda: len(trade.sol.plans) == 3)  # what the entry brought is gone
        before = len(bitget.requests)
        trade.keeper.change(signal, MoveStop(to=Price(D(97)), cause="said so"))
        await trade.until(lambda: stands(trade) == [(D(97), D("0.8"))])
        sends = [r.endpoint for r in bitget.requests[before:] if r.method == "POST"]
        assert [e for e in sends if "tpsl" in e or "cancel-plan" in e][:2] == [
            "place-tpsl-order",
            "cancel-plan-order",
        ]
    assert trade.sol.unguarded_seconds == 0


@pytest.mark.parametrize("is_accepted", [True, False], ids=["taken", "lost"])
async def test_a_stop_without_an_answer_stands_once_in_the_end(
    bitget: BitgetSimulator, tmp_path: Path, *, is_accepted: bool
) -> None:
    bitget.exchange.rules.presets_lost = 1
    bitget.faults.next("place-tpsl-order", accept=is_accepted, then=Then.DROP)
    async with led(bitget, tmp_path) as trade:
        await trade.opens(sized(trade))
        await trade.until(lambda: len(trade.sol.targets) == 2)
        assert stands(trade) == [(D(95), D("0.8"))]
    assert trade.sol.unguarded_seconds < 2


async def test_a_life_that_ended_between_the_two_leaves_one_to_the_next(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(sized(trade))
        await trade.until(lambda: len(trade.sol.targets) == 2)
        bitget.faults.always("cancel-plan-order", accept=False, then=Then.DROP)
        trade.keeper.change(signal, MoveStop(to=Price(D(97)), cause="said so"))
        await trade.until(lambda: len(ours(trade)) == 2)
        await trade.until(lambda: trade.stop_told(signal) == D(97))
    bitget.faults.clear()
    async with led(bitget, tmp_path) as again:
        await again.until(lambda: stands(again) == [(D(97), D("0.8"))])
    assert again.sol.unguarded_seconds == 0


async def test_a_life_that_ended_before_the_answer_places_no_second_stop(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        await trade.opens(sized(trade))
        bitget.faults.always("place-tpsl-order", then=Then.HANG)
        await trade.until(lambda: len(ours(trade)) == 1)
    bitget.faults.clear()
    async with led(bitget, tmp_path) as again:
        await again.until(lambda: len(again.sol.targets) == 2)
        assert stands(again) == [(D(95), D("0.8"))]
    assert again.sol.unguarded_seconds == 0


@pytest.mark.usefixtures("watchful")
async def test_what_a_stop_sold_is_not_sold_again_while_nobody_tells_its_fill(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    """It would be another trade's."""
    async with led(bitget, tmp_path) as trade:
        first = await trade.opens(sized(trade))
        second = await trade.opens(sized(trade, stop="90", message_id=8))
        await trade.until(lambda: len(trade.sol.targets) == 4)
        await trade.until(lambda: len(trade.sol.plans) == 6)  # what the entries brought is gone
        bitget.faults.always("fills", status=429)
        trade.moves("94")
        await trade.until(lambda: is_refused_a_stop(trade))
        asked = len(bitget.requests)
        await trade.until(lambda: [r.endpoint for r in bitget.requests[asked:]].count("fills") >= 2)
        assert trade.sol.size == D("0.8")
        bitget.faults.clear()
        await trade.until(lambda: trade.is_over(first))
        assert trade.sol.size == D("0.8")
        assert not trade.is_over(second)
        assert not [w.text for w in trade.warnings if w.is_urgent]
    assert trade.sol.unguarded_seconds == 0


async def test_after_a_restart_no_trade_is_charged_with_what_another_one_sold(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    """Whose child an order is, Bitget told the first life only."""
    async with led(bitget, tmp_path) as trade:
        await trade.opens(sized(trade, aims=("120", "130")))
        second = await trade.opens(sized(trade, message_id=8))
        await trade.until(lambda: len(trade.sol.plans) == 6)
        trade.moves("105")
        await trade.until(lambda: (told := trade.told(second)) and told.amount == D("0.4"))
        assert trade.sol.size == D("1.2")
    asked = len(bitget.requests)
    async with led(bitget, tmp_path) as again:
        await again.until(lambda: [r.endpoint for r in bitget.requests[asked:]].count("fills") >= 4)
        assert sorted(each.amount for each in again.keeper.standing()) == [D("0.4"), D("0.8")]
        assert sum(size or 0 for _, size in stands(again)) == D("1.2")
