"""The ratchet over stops: what counts as loosened, and until when."""

from dataclasses import replace
from decimal import Decimal

from simulation.watching import Ratchet
from tgbitget.simulators.bitget.events import PlanChanged, PositionChanged
from tgbitget.simulators.bitget.orders import Hold, MarginMode, Plan, PlanKind, Side, TriggerBy

D = Decimal
STOP = Plan(
    id="1",
    client_id="tga",
    kind=PlanKind.POSITION_LOSS,
    symbol="SOLUSDT",
    side=Side.SELL,
    hold=Hold.LONG,
    closing=True,
    size=None,
    trigger=D(95),
    by=TriggerBy.LAST,
    fires_above=False,
    execute_price=None,
    margin_mode=MarginMode.ISOLATED,
    created_at=0,
    updated_at=0,
)


def stop(at: str, client_id: str = "tga") -> PlanChanged:
    return PlanChanged(at=0, plan=replace(STOP, trigger=D(at), client_id=client_id))


def test_a_stop_that_comes_nearer_is_not_loosened() -> None:
    ratchet = Ratchet()
    for now, at in enumerate(("95", "97", "97", "99")):
        ratchet.hear(stop(at), now)
    assert ratchet.loosened == []


def test_one_that_goes_back_is_until_it_stands_there_again() -> None:
    ratchet = Ratchet()
    ratchet.hear(stop("97", "tgb"), 1.0)
    ratchet.hear(stop("97", "tgb"), 2.0)
    ratchet.hear(stop("95"), 5.0)
    ratchet.hear(stop("96"), 6.0)
    ratchet.hear(stop("97", "tgc"), 8.0)
    first, second = ratchet.loosened
    assert str(first) == "SOLUSDT from 97 to 95"
    assert (first.client_id, first.best_since, first.at, first.until) == ("tga", 1.0, 5.0, 8.0)
    assert (second.at, second.until) == (6.0, 8.0), "96 is not yet where it stood"


def test_what_closed_needs_no_stop_any_more() -> None:
    ratchet = Ratchet()
    ratchet.hear(stop("97"), 1.0)
    ratchet.hear(stop("95"), 2.0)
    ratchet.hear(
        PositionChanged(at=0, symbol="SOLUSDT", hold=Hold.LONG.value, long=True, size=D(0)), 3.0
    )
    assert [one.until for one in ratchet.loosened] == [3.0]
    ratchet.hear(stop("90"), 4.0)
    assert len(ratchet.loosened) == 1
