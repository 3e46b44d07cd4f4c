"""Private endpoints of the spot market."""

from __future__ import annotations

from typing import Any

from tgbitget.simulators.bitget import wire_spot
from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.orders import Force, Side, TriggerBy
from tgbitget.simulators.bitget.params import Params, page
from tgbitget.simulators.bitget.refusals import Refusal
from tgbitget.simulators.bitget.rest_orders import BATCH_MAX, refused_row
from tgbitget.simulators.bitget.routes import Handler, Visitor
from tgbitget.simulators.bitget.spot import SpotPlanRequest, SpotRequest
from tgbitget.simulators.bitget.spot_orders import SpotOrder, SpotPlan

Row = dict[str, Any]


def _request(params: Params) -> SpotRequest:
    kind = params.need("orderType").lower()
    if kind not in {"limit", "market"}:
        raise Refusal("40020", "orderType")
    return SpotRequest(
        symbol=params.need("symbol").upper(),
        side=params.choice("side", Side),
        size=params.need_decimal("size"),
        price=params.need_decimal("price") if kind == "limit" else None,
        force=params.choice("force", Force, Force.GTC),
        client_id=params.text("clientOid"),
    )


def place(exchange: Exchange, params: Params, _: Visitor) -> Any:
    return names(exchange.spot.place(_request(params)))


def place_many(exchange: Exchange, params: Params, _: Visitor) -> Any:
    rows = params.rows("orderList")
    if not rows or len(rows) > BATCH_MAX:
        raise Refusal("400172", "orderList")
    done: list[Row] = []
    refused: list[Row] = []
    for row in rows:
        single = Params({"symbol": params.text("symbol"), **row.values})
        try:
            done.append(names(exchange.spot.place(_request(single))))
        except Refusal as refusal:
            refused.append(refused_row("", single.text("clientOid"), refusal))
    return {"successList": done, "failureList": refused}


def replace(exchange: Exchange, params: Params, _: Visitor) -> Any:
    order = exchange.spot.replace(
        params.need("symbol").upper(),
        params.text("orderId"),
        params.text("clientOid"),
        SpotRequest(
            symbol=params.need("symbol").upper(),
            side=Side.BUY,
            size=params.need_decimal("size"),
            price=params.positive("price"),
            client_id=params.text("newClientOid"),
        ),
    )
    return {**names(order), "success": "success", "msg": None}


def cancel(exchange: Exchange, params: Params, _: Visitor) -> Any:
    symbol = params.need("symbol").upper()
    return names(exchange.spot.cancel(symbol, params.text("orderId"), params.text("clientOid")))


def cancel_many(exchange: Exchange, params: Params, _: Visitor) -> Any:
    done: list[Row] = []
    refused: list[Row] = []
    for row in params.rows("orderList"):
        order_id, client_id = row.text("orderId"), row.text("clientOid")
        symbol = row.text("symbol") or params.text("symbol") or None
        try:
            done.append(names(exchange.spot.cancel(symbol, order_id, client_id)))
        except Refusal as refusal:
            refused.append(refused_row(order_id, client_id, refusal))
    return {"successList": done, "failureList": refused}


def cancel_symbol(exchange: Exchange, params: Params, _: Visitor) -> Any:
    symbol = params.need("symbol").upper()
    for order in exchange.spot_desk.resting(symbol):
        exchange.spot.cancel(symbol, order.id)
    return {"symbol": symbol}


def detail(exchange: Exchange, params: Params, visitor: Visitor) -> Any:
    order = exchange.spot_desk.order(params.text("orderId"), params.text("clientOid"))
    if order is None:
        return []
    return [wire_spot.order_row(exchange.spot_desk, order, visitor.user_id)]


def unfilled(exchange: Exchange, params: Params, visitor: Visitor) -> Any:
    rows = [wire_spot.open_order_row(o, visitor.user_id) for o in exchange.spot_desk.resting()]
    return page(rows, params, id_of="orderId")


def history(exchange: Exchange, params: Params, visitor: Visitor) -> Any:
    rows = [
        wire_spot.order_row(exchange.spot_desk, order, visitor.user_id)
        for order in exchange.spot_desk.orders.values()
        if not order.live
    ]
    return page(rows, params, id_of="orderId")


