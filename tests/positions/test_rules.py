"""Which stop a trade should have."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from positions.trades import MARKET, price, profile, targets
from tgbitget.model.intent import Side
from tgbitget.model.money import Price
from tgbitget.positions.rules import (
    breakeven,
    in_force,
    is_beyond,
    stop_now,
    tighter,
    trail_from,
)

LONG_AIMS = targets("110", "120", "130")
SHORT_AIMS = targets("90", "80", "70")


def moved(
    kind: str,
    reached: int,
    *,
    side: Side = Side.LONG,
    best: str | None = None,
    current: str | None = None,
    trigger: int | str = 1,
    percent: str = "5",
) -> Price:
    exits: dict[str, object] = {
        "stop_moves": kind,
        "stop_moves_trigger": trigger,
        "stop_moves_percent": percent,
    }
    is_long = side is Side.LONG
    return stop_now(
        market=MARKET,
        side=side,
        entry=price("100"),
        current=price(current or ("95" if is_long else "105")),
        targets=LONG_AIMS if is_long else SHORT_AIMS,
        reached=reached,
        best=None if best is None else price(best),
        exits=profile(exits=exits).exits,
    )


@pytest.mark.parametrize(
    ("kind", "reached", "stop"),
    [
        pytest.param("none", 3, "95", id="none never moves"),
        pytest.param("breakeven", 0, "95", id="breakeven waits for target 1"),
        pytest.param("breakeven", 1, "100.2", id="breakeven pays the fees, rounded away from risk"),
        pytest.param("breakeven", 3, "100.2", id="breakeven stays there"),
        pytest.param("moving-target", 1, "100.2", id="moving target: first breakeven"),
        pytest.param("moving-target", 2, "110", id="then target 1"),
        pytest.param("moving-target", 3, "120", id="then target 2"),
        pytest.param("moving-2-target", 1, "95", id="moving 2 target: first nothing"),
        pytest.param("moving-2-target", 2, "100.2", id="then breakeven"),
        pytest.param("moving-2-target", 3, "110", id="then target 1 again"),
        pytest.param("percent-below-triggers", 1, "104.5", id="5 % below target 1"),
    ],
)
def test_a_stop_moves_as_the_profile_says(kind: str, reached: int, stop: str) -> None:
    assert moved(kind, reached) == price(stop)


@pytest.mark.parametrize(
    ("kind", "reached", "stop"),
    [
        pytest.param("breakeven", 1, "99.8", id="breakeven of a short lies below its entry"),
        pytest.param("moving-target", 2, "90", id="moving target of a short"),
        pytest.param("percent-below-triggers", 1, "94.5", id="percent of a short is above"),
    ],
)
def test_a_short_is_the_mirror_image(kind: str, reached: int, stop: str) -> None:
    assert moved(kind, reached, side=Side.SHORT) == price(stop)


def test_percent_below_the_highest_follows_the_best_price() -> None:
    assert moved("percent-below-highest", 1, best="115") == price("109.3")


def test_a_percent_trigger_needs_a_price() -> None:
    assert moved("breakeven", 2, trigger="3%") == price("95")
    assert moved("breakeven", 0, trigger="3%", best="102.9") == price("95")
    assert moved("breakeven", 0, trigger="3%", best="103") == price("100.2")


def test_breakeven_covers_the_fees_of_both_ways() -> None:
    assert breakeven(MARKET, Side.LONG, price("57000")) >= price("57000") * Decimal("1.0012")
    assert breakeven(MARKET, Side.SHORT, price("57000")) <= price("57000") * Decimal("0.9988")


KINDS = [
    "none",
    "breakeven",
    "moving-target",
    "moving-2-target",
    "percent-below-highest",
    "percent-below-triggers",
]
PRICES = st.decimals("50", "150", places=1)


@given(
    kind=st.sampled_from(KINDS),
    reached=st.integers(0, 3),
    side=st.sampled_from(Side),
    best=st.none() | PRICES,
    current=PRICES,
)
def test_a_rule_never_loosens_a_stop(
    kind: str, reached: int, side: Side, best: Decimal | None, current: Decimal
) -> None:
    after = moved(
        kind, reached, side=side, best=None if best is None else str(best), current=str(current)
    )
    assert tighter(side, after, Price(current)) == after


@given(one=PRICES, other=PRICES, side=st.sampled_from(Side))
def test_the_tighter_stop_is_the_one_farther_in_profit(
    one: Decimal, other: Decimal, side: Side
) -> None:
    first, second = Price(one), Price(other)
    assert is_beyond(side, tighter(side, first, second), first)
    assert is_beyond(side, tighter(side, first, second), second)


@pytest.mark.parametrize(
    ("side", "trigger", "begins"),
    [
        pytest.param(Side.LONG, "2.5%", "102.5", id="in profit"),
        pytest.param(Side.SHORT, "2.5%", "97.5", id="a short in profit"),
        pytest.param(Side.LONG, 2, "120", id="at target 2"),
        pytest.param(Side.SHORT, 3, "70", id="a short at target 3"),
        pytest.param(Side.LONG, 4, None, id="at a target that there is not"),
    ],
)
def test_the_venue_trails_from(side: Side, trigger: int | str, begins: str | None) -> None:
    exits = profile(exits={"stop_moves": "trailing", "stop_moves_trigger": trigger}).exits
    found = trail_from(
        side=side,
        entry=price("100"),
        targets=LONG_AIMS if side is Side.LONG else SHORT_AIMS,
        exits=exits,
        market=MARKET,
    )
    assert found == (None if begins is None else price(begins))


def test_beside_an_order_that_trails_the_stop_stays_unless_we_trail_ourselves() -> None:
    exits = profile(exits={"stop_moves": "trailing", "stop_moves_percent": "5"}).exits
    assert moved("trailing", 3, best="140") == price("95")
    assert in_force(exits, trails_by_clock=False) is exits
    assert in_force(exits, trails_by_clock=True).stop_moves == "percent-below-highest"
    assert in_force(exits, trails_by_clock=True).stop_moves_percent == 5
