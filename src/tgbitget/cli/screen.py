"""The board as one screen: what came, what became of it, what is open. Quiet colours; red means: look now."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text

from tgbitget.cli.board import Board, Note, PostLine
from tgbitget.cli.words import age, clock_time, rounded, shortened, signed
from tgbitget.model.market import short_symbol
from tgbitget.model.money import exact
from tgbitget.model.plan import Outcome
from tgbitget.model.trade import Trade, TradeState

POSTS_MIN = 4
URGENT_LENGTH_MAX = 500
_WIDE = 120  # from here on an outcome stays on its line
_CHANNELS_SHOWN = 8
_TRADES_SHOWN = 12
_ENDED_SHOWN = 3
_NOTES_SHOWN = 3
_FIXED_LINES = 10  # headings, rules, the status line

_QUIET = "bright_black"
_OUTCOME_STYLES = {
    Outcome.PLANNED: "green",
    Outcome.REFUSED: "yellow",
    Outcome.UNCLEAR: "yellow",
    Outcome.DUPLICATE: "yellow",
    Outcome.LATE: "yellow",
    Outcome.IGNORED: _QUIET,
}
_MODE_STYLES = {"live": "bold red", "demo": "bold cyan", "paper": "bold cyan"}


def screen(board: Board, *, now: datetime, width: int, height: int) -> RenderableType:
    """Fits *height* lines where it can: the posts give way first."""
    blocks: list[RenderableType] = [_status(board, now)]
    channels, trades = len(board.channels), len(board.trades)
    taken = (
        min(channels, _CHANNELS_SHOWN)
        + len(board.ended[:_ENDED_SHOWN])
        + min(trades, _TRADES_SHOWN)
        + sum(_note_lines(note, width) for note in board.notes[:_NOTES_SHOWN])
    )
    posts_shown = max(POSTS_MIN, height - _FIXED_LINES - taken)
    blocks.append(Rule(style=_QUIET))
    if board.channels:
        blocks += [_channels(board, now), ""]
    blocks += [_posts(board, posts_shown, width), ""]
    if board.trades or board.ended:
        blocks += [_trades(board, now), ""]
    blocks.append(_foot(board, width))
    return Group(*blocks)


def _status(board: Board, now: datetime) -> RenderableType:
    line = Table.grid(
        Column(ratio=1, no_wrap=True), Column(justify="right", no_wrap=True), expand=True
    )
    left = Text("tgbitget", style="bold")
    if board.is_ready:
        left.append(f"  {board.mode}", style=_MODE_STYLES.get(board.mode, "bold"))
        left.append(f"  {board.venue}, {board.markets} markets", style=_QUIET)
    else:
        left.append("  starting", style=_QUIET)
    if board.is_paused:
        left.append("  paused: no new entries", style="bold yellow")
    if board.stopped is not None:
        left.append(f"  stopped: {board.stopped}", style="bold")
    line.add_row(left, Text(f"{clock_time(now)} UTC", style=_QUIET))
    return line


def _channels(board: Board, now: datetime) -> RenderableType:
    table = _table(
        Column("Channel", no_wrap=True), _right("Posts"), _right("Last post"), expand=False
    )
    for line in list(board.channels.values())[:_CHANNELS_SHOWN]:
        last = "none yet" if line.last is None else _ago(line.last, now)
        table.add_row(Text(line.title), str(line.posts), last)
    hidden = len(board.channels) - _CHANNELS_SHOWN
    if hidden > 0:
        table.add_row(Text(f"and {hidden} more", style=_QUIET), "", "")
    return table


def _posts(board: Board, shown: int, width: int) -> RenderableType:
    table = _table(
        Column("Time", no_wrap=True, style=_QUIET),
        Column("Post", ratio=1, no_wrap=True),
        Column("Outcome", ratio=1, no_wrap=width >= _WIDE),
    )
    for line in board.posts[:shown]:
        style = _OUTCOME_STYLES.get(line.outcome, "") if line.outcome else ""
        is_talk = line.outcome is Outcome.IGNORED
        says = Text(_says(board, line), style=_QUIET if is_talk else "")
        became = shortened(line.became, _outcome_length(width))
        table.add_row(clock_time(line.at), says, Text(became, style=style))
    if not board.posts:
        table.add_row("", Text("nothing posted yet", style=_QUIET), "")
    return table


def _outcome_length(width: int) -> int:
    """Two lines of half a narrow terminal, or what fits into one of a wide one."""
    return 160 if width >= _WIDE else max(40, width - 16)


def _says(board: Board, line: PostLine) -> str:
    """The channel is named only where there are several."""
    title = f"{shortened(board.title_of(line.channel), 16)}: " if len(board.channels) > 1 else ""
    return f"{title}{shortened(line.says, 160)}"


def _trades(board: Board, now: datetime) -> RenderableType:
    table = _table(
        Column("Position", no_wrap=True),
        _right("Amount"),
        _right("Entry"),
        _right("Stop"),
        _right("Realised"),
        Column("State", ratio=1, no_wrap=True),
    )
    for trade in list(board.trades.values())[:_TRADES_SHOWN]:
        table.add_row(*_trade_cells(trade, board.causes.get(trade.signal, ""), now))
    for trade, cause in board.ended[:_ENDED_SHOWN]:
        table.add_row(*_ended_cells(trade, cause, now))
    hidden = len(board.trades) - _TRADES_SHOWN
    if hidden > 0:
        table.add_row(Text(f"and {hidden} more", style=_QUIET), "", "", "", "", "")
    return table


def _trade_cells(trade: Trade, cause: str, now: datetime) -> Iterator[RenderableType]:
    yield Text.assemble((f"{trade.side} ", _QUIET), shortened(short_symbol(trade.symbol), 18))
    yield exact(trade.amount) if trade.amount else ""
    yield "" if trade.entry is None else exact(trade.entry)
    is_bare = trade.state is TradeState.OPEN and trade.stop is None
    yield Text("NONE", style="bold red") if is_bare else _price(trade)
    yield _profit(trade)
    since = f", {_ago(trade.opened_at, now)}" if trade.opened_at else ""
    yield Text(shortened(f"{cause or trade.state}{since}", 60), style=_QUIET)


def _ended_cells(trade: Trade, cause: str, now: datetime) -> Iterator[RenderableType]:
    """Quiet, but for what it made."""
    yield Text(f"{trade.side} {shortened(short_symbol(trade.symbol), 18)}", style=_QUIET)
    yield ""
    yield Text("" if trade.entry is None else exact(trade.entry), style=_QUIET)
    yield ""
    yield _profit(trade)
    since = f", {_ago(trade.closed_at, now)}" if trade.closed_at else ""
    yield Text(shortened(f"closed{f': {cause}' if cause else ''}{since}", 60), style=_QUIET)


def _price(trade: Trade) -> str:
    return "" if trade.stop is None else exact(trade.stop)


def _profit(trade: Trade) -> Text:
    amount = rounded(trade.realised)
    style = "green" if amount > 0 else "red" if amount < 0 else _QUIET
    return Text(signed(amount), style=style)


def _foot(board: Board, width: int) -> RenderableType:
    lines: list[RenderableType] = [_note(note, width) for note in board.notes[:_NOTES_SHOWN]]
    facts = []
    if board.latencies:
        said = ", ".join(f"{name} {value:.1f}" for name, value in board.latency_medians().items())
        facts.append(f"{said} ms")
    if board.closed:
        total = signed(rounded(board.realised))
        facts.append(f"{board.closed} closed, {total}")
    lines.append(Rule(style=_QUIET))
    lines.append(Text("   ".join(facts) or "waiting for posts", style=_QUIET))
    return Group(*lines)


def _note_lines(note: Note, width: int) -> int:
    return -(-len(_note(note, width)) // width)


def _note(note: Note, width: int) -> Text:
    """An urgent one is told to its end, on as many lines as that takes; what to do stands there."""
    style = "bold red" if note.is_urgent else "yellow"
    length = URGENT_LENGTH_MAX if note.is_urgent else max(20, width - 10)
    return Text(f"{clock_time(note.at)} {shortened(note.text, length)}", style=style)


def _ago(moment: datetime, now: datetime) -> str:
    return age(max(0.0, (now - moment).total_seconds()))


def _table(*columns: Column, expand: bool = True) -> Table:
    return Table(
        *columns, box=None, expand=expand, pad_edge=False, padding=(0, 2, 0, 0), header_style=_QUIET
    )


def _right(heading: str) -> Column:
    return Column(heading, justify="right", no_wrap=True)
