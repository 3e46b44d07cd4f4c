"""What a profile would have done with a history: the dry run's decisions, counted, and the table that says so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tgbitget.cli.reasons import reason_words
from tgbitget.cli.survey import Survey
from tgbitget.cli.tally import COUNTED_MAX, Count
from tgbitget.cli.tally_text import listed, share
from tgbitget.cli.words import harmless
from tgbitget.model.event import Decided, Event
from tgbitget.model.intent import OpenPosition
from tgbitget.model.plan import Decision, Outcome
from tgbitget.model.reading import Read

PLANNED_MAX: Final = 10_000
"""Of more posts a dry run would take minutes; their readings alone are told."""
_QUIET: Final = "bright_black"
_PLANNED: Final = "planned"
_REASONS_SHOWN: Final = 8


@dataclass(slots=True)
class Rehearsed:
    """A printer for a dry run: it counts what one channel's set-ups and follow-ups became, and keeps a reason of each
    rule that refused."""

    channel: str
    set_ups: Count = field(default_factory=Count)
    follow_ups: Count = field(default_factory=Count)
    reasons: dict[str, str] = field(default_factory=dict)

    def handle(self, event: Event, /) -> None:
        if isinstance(event, Decided) and event.decision.post.channel == self.channel:
            self._count(event.decision)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def _count(self, decision: Decision) -> None:
        reading = decision.reading
        if not isinstance(reading, Read):
            return
        is_planned = decision.outcome is Outcome.PLANNED
        became = _PLANNED if is_planned else decision.rule or str(decision.outcome)
        opens = isinstance(reading.intent, OpenPosition)
        (self.set_ups if opens else self.follow_ups).add(became)
        if decision.reason and len(self.reasons) < COUNTED_MAX:
            self.reasons.setdefault(became, decision.reason)


def table_of(survey: Survey, rehearsed: Rehearsed | None) -> Iterator[RenderableType]:
    """What would have been read, left and refused; without a dry run only what was read."""
    tally = survey.tally
    yield Text(f"What it would have made of these {tally.posts} posts", style="bold")
    yield ""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    for name, count, said, style in (
        ("set-ups", tally.set_ups, rehearsed and _became(rehearsed.set_ups), "green"),
        ("follow-ups", tally.follow_ups, rehearsed and _became(rehearsed.follow_ups), "cyan"),
        ("unclear", tally.kinds["unclear"], _refused(tally.reasons), "yellow"),
        ("no signal", tally.kinds["none"], "left alone", _QUIET),
    ):
        words = Text(said or "", style=_QUIET)
        table.add_row(Text(name, style=style), str(count), share(count, tally.posts), words)
    yield table
    yield from _sentences(survey, rehearsed)
    if rehearsed is None:
        yield Text(f"\nMore than {PLANNED_MAX} posts: read only, not planned.", style=_QUIET)


def _became(counts: Count) -> str:
    """`121 planned, 18 refused: missing_stop 12, minimum 6`."""
    rules = Count({rule: count for rule, count in counts.items() if rule != _PLANNED})
    refused = f", {_refused(rules)}" if rules else ""
    return f"{counts[_PLANNED]} planned{refused}" if counts else ""


def _refused(rules: Count) -> str:
    return f"{rules.total()} refused: {listed(rules)}" if rules else ""


def _sentences(survey: Survey, rehearsed: Rehearsed | None) -> Iterator[RenderableType]:
    """What the names of rules and reasons mean, in this history's own words."""
    said = dict(rehearsed.reasons) if rehearsed else {}
    said |= {reason: reason_words(reason) for reason in survey.tally.reasons}
    if said:
        yield ""
    for name, sentence in list(said.items())[:_REASONS_SHOWN]:
        yield Text(f"{harmless(name)}: {harmless(sentence)}", style=_QUIET)
