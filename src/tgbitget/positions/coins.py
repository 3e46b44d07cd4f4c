"""What is otherwise where coins are bought and sold: fees taken in the coin, amounts that can be sold, dust. Pure."""

from datetime import datetime
from decimal import Decimal

from tgbitget.model.ids import VenueOrderId
from tgbitget.model.market import Market, Product
from tgbitget.model.money import NOTHING, Price, Quantity
from tgbitget.model.order import Fill
from tgbitget.model.plan import OrderPlan, OrderSide

_GONE = "gone-"


def is_spot(plan: OrderPlan) -> bool:
    return plan.market.product is Product.SPOT


def coin_fee(fill: Fill, market: Market) -> Decimal:
    """What the venue kept of the coins themselves: spot takes the fee of a purchase so."""
    is_kept = market.product is Product.SPOT and fill.fee_coin.upper() == market.base.upper()
    return fill.fee if is_kept else Decimal(0)


def quote_fee(fill: Fill, market: Market) -> Decimal:
    """The fee in quote coin. One paid in a third coin (Bitget's own) has no price here and is not counted."""
    if fee := coin_fee(fill, market):
        return fee * fill.price
    is_third = market.product is Product.SPOT and fill.fee_coin.upper() not in (
        "",
        market.quote.upper(),
    )
    return Decimal(0) if is_third else fill.fee


def sellable(market: Market, amount: Decimal) -> Quantity:
    """Whole steps, on spot: what is beyond them stays in the account."""
    if market.product is not Product.SPOT:
        return Quantity(amount)
    return market.quantity_down(max(NOTHING, amount))


def part(plan: OrderPlan, held: Quantity, fraction: Decimal, *, stop: Price) -> Quantity:
    """How much of *held* a close of this fraction takes; on spot all of it, where too little to sell would be left."""
    market = plan.market
    wanted = market.quantity_down(held * fraction)
    if not is_spot(plan) or not wanted:
        return wanted
    if not market.is_tradable(wanted, stop) or not market.is_tradable(
        Quantity(held - wanted), stop
    ):
        return held
    return wanted


def is_dust(market: Market, amount: Quantity, price: Price) -> bool:
    """Coins that the venue takes in no order."""
    return amount > 0 and not market.is_tradable(amount, price)


def gone(plan: OrderPlan, amount: Quantity, price: Price, *, at: datetime, count: int) -> Fill:
    """Coins of a trade that left the account without an order of ours, as a fill: so the trade goes on with the rest.

    *price* is what they were sold for, or the entry where nobody knows.
    """
    return Fill(
        trade_id=f"{_GONE}{plan.signal}-{count}",
        venue_order_id=VenueOrderId(""),
        symbol=plan.market.symbol,
        side=OrderSide.closing(plan.side),
        amount=amount,
        price=price,
        fee=Decimal(0),
        fee_coin=plan.market.quote,
        at=at,
    )


def is_gone(fill: Fill) -> bool:
    return fill.trade_id.startswith(_GONE)
