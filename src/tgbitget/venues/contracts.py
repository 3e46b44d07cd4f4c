"""Bitget's lists of contracts and pairs become markets, its tickers quotes. Pure."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tgbitget.model.market import Market, Product
from tgbitget.model.money import Notional, Price, Quantity
from tgbitget.model.trade import Quote
from tgbitget.venues.parse import number

Row = Mapping[str, Any]
RenameCoin = Callable[[str], str]
"""CCXT's name of a coin for Bitget's: some bases are renamed (`TONCOIN` is `TON`)."""

_TRADABLE = frozenset({"normal", "online"})


def contract(row: Row, rename: RenameCoin) -> Market | None:
    """A perpetual contract; None for what is none (deliveries)."""
    if row.get("symbolType", "perpetual") != "perpetual":
        return None
    base, quote = str(row["baseCoin"]), str(row["quoteCoin"])
    return Market(
        id=str(row["symbol"]),
        symbol=f"{rename(base)}/{rename(quote)}:{rename(quote)}",
        base=base,
        quote=quote,
        product=Product.USDT_FUTURES,
        tick=_step(row, "priceEndStep", "pricePlace"),
        step=_step(row, "sizeMultiplier", "volumePlace"),
        min_quantity=Quantity(number(row.get("minTradeNum")) or Decimal(0)),
        min_notional=Notional(number(row.get("minTradeUSDT")) or Decimal(0)),
        max_market_quantity=_limit(row, "maxMarketOrderQty"),
        max_limit_quantity=_limit(row, "maxOrderQty"),
        max_leverage=number(row.get("maxLever")) or Decimal(1),
        active=row.get("symbolStatus") in _TRADABLE,
        **_fees(row),
    )


def pair(row: Row, rename: RenameCoin) -> Market:
    base, quote = str(row["baseCoin"]), str(row["quoteCoin"])
    step = _places(row, "quantityPrecision")
    return Market(
        id=str(row["symbol"]),
        symbol=f"{rename(base)}/{rename(quote)}",
        base=base,
        quote=quote,
        product=Product.SPOT,
        tick=_places(row, "pricePrecision"),
        step=step,
        # Bitget writes 0 where only the value is limited; one step is the least that can be.
        min_quantity=Quantity(max(number(row.get("minTradeAmount")) or Decimal(0), step)),
        min_notional=Notional(number(row.get("minTradeUSDT")) or Decimal(0)),
        max_market_quantity=_limit(row, "maxTradeAmount"),
        max_limit_quantity=_limit(row, "maxTradeAmount"),
        active=row.get("status") in _TRADABLE,
        **_fees(row),
    )


def quote(row: Row) -> Quote | None:
    """A market's last price, just told; None for a market that never traded."""
    last = _price(row, "lastPr")
    if last is None:
        return None
    turnover = number(row.get("usdtVolume")) or number(row.get("quoteVolume"))
    return Quote(
        price=last,
        age_seconds=0.0,
        bid=_price(row, "bidPr"),
        ask=_price(row, "askPr"),
        turnover_24h=None if turnover is None else Notional(turnover),
    )


def _step(row: Row, step: str, places: str) -> Decimal:
    """Contracts give the digits of a step and, apart, where they end: 5 and 3 places are 0.005. As CCXT reads it."""
    written = number(row.get(step))
    if written is None:
        return _places(row, places)
    _, digits, exponent = written.as_tuple()
    whole = int("".join(map(str, digits)))
    decimals = max(-int(exponent), int(str(row[places])))
    return (Decimal(whole).scaleb(-decimals)).normalize() + 0


def _places(row: Row, name: str) -> Decimal:
    return Decimal(1).scaleb(-int(str(row[name])))


def _limit(row: Row, name: str) -> Quantity | None:
    found = number(row.get(name))
    return Quantity(found) if found else None


def _price(row: Row, name: str) -> Price | None:
    found = number(row.get(name))
    return Price(found) if found else None


def _fees(row: Row) -> dict[str, Decimal]:
    named = {
        "maker_fee": number(row.get("makerFeeRate")),
        "taker_fee": number(row.get("takerFeeRate")),
    }
    return {name: rate for name, rate in named.items() if rate is not None}
