"""Attached stops and targets become orders of their own when their entry fills."""

from __future__ import annotations

from decimal import Decimal

from tgbitget.simulators.bitget.decimals import ZERO
from tgbitget.simulators.bitget.desk import Desk
from tgbitget.simulators.bitget.orders import Order, Plan, PlanKind, PlanStatus, Status
from tgbitget.simulators.bitget.positions import Position


def after_fill(desk: Desk, order: Order) -> None:
    """Bring out what the fill has earned: with each fill or at the complete one, as the rules say."""
    if order.presets_lost or (order.stop is None and order.target is None):
        return
    if not desk.rules.presets_with_each_fill and order.status is not Status.FILLED:
        return
    position = desk.position(order.symbol, order.hold)
    if position is None or position.long != order.long_side:
        return  # what it opened was closed meanwhile
    amount = min(order.opened - order.guarded, position.size)
    if amount <= ZERO:
        return
    if desk.rules.presets_lost and not order.guarded:
        desk.rules.presets_lost -= 1
        order.presets_lost = True
        return
    order.guarded = order.opened
    if order.stop is not None:
        _bring(desk, order, PlanKind.LOSS, order.stop, order.stop_execute, amount)
    if order.target is not None:
        _bring(desk, order, PlanKind.PROFIT, order.target, order.target_execute, amount)


def _bring(
    desk: Desk,
    order: Order,
    kind: PlanKind,
    trigger: Decimal,
    execute: Decimal | None,
    amount: Decimal,
) -> None:
    for plan in desk.waiting(order.symbol):
        if plan.parent_order_id == order.id and plan.kind is kind and plan.size is not None:
            plan.size += amount
            desk.note_plan(plan)
            return
    identity = desk.next_id()
    desk.note_plan(
        Plan(
            id=identity,
            client_id=identity,
            kind=kind,
            symbol=order.symbol,
            side=order.side.opposite,
            hold=order.hold,
            closing=True,
            size=amount,
            trigger=trigger,
            by=order.trigger_by or desk.rules.preset_trigger,
            fires_above=order.long_side == kind.takes_profit,
            execute_price=execute,
            margin_mode=order.margin_mode,
            created_at=desk.now(),
            updated_at=desk.now(),
            parent_order_id=order.id,
            sequence=desk.count,
        )
    )


def vanish(desk: Desk, position: Position) -> None:
    """The position is gone: so are its stops and targets, and orders that would close it."""
    for plan in desk.waiting(position.symbol):
        if plan.closing and plan.hold is position.hold:
            plan.status = PlanStatus.CANCELED
            desk.note_plan(plan)
    for order in desk.resting(position.symbol):
        if order.closing and order.hold is position.hold:
            order.status = Status.CANCELED
            order.cancel_reason = "position_closed"
            desk.note_order(order)
