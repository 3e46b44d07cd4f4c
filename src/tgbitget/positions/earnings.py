"""What fills have earned: the average entry, and the profit of what was closed. Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from tgbitget.model.intent import Side
from tgbitget.model.market import Market
from tgbitget.model.money import Price
from tgbitget.model.order import Fill
from tgbitget.model.plan import OrderSide
from tgbitget.positions.coins import quote_fee

_PRECISION = Decimal("1e-8")  # averages divide; the venue's own amounts have no more places


def average_entry(side: Side, fills: Iterable[Fill]) -> Price | None:
    opening = [fill for fill in fills if fill.side is OrderSide.opening(side)]
    amount = sum((fill.amount for fill in opening), Decimal(0))
    if not amount:
        return None
    cost = sum((fill.amount * fill.price for fill in opening), Decimal(0))
    return Price((cost / amount).quantize(_PRECISION))


def earned(side: Side, fills: Sequence[Fill], market: Market) -> Decimal:
    """Profit of what was closed, less all fees paid, in quote coin."""
    entry = average_entry(side, fills)
    if entry is None:
        return Decimal(0)
    exits = [fill for fill in fills if fill.side is OrderSide.closing(side)]
    won = sum((fill.amount * (fill.price - entry) for fill in exits), Decimal(0))
    fees = sum((quote_fee(fill, market) for fill in fills), Decimal(0))
    return (side.sign * won - fees).quantize(_PRECISION)
