"""At most so many entries rest at once; each goes out under its own id, once, and only while it is wanted."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from positions.led import BEGAN, Led, led, plan, profile
from tgbitget.model.event import SendEnded
from tgbitget.model.ids import SignalId
from tgbitget.model.money import Price
from tgbitget.model.order import Rejected
from tgbitget.model.trade import TradeState
from tgbitget.positions.changes import CancelRest, MoveStop
from tgbitget.simulators.bitget import BitgetSimulator, Then

D = Decimal
ONE_RESTS = profile(entry={"resting_max": 1})
TWO_REST = profile(entry={"resting_max": 2})


@pytest.fixture
async def bitget() -> AsyncIterator[BitgetSimulator]:
    async with BitgetSimulator(equity="1000") as simulator:
        simulator.exchange.set_price("SOLUSDT", BEGAN, gap=True)
        yield simulator


def resting(of: Led) -> list[Decimal | None]:
    return sorted((o.price for o in of.sol.resting), key=str, reverse=True)


def reasons(of: Led) -> list[str]:
    ends = [e.placement for e in of.events if isinstance(e, SendEnded)]
    return [end.reason for end in ends if isinstance(end, Rejected)]


def state(of: Led, signal: SignalId) -> TradeState | None:
    told = of.told(signal)
    return None if told is None else told.state


async def test_the_nearest_rest_first_and_the_next_goes_out_as_one_fills(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        await trade.opens(plan("96", "98", "97", "99", user_id=trade.user_id), TWO_REST)
        await trade.until(lambda: resting(trade) == [D(99), D(98)])
        trade.moves("98.9")
        await trade.until(lambda: resting(trade) == [D(98), D(97)])
        trade.moves("97.9")
        await trade.until(lambda: resting(trade) == [D(97), D(96)])
        assert [o.stop for o in trade.sol.entries] == [D(95)] * 4
        assert trade.sol.size == D("1.6")
    names = [o.client_id for o in trade.sol.entries]
    assert len(set(names)) == 4
    assert trade.sol.unguarded_seconds == 0


async def test_a_cancelled_one_makes_room_and_a_cancel_of_the_rest_ends_the_waiting(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan("99", "98", "97", user_id=trade.user_id), ONE_RESTS)
        await trade.until(lambda: resting(trade) == [D(99)])
        bitget.by_hand.cancel(trade.sol.resting[0].id)
        await trade.until(lambda: resting(trade) == [D(98)])
        trade.keeper.change(signal, CancelRest(cause="said so"))
        await trade.until(lambda: trade.is_over(signal))
        assert reasons(trade) == ["cancelled before it was sent"]
        assert len(trade.sol.entries) == 2
        assert trade.sol.is_flat


async def test_what_waits_for_room_ends_with_the_position(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan("", "98", "97", user_id=trade.user_id), ONE_RESTS)
        await trade.until(lambda: len(trade.sol.targets) == 2 and resting(trade) == [D(98)])
        trade.moves("111")
        await trade.until(lambda: trade.is_over(signal))
        assert len(trade.sol.entries) == 2
        assert trade.sol.is_flat


async def test_the_market_that_leaves_takes_the_waiting_along(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan("99", "98", user_id=trade.user_id), ONE_RESTS)
        await trade.until(lambda: resting(trade) == [D(99)])
        trade.moves("105.1")
        await trade.until(lambda: trade.is_over(signal))
        assert len(trade.sol.entries) == 1
        assert not trade.sol.executions


async def test_expiry_bounds_the_later_ones_not_the_posts_age(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    quick = profile(entry={"resting_max": 1}, limits={"entry_age_seconds_max": "0.4"})
    async with led(bitget, tmp_path) as trade:
        until = trade.desk.clock.now() + timedelta(seconds=3)
        signal = await trade.opens(
            plan("99", "98", "97", user_id=trade.user_id, expires_at=until), quick
        )
        await trade.until(lambda: resting(trade) == [D(99)])
        old_enough = trade.desk.clock.now() + timedelta(seconds=0.5)
        await trade.until(lambda: trade.desk.clock.now() > old_enough)
        trade.moves("98.9")
        await trade.until(lambda: resting(trade) == [D(98)])
        await trade.until(lambda: reasons(trade) == ["cancelled before it was sent"])
        assert not trade.sol.resting
        assert trade.told(signal) is not None
        assert trade.sol.size == D("0.8"), "what filled stays"


@pytest.mark.parametrize("is_accepted", [True, False], ids=["taken", "lost"])
async def test_a_next_life_asks_before_it_sends_and_keeps_to_the_number(
    bitget: BitgetSimulator, tmp_path: Path, *, is_accepted: bool
) -> None:
    async with led(bitget, tmp_path) as trade:
        bitget.faults.next("place-order", accept=is_accepted, then=Then.HANG)
        await trade.opens(plan("99", "98", "97", user_id=trade.user_id), ONE_RESTS)
        await trade.until(lambda: len(trade.sol.entry_requests) == 1)
    async with led(bitget, tmp_path, profile_=ONE_RESTS) as again:
        await again.until(lambda: resting(again) == [D(99)])
        again.moves("98.9")
        await again.until(lambda: resting(again) == [D(98)], within=12)
        again.moves("97.9")
        await again.until(lambda: resting(again) == [D(97)])
        assert again.sol.size == D("1.6")
    assert again.sol.unguarded_seconds == 0


async def test_words_about_a_position_do_not_wait_for_entries_that_wait(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    """Held back, an entry is not on its way: nothing is about to open."""
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan("99", "98", user_id=trade.user_id), ONE_RESTS)
        await trade.until(lambda: resting(trade) == [D(99)])
        await trade.keeper.sent()
        await trade.until(lambda: state(trade, signal) is TradeState.RESTING)
        trade.keeper.change(signal, MoveStop(to=Price(D(96)), cause="said so"))
        await trade.until(lambda: [o.stop for o in trade.sol.resting] == [D(96)])
        trade.moves("98.9")
        await trade.until(lambda: resting(trade) == [D(98)])
        await trade.until(lambda: [o.stop for o in trade.sol.resting] == [D(96)])
    assert trade.sol.unguarded_seconds == 0


async def test_of_what_was_planned_before_a_pause_nothing_is_begun_in_it(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        await trade.desk.journal.set_paused(True)
        signal = await trade.opens(plan("99", "98", user_id=trade.user_id))
        await trade.until(lambda: trade.is_over(signal))
        assert reasons(trade) == ["entries were paused before any of it was sent"] * 2
        assert not trade.sol.entries


async def test_a_pause_takes_no_entry_from_a_trade_that_has_begun(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        await trade.opens(plan("99", "98", user_id=trade.user_id), ONE_RESTS)
        await trade.until(lambda: resting(trade) == [D(99)])
        await trade.desk.journal.set_paused(True)
        trade.moves("98.9")
        await trade.until(lambda: resting(trade) == [D(98)])
