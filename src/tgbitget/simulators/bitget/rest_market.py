"""Public endpoints: time, listings, tickers, candles, books, funding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tgbitget.simulators.bitget import wire_market
from tgbitget.simulators.bitget.decimals import text
from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.params import PRODUCT, Params
from tgbitget.simulators.bitget.prices import Tape, merged
from tgbitget.simulators.bitget.refusals import Refusal
from tgbitget.simulators.bitget.routes import Handler, Visitor

CANDLES_DEFAULT = 100
CANDLES_MAX = 1_000
OTHER_PRODUCTS = {
    "COIN-FUTURES",
    "USDC-FUTURES",
    "SUSDT-FUTURES",
    "SCOIN-FUTURES",
    "SUSDC-FUTURES",
}
TIER_COLUMNS = ((1, 1), (5, 2), (25, 5))  # notional times, leverage divided by


def server_time(exchange: Exchange, _: Params, __: Visitor) -> Any:
    return {"serverTime": str(exchange.now())}


def contracts(exchange: Exchange, params: Params, _: Visitor) -> Any:
    product = params.need("productType").upper()
    if product in OTHER_PRODUCTS:
        return []
    if product != PRODUCT:
        raise Refusal("40020", "productType")
    wanted = params.text("symbol")
    return [
        contract.row
        for contract in exchange.desk.contracts.values()
        if wanted in {"", contract.symbol} and contract.row["symbolStatus"] != "off"
    ]


def symbols(exchange: Exchange, params: Params, _: Visitor) -> Any:
    wanted = params.text("symbol")
    return [p.row for p in exchange.spot_desk.pairs.values() if wanted in {"", p.symbol}]


def coins(exchange: Exchange, params: Params, _: Visitor) -> Any:
    wanted = params.text("coin")
    names = {c.row["baseCoin"] for c in exchange.desk.contracts.values()}
    names |= {p.base for p in exchange.spot_desk.pairs.values()} | {"USDT"}
    return [_coin(n, name) for n, name in enumerate(sorted(names)) if wanted in {"", name}]


def _coin(number: int, name: str) -> dict[str, Any]:
    chain = {
        "chain": name,
        "needTag": "false",
        "withdrawable": "true",
        "rechargeable": "true",
        "withdrawFee": "0",
        "extraWithdrawFee": "0",
        "depositConfirm": "1",
        "withdrawConfirm": "1",
        "minDepositAmount": "0.00000001",
        "minWithdrawAmount": "0.00000001",
        "browserUrl": "",
        "contractAddress": "",
        "withdrawStep": "0",
        "withdrawMinScale": "8",
        "congestion": "normal",
    }
    return {
        "coinId": str(number),
        "coin": name,
        "transfer": "true",
        "chains": [chain],
        "areaCoin": "no",
    }


def margin_currencies(exchange: Exchange, _: Params, __: Visitor) -> Any:
    """Margin trading is not modelled: every pair is listed as not borrowable."""
    return [
        {
            "symbol": pair.symbol,
            "baseCoin": pair.base,
            "quoteCoin": pair.quote,
            "isBorrowable": False,
            "isCrossBorrowable": False,
            "isIsolatedBaseBorrowable": False,
            "isIsolatedQuotedBorrowable": False,
        }
        for pair in exchange.spot_desk.pairs.values()
    ]


def ticker(exchange: Exchange, params: Params, _: Visitor) -> Any:
    return [wire_market.futures_ticker(_contract_tape(exchange, params), exchange.now())]


def tickers(exchange: Exchange, params: Params, _: Visitor) -> Any:
    if params.need("productType").upper() in OTHER_PRODUCTS:
        return []
    params.futures()
    now = exchange.now()
    return [
        wire_market.futures_ticker(exchange.desk.tapes[symbol], now)
        for symbol, contract in exchange.desk.contracts.items()
        if contract.row["symbolStatus"] != "off"
    ]


def spot_tickers(exchange: Exchange, params: Params, _: Visitor) -> Any:
    wanted = params.text("symbol")
    tapes: Iterable[Tape]
    tapes = [exchange.spot_desk.tape(wanted)] if wanted else exchange.spot_desk.tapes.values()
    return [wire_market.spot_ticker(tape, exchange.now()) for tape in tapes]


def symbol_price(exchange: Exchange, params: Params, _: Visitor) -> Any:
    tape = _contract_tape(exchange, params)
    return [
        {
            "symbol": tape.symbol,
            "price": text(tape.last),
            "indexPrice": text(tape.mark),
            "markPrice": text(tape.mark),
            "ts": str(exchange.now()),
        }
    ]


def candles(exchange: Exchange, params: Params, _: Visitor) -> Any:
    return _candles(exchange, _contract_tape(exchange, params), params, spot=False)


def spot_candles(exchange: Exchange, params: Params, _: Visitor) -> Any:
    tape = exchange.spot_desk.tape(params.need("symbol"))
    return _candles(exchange, tape, params, spot=True)


def _candles(exchange: Exchange, tape: Tape, params: Params, *, spot: bool) -> list[list[str]]:
    length = wire_market.GRANULARITIES_MS.get(params.need("granularity"))
    if length is None:
        raise Refusal("400172", "granularity")
    end = params.integer("endTime") or exchange.now() + 1
    start = params.integer("startTime") or 0
    limit = min(params.integer("limit") or CANDLES_DEFAULT, CANDLES_MAX)
    known = merged(tape.minutes(start, min(end, exchange.now() + 1)), length)
    return [wire_market.candle_row(candle, spot=spot) for candle in known[-limit:]]


def depth(exchange: Exchange, params: Params, _: Visitor) -> Any:
    tape = _contract_tape(exchange, params)
    contract = exchange.desk.contracts[tape.symbol]
    bids, asks = wire_market.book(tape, contract.tick, _depth(params))
    return {
        "asks": asks,
        "bids": bids,
        "ts": str(exchange.now()),
        "scale": text(contract.tick),
        "precision": "scale0",
        "isMaxPrecision": "NO",
    }


def spot_depth(exchange: Exchange, params: Params, _: Visitor) -> Any:
    tape = exchange.spot_desk.tape(params.need("symbol"))
    bids, asks = wire_market.book(tape, exchange.spot_desk.pair(tape.symbol).tick, _depth(params))
    return {"asks": asks, "bids": bids, "ts": str(exchange.now())}


def _depth(params: Params) -> int:
    raw = params.text("limit")
    return int(raw) if raw.isdigit() else wire_market.LEVELS


def funding_rate(exchange: Exchange, params: Params, _: Visitor) -> Any:
    tape = _contract_tape(exchange, params)
    now = exchange.now()
    return [
        {
            "symbol": tape.symbol,
            "fundingRate": text(tape.funding_rate),
            "fundingRateInterval": "8",
            "nextUpdate": str(now - now % wire_market.FUNDING_MS + wire_market.FUNDING_MS),
            "minFundingRate": "-0.003",
            "maxFundingRate": "0.003",
        }
    ]


def tiers(exchange: Exchange, params: Params, _: Visitor) -> Any:
    """Rough tiers: the real ones differ for each contract."""
    contract = exchange.desk.contract(params.need("symbol"))
    rows, start = [], 0
    for level, (times, divided) in enumerate(TIER_COLUMNS, 1):
        end = 200_000 * times
        rows.append(
            {
                "symbol": contract.symbol,
                "level": str(level),
                "startUnit": str(start),
                "endUnit": str(end),
                "leverage": str(max(1, contract.leverage_max // divided)),
                "keepMarginRate": text(contract.maintenance_rate * divided),
            }
        )
        start = end
    return rows


def _contract_tape(exchange: Exchange, params: Params) -> Tape:
    params.futures()
    return exchange.desk.tape(exchange.desk.contract(params.need("symbol")).symbol)


MIX, SPOT = "/api/v2/mix/market", "/api/v2/spot/market"
ROUTES: dict[str, Handler] = {
    "GET /api/v2/public/time": server_time,
    f"GET {MIX}/contracts": contracts,
    f"GET {MIX}/ticker": ticker,
    f"GET {MIX}/tickers": tickers,
    f"GET {MIX}/symbol-price": symbol_price,
    f"GET {MIX}/candles": candles,
    f"GET {MIX}/history-candles": candles,
    f"GET {MIX}/history-mark-candles": candles,
    f"GET {MIX}/history-index-candles": candles,
    f"GET {MIX}/merge-depth": depth,
    f"GET {MIX}/orderbook": depth,
    f"GET {MIX}/current-fund-rate": funding_rate,
    f"GET {MIX}/query-position-lever": tiers,
    "GET /api/v2/spot/public/symbols": symbols,
    "GET /api/v2/spot/public/coins": coins,
    "GET /api/v2/margin/currencies": margin_currencies,
    f"GET {SPOT}/tickers": spot_tickers,
    f"GET {SPOT}/candles": spot_candles,
    f"GET {SPOT}/history-candles": spot_candles,
    f"GET {SPOT}/orderbook": spot_depth,
}
