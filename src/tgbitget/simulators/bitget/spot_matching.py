"""Spot orders meet the price: executions, and what they do to the purses."""

from __future__ import annotations

from decimal import Decimal

from tgbitget.simulators.bitget.decimals import ZERO, floor_to, money
from tgbitget.simulators.bitget.orders import Execution, Force, Hold, Side, Status
from tgbitget.simulators.bitget.spot_desk import SpotDesk
from tgbitget.simulators.bitget.spot_orders import SpotOrder


def take(desk: SpotDesk, order: SpotOrder) -> None:
    marketable = crosses(desk, order)
    if order.force is Force.POST_ONLY and marketable:
        end(desk, order, "post_only_as_taker")
        return
    limit = desk.liquidity.get(order.symbol)
    short = limit is not None and limit < order.remaining
    if order.force is Force.FOK and (short or not marketable):
        end(desk, order, "not_filled_completely")
        return
    if marketable:
        fill(desk, order, best(desk, order), maker=False)
    if order.live and order.force is Force.IOC:
        end(desk, order, "not_filled_immediately")


def best(desk: SpotDesk, order: SpotOrder) -> Decimal:
    tape = desk.tape(order.symbol)
    return tape.ask if order.side is Side.BUY else tape.bid


def crosses(desk: SpotDesk, order: SpotOrder) -> bool:
    if order.price is None:
        return True
    offered = best(desk, order)
    return order.price >= offered if order.side is Side.BUY else order.price <= offered


def fill(desk: SpotDesk, order: SpotOrder, price: Decimal, *, maker: bool) -> bool:
    pair = desk.pairs[order.symbol]
    size = order.remaining
    if order.in_quote:
        size = floor_to(size / price, pair.step)
    limit = desk.liquidity.get(order.symbol)
    if limit is not None:
        size = min(size, limit)
        desk.liquidity[order.symbol] = limit - size
    if size <= ZERO:
        if order.in_quote and limit is None:
            _finish(desk, order)
        return False
    spent, got = desk.purse(pair.quote), desk.purse(pair.base)
    worth = size * price
    rate = pair.maker_rate if maker else pair.taker_rate
    if order.side is Side.BUY:
        # A limit buy froze its own price; what a better one saves goes back.
        held = worth if order.in_quote or order.price is None else size * order.price
        fee, fee_coin = money(size * rate), pair.base
        spent.frozen -= held
        spent.available += held - worth
        got.available += size - fee
        order.frozen -= held
    else:
        fee, fee_coin = money(worth * rate), pair.quote
        got.frozen -= size
        order.frozen -= size
        spent.available += worth - fee
    order.filled += size
    order.quote_filled += worth
    order.fee += fee
    order.status = Status.PARTIAL if order.remaining else Status.FILLED
    fill = Execution(
        id=desk.next_id(),
        order_id=order.id,
        client_id=order.client_id,
        symbol=order.symbol,
        side=order.side,
        hold=Hold.NET,
        closing=False,
        size=size,
        price=price,
        fee=fee,
        profit=ZERO,
        maker=maker,
        market=order.market,
        at=desk.now(),
        product="spot",
        fee_coin=fee_coin,
    )
    desk.executions.append(fill)
    if order.in_quote and order.remaining < pair.step * price:
        _release(desk, order)
        order.status = Status.FILLED
    desk.note_order(order, fill)
    desk.note_balance(pair.base, pair.quote)
    return True


def _finish(desk: SpotDesk, order: SpotOrder) -> None:
    """A market buy whose rest buys no further step: what is left goes back."""
    _release(desk, order)
    order.status = Status.FILLED if order.filled else Status.CANCELED
    desk.note_order(order)


def end(desk: SpotDesk, order: SpotOrder, reason: str) -> None:
    _release(desk, order)
    order.status, order.cancel_reason = Status.CANCELED, reason
    desk.note_order(order)
    pair = desk.pairs[order.symbol]
    desk.note_balance(pair.quote if order.side is Side.BUY else pair.base)


def _release(desk: SpotDesk, order: SpotOrder) -> None:
    pair = desk.pairs[order.symbol]
    purse = desk.purse(pair.quote if order.side is Side.BUY else pair.base)
    purse.frozen -= order.frozen
    purse.available += order.frozen
    order.frozen = ZERO
