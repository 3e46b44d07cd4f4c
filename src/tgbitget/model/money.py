"""Money is Decimal with a meaning; text in, text out."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NewType

Price = NewType("Price", Decimal)
Quantity = NewType("Quantity", Decimal)
"""In base coin."""
Notional = NewType("Notional", Decimal)
"""In quote coin, before leverage."""

NOTHING = Quantity(Decimal(0))

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent:
    """A distance given in percent, with the sign that was written: `Percent(value=Decimal("5"))` is `5%`."""

    value: Decimal

    def of(self, amount: Decimal) -> Decimal:
        return amount * self.value / _HUNDRED

    def __str__(self) -> str:
        return f"{exact(self.value)}%"


def exact(amount: Decimal) -> str:
    """Plain digits, no exponent, no trailing zeros: `Decimal("5.70E+4")` is `57000`."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def floor_to(amount: Decimal, step: Decimal) -> Decimal:
    """The nearest multiple of *step* (> 0) not above *amount*."""
    return (amount / step).to_integral_value(ROUND_FLOOR) * step


def ceil_to(amount: Decimal, step: Decimal) -> Decimal:
    """The nearest multiple of *step* (> 0) not below *amount*."""
    return (amount / step).to_integral_value(ROUND_CEILING) * step
