"""What is held against what lives at the venue: found within a look, put right, and told; by the exchange's own log."""

import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from positions.led import Led, led, plan
from tgbitget.model.ids import SignalId
from tgbitget.model.money import Price
from tgbitget.positions.changes import Close, MoveStop
from tgbitget.simulators.bitget import BitgetSimulator, Then

D = Decimal
pytestmark = pytest.mark.usefixtures("watchful")
LOOK_AND_ROUND_TRIP = 0.3 + 1.0  # of a busy machine


async def opened(of: Led, *, sizes_stop: bool = False) -> SignalId:
    signal = await of.opens(plan(user_id=of.user_id, sizes_stop=sizes_stop))
    await of.until(lambda: len(of.sol.targets) == 2)
    return signal


def stops(of: Led) -> list[Decimal]:
    """Stops of ours."""
    return [p.trigger for p in of.sol.plans if p.kind.stops_loss and p.client_id.startswith("tg")]


def placed_stops(of: Led) -> int:
    kinds = ("pos_loss", "loss_plan")
    return sum(body.get("planType") in kinds for body in sent(of, "place-tpsl-order"))


def sent(of: Led, endpoint: str) -> list[dict[str, Any]]:
    """Bodies of requests; of those that the exchange was told to refuse at once it keeps none."""
    return [r.params for r in of.bitget.requests if r.endpoint == endpoint]


@pytest.mark.parametrize("sizes_stop", [False, True], ids=["whole", "sized"])
async def test_a_stop_that_is_gone_is_put_back(
    bitget: BitgetSimulator, tmp_path: Path, *, sizes_stop: bool
) -> None:
    async with led(bitget, tmp_path) as trade:
        await opened(trade, sizes_stop=sizes_stop)
        for _ in range(2):
            bitget.by_hand.drop_stops("SOLUSDT")
            await trade.until(lambda: stops(trade) == [D(95)])
        await trade.until(lambda: trade.warnings)
        text = "SOL/USDT:USDT: the stop at 95 was taken away at the exchange, and is put back"
        assert [w.text for w in trade.warnings] == [text], "once a minute at most"
    assert trade.sol.unguarded_seconds < 2 * LOOK_AND_ROUND_TRIP


