"""Posts that open a trade: the filled form becomes an intent, or what is missing or contradictory in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from tgbitget.model.geometry import side_of
from tgbitget.model.intent import (
    Entry,
    EntryKind,
    Level,
    LevelUpdate,
    MarginMode,
    MarketKind,
    OpenPosition,
    Side,
    UpdateTrade,
)
from tgbitget.model.money import Percent, Price, exact
from tgbitget.model.reading import Read, Span, Unclear
from tgbitget.parsing import judgement, numbers
from tgbitget.parsing.fields import Block, Figure, Sheet
from tgbitget.parsing.lexicon import Lexicon, Meaning
from tgbitget.parsing.names import Name
from tgbitget.parsing.numbers import HABITS, PLAIN, Habit, Mark
from tgbitget.parsing.subjects import Subject, direction, subject_of
from tgbitget.parsing.tokens import Unit

PARSER: Final = "freeform"
_ENTRIES_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which blocks play which part."""

    entries: tuple[Block, ...]
    targets: tuple[Block, ...]
    stops: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The numbers of a setup under one habit."""

    entries: tuple[Price, ...]
    targets: tuple[Level, ...]
    stop: Price | None


def read_setup(sheet: Sheet, lexicon: Lexicon) -> Read | Unclear | None:
    """None when the post opens nothing."""
    if sheet.opening_meanings & {Meaning.CANCEL, Meaning.CLOSED}:
        return None
    side, is_contradictory = direction(sheet)
    at_market = _is_market(sheet)
    found: list[tuple[Roles, Read | Unclear | None]] = [
        (roles, _read(sheet, roles, side, is_contradictory, at_market, lexicon))
        for roles in _roles(sheet, side)
    ]
    read = [reading for _, reading in found if isinstance(reading, Read)]
    if len(read) == 1:
        return read[0]
    return next((reading for _, reading in found if reading is not None), None)


def is_amendment(sheet: Sheet) -> bool:
    """The headline says that levels were changed: this is no new trade."""
    return Meaning.AMENDED in sheet.opening_meanings or sheet.moves_entry


def amended(setup: Read) -> Read | Unclear:
    """New levels of a trade told in full. An entry that moves is not followed; stop and targets are."""
    intent = setup.intent
    if not isinstance(intent, OpenPosition) or isinstance(intent.stop_loss, Percent):
        return _unclear("contradictory", None)
    update = LevelUpdate(stop_loss=intent.stop_loss, take_profits=intent.take_profits or None)
    return replace(
        setup,
        intent=UpdateTrade(
            update=update,
            symbol=intent.symbol,
            quote=intent.quote,
            side=intent.side,
            market=intent.market,
        ),
    )


def _read(
    sheet: Sheet,
    roles: Roles,
    side: Side | None,
    is_contradictory: bool,
    at_market: bool,
    lexicon: Lexicon,
) -> Read | Unclear | None:
    has_targets = any(b.figures for b in roles.targets)
    has_stop = bool(roles.stops)
    has_entry = bool(roles.entries) or at_market
    is_labelled = any(b.label is Meaning.ENTRY for b in sheet.blocks) or sheet.has(
        Meaning.AT_MARKET
    )
    parts = has_entry + has_targets + has_stop
    if parts < 2 and not (has_entry and is_labelled and side is not None):
        return None
    subject = subject_of(sheet, lexicon)
    if isinstance(subject, str):
        if subject == "no_symbol" and parts < 2:
            return None
        return _unclear(subject, None)
    if not has_entry:
        return _unclear("no_entry", subject) if has_targets and has_stop and side else None
    if parts < 2 and sheet.has(Meaning.RESULT, Meaning.HIT, Meaning.TALK, Meaning.IF):
        return None
    if is_contradictory:
        return _unclear("contradictory", subject, "both directions are written")
    if any(f.is_ticked for b in (*roles.entries, *roles.targets) for f in b.figures):
        return _unclear("stale", subject, "some levels are ticked as reached")
    if any(b.is_garbled for b in (*roles.entries, *roles.targets, *roles.stops)):
        return _unclear("price_ambiguous", subject, "a number holds letters")
    if any(line.is_unclaimed for line in sheet.lines) or _has_strays(sheet, roles):
        return _unclear("price_ambiguous", subject, "a list of numbers belongs to no label")
    if side is None and not (has_targets and has_stop):
        return _unclear("no_direction", subject)
    return _measured(sheet, roles, side, subject, at_market, lexicon)


def _has_strays(sheet: Sheet, roles: Roles) -> bool:
    """A price beside those of a level that was not taken with them: half of a line is not read."""
    used = (*roles.entries, *roles.targets, *roles.stops)
    lines = {f.line for b in used for f in b.prices}
    headers = sheet.filled(Meaning.NOW, Meaning.LONG, Meaning.SHORT)
    return any(b.prices and b not in used for b in headers) or any(
        figure.unit in (Unit.NONE, Unit.THOUSANDS)
        for at in lines
        for figure in sheet.lines[at].orphans
    )


def _unclear(
    reason: str,
    subject: Subject | None,
    detail: str = "",
    *,
    candidates: Sequence[str] = (),
    drafts: Sequence[OpenPosition] = (),
) -> Unclear:
    return Unclear(
        reason=reason,
        parser=PARSER,
        detail=detail,
        symbol=subject.name.base if subject else None,
        candidates=tuple(candidates),
        drafts=tuple(drafts),
    )


# which block is what


def _roles(sheet: Sheet, side: Side | None) -> list[Roles]:
    """The ways in which *Buy* and *Sell* columns can be meant; one, where labels say it."""
    entries = tuple(sheet.filled(Meaning.ENTRY))
    targets = tuple(sheet.filled(Meaning.TARGET))
    stops = tuple(b for b in sheet.filled(Meaning.STOP) if b.prices)
    buys, sells = tuple(sheet.filled(Meaning.BUY)), tuple(sheet.filled(Meaning.SELL))
    closes = tuple(sheet.filled(Meaning.CLOSE))

    def roles(entry: Iterable[Block], target: Iterable[Block]) -> Roles:
        return Roles(entries=tuple(entry), targets=tuple(target) or targets or closes, stops=stops)

    if entries:
        columns = () if targets else (sells or buys)
        return [roles(entries, columns)]
    if buys and sells:
        if targets:
            return [roles(sells if side is Side.SHORT else buys, ())]
        return [roles(buys, sells), roles(sells, buys)]
    if buys or sells:
        return [roles(buys or sells, ())]
    prices = tuple(sheet.filled(Meaning.PRICE))
    if prices:
        return [roles(prices[:1], ())]
    headers = tuple(sheet.filled(Meaning.NOW, Meaning.LONG, Meaning.SHORT, Meaning.NAME))
    return [roles((b for b in headers if b.line == headers[0].line), ())]


def _is_market(sheet: Sheet) -> bool:
    if sheet.has(Meaning.AT_MARKET):
        return True
    return any(
        Meaning.NOW in b.seen or (b.label is Meaning.NOW and b.figures)
        for b in sheet.blocks
        if b.label
        in (Meaning.ENTRY, Meaning.LONG, Meaning.SHORT, Meaning.BUY, Meaning.SELL, Meaning.NOW)
    )


# numbers


def _measured(
    sheet: Sheet,
    roles: Roles,
    side: Side | None,
    subject: Subject,
    at_market: bool,
    lexicon: Lexicon,
) -> Read | Unclear:
    figures = [f for b in (*roles.entries, *roles.targets, *roles.stops) for f in b.prices]
    habits = (PLAIN,) if all(numbers.is_plain(f.raw) for f in figures) else HABITS
    coherent: dict[Levels, tuple[Habit, OpenPosition]] = {}
    faults: list[str] = []
    for habit in habits:
        levels = _levels(roles, habit)
        if isinstance(levels, str):
            faults.append(levels)
            continue
        intent = _intent(sheet, roles, levels, side, subject, at_market)
        fault = intent if isinstance(intent, str) else judgement.levels_fault(intent)
        if isinstance(intent, str) or fault is not None:
            faults.append(fault or "")
        else:
            coherent.setdefault(levels, (habit, intent))
    if not coherent:
        return _unclear(faults[0], subject, f"levels: {', '.join(f.raw for f in figures)}"[:200])
    chosen = _chosen(coherent, figures, sheet, lexicon)
    if chosen is None:
        drafts = [intent for _, intent in coherent.values()]
        candidates = [
            " ".join(exact(p) for p in d.entry.prices) or str(d.stop_loss) for d in drafts
        ]
        return _unclear(
            "price_ambiguous",
            subject,
            "marks in numbers can be read in more than one way",
            candidates=candidates,
            drafts=drafts,
        )
    fault = judgement.name_fault(chosen.symbol, chosen.quote)
    if fault is not None:
        return _unclear(fault, subject)
    return Read(intent=chosen, parser=PARSER, spans=_spans(sheet, roles, subject))


def _chosen(
    coherent: dict[Levels, tuple[Habit, OpenPosition]],
    figures: Sequence[Figure],
    sheet: Sheet,
    lexicon: Lexicon,
) -> OpenPosition | None:
    """One reading, or the one that the post's own languages write, where that is no guess."""
    if len(coherent) == 1:
        return next(iter(coherent.values()))[1]
    habit, intent = next(iter(coherent.values()))
    marks = [lexicon.thousands.get(language, frozenset()) for language in sheet.languages]
    commas = [f.raw for f in figures if "," in f.raw]
    others = {h.comma for h, _ in coherent.values()} - {Mark.THOUSANDS, Mark.DECIMAL}
    if (
        habit == PLAIN
        and commas
        and not others
        and marks
        and all("," in m for m in marks)
        and all(h.dot is Mark.DECIMAL for h, _ in coherent.values())
        and any(len(raw.partition(",")[0]) > 1 for raw in commas)
    ):
        return intent
    if (
        habit == PLAIN
        and not commas
        and not any("." in m for m in marks)
        and not any(" " in f.raw for f in figures)
    ):
        return intent
    return None


