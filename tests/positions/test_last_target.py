"""After the last target nothing more is entered, and what an entry opened meanwhile has that target too."""

from decimal import Decimal
from pathlib import Path

import pytest

from positions.led import Led, led, plan
from tgbitget.model.event import TradeChanged
from tgbitget.model.ids import SignalId
from tgbitget.simulators.bitget import BitgetSimulator

D = Decimal
pytestmark = pytest.mark.usefixtures("watchful")


async def crossed(of: Led) -> SignalId:
    """The second entry fills, and before its targets are placed the market is past the last one."""
    signal = await of.opens(plan("99", "98", "96", user_id=of.user_id))
    await of.until(lambda: len(of.sol.resting) == 3)
    of.moves("98.9")
    await of.until(lambda: len(of.sol.targets) == 2)
    of.moves("97.9")
    of.moves("110.1")
    assert of.sol.size == D("0.8")
    return signal


def causes(of: Led) -> str:
    return "; ".join(e.cause for e in of.events if isinstance(e, TradeChanged) and e.cause)


async def test_what_rests_when_the_last_target_is_reached_is_withdrawn_and_told(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await crossed(trade)
        trade.gaps("105")
        await trade.until(lambda: not trade.sol.resting)
        await trade.until(lambda: "after the last target nothing more is entered" in causes(trade))
        await trade.until(
            lambda: [t.size for t in trade.sol.plans if t.kind.takes_profit] == [D("0.8")]
        )
        assert trade.sol.targets == [D(110)]
        trade.moves("110")
        await trade.until(lambda: trade.is_over(signal))
        assert trade.sol.is_flat


async def test_what_was_opened_too_late_for_the_last_target_is_sold_beyond_it(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await crossed(trade)
        await trade.until(lambda: trade.is_over(signal))
        assert trade.sol.is_flat
        exits = [e.price for e in trade.sol.executions if e.closing]
        assert min(exits) >= D("105")
