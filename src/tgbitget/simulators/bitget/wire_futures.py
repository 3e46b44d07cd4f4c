"""Futures as Bitget writes them: orders, plans, fills, positions, account; REST and WebSocket."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tgbitget.simulators.bitget import margin
from tgbitget.simulators.bitget.decimals import ZERO, text
from tgbitget.simulators.bitget.desk import Desk
from tgbitget.simulators.bitget.orders import (
    Execution,
    Hold,
    HoldMode,
    MarginMode,
    Order,
    Plan,
    PlanKind,
    Side,
)
from tgbitget.simulators.bitget.positions import ClosedPosition, Position

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


def _direction(order: Order | Plan | Execution) -> Row:
    return {
        "side": wire_side(order.side, order.hold, closing=order.closing),
        "posSide": order.hold.value,
        "tradeSide": trade_side(order.side, order.hold, closing=order.closing),
        "posMode": _mode(order.hold),
    }


def _mode(hold: Hold) -> str:
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
        **_direction(order),
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
        **_direction(fill),
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


def locked(desk: Desk, position: Position) -> Decimal:
    resting = desk.resting(position.symbol)
    return sum((o.remaining for o in resting if o.closing and o.hold is position.hold), ZERO)


def position_row(desk: Desk, position: Position) -> Row:
    mark = margin.mark(desk, position.symbol)
    held = locked(desk, position)
    return {
        "marginCoin": "USDT",
        "symbol": position.symbol,
        "holdSide": position.side,
        "openDelegateSize": "0",
        "marginSize": text(position.margin),
        "available": text(position.size - held),
        "locked": text(held),
        "total": text(position.size),
        "leverage": str(position.leverage),
        "achievedProfits": text(position.realised),
        "openPriceAvg": text(position.entry),
        "marginMode": position.margin_mode.value,
        "posMode": _mode(position.hold),
        "unrealizedPL": text(position.unrealised(mark)),
        "liquidationPrice": _liquidation(desk, position),
        "keepMarginRate": text(desk.contracts[position.symbol].maintenance_rate),
        "markPrice": text(mark),
        "marginRatio": text(_margin_ratio(desk, position)),
        "breakEvenPrice": text(_break_even(desk, position)),
        "totalFee": text(position.funding),
        "deductedFee": text(position.open_fees + position.close_fees),
        "takeProfit": "",
        "stopLoss": "",
        "autoMargin": "off",
        "cTime": str(position.opened_at),
        "uTime": str(position.updated_at),
    }


def position_push(desk: Desk, position: Position) -> Row:
    mark = margin.mark(desk, position.symbol)
    held, gain = locked(desk, position), position.unrealised(mark)
    ratio = gain / position.margin if position.margin else ZERO
    return {
        "posId": position.id,
        "instId": position.symbol,
        "marginCoin": "USDT",
        "marginSize": text(position.margin),
        "marginMode": position.margin_mode.value,
        "holdSide": position.side,
        "posMode": _mode(position.hold),
        "total": text(position.size),
        "available": text(position.size - held),
        "frozen": text(held),
        "openPriceAvg": text(position.entry),
        "leverage": position.leverage,
        "achievedProfits": text(position.realised),
        "unrealizedPL": text(gain),
        "unrealizedPLR": text(round(ratio, 12)),
        "liquidationPrice": _liquidation(desk, position),
        "keepMarginRate": text(desk.contracts[position.symbol].maintenance_rate),
        "marginRate": text(_margin_ratio(desk, position)),
        "breakEvenPrice": text(_break_even(desk, position)),
        "totalFee": text(position.funding),
        "deductedFee": text(position.open_fees + position.close_fees),
        "autoMargin": "off",
        "cTime": str(position.opened_at),
        "uTime": str(position.updated_at),
    }


def _liquidation(desk: Desk, position: Position) -> str:
    return text(round(margin.liquidation_price(desk, position), 12))


def _margin_ratio(desk: Desk, position: Position) -> Decimal:
    mark = margin.mark(desk, position.symbol)
    rate = desk.contracts[position.symbol].maintenance_rate
    if position.margin_mode is MarginMode.ISOLATED:
        behind, need = position.margin + position.unrealised(mark), position.maintenance(mark, rate)
    else:
        behind, need = margin.cross_equity(desk), margin.cross_maintenance(desk)
    return round(need / behind, 12) if behind > ZERO else Decimal(1)


def _break_even(desk: Desk, position: Position) -> Decimal:
    tick = desk.contracts[position.symbol].tick
    fees = position.open_fees + position.close_fees
    each = fees / position.size
    level = position.entry + each if position.long else position.entry - each
    return level.quantize(tick)


def closed_row(line: ClosedPosition) -> Row:
    return {
        "positionId": line.id,
        "symbol": line.symbol,
        "marginCoin": "USDT",
        "holdSide": "long" if line.long else "short",
        "posMode": _mode(line.hold),
        "openAvgPrice": text(line.entry),
        "closeAvgPrice": text(round(line.exit, 12)),
        "marginMode": line.margin_mode.value,
        "openTotalPos": text(line.opened),
        "closeTotalPos": text(line.closed),
        "pnl": text(line.realised),
        "netProfit": text(line.net),
        "totalFunding": text(line.funding),
        "openFee": text(-line.open_fees),
        "closeFee": text(-line.close_fees),
        "ctime": str(line.opened_at),
        "utime": str(line.closed_at),
    }


def account_row(desk: Desk) -> Row:
    free, equity = text(margin.available(desk)), text(margin.equity(desk))
    behind = margin.cross_equity(desk)
    risk = margin.cross_maintenance(desk) / behind if behind > ZERO else ZERO
    return {
        "marginCoin": "USDT",
        "locked": text(margin.frozen(desk)),
        "available": free,
        "crossedMaxAvailable": free,
        "isolatedMaxAvailable": free,
        "maxTransferOut": free,
        "accountEquity": equity,
        "usdtEquity": equity,
        "btcEquity": "0",
        "crossedRiskRate": text(round(risk, 12)),
        "unrealizedPL": text(margin.unrealised(desk)),
        "crossedUnrealizedPL": text(margin.unrealised(desk, MarginMode.CROSSED)),
        "isolatedUnrealizedPL": text(margin.unrealised(desk, MarginMode.ISOLATED)),
        "crossedMargin": text(margin.position_margin(desk, MarginMode.CROSSED)),
        "isolatedMargin": text(margin.position_margin(desk, MarginMode.ISOLATED)),
        "coupon": "0",
        "grant": "",
        "assetMode": "single",
    }


def symbol_account_row(desk: Desk, symbol: str) -> Row:
    settings = desk.settings_of(symbol)
    return {
        **account_row(desk),
        "crossedMarginLeverage": settings.crossed_leverage,
        "isolatedLongLever": settings.long_leverage,
        "isolatedShortLever": settings.short_leverage,
        "marginMode": settings.margin_mode.value,
        "posMode": desk.hold_mode.value,
    }


def account_push(desk: Desk) -> Row:
    free, equity = text(margin.available(desk)), text(margin.equity(desk))
    return {
        "marginCoin": "USDT",
        "frozen": text(margin.frozen(desk)),
        "available": free,
        "maxOpenPosAvailable": free,
        "maxTransferOut": free,
        "equity": equity,
        "usdtEquity": equity,
        "crossedRiskRate": account_row(desk)["crossedRiskRate"],
        "unrealizedPL": text(margin.unrealised(desk)),
    }
