"""What `bench` measured: each figure in a table, each bar of the table drawn beside what was reached."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Self

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tgbitget.bench.metric import Bar, Figure, Result
from tgbitget.cli.tables import print_drawn

if TYPE_CHECKING:
    from tgbitget.bench.course import Stage

_QUIET: Final = "bright_black"
_ROOM: Final = 30
_AT_BAR: Final = 20
"""Where in the room the bar stands; what is drawn beyond it was not reached."""


class Progress:
    """What is being done, on stderr: a line that replaces the last one on a terminal, a line for each elsewhere."""

    def __init__(self, stages: "Sequence[Stage]", *, is_quick: bool) -> None:
        self._is_terminal = sys.stderr.isatty()
        seconds = sum(stage.seconds for stage in stages)
        if not is_quick and seconds > 1:
            self.say(f"{len(stages)} measurements, about {max(1, round(seconds / 60))} min")

    def say(self, what: str) -> None:
        if self._is_terminal:
            sys.stderr.write(f"\r\x1b[K{what} …")
        else:
            sys.stderr.write(f"{what}\n")
        sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wipe()

    def _wipe(self) -> None:
        if self._is_terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def print_result(result: Result) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
    print_drawn(_drawn(result))


def print_summary(results: Sequence[Result]) -> None:
    print_drawn(_summary(results))


def print_failed(failed: Sequence[str]) -> None:
    for sentence in failed:
        print(f"tgbitget: not measured: {sentence}", file=sys.stderr)


def _drawn(result: Result) -> Iterator[RenderableType]:
    yield Text(f"{result.id}  {result.title}", style="bold")
    yield _bars(result.bars)
    yield _figures(result.figures)
    for note in result.notes:
        yield Text(f"  {note}", style=_QUIET)
    yield ""


def _summary(results: Sequence[Result]) -> Iterator[RenderableType]:
    met = sum(result.is_met for result in results)
    yield Text(f"{met} of {len(results)} met all their bars", style="bold")
    yield _bars([bar for r in results for bar in r.bars], [r.id for r in results for _ in r.bars])


def _bars(bars: Sequence[Bar], ids: Sequence[str] = ()) -> Table:
    table = _table()
    for heading in ["", ""] if ids else [""]:
        table.add_column(heading)
    table.add_column("reached", justify="right", no_wrap=True)
    table.add_column("bar", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column(f"{'':{_AT_BAR}}│ bar", no_wrap=True)
    for number, bar in enumerate(bars):
        sign = "≤" if bar.most is not None else "≥"
        verdict = Text("met", style="green") if bar.is_met else Text("NOT MET", style="red")
        table.add_row(
            *([ids[number]] if ids else []),
            bar.name,
            _amount(bar.value, bar.unit),
            f"{sign} {_amount(bar.limit, bar.unit)}",
            verdict,
            plotted(bar),
        )
    return table


def plotted(bar: Bar) -> Text:
    """As long as what was reached, with the bar always at the same place; `▶` where it goes on."""
    share = bar.value / bar.limit if bar.limit else (0.0 if bar.value <= 0 else float("inf"))
    length = _ROOM if share > _ROOM / _AT_BAR else round(max(0.0, share) * _AT_BAR)
    cells = ["█"] * length + [" "] * (_ROOM - length)
    if share > _ROOM / _AT_BAR:
        cells[-1] = "▶"
    cells[_AT_BAR] = "│"
    return Text("".join(cells), style="green" if bar.is_met else "red")


def _figures(figures: Sequence[Figure]) -> Table:
    table = _table()
    table.add_column("measured")
    for heading in ("median", "spread", "p99", "max", "samples"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in figures:
        is_one = one.value.low == one.value.high
        table.add_row(
            one.name,
            _amount(one.value.median, one.unit),
            "" if is_one else f"{_number(one.value.low)} – {_number(one.value.high)}",
            "" if one.p99 is None else _number(one.p99),
            "" if one.max is None else _number(one.max),
            f"{one.samples}" if one.samples else "",
        )
    return table


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=_QUIET)


def _amount(value: float, unit: str) -> str:
    return f"{_number(value)} {unit}".rstrip()


def _number(value: float) -> str:
    """Three digits that count."""
    if value in (float("inf"), float("-inf")):
        return "none"
    if value == int(value) or abs(value) >= 1000:  # noqa: PLR2004 -- from there whole numbers are as exact
        return f"{value:,.0f}"
    places = 3 if abs(value) < 1 else 2 if abs(value) < 10 else 1  # noqa: PLR2004 -- likewise
    return f"{value:,.{places}f}"
