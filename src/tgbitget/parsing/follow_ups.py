"""Posts that change a trade: close all or a part, cancel what waits, move the stop, set new targets.

A follow-up is an instruction, or a choice of the trader told in any tense ("closed manually"). What the market did (a stop
or target hit, an entry filled) is news: the orders at the venue have done it already. Conditions, plans and questions are
no instructions either.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tgbitget.model.intent import (
    AtTarget,
    CancelEntries,
    ClosePosition,
    LevelUpdate,
    Side,
    Unspecified,
    UpdateTrade,
)
from tgbitget.model.money import Price
from tgbitget.model.reading import Read, Span, Unclear
from tgbitget.parsing import numbers
from tgbitget.parsing.clauses import Clause, clauses, unknown_words, words
from tgbitget.parsing.judgement import name_fault, price
from tgbitget.parsing.lexicon import Lexicon, Meaning
from tgbitget.parsing.names import Name
from tgbitget.parsing.tokens import Kind, Token, Unit

PARSER: Final = "freeform"
WORDS_MAX: Final = 45
"""An instruction is short; a longer text that holds one explains, teaches or reports."""
_TALK_MAX: Final = 2
_TICKS_MAX: Final = 1
_REACH: Final = 4
_TARGETS_MAX: Final = 20
_REPORTS: Final = frozenset({Meaning.HIT, Meaning.RESULT, Meaning.PROFIT})
"""In a post with one of these a bare `TP: 1.2` is what happened, not what to do."""
_HUNDRED: Final = Decimal(100)

_M = Meaning
_LEFT: Final = frozenset({_M.ALL, _M.REST, _M.OBJECT, _M.DIRECTION, _M.LONG, _M.SHORT, _M.PROFIT, _M.MANUALLY, _M.NOW, _M.AT_MARKET, _M.ENTRY, _M.BREAKEVEN, _M.REVERSED, _M.SPOT, _M.HALF, _M.PART, _M.FUTURES, _M.LIMIT})  # fmt: skip
"""What may be left, and how: the words that make a close of the verb."""
_SHARES: Final[dict[Meaning, Decimal | Unspecified]] = {
    _M.PART: Unspecified.PART,
    _M.HALF: Decimal("0.5"),
}
_BEFORE_PRICE: Final = frozenset(
    {_M.FILLER, _M.AROUND, _M.TO, _M.MOVE, _M.AMENDED, _M.NOW, _M.PRICE, _M.OBJECT, _M.DIRECTION}
)
_WAITING: Final = frozenset(
    {
        _M.OBJECT,
        _M.DIRECTION,
        _M.PENDING,
        _M.LIMIT,
        _M.ENTRY,
        _M.ALL,
        _M.LONG,
        _M.SHORT,
        _M.BUY,
        _M.SELL,
    }
)


@dataclass(slots=True)
class Orders:
    """What a post orders, gathered clause by clause."""

    closes: bool = False
    cancels: bool = False
    fraction: Decimal | Unspecified | None = None
    side: Side | None = None
    stop: Price | AtTarget | None = None
    targets: list[Price] = field(default_factory=list)
    clauses: list[Clause] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    is_bare: bool = False  # some level came without a verb
    figures: int = 0
    fault: str | None = None

    @property
    def changes_levels(self) -> bool:
        return self.stop is not None or bool(self.targets)

    def note(self, rule: str, first: Token, last: Token) -> None:
        self.spans.append(Span(field="action", start=first.start, end=last.end, rule=rule))


def read_follow_up(tokens: Sequence[Token], lexicon: Lexicon) -> Read | Unclear | None:
    """None when the post orders nothing."""
    if words(tokens) > WORDS_MAX or any(t.meaning is Meaning.TALK for t in tokens):
        return None
    if sum(1 for t in tokens if t.kind is Kind.TICK) > _TICKS_MAX:
        return None
    orders = Orders()
    found = list(clauses(tokens))
    is_bare = _is_bare(tokens)
    for clause in found:
        if clause.is_meant or clause.has(_M.VOID):
            before = len(orders.spans)
            _close(clause, orders)
            _cancel(clause, orders)
            _stop(clause, orders, lexicon, is_bare=is_bare)
            _targets(clause, orders, lexicon, is_bare=is_bare)
            if len(orders.spans) > before:
                orders.clauses.append(clause)
    if not (orders.closes or orders.cancels or orders.changes_levels):
        return Unclear(reason=orders.fault, parser=PARSER) if orders.fault else None
    return _read(orders, tokens, lexicon)


def _is_bare(tokens: Sequence[Token]) -> bool:
    """Nothing but labels and their values: `SL : 53.590`. With ticks, results or talk they tell what happened."""
    return unknown_words(tokens) <= _TALK_MAX and not any(
        t.kind is Kind.TICK or t.meaning in _REPORTS for t in tokens
    )


# close


def _close(clause: Clause, orders: Orders) -> None:
    for at, token in enumerate(clause.tokens):
        if token.meaning in (_M.CLOSE, _M.CLOSED, _M.TAKE) or _takes_profit(clause, at):
            if _closes_at(clause, at, orders):
                orders.closes = True
                orders.note("close", token, token)
                return


def _takes_profit(clause: Clause, at: int) -> bool:
    """`TAKE PROFIT BOTH LONG & SHORT`: a verb here, not a label."""
    after = clause.at(clause.next_of_weight(at + 1))
    return (
        clause.tokens[at].meaning is _M.TARGET
        and clause.tokens[at].word == "take profit"
        and after is not None
        and after.meaning in (_M.ALL, _M.HALF, _M.PART, _M.LONG, _M.SHORT, _M.MANUALLY)
    )


def _closes_at(clause: Clause, at: int, orders: Orders) -> bool:
    verb, before = clause.tokens[at], clause.at(at - 1)
    after = clause.at(at + 1)
    if (before is not None and before.meaning is _M.CANDLE) or clause.is_denied(at):
        return False
    if after is not None and after.meaning in (_M.ABOVE, _M.BELOW, _M.TO, _M.CANDLE):
        return False
    if (
        verb.meaning is _M.CLOSED
        and clause.has(_M.PROFIT, _M.RESULT)
        and not clause.has(_M.MANUALLY, _M.REVERSED, _M.NOW)
    ):
        if not _is_percent(clause.at(clause.next_of_weight(at + 1))):
            return False
    left, names = _object(clause, at + 1, orders)
    if left is None:
        return False
    if before is not None and before.meaning in (_M.PART, _M.HALF, _M.ALL, _M.REST):
        left.add(before.meaning)
        if before.meaning in _SHARES and orders.fraction is None:
            orders.fraction = _SHARES[before.meaning]
    named_before = any(
        t.kind is Kind.NAME or t.meaning in (_M.LONG, _M.SHORT, _M.OBJECT, _M.ALL)
        for t in clause.tokens[:at]
    )
    is_alone = clause.next_of_weight(at + 1) >= len(clause.tokens)
    if verb.meaning is _M.TAKE:
        orders.fraction = orders.fraction or Unspecified.PART
        return True
    return bool(left or names or orders.fraction) or (
        is_alone and (named_before or len(clause.tokens) <= 2)
    )


def _object(clause: Clause, at: int, orders: Orders) -> tuple[set[Meaning] | None, bool]:
    """What the verb at *at* - 1 leaves: meanings and whether a coin is named. None: what follows takes its force."""
    seen: set[Meaning] = set()
    named = False
    first = True
    fraction: Decimal | Unspecified | None = None
    for index in range(at, len(clause.tokens)):
        token = clause.tokens[index]
        if token.word == ",":
            break
        if token.meaning in (_M.HIT, _M.STOP):
            return None, False
        if token.kind is Kind.NAME:
            named = True
        elif first and (share := _share(clause, index)) is not None:
            fraction = share
        elif token.meaning in (_M.HALF, _M.PART):
            fraction = _SHARES[token.meaning]
        elif token.meaning in _LEFT:
            assert token.meaning is not None
            seen.add(token.meaning)
        elif token.kind is Kind.WORD and token.meaning not in (_M.FILLER, _M.AROUND, _M.PRICE):
            break
        first = first and token.meaning in (_M.FILLER, _M.AROUND, _M.REST, _M.ALL)
    if clause.has(_M.REVERSED):
        seen.add(_M.REVERSED)
    orders.fraction = fraction if fraction is not None else orders.fraction
    sides = seen & {_M.LONG, _M.SHORT}
    sides = sides or {t.meaning for t in clause.tokens[:at]} & {_M.LONG, _M.SHORT}
    if len(sides) == 1:
        orders.side = Side.LONG if _M.LONG in sides else Side.SHORT
    return seen, named


def _is_percent(token: Token | None) -> bool:
    return token is not None and token.unit is Unit.PERCENT


def _share(clause: Clause, at: int) -> Decimal | None:
    """`50%` or `1/2` at *at*, of a whole."""
    token, slash, below = clause.tokens[at], clause.at(at + 1), clause.at(at + 2)
    before = clause.at(at - 1)
    if token.kind is not Kind.NUMBER or (before is not None and before.word in "+-"):
        return None
    value = numbers.values(token.word, numbers.PLAIN)
    if value is None or len(value) != 1:
        return None
    if token.unit is Unit.PERCENT:
        return value[0] / _HUNDRED if value[0] < _HUNDRED else None
    if slash is not None and slash.word == "/" and below is not None and below.word.isdigit():
        whole = Decimal(below.word)
        return value[0] / whole if value[0] < whole else None
    return None


# cancel


def _cancel(clause: Clause, orders: Orders) -> None:
    for at, token in enumerate(clause.tokens):
        if token.meaning is _M.VOID:
            orders.cancels = True
            orders.note("void", token, token)
        if token.meaning is not _M.CANCEL or clause.is_denied(at):
            continue
        after = clause.at(clause.next_of_weight(at + 1))
        is_end = (
            after is None
            or after.meaning is _M.TO
            or (after.kind is Kind.MARK and after.word == ",")
        )
        is_waiting = after is not None and (after.meaning in _WAITING or after.kind is Kind.NAME)
        before = clause.tokens[:at]
        is_said_of = any(t.kind is Kind.NAME or t.meaning in _WAITING for t in before)
        if is_waiting or (is_end and (is_said_of or not before)):
            orders.cancels = True
            orders.note("cancel", token, after or token)
            sides = {t.meaning for t in clause.tokens} & {_M.LONG, _M.SHORT}
            if len(sides) == 1:
                orders.side = Side.LONG if _M.LONG in sides else Side.SHORT


# levels


def _stop(clause: Clause, orders: Orders, lexicon: Lexicon, *, is_bare: bool) -> None:
    moves = clause.has(_M.MOVE, _M.AMENDED)
    for at, token in enumerate(clause.tokens):
        if token.meaning is _M.STOP:
            before = clause.at(at - 1)
            if (before is not None and before.meaning is _M.HIT) or clause.is_denied(at):
                continue
            if moves or unknown_words(clause.tokens) <= _TALK_MAX:
                _take_stop(clause, at, orders, lexicon, with_price=moves or is_bare)
                orders.is_bare = orders.is_bare or not moves
        elif token.meaning is _M.RISK_FREE or (
            token.meaning is _M.BREAKEVEN and _is_moved_there(clause, at)
        ):
            orders.stop = AtTarget(number=0)
            orders.note("breakeven", token, token)


def _is_moved_there(clause: Clause, at: int) -> bool:
    """`move to breakeven`, `the rest to breakeven`; `hit breakeven` is news."""
    before = {t.meaning for t in clause.tokens[max(0, at - _REACH) : at]}
    if before & {_M.MOVE, _M.AMENDED}:
        return True
    return bool(before & {_M.REST}) and not clause.has(_M.STOP, _M.HIT)


def _take_stop(
    clause: Clause, at: int, orders: Orders, lexicon: Lexicon, *, with_price: bool
) -> None:
    """The value behind a stop label: `to entry`, `at 3.065`, `to TP1`."""
    for index in range(at + 1, len(clause.tokens)):
        token = clause.tokens[index]
        if token.meaning in (_M.BREAKEVEN, _M.BREAKEVEN_SHORT, _M.ENTRY):
            orders.stop = AtTarget(number=0)
            orders.note("stop to entry", clause.tokens[at], token)
            return
        if token.meaning is _M.TARGET:
            number = clause.at(index + 1)
            if (
                number is not None
                and number.word.isdigit()
                and 1 <= int(number.word[:3]) <= _TARGETS_MAX
            ):
                orders.stop = AtTarget(number=int(number.word))
                orders.note("stop to target", clause.tokens[at], number)
            return
        if token.kind is Kind.NUMBER:
            if with_price:
                _take_price(clause.tokens[at], token, orders, lexicon, is_stop=True)
            return
        if token.kind is Kind.WORD and token.meaning not in _BEFORE_PRICE:
            return


def _targets(clause: Clause, orders: Orders, lexicon: Lexicon, *, is_bare: bool) -> None:
    moves = clause.has(_M.MOVE, _M.AMENDED)
    if not (moves or is_bare) or clause.has(_M.HIT, _M.RESULT):
        return
    orders.is_bare = orders.is_bare or (not moves and clause.has(_M.TARGET))
    for at, token in enumerate(clause.tokens):
        if token.meaning is _M.TARGET:
            _take_targets(clause, at, orders, lexicon)


def _take_targets(clause: Clause, at: int, orders: Orders, lexicon: Lexicon) -> None:
    index = at + 1
    first = clause.at(index)
    if (
        first is not None
        and first.is_glued
        and first.word.isdigit()
        and int(first.word[:3]) <= _TARGETS_MAX
    ):
        index += 1  # "TP3"
    for token in clause.tokens[index:]:
        if token.kind is Kind.NUMBER:
            _take_price(clause.tokens[at], token, orders, lexicon, is_stop=False)
        elif token.kind is Kind.WORD and token.meaning not in _BEFORE_PRICE:
            return


def _take_price(
    label: Token, token: Token, orders: Orders, lexicon: Lexicon, *, is_stop: bool
) -> None:
    if token.unit is Unit.GARBLED:
        orders.fault = "price_ambiguous"
    if token.unit not in (Unit.NONE, Unit.THOUSANDS):
        return
    orders.figures += 1
    marks = lexicon.thousands.get(label.language, frozenset())
    value = numbers.settled(token.word, marks)
    level = None if value is None else price(value)
    if level is None:
        orders.fault = "price_ambiguous"
    elif is_stop:
        orders.stop = level
    else:
        orders.targets.append(level)
    orders.note("new stop" if is_stop else "new target", label, token)


# the reading


def _read(orders: Orders, tokens: Sequence[Token], lexicon: Lexicon) -> Read | Unclear:
    if orders.is_bare and orders.figures and _figures(tokens) > orders.figures:
        orders.fault = "no_entry"  # a set-up of which we understand a part only
    if orders.fault is not None:
        return Unclear(reason=orders.fault, parser=PARSER, spans=tuple(orders.spans))
    said = [token for clause in orders.clauses for token in clause.tokens]
    says_all = any(token.meaning is _M.ALL for token in said)
    names = (
        _names(said, lexicon) or []
        if says_all
        else _names(said, lexicon) or [n for n in _names(tokens, lexicon) if n[1].kind is Kind.NAME]
    )
    bases = {name.base for name, _ in names}
    if len(bases) > 1:
        return Unclear(
            reason="multi_signal",
            parser=PARSER,
            detail=f"several coins: {', '.join(sorted(bases))}",
        )
    name, token = names[0] if names else (None, None)
    if name is not None and token is not None:
        fault = name_fault(name.base, name.quote)
        if fault is not None:
            return Unclear(reason=fault, parser=PARSER, symbol=name.base)
        orders.spans.append(Span(field="symbol", start=token.start, end=token.end, rule="name"))
    symbol, quote = (name.base, name.quote) if name else (None, None)
    update = None
    if orders.changes_levels:
        update = LevelUpdate(stop_loss=orders.stop, take_profits=tuple(orders.targets) or None)
    spans = tuple(orders.spans)
    if orders.closes:
        close = ClosePosition(
            symbol=symbol, quote=quote, side=orders.side, fraction=orders.fraction, update=update
        )
        return Read(intent=close, parser=PARSER, spans=spans)
    if orders.cancels:
        cancel = CancelEntries(symbol=symbol, quote=quote, side=orders.side, update=update)
        return Read(intent=cancel, parser=PARSER, spans=spans)
    assert update is not None
    return Read(
        intent=UpdateTrade(symbol=symbol, quote=quote, side=orders.side, update=update),
        parser=PARSER,
        spans=spans,
    )


def _figures(tokens: Sequence[Token]) -> int:
    """Numbers that could be prices; the number of a label or a list is none."""
    return sum(
        1
        for t in tokens
        if t.kind is Kind.NUMBER
        and t.unit in (Unit.NONE, Unit.THOUSANDS, Unit.GARBLED)
        and not (t.word.isdigit() and len(t.word) <= 2)  # noqa: PLR2004 - 1 to 99
    )


def _names(tokens: Sequence[Token], lexicon: Lexicon) -> list[tuple[Name, Token]]:
    """The coins a follow-up names: written as such, or unknown capitals among small letters."""
    named = [(t.name, t) for t in tokens if t.kind is Kind.NAME and t.name is not None]
    strong = [n for n in named if n[1].is_strong]
    if strong or named:
        return strong or named
    if not any(t.kind is Kind.WORD and not t.is_upper and t.word.isascii() for t in tokens):
        return []
    return [
        (Name(base=t.word.upper()), t)
        for t in tokens
        if t.kind is Kind.WORD
        and t.is_upper
        and t.word.isascii()
        and 2 <= len(t.word) <= 10
        and (t.meaning is None or (t.word.upper() in lexicon.word_coins))
    ]
