"""Posts that open a trade: the filled form becomes an intent, or what is missing or contradictory in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from tgbitget.model.geometry import side_of
from tgbitget.model.intent import LevelUpdate, OpenPosition, Side, UpdateTrade
from tgbitget.model.money import Percent, Price, exact
from tgbitget.model.reading import Read, Span, Unclear
from tgbitget.parsing import judgement, numbers, terms, told
from tgbitget.parsing.form import STATUS, Figure, Sheet
from tgbitget.parsing.levels import (
    Levels,
    Roles,
    entry_of,
    has_glued_count,
    has_some_ticks,
    has_strays,
    is_one_of,
    levels_under,
    roles_of,
    settled_habit,
)
from tgbitget.parsing.lexicon import Lexicon, Meaning
from tgbitget.parsing.numbers import PLAIN, Habit
from tgbitget.parsing.opening import AT_ONCE, COMPLETE
from tgbitget.parsing.subjects import Subject, direction, subject_of

PARSER: Final = "freeform"
_TOLD: Final = frozenset({Meaning.CANCEL, Meaning.CLOSED, Meaning.PROFIT, Meaning.RESULT})
"""In the first line of a post they say that it tells of a trade that was."""
_TRIGGERS: Final = frozenset({Meaning.ABOVE, Meaning.BELOW, Meaning.BUY_STOP, Meaning.SELL_STOP})


@dataclass(frozen=True, slots=True)
class _Fault:
    reason: str
    detail: str = ""


def read_setup(sheet: Sheet, lexicon: Lexicon) -> Read | Unclear | None:
    """None when the post opens nothing."""
    if sheet.opening_meanings & _TOLD:
        return None
    side, is_contradictory = direction(sheet)
    found = [
        _Setup(sheet, roles, side, lexicon).read(is_contradictory)
        for roles in roles_of(sheet, side)
    ]
    if len(found) == 1:
        return found[0]
    read = [reading for reading in found if isinstance(reading, Read)]
    return read[0] if len(read) == 1 else next((x for x in found if x is not None), None)


def is_amendment(sheet: Sheet) -> bool:
    """The headline says that levels were changed: this is no new trade."""
    is_told = sheet.opening_meanings & {Meaning.AMENDED, Meaning.UPDATED}
    return bool(is_told) or sheet.moves_entry


def amended(setup: Read) -> Read | Unclear:
    """New levels of a trade told in full. An entry that moves is not followed; stop and targets are."""
    intent = setup.intent
    assert isinstance(intent, OpenPosition)
    if isinstance(intent.stop_loss, Percent):
        return Unclear(reason="price_ambiguous", parser=PARSER, symbol=intent.symbol)
    update = LevelUpdate(stop_loss=intent.stop_loss, take_profits=intent.take_profits or None)
    change = UpdateTrade(
        update=update,
        symbol=intent.symbol,
        quote=intent.quote,
        side=intent.side,
        market=intent.market,
    )
    return replace(setup, intent=change)


class _Setup:
    """One way of taking a form's blocks, on its way to a reading."""

    def __init__(self, sheet: Sheet, roles: Roles, side: Side | None, lexicon: Lexicon) -> None:
        self._sheet = sheet
        self._roles = roles
        self._side = side
        self._lexicon = lexicon
        self._leverages: tuple[Decimal | None, list[Figure]] | None = None
        self._at_market = _is_market(sheet, roles)
        self._has_targets = bool(roles.targets)
        self._has_stop = bool(roles.stops)
        self._has_entry = bool(roles.entries) or self._at_market

    def read(self, is_contradictory: bool) -> Read | Unclear | None:
        if not self._opens():
            return None
        subject = subject_of(self._sheet)
        if isinstance(subject, str):
            parts = self._has_entry + self._has_targets + self._has_stop
            return Unclear(reason=subject, parser=PARSER) if parts >= COMPLETE else None
        if not self._has_entry and not (self._has_targets and self._has_stop and self._side):
            return None
        fault = self._fault(is_contradictory)
        if fault is not None:
            return self._unclear(subject, fault)
        return self._measured(subject)

    def _opens(self) -> bool:
        """Is there enough of a setup, and nothing that makes it a report or a plan?"""
        sheet = self._sheet
        is_labelled = Meaning.ENTRY in sheet.labels
        is_said = is_labelled or sheet.has(Meaning.AT_MARKET)
        is_outright = self._has_entry and self._side is not None and is_said
        if self._has_entry + self._has_targets + self._has_stop < COMPLETE and not is_outright:
            return False
        if not sheet.meanings.isdisjoint(told.TELLING) and told.is_told(sheet, self._roles):
            return False
        if sheet.has_questions and told.is_asked(sheet, self._roles):
            return False
        is_full = is_labelled and self._has_stop and self._has_targets
        return is_full or not told.is_report(sheet, self._roles)

    def _fault(self, is_contradictory: bool) -> _Fault | None:
        roles, sheet = self._roles, self._sheet
        if not self._has_entry:
            return _Fault("no_entry")
        if is_contradictory:
            return _Fault("contradictory", "both directions are written")
        if sheet.has_ticks and any(
            f.is_ticked for block in (*roles.entries, *roles.targets) for f in block.figures
        ):
            return _Fault("stale", "some levels are ticked as reached")
        if sheet.has_ticks and has_some_ticks(sheet, roles):
            return _Fault("stale", "some targets are ticked as reached, others are not")
        if sheet.has(Meaning.HIT) and told.has_reached_levels(sheet, roles):
            return _Fault("stale", "some levels are told as reached")
        if sheet.has_garbled and self._has_garbled_levels():
            return _Fault("price_ambiguous", "a number cannot be told from what stands beside it")
        if not self._has_stop and any(b.label is Meaning.CLOSE for b in roles.targets):
            return _Fault("price_ambiguous", "an exit may be told, or planned")
        if not sheet.meanings.isdisjoint(STATUS) and told.is_over(sheet, roles):
            return _Fault("stale", "what became of the trade is told")
        if Meaning.CLOSE in sheet.labels and self._has_other_closes():
            return _Fault("price_ambiguous", "an exit may be told, or planned")
        if has_glued_count(roles):
            return _Fault("price_ambiguous", "the number behind a target may count it")
        if not sheet.meanings.isdisjoint(_TRIGGERS) and _has_empty_trigger(sheet, roles):
            return _Fault("price_ambiguous", "above or below which price?")
        if has_strays(sheet, roles):
            return _Fault("price_ambiguous", "some numbers belong to no label")
        if self._side is None and not (self._has_targets and self._has_stop):
            return _Fault("no_direction")
        return None

    def _has_garbled_levels(self) -> bool:
        levels = self._sheet.of(Meaning.ENTRY, Meaning.TARGET, Meaning.STOP)
        return any(block.is_garbled for block in (*levels, *self._roles.blocks))

    def _has_other_closes(self) -> bool:
        """An exit with a price that is none of the targets."""
        closes = self._sheet.of(Meaning.CLOSE)
        return any(block.prices and block not in self._roles.targets for block in closes)

    def _measured(self, subject: Subject) -> Read | Unclear:
        """Asks each habit of writing numbers what the trade would be; one answer is a reading."""
        figures = self._roles.figures
        is_plain = all(numbers.is_plain(figure.raw) for figure in figures)
        coherent: list[tuple[Levels, Habit, OpenPosition]] = []
        faults: list[str] = []
        habits = (PLAIN,) if is_plain else numbers.habits_of([figure.raw for figure in figures])
        for habit in habits:
            levels = levels_under(habit, self._roles)
            intent = levels if isinstance(levels, str) else self._intent(levels, subject)
            fault = intent if isinstance(intent, str) else judgement.levels_fault(intent)
            if isinstance(levels, str) or isinstance(intent, str) or fault is not None:
                faults.append(fault or "price_ambiguous")
            elif not coherent or all(levels != known for known, _, _ in coherent):
                coherent.append((levels, habit, intent))
        if not coherent:
            written = ", ".join(figure.raw for figure in figures)
            return self._unclear(subject, _Fault(faults[0], f"levels: {written}"[:200]))
        return self._chosen(subject, coherent)

    def _chosen(
        self, subject: Subject, coherent: list[tuple[Levels, Habit, OpenPosition]]
    ) -> Read | Unclear:
        if len(coherent) > 1 and not self._is_settled([habit for _, habit, _ in coherent]):
            drafts = tuple(intent for _, _, intent in coherent)
            detail = "marks in numbers can be read in more than one way"
            return replace(
                self._unclear(subject, _Fault("price_ambiguous", detail)),
                candidates=tuple(_brief(draft) for draft in drafts),
                drafts=drafts,
            )
        intent = coherent[0][2]
        fault = judgement.name_fault(intent.symbol, intent.quote)
        if fault is not None:
            return self._unclear(subject, _Fault(fault))
        return Read(intent=intent, parser=PARSER, spans=self._spans(subject))

    def _is_settled(self, habits: Sequence[Habit]) -> bool:
        """Do the post's languages write by the first of *habits*?"""
        thousands = self._lexicon.thousands
        marks = [thousands.get(language, frozenset()) for language in self._sheet.languages]
        return settled_habit(habits, self._roles.figures, marks) is not None

    def _intent(self, levels: Levels, subject: Subject) -> OpenPosition | str:
        side = self._side or side_of(
            _extremes(levels.entries), _extremes(levels.target_prices), levels.stop
        )
        if side is None:
            return "no_direction"
        entry = entry_of(self._roles, levels.entries, side, at_market=self._at_market)
        if isinstance(entry, str):
            return entry
        margin = terms.margin_mode(self._sheet)
        leverage, _ = self._leverage(subject)
        is_leveraged = leverage is not None or margin is not None
        return OpenPosition(
            symbol=subject.name.base,
            quote=subject.name.quote,
            side=side,
            market=terms.market_kind(self._sheet, is_leveraged=is_leveraged),
            entry=entry,
            take_profits=levels.targets,
            stop_loss=levels.stop,
            leverage=leverage,
            margin_mode=margin,
        )

    def _leverage(self, subject: Subject) -> tuple[Decimal | None, list[Figure]]:
        """Asked for each habit of writing numbers, and the same for all."""
        if self._leverages is None:
            self._leverages = terms.leverage(self._sheet, subject.name)
        return self._leverages

    def _unclear(self, subject: Subject, fault: _Fault) -> Unclear:
        return Unclear(
            reason=fault.reason,
            parser=PARSER,
            detail=fault.detail,
            symbol=subject.name.base,
            spans=self._spans(subject),
        )

    def _spans(self, subject: Subject) -> tuple[Span, ...]:
        roles = self._roles
        _, leverages = self._leverage(subject)
        spans = [Span(field="symbol", start=subject.start, end=subject.end, rule=subject.rule)]
        for _, token, _ in self._sheet.sides[:1]:
            spans.append(
                Span(field="side", start=token.start, end=token.end, rule=f"word {token.word!r}")
            )
        for field, blocks in (
            ("entry", roles.entries),
            ("take_profits", roles.targets),
            ("stop_loss", roles.stops),
        ):
            for block in blocks:
                rule = f"label {block.label}"
                spans += [
                    Span(field=field, start=f.start, end=f.end, rule=rule) for f in block.figures
                ]
        spans += [
            Span(field="leverage", start=f.start, end=f.end, rule="leverage") for f in leverages
        ]
        return tuple(spans)


