"""Bitget's own lists of contracts and pairs become markets; symbols are those that CCXT gives them.

Read are `v2/mix/market/contracts` (USDT-FUTURES) and `v2/spot/public/symbols`. Left out are delivery contracts and
those whose margin is not their quote coin, for their amounts mean something else; and the venue's maxima by value
(`maxLimitOrderValue`, `maxMarketOrderValue` of spot), which it enforces itself.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from tgbitget.errors import BadInput
from tgbitget.markets.coin_names import CCXT_NAMES
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Notional, Quantity

Row = Mapping[str, Any]

_OPEN = ("normal", "online")
_DOLLAR_COINS = ("USDT", "USDC")
_ONE = Decimal(1)


def contracts(rows: Iterable[Row]) -> tuple[Market, ...]:
    """The perpetuals of USDT-FUTURES. BadInput names the row that cannot be read."""
    return tuple(_read(_contract, row) for row in rows if _is_linear_perpetual(row))


def pairs(rows: Iterable[Row]) -> tuple[Market, ...]:
    """The pairs of spot. BadInput names the row that cannot be read."""
    return tuple(_read(_pair, row) for row in rows)


def ccxt_base(coin: str) -> str:
    name = coin.upper()
    return CCXT_NAMES.get(name, name)


def _is_linear_perpetual(row: Row) -> bool:
    return row.get("symbolType") == "perpetual" and row.get("quoteCoin") in row.get(
        "supportMarginCoins", ()
    )


def _read(become: Any, row: Row) -> Market:
    try:
        market: Market = become(row)
    except (KeyError, TypeError, ValueError, InvalidOperation) as e:
        name = row.get("symbol", "a row without a symbol")
        raise BadInput(f"{name}: not a market as Bitget lists them: {e!r}") from e
    return market


def _contract(row: Row) -> Market:
    base, quote = row["baseCoin"], row["quoteCoin"]
    symbol = f"{ccxt_base(base)}/{ccxt_base(quote)}"
    step = max(Decimal(row["sizeMultiplier"]), _places(row["volumePlace"]))
    return Market(
        id=row["symbol"],
        symbol=f"{symbol}:{ccxt_base(quote)}",
        base=base,
        quote=quote,
        product=Product.USDT_FUTURES,
        tick=Decimal(row["priceEndStep"]) * _places(row["pricePlace"]),
        step=step,
        min_quantity=Quantity(Decimal(row["minTradeNum"])),
        min_notional=_min_notional(row),
        max_market_quantity=_maximum(row.get("maxMarketOrderQty")),
        max_limit_quantity=_maximum(row.get("maxOrderQty")),
        max_leverage=Decimal(row["maxLever"]),
        maker_fee=Decimal(row["makerFeeRate"]),
        taker_fee=Decimal(row["takerFeeRate"]),
        active=row["symbolStatus"] in _OPEN,
    )


def _pair(row: Row) -> Market:
    base, quote = row["baseCoin"], row["quoteCoin"]
    maximum = _maximum(row.get("maxTradeAmount"))
    return Market(
        id=row["symbol"],
        symbol=f"{ccxt_base(base)}/{ccxt_base(quote)}",
        base=base,
        quote=quote,
        product=Product.SPOT,
        tick=_places(row["pricePrecision"]),
        step=_places(row["quantityPrecision"]),
        min_quantity=Quantity(Decimal(row["minTradeAmount"])),
        min_notional=_min_notional(row),
        max_market_quantity=maximum,
        max_limit_quantity=maximum,
        maker_fee=Decimal(row["makerFeeRate"]),
        taker_fee=Decimal(row["takerFeeRate"]),
        active=row["status"] in _OPEN,
    )


def _places(digits: str) -> Decimal:
    return _ONE.scaleb(-int(digits))


def _min_notional(row: Row) -> Notional:
    """The venue states it in USDT; of a pair in another kind of coin only the venue can judge it."""
    is_dollar = row["quoteCoin"] in _DOLLAR_COINS
    return Notional(Decimal(row["minTradeUSDT"]) if is_dollar else Decimal(0))


def _maximum(text: str | None) -> Quantity | None:
    """Absent, empty and 0 mean that the venue states none."""
    return Quantity(Decimal(text)) if text and Decimal(text) > 0 else None
