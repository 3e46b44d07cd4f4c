"""What the owner added outlives our trade: it is never closed by us, and told where nothing of theirs guards it."""

from decimal import Decimal
from pathlib import Path

import pytest

from positions.led import Led, led, plan
from tgbitget.model.ids import SignalId
from tgbitget.positions.changes import Close
from tgbitget.simulators.bitget import BitgetSimulator

D = Decimal
pytestmark = pytest.mark.usefixtures("watchful")


async def closed_beside(of: Led, *, has_own_stop: bool = False) -> SignalId:
    """Our trade, closed beside half a coin that the owner added."""
    signal = await of.opens(plan(user_id=of.user_id))
    await of.until(lambda: len(of.sol.targets) == 2)
    of.bitget.by_hand.open("SOLUSDT", "buy", D("0.5"))
    if has_own_stop:
        of.bitget.by_hand.set_stop("SOLUSDT", D(90), D("0.5"))
    of.keeper.change(signal, Close(key="9", cause="said so"))
    await of.until(lambda: of.is_over(signal))
    return signal


def said(of: Led) -> list[tuple[str, bool]]:
    return [(w.text, w.is_urgent) for w in of.warnings if "without a stop" in w.text]


async def test_what_the_owner_added_is_told_once_to_stand_without_a_stop(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        await closed_beside(trade)
        await trade.until(lambda: said(trade))
        text = "long SOL/USDT: 0.5 stands there without a stop: it is not ours, and left alone"
        assert said(trade) == [(text, True)]
        assert trade.sol.size == D("0.5")


async def test_a_stop_of_the_owner_s_own_stays_and_nothing_is_told(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        await closed_beside(trade, has_own_stop=True)
        await trade.until(lambda: [p.trigger for p in trade.sol.plans] == [D(90)])
        assert not said(trade)


async def test_it_is_told_too_where_the_addition_was_noticed_before(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id))
        await trade.until(lambda: len(trade.sol.targets) == 2)
        trade.bitget.by_hand.open("SOLUSDT", "buy", D("0.5"))
        await trade.until(lambda: [w for w in trade.warnings if "1.3 stands" in w.text])
        trade.keeper.change(signal, Close(key="9", cause="said so"))
        await trade.until(lambda: said(trade))
        assert not trade.sol.plans, "what an entry of ours brought does not close theirs"
