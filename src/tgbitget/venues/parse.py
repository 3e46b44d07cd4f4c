"""Bitget's rows become orders, stops and fills. Pure; a row that cannot be read raises ValueError, which names it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from tgbitget.model.funding import Funding
from tgbitget.model.ids import ClientOrderId, VenueOrderId
from tgbitget.model.intent import Side
from tgbitget.model.market import Product
from tgbitget.model.money import NOTHING, Price, Quantity
from tgbitget.model.order import Fill, OrderStatus, VenueOrder
from tgbitget.model.plan import OrderSide
from tgbitget.model.position import StopKind, VenueStop
from tgbitget.venues.listing import Listing

Row = Mapping[str, Any]
T = TypeVar("T")

_STATUSES = {
    "init": OrderStatus.LIVE,
    "new": OrderStatus.LIVE,
    "live": OrderStatus.LIVE,
    "not_trigger": OrderStatus.LIVE,
    "executing": OrderStatus.LIVE,
    "partially_filled": OrderStatus.PARTLY_FILLED,
    "filled": OrderStatus.FILLED,
    "full_fill": OrderStatus.FILLED,
    "executed": OrderStatus.FILLED,
    "triggered": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELLED,
    "cancelled": OrderStatus.CANCELLED,
    "cancel": OrderStatus.CANCELLED,
    "fail_trigger": OrderStatus.CANCELLED,
    "fail_execute": OrderStatus.CANCELLED,
    "failed": OrderStatus.CANCELLED,
    "rejected": OrderStatus.CANCELLED,
}

STOP_KINDS = {
    "pos_loss": StopKind.POSITION_STOP,
    "pos_profit": StopKind.POSITION_TARGET,
    "loss_plan": StopKind.SIZED_STOP,
    "profit_plan": StopKind.SIZED_TARGET,
    "moving_plan": StopKind.TRAILING,
    # as the WebSocket abbreviates them
    "psl": StopKind.POSITION_STOP,
    "ptp": StopKind.POSITION_TARGET,
    "sl": StopKind.SIZED_STOP,
    "tp": StopKind.SIZED_TARGET,
    "mtpsl": StopKind.TRAILING,
}
# How Bitget says that it closed a position itself: liquidated, reduced, unwound against another's, settled at delisting.
_FORCED = ("burst", "reduce_", "adl", "offset", "delivery")
WHOLE_POSITION = frozenset({StopKind.POSITION_STOP, StopKind.POSITION_TARGET})


def each(parse: Callable[[Row], T], rows: Iterable[Row]) -> tuple[T, ...]:
    """All rows parsed; ValueError names the first that cannot be."""
    parsed: list[T] = []
    for row in rows:
        try:
            parsed.append(parse(row))
        except (KeyError, TypeError, InvalidOperation, ValueError) as error:
            raise ValueError(f"unreadable row ({error!r}): {dict(row)!r:.300}") from error
    return tuple(parsed)


def order(row: Row, listing: Listing, product: Product) -> VenueOrder:
    """A plain order, of REST or a push. A spot market buy's amount is in quote coins until it is final."""
    average = _positive(row.get("priceAvg"))
    filled = _quantity(row, "accBaseVolume", "baseVolume")
    status = status_of(row)
    amount = _amount(row)
    if _is_sized_in_quote(row, product) and status.is_final:
        amount = filled
    return VenueOrder(
        venue_order_id=VenueOrderId(str(row["orderId"])),
        client_oid=_client_oid(row),
        symbol=listing.symbol_of(product, _market_id(row)),
        side=traded_side(row),
        status=status,
        amount=amount,
        filled=filled,
        average=None if average is None else Price(average),
        price=_price(row, "price"),
        stop_loss=_price(row, "presetStopLossPrice"),
        reduce_only=is_closing(row),
    )


def open_spot_order(row: Row, listing: Listing) -> VenueOrder:
    """In the list of open spot orders `priceAvg` is the limit price, and `basePrice` the average."""
    turned = {**row, "price": row.get("priceAvg"), "priceAvg": row.get("basePrice")}
    return order(turned, listing, Product.SPOT)


def plan_order(row: Row, listing: Listing, product: Product) -> VenueOrder:
    """A plan order itself. Triggered, it counts as filled with nothing filled: what traded is the order it bore."""
    kind = STOP_KINDS.get(str(row.get("planType")))
    execute = _price(row, "executePrice")
    return VenueOrder(
        venue_order_id=VenueOrderId(str(row["orderId"])),
        client_oid=_client_oid(row),
        symbol=listing.symbol_of(product, _market_id(row)),
        side=traded_side(row),
        status=status_of(row),
        amount=_amount(row),
        price=execute,
        trigger_price=_price(row, "triggerPrice"),
        stop_loss=_price(row, "stopLossTriggerPrice"),
        reduce_only=kind is not None or is_closing(row),
        is_failed=_status_word(row).startswith("fail"),
    )


def adopted(child: VenueOrder, plan: VenueOrder) -> VenueOrder:
    """The order that a plan bore, under the plan's client id: what traded for the leg that sent the plan."""
    return replace(child, client_oid=plan.client_oid, parent=plan.venue_order_id)


def stop(row: Row, listing: Listing) -> VenueStop:
    kind = STOP_KINDS[str(row["planType"])]
    trigger = _price(row, "triggerPrice")
    if trigger is None:
        raise ValueError("a stop without a trigger price")
    return VenueStop(
        venue_order_id=VenueOrderId(str(row["orderId"])),
        client_oid=_client_oid(row),
        symbol=listing.symbol_of(Product.USDT_FUTURES, _market_id(row)),
        position_side=guarded_side(row),
        kind=kind,
        trigger_price=trigger,
        amount=None if kind in WHOLE_POSITION else _amount(row),
    )


