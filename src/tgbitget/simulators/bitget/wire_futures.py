"""Futures orders, plans and fills as Bitget writes them: in REST and on the WebSocket."""

from __future__ import annotations

from typing import Any

from tgbitget.simulators.bitget.decimals import ZERO, text
from tgbitget.simulators.bitget.orders import (
    LIQUIDATION,
    Execution,
    Hold,
    HoldMode,
    Order,
    Plan,
    PlanKind,
    Side,
)

Row = dict[str, Any]

WS_PLAN_TYPES = {
    PlanKind.NORMAL: "pl",
    PlanKind.TRACK: "track",
    PlanKind.PROFIT: "tp",
    PlanKind.LOSS: "sl",
    PlanKind.POSITION_PROFIT: "ptp",
    PlanKind.POSITION_LOSS: "psl",
    PlanKind.MOVING: "mtpsl",
}


def wire_side(side: Side, hold: Hold, *, closing: bool) -> str:
    """In hedge mode Bitget's side is that of the position, also for orders that close it."""
    return (side.opposite if closing and hold is not Hold.NET else side).value


def trade_side(side: Side, hold: Hold, *, closing: bool) -> str:
    if hold is Hold.NET:
        return f"{side.value}_single"
    return "close" if closing else "open"


def _direction(order: Order | Plan | Execution, *, forced: bool = False) -> Row:
    traded = trade_side(order.side, order.hold, closing=order.closing)
    if forced:
        closed = "" if order.hold is Hold.NET else f"_{order.hold.value}"
        traded = f"burst_{traded}{closed}"
    return {
        "side": wire_side(order.side, order.hold, closing=order.closing),
        "posSide": order.hold.value,
        "tradeSide": traded,
        "posMode": hold_mode(order.hold),
    }


def hold_mode(hold: Hold) -> str:
    return (HoldMode.ONE_WAY if hold is Hold.NET else HoldMode.HEDGE).value


def order_row(order: Order, *, status_key: str = "status") -> Row:
    return {
        "symbol": order.symbol,
        "size": text(order.size),
        "orderId": order.id,
        "clientOid": order.client_id,
        "baseVolume": text(order.filled),
        "fee": text(-order.fee),
        "price": text(order.price),
        "priceAvg": text(order.average),
        status_key: order.status.value,
        **_direction(order),
        "force": order.force.value,
        "totalProfits": text(order.profit),
        "marginCoin": "USDT",
        "quoteVolume": text(order.quote_filled),
        "leverage": str(order.leverage),
        "marginMode": order.margin_mode.value,
        "reduceOnly": "YES" if order.closing else "NO",
        "enterPointSource": "API",
        "orderType": "market" if order.market else "limit",
        "orderSource": order.source,
        "cancelReason": order.cancel_reason,
        "presetStopSurplusPrice": text(order.target),
        "presetStopSurplusExecutePrice": text(order.target_execute),
        "presetStopLossPrice": text(order.stop),
        "presetStopLossExecutePrice": text(order.stop_execute),
        "cTime": str(order.created_at),
        "uTime": str(order.updated_at),
    }


def order_push(order: Order, fill: Execution | None) -> Row:
    row: Row = {
        "instId": order.symbol,
        "orderId": order.id,
        "clientOid": order.client_id,
        "size": text(order.size),
        "price": text(order.price) or "0",
        "notionalUsd": text(order.size * (order.price or order.average or ZERO)),
        "orderType": "market" if order.market else "limit",
        "force": order.force.value,
        **_direction(order, forced=order.source == LIQUIDATION),
        "marginMode": order.margin_mode.value,
        "marginCoin": "USDT",
        "leverage": str(order.leverage),
        "reduceOnly": "yes" if order.closing else "no",
        "accBaseVolume": text(order.filled),
        "priceAvg": text(order.average) or "0",
        "status": order.status.value,
        "totalProfits": text(order.profit),
        "enterPointSource": "API",
        "orderSource": order.source,
        "cancelReason": order.cancel_reason,
        "feeDetail": [{"feeCoin": "USDT", "fee": text(-order.fee)}],
        "presetStopSurplusPrice": text(order.target),
        "presetStopLossPrice": text(order.stop),
        "cTime": str(order.created_at),
        "uTime": str(order.updated_at),
    }
    if fill is not None:
        row |= {
            "baseVolume": text(fill.size),
            "fillPrice": text(fill.price),
            "fillFee": text(-fill.fee),
            "fillFeeCoin": fill.fee_coin,
            "fillNotionalUsd": text(fill.quote),
            "fillTime": str(fill.at),
            "pnl": text(fill.profit),
            "tradeId": fill.id,
            "tradeScope": "M" if fill.maker else "T",
        }
    return row


