"""What the venue's live stops say of one trade."""

from dataclasses import replace

import pytest

from positions.trades import MARKET, fill, ledger, plan, price, quantity
from tgbitget.model.ids import ClientOrderId, VenueOrderId
from tgbitget.model.intent import Side
from tgbitget.model.order import OrderStatus, Placed
from tgbitget.model.plan import Leg, OrderSide
from tgbitget.model.position import StopKind, VenueStop
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.orders import stop_leg
from tgbitget.positions.stops_seen import StopsSeen, covered_by, in_the_way, stops_seen

WHOLE, SIZED = StopKind.POSITION_STOP, StopKind.SIZED_STOP


def guarded(*, amount: str | None = None) -> tuple[Ledger, Leg]:
    """A long of 0.01 whose stop of ours stands at 55000."""
    book = ledger(replace(plan(), sizes_stop=amount is not None))
    book.note_fill(fill("1", OrderSide.BUY, "0.01", "57000", oid=book.plan.entries[0].client_oid))
    leg = stop_leg(
        book.plan,
        user_id="u",
        price=price("55000"),
        replacement=0,
        amount=None if amount is None else quantity(amount),
    )
    book.add_legs((leg,))
    book.note_placement(Placed(client_oid=leg.client_oid, venue_order_id=VenueOrderId("v-stop")))
    return book, leg


def stop(
    at: str = "55000",
    *,
    amount: str | None = None,
    kind: StopKind | None = None,
    oid: str | None = None,
    side: Side = Side.LONG,
    symbol: str = MARKET.symbol,
) -> VenueStop:
    return VenueStop(
        venue_order_id=VenueOrderId(f"v-{at}"),
        symbol=symbol,
        position_side=side,
        kind=kind or (WHOLE if amount is None else SIZED),
        trigger_price=price(at),
        amount=None if amount is None else quantity(amount),
        client_oid=None if oid is None else ClientOrderId(oid),
    )


def seen(book: Ledger, *stops: VenueStop) -> StopsSeen:
    return stops_seen(book, stops, is_older=lambda _: True)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param((), id="nothing"),
        pytest.param((stop(side=Side.SHORT),), id="on the wrong side"),
        pytest.param((stop(symbol="ETH/USDT:USDT"),), id="of another coin"),
        pytest.param((stop(kind=StopKind.POSITION_TARGET),), id="a target"),
        pytest.param((stop(amount="0.01"),), id="of an amount only"),
    ],
)
def test_a_stop_of_the_position_is_missing(other: tuple[VenueStop, ...]) -> None:
    book, leg = guarded()
    assert seen(book, *other).gone == (leg,)


def test_a_stop_younger_than_the_question_is_not_missed() -> None:
    book, _ = guarded()
    assert stops_seen(book, (), is_older=lambda _: False) == StopsSeen()


@pytest.mark.parametrize("at", ["54000", "56000"])
def test_a_stop_at_another_price_was_moved_whatever_its_id(at: str) -> None:
    book, leg = guarded()
    assert [(one, found.trigger_price) for one, found in seen(book, stop(at)).moved] == [
        (leg, price(at))
    ]


def test_a_sized_stop_is_known_by_its_id_and_missed_when_too_small() -> None:
    book, leg = guarded(amount="0.01")
    small = stop(amount="0.004", oid=leg.client_oid)
    assert [(one, found.amount) for one, found in seen(book, small).moved] == [
        (leg, quantity("0.004"))
    ]
    assert seen(book, stop(amount="0.01", oid="somebody")).gone == (leg,)


def test_a_stop_that_counted_as_gone_and_lives_is_found() -> None:
    book, leg = guarded(amount="0.01")
    book.end(leg.client_oid, OrderStatus.CANCELLED)
    (found,) = seen(book, stop(amount="0.01", oid=leg.client_oid)).found
    assert found[0] == leg


@pytest.mark.parametrize(
    ("at", "amount", "oid", "is_attached"),
    [
        pytest.param("55000", "0.01", None, True, id="at the entry's stop, of what filled"),
        pytest.param("55000", "0.01", "130001", True, id="with an id of the venue's own"),
        pytest.param("55000", "0.02", None, False, id="of more than filled"),
        pytest.param("54000", "0.01", None, False, id="at a price that was never ours"),
        pytest.param("55000", "0.01", "tgabc", False, id="of another trade of ours"),
    ],
)
def test_which_stops_our_entries_brought(
    at: str, amount: str, oid: str | None, *, is_attached: bool
) -> None:
    book, _ = guarded()
    assert bool(seen(book, stop(), stop(at, amount=amount, oid=oid)).attached) is is_attached


def test_what_entries_brought_is_in_the_way_of_a_moved_stop_and_of_a_shared_position() -> None:
    attached = (stop(amount="0.01"),)
    alone, _ = guarded()
    shared, _ = guarded(amount="0.01")
    assert in_the_way(alone, attached) == []
    assert in_the_way(shared, attached) == list(attached)
    alone.stop = price("56000")
    assert in_the_way(alone, attached) == list(attached)


def test_a_stop_beyond_the_liquidation_covers_nothing() -> None:
    stops = [stop("55000", amount="0.01"), stop("52000", amount="0.02")]
    assert covered_by(stops, side=Side.LONG, liquidation=None) == quantity("0.03")
    assert covered_by(stops, side=Side.LONG, liquidation=price("53000")) == quantity("0.01")
    assert covered_by(stops, side=Side.SHORT, liquidation=price("53000")) == quantity("0.02")
