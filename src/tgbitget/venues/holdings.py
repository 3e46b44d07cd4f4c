"""Bitget's rows become positions, the account and what each symbol is set to. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.market import Product
from tgbitget.model.money import Price, Quantity
from tgbitget.model.position import Holding, VenuePosition
from tgbitget.venues.listing import Listing
from tgbitget.venues.parse import number

Row = Mapping[str, Any]

_HEDGED = "hedge_mode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a symbol is set to: its margin mode, and the leverage that each mode and side would use; None: not known."""

    mode: MarginMode | None = None
    crossed: Decimal | None = None
    isolated_long: Decimal | None = None
    isolated_short: Decimal | None = None

    def leverage(self, side: Side) -> Decimal | None:
        if self.mode is MarginMode.CROSS:
            return self.crossed
        return self.isolated_long if side is Side.LONG else self.isolated_short

    def with_leverage(self, leverage: Decimal, side: Side | None) -> "Setting":
        """As set for one side, or for both (None)."""
        if self.mode is MarginMode.CROSS:
            return replace(self, crossed=leverage)
        long = leverage if side in (Side.LONG, None) else self.isolated_long
        short = leverage if side in (Side.SHORT, None) else self.isolated_short
        return replace(self, isolated_long=long, isolated_short=short)


def margin_mode(row: Row) -> MarginMode:
    return MarginMode.ISOLATED if row.get("marginMode") == "isolated" else MarginMode.CROSS


def is_hedged(row: Row) -> bool:
    """ValueError when the account does not say its hold mode."""
    mode = str(row.get("posMode", ""))
    if mode not in (_HEDGED, "one_way_mode"):
        raise ValueError(f"unknown hold mode {mode!r}")
    return mode == _HEDGED


def setting(row: Row) -> Setting:
    names = ("crossedMarginLeverage", "isolatedLongLever", "isolatedShortLever")
    crossed, long, short = (number(row.get(name)) for name in names)
    if crossed is None or long is None or short is None:
        raise ValueError(f"no leverage in {dict(row)!r:.300}")
    return Setting(mode=margin_mode(row), crossed=crossed, isolated_long=long, isolated_short=short)


def futures_equity(rows: Iterable[Row]) -> tuple[Decimal, Decimal]:
    """Equity and what of it is available, in USDT. ValueError when the list names no USDT account."""
    for row in rows:
        equity, available = number(row.get("accountEquity")), number(row.get("available"))
        if row.get("marginCoin") == "USDT" and equity is not None and available is not None:
            return equity, available
    raise ValueError("no futures account in USDT")


def spot_holdings(rows: Iterable[Row]) -> Mapping[str, Holding]:
    """By coin; what orders hold or the venue has locked is held all the same."""
    found: dict[str, Holding] = {}
    for row in rows:
        available = number(row.get("available"))
        if available is None:
            raise ValueError(f"no amount in {dict(row)!r:.300}")
        bound = [number(row.get(name)) or Decimal(0) for name in ("frozen", "locked")]
        coin = str(row["coin"]).upper()
        found[coin] = Holding(
            available=Quantity(available), total=Quantity(available + sum(bound, Decimal(0)))
        )
    return found


def position(row: Row, listing: Listing) -> VenuePosition | None:
    """None for a row without size: a flat symbol."""
    amount = number(row.get("total"))
    if not amount:
        return None
    entry = number(row.get("openPriceAvg"))
    if entry is None:
        raise ValueError("a position without an entry price")
    return VenuePosition(
        symbol=listing.symbol_of(Product.USDT_FUTURES, str(row.get("symbol") or row["instId"])),
        side=Side(str(row["holdSide"]).lower()),
        amount=Quantity(amount),
        entry=Price(entry),
        leverage=number(row.get("leverage")) or Decimal(1),
        margin_mode=margin_mode(row),
        is_hedged=row.get("posMode") == _HEDGED,
        liquidation=_liquidation(row),
    )


def _liquidation(row: Row) -> Price | None:
    """0 or below, where the margin outlasts any price."""
    price = number(row.get("liquidationPrice"))
    return Price(price) if price is not None and price > 0 else None
