"""What the owner typed, as a command. Pure: one line, a slash first; whatever is not quite that is a note of the owner's own."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

_COMMAND = re.compile(r"/([a-z]{1,16})(?:\s+(\S.*))?", re.IGNORECASE | re.ASCII)
_PART = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*%")
_HUNDRED = Decimal(100)


class Word(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    STATUS = "status"
    POSITIONS = "positions"
    CLOSE = "close"
    WHY = "why"
    HELP = "help"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """`what` and `fraction` belong to a close: None is all."""

    word: Word
    what: str | None = None
    fraction: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Misspelt:
    """It looks like a command; `why` says what it lacks."""

    why: str


def typed(text: str) -> Typed | Misspelt | None:
    """None: no command at all."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None or "\n" in text.strip():
        return None
    name, rest = found[1].lower(), (found[2] or "").strip()
    if name not in list(Word):
        return Misspelt(f"there is no command /{name}; /help tells which there are")
    word = Word(name)
    if word is Word.CLOSE:
        return _close(rest)
    if rest:
        return Misspelt(f"/{name} stands alone, was followed by {rest[:40]!r}")
    return Typed(word=word)


def _close(rest: str) -> Typed | Misspelt:
    what, _, part = rest.partition(" ")
    if not what:
        return Misspelt("/close needs a coin, a signal or `all`")
    fraction = None
    if part.strip():
        found = _PART.fullmatch(part.strip())
        fraction = _fraction(found[1]) if found else None
        if fraction is None:
            return Misspelt(f"a part is a percentage such as 50%, was {part.strip()[:40]!r}")
        fraction = None if fraction == 1 else fraction
    if what.lower() != "all":
        return Typed(word=Word.CLOSE, what=what, fraction=fraction)
    if fraction is not None:
        return Misspelt("`/close all` closes all of everything; a part is of one trade")
    return Typed(word=Word.CLOSE)


def _fraction(text: str) -> Decimal | None:
    try:
        fraction = Decimal(text) / _HUNDRED
    except InvalidOperation:
        return None
    return fraction if 0 < fraction <= 1 else None
