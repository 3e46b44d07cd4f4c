"""Where a stop should stand: whatever is asked, reached or told, never looser than it stands."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from positions.trades import MARKET, fill, ledger, plan, price, profile
from tgbitget.model.intent import AtTarget, Side
from tgbitget.model.money import Price
from tgbitget.model.plan import OrderSide
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.level import price_of, wanted
from tgbitget.positions.rules import is_beyond, tighter
from tgbitget.positions.stops_seen import is_beyond_liquidation, within_liquidation

KINDS = [
    "none",
    "breakeven",
    "moving-target",
    "moving-2-target",
    "percent-below-highest",
    "percent-below-triggers",
]
PRICES = st.decimals("30000", "90000", places=1).map(Price)
STEPS = st.lists(
    st.tuples(st.just("best"), PRICES)
    | st.tuples(st.just("asked"), PRICES)
    | st.tuples(st.just("liquidation"), PRICES)
    | st.tuples(st.just("reached"), st.integers(1, 2))
    | st.tuples(st.just("to target"), st.integers(0, 3)),
    max_size=12,
)


def opened(side: Side) -> Ledger:
    is_long = side is Side.LONG
    stop, aims = ("55000", ("60000", "65000")) if is_long else ("59000", ("54000", "50000"))
    book = ledger(plan(side=side, stop=stop, aims=aims))
    leg = book.plan.entries[0]
    book.note_fill(fill("1", OrderSide.opening(side), "0.01", "57000", oid=leg.client_oid))
    return book


@given(
    kind=st.sampled_from(KINDS),
    trigger=st.sampled_from([1, 2, "1.5%"]),
    side=st.sampled_from(Side),
    steps=STEPS,
    is_placed=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_rules_wishes_and_liquidation_never_loosen_a_stop(
    kind: str,
    trigger: int | str,
    side: Side,
    steps: list[tuple[str, Price | int]],
    is_placed: list[bool],
) -> None:
    book, asked, liquidation = opened(side), None, None
    exits = profile(exits={"stop_moves": kind, "stop_moves_trigger": trigger}).exits
    for (what, value), takes in zip(steps, is_placed, strict=False):
        match what:
            case "best":
                book.best = Price(Decimal(value))
            case "asked":
                asked = Price(Decimal(value))  # looser ones too
            case "liquidation":
                liquidation = Price(Decimal(value))
            case "reached":
                book.reached.add(int(value))
            case _:
                asked = price_of(AtTarget(number=int(value)), book) or asked
        now = wanted(book, asked=asked, liquidation=liquidation, exits=exits)
        assert tighter(side, now, book.stop) == now
        assert now % MARKET.tick == 0
        assert not is_beyond_liquidation(side, now, liquidation)
        if asked is not None:
            assert is_beyond(side, now, asked)
        if takes:
            book.stop = now


@given(side=st.sampled_from(Side), liquidation=PRICES)
def test_within_the_liquidation_there_is_room_to_be_filled(side: Side, liquidation: Price) -> None:
    within = within_liquidation(MARKET, side, liquidation)
    assert abs(within - liquidation) >= liquidation * Decimal("0.005")
    assert not is_beyond_liquidation(side, within, liquidation)


@pytest.mark.parametrize(
    ("to", "where"),
    [
        pytest.param(AtTarget(number=0), "57068.4", id="the entry, with the fees of both ways"),
        pytest.param(AtTarget(number=1), "60000", id="target 1"),
        pytest.param(AtTarget(number=3), None, id="a target that the trade does not have"),
        pytest.param(price("56000.04"), "56000.1", id="a price, on the next tick"),
    ],
)
def test_where_a_follow_up_wants_the_stop(to: Price | AtTarget, where: str | None) -> None:
    assert price_of(to, opened(Side.LONG)) == (None if where is None else price(where))


def test_before_anything_filled_there_is_no_breakeven() -> None:
    assert price_of(AtTarget(number=0), ledger()) is None
