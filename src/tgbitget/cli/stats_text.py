"""What `stats` counted, as tables and histograms."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tgbitget.cli.stats_summary import EDGES_MS, ChannelStats, Shares, Stats
from tgbitget.cli.tables import print_drawn

_QUIET: Final = "bright_black"
_BAR: Final = 32
_MS_PER_SECOND: Final = 1000
_LEGEND: Final = (
    "seen: from the socket to the reading; read; decided; sent: from there until the first order left, its commit and its "
    "turn included; answered: until Bitget had answered it; whole: all but the answer"
)


def print_stats(stats: Stats) -> None:
    print_drawn(_drawn(stats))


def _drawn(stats: Stats) -> Iterator[RenderableType]:
    if not stats.all.posts:
        yield Text(f"no posts since {stats.since:%Y-%m-%d %H:%M} UTC")
        return
    yield Text(f"{stats.all.posts:,} posts since {stats.since:%Y-%m-%d %H:%M} UTC", style="bold")
    shown = stats.channels if len(stats.channels) == 1 else (stats.all, *stats.channels)
    for channel in shown:
        yield ""
        yield Text(f"{channel.channel or 'all channels'}, {_paths(channel)}")
        yield _segments(channel)
    yield Text(_LEGEND, style=_QUIET)
    if stats.all.whole is not None:
        yield ""
        yield Text("From the socket to the order's leaving")
        yield _histogram(stats.whole_counts)
    if stats.all.age is not None:
        yield ""
        yield Text("How old posts were when they came, pushed or polled")
        yield _histogram(stats.age_counts)
        note = "Telegram tells a post's time in whole seconds: up to one second is nothing"
        yield Text(note, style=_QUIET)


def _paths(channel: ChannelStats) -> str:
    return "first by " + ", ".join(f"{path} {count}" for path, count in channel.first_by.items())


def _segments(channel: ChannelStats) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=_QUIET)
    table.add_column("")
    for heading in ("p50", "p99", "max", "posts"):
        table.add_column(heading, justify="right", no_wrap=True)
    rows: dict[str, Shares | None] = {
        **channel.segments,
        "whole": channel.whole,
        "age": channel.age,
        **channel.later,
    }
    for name, shares in rows.items():
        if shares is not None:
            times = (duration(value) for value in (shares.p50, shares.p99, shares.max))
            table.add_row(name, *times, f"{shares.samples}")
    return table


def _histogram(counts: Sequence[int]) -> Table:
    """From the first step that has any to the last one."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    names = [*(f"≤ {duration(edge)}" for edge in EDGES_MS), f"> {duration(EDGES_MS[-1])}"]
    filled = [number for number, count in enumerate(counts) if count]
    for number in range(filled[0], filled[-1] + 1):
        length = round(counts[number] / max(counts) * _BAR)
        bar = "█" * max(length, 1 if counts[number] else 0)
        table.add_row(names[number], Text(bar, style="cyan"), f"{counts[number]}")
    return table


def duration(ms: float) -> str:
    """`0.31 ms`, `52 ms`, `3.2 s`: two digits that count, and more only before the point."""
    if ms >= _MS_PER_SECOND:
        return f"{ms / _MS_PER_SECOND:.3g} s"
    return f"{ms:.2f} ms" if ms < 1 else f"{ms:.3g} ms"
