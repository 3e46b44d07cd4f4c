"""What `bench` measured, as a table with bars."""

from collections.abc import Iterator
from typing import Final

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from tgbitget.bench.reading import POSTS_A_SECOND_MIN, RATIO_MAX, WORST_MS_MAX, ReadingBench
from tgbitget.bench.spread import Spread
from tgbitget.cli.tables import print_drawn

_QUIET: Final = "bright_black"
_BESIDE_BAR: Final = 36
_BAR_MAX: Final = 40
_BAR_MIN: Final = 8


def print_reading(found: ReadingBench) -> None:
    print_drawn(_screen(found, Console().width))


def _screen(found: ReadingBench, width: int) -> Iterator[RenderableType]:
    yield Text(f"Reading: {found.posts} posts, {found.blocks} blocks by turns, one core")
    yield ""
    yield _table(found)
    yield ""
    yield _bars(found, min(_BAR_MAX, max(_BAR_MIN, width - _BESIDE_BAR)))


def _table(found: ReadingBench) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=_QUIET)
    table.add_column("")
    table.add_column("median", justify="right")
    table.add_column("spread", justify="right")
    table.add_column("bar", justify="right")
    ratio, reading, floor = found.ratio, found.reading_us, found.floor_us
    table.add_row("times the floor", f"{ratio.median:.1f}", _spread(ratio), f"≤ {RATIO_MAX}")
    table.add_row("posts a second", f"{found.posts_a_second:,.0f}", "", f"≥ {POSTS_A_SECOND_MIN:,}")
    table.add_row("a post, µs", f"{reading.median:.1f}", _spread(reading), "")
    table.add_row("the floor, µs", f"{floor.median:.1f}", _spread(floor), "")
    table.add_row("worst usual post, ms", f"{found.worst_usual_ms:.2f}", "", f"≤ {WORST_MS_MAX}")
    table.add_row("worst hard post, ms", f"{found.worst_hard_ms:.2f}", "", f"≤ {WORST_MS_MAX}")
    table.add_row(Text(f"  {found.worst_hard}", style=_QUIET))
    return table


def _spread(of: Spread) -> str:
    return f"{of.low:.1f} – {of.high:.1f}"


def _bars(found: ReadingBench, room: int) -> Table:
    """Each kind of posts: what a post of it costs; the floor's part of it is drawn full."""
    longest = max(pace.reading_us.median for pace in found.paces)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=_QUIET)
    table.add_column("posts")
    table.add_column("share", justify="right")
    table.add_column("µs", justify="right")
    table.add_column("█ floor  ░ reading")
    for pace in found.paces:
        whole = max(1, round(pace.reading_us.median / longest * room))
        floor = min(whole, max(1, round(pace.floor_us.median / longest * room)))
        table.add_row(
            pace.kind,
            f"{pace.share_percent} %",
            f"{pace.reading_us.median:.1f}",
            Text("█" * floor, style="green") + Text("░" * (whole - floor), style="cyan"),
        )
    return table
