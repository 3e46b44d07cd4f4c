"""What a post is cut into: words with meanings, numbers with units, names, lines and marks."""

from enum import StrEnum
from typing import NamedTuple

from tgbitget.parsing.lexicon import Meaning
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