def plan_row(plan: Plan) -> Row:
    execute = text(plan.execute_price)
    return {
        "planType": plan.kind.value,
        "symbol": plan.symbol,
        "size": text(plan.size),
        "orderId": plan.id,
        "executeOrderId": plan.execute_order_id,
        "clientOid": plan.client_id,
        "planStatus": plan.status.value,
        "price": execute,
        "executePrice": execute,
        "baseVolume": "0",
        "feeDetail": None,
        "callbackRatio": "" if plan.callback is None else text(plan.callback * 100),
        "triggerPrice": text(plan.trigger),
        "triggerType": plan.by.value,
        **_direction(plan),
        "marginCoin": "USDT",
        "marginMode": plan.margin_mode.value,
        "enterPointSource": "API",
        "orderType": "market" if plan.execute_price is None else "limit",
        "stopSurplusTriggerPrice": text(plan.target),
        "stopSurplusExecutePrice": text(plan.target_execute),
        "stopSurplusTriggerType": plan.preset_by.value,
        "stopLossTriggerPrice": text(plan.stop),
        "stopLossExecutePrice": text(plan.stop_execute),
        "stopLossTriggerType": plan.preset_by.value,
        "cTime": str(plan.created_at),
        "uTime": str(plan.updated_at),
    }


def plan_push(plan: Plan) -> Row:
    done = plan.execute_order_id != ""
    return {
        "instId": plan.symbol,
        "orderId": plan.id,
        "clientOid": plan.client_id,
        "triggerPrice": text(plan.trigger),
        "triggerType": plan.by.value,
        "triggerTime": str(plan.updated_at) if done else "",
        "planType": WS_PLAN_TYPES[plan.kind],
        "price": text(plan.trigger),
        "executePrice": text(plan.execute_price),
        "size": text(plan.size),
        "actualSize": text(plan.size) if done else "0",
        "orderType": "market" if plan.execute_price is None else "limit",
        **_direction(plan),
        "marginCoin": "USDT",
        "status": plan.status.value,
        "enterPointSource": "API",
        "stopSurplusTriggerType": plan.preset_by.value,
        "stopLossTriggerType": plan.preset_by.value,
        "cTime": str(plan.created_at),
        "uTime": str(plan.updated_at),
    }


def _fee(fill: Execution) -> list[Row]:
    return [
        {
            "deduction": "no",
            "feeCoin": fill.fee_coin,
            "totalDeductionFee": "0",
            "totalFee": text(-fill.fee),
        }
    ]


def fill_row(fill: Execution) -> Row:
    return {
        "tradeId": fill.id,
        "symbol": fill.symbol,
        "orderId": fill.order_id,
        "clientOid": fill.client_id,
        "price": text(fill.price),
        "baseVolume": text(fill.size),
        "feeDetail": _fee(fill),
        **_direction(fill, forced=fill.forced),
        "quoteVolume": text(fill.quote),
        "profit": text(fill.profit),
        "orderType": "market" if fill.market else "limit",
        "enterPointSource": "api",
        "tradeScope": "maker" if fill.maker else "taker",
        "cTime": str(fill.at),
        "uTime": str(fill.at),
    }


def fill_push(fill: Execution) -> Row:
    """Unlike REST this names the direction traded, in hedge mode too."""
    return {**fill_row(fill), "side": fill.side.value}
