"""Trigger orders, stops and targets: how they are made, changed, fired."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tgbitget.simulators.bitget import checks, entry, matching
from tgbitget.simulators.bitget.decimals import ONE
from tgbitget.simulators.bitget.desk import Desk
from tgbitget.simulators.bitget.entry import OrderRequest
from tgbitget.simulators.bitget.orders import (
    Hold,
    HoldMode,
    MarginMode,
    Plan,
    PlanKind,
    PlanStatus,
    Side,
    TriggerBy,
)
from tgbitget.simulators.bitget.positions import Position
from tgbitget.simulators.bitget.prices import Tape
from tgbitget.simulators.bitget.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """A normal or trailing trigger order, which opens or closes."""

    kind: PlanKind
    symbol: str
    side: Side
    size: Decimal
    trigger: Decimal
    by: TriggerBy
    hold: Hold = Hold.NET
    closing: bool = False
    execute_price: Decimal | None = None
    margin_mode: MarginMode | None = None
    client_id: str = ""
    callback: Decimal | None = None
    stop: Decimal | None = None
    stop_execute: Decimal | None = None
    target: Decimal | None = None
    target_execute: Decimal | None = None
    preset_by: TriggerBy = TriggerBy.MARK


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRequest:
    """A stop or target of a position; `long` is the position's side."""

    kind: PlanKind
    symbol: str
    hold: Hold
    long: bool
    trigger: Decimal
    by: TriggerBy
    size: Decimal | None = None
    execute_price: Decimal | None = None
    client_id: str = ""
    callback: Decimal | None = None


def price_of(tape: Tape, by: TriggerBy) -> Decimal:
    return tape.mark if by is TriggerBy.MARK else tape.last


def place(desk: Desk, request: PlanRequest) -> Plan:
    contract, tape = desk.contract(request.symbol), desk.tape(request.symbol)
    checks.client_id(request.client_id)
    if (request.hold is not Hold.NET) != (desk.hold_mode is HoldMode.HEDGE):
        raise Refusal("40774")
    settings = desk.settings_of(request.symbol)
    if request.margin_mode not in {None, settings.margin_mode}:
        raise Refusal("45117")
    checks.price(contract, request.trigger, "triggerPrice")
    checks.size(contract, request.size, market=request.execute_price is None)
    if request.execute_price is not None:
        checks.price(contract, request.execute_price, "executePrice")
    if not request.closing:
        checks.notional(contract, request.size, request.execute_price or request.trigger)
        checks.presets(
            contract,
            tape,
            long=request.side is Side.BUY,
            entry=request.execute_price or request.trigger,
            stop=request.stop,
            target=request.target,
        )
    return _write(
        desk,
        Plan(
            id=desk.next_id(),
            client_id=request.client_id,
            kind=request.kind,
            symbol=request.symbol,
            side=request.side,
            hold=request.hold,
            closing=request.closing,
            size=request.size,
            trigger=request.trigger,
            by=request.by,
            fires_above=request.trigger >= price_of(tape, request.by),
            execute_price=request.execute_price,
            margin_mode=settings.margin_mode,
            created_at=desk.now(),
            updated_at=desk.now(),
            callback=request.callback,
            stop=request.stop,
            stop_execute=request.stop_execute,
            target=request.target,
            target_execute=request.target_execute,
            preset_by=request.preset_by,
            sequence=desk.count,
        ),
    )


def guard(desk: Desk, request: GuardRequest) -> Plan:
    """A stop or target. One of the whole position replaces the one before it, in place."""
    contract, tape = desk.contract(request.symbol), desk.tape(request.symbol)
    checks.client_id(request.client_id)
    position = desk.position(request.symbol, request.hold)
    if position is None or position.long != request.long:
        raise Refusal("40891")
    checks.price(contract, request.trigger, "triggerPrice")
    if request.execute_price is not None:
        checks.price(contract, request.execute_price, "executePrice")
    if not request.kind.whole_position:
        if request.size is None:
            raise Refusal("40017", "size")
        checks.size(contract, request.size, market=request.execute_price is None)
    if request.kind is PlanKind.MOVING:
        _check_moving(desk, request)
    checks.guard(request.kind, request.trigger, price_of(tape, request.by), long=request.long)
    if request.kind.whole_position:
        for plan in desk.waiting(request.symbol):
            if plan.kind is request.kind and plan.hold is request.hold:
                plan.trigger, plan.by = request.trigger, request.by
                plan.execute_price = request.execute_price
                if request.client_id:
                    desk.claim(request.client_id, plan.id)
                    plan.client_id = request.client_id
                desk.note_plan(plan)
                return plan
    return _write(desk, _guard_plan(desk, request, position))


def _check_moving(desk: Desk, request: GuardRequest) -> None:
    """What trails sells at market, always."""
    if request.execute_price is not None:
        raise Refusal("40020", "executePrice")
    if desk.rules.moving_plans_refused:
        raise Refusal(desk.rules.moving_plans_refused)


