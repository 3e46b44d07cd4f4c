"""Request bodies: which endpoint a leg goes to and what it says there. Pure; numbers go out as the leg has them."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tgbitget.errors import VenueRejected
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Quantity, exact
from tgbitget.model.plan import Leg, OrderSide, OrderType, Role, TriggerBy
from tgbitget.model.position import VenueStop

Body = dict[str, Any]

PRODUCT_TYPE = "USDT-FUTURES"
MARGIN_COIN = "USDT"


class Endpoint(StrEnum):
    """Where a leg is sent; each has a limit of its own at Bitget."""

    ORDER = "order"
    PLAN = "plan"
    """Trigger entries (`normal_plan`)."""
    GUARD = "guard"
    """Stops and targets of a position (`place-tpsl-order`)."""


class PlanType(StrEnum):
    TRIGGER = "normal_plan"
    POSITION_STOP = "pos_loss"
    POSITION_TARGET = "pos_profit"
    SIZED_STOP = "loss_plan"
    SIZED_TARGET = "profit_plan"
    TRAILING = "moving_plan"


_TRIGGER_TYPES = {TriggerBy.MARK: "mark_price", TriggerBy.LAST: "fill_price"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a futures order must fit at the venue."""

    is_hedged: bool
    margin_mode: MarginMode


def trigger_type(by: TriggerBy) -> str:
    return _TRIGGER_TYPES[by]


def endpoint_of(leg: Leg) -> Endpoint:
    if leg.type is not OrderType.TRIGGER:
        return Endpoint.ORDER
    return Endpoint.PLAN if leg.role is Role.ENTRY else Endpoint.GUARD


def is_closing(leg: Leg) -> bool:
    return leg.reduce_only or leg.role is not Role.ENTRY


def plan_type_of(leg: Leg) -> PlanType:
    """The kind of plan order; a cancel or a query that names another kind finds nothing."""
    if leg.trail_percent is not None:
        return PlanType.TRAILING
    match leg.role, leg.amount:
        case Role.ENTRY, _:
            return PlanType.TRIGGER
        case Role.STOP, None:
            return PlanType.POSITION_STOP
        case Role.STOP, _:
            return PlanType.SIZED_STOP
        case _, None:
            return PlanType.POSITION_TARGET
        case _:
            return PlanType.SIZED_TARGET


def check_exact(leg: Leg, market: Market) -> None:
    """Refuse what the venue would round: nothing here is rounded silently."""
    _check_multiple(leg, "amount", leg.amount, market.step)
    for name, price in (
        ("price", leg.price),
        ("trigger_price", leg.trigger_price),
        ("stop_loss", leg.stop_loss),
    ):
        _check_multiple(leg, name, price, market.tick)


def _check_multiple(leg: Leg, name: str, value: Decimal | None, step: Decimal) -> None:
    if value is not None and value % step:
        raise VenueRejected(
            f"{leg.name}: {name} must be a multiple of {exact(step)}, was {exact(value)}"
        )


# futures


def contract(market: Market) -> Body:
    return {"symbol": market.id, "productType": PRODUCT_TYPE, "marginCoin": MARGIN_COIN}


def margin_mode_word(mode: MarginMode) -> str:
    return "crossed" if mode is MarginMode.CROSS else "isolated"


def _direction(leg: Leg, *, is_hedged: bool) -> Body:
    """In hedge mode `side` is the position's, also for what closes it."""
    if is_hedged:
        side = OrderSide.opening(leg.position_side)
        return {"side": str(side), "tradeSide": "Close" if is_closing(leg) else "Open"}
    reduces: Body = {"reduceOnly": "YES"} if is_closing(leg) else {}
    return {"side": str(leg.side), **reduces}


def futures_order(leg: Leg, market: Market, terms: Terms, *, amount: Quantity) -> Body:
    """Market and limit orders, the stop of an entry in the same request."""
    body: Body = {
        **contract(market),
        "marginMode": margin_mode_word(terms.margin_mode),
        "orderType": "limit" if leg.type is OrderType.LIMIT else "market",
        "force": "post_only" if leg.post_only else "GTC",
        "size": exact(amount),
        "clientOid": leg.client_oid,
        **_direction(leg, is_hedged=terms.is_hedged),
    }
    if leg.type is OrderType.LIMIT and leg.price is not None:
        body["price"] = exact(leg.price)
    if leg.stop_loss is not None:
        body["presetStopLossPrice"] = exact(leg.stop_loss)
    return body


