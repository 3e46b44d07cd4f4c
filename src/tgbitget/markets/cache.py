"""The venue's markets as a file in HOME, and the snapshot of the package that stands in for it."""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from loguru import logger

from tgbitget.errors import BadInput
from tgbitget.markets.coin_names import ccxt_name
from tgbitget.model.event import utc_text
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Notional, Quantity, exact
from tgbitget.venues.contracts import RenameCoin, Row, contract, pair

SCHEMA_VERSION = 1  # raised when a field changes its meaning; older files are then fetched anew

_PRIVATE = 0o600
_PLAIN_FIELDS = ("id", "symbol", "base", "quote")
_AMOUNT_FIELDS = (
    "tick",
    "step",
    "min_quantity",
    "min_notional",
    "max_market_quantity",
    "max_limit_quantity",
    "max_leverage",
    "maker_fee",
    "taker_fee",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedMarkets:
    """Markets as they were at `as_of`; `source` says where they are from, in words."""

    markets: tuple[Market, ...]
    as_of: datetime
    source: str

    @property
    def origin(self) -> str:
        """For sentences: `snapshot in the package of 2026-11-20`."""
        return f"{self.source} of {self.as_of.date().isoformat()}"


def load(path: Path, *, snapshot: CachedMarkets) -> CachedMarkets:
    """The cache at *path*; *snapshot* where there is none, or none that can be read (one line in the log says why)."""
    try:
        return _read(json.loads(path.read_text(encoding="utf-8")), source="cache")
    except FileNotFoundError:
        return snapshot
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as e:
        logger.warning(
            "The markets in {} cannot be read, {} is used instead: {!r}", path, snapshot.origin, e
        )
        return snapshot


def save(path: Path, cached: CachedMarkets) -> None:
    """Replace the file as a whole, readable by its owner alone. OSError: it stands as it was."""
    content = {
        "version": SCHEMA_VERSION,
        "as_of": utc_text(cached.as_of),
        "markets": [_to_json(market) for market in cached.markets],
    }
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    new = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.chmod(_PRIVATE)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def from_snapshot(raw: Mapping[str, Any]) -> CachedMarkets:
    """*raw* has `contracts` and `spot`, each as `{"as_of": "2026-11-20", "data": [rows as Bitget answers them]}`.

    Symbols are those that CCXT would give. BadInput names a row that cannot be read.
    """
    listings = raw["contracts"], raw["spot"]
    oldest = min(str(listing["as_of"]) for listing in listings)
    futures, spot = (listing["data"] for listing in listings)
    read = (*(_market(contract, row) for row in futures), *(_market(pair, row) for row in spot))
    return CachedMarkets(
        markets=tuple(market for market in read if market is not None),
        as_of=datetime.fromisoformat(oldest).replace(tzinfo=UTC),
        source="snapshot in the package",
    )


def _market(become: Callable[[Row, RenameCoin], Market | None], row: Row) -> Market | None:
    try:
        return become(row, ccxt_name)
    except (KeyError, TypeError, ValueError, ArithmeticError) as e:
        name = row.get("symbol", "a row without a symbol")
        raise BadInput(f"{name}: not a market as Bitget lists them: {e!r}") from e


def _read(content: Mapping[str, Any], *, source: str) -> CachedMarkets:
    if (version := content["version"]) != SCHEMA_VERSION:
        raise ValueError(f"version {SCHEMA_VERSION} is read, was {version}")
    markets = tuple(_from_json(row) for row in content["markets"])
    if not markets:
        raise ValueError("there is no market in it")
    return CachedMarkets(
        markets=markets, as_of=datetime.fromisoformat(content["as_of"]), source=source
    )


def _to_json(market: Market) -> dict[str, Any]:
    amounts = {field: getattr(market, field) for field in _AMOUNT_FIELDS}
    return {
        **{field: getattr(market, field) for field in _PLAIN_FIELDS},
        "product": str(market.product),
        **{field: None if value is None else exact(value) for field, value in amounts.items()},
        "active": market.active,
    }


def _from_json(row: Mapping[str, Any]) -> Market:
    return Market(
        id=row["id"],
        symbol=row["symbol"],
        base=row["base"],
        quote=row["quote"],
        product=Product(row["product"]),
        tick=Decimal(row["tick"]),
        step=Decimal(row["step"]),
        min_quantity=Quantity(Decimal(row["min_quantity"])),
        min_notional=Notional(Decimal(row["min_notional"])),
        max_market_quantity=_quantity(row["max_market_quantity"]),
        max_limit_quantity=_quantity(row["max_limit_quantity"]),
        max_leverage=Decimal(row["max_leverage"]),
        maker_fee=Decimal(row["maker_fee"]),
        taker_fee=Decimal(row["taker_fee"]),
        active=bool(row["active"]),
    )


def _quantity(text: str | None) -> Quantity | None:
    return None if text is None else Quantity(Decimal(text))
