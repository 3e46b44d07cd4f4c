"""Whose an order is, its derived id tells; what a position is made of, its fills since it was last flat."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tgbitget.model.ids import SignalId, VenueOrderId, client_order_id
from tgbitget.model.intent import Side
from tgbitget.model.money import Price, Quantity
from tgbitget.model.order import Fill, OrderStatus, VenueOrder
from tgbitget.model.plan import OrderSide
from tgbitget.positions.left_behind import LeftBehind, still_open

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