@pytest.mark.parametrize("sizes_stop", [False, True], ids=["whole", "sized"])
async def test_stops_that_we_move_ourselves_or_that_end_with_the_trade_are_not_told_as_taken_away(
    bitget: BitgetSimulator, tmp_path: Path, *, sizes_stop: bool
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await opened(trade, sizes_stop=sizes_stop)
        for price in (D(96), D(97)):
            trade.keeper.change(signal, MoveStop(to=Price(price), cause="said so"))
            await trade.until(lambda price=price: stops(trade) == [price])  # type: ignore[misc] # bound now
        trade.keeper.change(signal, half())
        await trade.until(lambda: trade.sol.size == D("0.4"))
        trade.moves("96.9")
        await trade.until(lambda: trade.is_over(signal))
        assert not trade.warnings


@pytest.mark.parametrize("sizes_stop", [False, True], ids=["whole", "sized"])
async def test_a_looser_stop_by_hand_is_put_back_and_said(
    bitget: BitgetSimulator, tmp_path: Path, *, sizes_stop: bool
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await opened(trade, sizes_stop=sizes_stop)
        bitget.by_hand.move_stop("SOLUSDT", D(90))
        await trade.until(lambda: stops(trade) == [D(95)])
        assert trade.stop_told(signal) == D(95)
        assert [w.text for w in trade.warnings if "is put back to 95" in w.text]
    assert trade.sol.unguarded_seconds == 0


@pytest.mark.parametrize("sizes_stop", [False, True], ids=["whole", "sized"])
async def test_a_tighter_stop_by_hand_stays_and_is_not_fought(
    bitget: BitgetSimulator, tmp_path: Path, *, sizes_stop: bool
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await opened(trade, sizes_stop=sizes_stop)
        before = placed_stops(trade)
        bitget.by_hand.move_stop("SOLUSDT", D(98))
        await trade.until(lambda: trade.stop_told(signal) == D(98))
        assert placed_stops(trade) == before
        assert stops(trade) == [D(98)]
    async with led(bitget, tmp_path) as again:
        again.moves("97.9")
        await again.until(lambda: again.is_over(signal))
    assert again.sol.unguarded_seconds == 0


async def test_a_stop_beyond_the_liquidation_is_tightened_and_said(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        risky = replace(plan(stop="80", user_id=trade.user_id), leverage=D(10))
        signal = await trade.opens(risky)
        await trade.until(lambda: stops(trade) and stops(trade)[0] > D(90))
        assert (
            len([w for w in trade.warnings if "beyond the liquidation" in w.text and w.is_urgent])
            == 1
        )
        trade.moves("90")
        await trade.until(lambda: trade.is_over(signal))
        assert "liquidation" not in {order.source for order in trade.sol.orders}
    assert trade.sol.unguarded_seconds == 0


async def test_where_not_even_a_tightened_stop_fits_the_position_is_closed(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        risky = replace(plan(stop="80", user_id=trade.user_id), leverage=D(10))
        bitget.faults.always("all-position", then=Then.BAD_GATEWAY)  # nobody tells the liquidation
        signal = await trade.opens(risky)
        await trade.until(lambda: len(trade.sol.targets) == 2)
        trade.gaps("90.6")  # between the liquidation and the tightest stop within it
        assert trade.sol.size
        bitget.faults.clear()
        await trade.until(lambda: trade.is_over(signal))
        assert trade.sol.is_flat
        assert "liquidation" not in {order.source for order in trade.sol.orders}


async def test_a_refused_stop_closes_nothing_that_an_attached_one_covers(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    bitget.faults.always("place-tpsl-order", code="40200")
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id))
        await trade.until(lambda: len(sent(trade, "place-tpsl-order")) >= 4)
        assert trade.sol.size == D("0.8")
        said = [w for w in trade.warnings if "Another stop still covers" in w.text]
        assert [w.is_urgent for w in said] == [True]
        bitget.faults.clear()
        await trade.until(lambda: stops(trade) == [D(95)])
        assert not trade.is_over(signal)
    assert trade.sol.unguarded_seconds == 0
    assert recorded(tmp_path, "legs WHERE name = 'stop'") == 1


async def test_a_bare_position_whose_stop_and_close_are_refused_fills_no_journal(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    bitget.exchange.rules.presets_lost = 1
    bitget.faults.always("place-tpsl-order", code="40200")
    async with led(bitget, tmp_path) as trade:
        bitget.faults.next("place-order")
        bitget.faults.always("place-order", code="40200")
        signal = await trade.opens(plan(user_id=trade.user_id))
        # An entry, and its close six times; the stop is tried before each.
        await trade.until(lambda: len(sent(trade, "place-order")) >= 7)
        assert len(sent(trade, "place-tpsl-order")) >= 6
        assert [w.is_urgent for w in trade.warnings if "WITHOUT A STOP" in w.text] == [True]
        bitget.faults.clear()
        await trade.until(lambda: stops(trade) == [D(95)])
        await trade.until(lambda: len(trade.sol.targets) == 2)
        assert not trade.is_over(signal), "a stop stands after all, and no close was taken"
    assert recorded(tmp_path, "legs WHERE role = 'stop'") == 1
    assert recorded(tmp_path, "legs WHERE role = 'close'") == 1
    assert recorded(tmp_path, "placements WHERE result = 'rejected'") <= 2


async def test_a_refused_part_is_closed_as_soon_as_the_venue_takes_it(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await opened(trade)
        bitget.faults.next("place-order", code="40200", times=2)
        trade.keeper.change(signal, half())
        await trade.until(lambda: trade.sol.size == D("0.4"))
        await trade.until(
            lambda: {p.size for p in trade.sol.plans if p.kind.takes_profit} == {D("0.4")}
        )
        await trade.until(lambda: amount_told(trade, signal) == D("0.4"))
        trade.keeper.change(signal, half())  # the same word again, as after a restart
        trade.keeper.change(signal, replace(half(), key="43"))
        await trade.until(lambda: trade.sol.size == D("0.2"))
    assert [e.size for e in trade.sol.executions if e.closing] == [D("0.4"), D("0.2")]


async def test_a_part_that_is_always_refused_is_given_up_and_said(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await opened(trade)
        before = len(sent(trade, "place-order"))
        bitget.faults.always("place-order", code="40200")
        trade.keeper.change(signal, half())
        await trade.until(
            lambda: [w for w in trade.warnings if "could not be closed in 5 tries" in w.text]
        )
        assert len(sent(trade, "place-order")) == before + 5
        assert trade.sol.size == D("0.8")
        assert stops(trade) == [D(95)]


@pytest.mark.parametrize("is_accepted", [True, False], ids=["taken", "lost"])
async def test_a_part_without_an_answer_is_closed_once(
    bitget: BitgetSimulator, tmp_path: Path, *, is_accepted: bool
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await opened(trade)
        bitget.faults.next("place-order", accept=is_accepted, then=Then.DROP)
        trade.keeper.change(signal, half())
        await trade.until(lambda: trade.sol.size == D("0.4"))
        await trade.until(lambda: amount_told(trade, signal) == D("0.4"))
    assert sum(e.size for e in trade.sol.executions if e.closing) == D("0.4")
    assert trade.sol.unguarded_seconds == 0


def half() -> Close:
    return Close(key="42", cause="close half", fraction=D("0.5"))


def amount_told(of: Led, signal: SignalId) -> Decimal | None:
    trade = of.told(signal)
    return None if trade is None else trade.amount


def recorded(folder: Path, what: str) -> int:
    with sqlite3.connect(folder / "journal.db") as db:
        return int(db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])  # noqa: S608 -- ours


async def test_while_a_close_waits_for_somebody_to_trade_with_no_stop_is_sent_in_vain(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id))
        await trade.until(lambda: len(trade.sol.targets) == 2)
        bitget.exchange.set_liquidity("SOLUSDT", D(0))
        trade.gaps("94")
        bitget.by_hand.drop_stops("SOLUSDT")
        trade.keeper.change(signal, Close(key="9", cause="said so"))
        await trade.until(lambda: len(sent(trade, "place-order")) > 1)
        before, looks = placed_stops(trade), len(bitget.requests)
        await trade.until(lambda: len(bitget.requests) > looks + 30)
        assert placed_stops(trade) == before
        bitget.exchange.set_liquidity("SOLUSDT", None)
        await trade.until(lambda: trade.is_over(signal))
