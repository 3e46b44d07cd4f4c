"""What a written number can mean: `65,000` is 65000 or 65.000, and a post keeps to one habit.

A `Habit` says what comma, dot and space are. A figure has at most one meaning under each habit; which habit a post has is
decided by whoever knows what the numbers are for (`setups`), never number by number.
"""

import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Mark(StrEnum):
    """What a comma, a dot or a space between digits is."""

    DECIMAL = "decimal"
    THOUSANDS = "thousands"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    comma: Mark = Mark.THOUSANDS
    dot: Mark = Mark.DECIMAL
    space: Mark = Mark.THOUSANDS


PLAIN: Final = Habit()
_DECIMAL: Final = Mark.DECIMAL

HABITS: Final = tuple(
    Habit(comma=comma, dot=dot, space=space)
    for comma, dot, space in itertools.product(
        (Mark.THOUSANDS, Mark.DECIMAL, Mark.LIST),
        (Mark.DECIMAL, Mark.THOUSANDS),
        (Mark.THOUSANDS, Mark.LIST),
    )
)


def habits_of(raws: Collection[str]) -> tuple[Habit, ...]:
    """The habits that can differ over *raws*, the plain one first: a mark that nobody wrote means one thing only."""
    written = "".join(raws)
    absent = [
        mark for mark, sign in (("comma", ","), ("dot", "."), ("space", " ")) if sign not in written
    ]
    return tuple(
        habit
        for habit in HABITS
        if all(getattr(habit, mark) is getattr(PLAIN, mark) for mark in absent)
    )


DIGITS_MAX: Final = 24
"""More digits than any price has; longer ones are no prices."""

_GROUP: Final = 3
LIST_SPREAD_MAX: Final = 10
"""Levels in one list lie within one order of magnitude."""

_SIMPLE = re.compile(r"(?:0|[1-9]\d{0,14})(?:\.\d{1,8})?")
_FIGURE = re.compile(r"\.?\d+(?:[.,' ]\d+)*(?:e-\d{1,2}|k\d*)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,' ]\d{3})+")
_MARKED = re.compile(r"[^k,' ]*[,' ]|[1-9]\d{0,2}(?:\.\d{3})+(?:k|\Z)")
_TINY_EXPONENT = re.compile(r"(\d*\.?\d+)e-(\d{1,2})", re.IGNORECASE)


def values(raw: str, habit: Habit) -> tuple[Decimal, ...] | None:
    """What *raw* (digits with marks between, perhaps a `k`) means under *habit*: one value, several of a list, or None."""
    if _SIMPLE.fullmatch(raw) and (habit.dot is _DECIMAL or "." not in raw):
        simple = Decimal(raw)
        return (simple,) if simple else None
    if not _FIGURE.fullmatch(raw):
        return None
    if "k" in raw:
        return _thousandfold(raw, habit)
    if " " in raw:
        if habit.space is Mark.LIST:
            return _all(raw.split(" "), habit)
        whole, point, decimals = raw.partition(".")
        if not _THOUSANDS.fullmatch(whole):
            return None
        raw = whole.replace(" ", "") + point + decimals
    if "," in raw and habit.comma is Mark.LIST:
        return _all(raw.split(","), habit)
    value = _value(raw, habit)
    return None if value is None else (value,)


def _thousandfold(raw: str, habit: Habit) -> tuple[Decimal, ...] | None:
    """`97k` and `97.2k`; `97k2` is 97.2 thousand."""
    before, _, after = raw.partition("k")
    if " " in before or (after and not (before.isdigit() and after.isdigit())):
        return None
    value = _value(before, habit)
    return None if value is None else ((value + Decimal(f"0.{after or 0}")) * 1000,)


def is_plain(raw: str) -> bool:
    """Every habit reads it alike."""
    return not _MARKED.match(raw)


