"""Spot as Bitget writes it: orders, plans, fills, balances; REST and WebSocket."""

from __future__ import annotations

import json
from typing import Any

from tgbitget.simulators.bitget.decimals import ZERO, text
from tgbitget.simulators.bitget.orders import Execution, Status
from tgbitget.simulators.bitget.spot_desk import SpotDesk
from tgbitget.simulators.bitget.spot_orders import Purse, SpotOrder, SpotPlan

Row = dict[str, Any]


def _status(order: SpotOrder) -> str:
    return "cancelled" if order.status is Status.CANCELED else order.status.value


def order_row(desk: SpotDesk, order: SpotOrder, user_id: str) -> Row:
    pair = desk.pairs[order.symbol]
    coin = pair.base if order.side.value == "buy" else pair.quote
    fees = {
        "newFees": {"c": 0, "d": 0, "deduction": False, "totalDeductionFee": 0},
        coin: {
            "deduction": False,
            "feeCoinCode": coin,
            "totalDeductionFee": 0,
            "totalFee": text(-order.fee),
        },
    }
    return {
        "userId": user_id,
        "symbol": order.symbol,
        "orderId": order.id,
        "clientOid": order.client_id,
        "price": text(order.price) or "0",
        "size": text(order.size),
        "orderType": "market" if order.market else "limit",
        "side": order.side.value,
        "status": _status(order),
        "priceAvg": text(order.average) or "0",
        "baseVolume": text(order.filled),
        "quoteVolume": text(order.quote_filled),
        "enterPointSource": "API",
        "feeDetail": json.dumps(fees),
        "orderSource": "normal" if not order.market else "market",
        "cancelReason": order.cancel_reason,
        "tpslType": "normal",
        "triggerPrice": None,
        "quoteCoin": pair.quote,
        "baseCoin": pair.base,
        "cTime": str(order.created_at),
        "uTime": str(order.updated_at),
    }


def open_order_row(order: SpotOrder, user_id: str) -> Row:
    """Here `priceAvg` is the limit price and `basePrice` the average: Bitget's own twist."""
    return {
        "userId": user_id,
        "symbol": order.symbol,
        "orderId": order.id,
        "clientOid": order.client_id,
        "priceAvg": text(order.price) or "0",
        "size": text(order.size),
        "orderType": "market" if order.market else "limit",
        "side": order.side.value,
        "status": _status(order),
        "basePrice": text(order.average) or "0",
        "baseVolume": text(order.filled),
        "quoteVolume": text(order.quote_filled),
        "enterPointSource": "API",
        "orderSource": "normal",
        "triggerPrice": None,
        "tpslType": "normal",
        "cTime": str(order.created_at),
        "uTime": str(order.updated_at),
    }


def order_push(order: SpotOrder, fill: Execution | None) -> Row:
    row: Row = {
        "instId": order.symbol,
        "orderId": order.id,
        "clientOid": order.client_id,
        "newSize": text(order.size),
        "size": text(order.size),
        "notional": text(order.size if order.in_quote else order.size * (order.price or ZERO)),
        "orderType": "market" if order.market else "limit",
        "force": order.force.value,
        "side": order.side.value,
        "accBaseVolume": text(order.filled),
        "priceAvg": text(order.average) or "0",
        "status": _status(order),
        "feeDetail": [] if fill is None else [{"feeCoin": fill.fee_coin, "fee": text(-order.fee)}],
        "enterPointSource": "API",
        "cTime": str(order.created_at),
        "uTime": str(order.updated_at),
    }
    if order.price is not None:
        row["price"] = text(order.price)
    if fill is not None:
        row |= {
            "fillPrice": text(fill.price),
            "tradeId": fill.id,
            "baseVolume": text(fill.size),
            "fillTime": str(fill.at),
            "fillFee": text(-fill.fee),
            "fillFeeCoin": fill.fee_coin,
            "tradeScope": "M" if fill.maker else "T",
        }
    return row


def plan_row(plan: SpotPlan) -> Row:
    return {
        "orderId": plan.id,
        "clientOid": plan.client_id,
        "symbol": plan.symbol,
        "size": text(plan.size),
        "planType": "total" if plan.in_quote else "amount",
        "executePrice": text(plan.execute_price),
        "triggerPrice": text(plan.trigger),
        "status": plan.status.value,
        "orderType": "market" if plan.execute_price is None else "limit",
        "side": plan.side.value,
        "triggerType": plan.by.value,
        "enterPointSource": "API",
        "cTime": str(plan.created_at),
        "uTime": str(plan.updated_at),
    }


def sub_order_row(plan: SpotPlan) -> Row:
    """The order that a plan bore: spot's plan rows do not name it."""
    return {
        "orderId": plan.execute_order_id,
        "price": text(plan.execute_price or plan.trigger),
        "type": "market" if plan.execute_price is None else "limit",
        "status": "success",
    }


def plan_push(plan: SpotPlan) -> Row:
    return {**plan_row(plan), "instId": plan.symbol, "price": text(plan.trigger)}


def fill_row(fill: Execution, user_id: str) -> Row:
    return {
        "userId": user_id,
        "symbol": fill.symbol,
        "orderId": fill.order_id,
        "tradeId": fill.id,
        "orderType": "market" if fill.market else "limit",
        "side": fill.side.value,
        "priceAvg": text(fill.price),
        "size": text(fill.size),
        "amount": text(fill.quote),
        "feeDetail": {
            "deduction": "no",
            "feeCoin": fill.fee_coin,
            "totalDeductionFee": "",
            "totalFee": text(-fill.fee),
        },
        "tradeScope": "maker" if fill.maker else "taker",
        "cTime": str(fill.at),
        "uTime": str(fill.at),
    }


def fill_push(fill: Execution, user_id: str) -> Row:
    row = fill_row(fill, user_id)
    return {**row, "feeDetail": [row["feeDetail"]]}


def asset_row(coin: str, purse: Purse, now: int) -> Row:
    return {
        "coin": coin,
        "available": text(purse.available),
        "frozen": text(purse.frozen),
        "locked": "0",
        "limitAvailable": "0",
        "uTime": str(now),
    }
