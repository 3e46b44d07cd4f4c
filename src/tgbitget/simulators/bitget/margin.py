"""What the account is worth, what it may still use, and where it would be liquidated."""

from __future__ import annotations

from decimal import Decimal

from tgbitget.simulators.bitget.decimals import ONE, ZERO, money
from tgbitget.simulators.bitget.desk import Desk
from tgbitget.simulators.bitget.orders import Hold, HoldMode, MarginMode, Order
from tgbitget.simulators.bitget.positions import Position, isolated_liquidation_price


def mark(desk: Desk, symbol: str) -> Decimal:
    return desk.tape(symbol).mark


def unrealised(desk: Desk, mode: MarginMode | None = None) -> Decimal:
    return sum(
        (
            position.unrealised(mark(desk, position.symbol))
            for position in desk.positions.values()
            if mode in {None, position.margin_mode}
        ),
        ZERO,
    )


def equity(desk: Desk) -> Decimal:
    return desk.ledger.balance + unrealised(desk)


def position_margin(desk: Desk, mode: MarginMode | None = None) -> Decimal:
    return sum(
        (p.margin for p in desk.positions.values() if mode in {None, p.margin_mode}),
        ZERO,
    )


def opening_size(desk: Desk, order: Order) -> Decimal:
    """What of an order's remainder would open a position: none of it when it closes one."""
    if order.closing:
        return ZERO
    if desk.hold_mode is HoldMode.HEDGE:
        return order.remaining
    position = desk.position(order.symbol, Hold.NET)
    return _beyond(position, long=order.long_side, size=order.remaining)


def _beyond(position: Position | None, *, long: bool, size: Decimal) -> Decimal:
    if position is None or position.long == long:
        return size
    return max(ZERO, size - position.size)


def cost(desk: Desk, order: Order, price: Decimal) -> Decimal:
    """Margin and fee that opening the remainder of an order takes."""
    notional = opening_size(desk, order) * price
    rate = desk.contracts[order.symbol].taker_rate
    return money(notional / order.leverage + notional * rate)


def frozen(desk: Desk) -> Decimal:
    """What resting orders hold."""
    total = ZERO
    for orders in desk.live_orders.values():
        for order in orders.values():
            price = order.price if order.price is not None else desk.tape(order.symbol).ask
            total += cost(desk, order, price)
    return total


def free(desk: Desk) -> Decimal:
    """May be negative while losses eat into the margin in use."""
    cross = unrealised(desk, MarginMode.CROSSED)
    return desk.ledger.balance + cross - position_margin(desk) - frozen(desk)


def available(desk: Desk) -> Decimal:
    return max(ZERO, free(desk))


def cross_equity(desk: Desk) -> Decimal:
    """What stands behind crossed positions: all but the margin of isolated ones."""
    isolated = position_margin(desk, MarginMode.ISOLATED)
    return desk.ledger.balance - isolated + unrealised(desk, MarginMode.CROSSED)


def cross_maintenance(desk: Desk, without: Position | None = None) -> Decimal:
    return sum(
        (
            p.maintenance(mark(desk, p.symbol), desk.contracts[p.symbol].maintenance_rate)
            for p in desk.positions.values()
            if p.margin_mode is MarginMode.CROSSED and p is not without
        ),
        ZERO,
    )


def liquidation_price(desk: Desk, position: Position) -> Decimal:
    """Zero where no price would do it."""
    rate = desk.contracts[position.symbol].maintenance_rate
    if position.margin_mode is MarginMode.ISOLATED:
        return isolated_liquidation_price(position, rate)
    level_now = mark(desk, position.symbol)
    others = cross_equity(desk) - position.unrealised(level_now)
    others -= cross_maintenance(desk, without=position)
    if position.long:
        level = (position.entry * position.size - others) / (position.size * (ONE - rate))
    else:
        level = (position.entry * position.size + others) / (position.size * (ONE + rate))
    return max(level, ZERO)
