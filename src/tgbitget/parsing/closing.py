"""Closing and cancelling: the verb, what it leaves, and how much of it."""

from decimal import Decimal
from itertools import takewhile
from typing import Final

from tgbitget.model.intent import Unspecified
from tgbitget.parsing import numbers
from tgbitget.parsing.clauses import Clause
from tgbitget.parsing.lexemes import NAME, NUMBER, WORD
from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.orders import Orders
from tgbitget.parsing.tokens import Token, Unit

_M = Meaning
_VERBS: Final = frozenset({_M.CLOSE, _M.CLOSED, _M.TAKE, _M.TARGET})
_UNSAID: Final = frozenset({_M.FILLER, _M.NEW, _M.AROUND, _M.PRICE, _M.REST, _M.ALL, _M.OBJECT, _M.DIRECTION})  # fmt: skip
"""Words that may stand between the verb and a share."""
_LEFT: Final = frozenset({_M.ALL, _M.REST, _M.OBJECT, _M.DIRECTION, _M.LONG, _M.SHORT, _M.PROFIT, _M.MANUALLY, _M.NOW, _M.AT_MARKET, _M.ENTRY, _M.BREAKEVEN, _M.REVERSED, _M.SPOT, _M.HALF, _M.PART, _M.FUTURES, _M.LIMIT})  # fmt: skip
"""What may be left, and how: the words that make a close of the verb."""
_PASSED: Final = frozenset({_M.FILLER, _M.NEW, _M.AROUND, _M.PRICE})
_SHARES: Final[dict[Meaning, Decimal | Unspecified]] = {_M.PART: Unspecified.PART, _M.HALF: Decimal("0.5")}  # fmt: skip
_WAITING: Final = frozenset({_M.OBJECT, _M.DIRECTION, _M.PENDING, _M.LIMIT, _M.ENTRY, _M.ALL, _M.REST, _M.LONG, _M.SHORT, _M.BUY, _M.SELL})  # fmt: skip
"""What may wait to be filled: the words that make a cancel of the verb."""
_OWN_CHOICE: Final = (_M.MANUALLY, _M.REVERSED, _M.NOW)
_HUNDRED: Final = Decimal(100)
_SHORTEST: Final = 2


def gather_close(clause: Clause, orders: Orders) -> None:
    if clause.meanings.isdisjoint(_VERBS):
        return
    for at, token in enumerate(clause.tokens):
        meaning = token.meaning
        is_verb = meaning in _VERBS and (meaning is not _M.TARGET or _takes_profit(clause, at))
        if is_verb and not _is_forceless(clause, at, orders) and _leaves(clause, at, orders):
            orders.closes = True
            orders.note("close", token, token)
            return


def _takes_profit(clause: Clause, at: int) -> bool:
    """`TAKE PROFIT BOTH LONG & SHORT`: a target that is a verb here, not a label."""
    token, after = clause.tokens[at], clause.at(clause.next_of_weight(at + 1))
    return (
        token.word == "take profit"
        and after is not None
        and after.meaning in (_M.ALL, _M.HALF, _M.PART, _M.LONG, _M.SHORT, _M.MANUALLY)
    )


def _is_forceless(clause: Clause, at: int, orders: Orders) -> bool:
    """Denied, of a candle (`daily close above`), `close to`, or what the market closed (`closed in profit`)."""
    before, after = clause.at(at - 1), clause.at(at + 1)
    if clause.is_denied(at) or (before is not None and before.meaning is _M.CANDLE):
        return True
    if after is not None and after.meaning in (_M.ABOVE, _M.BELOW, _M.TO, _M.CANDLE):
        return True
    is_past = clause.tokens[at].meaning is _M.CLOSED
    if is_past and orders.is_report and not clause.has(*_OWN_CHOICE):
        return True
    is_result = is_past and clause.has(_M.PROFIT, _M.RESULT, _M.BREAKEVEN, _M.ENTRY)
    share = clause.at(clause.next_of_weight(at + 1))
    return (
        is_result
        and not clause.has(*_OWN_CHOICE)
        and (share is None or share.unit is not Unit.PERCENT)
    )


