"""A live stop on the position that no trade of ours knows: what the owner moved, or placed beside ours."""

from decimal import Decimal
from pathlib import Path

import pytest

from positions.led import Led, led, plan
from tgbitget.model.event import TradeChanged
from tgbitget.model.ids import SignalId
from tgbitget.model.money import Price
from tgbitget.positions.changes import MoveStop
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.orders import Plan

D = Decimal
pytestmark = pytest.mark.usefixtures("watchful")


async def opened(of: Led, *entries: str) -> SignalId:
    signal = await of.opens(plan(*entries, user_id=of.user_id))
    if entries:
        await of.until(lambda: len(of.sol.resting) == len(entries))
        of.moves(min(entries))
    await of.until(lambda: len(of.sol.targets) == 2)
    return signal


def attached(of: Led) -> list[Plan]:
    return [p for p in of.sol.plans if p.kind.stops_loss and not p.client_id.startswith("tg")]


def ours(of: Led) -> list[Decimal]:
    return [p.trigger for p in of.sol.plans if p.kind.stops_loss and p.client_id.startswith("tg")]


def causes(of: Led) -> list[str]:
    return [e.cause for e in of.events if isinstance(e, TradeChanged) and e.cause]


async def test_an_attached_stop_moved_nearer_is_the_trades_from_then_on(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await opened(trade)
        (theirs,) = attached(trade)
        bitget.by_hand.move(theirs.id, D(97))
        await trade.until(lambda: ours(trade) == [D(97)])
        await trade.until(lambda: trade.stop_told(signal) == D(97))
        assert [p.trigger for p in attached(trade)] == [D(97)]
        assert sum("not ours stands nearer, at 97" in cause for cause in causes(trade)) == 1
        trade.keeper.change(signal, MoveStop(to=Price(D(98)), cause="said so"))
        await trade.until(lambda: ours(trade) == [D(98)])
        await trade.until(lambda: not attached(trade))
        trade.moves("97.9")
        await trade.until(lambda: trade.is_over(signal))
    assert trade.sol.unguarded_seconds == 0
    assert not trade.warnings


async def test_an_attached_stop_moved_farther_is_left_alone_and_ours_stays(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await opened(trade)
        (theirs,) = attached(trade)
        bitget.by_hand.move(theirs.id, D(93))
        await trade.until(lambda: trade.warnings)
        assert (
            "a stop of 0.8 at 93 stands at the exchange that is not ours" in trade.warnings[0].text
        )
        assert ours(trade) == [D(95)]
        assert trade.stop_told(signal) == D(95)
        looks = len(bitget.requests)
        await trade.until(lambda: len(bitget.requests) > looks + 15)
    assert len(trade.warnings) == 1


async def test_a_stop_of_a_part_is_left_alone_and_told(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await opened(trade, "99", "98")
        first = attached(trade)[0]
        bitget.by_hand.move(first.id, D(97))
        await trade.until(lambda: trade.warnings)
        assert "a stop of 0.8 at 97" in trade.warnings[0].text
        assert trade.stop_told(signal) == D(95)
        trade.moves("96.9")
        await trade.until(lambda: (told := trade.told(signal)) and told.amount == D("0.8"))
        assert ours(trade) == [D(95)]


async def test_a_stop_for_what_the_owner_added_is_the_owners_alone(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await opened(trade)
        bitget.by_hand.open("SOLUSDT", "buy", D("0.8"))
        await trade.until(lambda: any("1.6 stands" in w.text for w in trade.warnings))
        bitget.by_hand.move(attached(trade)[0].id, D(97))
        looks = len(bitget.requests)
        await trade.until(lambda: len(bitget.requests) > looks + 15)
        assert trade.stop_told(signal) == D(95)
        assert len(trade.warnings) == 1
