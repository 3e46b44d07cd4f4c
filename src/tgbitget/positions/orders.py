"""The orders that follow a fill: stops, take profits, closes. Pure: each is a complete leg with a derived id."""

from tgbitget.model.ids import client_order_id
from tgbitget.model.money import Price, Quantity
from tgbitget.model.plan import Leg, OrderPlan, OrderSide, OrderType, Role
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


def target_leg(plan: OrderPlan, wanted: WantedTarget, *, user_id: str, replacement: int) -> Leg:
    return _exit_leg(
        plan,
        f"target-{wanted.number}",
        Role.TAKE_PROFIT,
        user_id=user_id,
        replacement=replacement,
        amount=wanted.amount,
        trigger=wanted.price,
    )


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
    oid = client_order_id(user_id=user_id, signal=plan.signal, leg=name, replacement=replacement)
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
        replacement=replacement,
    )
