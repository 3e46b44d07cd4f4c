"""What is told of a trade, and in which order: the fills first, then what they made of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from positions.led import BEGAN, Led, led, plan
from tgbitget.model.event import Event, Filled, TradeChanged
from tgbitget.model.trade import TradeState
from tgbitget.simulators.bitget import BitgetSimulator, Then
from tgbitget.simulators.bitget.faults import Pushes


@pytest.fixture
async def bitget() -> AsyncIterator[BitgetSimulator]:
    async with BitgetSimulator(equity="1000") as simulator:
        simulator.exchange.set_price("SOLUSDT", BEGAN, gap=True)
        yield simulator


def before(events: list[Event], what: TradeChanged) -> list[str]:
    """The roles of the fills that were told before *what*."""
    earlier = events[: next(n for n, event in enumerate(events) if event is what)]
    return [event.role for event in earlier if isinstance(event, Filled)]


def changes(trade: Led) -> list[TradeChanged]:
    return [event for event in trade.events if isinstance(event, TradeChanged)]


@pytest.mark.parametrize(
    "pushes",
    [Pushes(), Pushes(reorder=6), Pushes(delay=0.2, duplicate=True)],
    ids=["as they come", "out of order", "late and twice"],
)
async def test_a_change_is_told_after_the_fills_that_brought_it(
    bitget: BitgetSimulator, tmp_path: Path, pushes: Pushes
) -> None:
    bitget.faults.pushes = pushes
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan("99", "98", user_id=trade.user_id))
        await trade.until(lambda: len(trade.sol.resting) == 2)
        trade.moves("97.5")
        await trade.until(lambda: len(trade.sol.targets) == 2)
        trade.moves("111")
        await trade.until(lambda: trade.is_over(signal))
        for change in changes(trade):
            if change.trade.state in (TradeState.OPEN, TradeState.CLOSED):
                assert "entry" in before(trade.events, change)
            if "target 1 reached" in change.cause:
                assert "take_profit" in before(trade.events, change)
            if change.trade.state is TradeState.CLOSED:
                assert before(trade.events, change).count("take_profit") == 2


def opened(trade: Led) -> list[TradeChanged]:
    return [change for change in changes(trade) if change.trade.state is TradeState.OPEN]


@pytest.mark.parametrize("come", [True, False], ids=["later", "not at all"])
async def test_a_change_waits_for_its_fills_but_for_a_moment_only(
    bitget: BitgetSimulator, tmp_path: Path, *, come: bool
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan("99", user_id=trade.user_id))
        await trade.until(lambda: len(trade.sol.resting) == 1)
        if come:
            for _ in range(3):
                bitget.faults.next("fills", then=Then.BAD_GATEWAY)
        else:
            bitget.faults.always("fills", then=Then.BAD_GATEWAY)
        bitget.faults.pushes = Pushes(silent=True)
        trade.moves("98.9")
        bitget.faults.pushes = Pushes()
        bitget.drop_connections()  # what was missed is asked for
        await trade.until(lambda: opened(trade))
        assert before(trade.events, opened(trade)[0]) == (["entry"] if come else [])
        bitget.faults.clear()
        await trade.until(lambda: any(isinstance(e, Filled) for e in trade.events))
        assert trade.told(signal) is not None


async def test_the_journal_names_the_order_of_ours_out_of_which_the_venue_made_an_exit(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id))
        await trade.until(lambda: len(trade.sol.targets) == 2)
        trade.moves("105.1")
        await trade.until(lambda: any("target 1" in change.cause for change in changes(trade)))
        (kept,) = trade.desk.journal.open_trades()
        names: dict[str | None, str] = {leg.client_oid: leg.name for leg in kept.legs}
        assert [names.get(one.client_oid) for one in kept.fills] == ["entry-1", "target-1"]
        assert kept.reached_targets == (1,)
    async with led(bitget, tmp_path) as again:
        await again.until(lambda: again.told(signal) is not None)
        assert changes(again)[0].cause == "led on after a restart"
        again.moves("110.1")
        await again.until(lambda: again.is_over(signal))
