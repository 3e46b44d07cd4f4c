"""An order meets the price: executions, and what they do to position, balance and other orders."""

from __future__ import annotations

from decimal import Decimal

from tgbitget.simulators.bitget import presets
from tgbitget.simulators.bitget.decimals import ZERO, money
from tgbitget.simulators.bitget.desk import Desk
from tgbitget.simulators.bitget.orders import (
    LIQUIDATION,
    Execution,
    Force,
    Order,
    Side,
    Status,
)
from tgbitget.simulators.bitget.positions import Position, closed


def crosses(desk: Desk, order: Order) -> bool:
    if order.market or order.price is None:
        return True
    tape = desk.tape(order.symbol)
    return order.price >= tape.ask if order.side is Side.BUY else order.price <= tape.bid


def take(desk: Desk, order: Order) -> bool:
    """A new order takes what the market offers at once; whether anything was traded."""
    if order.force is Force.POST_ONLY and crosses(desk, order):
        cancel(desk, order, "post_only_as_taker")
        return False
    if not crosses(desk, order):
        if order.force in {Force.IOC, Force.FOK}:
            cancel(desk, order, "not_filled_immediately")
        return False
    offered = _offered(desk, order)
    if order.force is Force.FOK and offered < order.remaining:
        cancel(desk, order, "not_filled_completely")
        return False
    tape = desk.tape(order.symbol)
    price = tape.ask if order.side is Side.BUY else tape.bid
    traded = _fill(desk, order, offered, price, maker=False)
    if order.live and order.force is Force.IOC:
        cancel(desk, order, "not_filled_immediately")
    return traded


def make(desk: Desk, order: Order) -> bool:
    """A resting order is met: at its own price; the rest of a market order at the market's."""
    if not crosses(desk, order):
        return False
    if order.price is None or order.market:
        return take(desk, order)
    return _fill(desk, order, _offered(desk, order), order.price, maker=True)


def cancel(desk: Desk, order: Order, reason: str) -> None:
    order.status = Status.CANCELED
    order.cancel_reason = reason
    desk.note_order(order)


def _offered(desk: Desk, order: Order) -> Decimal:
    """How much can be traded now: all of it, unless liquidity was limited on cue."""
    if order.closing:
        position = desk.position(order.symbol, order.hold)
        held = position.size if position and position.long == order.long_side else ZERO
        wanted = min(order.remaining, held)
    else:
        wanted = order.remaining
    limit = desk.liquidity.get(order.symbol)
    return wanted if limit is None else min(wanted, limit)


def _fill(desk: Desk, order: Order, size: Decimal, price: Decimal, *, maker: bool) -> bool:
    if size <= ZERO:
        return False
    if order.symbol in desk.liquidity:
        desk.liquidity[order.symbol] -= size
    contract = desk.contracts[order.symbol]
    fee = money(size * price * (contract.maker_rate if maker else contract.taker_rate))
    profit, touched = _book(desk, order, size, price, fee)
    order.filled += size
    order.quote_filled += size * price
    order.fee += fee
    order.profit += profit
    order.status = Status.PARTIAL if order.remaining else Status.FILLED
    fill = Execution(
        id=desk.next_id(),
        order_id=order.id,
        client_id=order.client_id,
        symbol=order.symbol,
        side=order.side,
        hold=order.hold,
        closing=order.closing,
        size=size,
        price=price,
        fee=fee,
        profit=profit,
        maker=maker,
        market=order.market,
        at=desk.now(),
        forced=order.source == LIQUIDATION,
    )
    desk.executions.append(fill)
    desk.ledger.realised += profit
    desk.ledger.fees += fee
    desk.note_order(order, fill)
    for position in touched:
        desk.note_position(position)
        if not position.size:
            presets.vanish(desk, position)
    presets.after_fill(desk, order)
    if order.live and order.closing and not desk.position(order.symbol, order.hold):
        cancel(desk, order, "position_closed")
    trim_closers(desk, order.symbol)
    desk.note_balance()
    return True


def _book(
    desk: Desk, order: Order, size: Decimal, price: Decimal, fee: Decimal
) -> tuple[Decimal, list[Position]]:
    """Move the position; a one-way order may close one and open its opposite."""
    key = (order.symbol, order.hold)
    position = desk.positions.get(key)
    opening_long = order.side is Side.BUY
    opens = not order.closing and (position is None or position.long == opening_long)
    touched: list[Position] = []
    profit, left = ZERO, size
    if position is not None and not opens:
        part = min(size, position.size)
        profit = position.reduce(part, price)
        position.close_fees += money(fee * part / size)
        left -= part
        touched.append(position)
        if not position.size:
            del desk.positions[key]
            desk.history.append(closed(position, desk.now()))
            position = None
    if left and not order.closing:
        if position is None:
            position = _fresh(desk, order, long=opening_long)
            desk.positions[key] = position
        position.enlarge(left, price)
        position.open_fees += money(fee * left / size)
        order.opened += left
        touched.append(position)
    return profit, touched


def _fresh(desk: Desk, order: Order, *, long: bool) -> Position:
    return Position(
        id=desk.next_id(),
        symbol=order.symbol,
        hold=order.hold,
        long=long,
        margin_mode=order.margin_mode,
        leverage=order.leverage,
        opened_at=desk.now(),
        updated_at=desk.now(),
    )


def trim_closers(desk: Desk, symbol: str, room_for: Decimal = ZERO) -> None:
    """One-way: reduce-only orders that exceed the position go, the oldest first."""
    closers = [o for o in desk.resting(symbol) if o.closing and not o.market]
    for hold in {order.hold for order in closers}:
        mine = sorted((o for o in closers if o.hold is hold), key=lambda o: o.sequence)
        position = desk.position(symbol, hold)
        held = (position.size if position else ZERO) - room_for
        while mine and sum((o.remaining for o in mine), ZERO) > max(held, ZERO):
            if len(mine) == 1 and held > ZERO and not room_for:
                mine[0].size = mine[0].filled + held
                desk.note_order(mine[0])
                break
            cancel(desk, mine.pop(0), "reduce_only_exceeds_position")
