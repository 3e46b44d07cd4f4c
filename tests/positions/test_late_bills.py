"""Funding that fell due while a trade stood and was not read before the listener ended: it counts after the next start."""

from decimal import Decimal
from pathlib import Path

import pytest

from positions.led import Led, led, plan
from tgbitget.model.event import TradeChanged
from tgbitget.model.ids import SignalId
from tgbitget.positions import funding
from tgbitget.positions.changes import Close
from tgbitget.simulators.bitget import BitgetSimulator

D = Decimal


@pytest.fixture(autouse=True)
def _bills_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FUNDING_SECONDS", "IDLE_SECONDS", "BILL_LAG_SECONDS"):
        monkeypatch.setattr(funding, name, 0.2)


async def ends_unbilled(of: Led, *, message_id: int = 7) -> SignalId:
    """Held when funding fell due, closed, and the bill could not be read."""
    of.bitget.faults.always("bill", code="40725")
    signal = await of.opens(plan(user_id=of.user_id, message_id=message_id))
    await of.until(lambda: len(of.sol.targets) == 2)
    of.bitget.exchange.fund("SOLUSDT", D("0.001"))
    of.keeper.change(signal, Close(key="9", cause="said so"))
    await of.until(lambda: of.is_over(signal))
    return signal


def billed(of: Led) -> int:
    return sum(r.endpoint == "bill" for r in of.bitget.requests)


def funding_of(of: Led, signal: SignalId) -> Decimal | None:
    trade = of.told(signal)
    return None if trade is None else trade.funding


async def test_the_bill_of_a_trade_that_ended_right_before_a_stop_counts_after_it(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await ends_unbilled(trade)
    bitget.faults.clear()
    assert funding_of(trade, signal) == 0
    async with led(bitget, tmp_path) as again:
        await again.until(lambda: funding_of(again, signal))
        ledger = bitget.exchange.desk.ledger
        assert funding_of(again, signal) == ledger.funding == D("-0.08")
        told = again.told(signal)
        assert told is not None
        assert told.realised == again.keeper.realised_today() == ledger.balance - 1000
    async with led(bitget, tmp_path) as third:
        before = billed(third)
        await third.until(lambda: billed(third) > before)
        looks = len(bitget.requests)
        await third.until(lambda: len(bitget.requests) > looks + 5)
        assert not [event for event in third.events if isinstance(event, TradeChanged)]


async def test_what_somebody_added_pays_its_own_part_of_a_late_bill(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        bitget.faults.always("bill", code="40725")
        signal = await trade.opens(plan(user_id=trade.user_id))
        await trade.until(lambda: len(trade.sol.targets) == 2)
        bitget.by_hand.open("SOLUSDT", "buy", D("0.8"))
        bitget.exchange.fund("SOLUSDT", D("0.001"))
        trade.keeper.change(signal, Close(key="9", cause="said so"))
        await trade.until(lambda: trade.is_over(signal))
    bitget.faults.clear()
    async with led(bitget, tmp_path) as again:
        await again.until(lambda: funding_of(again, signal))
        assert funding_of(again, signal) == D("-0.08")
    assert bitget.exchange.desk.ledger.funding == D("-0.16")


async def test_a_trade_that_stands_there_now_pays_nothing_of_a_late_bill(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        first = await ends_unbilled(trade)
        second = await trade.opens(plan(user_id=trade.user_id, message_id=8))
        await trade.until(lambda: len(trade.sol.targets) == 2)
    bitget.faults.clear()
    async with led(bitget, tmp_path) as again:
        await again.until(lambda: funding_of(again, first))
        assert funding_of(again, first) == D("-0.08")
        assert funding_of(again, second) == 0