def fills(exchange: Exchange, params: Params, visitor: Visitor) -> Any:
    order_id = params.text("orderId")
    rows = [
        wire_spot.fill_row(fill, visitor.user_id)
        for fill in exchange.spot_desk.executions
        if order_id in {"", fill.order_id}
    ]
    return page(rows, params, id_of="tradeId")


def place_plan(exchange: Exchange, params: Params, _: Visitor) -> Any:
    limit = params.need("orderType").lower() == "limit"
    plan = exchange.spot.place_plan(
        SpotPlanRequest(
            symbol=params.need("symbol").upper(),
            side=params.choice("side", Side),
            size=params.need_decimal("size"),
            in_quote=params.text("planType").lower() == "total",
            trigger=params.need_decimal("triggerPrice"),
            by=params.choice("triggerType", TriggerBy, TriggerBy.LAST),
            execute_price=params.need_decimal("executePrice") if limit else None,
            client_id=params.text("clientOid"),
        )
    )
    return plan_names(plan)


def modify_plan(exchange: Exchange, params: Params, _: Visitor) -> Any:
    plan = exchange.spot.modify_plan(
        params.text("orderId"),
        params.text("clientOid"),
        trigger=params.positive("triggerPrice"),
        size=params.positive("size"),
        execute_price=params.positive("executePrice"),
    )
    return plan_names(plan)


def cancel_plan(exchange: Exchange, params: Params, _: Visitor) -> Any:
    exchange.spot.cancel_plan(params.text("orderId"), params.text("clientOid"))
    return {"result": "success"}


def cancel_plans(exchange: Exchange, params: Params, _: Visitor) -> Any:
    wanted = set(params.values.get("symbolList") or [])
    found = [p for p in exchange.spot_desk.waiting() if not wanted or p.symbol in wanted]
    done = [plan_names(exchange.spot.cancel_plan(plan.id)) for plan in found]
    return {"successList": done, "failureList": []}


def plans_pending(exchange: Exchange, params: Params, _: Visitor) -> Any:
    return _plans(exchange, params, live=True)


def plans_history(exchange: Exchange, params: Params, _: Visitor) -> Any:
    return _plans(exchange, params, live=False)


def _plans(exchange: Exchange, params: Params, *, live: bool) -> Row:
    known = exchange.spot_desk.plans.values()
    rows = [wire_spot.plan_row(plan) for plan in known if plan.live == live]
    chosen = page(rows, params, id_of="orderId")
    last = chosen[-1]["orderId"] if chosen else None
    return {"nextFlag": False, "idLessThan": last, "orderList": chosen}


def sub_orders(exchange: Exchange, params: Params, _: Visitor) -> Any:
    plan = exchange.spot_desk.plan(params.need("planOrderId"), "")
    if plan is None:
        raise Refusal("43025")
    return [wire_spot.sub_order_row(plan)] if plan.execute_order_id else []


def names(order: SpotOrder) -> Row:
    return {"orderId": order.id, "clientOid": order.client_id}


def plan_names(plan: SpotPlan) -> Row:
    return {"orderId": plan.id, "clientOid": plan.client_id}


TRADE = "/api/v2/spot/trade"
ROUTES: dict[str, Handler] = {
    f"POST {TRADE}/place-order": place,
    f"POST {TRADE}/batch-orders": place_many,
    f"POST {TRADE}/cancel-replace-order": replace,
    f"POST {TRADE}/cancel-order": cancel,
    f"POST {TRADE}/batch-cancel-order": cancel_many,
    f"POST {TRADE}/cancel-symbol-order": cancel_symbol,
    f"GET {TRADE}/orderInfo": detail,
    f"GET {TRADE}/unfilled-orders": unfilled,
    f"GET {TRADE}/history-orders": history,
    f"GET {TRADE}/fills": fills,
    f"POST {TRADE}/place-plan-order": place_plan,
    f"POST {TRADE}/modify-plan-order": modify_plan,
    f"POST {TRADE}/cancel-plan-order": cancel_plan,
    f"POST {TRADE}/batch-cancel-plan-order": cancel_plans,
    f"GET {TRADE}/current-plan-order": plans_pending,
    f"GET {TRADE}/history-plan-order": plans_history,
    f"GET {TRADE}/plan-sub-order": sub_orders,
}
