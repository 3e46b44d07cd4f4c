"""What is promised of every post whatsoever, asked of one: the first promise that is broken, in words, or None."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any, Final

from parsing.posts import chain, post
from tgbitget.model.intent import ClosePosition, OpenPosition
from tgbitget.model.post import Post
from tgbitget.model.reading import Read, Reading, reading_json
from tgbitget.parsing.fields import read_form
from tgbitget.parsing.follow_ups import ORDERING, read_follow_up
from tgbitget.parsing.lexicon import Lexicon, Meaning, lexicon
from tgbitget.parsing.opening import may_open
from tgbitget.parsing.setups import read_setup
from tgbitget.parsing.subjects import with_bare_names
from tgbitget.parsing.talk import Talk
from tgbitget.parsing.text import normalise
from tgbitget.parsing.tokens import SHAPES, cut, tokenise

CHAIN: Final = chain()
_SHAPES: Final = re.compile(SHAPES)


def broken(text: str, *parents: str) -> str | None:
    answering = post(text, *parents)
    reading = CHAIN.read(answering)
    return (
        _failure(reading)
        or _invention(reading, answering)
        or _misplacement(reading, text)
        or _instability(text)
        or _shortcut(text)
    )


def _failure(reading: Reading) -> str | None:
    reason = getattr(reading, "reason", None)
    return f"raised: {reading}" if reason == "parser_failed" else None


# numbers


def _invention(reading: Reading, answering: Post) -> str | None:
    """Every number of an order stands in the post."""
    if not isinstance(reading, Read):
        return None
    there = set(numbers_of(normalise(answering.text).clean))
    said = list(_said(reading))
    invented = [number for number in said if number not in there]
    if invented:
        return f"{', '.join(map(str, invented))} stands nowhere"
    if isinstance(reading.intent, ClosePosition) and isinstance(reading.intent.fraction, Decimal):
        return _unwritten_share(reading.intent.fraction, there)
    return None


def _said(reading: Read) -> Iterator[Decimal]:
    told = reading_json(reading)
    yield from _numbers(
        [told[key] for key in ("entry", "take_profits", "stop_loss", "leverage", "update")]
    )


def _numbers(value: Any) -> Iterator[Decimal]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _numbers(inner)
    elif isinstance(value, str) and (found := re.fullmatch(r"(?:tp)?([\d.]+)%?", value)):
        yield Decimal(found[1])


def _unwritten_share(fraction: Decimal, there: set[Decimal]) -> str | None:
    is_percent = fraction * 100 in there
    is_quotient = any(b and a / b == fraction for a in there for b in there)
    is_half = fraction == Decimal("0.5")
    return None if is_percent or is_quotient or is_half else f"the share {fraction} stands nowhere"


_RUN: Final = re.compile(r"[0-9](?:[.,' ]?[0-9])*")
_EXPONENT: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)e-([0-9]{1,2})", re.IGNORECASE)
_THOUSANDS: Final = re.compile(r"([0-9]+)k([0-9]{1,3})", re.IGNORECASE)
_LIST_NUMBER_DIGITS: Final = 2


@cache
def _scales() -> tuple[tuple[re.Pattern[str], int], ...]:
    """Unit words that multiply the number before them, in any language."""
    words = lexicon()
    found = {Meaning.THOUSAND: {"k", "к", "K", "К"}, Meaning.TEN_THOUSAND: set()}
    for phrase in words.every():
        if phrase.meaning in found:
            found[phrase.meaning].add(" ".join(phrase.words))
    worth = {Meaning.THOUSAND: 1_000, Meaning.TEN_THOUSAND: 10_000}
    return tuple(
        (re.compile(r"\W{0,3}(?:" + "|".join(map(re.escape, sorted(those))) + ")", re.IGNORECASE), worth[meaning])
        for meaning, those in found.items()
    )  # fmt: skip


def numbers_of(clean: str) -> Iterator[Decimal]:
    """All that the figures of *clean* can mean: groups of digits joined or not, a point before any group, and units.

    Told apart from the reader on purpose: what it may never do is make a number of digits that do not stand together.
    """
    for found in _RUN.finditer(clean):
        values = set(_meanings(re.split(r"[.,' ]", found[0])))
        yield from values
        for pattern, worth in _scales():
            if pattern.match(clean, found.end()):
                yield from (value * worth for value in values)
    for found in _EXPONENT.finditer(clean):
        yield Decimal(found[1]).scaleb(-int(found[2]))
    for found in _THOUSANDS.finditer(clean):
        yield (int(found[1]) + Decimal(f"0.{found[2]}")) * 1_000


def _meanings(groups: list[str]) -> Iterator[Decimal]:
    for start in range(len(groups)):
        for end in range(start + 1, min(len(groups), start + 9) + 1):
            digits = "".join(groups[start:end])
            decimals = 0
            for group in reversed(groups[start:end]):
                yield from _cut_counts(digits, decimals)
                decimals += len(group)
            yield from _cut_counts(digits, decimals)


def _cut_counts(digits: str, decimals: int) -> Iterator[Decimal]:
    """With the number of a list glued before (`TP11.28`) or behind (`2.4752)`), and without."""
    yield Decimal(digits).scaleb(-decimals)
    yield Decimal(digits[1:] or "0").scaleb(-decimals)
    for count in range(1, _LIST_NUMBER_DIGITS + 1):
        if decimals > count:
            yield Decimal(digits[:-count]).scaleb(count - decimals)


# places


def _misplacement(reading: Reading, text: str) -> str | None:
    for span in getattr(reading, "spans", ()):
        if not 0 <= span.start < span.end <= len(text):
            return f"{span} is outside of {len(text)} characters"
    origins = list(normalise(text).origins())
    if any(before > after for before, after in pairwise(origins)):
        return "origins go back"
    if origins and not (origins[0] >= 0 and origins[-1] < len(text)):
        return "origins lie outside"
    if len(origins) != len(normalise(text).clean):
        return "not every character has an origin"
    return _wrong_side(reading)


def _wrong_side(reading: Reading) -> str | None:
    if not isinstance(reading, Read) or not isinstance(reading.intent, OpenPosition):
        return None
    intent, stop = reading.intent, reading.intent.stop_loss
    targets = [target for target in intent.take_profits if isinstance(target, Decimal)]
    fits = all((target - entry) * intent.side.sign > 0 for target in targets for entry in intent.entry.prices) and (
        not isinstance(stop, Decimal) or all((entry - stop) * intent.side.sign > 0 for entry in intent.entry.prices)
    )  # fmt: skip
    return None if fits else "levels do not fit the side"


def _instability(text: str) -> str | None:
    clean = normalise(text).clean
    return None if normalise(clean).clean == clean else "normalised twice is not once"


# shortcuts


@cache
def _talk() -> tuple[Talk, Lexicon]:
    return Talk(lexicon()), lexicon()


def _shortcut(text: str) -> str | None:
    """What is left early would be left in the end, and plain words are cut as the shapes would cut them."""
    talk, words = _talk()
    clean = normalise(text).clean
    if cut(clean, words) != cut(clean, words, _SHAPES):
        return "cut differently without the plain shapes"
    tokens = with_bare_names(tokenise(clean, words))
    meanings = {token.meaning for token in tokens}
    is_talk = talk.is_all_of(clean)
    opens = not is_talk and may_open(tokens, meanings)
    if not opens and read_setup(read_form(tokens), words) is not None:
        return "passed over, and would open a trade"
    orders = not is_talk and not ORDERING.isdisjoint(meanings)
    if not orders and read_follow_up(tokens, words, is_reply=True) is not None:
        return "passed over, and would change a trade"
    return None
