"""A fill while Bitget answers little or nothing: what its entry brought is trusted for a moment, and no longer."""

from decimal import Decimal
from pathlib import Path

import pytest

from positions.led import Led, led, plan
from tgbitget.model.ids import SignalId
from tgbitget.positions.changes import Close
from tgbitget.simulators.bitget import BitgetSimulator

D = Decimal
pytestmark = pytest.mark.usefixtures("watchful")
MAINTENANCE = "40200"


async def resting(of: Led, *, sizes_stop: bool = False) -> SignalId:
    signal = await of.opens(plan("99", user_id=of.user_id, sizes_stop=sizes_stop))
    await of.until(lambda: len(of.sol.resting) == 1)
    return signal


async def bare_for_all_we_see(of: Led) -> SignalId:
    """It fills while no stop can be placed or seen, and no close is taken; the owner is told."""
    signal = await resting(of)
    for endpoint in ("place-tpsl-order", "orders-plan-pending", "place-order"):
        of.bitget.faults.always(endpoint, code=MAINTENANCE)
    of.moves("98.9")
    await of.until(lambda: [w for w in of.warnings if w.is_urgent])
    return signal


def our_stops(of: Led) -> list[Decimal]:
    return [p.trigger for p in of.sol.plans if p.kind.stops_loss and p.client_id.startswith("tg")]


def closes(of: Led) -> int:
    """Market orders beside the entry, accepted or not."""
    return sum(r.params.get("orderType") == "market" for r in of.bitget.requests)


async def test_one_refused_stop_and_one_unanswered_question_sell_nothing(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await resting(trade)
        bitget.faults.next("place-tpsl-order", code=MAINTENANCE)
        bitget.faults.next("orders-plan-pending", code=MAINTENANCE, times=2)
        trade.moves("98.9")
        await trade.until(lambda: our_stops(trade) == [D(95)])
        await trade.until(lambda: len(trade.sol.targets) == 2)
        assert not trade.is_over(signal)
        assert not [w.text for w in trade.warnings if w.is_urgent]
    assert closes(trade) == 0
    assert trade.sol.unguarded_seconds == 0


async def test_a_stop_that_stands_after_all_ends_the_wish_to_close(
    bitget: BitgetSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgbitget.positions.protection.UNSEEN_SECONDS", 0.3)
    async with led(bitget, tmp_path) as trade:
        signal = await bare_for_all_we_see(trade)
        (said,) = [w.text for w in trade.warnings if w.is_urgent]
        assert "none of its stops could be placed or seen" in said
        assert "WITHOUT A STOP" not in said, (
            "what the entry brought stands, and nobody knows better"
        )
        bitget.faults.clear()
        await trade.until(lambda: len(trade.sol.targets) == 2)
        assert our_stops(trade) == [D(95)]
        assert trade.sol.size == D("0.8")
        assert not trade.is_over(signal)
        told = trade.told(signal)
        assert told is not None
        assert told.amount == D("0.8")
    assert trade.sol.unguarded_seconds == 0


async def test_the_owner_s_own_close_is_not_forgotten_with_it(
    bitget: BitgetSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgbitget.positions.protection.UNSEEN_SECONDS", 0.3)
    async with led(bitget, tmp_path) as trade:
        signal = await bare_for_all_we_see(trade)
        trade.keeper.change(signal, Close(key="9", cause="said so"))
        bitget.faults.clear()
        await trade.until(lambda: trade.is_over(signal))
        assert trade.sol.is_flat


async def test_a_close_that_is_asked_for_while_one_may_be_on_its_way_is_done_if_that_one_never_arrived(
    bitget: BitgetSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgbitget.positions.protection.UNSEEN_SECONDS", 0.3)
    async with led(bitget, tmp_path) as trade:
        signal = await resting(trade, sizes_stop=True)
        for endpoint in ("place-tpsl-order", "orders-plan-pending"):
            bitget.faults.always(endpoint, code=MAINTENANCE)
        bitget.faults.next("place-order", accept=False, then="cut")
        trade.moves("98.9")
        await trade.until(lambda: closes(trade) == 1)
        trade.keeper.change(signal, Close(key="9", cause="said so"))
        bitget.faults.clear()
        await trade.until(lambda: trade.is_over(signal), within=60)
        assert trade.sol.is_flat
    assert closes(trade) == 2


async def test_what_nobody_can_see_guarded_for_too_long_is_closed(
    bitget: BitgetSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgbitget.positions.protection.UNSEEN_SECONDS", 0.3)
    async with led(bitget, tmp_path) as trade:
        signal = await resting(trade)
        for endpoint in ("place-tpsl-order", "orders-plan-pending"):
            bitget.faults.always(endpoint, code=MAINTENANCE)
        trade.moves("98.9")
        await trade.until(lambda: trade.sol.is_flat)
        bitget.faults.clear()
        await trade.until(lambda: trade.is_over(signal))


async def test_a_look_that_shows_nothing_is_believed_at_once(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    bitget.exchange.rules.presets_lost = 1
    async with led(bitget, tmp_path) as trade:
        signal = await resting(trade)
        bitget.faults.always("place-tpsl-order", code=MAINTENANCE)
        trade.moves("98.9")
        await trade.until(lambda: trade.is_over(signal), within=3.0)
    assert trade.sol.unguarded_seconds < 1.0
