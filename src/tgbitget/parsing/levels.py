"""The levels of a setup: which blocks are entries, targets and stop, and what their numbers are under one habit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from tgbitget.model.intent import Entry, EntryKind, Level, Side
from tgbitget.model.money import Percent, Price
from tgbitget.parsing import numbers
from tgbitget.parsing.form import Block, Figure, Sheet
from tgbitget.parsing.judgement import price
from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.numbers import PLAIN, Habit
from tgbitget.parsing.tokens import Unit

ENTRIES_MAX: Final = 20
NEAR: Final = Decimal("1.25")
"""A number this close to the levels, in a line of the form that we do not understand, may be one of them."""
_ZONE_PRICES: Final = 2
_ZONE_JOINS: Final = frozenset({*"-~_/&→", "to"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which blocks play which part."""

    entries: tuple[Block, ...]
    targets: tuple[Block, ...]
    stops: tuple[Block, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        return (*self.entries, *self.targets, *self.stops)

    @property
    def figures(self) -> list[Figure]:
        return [figure for block in self.blocks for figure in block.prices]


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The numbers of a setup under one habit."""

    entries: tuple[Price, ...]
    targets: tuple[Level, ...]
    stop: Price | None

    @property
    def target_prices(self) -> list[Price]:
        return [target for target in self.targets if not isinstance(target, Percent)]


def roles_of(sheet: Sheet, side: Side | None) -> list[Roles]:
    """The ways in which *Buy* and *Sell* columns can be meant; one, where labels say it."""
    entries = tuple(sheet.filled(Meaning.ENTRY))
    targets = tuple(sheet.filled(Meaning.TARGET))
    stops = tuple(block for block in sheet.filled(Meaning.STOP) if block.prices)
    closes = tuple(sheet.filled(Meaning.CLOSE))
    buys, sells = tuple(sheet.filled(Meaning.BUY)), tuple(sheet.filled(Meaning.SELL))

    def roles(entry: Iterable[Block], target: Sequence[Block] = ()) -> Roles:
        return Roles(entries=tuple(entry), targets=tuple(target) or targets or closes, stops=stops)

    if entries:
        return [roles(entries, () if targets else (sells or buys))]
    if buys and sells:
        if targets:
            return [roles(sells if side is Side.SHORT else buys)]
        return [roles(buys, sells), roles(sells, buys)]
    if buys or sells:
        return [roles(buys or sells)]
    prices = sheet.filled(Meaning.PRICE)
    if prices:
        return [roles(prices[:1])]
    headers = sheet.filled(Meaning.NOW, Meaning.LONG, Meaning.SHORT, Meaning.NAME)
    return [roles(block for block in headers if block.line == headers[0].line)]


def has_strays(sheet: Sheet, roles: Roles) -> bool:
    """A price beside those of a level that was not taken with them, or a list that nobody took: half is not read."""
    values = [value for f in roles.figures for value in numbers.values(f.raw, PLAIN) or ()]
    if values and any(
        _is_near(f, values) for line in sheet.lines if line.is_form for f in line.orphans
    ):
        return True
    lines = {figure.line for figure in roles.figures}
    headers = sheet.filled(Meaning.NOW, Meaning.LONG, Meaning.SHORT)
    return (
        any(line.is_unclaimed for line in sheet.lines)
        or any(block.prices and block not in roles.blocks for block in headers)
        or any(figure.is_price for at in lines for figure in sheet.lines[at].orphans)
    )


def has_some_ticks(sheet: Sheet, roles: Roles) -> bool:
    """A tick before every target is a bullet; before some it says that they were reached."""
    labelled = {block.line for block in roles.targets}
    listed = {figure.line for block in roles.targets for figure in block.figures} - labelled
    return any(
        len({sheet.lines[line].is_ticked for line in lines}) > 1 for lines in (labelled, listed)
    )


_GLUED_FAR: Final = Decimal(3)


def has_glued_count(roles: Roles) -> bool:
    """`TP11.28` where the entry is 1.25: target 1 at 1.28, or a target at 11.28?"""
    entries = [
        v for b in roles.entries for f in b.prices for v in numbers.values(f.raw, PLAIN) or ()
    ]
    for block in roles.targets:
        figure = block.figures[0]
        without = figure.raw[1:]
        if figure.start != block.end or "." not in without or without[0] == ".":
            continue
        value, rest = numbers.values(figure.raw, PLAIN), numbers.values(without, PLAIN)
        if value and rest and any(_is_apart(value[0], e) > _is_apart(rest[0], e) for e in entries):
            return True
    return False


def _is_apart(value: Decimal, entry: Decimal) -> bool:
    return not entry / _GLUED_FAR <= value <= entry * _GLUED_FAR


def _is_near(orphan: Figure, values: Sequence[Decimal]) -> bool:
    """Could this number be a level, too? One that is a level already is only mentioned again."""
    found = numbers.values(orphan.raw, PLAIN) if orphan.is_price else None
    return any(
        min(values) / NEAR <= value <= max(values) * NEAR and value not in values
        for value in found or ()
    )


def levels_under(habit: Habit, roles: Roles) -> Levels | str:
    """The levels, or the reason why there are none under *habit*."""
    entries = [_prices(block.prices, habit) for block in roles.entries]
    stops = [_prices(block.prices, habit) for block in roles.stops]
    targets = _targets(roles.targets, habit)
    if None in entries or None in stops or targets is None:
        return "price_ambiguous"
    flat = [p for at, these in enumerate(entries) for p in these or () if these not in entries[:at]]
    stop_prices = {p for these in stops for p in these or ()}
    if len(stop_prices) > 1:
        return "price_ambiguous"
    if len(flat) > ENTRIES_MAX:
        return "too_many_levels"
    return Levels(
        entries=_unrepeated(tuple(flat)), targets=targets, stop=next(iter(stop_prices), None)
    )


def _prices(figures: Iterable[Figure], habit: Habit) -> tuple[Price, ...] | None:
    out: list[Price] = []
    for figure in figures:
        found = numbers.values(figure.raw, habit)
        prices = [price(value * figure.scale) for value in found or ()]
        if not prices or None in prices:
            return None
        out += [p for p in prices if p is not None]
    return tuple(out)


def _targets(blocks: Iterable[Block], habit: Habit) -> tuple[Level, ...] | None:
    figures = [figure for block in blocks for figure in block.figures]
    prices = _prices((figure for figure in figures if figure.is_price), habit)
    if prices is None or prices:
        return None if prices is None else _unrepeated(prices)
    percents = [
        numbers.values(figure.raw, PLAIN) for figure in figures if figure.unit is Unit.PERCENT
    ]
    if None in percents:
        return None
    return tuple(Percent(value=value) for found in percents for value in found or ())


def _unrepeated(prices: tuple[Price, ...]) -> tuple[Price, ...]:
    """A post in two languages says everything twice."""
    half = len(prices) // 2
    return prices[:half] if half and prices[:half] * 2 == prices else prices


def settled_habit(
    coherent: Sequence[Habit], figures: Iterable[Figure], marks: Sequence[frozenset[str]]
) -> Habit | None:
    """Of several habits that make sense the one that the post's languages write, where that is no guess.

    *marks* are the marks with which each of those languages parts thousands.
    """
    raws = [figure.raw for figure in figures]
    first = coherent[0]
    return first if first == PLAIN and numbers.is_settled(raws, coherent, marks) else None


def entry_of(
    roles: Roles, prices: tuple[Price, ...], side: Side, *, at_market: bool
) -> Entry | str:
    """How to enter at *prices*, or the reason why that is not said."""
    seen = {meaning for block in roles.entries for meaning in block.seen}
    is_trigger = _TRIGGERS[side] in seen
    if not prices:
        return Entry(kind=EntryKind.MARKET) if at_market else "no_entry"
    if len(prices) == 1:
        if is_trigger:
            return Entry(kind=EntryKind.TRIGGER, prices=prices)
        return Entry(kind=EntryKind.MARKET if at_market else EntryKind.LIMIT, prices=prices)
    if is_trigger:
        return "price_ambiguous"
    if _is_zone(roles.entries[0], prices):
        return Entry(kind=EntryKind.ZONE, prices=(min(prices), max(prices)))
    return Entry(kind=EntryKind.LADDER, prices=prices)


_TRIGGERS: Final[Mapping[Side, Meaning]] = {Side.LONG: Meaning.ABOVE, Side.SHORT: Meaning.BELOW}


def _join_of(block: Block) -> str | None:
    """What stands between the two prices, where they stand side by side: not in `1) 5.2 - 50%`, `2) 5.1 - 50%`."""
    joins = iter(block.joins)
    for figure, after in pairwise(block.figures):
        join = next(joins, None) if figure.line == after.line else None
        if figure.is_price and after.is_price:
            return join
    return None


def _is_zone(block: Block, prices: Sequence[Price]) -> bool:
    if len(prices) != _ZONE_PRICES or len(block.prices) != _ZONE_PRICES or prices[0] == prices[1]:
        return False
    if _join_of(block) in _ZONE_JOINS:
        return True
    return Meaning.ZONE in block.seen and not block.is_numbered
