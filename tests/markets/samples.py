"""Raw rows as Bitget answers them, and markets made of them."""

from collections.abc import Iterable
from typing import Any

from tgbitget.markets.cache import from_snapshot
from tgbitget.model.market import Market
from tgbitget.simulators.bitget import snapshot

CONTRACT = {
    "symbol": "ABCUSDT",
    "baseCoin": "ABC",
    "quoteCoin": "USDT",
    "makerFeeRate": "0.0002",
    "takerFeeRate": "0.0006",
    "supportMarginCoins": ["USDT"],
    "minTradeNum": "0.01",
    "priceEndStep": "5",
    "volumePlace": "2",
    "pricePlace": "3",
    "sizeMultiplier": "0.01",
    "symbolType": "perpetual",
    "minTradeUSDT": "5",
    "maxMarketOrderQty": "300",
    "maxOrderQty": "1000",
    "symbolStatus": "normal",
    "minLever": "1",
    "maxLever": "75",
}

PAIR = {
    "symbol": "ABCUSDT",
    "baseCoin": "ABC",
    "quoteCoin": "USDT",
    "minTradeAmount": "0",
    "maxTradeAmount": "10000",
    "takerFeeRate": "0.002",
    "makerFeeRate": "0.002",
    "pricePrecision": "4",
    "quantityPrecision": "2",
    "quotePrecision": "6",
    "status": "online",
    "minTradeUSDT": "1",
}


def read(*, futures: Iterable[Any] = (), spot: Iterable[Any] = ()) -> tuple[Market, ...]:
    """The markets of these rows, as the package's snapshot is read."""
    day = "2026-11-20"
    raw = {
        "contracts": {"as_of": day, "data": list(futures)},
        "spot": {"as_of": day, "data": list(spot)},
    }
    return from_snapshot(raw).markets


def contract(base: str, **fields: Any) -> Market:
    """A contract of *base*, otherwise as `CONTRACT`."""
    names = {"symbol": f"{base}USDT", "baseCoin": base}
    (market,) = read(futures=[{**CONTRACT, **names, **fields}])
    return market


def pair(base: str, quote: str = "USDT", **fields: Any) -> Market:
    names = {"symbol": f"{base}{quote}", "baseCoin": base, "quoteCoin": quote}
    (market,) = read(spot=[{**PAIR, **names, **fields}])
    return market


def listed() -> tuple[Market, ...]:
    """All that the package's snapshot lists."""
    raw = snapshot()
    return read(futures=raw.contracts.rows, spot=raw.spot.rows)
