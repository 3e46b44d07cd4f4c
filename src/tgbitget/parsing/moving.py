"""Moving levels: a stop to the entry, to a target or to a price, and new targets."""

from typing import Final

from tgbitget.model.intent import AtTarget
from tgbitget.parsing import numbers
from tgbitget.parsing.clauses import Clause, unknown_words
from tgbitget.parsing.judgement import price
from tgbitget.parsing.lexemes import NUMBER, WORD
from tgbitget.parsing.lexicon import Lexicon, Meaning
from tgbitget.parsing.orders import Orders
from tgbitget.parsing.tokens import Token, Unit

TALK_MAX: Final = 2
"""Words we do not know, in a clause that moves a stop to the entry without a verb (`SL to entry guys`)."""
_M = Meaning
_TARGET: Final = _M.TARGET
_STOPPING: Final = frozenset({_M.STOP, _M.RISK_FREE, _M.BREAKEVEN})
_ENTRY: Final = frozenset({_M.BREAKEVEN, _M.BREAKEVEN_SHORT, _M.ENTRY})
"""Words for the price of the entry, behind a stop."""
_PRICES: Final = frozenset({Unit.NONE, Unit.THOUSANDS})
_REACH: Final = 4
_TARGETS_MAX: Final = 20
_BEFORE_VALUE: Final = frozenset({_M.FILLER, _M.NEW, _M.AROUND, _M.TO, _M.MOVE, _M.AMENDED, _M.NOW, _M.PRICE, _M.OBJECT, _M.DIRECTION})  # fmt: skip


def gather_stop(clause: Clause, orders: Orders, lexicon: Lexicon, *, is_bare: bool) -> None:
    """*is_bare*: the whole post is labels and values, so a price needs no verb."""
    if clause.meanings.isdisjoint(_STOPPING):
        return
    is_moving = clause.has(_M.MOVE, _M.AMENDED)
    for at, token in enumerate(clause.tokens):
        if token.meaning not in _STOPPING:
            continue
        if token.meaning is _M.STOP:
            before, after = clause.at(at - 1), clause.at(at + 1)
            is_new = _M.NEW in [t.meaning for t in (before, after) if t is not None]
            moves = is_moving or is_new
            is_news = before is not None and before.meaning is _M.HIT
            if (
                not is_news
                and not clause.is_denied(at)
                and (moves or unknown_words(clause.tokens) <= TALK_MAX)
            ):
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
        return not clause.is_denied(at)
    return _M.REST in before and not clause.has(_M.STOP, _M.HIT)


def _take_stop(
    clause: Clause, at: int, orders: Orders, lexicon: Lexicon, *, with_price: bool
) -> None:
    """The value behind a stop label: `to entry`, `at 3.065`, `to TP1`."""
    label = clause.tokens[at]
    for index in range(at + 1, len(clause.tokens)):
        token = clause.tokens[index]
        if token.word == ",":
            return
        if token.meaning in _ENTRY:
            orders.stop = AtTarget(number=0)
            orders.note("stop to entry", label, token)
            return
        if token.meaning is _TARGET:
            number = _count(clause.at(index + 1))
            if number is not None:
                orders.stop = AtTarget(number=number)
                orders.note("stop to target", label, token)
            return
        if token.kind is NUMBER and token.unit is not Unit.PERCENT:
            if with_price:
                _take_stop_price(clause, index, label, orders, lexicon)
            return
        if token.kind is WORD and token.meaning not in _BEFORE_VALUE:
            return


def _take_stop_price(
    clause: Clause, at: int, label: Token, orders: Orders, lexicon: Lexicon
) -> None:
    """One price, or the second of `from 63000 to 64000`; of two others neither."""
    found: list[Token] = []
    has_way = False
    for index in range(at, len(clause.tokens)):
        token, after = clause.tokens[index], clause.at(index + 1)
        if token.unit in (Unit.NONE, Unit.THOUSANDS, Unit.GARBLED) and token.kind is NUMBER:
            if after is None or after.meaning is not _M.OTHER:  # "-0.5 RR"
                found.append(token)
        elif token.kind is WORD and token.meaning not in _BEFORE_VALUE:
            break
        has_way = has_way or token.meaning is _M.TO or token.word == ">"
    if not found:
        return
    orders.figures += len(found) - 1
    if len(found) == 1 or (len(found) == 2 and has_way):  # noqa: PLR2004 - from one to the other
        _take_price(label, found[-1], orders, lexicon, is_stop=True)
    else:
        orders.fault = "price_ambiguous"


def gather_targets(clause: Clause, orders: Orders, lexicon: Lexicon, *, is_bare: bool) -> None:
    moves = clause.has(_M.MOVE, _M.AMENDED)
    if not (moves or is_bare) or _TARGET not in clause.meanings or clause.has(_M.HIT, _M.RESULT):
        return
    for at, token in enumerate(clause.tokens):
        if token.meaning is _TARGET and not clause.is_denied(at) and not _is_a_place(clause, at):
            orders.is_bare = orders.is_bare or not moves
            _take_targets(clause, at, orders, lexicon)


def _is_a_place(clause: Clause, at: int) -> bool:
    """`stop to TP1`: the target says where the stop goes."""
    return any(t.meaning is _M.STOP for t in clause.tokens[max(0, at - _REACH) : at])


def _take_targets(clause: Clause, at: int, orders: Orders, lexicon: Lexicon) -> None:
    first = clause.at(at + 1)
    is_numbered = first is not None and first.is_glued and _count(first) is not None  # "TP3"
    for token in clause.tokens[at + 1 + is_numbered :]:
        if token.kind is NUMBER:
            _take_price(clause.tokens[at], token, orders, lexicon, is_stop=False)
        elif token.kind is WORD and token.meaning not in _BEFORE_VALUE:
            return


def _count(token: Token | None) -> int | None:
    if token is None or not token.word.isdigit() or not 1 <= int(token.word[:3]) <= _TARGETS_MAX:
        return None
    return int(token.word[:3])


def _take_price(
    label: Token, token: Token, orders: Orders, lexicon: Lexicon, *, is_stop: bool
) -> None:
    if token.unit is Unit.GARBLED:
        orders.fault = "price_ambiguous"
    if token.unit not in _PRICES:
        return
    orders.figures += 1
    marks = lexicon.thousands.get(label.language, frozenset())
    value = numbers.settled(token.word, marks, may_be_list=not is_stop)
    level = None if value is None else price(value)
    if level is None:
        orders.fault = "price_ambiguous"
    elif is_stop:
        orders.stop = level
    else:
        orders.targets.append(level)
    orders.note("new stop" if is_stop else "new target", label, token)
