"""Every way a stop may move, by target and by percent, on the simulated exchange: and none is left where it was."""

from decimal import Decimal
from pathlib import Path

import pytest

from positions.led import Led, led, plan, profile
from tgbitget.model.intent import Side
from tgbitget.model.money import Price
from tgbitget.model.plan import TriggerBy
from tgbitget.positions.changes import MoveStop
from tgbitget.simulators.bitget import BitgetSimulator, Then

D = Decimal
pytestmark = pytest.mark.usefixtures("watchful")
AIMS = ("105", "110", "115")

MOVES = [
    pytest.param("none", 1, "110", "95", id="none, by target"),
    pytest.param("none", "3%", "104", "95", id="none, by percent"),
    pytest.param("breakeven", 1, "105", "100.12", id="breakeven with fees, by target"),
    pytest.param("breakeven", "3%", "103.5", "100.12", id="breakeven with fees, by percent"),
    pytest.param("moving-target", 1, "110", "105", id="moving target, by target"),
    pytest.param("moving-target", "8%", "110", "105", id="moving target, by percent"),
    pytest.param("moving-2-target", 1, "110", "100.12", id="moving 2 target, by target"),
    pytest.param("moving-2-target", "8%", "110", "100.12", id="moving 2 target, by percent"),
    pytest.param("percent-below-triggers", 1, "105", "99.75", id="below triggers, by target"),
    pytest.param("percent-below-triggers", "8%", "110", "104.5", id="below triggers, by percent"),
    pytest.param("percent-below-highest", 1, "108", "102.6", id="below highest, by target"),
    pytest.param("percent-below-highest", "3%", "104", "98.8", id="below highest, by percent"),
]


def stops(of: Led) -> set[Decimal]:
    return {p.trigger for p in of.sol.plans if p.kind.stops_loss}


@pytest.mark.parametrize(("moves", "trigger", "price", "stop"), MOVES)
async def test_a_stop_goes_where_the_profile_says(
    bitget: BitgetSimulator,
    tmp_path: Path,
    moves: str,
    trigger: int | str,
    price: str,
    stop: str,
) -> None:
    exits = {"stop_moves": moves, "stop_moves_trigger": trigger, "stop_moves_percent": "5"}
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(aims=AIMS, user_id=trade.user_id), profile(exits=exits))
        await trade.until(lambda: len(trade.sol.targets) == 3)
        assert stops(trade) == {D(95)}
        trade.moves(price)
        await trade.until(lambda: stops(trade) == {D(stop)})
        trade.moves(str(D(stop) - D("0.1")))
        await trade.until(lambda: trade.is_over(signal))
        assert trade.sol.is_flat
    assert trade.sol.unguarded_seconds == 0


@pytest.mark.parametrize("sizes_stop", [False, True], ids=["whole", "sized"])
async def test_a_short_in_hedge_mode_is_led_the_same_way(
    bitget: BitgetSimulator, tmp_path: Path, *, sizes_stop: bool
) -> None:
    bitget.by_hand.set_hold_mode("hedge_mode")
    async with led(bitget, tmp_path) as trade:
        short = plan(
            side=Side.SHORT,
            stop="105",
            aims=("95", "90"),
            user_id=trade.user_id,
            sizes_stop=sizes_stop,
        )
        signal = await trade.opens(short)
        await trade.until(lambda: len(trade.sol.targets) == 2)
        trade.moves("95")
        await trade.until(lambda: stops(trade) == {D("99.88")})
        trade.moves("100")
        await trade.until(lambda: trade.is_over(signal))
        assert trade.sol.is_flat
    assert trade.sol.unguarded_seconds == 0


async def test_stops_and_targets_go_by_the_price_that_the_trade_names(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    async with led(bitget, tmp_path) as trade:
        await trade.opens(plan(user_id=trade.user_id, trigger_by=TriggerBy.LAST))
        await trade.until(lambda: len(trade.sol.targets) == 2)
        assert {p.by for p in trade.sol.plans} == {"fill_price"}


def tries(of: Led) -> int:
    return sum(r.endpoint == "place-tpsl-order" for r in of.bitget.requests)


async def test_a_move_whose_answer_a_life_did_not_see_is_not_taken_back(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    """The stop before it had been refused: the next life finds none of ours that was answered."""
    async with led(bitget, tmp_path) as trade:
        bitget.faults.always("place-tpsl-order", accept=False, code="45122")
        signal = await trade.opens(plan(user_id=trade.user_id))
        await trade.until(lambda: trade.warnings)
        trade.keeper.change(signal, MoveStop(to=Price(D(97)), cause="said so"))
        tried = tries(trade)
        await trade.until(lambda: tries(trade) > tried + 1)
        bitget.faults.clear()
        bitget.faults.always("place-tpsl-order", then=Then.HANG)
        await trade.until(lambda: D(97) in [p.trigger for p in trade.sol.plans])
    bitget.faults.clear()
    before = len(bitget.requests)
    async with led(bitget, tmp_path) as again:
        await again.until(lambda: again.stop_told(signal) == D(97) and len(again.sol.targets) == 2)
    posted = [r.params for r in bitget.requests[before:] if r.endpoint == "place-tpsl-order"]
    stops = {D(body["triggerPrice"]) for body in posted if body["planType"] == "pos_loss"}
    assert stops <= {D(97)}