def is_settled(
    raws: Collection[str], habits: Collection[Habit], thousands: Collection[Collection[str]]
) -> bool:
    """Is the plain habit no guess, though others make sense too?

    *thousands* holds, for each language seen, the marks it parts thousands with. A comma is settled where all of them
    part thousands with it and some figure has two digits before it; a dot where none does.
    """
    if any(" " in raw for raw in raws) or any("." in marks for marks in thousands):
        return False
    commas = [raw for raw in raws if "," in raw]
    if not commas:
        return True
    if any(habit.comma is Mark.LIST or habit.dot is not Mark.DECIMAL for habit in habits):
        return False
    return (
        bool(thousands)
        and all("," in marks for marks in thousands)
        and any(map(is_surely_thousands, commas))
    )


def settled(
    raw: str, thousands: Collection[str] = (), *, may_be_list: bool = True
) -> Decimal | None:
    """The one value of a figure that stands alone, where the marks that its language parts thousands with settle it."""
    if is_plain(raw):
        return next(iter(values(raw, PLAIN) or ()), None)
    found = {
        value
        for habit in HABITS
        if (value := values(raw, habit)) is not None
        and (len(value) == 1 or (may_be_list and max(value) <= min(value) * LIST_SPREAD_MAX))
    }
    if len(found) > 1:
        means = Mark.THOUSANDS if "," in thousands else Mark.DECIMAL
        plain = values(raw, PLAIN)
        is_settled = "," not in raw or (means is Mark.THOUSANDS and is_surely_thousands(raw))
        found = (
            {plain}
            if plain is not None and is_settled and " " not in raw and "." not in thousands
            else set()
        )
    only = next(iter(found), ())
    return only[0] if len(only) == 1 else None


def is_surely_thousands(raw: str) -> bool:
    """`65,000` and `1,234,567`; `1,880` could be either."""
    return len(raw.partition(",")[0]) > 1 or raw.count(",") > 1


def _all(pieces: list[str], habit: Habit) -> tuple[Decimal, ...] | None:
    found = [_value(piece, habit) for piece in pieces]
    return None if None in found else tuple(value for value in found if value is not None)


def _value(raw: str, habit: Habit) -> Decimal | None:
    if len(raw) > DIGITS_MAX:
        return None
    tiny = _TINY_EXPONENT.fullmatch(raw)
    if tiny:
        return _decimal(tiny[1], shift=-int(tiny[2]))
    if "'" in raw:
        whole, point, decimals = raw.partition(".")
        is_parted = _groups(whole, "'") and decimals.isdigit() is bool(point)
        return _decimal(whole.replace("'", "") + point + decimals) if is_parted else None
    parts = _parted(raw, habit)
    return None if parts is None else _decimal(".".join(part for part in parts if part))


def _parted(raw: str, habit: Habit) -> tuple[str, str] | None:
    """Whole digits and decimals, the marks gone; None when the habit forbids such a spelling."""
    for mark, means in ((",", habit.comma), (".", habit.dot)):
        other, other_means = (".", habit.dot) if mark == "," else (",", habit.comma)
        if means is Mark.DECIMAL and raw.count(mark) == 1:
            whole, _, decimals = raw.partition(mark)
            if not decimals.isdigit():
                return None
            if other not in whole:
                return whole or "0", decimals
            if other_means is Mark.THOUSANDS and _groups(whole, other):
                return whole.replace(other, ""), decimals
            return None
    for mark, means in ((",", habit.comma), (".", habit.dot)):
        if mark in raw:
            is_parted = means is Mark.THOUSANDS and _groups(raw, mark)
            return (raw.replace(mark, ""), "") if is_parted else None
    return raw, ""


def _groups(raw: str, mark: str) -> bool:
    first, *rest = raw.split(mark)
    is_led = first.isdigit() and len(first) <= _GROUP and first[0] != "0"
    return is_led and all(len(group) == _GROUP and group.isdigit() for group in rest)


def _decimal(text: str, *, shift: int = 0) -> Decimal | None:
    """None for nothing, and for `02574`: a point was lost there."""
    whole = text.partition(".")[0]
    if len(whole) > 1 and whole[0] == "0":
        return None
    value = Decimal(text).scaleb(shift) if shift else Decimal(text)
    return value if value > 0 else None
