"""A tally on one screen: can this channel be followed?"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from tgbitget.cli.post_file import STDIN
from tgbitget.cli.reasons import reason_words
from tgbitget.cli.tables import print_drawn
from tgbitget.cli.tally import FOLLOW_UPS, OTHERS, Tally
from tgbitget.cli.words import harmless, shortened

_QUIET: Final = "bright_black"
_MONTHS_SHOWN: Final = 24
_NAMES_SHOWN: Final = 10
_REASONS_SHOWN: Final = 6
_BAR_MAX: Final = 40
_BESIDE_BAR: Final = 30
_BARS: Final = (("open", "█", "green"), ("follow-up", "▒", "cyan"), ("unclear", "░", "yellow"))
_LABEL: Final = 12
_GAPS: Final = 6  # between three columns and behind them
_ROOM_MIN: Final = 10


def print_tally(tally: Tally, file: str) -> None:
    print_drawn(_screen(tally, file, Console().width))


def _screen(tally: Tally, file: str, width: int) -> Iterator[RenderableType]:
    yield _head(tally)
    if not tally.posts:
        return
    yield ""
    yield _kinds(tally, width)
    yield ""
    yield from _facts(tally)
    yield ""
    yield _months(tally, width)
    if tally.reasons:
        yield ""
        yield _reasons(tally)
        yield ""
        yield _examples(tally, width)
        if file != STDIN:
            yield Text("All of them:", style=_QUIET)
            yield Text(f"  tgbitget parse --posts {file} --only unclear --explain", style=_QUIET)


def share(part: int, whole: int) -> str:
    """`41 %`; something is never told as nothing, nor nearly all as all."""
    if not whole:
        return "0 %"
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "<1 %"
    return ">99 %" if 99 < percent < 100 else f"{percent:.0f} %"  # noqa: PLR2004 -- the last percent


def listed(counts: Mapping[str, int], shown: int = _NAMES_SHOWN) -> str:
    """`BTC 80, ETH 40, 12 more`: the most frequent first."""
    ranked = sorted(counts.items(), key=lambda item: (item[0] == OTHERS, -item[1]))
    said = [f"{harmless(name)} {count}" for name, count in ranked[:shown]]
    rest = len(ranked) - shown
    return ", ".join([*said, *([f"{rest} more"] if rest > 0 else [])])


def _head(tally: Tally) -> Text:
    line = Text(f"{tally.posts} {'post' if tally.posts == 1 else 'posts'}", style="bold")
    if tally.first and tally.last:
        line.append(f", {tally.first:%Y-%m-%d} to {tally.last:%Y-%m-%d}")
    if len(tally.channels) == 1:
        line.append(f", channel {harmless(next(iter(tally.channels)))}")
    elif tally.channels:
        line.append(f", {len(tally.channels)} channels")
    if tally.broken:
        line.append(f", {tally.broken} broken", style="yellow")
    return line


def _kinds(tally: Tally, width: int) -> Table:
    table = _grid()
    room = min(_BAR_MAX, width - _BESIDE_BAR)
    for name, count, style in (
        ("set-ups", tally.set_ups, "green"),
        ("follow-ups", tally.follow_ups, "cyan"),
        ("unclear", tally.kinds["unclear"], "yellow"),
        ("no signal", tally.kinds["none"], _QUIET),
    ):
        bar = Text("█" * _cells(count, tally.posts, room), style=style)
        table.add_row(Text(name), str(count), share(count, tally.posts), bar)
    return table


def _facts(tally: Tally) -> Iterable[Table]:
    if tally.set_ups:
        stops = f"{tally.with_stop} ({share(tally.with_stop, tally.set_ups)}) name a stop"
        yield _fact("set-ups", f"{stops}, {tally.with_targets} name targets")
        yield _fact("coins", listed(tally.symbols))
    if tally.follow_ups:
        kinds = {kind: tally.kinds[kind] for kind in FOLLOW_UPS if tally.kinds[kind]}
        by_reply = tally.named_by["reply"]
        yield _fact(
            "follow-ups",
            f"{listed(kinds)}; {by_reply} ({share(by_reply, tally.follow_ups)}) by reply, "
            f"{tally.named_by['name']} by name, {tally.named_by['neither']} by neither",
        )
    if tally.parsers:
        yield _fact("read by", listed(tally.parsers))


def _fact(label: str, said: str) -> Table:
    table = Table.grid(padding=(0, 0))
    table.add_column(width=_LABEL, no_wrap=True, style=_QUIET)
    table.add_column(overflow="fold")
    table.add_row(label, Text(said))
    return table


def _months(tally: Tally, width: int) -> Table:
    """One bar a month; its glyphs tell set-ups, follow-ups and unclear posts apart, colours or none."""
    months = sorted(tally.months.items())[-_MONTHS_SHOWN:]
    parts = [(month, _parts(counts)) for month, counts in months]
    most = max((sum(said.values()) for _, said in parts), default=0)
    heading = Text("month", style=_QUIET)
    key = Text.assemble(*_key())
    table = _grid()
    table.add_row(heading, Text("posts", style=_QUIET), "", key)
    room = min(_BAR_MAX, width - _BESIDE_BAR)
    for month, said in parts:
        bar = Text()
        for name, glyph, style in _BARS:
            bar.append(glyph * _cells(said[name], most, room), style=style)
        counts = f" {' + '.join(str(said[name]) for name, _, _ in _BARS)}"
        bar.append(counts, style=_QUIET)
        table.add_row(Text(month), str(tally.months[month].total()), "", bar)
    return table


def _key() -> Iterable[tuple[str, str]]:
    for at, (name, glyph, style) in enumerate(_BARS):
        yield ("  " if at else "", "")
        yield (f"{glyph} ", style)
        yield ("set-ups" if name == "open" else name, _QUIET)


def _parts(counts: Mapping[str, int]) -> dict[str, int]:
    follow_ups = sum(counts.get(kind, 0) for kind in FOLLOW_UPS)
    return {"open": counts.get("open", 0), "follow-up": follow_ups, "unclear": counts.get("unclear", 0)}  # fmt: skip


def _reasons(tally: Tally) -> Table:
    table = _prose(2)
    for reason, count in tally.reasons.most_common(_REASONS_SHOWN):
        sentence = "" if reason == OTHERS else reason_words(reason)
        table.add_row(Text(harmless(reason), style="yellow"), str(count), Text(sentence))
    rest = len(tally.reasons) - _REASONS_SHOWN
    if rest > 0:
        table.add_row(Text(f"{rest} more", style=_QUIET), "", "")
    return table


def _examples(tally: Tally, width: int) -> Table:
    table = _prose(2)
    rows = [(f"{harmless(e.channel)}/{e.message_id}", harmless(e.reason), e.text) for e in tally.examples]  # fmt: skip
    room = width - max(len(p) for p, _, _ in rows) - max(len(r) for _, r, _ in rows) - _GAPS
    for place, reason, text in rows:
        shown = Text(shortened(text, max(_ROOM_MIN, room)))
        shown.truncate(max(_ROOM_MIN, room), overflow="ellipsis")  # wide characters
        table.add_row(Text(place, style=_QUIET), Text(reason, style="yellow"), shown)
    return table


def _prose(fixed: int) -> Table:
    """So many columns that keep their width, and one that gives way."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(fixed):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _grid() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, min_width=_LABEL - 2)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True)
    return table


def _cells(count: int, whole: int, room: int) -> int:
    """What is there is seen."""
    return max(1, round(room * count / whole)) if count and whole else 0