def _extremes(prices: Sequence[Price]) -> Sequence[Price]:
    """The lowest and the highest: whatever fits both fits all between."""
    return (min(prices), max(prices)) if prices else ()


def _is_market(sheet: Sheet, roles: Roles) -> bool:
    """`Entry: market`, `LONG NOW`, `MARKET ORDER` in a headline."""
    if AT_ONCE.isdisjoint(sheet.meanings):
        return False
    headlines = [line for line in sheet.lines if line.plain_words <= told.PROSE_WORDS]
    is_reference = any(block.label is Meaning.PRICE for block in roles.entries)
    if is_reference and any(Meaning.OPENING in line.meanings for line in headlines):
        return True
    if any(Meaning.AT_MARKET in line.meanings for line in headlines):
        return True
    blocks = roles.entries or sheet.of(
        Meaning.ENTRY, Meaning.LONG, Meaning.SHORT, Meaning.BUY, Meaning.SELL
    )
    return any(
        Meaning.NOW in block.seen or (block.label is Meaning.NOW and block.figures)
        for block in blocks
        if sheet.lines[block.line].plain_words <= told.PROSE_WORDS
    )


def _has_empty_trigger(sheet: Sheet, roles: Roles) -> bool:
    """`65000 is key. Long above`: the price that triggers stands elsewhere."""
    sides = sheet.of(Meaning.LONG, Meaning.SHORT, Meaning.BUY, Meaning.SELL)
    return any(
        block.seen & {Meaning.ABOVE, Meaning.BELOW} and not block.figures
        for block in sides
        if not is_one_of(block, roles.entries)
    ) and not any(block.label is Meaning.ENTRY for block in roles.entries)


def _brief(draft: OpenPosition) -> str:
    prices: Sequence[object] = [
        *draft.entry.prices,
        *([draft.stop_loss] if draft.stop_loss else []),
    ]
    return " ".join(str(p) if isinstance(p, Percent) else exact(p) for p in prices)  # type: ignore[arg-type] # Level
