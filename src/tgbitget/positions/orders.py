"""The orders that follow a fill: stops, take profits, closes. Pure: each is a complete leg with a derived id."""

from dataclasses import dataclass, replace
from decimal import Decimal

from tgbitget.model.ids import client_order_id
from tgbitget.model.money import Price, Quantity, ceil_to, floor_to
from tgbitget.model.plan import Leg, OrderPlan, OrderSide, OrderType, Role
from tgbitget.model.trade import Quote
from tgbitget.positions.ledger import WantedTarget


def stop_leg(
    plan: OrderPlan,
    *,
    user_id: str,
    price: Price,
    replacement: int,
    amount: Quantity | None = None,
) -> Leg:
    """*amount* None: a stop for the whole position, whatever its size becomes; it takes the place of the one before."""
    return _exit_leg(
        plan,
        "stop",
        Role.STOP,
        user_id=user_id,
        replacement=replacement,
        amount=amount,
        trigger=price,
    )


def trailing_leg(
    plan: OrderPlan,
    *,
    user_id: str,
    amount: Quantity,
    trigger: Price,
    percent: Decimal,
    replacement: int,
) -> Leg:
    """Beside the stop: from *trigger* on the venue follows the best price at a distance of *percent*."""
    leg = _exit_leg(
        plan,
        "trailing",
        Role.STOP,
        user_id=user_id,
        replacement=replacement,
        amount=amount,
        trigger=trigger,
    )
    return replace(leg, trail_percent=percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetForm:
    """How a take profit leaves: by default at market when its price is reached, or resting there, or trailing from there."""

    rests: bool = False
    trail_percent: Decimal | None = None


SOLD_THERE = TargetForm()


def target_leg(
    plan: OrderPlan,
    wanted: WantedTarget,
    form: TargetForm = SOLD_THERE,
    *,
    user_id: str,
    replacement: int,
    trigger: Price | None = None,
) -> Leg:
    """*trigger* is where one that trails begins to; without it, at the target's price."""
    leg = _exit_leg(
        plan,
        f"target-{wanted.number}",
        Role.TAKE_PROFIT,
        user_id=user_id,
        replacement=replacement,
        amount=wanted.amount,
        trigger=trigger or wanted.price,
    )
    if form.rests:
        return replace(leg, type=OrderType.LIMIT, price=wanted.price, trigger_price=None)
    return replace(leg, trail_percent=form.trail_percent)


def activation(plan: OrderPlan, wanted: Price, quote: Quote | None) -> Price:
    """Where an order begins to trail: *wanted*, or the next tick that the market has yet to reach."""
    sign, tick = plan.side.sign, plan.market.tick
    if quote is None or (wanted - quote.price) * sign > 0:
        return wanted
    to_tick = ceil_to if sign > 0 else floor_to
    return Price(to_tick(quote.price, tick) + sign * tick)


def close_leg(
    plan: OrderPlan, key: str, *, user_id: str, amount: Quantity | None, replacement: int
) -> Leg:
    """At market, never opening the other way; `amount` None closes all."""
    return _exit_leg(
        plan,
        f"close-{key}",
        Role.CLOSE,
        user_id=user_id,
        replacement=replacement,
        amount=amount,
        trigger=None,
    )


def _exit_leg(
    plan: OrderPlan,
    name: str,
    role: Role,
    *,
    user_id: str,
    replacement: int,
    amount: Quantity | None,
    trigger: Price | None,
) -> Leg:
    # A close keeps its number whatever came before: what a post asked for once is not closed a second time.
    number = replacement if role is Role.CLOSE else plan.exits_from + replacement
    oid = client_order_id(user_id=user_id, signal=plan.signal, leg=name, replacement=number)
    return Leg(
        signal=plan.signal,
        name=name,
        client_oid=oid,
        role=role,
        symbol=plan.market.symbol,
        side=OrderSide.closing(plan.side),
        position_side=plan.side,
        type=OrderType.MARKET if trigger is None else OrderType.TRIGGER,
        amount=amount,
        trigger_price=trigger,
        reduce_only=True,
        trigger_by=plan.trigger_by,
        replacement=replacement,
    )