def fill(row: Row, listing: Listing, product: Product, *, is_push: bool) -> Fill:
    fee, coin = _fee(row)
    price = _price(row, "price", "priceAvg")
    if price is None:
        raise ValueError("a fill without a price")
    at = moment(row.get("cTime") or row.get("uTime"))
    if at is None:
        raise ValueError("a fill without a time")
    return Fill(
        trade_id=str(row["tradeId"]),
        venue_order_id=VenueOrderId(str(row["orderId"])),
        client_oid=_client_oid(row),
        symbol=listing.symbol_of(product, _market_id(row)),
        side=_fill_side(row, is_push=is_push),
        amount=_quantity(row, "baseVolume", "size"),
        price=price,
        # A fee is negative when paid, but in some spot pushes positive; spot pays no rebates.
        fee=abs(fee) if product is Product.SPOT else -fee,
        fee_coin=coin,
        at=at,
        realised=number(row.get("profit")),
        position_side=_position_side(row, is_push=is_push),
        is_forced=any(word in _trade_side(row) for word in _FORCED),
    )


def funding(row: Row, listing: Listing) -> Funding:
    amount, at = number(row["amount"]), moment(row["cTime"])
    if amount is None or at is None:
        raise ValueError("a bill without an amount or a time")
    return Funding(
        bill_id=str(row["billId"]),
        symbol=listing.symbol_of(Product.USDT_FUTURES, _market_id(row)),
        amount=amount,
        at=at,
    )


def status_of(row: Row) -> OrderStatus:
    word = _status_word(row)
    try:
        return _STATUSES[word]
    except KeyError:
        raise ValueError(f"unknown order status {word!r}") from None


def _status_word(row: Row) -> str:
    return str(row.get("status") or row.get("state") or row.get("planStatus"))


def traded_side(row: Row) -> OrderSide:
    """What is bought or sold. In hedge mode Bitget's side may be the position's, so it is built from the position."""
    position = str(row.get("posSide", ""))
    if position in ("long", "short"):
        side = Side(position)
        return OrderSide.closing(side) if is_closing(row) else OrderSide.opening(side)
    return OrderSide(str(row["side"]).lower())


def guarded_side(row: Row) -> Side:
    """The side of the position that a stop or target guards."""
    position = str(row.get("posSide", ""))
    if position in ("long", "short"):
        return Side(position)
    return Side.LONG if OrderSide(str(row["side"]).lower()) is OrderSide.SELL else Side.SHORT


def is_closing(row: Row) -> bool:
    # close, reduce_close_long, burst_close_short, …
    return "close" in _trade_side(row) or str(row.get("reduceOnly", "")).lower() == "yes"


def number(value: object) -> Decimal | None:
    """Exact; None for what Bitget leaves empty."""
    if value is None or value == "":
        return None
    return Decimal(str(value))


def moment(milliseconds: object) -> datetime | None:
    if not milliseconds:
        return None
    return datetime.fromtimestamp(int(str(milliseconds)) / 1000, UTC)


def is_before(row: Row, since: datetime) -> bool:
    at = moment(row.get("cTime"))
    return at is not None and at < since


def _fill_side(row: Row, *, is_push: bool) -> OrderSide:
    """REST names the position's direction in hedge mode, the push the direction traded."""
    side = OrderSide(str(row["side"]).lower())
    is_turned = not is_push and row.get("posMode") == "hedge_mode" and is_closing(row)
    if not is_turned:
        return side
    return OrderSide.SELL if side is OrderSide.BUY else OrderSide.BUY


def _position_side(row: Row, *, is_push: bool) -> Side | None:
    """In hedge mode, the position that a fill belongs to; None where an account holds one side at a time."""
    if row.get("posMode") != "hedge_mode":
        return None
    traded = _fill_side(row, is_push=is_push)
    opens_long = (traded is OrderSide.BUY) != is_closing(row)
    return Side.LONG if opens_long else Side.SHORT


def _trade_side(row: Row) -> str:
    return str(row.get("tradeSide", "")).lower()


def _fee(row: Row) -> tuple[Decimal, str]:
    detail = row.get("feeDetail")
    parts = detail if isinstance(detail, list) else [detail]
    total, coin = Decimal(0), ""
    for part in parts:
        if isinstance(part, Mapping):
            total += number(part.get("totalFee", part.get("fee"))) or Decimal(0)
            coin = str(part.get("feeCoin") or coin)
    return total, coin


def _market_id(row: Row) -> str:
    return str(row.get("symbol") or row["instId"])


def _client_oid(row: Row) -> ClientOrderId | None:
    text = row.get("clientOid")
    return ClientOrderId(str(text)) if text else None


def _positive(value: object) -> Decimal | None:
    found = number(value)
    return found if found is not None and found > 0 else None


def _price(row: Row, *names: str) -> Price | None:
    found = next((value for name in names if (value := _positive(row.get(name)))), None)
    return None if found is None else Price(found)


def _quantity(row: Row, *names: str) -> Quantity:
    for name in names:
        found = number(row.get(name))
        if found is not None:
            return Quantity(found)
    return NOTHING


def _amount(row: Row) -> Quantity:
    return _quantity(row, "newSize", "size") if "newSize" in row else _quantity(row, "size")


def _is_sized_in_quote(row: Row, product: Product) -> bool:
    return (
        product is Product.SPOT
        and row.get("orderType") == "market"
        and str(row.get("side")).lower() == "buy"
    )