def _guard_plan(desk: Desk, request: GuardRequest, position: Position) -> Plan:
    if request.kind is PlanKind.MOVING:
        fires_above = request.trigger >= price_of(desk.tape(request.symbol), request.by)
    else:
        fires_above = request.long == request.kind.takes_profit
    return Plan(
        id=desk.next_id(),
        client_id=request.client_id,
        kind=request.kind,
        symbol=request.symbol,
        side=Side.SELL if request.long else Side.BUY,
        hold=request.hold,
        closing=True,
        size=None if request.kind.whole_position else request.size,
        trigger=request.trigger,
        by=request.by,
        fires_above=fires_above,
        execute_price=request.execute_price,
        margin_mode=position.margin_mode,
        created_at=desk.now(),
        updated_at=desk.now(),
        callback=request.callback,
        sequence=desk.count,
    )


def _write(desk: Desk, plan: Plan) -> Plan:
    if plan.client_id:
        desk.claim(plan.client_id, plan.id)
    else:
        plan.client_id = plan.id
    desk.note_plan(plan)
    return plan


def cancel(desk: Desk, plan: Plan) -> None:
    plan.status = PlanStatus.CANCELED
    desk.note_plan(plan)


def level(plan: Plan) -> tuple[Decimal, bool]:
    """The price at which a plan acts next, and whether it does at or above it."""
    if plan.callback is None or plan.best is None:
        return plan.trigger, plan.fires_above
    # An activated trailing plan sells below its best price, and buys above it.
    falls = plan.side is Side.SELL
    factor = ONE - plan.callback if falls else ONE + plan.callback
    return plan.best * factor, not falls


def due(desk: Desk, plan: Plan) -> bool:
    """Whether a plan fires now; a trailing one first gets going and follows its best price."""
    price = price_of(desk.tape(plan.symbol), plan.by)
    threshold, above = level(plan)
    reached = price >= threshold if above else price <= threshold
    if plan.callback is None or plan.best is not None:
        return reached
    if reached:
        plan.best = price
        desk.note_plan(plan)
    return False


def follow(desk: Desk, plan: Plan) -> None:
    if plan.best is not None:
        price = price_of(desk.tape(plan.symbol), plan.by)
        plan.best = max(plan.best, price) if plan.side is Side.SELL else min(plan.best, price)


def fire(desk: Desk, plan: Plan) -> None:
    """The trigger was reached: the plan becomes an order, or fails."""
    request = _order_of(desk, plan)
    if request is None:
        cancel(desk, plan)
        return
    plan.status = PlanStatus.EXECUTED
    try:
        if not plan.closing:
            entry.check(desk, request)
        order = entry.accept(desk, request, source=_source(plan))
    except Refusal as refusal:
        plan.status, plan.failure = PlanStatus.FAILED, refusal.code
        desk.note_plan(plan)
        return
    plan.execute_order_id = order.id
    desk.note_plan(plan)
    matching.take(desk, order)


def _order_of(desk: Desk, plan: Plan) -> OrderRequest | None:
    position = desk.position(plan.symbol, plan.hold)
    size = plan.size
    if plan.closing:
        if position is None or position.long == (plan.side is Side.BUY):
            return None
        size = position.size if size is None else min(size, position.size)
    assert size is not None, f"plan {plan.id} opens a position and has no size"
    return OrderRequest(
        symbol=plan.symbol,
        side=plan.side,
        size=size,
        hold=plan.hold,
        closing=plan.closing,
        price=plan.execute_price,
        stop=plan.stop,
        stop_execute=plan.stop_execute,
        target=plan.target,
        target_execute=plan.target_execute,
        trigger_by=plan.preset_by if plan.stop or plan.target else None,
    )


def _source(plan: Plan) -> str:
    kind = "market" if plan.execute_price is None else "limit"
    names = {
        PlanKind.NORMAL: f"plan_{kind}",
        PlanKind.TRACK: f"trailing_{kind}",
        PlanKind.POSITION_LOSS: f"pos_loss_{kind}",
        PlanKind.POSITION_PROFIT: f"pos_profit_{kind}",
        PlanKind.LOSS: f"loss_{kind}",
        PlanKind.PROFIT: f"profit_{kind}",
        PlanKind.MOVING: f"move_{kind}",
    }
    return names[plan.kind]


def check_change(
    desk: Desk,
    plan: Plan,
    trigger: Decimal,
    size: Decimal | None,
    execute_price: Decimal | None,
) -> None:
    """Refuse what a new plan of this kind would be refused for."""
    contract = desk.contract(plan.symbol)
    checks.price(contract, trigger, "triggerPrice")
    if execute_price is not None:
        checks.price(contract, execute_price, "executePrice")
    if size is not None and not plan.kind.whole_position:
        checks.size(contract, size, market=execute_price is None)
    if plan.kind.guards_position:
        price = price_of(desk.tape(plan.symbol), plan.by)
        checks.guard(plan.kind, trigger, price, long=plan.side is Side.SELL)
