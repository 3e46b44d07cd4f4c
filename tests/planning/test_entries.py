from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from planning.samples import BTC, entry, price, quote
from tgbitget.model.intent import Entry, Side
from tgbitget.model.money import exact
from tgbitget.model.plan import OrderType, Refused
from tgbitget.model.trade import Quote
from tgbitget.planning.entries import Rung, rungs, weighted_entry
from tgbitget.profile import EntrySection

LONG, SHORT = Side.LONG, Side.SHORT


def asked(
    entry_: Entry,
    *,
    side: Side = LONG,
    at: Quote | None = None,
    bound: str | None = None,
    is_rehearsal: bool = True,
    **section: Any,
) -> tuple[Rung, ...] | Refused:
    return rungs(
        entry=entry_,
        side=side,
        market=BTC,
        section=EntrySection.model_validate(section),
        quote=at,
        bound=None if bound is None else price(bound),
        is_rehearsal=is_rehearsal,
    )


def made(entry_: Entry, **inputs: Any) -> tuple[Rung, ...]:
    answer = asked(entry_, **inputs)
    assert not isinstance(answer, Refused), answer
    return answer


def refused(entry_: Entry, **inputs: Any) -> str:
    answer = asked(entry_, **inputs)
    assert isinstance(answer, Refused), answer
    return answer.rule


def prices(of: tuple[Rung, ...]) -> list[str | None]:
    return [None if rung.price is None else exact(rung.price) for rung in of]


@pytest.mark.parametrize(
    ("side", "orders", "expected"),
    [
        pytest.param(LONG, 1, ["57250"], id="one in the middle"),
        pytest.param(LONG, 2, ["57500", "57000"], id="both ends"),
        pytest.param(LONG, 3, ["57500", "57250", "57000"], id="three"),
        pytest.param(LONG, 4, ["57500", "57333.3", "57166.6", "57000"], id="buying rounds down"),
        pytest.param(SHORT, 4, ["57000", "57166.7", "57333.4", "57500"], id="selling rounds up"),
    ],
)
def test_a_zone_becomes_orders_from_the_side_that_the_market_reaches_first(
    side: Side, orders: int, expected: list[str]
) -> None:
    zone = made(entry("zone", "57000", "57500"), side=side, zone_orders=orders)
    assert prices(zone) == expected
    assert {rung.type for rung in zone} == {OrderType.LIMIT}


def test_a_zone_narrower_than_its_orders_has_no_two_at_one_price() -> None:
    assert prices(made(entry("zone", "57000", "57000.1"), zone_orders=4)) == ["57000.1", "57000"]
    assert prices(made(entry("zone", "57000", "57000"), zone_orders=4)) == ["57000"]


def test_a_ladder_keeps_the_posts_order_and_the_split() -> None:
    ladder = made(entry("ladder", "57000", "56000", "55000"), split="fifty-first")
    assert prices(ladder) == ["57000", "56000", "55000"]
    assert [rung.weight for rung in ladder] == [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]
    assert weighted_entry(ladder) == Decimal(56250)


def test_a_rung_without_a_share_is_no_order() -> None:
    ladder = made(entry("ladder", "57000", "56000", "55000"), split="skip-first")
    assert prices(ladder) == ["56000", "55000"]


@pytest.mark.parametrize(
    ("entry_", "side", "at", "types"),
    [
        pytest.param(entry("limit", "57000"), LONG, "57200", "market", id="above, within the band"),
        pytest.param(entry("limit", "57000"), LONG, "57285", "market", id="at the band's end"),
        pytest.param(entry("limit", "57000"), LONG, "57285.1", "limit", id="beyond the band"),
        pytest.param(entry("limit", "57000"), SHORT, "56800", "market", id="a short"),
        pytest.param(entry("zone", "56000", "57000"), LONG, "57000", "market limit", id="a zone"),
        pytest.param(
            entry("ladder", "57000", "55000"), LONG, "57000", "market limit", id="a ladder"
        ),
        pytest.param(
            entry("ladder", "57000", "55000"), LONG, "55000", "limit limit", id="only the first"
        ),
    ],
)
def test_the_first_entry_goes_to_market_inside_the_band(
    entry_: Entry, side: Side, at: str, types: str
) -> None:
    of = made(entry_, side=side, at=quote(at), first_as_market=True, zone_orders=2)
    assert [str(rung.type) for rung in of] == types.split()
    if of[0].type is OrderType.MARKET:
        assert (of[0].price, of[0].expected) == (None, price(at))
    resting = made(entry_, side=side, at=quote(at), first_as_market=False, zone_orders=2)
    assert {rung.type for rung in resting} == {OrderType.LIMIT}