def _levels(roles: Roles, habit: Habit) -> Levels | str:
    entries: list[tuple[Price, ...]] = []
    for block in roles.entries:
        these = _prices(block.prices, habit)
        if these is None:
            return "price_ambiguous"
        if these not in entries:
            entries.append(these)
    targets = _targets(roles.targets, habit)
    stops = {
        p for b in roles.stops if (found := _prices(b.prices, habit)) is not None for p in found
    }
    broken = any(_prices(b.prices, habit) is None for b in roles.stops)
    if targets is None or broken or len(stops) > 1:
        return "price_ambiguous"
    flat = tuple(p for these in entries for p in these)
    if len(flat) > _ENTRIES_MAX:
        return "too_many_levels"
    return Levels(entries=_unrepeated(flat), targets=targets, stop=next(iter(stops), None))


def _prices(figures: Iterable[Figure], habit: Habit) -> tuple[Price, ...] | None:
    out: list[Price] = []
    for figure in figures:
        found = _worth(figure, habit)
        if found is None:
            return None
        out += found
    return tuple(out)


def _worth(figure: Figure, habit: Habit) -> list[Price] | None:
    prices = [
        judgement.price(value * figure.scale)
        for value in numbers.values(figure.raw, habit) or (Decimal(0),)
    ]
    return None if None in prices else [p for p in prices if p is not None]


