"""Numbers that count and are no prices: of a label (`TP 1:`), of a list (`2) 0.9`), of a line's beginning."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from tgbitget.parsing import numbers
from tgbitget.parsing.lexemes import LINE, MARK, NUMBER
from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.tokens import Token, Unit

MARKS: Final = frozenset(").:=°")
LOOK_AHEAD: Final = 40
_COUNTS: Final = frozenset(map(str, range(1, 21)))
_VALUE_REACH: Final = 12
_FAR: Final = Decimal(3)
_VALUES: Final = frozenset({Meaning.NOW, Meaning.AT_MARKET})
_TARGET: Final = Meaning.TARGET
_NO_UNIT: Final = Unit.NONE
_OTHER: Final = Unit.OTHER
_COUNTED: Final = frozenset({Meaning.ENTRY, Meaning.TARGET, Meaning.STOP, Meaning.OTHER, Meaning.BUY, Meaning.SELL})  # fmt: skip


def is_count(token: Token) -> bool:
    """A plain integer from 1 to 20."""
    return token.kind is NUMBER and token.word in _COUNTS and token.unit is _NO_UNIT


def is_marked(after: Token | None) -> bool:
    """Is there a mark behind that makes a number one of a list: `1)`, `1.`, `1:`?"""
    return after is not None and after.kind is MARK and after.word in MARKS


def is_closed(token: Token, after: Token | None) -> bool:
    """`2)`."""
    return is_count(token) and after is not None and after.word == ")" and after.start == token.end


def without_count(token: Token, after: Token | None, count: int) -> str:
    """The digits of *token* but those of *count*, where it ends with them and a `)` follows: `2.4752)` is 2.475 and `2)`."""
    is_listed = (
        token.unit is _NO_UNIT
        and after is not None
        and after.word == ")"
        and after.start == token.end
        and "." in token.word[: -len(str(count)) - 1]
    )
    return token.word.removesuffix(str(count)) if is_listed else token.word


def behind_marks(tokens: Sequence[Token], at: int) -> int:
    """Where the number of a label may stand: behind `#`, `(`, and behind `-` in `TP-1:`."""
    while at < len(tokens) and tokens[at].kind is MARK and tokens[at].word in "#(":
        at += 1
    is_dashed = at + 2 < len(tokens) and tokens[at].word == "-" and is_count(tokens[at + 1])
    return at + 1 if is_dashed and is_marked(tokens[at + 2]) else at


def id_number(token: Token) -> int | None:
    """`#2`."""
    if token.unit is not _OTHER or not token.word.startswith("#"):
        return None
    digits = token.word.lstrip("# ")
    return int(digits[:3]) if digits.isdigit() else None


def value_follows(tokens: Sequence[Token], at: int, *, marks_only: bool = False) -> bool:
    """Is there a value on the rest of the line, near? *marks_only*: with nothing but marks before it."""
    for token in tokens[at : at + _VALUE_REACH]:
        if token.kind is LINE:
            return False
        if token.kind is NUMBER or token.meaning in _VALUES:
            return True
        if marks_only and token.kind is not MARK:
            return False
    return False


_GLUED: Final = re.compile(r"([1-9])((?:0|[1-9]\d*)\.\d+|[1-9]\d{2,})")


def counted(tokens: Sequence[Token]) -> tuple[Sequence[Token], frozenset[Meaning]]:
    """The tokens with counts taken off the numbers they were glued to, and the labels that are counted."""
    behind = _behind_labels(tokens)
    apart = _unglued(tokens, behind)
    return apart, _numbered_labels(apart, behind if apart is tokens else _behind_labels(apart))


def _behind_labels(tokens: Sequence[Token]) -> list[int]:
    """Where numbers stand right behind labels that may be counted."""
    return [
        at
        for at, (label, number) in enumerate(pairwise(tokens), start=1)
        if number.kind is NUMBER and label.meaning in _COUNTED
    ]


def _unglued(tokens: Sequence[Token], behind: Sequence[int]) -> Sequence[Token]:
    """`TP11.28 TP21.29`: where glued numbers count up from 1, their first digits are the targets' numbers."""
    glued = [at for at in behind if tokens[at].is_glued and tokens[at - 1].meaning is _TARGET]
    if len(glued) < 2:  # noqa: PLR2004 - 1 and 2 make a count
        return tokens
    found = [_GLUED.fullmatch(tokens[at].word) for at in glued]
    if any(f is None or f[1] != str(n) for n, f in enumerate(found, start=1)):
        return tokens
    out = list(tokens)
    for at in reversed(glued):
        token = out[at]
        middle = token.start + 1
        out[at : at + 1] = [
            token._replace(word=token.word[0], end=middle, unit=Unit.NONE),
            token._replace(word=token.word[1:], start=middle, is_glued=True),
        ]
    return out


def next_line_starts(tokens: Sequence[Token], at: int, number: int) -> bool:
    """Does the next line that is not blank begin with *number*?"""
    has_passed = False
    for token in tokens[at : at + LOOK_AHEAD]:
        if token.kind is LINE:
            has_passed = True
        elif has_passed and token.kind is NUMBER:
            return token.word.partition(" ")[0] == str(number)
        elif has_passed and token.kind is not MARK:
            return False
    return False


def _numbered_labels(tokens: Sequence[Token], behind: Sequence[int]) -> frozenset[Meaning]:
    """Labels that occur with 1 and with 2 behind them: those numbers count labels, they are no prices."""
    said = {(tokens[at - 1].meaning, tokens[at].word.partition(" ")[0]) for at in behind}
    return frozenset([m for m, count in said if count == "1" and m and (m, "2") in said])


def counts_alone(tokens: Sequence[Token], at: int) -> bool | None:
    """A lone `Target 1 - 0.5`: does the 1 count (True), or is it a price (False)? None: it could be either."""
    for token in tokens[at + 1 : at + _VALUE_REACH]:
        if token.kind is LINE or token.meaning is not None:
            return False
        if token.kind is NUMBER and token.unit in (Unit.NONE, Unit.THOUSANDS):
            value = numbers.values(token.word, numbers.PLAIN)
            count = Decimal(tokens[at].word)
            if value is None or len(value) != 1:
                return None
            return True if not count / _FAR <= value[0] <= count * _FAR else None
    return False
