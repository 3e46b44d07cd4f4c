"""Reading a request's parameters, and refusing what is missing or is no number."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, TypeVar

from tgbitget.simulators.bitget.refusals import Refusal

E = TypeVar("E", bound=Enum)
PRODUCT = "USDT-FUTURES"
PAGE = 100


class Params:
    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value).strip()

    def need(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise Refusal("400172", name)
        return value

    def decimal(self, name: str) -> Decimal | None:
        raw = self.text(name)
        if not raw:
            return None
        try:
            value = Decimal(raw)
        except InvalidOperation as error:
            raise Refusal("40020", name) from error
        if not value.is_finite():
            raise Refusal("40020", name)
        return value

    def need_decimal(self, name: str) -> Decimal:
        self.need(name)
        value = self.decimal(name)
        assert value is not None
        return value

    def positive(self, name: str) -> Decimal | None:
        """Nothing where it is missing or zero: Bitget's way to say "at market"."""
        value = self.decimal(name)
        return value or None

    def integer(self, name: str) -> int | None:
        value = self.decimal(name)
        if value is None:
            return None
        if value != value.to_integral_value():
            raise Refusal("40020", name)
        return int(value)

    def choice(self, name: str, kind: type[E], default: E | None = None) -> E:
        raw = self.text(name).lower()
        if not raw and default is not None:
            return default
        try:
            return kind(raw)
        except ValueError as error:
            raise Refusal("400172" if not raw else "40020", name) from error

    def rows(self, name: str) -> list[Params]:
        rows = self.values.get(name) or []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Refusal("40020", name)
        return [Params(row) for row in rows]

    def futures(self) -> None:
        """Only the USDT futures are modelled."""
        if self.need("productType").upper() != PRODUCT:
            raise Refusal("40020", "productType")

    def usdt_margin(self) -> None:
        if self.need("marginCoin").upper() != "USDT":
            raise Refusal("40020", "marginCoin")


Row = dict[str, Any]


def page(rows: Iterable[Row], params: Params, *, id_of: str, time_of: str = "cTime") -> list[Row]:
    """Newest first, cut by symbol, time, id and number, as the history endpoints are."""
    symbol, before = params.text("symbol"), params.integer("idLessThan")
    start, end = params.integer("startTime"), params.integer("endTime")
    chosen = [
        row
        for row in rows
        if (not symbol or row["symbol"] == symbol)
        and (before is None or int(row[id_of]) < before)
        and (start is None or int(row[time_of]) >= start)
        and (end is None or int(row[time_of]) <= end)
    ]
    chosen.sort(key=lambda row: int(row[id_of]), reverse=True)
    return chosen[: params.integer("limit") or PAGE]
