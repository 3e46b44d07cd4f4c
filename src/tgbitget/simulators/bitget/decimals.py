"""Decimals as Bitget writes and counts them."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
ONE = Decimal(1)


def text(value: Decimal | None) -> str:
    """Plain digits, no exponent, no trailing zeros; nothing for nothing."""
    if value is None:
        return ""
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in {"", "-0"} else plain


def places(value: Decimal) -> int:
    """Decimals as they were written: 1.10 has two."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def floor_to(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(rounding=ROUND_DOWN) * step


def round_to(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(rounding=ROUND_HALF_UP) * step


def money(value: Decimal) -> Decimal:
    """Cut to the eight decimals in which the venue keeps USDT."""
    return value.quantize(Decimal("0.00000001"), rounding=ROUND_HALF_UP)
