"""Whose an order is, its derived id tells; what a position is made of, its fills since it was last flat."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tgbitget.model.ids import ClientOrderId, SignalId, VenueOrderId, client_order_id
from tgbitget.model.intent import Side
from tgbitget.model.money import Price, Quantity
from tgbitget.model.order import Fill, OrderStatus, VenueOrder
from tgbitget.model.plan import OrderSide, OrderType, Role
from tgbitget.model.position import StopKind, VenueStop
from tgbitget.positions.left_behind import COINS, CROWDED, OVER, LeftBehind
from tgbitget.positions.opened import still_open

BTC = "BTC/USDT:USDT"
SIGNAL = SignalId("-100/7")
BUY, SELL = OrderSide.BUY, OrderSide.SELL


def order(name: str, replacement: int = 0, signal: SignalId = SIGNAL) -> VenueOrder:
    oid = client_order_id(user_id="42", signal=signal, leg=name, replacement=replacement)
    return VenueOrder(
        venue_order_id=VenueOrderId(f"{name}/{replacement}"),
        client_oid=oid,
        symbol=BTC,
        side=BUY,
        status=OrderStatus.LIVE,
        amount=Quantity(Decimal(1)),
        price=Price(Decimal(100)),
    )


def fill(number: int, side: OrderSide, amount: int, position: Side | None) -> Fill:
    return Fill(
        trade_id=str(number),
        venue_order_id=VenueOrderId(f"order-{number}"),
        symbol=BTC,
        side=side,
        amount=Quantity(Decimal(amount)),
        price=Price(Decimal(100)),
        fee=Decimal(0),
        fee_coin="USDT",
        at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
        position_side=position,
    )


def test_a_post_finds_its_orders_whatever_number_they_have_and_no_others() -> None:
    strange = order("entry-1", signal=SignalId("-100/8"))
    left = LeftBehind(
        user_id="42", entries=[order("entry-1"), order("entry-3", replacement=4), strange]
    )
    found = left.of(SIGNAL)
    assert found is not None
    assert [(e.name, e.replacement) for e in found.entries] == [("entry-1", 0), ("entry-3", 4)]
    left.claim(found)
    assert left.of(SIGNAL) is None
    assert left.resting == (strange,)


def test_another_accounts_post_has_no_orders_here() -> None:
    assert LeftBehind(user_id="43", entries=[order("entry-1")]).of(SIGNAL) is None


@pytest.mark.parametrize("named", [True, False], ids=["the side is told", "the side is not told"])
@pytest.mark.parametrize(
    ("trades", "expected"),
    [
        pytest.param([(BUY, 2), (SELL, 1)], {"order-0"}, id="a part is left"),
        pytest.param([(BUY, 2), (SELL, 2), (BUY, 1)], {"order-2"}, id="the one before is over"),
        pytest.param([(BUY, 2), (BUY, 1)], {"order-0", "order-1"}, id="two orders"),
        pytest.param([(BUY, 2), (SELL, 2)], set(), id="flat"),
    ],
)
def test_the_orders_of_what_is_open(
    trades: list[tuple[OrderSide, int]], expected: set[str], *, named: bool
) -> None:
    side = Side.LONG if named else None
    fills = [fill(number, *trade, side) for number, trade in enumerate(trades)]
    assert still_open(fills) == expected


# positions, and what stands beside them

SPOT = "BTC/USDT"


def stop(
    side: Side, kind: StopKind = StopKind.POSITION_STOP, *, oid: ClientOrderId | None = None
) -> VenueStop:
    return VenueStop(
        venue_order_id=VenueOrderId(f"{side} {kind}"),
        symbol=BTC,
        position_side=side,
        kind=kind,
        trigger_price=Price(Decimal(90)),
        amount=None,
        client_oid=oid,
    )


def named(name: str) -> ClientOrderId:
    return client_order_id(user_id="42", signal=SIGNAL, leg=name)


def test_of_two_sides_the_one_that_is_claimed_leaves_the_other_held() -> None:
    short = replace(order("entry-1", signal=SignalId("-100/8")), side=SELL)
    left = LeftBehind(
        user_id="42",
        entries=[order("entry-1"), short],
        stops=[stop(Side.LONG)],
        held=[(BTC, Side.LONG), (BTC, Side.SHORT), ("ETH/USDT:USDT", Side.LONG)],
    )
    found = left.of(SIGNAL)
    assert found is not None
    left.claim(found)
    assert left.held == left.bare == {(BTC, Side.SHORT)}
    assert left.foreign == {"ETH/USDT:USDT"}


@pytest.mark.parametrize(
    ("stops", "bare"),
    [
        pytest.param([], True, id="no stop"),
        pytest.param([stop(Side.SHORT)], True, id="the other side's"),
        pytest.param([stop(Side.LONG, StopKind.SIZED_TARGET)], True, id="a target"),
        pytest.param([stop(Side.LONG, StopKind.SIZED_STOP)], False, id="somebody's"),
        pytest.param([stop(Side.LONG, oid=named("stop"))], False, id="ours"),
    ],
)
def test_a_position_is_bare_that_no_stop_guards(stops: list[VenueStop], *, bare: bool) -> None:
    left = LeftBehind(
        user_id="42", entries=[order("entry-1")], stops=stops, held=[(BTC, Side.LONG)]
    )
    assert bool(left.bare) is bare


def test_what_the_journal_knows_is_not_left_behind() -> None:
    known = order("entry-1")
    assert known.client_oid is not None
    left = LeftBehind(
        user_id="42",
        entries=[known],
        ended=[known],
        stops=[stop(Side.LONG, oid=named("stop"))],
        known=[known.client_oid, named("stop")],
    )
    assert left.of(SIGNAL) is None
    assert not left.symbols


@pytest.mark.parametrize(
    ("beside", "why_not"),
    [
        pytest.param({}, None, id="nobody there"),
        pytest.param({(BTC, Side.LONG): True}, None, id="one with a stop of its own amount"),
        pytest.param({(BTC, Side.LONG): False}, CROWDED, id="one with a stop of all"),
        pytest.param({(BTC, Side.SHORT): False}, None, id="one on the other side"),
    ],
)
def test_beside_another_trade_there_is_room_where_stops_are_of_amounts(
    beside: dict[tuple[str, Side], bool], why_not: str | None
) -> None:
    left = LeftBehind(user_id="42", entries=[order("entry-1")], beside=beside).of(SIGNAL)
    assert left is not None
    assert left.why_not == why_not


def test_stops_of_ours_beside_a_trade_are_told_until_they_are_claimed() -> None:
    left = LeftBehind(
        user_id="42",
        entries=[order("entry-1")],
        stops=[stop(Side.LONG, StopKind.SIZED_STOP, oid=named("stop"))],
        beside={(BTC, Side.LONG): True},
    )
    assert left.beside == {BTC}
    found = left.of(SIGNAL)
    assert found is not None
    left.claim(found)
    assert not left.beside


@pytest.mark.parametrize(
    ("status", "filled"), [(OrderStatus.FILLED, 1), (OrderStatus.CANCELLED, 0)], ids=str
)
def test_what_has_ended_says_so_and_is_not_led(status: OrderStatus, filled: int) -> None:
    over = replace(order("entry-2"), status=status, filled=Quantity(Decimal(filled)))
    left = LeftBehind(user_id="42", ended=[over]).of(SIGNAL)
    assert left is not None
    assert left.why_not == OVER
    assert not left.exits


def spot(name: str, side: OrderSide = BUY, *, filled: int = 0) -> VenueOrder:
    return replace(order(name), symbol=SPOT, side=side, filled=Quantity(Decimal(filled)))


@pytest.mark.parametrize(
    ("standing", "why_not"),
    [
        pytest.param({"entries": [spot("entry-1")]}, None, id="an entry that rests"),
        pytest.param({"entries": [spot("entry-1", filled=1)]}, COINS, id="a part has filled"),
        pytest.param(
            {"entries": [spot("entry-2")], "ended": [spot("entry-1", filled=1)]},
            COINS,
            id="another has filled",
        ),
        pytest.param(
            {"entries": [spot("entry-2")], "rests": [spot("stop", SELL)]}, COINS, id="a stop stands"
        ),
        pytest.param(
            {"ended": [spot("entry-1", filled=1)], "rests": [spot("stop", SELL)]},
            COINS,
            id="all has filled, and a stop stands",
        ),
        pytest.param({"ended": [spot("entry-1", filled=1)]}, OVER, id="nothing stands any more"),
    ],
)
def test_a_spot_trade_is_led_on_only_before_it_buys(
    standing: dict[str, list[VenueOrder]], why_not: str | None
) -> None:
    left = LeftBehind(
        user_id="42",
        entries=standing.get("entries", []),
        rests=standing.get("rests", []),
        ended=standing.get("ended", []),
    )
    found = left.of(SIGNAL)
    assert found is not None
    assert found.why_not == why_not
    assert left.coins == ({SPOT} if "rests" in standing else set())


# parts that were closed


def closed(post: int, tries: int = 0, signal: SignalId = SIGNAL) -> VenueOrder:
    return replace(
        order(f"close-{post}", tries, signal),
        side=SELL,
        status=OrderStatus.FILLED,
        filled=Quantity(Decimal(1)),
        reduce_only=True,
        price=None,
    )


def test_what_later_posts_had_closed_of_a_trade_comes_with_it() -> None:
    left = LeftBehind(
        user_id="42",
        entries=[order("entry-1")],
        closes=[closed(9), closed(12, tries=2), closed(13, signal=SignalId("-100/8"))],
    )
    found = left.of(SIGNAL)
    assert found is not None
    assert [(leg.name, leg.replacement, leg.role, leg.type) for leg in found.exits] == [
        ("close-9", 0, Role.CLOSE, OrderType.MARKET),
        ("close-12", 2, Role.CLOSE, OrderType.MARKET),
    ]
    assert (found.stops, found.live_targets) == ((), ())


def test_of_a_trade_that_the_journal_knows_later_orders_are_its_own() -> None:
    left = LeftBehind(
        user_id="42",
        stops=[stop(Side.LONG, oid=named("stop"))],
        closes=[closed(9)],
        beside={(BTC, Side.LONG): False},
    )
    assert left.beside
    found = left.of_known(SIGNAL, BTC, Side.LONG)
    assert [leg.name for leg in found.exits] == ["stop", "close-9"]
    left.claim(found)
    assert not left.beside
    assert not left.of_known(SIGNAL, BTC, Side.LONG).exits


def test_a_stop_of_the_whole_position_stands_in_a_list_of_orders_with_no_amount() -> None:
    whole = replace(
        order("stop", 1), amount=Quantity(Decimal(0)), price=None, trigger_price=Price(Decimal(90))
    )
    (leg,) = LeftBehind(user_id="42", rests=[whole]).of_known(SIGNAL, BTC, Side.LONG).exits
    assert (leg.role, leg.amount, leg.trigger_price) == (Role.STOP, None, Decimal(90))
