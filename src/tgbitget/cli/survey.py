"""What a channel's history shows of its habits: languages, numbers, levels, leverage, edits. Bounded, like the tally."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Final

from tgbitget.cli.tally import Count, Tally
from tgbitget.model.intent import ClosePosition, OpenPosition, Unspecified
from tgbitget.model.money import Percent, exact
from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Read, Reading, Span, Unclear
from tgbitget.parsing.language import languages_of
from tgbitget.parsing.text import normalise

LAST_KEPT: Final = 2_000
"""The latest posts that ask for something; who narrows the parsers tries them on these."""
_DELAYS_KEPT: Final = 2_000
_LEVELS: Final = frozenset({"entry", "take_profits", "stop_loss"})
_MARKED: Final = re.compile(r"\d[\d.,]*[.,]\d+")
_GROUPED_POINT: Final = re.compile(r"\d{1,3}(?:\.\d{3})+")


@dataclass(slots=True)
class Survey:
    """Filled post by post. Counts of `entries`, `targets`, `leverages`, `margins`, `markets`, `quotes` and `numbers` are of
    set-ups; `heard` counts the languages of posts that ask for something, `asking` those posts."""

    tally: Tally = field(default_factory=Tally)
    heard: Count = field(default_factory=Count)
    asking: int = 0
    numbers: Count = field(default_factory=Count)
    entries: Count = field(default_factory=Count)
    targets: Count = field(default_factory=Count)
    leverages: Count = field(default_factory=Count)
    margins: Count = field(default_factory=Count)
    markets: Count = field(default_factory=Count)
    quotes: Count = field(default_factory=Count)
    edited: int = 0
    edit_seconds: deque[float] = field(default_factory=lambda: deque(maxlen=_DELAYS_KEPT))
    partial_closes: int = 0
    unspecified_closes: int = 0
    last: deque[tuple[Post, Reading]] = field(default_factory=lambda: deque(maxlen=LAST_KEPT))

    def add(self, post: Post, reading: Reading) -> None:
        self.tally.add(post, reading)
        if isinstance(reading, NotASignal):
            return
        self.asking += 1
        self.last.append((post, reading))
        for language in languages_of(post.text):
            self.heard.add(language)
        match reading:
            case Read(intent=OpenPosition() as intent):
                self._set_up(post, intent, reading.spans)
            case Read(intent=ClosePosition(fraction=fraction)) if fraction is not None:
                self.partial_closes += 1
                self.unspecified_closes += isinstance(fraction, Unspecified)
            case Read() | Unclear():
                pass

    @property
    def edit_minutes(self) -> float:
        """Half of the edits came within these."""
        return median(self.edit_seconds) / 60 if self.edit_seconds else 0.0

    @property
    def usual_leverage(self) -> Decimal | None:
        """The most frequent one."""
        ranked = self.leverages.most_common(1)
        return Decimal(ranked[0][0]) if ranked else None

    @property
    def highest_leverage(self) -> Decimal | None:
        return max(map(Decimal, self.leverages), default=None)

    def _set_up(self, post: Post, intent: OpenPosition, spans: tuple[Span, ...]) -> None:
        self.entries.add(str(intent.entry.kind))
        self.targets.add(str(len(intent.take_profits)))
        if intent.leverage is not None:
            self.leverages.add(exact(intent.leverage))
        if intent.margin_mode is not None:
            self.margins.add(str(intent.margin_mode))
        if intent.market is not None:
            self.markets.add(str(intent.market))
        if intent.quote is not None:
            self.quotes.add(intent.quote)
        for habit in set(_number_habits(post.text, intent, spans)):
            self.numbers.add(habit)
        if post.edited is not None:
            self.edited += 1
            self.edit_seconds.append((post.edited - post.date).total_seconds())


def _number_habits(text: str, intent: OpenPosition, spans: tuple[Span, ...]) -> Iterator[str]:
    """How the levels were written, told by what they were read as."""
    values = set(_values(intent))
    for span in spans:
        if span.field not in _LEVELS:
            continue
        for written in _MARKED.findall(normalise(text[span.start : span.end]).clean):
            if "," in written:
                if _decimal(written.replace(",", "")) in values:
                    yield "thousands comma"
                elif _decimal(written.replace(".", "").replace(",", ".")) in values:
                    yield "decimal comma"
            if _GROUPED_POINT.match(written) and (
                _decimal(written.replace(".", "").replace(",", ".")) in values
            ):
                yield "thousands point"
            elif "." in written and _decimal(written.replace(",", "")) in values:
                yield "decimal point"


def _values(intent: OpenPosition) -> Iterator[Decimal]:
    yield from intent.entry.prices
    levels = (*intent.take_profits, *(() if intent.stop_loss is None else (intent.stop_loss,)))
    yield from (level for level in levels if not isinstance(level, Percent))


def _decimal(text: str) -> Decimal | None:
    """None where marks are left that no number has."""
    is_number = text.replace(".", "", 1).isdigit() and text.isascii()
    return Decimal(text) if is_number else None
