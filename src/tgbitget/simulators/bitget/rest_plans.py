"""Private endpoints about futures trigger orders, stops and targets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tgbitget.simulators.bitget import wire_futures
from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.futures import PlanChange
from tgbitget.simulators.bitget.orders import (
    Hold,
    HoldMode,
    MarginMode,
    Plan,
    PlanKind,
    TriggerBy,
)
from tgbitget.simulators.bitget.params import Params, page
from tgbitget.simulators.bitget.plans import GuardRequest, PlanRequest
from tgbitget.simulators.bitget.refusals import Refusal
from tgbitget.simulators.bitget.rest_orders import direction
from tgbitget.simulators.bitget.routes import Handler, Visitor

Row = dict[str, Any]
PERCENT = Decimal(100)
GUARDS = {kind for kind in PlanKind if kind.guards_position}
RATE_MAX = Decimal(10)


def place_plan(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    params.usdt_margin()
    symbol = params.need("symbol").upper()
    exchange.desk.contract(symbol)
    kind = params.choice("planType", PlanKind)
    if kind.guards_position:
        raise Refusal("40020", "planType")
    side, hold, closing = direction(exchange.desk, params)
    limit = params.need("orderType").lower() == "limit"
    price = params.positive("executePrice") or params.positive("price")
    if limit and price is None:
        raise Refusal("400172", "price")
    plan = exchange.futures.place_plan(
        PlanRequest(
            kind=kind,
            symbol=symbol,
            side=side,
            size=params.need_decimal("size"),
            trigger=params.need_decimal("triggerPrice"),
            by=params.choice("triggerType", TriggerBy),
            hold=hold,
            closing=closing,
            execute_price=price if limit else None,
            margin_mode=params.choice("marginMode", MarginMode),
            client_id=params.text("clientOid"),
            callback=_rate(params, "callbackRatio") if kind is PlanKind.TRACK else None,
            stop=params.positive("stopLossTriggerPrice"),
            stop_execute=params.positive("stopLossExecutePrice"),
            target=params.positive("stopSurplusTriggerPrice"),
            target_execute=params.positive("stopSurplusExecutePrice"),
            preset_by=params.choice("stopLossTriggerType", TriggerBy, TriggerBy.LAST),
        )
    )
    return names(plan)


def _rate(params: Params, name: str) -> Decimal:
    rate = params.need_decimal(name)
    if not 0 < rate <= RATE_MAX:
        raise Refusal("40020", name)
    return rate / PERCENT


def place_guard(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    params.usdt_margin()
    kind = params.choice("planType", PlanKind)
    if not kind.guards_position:
        raise Refusal("40020", "planType")
    hold, long = _held(exchange, params)
    plan = exchange.futures.guard(
        GuardRequest(
            kind=kind,
            symbol=params.need("symbol").upper(),
            hold=hold,
            long=long,
            trigger=params.need_decimal("triggerPrice"),
            by=params.choice("triggerType", TriggerBy, TriggerBy.LAST),
            size=params.decimal("size"),
            execute_price=params.positive("executePrice"),
            client_id=params.text("clientOid"),
            callback=_rate(params, "rangeRate") if kind is PlanKind.MOVING else None,
        )
    )
    return names(plan)


def _held(exchange: Exchange, params: Params) -> tuple[Hold, bool]:
    """`holdSide`: buy or sell in one-way mode, long or short in hedge mode."""
    side = params.need("holdSide").lower()
    if exchange.desk.hold_mode is HoldMode.ONE_WAY:
        if side not in {"buy", "sell"}:
            raise Refusal("43011", "holdSide")
        return Hold.NET, side == "buy"
    if side not in {"long", "short"}:
        raise Refusal("43011", "holdSide")
    return Hold(side), side == "long"


def guard_position(exchange: Exchange, params: Params, _: Visitor) -> Any:
    """Stop and target of a whole position in one request."""
    params.futures()
    params.usdt_margin()
    hold, long = _held(exchange, params)
    requests = [
        GuardRequest(
            kind=kind,
            symbol=params.need("symbol").upper(),
            hold=hold,
            long=long,
            trigger=trigger,
            by=params.choice(f"{prefix}TriggerType", TriggerBy, TriggerBy.LAST),
            execute_price=_execute(params, f"{prefix}ExecutePrice"),
            client_id=params.text(f"{prefix}ClientOid"),
        )
        for kind, prefix in (
            (PlanKind.POSITION_PROFIT, "stopSurplus"),
            (PlanKind.POSITION_LOSS, "stopLoss"),
        )
        if (trigger := params.positive(f"{prefix}TriggerPrice")) is not None
    ]
    if not requests:
        raise Refusal("400172", "stopLossTriggerPrice")
    return [names(exchange.futures.guard(request)) for request in requests]


def _execute(params: Params, name: str) -> Decimal | None:
    """Here, unlike elsewhere, a price of zero is refused: for market it is left out."""
    price = params.decimal(name)
    if price is not None and price <= 0:
        raise Refusal("40020", name)
    return price


def modify_plan(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    rate = params.positive("newCallbackRatio")
    return _modify(
        exchange,
        params,
        PlanChange(
            size=params.positive("newSize"),
            trigger=params.positive("newTriggerPrice"),
            execute_price=params.positive("newPrice"),
            callback=None if rate is None else rate / PERCENT,
            stop=params.positive("newStopLossTriggerPrice"),
            target=params.positive("newStopSurplusTriggerPrice")
            or params.positive("newSurplusTriggerPrice"),
        ),
    )


def modify_guard(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    params.usdt_margin()
    rate = params.positive("rangeRate")
    return _modify(
        exchange,
        params,
        PlanChange(
            size=params.positive("size"),
            trigger=params.need_decimal("triggerPrice"),
            execute_price=params.positive("executePrice"),
            callback=None if rate is None else rate / PERCENT,
        ),
    )


def _modify(exchange: Exchange, params: Params, change: PlanChange) -> Row:
    symbol = params.text("symbol").upper()
    ids = params.text("orderId"), params.text("clientOid")
    if not symbol:
        plan = exchange.desk.plan(*ids)
        symbol = plan.symbol if plan else ""
    return names(exchange.futures.modify_plan(symbol, *ids, change))


def cancel(exchange: Exchange, params: Params, _: Visitor) -> Any:
    """Of another plan type, nothing is found and nothing is said: empty lists."""
    params.futures()
    symbol = params.text("symbol").upper() or None
    kinds = _kinds(params.text("planType") or PlanKind.NORMAL.value)
    rows = params.rows("orderIdList")
    if not rows:
        found = exchange.futures.cancel_plans(symbol, kinds)
        return {"successList": [names(plan) for plan in found], "failureList": []}
    done = [
        exchange.futures.cancel_plan(symbol, kinds, row.text("orderId"), row.text("clientOid"))
        for row in rows
    ]
    return {"successList": [names(plan) for plan in done if plan], "failureList": []}


def _kinds(name: str) -> set[PlanKind]:
    if name == "profit_loss":
        return GUARDS
    try:
        return {PlanKind(name)}
    except ValueError as error:
        raise Refusal("40020", "planType") from error


def pending(exchange: Exchange, params: Params, _: Visitor) -> Any:
    return _listing(exchange, params, live=True)


def history(exchange: Exchange, params: Params, _: Visitor) -> Any:
    return _listing(exchange, params, live=False)


def _listing(exchange: Exchange, params: Params, *, live: bool) -> Row:
    params.futures()
    kinds = _kinds(params.need("planType"))
    wanted = (params.text("orderId"), params.text("clientOid"))
    rows = [
        wire_futures.plan_row(plan)
        for plan in exchange.desk.plans.values()
        if plan.kind in kinds
        and plan.live == live
        and wanted[0] in {"", plan.id}
        and wanted[1] in {"", plan.client_id}
    ]
    chosen = page(rows, params, id_of="orderId")
    return {"entrustedList": chosen or None, "endId": chosen[-1]["orderId"] if chosen else None}


def names(plan: Plan) -> Row:
    return {"orderId": plan.id, "clientOid": plan.client_id}


ORDER = "/api/v2/mix/order"
ROUTES: dict[str, Handler] = {
    f"POST {ORDER}/place-plan-order": place_plan,
    f"POST {ORDER}/place-tpsl-order": place_guard,
    f"POST {ORDER}/place-pos-tpsl": guard_position,
    f"POST {ORDER}/modify-plan-order": modify_plan,
    f"POST {ORDER}/modify-tpsl-order": modify_guard,
    f"POST {ORDER}/cancel-plan-order": cancel,
    f"GET {ORDER}/orders-plan-pending": pending,
    f"GET {ORDER}/orders-plan-history": history,
}
