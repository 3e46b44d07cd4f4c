"""What a follow-up orders, gathered clause by clause, and the intent that comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tgbitget.model.intent import (
    AtTarget,
    CancelEntries,
    ClosePosition,
    FollowUp,
    LevelUpdate,
    Side,
    Unspecified,
    UpdateTrade,
)
from tgbitget.model.money import Price
from tgbitget.model.reading import Read, Span, Unclear
from tgbitget.parsing.clauses import Clause
from tgbitget.parsing.judgement import name_fault
from tgbitget.parsing.lexemes import NAME, NUMBER, WORD
from tgbitget.parsing.lexicon import Lexicon, Meaning
from tgbitget.parsing.names import Name
from tgbitget.parsing.tokens import Token, Unit

PARSER: Final = "freeform"
_NAME_LETTERS: Final = range(2, 11)
_COUNT_DIGITS: Final = 2
_LEVELS: Final = frozenset({Unit.NONE, Unit.THOUSANDS, Unit.GARBLED})
_AT_ENTRY: Final = LevelUpdate(stop_loss=AtTarget(number=0))


@dataclass(slots=True)
class Orders:
    """Gathered so far. `is_bare`: some level came without a verb; `figures`: how many numbers became levels."""

    closes: bool = False
    cancels: bool = False
    fraction: Decimal | Unspecified | None = None
    side: Side | None = None
    stop: Price | AtTarget | None = None
    targets: list[Price] = field(default_factory=list)
    clauses: list[Clause] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    is_bare: bool = False
    is_report: bool = False  # the post tells a result: what was closed in it is over
    figures: int = 0
    fault: str | None = None
    is_all: bool = False  # each trade of the channel

    @property
    def are_any(self) -> bool:
        return self.closes or self.cancels or self.changes_levels

    @property
    def changes_levels(self) -> bool:
        return self.stop is not None or bool(self.targets)

    def note(self, rule: str, first: Token, last: Token) -> None:
        self.spans.append(Span(field="action", start=first.start, end=last.end, rule=rule))

    def take_side(self, tokens: Sequence[Token]) -> None:
        """The one direction that *tokens* name."""
        sides = {token.meaning for token in tokens} & {Meaning.LONG, Meaning.SHORT}
        if len(sides) == 1:
            self.side = Side.LONG if Meaning.LONG in sides else Side.SHORT


def reading_of(orders: Orders, tokens: Sequence[Token], lexicon: Lexicon) -> Read | Unclear:
    if orders.is_bare and orders.figures and _figures(tokens) > orders.figures:
        orders.fault = "no_entry"  # a set-up of which we understand a part only
    if orders.fault is not None:
        return Unclear(reason=orders.fault, parser=PARSER, spans=tuple(orders.spans))
    names = _names_of(orders, tokens, lexicon)
    bases = sorted({name.base for name, _ in names})
    if len(bases) > 1:
        detail = f"several coins: {', '.join(bases)}"
        return Unclear(reason="multi_signal", parser=PARSER, detail=detail)
    name: Name | None = None
    if names:
        name, token = names[0]
        fault = name_fault(name.base, name.quote)
        if fault is not None:
            return Unclear(reason=fault, parser=PARSER, symbol=name.base)
        orders.spans.append(Span(field="symbol", start=token.start, end=token.end, rule="name"))
    return Read(intent=_intent(orders, name), parser=PARSER, spans=tuple(orders.spans))


def _intent(orders: Orders, name: Name | None) -> FollowUp:
    symbol, quote = (name.base, name.quote) if name else (None, None)
    update = None
    if orders.changes_levels:
        update = LevelUpdate(stop_loss=orders.stop, take_profits=tuple(orders.targets) or None)
    # A price fits one coin; the entry is each trade's own.
    is_all = orders.is_all and update in (None, _AT_ENTRY)
    if orders.closes:
        return ClosePosition(
            symbol=symbol,
            quote=quote,
            side=orders.side,
            fraction=orders.fraction,
            update=update,
            is_all=is_all,
        )
    if orders.cancels or update is None:
        return CancelEntries(
            symbol=symbol, quote=quote, side=orders.side, update=update, is_all=is_all
        )
    return UpdateTrade(symbol=symbol, quote=quote, side=orders.side, update=update, is_all=is_all)


def _figures(tokens: Sequence[Token]) -> int:
    """Numbers that could be prices; the number of a label or a list is none."""
    return sum(
        1
        for token in tokens
        if token.kind is NUMBER
        and token.unit in _LEVELS
        and not (token.word.isdigit() and len(token.word) <= _COUNT_DIGITS)
    )


def _names_of(
    orders: Orders, tokens: Sequence[Token], lexicon: Lexicon
) -> list[tuple[Name, Token]]:
    """The coins of the clauses that order something; elsewhere only what is surely a name, and never beside *all*."""
    said = [token for clause in orders.clauses for token in clause.tokens]
    names = _names(said, lexicon)
    if names or any(Meaning.ALL in clause.meanings for clause in orders.clauses):
        return names
    return [(name, token) for name, token in _names(tokens, lexicon) if token.kind is NAME]


def _names(tokens: Sequence[Token], lexicon: Lexicon) -> list[tuple[Name, Token]]:
    """The coins a follow-up names: written as such, or unknown capitals among small letters."""
    named = [(t.name, t) for t in tokens if t.kind is NAME and t.name is not None]
    strong = [n for n in named if n[1].is_strong]
    written = [t for t in tokens if t.kind is WORD]
    if named or all(token.is_upper for token in written):
        return strong or named
    return [
        (Name(base=token.word.upper()), token)
        for token in written
        if token.is_upper
        and token.word.isascii()
        and len(token.word) in _NAME_LETTERS
        and (token.meaning is None or token.word.upper() in lexicon.word_coins)
    ]