def test_without_a_price_the_first_entry_rests() -> None:
    (rung,) = made(entry("limit", "57000"), first_as_market=True)
    assert rung.type is OrderType.LIMIT


def test_a_market_entry_pays_the_ask_and_gets_the_bid() -> None:
    book = quote("57000", bid="56990", ask="57010")
    (bought,) = made(entry("market"), at=book)
    (sold,) = made(entry("market"), side=SHORT, at=book)
    assert (bought.expected, bought.dearest) == (price("57010"), price("57010"))
    assert (sold.expected, sold.dearest) == (price("56990"), price("57000"))


def test_a_rehearsal_without_prices_takes_the_reference_then_the_bound() -> None:
    (named,) = made(entry("market", "57000"), bound="59200")
    assert named.expected == price("57000")
    (bounded,) = made(entry("market"), bound="59200")
    assert (bounded.expected, bounded.dearest) == (None, price("59200"))
    assert weighted_entry((bounded,)) is None
    assert refused(entry("market")) == "price"


@pytest.mark.parametrize(
    ("entry_", "side"),
    [
        pytest.param(entry("market"), LONG, id="market"),
        pytest.param(entry("market", "57000"), LONG, id="a reference is no price"),
        pytest.param(entry("limit", "57000"), SHORT, id="a short may sell far above its limit"),
        pytest.param(entry("zone", "57000", "57500"), SHORT, id="a short zone"),
    ],
)
def test_what_is_sized_by_the_market_is_not_sent_without_its_price(
    entry_: Entry, side: Side
) -> None:
    assert refused(entry_, side=side, bound="59200", is_rehearsal=False) == "price"


def test_a_long_limit_bounds_its_own_cost() -> None:
    (rung,) = made(entry("limit", "57000"), is_rehearsal=False)
    assert rung.dearest == price("57000")


def test_a_short_below_the_market_costs_the_markets_price() -> None:
    (rung,) = made(entry("limit", "57000"), side=SHORT, at=quote("58000"))
    assert (rung.expected, rung.dearest) == (price("57000"), price("58000"))


@pytest.mark.parametrize(
    ("side", "at", "kind", "trigger"),
    [
        pytest.param(LONG, "56000", OrderType.TRIGGER, "57000.1", id="long, below it"),
        pytest.param(SHORT, "58000", OrderType.TRIGGER, "57000", id="short, above it"),
        pytest.param(LONG, None, OrderType.TRIGGER, "57000.1", id="no price known"),
        pytest.param(LONG, "57100", OrderType.MARKET, None, id="long, just past it"),
        pytest.param(SHORT, "56900", OrderType.MARKET, None, id="short, just past it"),
    ],
)
def test_a_trigger_waits_for_the_break_or_has_just_seen_it(
    side: Side, at: str | None, kind: OrderType, trigger: str | None
) -> None:
    (rung,) = made(entry("trigger", "57000.05"), side=side, at=None if at is None else quote(at))
    assert rung.type is kind
    assert rung.trigger_price == (None if trigger is None else price(trigger))
    assert rung.price is None


@pytest.mark.parametrize(("side", "at"), [(LONG, "58000"), (SHORT, "56000")])
def test_a_trigger_far_behind_the_market_was_missed(side: Side, at: str) -> None:
    assert refused(entry("trigger", "57000"), side=side, at=quote(at)) == "trigger_passed"


def test_a_triggers_second_price_is_its_limit() -> None:
    (rung,) = made(entry("trigger", "57000", "57100"), at=quote("56000"))
    assert (rung.type, rung.trigger_price, rung.price) == (
        OrderType.TRIGGER,
        price("57000"),
        price("57100"),
    )
    assert rung.dearest == price("57100")


@pytest.mark.parametrize("kind", ["limit", "trigger"])
def test_a_price_below_the_smallest_tick_is_none(kind: str) -> None:
    side = LONG if kind == "limit" else SHORT
    assert refused(entry(kind, "0.05"), side=side) == "price_tick"
