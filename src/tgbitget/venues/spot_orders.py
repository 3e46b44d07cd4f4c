"""Request bodies of the spot market. Pure; numbers go out as the leg has them.

Everything that waits for a price is a plan order here, stops too: spot knows no stops of positions. A plan order holds
no coins until it fires [assumed], so that a stop and a sale may stand side by side.
"""

from decimal import ROUND_FLOOR, Decimal

from tgbitget.errors import VenueRejected
from tgbitget.model.intent import Side
from tgbitget.model.market import Market
from tgbitget.model.money import Price, Quantity, exact
from tgbitget.model.plan import Leg, OrderSide, OrderType
from tgbitget.venues.orders import Body

LAST_PRICE = "fill_price"  # spot has no mark price
_COST_STEP = Decimal("0.01")  # spot's quote precision is never coarser


def is_plan(leg: Leg) -> bool:
    return leg.type is OrderType.TRIGGER


def refuse(leg: Leg) -> None:
    """What no spot order can say. VenueRejected."""
    if leg.stop_loss is not None:
        raise VenueRejected(
            f"NotSupported: {leg.name}: Bitget's spot market takes no stop with an order, "
            f"was {exact(leg.stop_loss)}"
        )
    if leg.position_side is Side.SHORT:
        raise VenueRejected(f"NotSupported: {leg.name}: nothing can be sold short on spot")
    if leg.amount is None:
        raise VenueRejected(f"NotSupported: {leg.name}: on spot a close needs an amount")


def order(leg: Leg, market: Market, *, reference: Price | None) -> Body:
    """Market and limit orders. A market buy is sized in quote coins: the amount at the *reference* price."""
    assert leg.amount is not None
    body: Body = {
        "symbol": market.id,
        "side": str(leg.side),
        "orderType": "limit" if leg.type is OrderType.LIMIT else "market",
        "force": "post_only" if leg.post_only else "GTC",
        "size": exact(leg.amount),
        "clientOid": leg.client_oid,
    }
    if leg.type is OrderType.LIMIT and leg.price is not None:
        body["price"] = exact(leg.price)
    elif needs_reference(leg):
        assert reference is not None
        body["size"] = exact(cost(leg.amount, reference))
    return body


def needs_reference(leg: Leg) -> bool:
    return leg.type is OrderType.MARKET and leg.side is OrderSide.BUY


def cost(amount: Quantity, reference: Price) -> Decimal:
    """What *amount* costs, never more."""
    spent = (amount * reference / _COST_STEP).to_integral_value(ROUND_FLOOR) * _COST_STEP
    assert spent <= amount * reference
    return spent


def plan(leg: Leg, market: Market) -> Body:
    """Buys of a trigger entry, sells of a stop."""
    assert leg.trigger_price is not None
    assert leg.amount is not None
    is_market_buy = leg.price is None and leg.side is OrderSide.BUY
    size = cost(leg.amount, leg.trigger_price) if is_market_buy else leg.amount
    body: Body = {
        "symbol": market.id,
        "side": str(leg.side),
        "orderType": "market" if leg.price is None else "limit",
        "planType": "total" if is_market_buy else "amount",
        "size": exact(size),
        "triggerPrice": exact(leg.trigger_price),
        "triggerType": LAST_PRICE,
        "clientOid": leg.client_oid,
    }
    if leg.price is not None:
        body["executePrice"] = exact(leg.price)
    return body


def amend(amended: Leg) -> Body:
    """Another trigger and size for a sell that waits; it keeps its client id."""
    assert amended.trigger_price is not None
    assert amended.amount is not None
    assert amended.side is OrderSide.SELL, "a buy at market is sized in quote coins"
    return {
        "clientOid": amended.client_oid,
        "orderType": "market",
        "triggerPrice": exact(amended.trigger_price),
        "size": exact(amended.amount),
    }


def cancel(leg: Leg, market: Market) -> Body:
    if is_plan(leg):
        return {"clientOid": leg.client_oid}
    return {"symbol": market.id, "clientOid": leg.client_oid}
