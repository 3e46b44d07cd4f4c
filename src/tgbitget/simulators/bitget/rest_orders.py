"""Private endpoints about futures orders: place, change, cancel, look up, close."""

from __future__ import annotations

from typing import Any

from tgbitget.simulators.bitget import wire_futures
from tgbitget.simulators.bitget.desk import Desk, Replacement
from tgbitget.simulators.bitget.entry import OrderRequest
from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.orders import Force, Hold, HoldMode, MarginMode, Order, Side
from tgbitget.simulators.bitget.params import Params, page
from tgbitget.simulators.bitget.refusals import Refusal
from tgbitget.simulators.bitget.routes import Handler, Visitor

Row = dict[str, Any]
BATCH_MAX = 50


def direction(desk: Desk, params: Params) -> tuple[Side, Hold, bool]:
    """The direction traded, the position meant, and whether it is reduced.

    In hedge mode `side` is the position's: buy and close sells a long one.
    """
    side = params.choice("side", Side)
    trade_side = params.text("tradeSide").lower()
    if not trade_side:
        if desk.hold_mode is HoldMode.HEDGE:
            raise Refusal("40774")
        return side, Hold.NET, params.text("reduceOnly").upper() == "YES"
    if desk.hold_mode is HoldMode.ONE_WAY:
        raise Refusal("40774")
    if trade_side not in {"open", "close"}:
        raise Refusal("40020", "tradeSide")
    hold = Hold.LONG if side is Side.BUY else Hold.SHORT
    if trade_side == "open":
        return side, hold, False
    return side.opposite, hold, True


def order_request(desk: Desk, params: Params) -> OrderRequest:
    symbol = params.need("symbol").upper()
    desk.contract(symbol)
    side, hold, closing = direction(desk, params)
    kind = params.need("orderType").lower()
    if kind not in {"limit", "market"}:
        raise Refusal("40020", "orderType")
    return OrderRequest(
        symbol=symbol,
        side=side,
        size=params.need_decimal("size"),
        hold=hold,
        closing=closing,
        price=params.need_decimal("price") if kind == "limit" else None,
        force=params.choice("force", Force, Force.GTC),
        margin_mode=params.choice("marginMode", MarginMode),
        client_id=params.text("clientOid"),
        stop=params.positive("presetStopLossPrice"),
        stop_execute=params.positive("presetStopLossExecutePrice"),
        target=params.positive("presetStopSurplusPrice"),
        target_execute=params.positive("presetStopSurplusExecutePrice"),
    )


def place(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    params.usdt_margin()
    return names(exchange.futures.place(order_request(exchange.desk, params)))


def place_many(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    params.usdt_margin()
    rows = params.rows("orderList")
    if not rows or len(rows) > BATCH_MAX:
        raise Refusal("400172", "orderList")
    done: list[Row] = []
    refused: list[Row] = []
    common = {"symbol": params.need("symbol"), "marginMode": params.need("marginMode")}
    for row in rows:
        single = Params({**row.values, **common})
        try:
            order = exchange.futures.place(order_request(exchange.desk, single))
        except Refusal as refusal:
            refused.append(refused_row("", single.text("clientOid"), refusal))
        else:
            done.append(names(order))
    return {"successList": done, "failureList": refused}


def modify(exchange: Exchange, params: Params, _: Visitor) -> Any:
    """An acceptance: it names the old order; the new one is found by `newClientOid`."""
    params.futures()
    order = exchange.futures.modify(
        params.need("symbol"),
        params.text("orderId"),
        params.text("clientOid"),
        Replacement(
            order_id="",
            client_id=params.need("newClientOid"),
            size=params.positive("newSize"),
            price=params.positive("newPrice"),
            stop=params.positive("newPresetStopLossPrice"),
            target=params.positive("newPresetStopSurplusPrice"),
        ),
    )
    return names(order)


def cancel(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    return names(
        exchange.futures.cancel(
            params.need("symbol"), params.text("orderId"), params.text("clientOid")
        )
    )


def cancel_many(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    symbol, rows = params.text("symbol"), params.rows("orderIdList")
    if not rows:
        orders = exchange.futures.cancel_all(symbol or None)
        return {"successList": [names(order) for order in orders], "failureList": []}
    done: list[Row] = []
    refused: list[Row] = []
    for row in rows:
        order_id, client_id = row.text("orderId"), row.text("clientOid")
        try:
            done.append(names(exchange.futures.cancel(params.need("symbol"), order_id, client_id)))
        except Refusal as refusal:
            refused.append(refused_row(order_id, client_id, refusal))
    return {"successList": done, "failureList": refused}


def close(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    orders = exchange.futures.close(params.text("symbol") or None, params.text("holdSide"))
    return {"successList": [names(order) for order in orders], "failureList": []}


def detail(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    order = exchange.desk.order(params.text("orderId"), params.text("clientOid"))
    if order is None or order.symbol != params.need("symbol").upper():
        raise Refusal("40109")
    return wire_futures.order_row(order, status_key="state")


def pending(exchange: Exchange, params: Params, _: Visitor) -> Any:
    return _listing(exchange, params, live=True)


def history(exchange: Exchange, params: Params, _: Visitor) -> Any:
    return _listing(exchange, params, live=False)


def _listing(exchange: Exchange, params: Params, *, live: bool) -> Row:
    params.futures()
    wanted = (params.text("orderId"), params.text("clientOid"))
    rows = [
        wire_futures.order_row(order)
        for order in exchange.desk.orders.values()
        if order.live == live and wanted[0] in {"", order.id} and wanted[1] in {"", order.client_id}
    ]
    chosen = page(rows, params, id_of="orderId")
    return {"entrustedList": chosen or None, "endId": chosen[-1]["orderId"] if chosen else None}


def fills(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    order_id = params.text("orderId")
    rows = [
        wire_futures.fill_row(fill)
        for fill in exchange.desk.executions
        if order_id in {"", fill.order_id}
    ]
    chosen = page(rows, params, id_of="tradeId")
    return {"fillList": chosen, "endId": chosen[-1]["tradeId"] if chosen else None}


def names(order: Order) -> Row:
    return {"orderId": order.id, "clientOid": order.client_id}


def refused_row(order_id: str, client_id: str, refusal: Refusal) -> Row:
    return {
        "orderId": order_id,
        "clientOid": client_id,
        "errorMsg": refusal.message,
        "errorCode": refusal.code,
    }


ORDER = "/api/v2/mix/order"
ROUTES: dict[str, Handler] = {
    f"POST {ORDER}/place-order": place,
    f"POST {ORDER}/batch-place-order": place_many,
    f"POST {ORDER}/modify-order": modify,
    f"POST {ORDER}/cancel-order": cancel,
    f"POST {ORDER}/batch-cancel-orders": cancel_many,
    f"POST {ORDER}/cancel-all-orders": cancel_many,
    f"POST {ORDER}/close-positions": close,
    f"GET {ORDER}/detail": detail,
    f"GET {ORDER}/orders-pending": pending,
    f"GET {ORDER}/orders-history": history,
    f"GET {ORDER}/fills": fills,
    f"GET {ORDER}/fill-history": fills,
}
