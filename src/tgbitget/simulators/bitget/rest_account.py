"""Private endpoints about the account: balances, modes, leverage, positions."""

from __future__ import annotations

from typing import Any

from tgbitget.simulators.bitget import wire_positions, wire_spot
from tgbitget.simulators.bitget.bills import FUNDING
from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.orders import Hold, HoldMode, MarginMode
from tgbitget.simulators.bitget.params import Params, page
from tgbitget.simulators.bitget.refusals import Refusal
from tgbitget.simulators.bitget.routes import Handler, Visitor


def unified_settings(exchange: Exchange, _: Params, visitor: Visitor) -> Any:
    if not visitor.unified:
        raise Refusal("40084")
    return {
        "uid": visitor.user_id,
        "accountMode": "unified",
        "assetMode": "union",
        "accountLevel": "advanced",
        "holdMode": exchange.desk.hold_mode.value,
        "stpMode": "none",
        "symbolConfigList": [],
        "coinConfigList": [],
    }


def account_info(exchange: Exchange, _: Params, visitor: Visitor) -> Any:
    return {
        "userId": visitor.user_id,
        "inviterId": "",
        "channelCode": "",
        "channel": "",
        "ips": visitor.ips,
        "authorities": list(visitor.authorities),
        "parentId": 0,
        "traderType": "not_trader",
        "regisTime": str(exchange.now()),
    }


def assets(exchange: Exchange, params: Params, _: Visitor) -> Any:
    wanted = params.text("coin")
    return [
        wire_spot.asset_row(coin, purse, exchange.now())
        for coin, purse in exchange.spot_desk.purses.items()
        if wanted in {"", coin}
    ]


def accounts(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    return [wire_positions.account_row(exchange.desk)]


def account(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    params.usdt_margin()
    contract = exchange.desk.contract(params.need("symbol").upper())
    return wire_positions.symbol_account_row(exchange.desk, contract.symbol)


def set_hold_mode(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    mode = params.choice("posMode", HoldMode)
    exchange.futures.set_hold_mode(mode)
    return {"posMode": mode.value}


def set_margin_mode(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    params.usdt_margin()
    symbol, mode = params.need("symbol"), params.choice("marginMode", MarginMode)
    exchange.futures.set_margin_mode(symbol, mode)
    settings = exchange.desk.settings_of(symbol)
    return {
        "symbol": symbol,
        "marginCoin": "USDT",
        "longLeverage": str(settings.leverage(long=True)),
        "shortLeverage": str(settings.leverage(long=False)),
        "marginMode": mode.value,
    }


def set_leverage(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    params.usdt_margin()
    symbol = params.need("symbol")
    both, side = params.integer("leverage"), params.text("holdSide")
    long, short = params.integer("longLeverage"), params.integer("shortLeverage")
    if side and both is not None:
        if side not in {"long", "short"}:
            raise Refusal("40020", "holdSide")
        long, short = (both, None) if side == "long" else (None, both)
        both = None
    if both is None and long is None and short is None:
        raise Refusal("400172", "leverage")
    exchange.futures.set_leverage(symbol, both=both, long=long, short=short)
    settings = exchange.desk.settings_of(symbol)
    return {
        "symbol": symbol,
        "marginCoin": "USDT",
        "longLeverage": str(settings.leverage(long=True)),
        "shortLeverage": str(settings.leverage(long=False)),
        "crossMarginLeverage": str(settings.crossed_leverage),
        "marginMode": settings.margin_mode.value,
    }


def set_margin(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    hold = Hold.NET
    if exchange.desk.hold_mode is HoldMode.HEDGE:
        hold = params.choice("holdSide", Hold)
    exchange.futures.set_margin(params.need("symbol"), hold, params.need_decimal("amount"))
    return ""


def all_positions(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    held = exchange.desk.positions.values()
    return [wire_positions.position_row(exchange.desk, position) for position in held]


def single_position(exchange: Exchange, params: Params, _: Visitor) -> Any:
    params.futures()
    symbol = exchange.desk.contract(params.need("symbol").upper()).symbol
    return [
        wire_positions.position_row(exchange.desk, position)
        for position in exchange.desk.positions.values()
        if position.symbol == symbol
    ]


def position_history(exchange: Exchange, params: Params, _: Visitor) -> Any:
    rows = [wire_positions.closed_row(line) for line in exchange.desk.history]
    chosen = page(rows, params, id_of="positionId", time_of="utime")
    return {"list": chosen, "endId": chosen[-1]["positionId"] if chosen else None}


def bills(exchange: Exchange, params: Params, _: Visitor) -> Any:
    """Of what the account is billed for, only the funding is kept."""
    params.futures()
    if params.text("businessType") != FUNDING:
        raise Refusal("40020", "businessType")
    rows = [wire_positions.bill_row(bill) for bill in exchange.desk.bills]
    chosen = page(rows, params, id_of="billId")
    return {"bills": chosen, "endId": chosen[-1]["billId"] if chosen else None}


def trade_rate(exchange: Exchange, params: Params, _: Visitor) -> Any:
    symbol = params.need("symbol")
    if params.need("businessType") == "mix":
        row = exchange.desk.contract(symbol).row
    else:
        row = exchange.spot_desk.pair(symbol).row
    return {"makerFeeRate": row["makerFeeRate"], "takerFeeRate": row["takerFeeRate"]}


MIX = "/api/v2/mix/account"
POSITION = "/api/v2/mix/position"
ROUTES: dict[str, Handler] = {
    "GET /api/v3/account/settings": unified_settings,
    "GET /api/v2/spot/account/info": account_info,
    "GET /api/v2/spot/account/assets": assets,
    "GET /api/v2/common/trade-rate": trade_rate,
    f"GET {MIX}/accounts": accounts,
    f"GET {MIX}/account": account,
    f"GET {MIX}/bill": bills,
    f"POST {MIX}/set-position-mode": set_hold_mode,
    f"POST {MIX}/set-margin-mode": set_margin_mode,
    f"POST {MIX}/set-leverage": set_leverage,
    f"POST {MIX}/set-margin": set_margin,
    f"GET {POSITION}/all-position": all_positions,
    f"GET {POSITION}/single-position": single_position,
    f"GET {POSITION}/history-position": position_history,
}