def _leaves(clause: Clause, at: int, orders: Orders) -> bool:
    """Is there something that the verb at *at* closes? Takes down how much, and which side."""
    left = _left(clause, at + 1, orders)
    if left is None:
        return False
    before, verb = clause.at(at - 1), clause.tokens[at]
    share = _share(clause, at - 1) if verb.meaning is not _M.CLOSED and at > 0 else None
    if share is not None and orders.fraction is None:  # `50% kapat`
        orders.fraction = share if share < 1 else None
        left.append(clause.tokens[at - 1])
    if before is not None and before.meaning in (_M.PART, _M.HALF, _M.ALL, _M.REST):
        if left or before.meaning not in (_M.ALL, _M.REST):  # "full exit from crypto by funds"
            left.append(before)
        orders.fraction = orders.fraction or _SHARES.get(before.meaning)
    if verb.meaning is _M.TAKE:
        if " " not in verb.word and verb.word.isascii():  # "take a look", but "take 50%"
            is_of_profit = any(token.meaning is _M.PROFIT for token in left)
            return isinstance(orders.fraction, Decimal) or (
                is_of_profit and orders.fraction is not None
            )
        orders.fraction = orders.fraction or Unspecified.PART
        return True
    orders.take_side(left)
    if left or orders.fraction:
        return True
    rest = _up_to_comma(clause, at + 1)
    ends = len(rest) <= 1 and all(token.meaning is _M.FILLER for token in rest)
    named = [t for t in clause.tokens[:at] if t.kind is NAME or t.meaning in _LEFT]
    orders.take_side(named)
    return ends and (bool(named) or len(clause.tokens) <= _SHORTEST)


def _up_to_comma(clause: Clause, at: int) -> tuple[Token, ...]:
    """What the verb governs: `cleared, more later`. With a percent in the clause a result is told, all of it counts."""
    tokens = clause.tokens[at:]
    if any(token.unit is Unit.PERCENT for token in clause.tokens):
        return tokens
    return tuple(takewhile(lambda token: token.word != ",", tokens))


def _left(clause: Clause, at: int, orders: Orders) -> list[Token] | None:
    """What stands behind the verb; None where it takes the verb's force (`closed at stop loss`)."""
    left: list[Token] = [t for t in clause.tokens if t.meaning is _M.REVERSED]
    is_first = True
    for index in range(at, len(clause.tokens)):
        token = clause.tokens[index]
        if token.kind is NUMBER and not is_first:
            continue  # a hundred of them stand behind forty verbs in posts that are made for it
        if token.word == ",":
            break
        if token.meaning in (_M.HIT, _M.STOP):
            return None
        if token.meaning is _M.TARGET and not clause.has(_M.HIT):
            return None  # "close 50% at TP1": the order at the venue does, when it is there
        share = _share(clause, index) if is_first else None
        if left and _is_told_profit(clause, index):
            share = None  # "close ETH with 50% profit"
        if share is not None:
            orders.fraction = share if share < 1 else None
            left.append(token)
        elif token.kind is NAME or token.meaning in _LEFT:
            orders.fraction = (
                _SHARES.get(token.meaning, orders.fraction) if token.meaning else orders.fraction
            )
            left.append(token)
        elif token.kind is WORD and token.meaning not in _PASSED:
            break
        is_first = is_first and (token.kind is NAME or token.meaning in _UNSAID)
    return left


def _is_told_profit(clause: Clause, at: int) -> bool:
    after = clause.at(clause.next_of_weight(at + 1))
    return after is not None and after.meaning is _M.PROFIT


def _share(clause: Clause, at: int) -> Decimal | None:
    """`50%` or `1/2` at *at*, of a whole."""
    token, slash, below = clause.tokens[at], clause.at(at + 1), clause.at(at + 2)
    before = clause.at(at - 1)
    if token.kind is not NUMBER or (before is not None and before.word in ("+", "-")):
        return None
    value = numbers.values(token.word, numbers.PLAIN)
    if value is None or len(value) != 1:
        return None
    if token.unit is Unit.PERCENT:
        return value[0] / _HUNDRED if value[0] <= _HUNDRED else None
    if slash is not None and slash.word == "/" and below is not None and below.word.isdigit():
        whole = Decimal(below.word)
        return value[0] / whole if value[0] < whole else None
    return None


def gather_cancel(clause: Clause, orders: Orders) -> None:
    if not clause.has(_M.VOID, _M.CANCEL):
        return
    for at, token in enumerate(clause.tokens):
        if token.meaning is _M.VOID:
            orders.cancels = True
            orders.note("void", token, token)
        elif token.meaning is _M.CANCEL and not clause.is_denied(at) and _cancels(clause, at):
            orders.cancels = True
            orders.note("cancel", token, token)
            orders.take_side(clause.tokens)


def _cancels(clause: Clause, at: int) -> bool:
    after = clause.at(clause.next_of_weight(at + 1))
    if after is not None and (after.meaning in _WAITING or after.kind is NAME):
        return True
    before = clause.tokens[:at]
    is_said_of_one = any(t.kind is NAME or t.meaning in _WAITING for t in before)
    is_end = after is None or after.meaning is _M.TO or after.word == ","
    return is_end and (is_said_of_one or not before)