def refuse_locking(leg: Leg, *, is_hedged: bool) -> None:
    """In hedge mode a close at market, a stop's too, takes only what no resting close has locked."""
    if is_hedged and leg.role is Role.TAKE_PROFIT and endpoint_of(leg) is Endpoint.ORDER:
        raise VenueRejected(
            f"NotSupported: {leg.name}: a target that rests locks its share of the position in hedge mode, "
            "where a stop could not close it"
        )


def futures_plan(leg: Leg, market: Market, terms: Terms) -> Body:
    """A trigger entry; its stop becomes the stop of the order that it bears."""
    assert leg.trigger_price is not None
    assert leg.amount is not None
    body: Body = {
        **contract(market),
        "planType": str(PlanType.TRIGGER),
        "marginMode": margin_mode_word(terms.margin_mode),
        "orderType": "market" if leg.price is None else "limit",
        "size": exact(leg.amount),
        "triggerPrice": exact(leg.trigger_price),
        "triggerType": trigger_type(leg.trigger_by),
        "clientOid": leg.client_oid,
        **_direction(leg, is_hedged=terms.is_hedged),
    }
    if leg.price is not None:
        body |= {"price": exact(leg.price), "executePrice": exact(leg.price)}
    if leg.stop_loss is not None:
        body |= {
            "stopLossTriggerPrice": exact(leg.stop_loss),
            "stopLossTriggerType": trigger_type(leg.trigger_by),
        }
    return body


def futures_guard(leg: Leg, market: Market, terms: Terms) -> Body:
    """A stop or target: of the whole position (a second one replaces it in place), sized, or trailing."""
    assert leg.trigger_price is not None
    body: Body = {
        **contract(market),
        "planType": str(plan_type_of(leg)),
        "triggerPrice": exact(leg.trigger_price),
        "triggerType": trigger_type(leg.trigger_by),
        "holdSide": hold_side(leg.position_side, is_hedged=terms.is_hedged),
        "clientOid": leg.client_oid,
    }
    if leg.amount is not None:
        body["size"] = exact(leg.amount)
    if leg.trail_percent is not None:
        return {**body, "rangeRate": exact(leg.trail_percent)}  # always at market
    if leg.price is not None:
        body["executePrice"] = exact(leg.price)
    return body


def hold_side(side: Side, *, is_hedged: bool) -> str:
    return str(side) if is_hedged else str(OrderSide.opening(side))


def futures_cancel(leg: Leg, market: Market) -> Body:
    if endpoint_of(leg) is Endpoint.ORDER:
        return {**contract(market), "clientOid": leg.client_oid}
    return {
        **contract(market),
        "planType": str(plan_type_of(leg)),
        "orderIdList": [{"clientOid": leg.client_oid}],
    }


def futures_cancel_stop(stop: VenueStop, market: Market) -> Body:
    """By the venue's own id: what it made out of an attached stop has no other."""
    kind = PlanType.POSITION_STOP if stop.amount is None else PlanType.SIZED_STOP
    return {
        **contract(market),
        "planType": str(kind),
        "orderIdList": [{"orderId": stop.venue_order_id}],
    }


def futures_amend(leg: Leg, amended: Leg, market: Market) -> Body:
    """Another attached stop. A resting order is replaced under the amended leg's id, a plan order keeps its own."""
    assert amended.stop_loss is not None
    body: Body = {**contract(market), "clientOid": leg.client_oid}
    stop = exact(amended.stop_loss)
    if endpoint_of(leg) is Endpoint.PLAN:
        return {
            **body,
            "planType": str(PlanType.TRIGGER),
            "newStopLossTriggerPrice": stop,
            "newStopLossTriggerType": trigger_type(leg.trigger_by),
        }
    return {**body, "newClientOid": amended.client_oid, "newPresetStopLossPrice": stop}


def is_spot(market: Market) -> bool:
    return market.product is Product.SPOT
