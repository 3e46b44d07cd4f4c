"""Futures positions and account as Bitget writes them: in REST and on the WebSocket."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tgbitget.simulators.bitget import margin
from tgbitget.simulators.bitget.bills import FUNDING, Bill
from tgbitget.simulators.bitget.decimals import ZERO, text
from tgbitget.simulators.bitget.desk import Desk
from tgbitget.simulators.bitget.orders import MarginMode
from tgbitget.simulators.bitget.positions import ClosedPosition, Position
from tgbitget.simulators.bitget.wire_futures import hold_mode

Row = dict[str, Any]


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
        "posMode": hold_mode(position.hold),
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
        "posMode": hold_mode(position.hold),
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
        "posMode": hold_mode(line.hold),
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


def bill_row(bill: Bill) -> Row:
    return {
        "billId": bill.id,
        "symbol": bill.symbol,
        "amount": text(bill.amount),
        "fee": "0",
        "feeByCoupon": "0",
        "businessType": FUNDING,
        "coin": "USDT",
        "balance": text(bill.balance),
        "cTime": str(bill.at),
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