def _targets(blocks: Iterable[Block], habit: Habit) -> tuple[Level, ...] | None:
    blocks = tuple(blocks)
    figures = [f for b in blocks for f in b.prices]
    if not figures:
        percents = [f for b in blocks for f in b.figures if f.unit is Unit.PERCENT]
        found = [numbers.values(f.raw, PLAIN) for f in percents]
        return None if None in found else tuple(Percent(value=v) for vs in found if vs for v in vs)
    prices = _prices(figures, habit)
    return None if prices is None else _unrepeated(prices)


def _unrepeated(prices: tuple[Price, ...]) -> tuple[Price, ...]:
    """A post in two languages says everything twice."""
    half = len(prices) // 2
    return prices[:half] if half and prices[:half] * 2 == prices else prices


# the intent


def _intent(
    sheet: Sheet,
    roles: Roles,
    levels: Levels,
    side: Side | None,
    subject: Subject,
    at_market: bool,
) -> OpenPosition | str:
    prices = [t for t in levels.targets if not isinstance(t, Percent)]
    side = side or side_of(levels.entries, prices, levels.stop)
    if side is None:
        return "no_direction"
    entry = _entry(roles, levels.entries, side, at_market)
    if isinstance(entry, str):
        return entry
    margin = _margin(sheet)
    leverage = _leverage(sheet, subject)
    return OpenPosition(
        symbol=subject.name.base,
        quote=subject.name.quote,
        side=side,
        market=_market(sheet, is_leveraged=leverage is not None or margin is not None),
        entry=entry,
        take_profits=levels.targets,
        stop_loss=levels.stop,
        leverage=leverage,
        margin_mode=margin,
    )


