"""What every parser asks before it calls a post read: do levels fit the side, is the name a coin we may trade?"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from tgbitget.model.geometry import geometry_fault
from tgbitget.model.intent import MarketKind, OpenPosition, Side
from tgbitget.model.money import Percent, Price
from tgbitget.model.reading import Read, Span, Unclear
from tgbitget.parsing.lexicon import not_crypto
from tgbitget.parsing.names import QUOTES_TRADED

TARGETS_MAX: Final = 20
ENTRY_SPREAD_MAX: Final = Decimal(3)
"""The highest entry of one trade is at most this many times the lowest; beyond it a digit slipped."""
LEVERAGE_MAX: Final = Decimal(200)
"""More than any exchange gives; the profile's own cap is much lower."""
_DIGITS_MAX: Final = 20

_SENTENCES: Final = {
    "sl_wrong_side": "the stop is not on the losing side",
    "tp_wrong_side": "a target is not on the winning side",
    "price_ambiguous": "some two levels are too far apart to belong to one trade",
}


def judged(intent: OpenPosition, *, parser: str, spans: Sequence[Span] = ()) -> Read | Unclear:
    """The reading of a post that says *intent*."""
    reason = fault_of(intent)
    if reason is None:
        return Read(intent=intent, parser=parser, spans=tuple(spans))
    return Unclear(
        reason=reason,
        parser=parser,
        detail=_SENTENCES.get(reason, ""),
        symbol=intent.symbol,
        spans=tuple(spans),
    )


def fault_of(intent: OpenPosition) -> str | None:
    """The reason why *intent* cannot be meant or traded, or None."""
    return name_fault(intent.symbol, intent.quote) or levels_fault(intent)


def name_fault(symbol: str, quote: str | None) -> str | None:
    bases = not_crypto()
    if symbol in bases or f"{symbol}{quote or ''}" in bases:
        return "not_crypto"
    if quote is not None and quote not in QUOTES_TRADED:
        return "unsupported_quote"
    return None


def levels_fault(intent: OpenPosition) -> str | None:
    if intent.market is MarketKind.SPOT and intent.side is Side.SHORT:
        return "contradictory"
    if intent.leverage is not None and not 1 <= intent.leverage <= LEVERAGE_MAX:
        return "leverage_out_of_range"
    if len(intent.take_profits) > TARGETS_MAX:
        return "too_many_levels"
    fault = geometry_fault(intent)
    if fault == "price_magnitude":
        return "price_ambiguous"
    entries = intent.entry.prices
    if fault is None and entries and max(entries) > min(entries) * ENTRY_SPREAD_MAX:
        return "price_ambiguous"
    if fault is None and any(isinstance(x, Percent) and x.value <= 0 for x in intent.take_profits):
        return "tp_wrong_side"
    return fault


def price(value: Decimal) -> Price | None:
    """*value* as a price, None when no market has such a one."""
    if not value.is_finite() or value <= 0 or abs(value.adjusted()) > _DIGITS_MAX:
        return None
    return Price(value)
