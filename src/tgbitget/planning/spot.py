"""What is otherwise on spot: coins are bought with money that is there, and each purchase must be sellable at its stop. Pure."""

from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from tgbitget.model.market import Market
from tgbitget.model.money import Price, Quantity, exact
from tgbitget.model.plan import OrderPlan, Refused
from tgbitget.model.position import Account

_SLIP = Decimal("1.05")
"""How far below its stop a sale may happen: Bitget judges the minimum by the price of that moment [assumed]."""
_ONE = Decimal(1)
_CENT = Decimal("0.01")


def sellable(market: Market, stop: Price) -> Market:
    """The market with a minimum that, once the fee has been taken in coins, can still be sold at *stop*.

    A purchase below it would have no stop: Bitget would refuse the sale when it is due.
    """
    if stop <= 0:
        return market
    kept = _ONE - market.taker_fee
    by_value = market.min_notional * _SLIP / stop
    least = max(market.min_quantity, by_value) / kept
    steps = (least / market.step).to_integral_value(ROUND_CEILING)
    return replace(market, min_quantity=Quantity(steps * market.step))


def unaffordable(plan: OrderPlan, cost: Decimal, account: Account | None) -> Refused | None:
    """Every entry that rests locks its money at once; one that Bitget would refuse is not planned."""
    if account is None or cost <= account.available:
        return None
    coin = plan.market.quote
    return Refused(
        rule="balance",
        reason=f"{exact(cost.quantize(_CENT))} {coin} asked, {exact(account.available.quantize(_CENT))} {coin} "
        "are free in the spot account",
    )