def _entry(roles: Roles, prices: tuple[Price, ...], side: Side, at_market: bool) -> Entry | str:
    seen = {m for b in roles.entries for m in b.seen}
    triggers = Meaning.ABOVE if side is Side.LONG else Meaning.BELOW
    if not prices:
        return Entry(kind=EntryKind.MARKET) if at_market else "no_entry"
    if len(prices) == 1:
        if triggers in seen:
            return Entry(kind=EntryKind.TRIGGER, prices=prices)
        return Entry(kind=EntryKind.MARKET if at_market else EntryKind.LIMIT, prices=prices)
    if triggers in seen:
        return "price_ambiguous"
    if len(prices) == 2 and prices[0] != prices[1] and _is_zone(roles.entries):
        return Entry(kind=EntryKind.ZONE, prices=(min(prices), max(prices)))
    return Entry(kind=EntryKind.LADDER, prices=prices)


def _is_zone(blocks: Sequence[Block]) -> bool:
    first = blocks[0]
    if len(first.prices) != 2:
        return False
    return bool(first.joins and first.joins[0] in (*"-~_/&→", "to", "to -")) or (
        Meaning.ZONE in first.seen and not first.is_numbered
    )


def _market(sheet: Sheet, *, is_leveraged: bool) -> MarketKind | None:
    spot, futures = sheet.has(Meaning.SPOT), sheet.has(Meaning.FUTURES)
    if spot and not futures and not is_leveraged:
        return MarketKind.SPOT
    if futures or is_leveraged or sheet.has(Meaning.LONG, Meaning.SHORT):
        return MarketKind.FUTURES
    return None


def _margin(sheet: Sheet) -> MarginMode | None:
    cross, isolated = sheet.has(Meaning.CROSS), sheet.has(Meaning.ISOLATED)
    if cross == isolated:
        return None
    return MarginMode.CROSS if cross else MarginMode.ISOLATED


def _leverage(sheet: Sheet, subject: Subject) -> Decimal | None:
    """What is labelled; else what stands in a headline. The highest of a range."""
    labelled = [f for f, is_labelled in sheet.leverages if is_labelled]
    by_line = [f for f, _ in sheet.leverages if Meaning.LEVERAGE in sheet.lines[f.line].meanings]
    times = [f for f in labelled if f.unit is Unit.TIMES] or labelled or by_line
    if not times:
        times = [f for f, _ in sheet.leverages if _is_headline(sheet, f.line, subject.name)]
    first = next(iter(times), None)
    worths = [
        values[0]
        for f in times
        if first is not None and f.line == first.line
        if (values := numbers.values(f.raw, PLAIN)) and len(values) == 1
    ]
    return max(worths, default=None)


def _is_headline(sheet: Sheet, line: int, name: Name) -> bool:
    there = sheet.lines[line]
    others = [t for t in there.names if t.name is not None and t.name.base != name.base]
    if others:
        return False
    telling = {
        Meaning.LONG,
        Meaning.SHORT,
        Meaning.BUY,
        Meaning.SELL,
        Meaning.CROSS,
        Meaning.ISOLATED,
    }
    return bool(there.names) or bool(telling & there.meanings) or there.words == 0


def _spans(sheet: Sheet, roles: Roles, subject: Subject) -> tuple[Span, ...]:
    spans = [Span(field="symbol", start=subject.start, end=subject.end, rule=subject.rule)]
    spans += [
        Span(field="side", start=t.start, end=t.end, rule=f"word {t.word!r}")
        for _, t, _ in sheet.sides[:1]
    ]
    for field, blocks in (
        ("entry", roles.entries),
        ("take_profits", roles.targets),
        ("stop_loss", roles.stops),
    ):
        spans += [
            Span(field=field, start=f.start, end=f.end, rule=f"label {b.label.value}")
            for b in blocks
            for f in b.figures
        ]
    spans += [
        Span(
            field="leverage",
            start=f.start,
            end=f.end,
            rule="label leverage" if labelled else "times",
        )
        for f, labelled in sheet.leverages[:3]
    ]
    return tuple(spans)
