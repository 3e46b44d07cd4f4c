"""Contracts and spot pairs as Bitget lists them, and the snapshot that comes with the package."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources
from typing import Any

from tgbitget.simulators.bitget.decimals import ONE

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A listing file: rows in Bitget's raw shape, the day they stand for, where they are from."""

    as_of: str
    source: str
    note: str
    unconfirmed: tuple[str, ...]
    prices: dict[str, Decimal]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    contracts: Listing
    spot: Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A USDT perpetual: what the checks and the matching need of its row."""

    symbol: str
    price_places: int
    tick: Decimal
    size_places: int
    step: Decimal
    size_min: Decimal
    notional_min: Decimal
    order_size_max: Decimal
    market_size_max: Decimal
    leverage_max: int
    maker_rate: Decimal
    taker_rate: Decimal
    buy_band: Decimal
    sell_band: Decimal
    row: Row = field(repr=False, compare=False)

    @property
    def maintenance_rate(self) -> Decimal:
        """The first tier only: 0.4 % for BTC's 150x; half the initial margin for the others."""
        return max(Decimal("0.004"), ONE / (2 * self.leverage_max))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A spot pair."""

    symbol: str
    base: str
    quote: str
    price_places: int
    tick: Decimal
    size_places: int
    step: Decimal
    quote_places: int
    notional_min: Decimal
    size_min: Decimal
    maker_rate: Decimal
    taker_rate: Decimal
    row: Row = field(repr=False, compare=False)


def contract(row: Row) -> Contract:
    price_places = int(row["pricePlace"])
    return Contract(
        symbol=row["symbol"],
        price_places=price_places,
        tick=Decimal(row["priceEndStep"]).scaleb(-price_places),
        size_places=int(row["volumePlace"]),
        step=Decimal(row["sizeMultiplier"]),
        size_min=Decimal(row["minTradeNum"]),
        notional_min=Decimal(row["minTradeUSDT"]),
        order_size_max=Decimal(row.get("maxOrderQty") or "Infinity"),
        market_size_max=Decimal(row.get("maxMarketOrderQty") or "Infinity"),
        leverage_max=int(row["maxLever"]),
        maker_rate=Decimal(row["makerFeeRate"]),
        taker_rate=Decimal(row["takerFeeRate"]),
        buy_band=Decimal(row["buyLimitPriceRatio"]),
        sell_band=Decimal(row["sellLimitPriceRatio"]),
        row=row,
    )


def pair(row: Row) -> Pair:
    price_places, size_places = int(row["pricePrecision"]), int(row["quantityPrecision"])
    return Pair(
        symbol=row["symbol"],
        base=row["baseCoin"],
        quote=row["quoteCoin"],
        price_places=price_places,
        tick=ONE.scaleb(-price_places),
        size_places=size_places,
        step=ONE.scaleb(-size_places),
        quote_places=int(row["quotePrecision"]),
        notional_min=Decimal(row["minTradeUSDT"]),
        size_min=Decimal(row["minTradeAmount"]),
        maker_rate=Decimal(row["makerFeeRate"]),
        taker_rate=Decimal(row["takerFeeRate"]),
        row=row,
    )


def snapshot() -> Snapshot:
    """The listings in the package; `as_of` says their day, `unconfirmed` what to distrust."""
    return Snapshot(contracts=_listing("contracts.json"), spot=_listing("spot.json"))


def _listing(name: str) -> Listing:
    file = resources.files("tgbitget.simulators.bitget") / "data" / name
    raw = json.loads(file.read_text(encoding="utf-8"))
    return Listing(
        as_of=raw["as_of"],
        source=raw["source"],
        note=raw["note"],
        unconfirmed=tuple(raw["unconfirmed"]),
        prices={symbol: Decimal(price) for symbol, price in raw["prices"].items()},
        rows=tuple(raw["data"]),
    )
