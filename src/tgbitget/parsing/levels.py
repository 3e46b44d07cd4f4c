"""The levels of a setup: which blocks are entries, targets and stop, and what their numbers are under one habit."""

from bisect import bisect_left, bisect_right
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
_NOTHING: Final = Decimal(0)  # no price
_ZONE_PRICES: Final = 2
_ZONE_JOINS: Final = frozenset({*"-~_/&→", "to"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which blocks play which part; all of them, and their prices."""

    entries: tuple[Block, ...]
    targets: tuple[Block, ...]
    stops: tuple[Block, ...]
    blocks: tuple[Block, ...]
    figures: tuple[Figure, ...]

    @classmethod
    def of(
        cls, *, entries: Iterable[Block], targets: Iterable[Block], stops: Iterable[Block]
    ) -> "Roles":
        parts = tuple(entries), tuple(targets), tuple(stops)
        blocks = tuple(block for part in parts for block in part)
        figures = tuple(figure for block in blocks for figure in block.prices)
        return cls(
            entries=parts[0], targets=parts[1], stops=parts[2], blocks=blocks, figures=figures
        )


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
    filled: dict[Meaning, list[Block]] = {}
    for block in sheet.blocks:
        if block.figures:
            filled.setdefault(block.label, []).append(block)
    entries = filled.get(Meaning.ENTRY)
    targets = _listed(filled.get(Meaning.TARGET, ()), sheet)
    stops = [block for block in filled.get(Meaning.STOP, ()) if block.prices]
    closes = filled.get(Meaning.CLOSE, ())
    buys, sells = filled.get(Meaning.BUY, ()), filled.get(Meaning.SELL, ())

    def roles(entry: Iterable[Block], target: Sequence[Block] = ()) -> Roles:
        return Roles.of(entries=entry, targets=target or targets or closes, stops=stops)

    if entries:
        return [roles(entries, () if targets else (sells or buys))]
    if buys and sells:
        if targets:
            return [roles(sells if side is Side.SHORT else buys)]
        return [roles(buys, sells), roles(sells, buys)]
    if buys or sells:
        return [roles(buys or sells)]
    prices = filled.get(Meaning.PRICE)
    if prices:
        return [roles(prices[:1])]
    headers = sheet.filled(Meaning.NOW, Meaning.LONG, Meaning.SHORT, Meaning.NAME)
    return [roles(block for block in headers if block.line == headers[0].line)]


def _listed(targets: Sequence[Block], sheet: Sheet) -> Sequence[Block]:
    """The targets but one that a title boasts of and the list below says again."""
    if len(targets) == 1 or not any(sheet.lines[block.line].names for block in targets):
        return targets
    later: set[str] = set()
    kept: list[Block] = []
    for block in reversed(targets):
        raws = {figure.raw for figure in block.prices}
        if not (raws and raws <= later and sheet.lines[block.line].names):
            kept.append(block)
        later |= raws
    return kept[::-1]


def has_strays(sheet: Sheet, roles: Roles) -> bool:
    """A price beside those of a level that was not taken with them, or a list that nobody took: half is not read."""
    if sheet.has_orphans and _has_orphans(sheet, roles):
        return True
    headers = sheet.filled(Meaning.NOW, Meaning.LONG, Meaning.SHORT)
    return any(block.prices and not is_one_of(block, roles.blocks) for block in headers)


def _has_orphans(sheet: Sheet, roles: Roles) -> bool:
    orphans = [f for line in sheet.lines if line.is_form for f in line.orphans if f.is_price]
    if orphans and _are_some_near(orphans, roles):
        return True
    lines = {figure.line for figure in roles.figures}
    return any(line.is_unclaimed for line in sheet.lines) or any(
        figure.is_price for at in lines for figure in sheet.lines[at].orphans
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
    glued = [b.figures[0] for b in roles.targets if b.figures[0].start == b.end]
    if not glued:
        return False
    entries = sorted(
        v for b in roles.entries for f in b.prices for v in numbers.values(f.raw, PLAIN) or ()
    )
    for figure in glued:
        without = figure.raw[1:]
        if "." not in without or without[0] == ".":
            continue
        value, rest = numbers.values(figure.raw, PLAIN), numbers.values(without, PLAIN)
        if value and rest and _is_near_only(rest[0], value[0], entries):
            return True
    return False


def _is_near_only(near: Decimal, far: Decimal, entries: Sequence[Decimal]) -> bool:
    """Is there an entry, of those in ascending order, to which *near* is close and *far* is not?"""
    close = entries[_first_close(near, entries) : _first_beyond(near, entries)]
    return bool(close) and (_first_close(far, close), _first_beyond(far, close)) != (0, len(close))


def _first_close(value: Decimal, entries: Sequence[Decimal]) -> int:
    return bisect_left(entries, value, key=lambda entry: entry * _GLUED_FAR)


def _first_beyond(value: Decimal, entries: Sequence[Decimal]) -> int:
    return bisect_right(entries, value, key=lambda entry: entry / _GLUED_FAR)


def _are_some_near(orphans: Iterable[Figure], roles: Roles) -> bool:
    """Could one of these numbers be a level, too? One that is a level already is only mentioned again."""
    values = {value for f in roles.figures for value in numbers.values(f.raw, PLAIN) or ()}
    if not values:
        return False
    low, high = min(values) / NEAR, max(values) * NEAR
    return any(
        low <= value <= high and value not in values
        for orphan in orphans
        for value in numbers.values(orphan.raw, PLAIN) or ()
    )


def is_one_of(block: Block, blocks: Iterable[Block]) -> bool:
    """Itself, not one that looks alike: to compare what they hold takes a hundred times as long."""
    return any(block is other for other in blocks)


def levels_under(habit: Habit, roles: Roles) -> Levels | str:
    """The levels, or the reason why there are none under *habit*."""
    entries: dict[tuple[Price, ...], None] = {}  # a block that says the same again says nothing
    for block in roles.entries:
        prices = _prices(block.prices, habit)
        if prices is None:
            return "price_ambiguous"
        entries[prices] = None
    stops: set[Price] = set()
    for block in roles.stops:
        prices = _prices(block.prices, habit)
        if prices is None:
            return "price_ambiguous"
        stops.update(prices)
    targets = _targets(roles.targets, habit)
    if targets is None or len(stops) > 1:
        return "price_ambiguous"
    flat = tuple(price for prices in entries for price in prices)
    if len(flat) > ENTRIES_MAX:
        return "too_many_levels"
    return Levels(entries=_unrepeated(flat), targets=targets, stop=next(iter(stops), None))


def _prices(figures: Iterable[Figure], habit: Habit) -> tuple[Price, ...] | None:
    out: list[Price] = []
    for figure in figures:
        for value in numbers.values(figure.raw, habit) or (_NOTHING,):
            level = price(value * figure.scale if figure.scale != 1 else value)
            if level is None:
                return None
            out.append(level)
    return tuple(out)


def _targets(blocks: Sequence[Block], habit: Habit) -> tuple[Level, ...] | None:
    prices = _prices([figure for block in blocks for figure in block.prices], habit)
    if prices is None or prices:
        return None if prices is None else _unrepeated(prices)
    return _percents([figure for block in blocks for figure in block.figures])


def _percents(figures: Iterable[Figure]) -> tuple[Percent, ...] | None:
    found = [numbers.values(figure.raw, PLAIN) for figure in figures if figure.unit is Unit.PERCENT]
    if None in found:
        return None
    return tuple(Percent(value=value) for values in found for value in values or ())


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
    trigger = _TRIGGERS[side]
    is_trigger = any(trigger in block.seen for block in roles.entries)
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
