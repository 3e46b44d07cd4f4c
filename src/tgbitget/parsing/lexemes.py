"""What a post is cut into: words with meanings, numbers with units, names, lines and marks."""

from enum import StrEnum
from typing import Final, NamedTuple

from tgbitget.parsing.lexicon import Meaning, Phrase
from tgbitget.parsing.names import Name


class Kind(StrEnum):
    WORD = "word"
    NUMBER = "number"
    NAME = "name"
    LINE = "line"
    TICK = "tick"
    MARK = "mark"


class Unit(StrEnum):
    """What stands glued to a number."""

    NONE = ""
    PERCENT = "percent"
    TIMES = "times"
    THOUSANDS = "thousands"
    OTHER = "other"  # an hour, a rank, a ratio, an id, R
    GARBLED = "garbled"  # letters where digits should be


class Token(NamedTuple):
    """`word` is lower case for words and the digits for numbers. `is_glued`: no space before it."""

    kind: Kind
    word: str
    start: int
    end: int
    meaning: Meaning | None = None
    language: str = ""
    unit: Unit = Unit.NONE
    name: Name | None = None
    is_strong: bool = False  # of a name: written as one (`#`, `$`, with a quote)
    is_glued: bool = False
    is_upper: bool = False


WORD: Final = Kind.WORD
NUMBER: Final = Kind.NUMBER
NAME: Final = Kind.NAME
LINE: Final = Kind.LINE
TICK: Final = Kind.TICK
MARK: Final = Kind.MARK
"""Until Python 3.12 to look up a member of an enumeration takes ten times as long as a name; each token is asked a dozen
times, and so are its meaning and its unit. Where that is, members have names."""

_NO_UNIT: Final = Unit.NONE
_new: Final = tuple.__new__
"""A post is some dozens of tokens: made from their values in order, they cost a third of what keywords cost."""


def word_token(word: str, start: int, end: int, is_glued: bool, is_upper: bool) -> Token:
    return _new(
        Token,
        (WORD, word, start, end, None, "", _NO_UNIT, None, False, is_glued, is_upper),
    )


def number_token(digits: str, unit: Unit, start: int, end: int, is_glued: bool) -> Token:
    return _new(Token, (NUMBER, digits, start, end, None, "", unit, None, False, is_glued, False))


def meant_token(token: Token, phrase: Phrase, end: int) -> Token:
    """The word *token* and those up to *end* as the *phrase* they are."""
    words = phrase.words
    word = words[0] if len(words) == 1 else " ".join(words)
    return _new(
        Token,
        (WORD, word, token.start, end, phrase.meaning, phrase.language, *token[6:]),
    )


def mark_token(kind: Kind, mark: str, start: int, is_glued: bool) -> Token:
    """One character: a mark, a tick, the end of a line."""
    return _new(
        Token, (kind, mark, start, start + 1, None, "", _NO_UNIT, None, False, is_glued, False)
    )
