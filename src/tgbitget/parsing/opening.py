"""Which posts may open a trade, by their words and numbers alone: asked before a form is filled."""

from collections.abc import Collection, Sequence
from typing import Final

from tgbitget.parsing.lexemes import NUMBER, Token, Unit
from tgbitget.parsing.lexicon import Meaning

COMPLETE: Final = 2
"""Of entry, targets and stop: with fewer a post opens nothing, unless entry and side are said outright."""
_LEVELS: Final = frozenset(
    {
        Meaning.TARGET, Meaning.TARGET_COUNTED, Meaning.STOP, Meaning.CLOSE,
        Meaning.BUY, Meaning.SELL, Meaning.BUY_STOP, Meaning.SELL_STOP,
    }
)  # fmt: skip
OPENING_WITHOUT_DIGITS: Final = frozenset({Meaning.ENTRY, Meaning.AT_MARKET})
OPENING: Final = _LEVELS | OPENING_WITHOUT_DIGITS
"""Without a word of these no post opens a trade: of entry, targets and stop it needs two, or an entry said outright."""
AT_ONCE: Final = frozenset({Meaning.AT_MARKET, Meaning.OPENING, Meaning.NOW})
"""Without a word of these no entry is at the market."""
_SIDED: Final = frozenset(
    {
        Meaning.LONG, Meaning.SHORT, Meaning.BUY, Meaning.SELL, Meaning.BUY_STOP, Meaning.SELL_STOP,
    }
)  # fmt: skip
_LEVEL_UNITS: Final = frozenset({Unit.NONE, Unit.THOUSANDS, Unit.PERCENT})


def may_open(tokens: Sequence[Token], meanings: Collection[Meaning | None]) -> bool:
    """False where `setups.read_setup` would find nothing.

    Two of entry, targets and stop take two numbers, or one where the entry is the market; else it is an entry said
    outright, with its side.
    """
    if OPENING.isdisjoint(meanings):
        return False
    figures = [t for t in tokens if t.kind is NUMBER and t.unit in _LEVEL_UNITS]
    if len(figures) >= COMPLETE:
        return True
    is_at_once = not AT_ONCE.isdisjoint(meanings)
    is_outright = not (OPENING_WITHOUT_DIGITS.isdisjoint(meanings) or _SIDED.isdisjoint(meanings))
    return (is_at_once or is_outright) if figures else (is_at_once and is_outright)
