import io
import json
import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from rich.console import Console

from control import samples as control
from journal.samples import BTC
from tgbitget.cli.board import NOTES_KEPT, POSTS_KEPT, Board
from tgbitget.cli.printers import Aside, JsonPrinter, PlainPrinter
from tgbitget.cli.screen import screen
from tgbitget.cli.view import LiveView, make_printer
from tgbitget.cli.words import outcome_line
from tgbitget.model.event import Event, Paused, Ready, Warned, event_json
from tgbitget.model.ids import ChannelId
from tgbitget.model.money import Quantity
from tgbitget.model.plan import Outcome
from tgbitget.model.reading import NotASignal

from . import stories
from .stories import NOON, STORY, VIP

LATER = NOON + timedelta(seconds=75)


def board_after(*events: Event) -> Board:
    board = Board()
    for event in events:
        board = board.after(event, NOON)
    return board


def drawn(board: Board, width: int = 80, height: int = 40) -> str:
    console = Console(
        width=width, height=height, force_terminal=True, color_system="truecolor", _environ={}
    )
    with console.capture() as captured:
        console.print(screen(board, now=LATER, width=width, height=height))
    return captured.get()


def plain(board: Board, width: int = 80, height: int = 40) -> str:
    console = Console(width=width, height=height, color_system=None, _environ={})
    with console.capture() as captured:
        console.print(screen(board, now=LATER, width=width, height=height))
    return captured.get()


def test_the_screen_tells_the_story() -> None:
    shown = plain(board_after(*STORY))
    assert "tgbitget  paper  bitget, 512 markets  paused: no new entries" in shown
    assert "VIP Signals" in shown
    assert "planned: 2 entries" in shown
    assert "refused by position_quote_max:" in shown
    assert "Good morning all" in shown
    assert "long BTC/USDT" in shown
    assert "55800" in shown
    assert "read 0.3" in shown


def test_before_it_is_ready_the_screen_says_so() -> None:
    shown = plain(Board())
    assert "starting" in shown
    assert "nothing posted yet" in shown


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    shown = plain(board_after(*STORY), width=width)
    assert max(len(line) for line in shown.splitlines()) <= width


def test_a_set_up_too_small_for_its_targets_is_told_to_be() -> None:
    small = replace(control.plan(), market=replace(BTC, min_quantity=Quantity(Decimal("0.002"))))
    planned = stories.decided(
        stories.post("BTC long …"),
        stories.long_btc(),
        Outcome.PLANNED,
        plan=small,
        legs=small.entries,
    )
    assert outcome_line(planned.decision) == (
        "planned: 2 entries, too small for target 1 of 2: its part is sold with another"
    )


def test_a_position_without_a_stop_is_shouted() -> None:
    shown = drawn(board_after(stories.READY, stories.UNGUARDED))
    assert "\x1b[1;31mNONE" in shown


def test_an_urgent_warning_is_red_and_harmless() -> None:
    shown = drawn(board_after(stories.WARNED))
    assert "\x1b[1;31m12:00:00 channel VIP Signals is silent[2J" in shown
    assert "\x1b[2J" not in shown


def test_a_post_cannot_draw_on_the_terminal() -> None:
    hostile = "\x1b[2J\x1b[31m[bold red]x[/bold red]\x07\u202e\n" * 5
    event = stories.decided(stories.post(hostile), NotASignal(), Outcome.IGNORED)
    shown = plain(board_after(stories.READY, event), width=160)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[bold red]x[/bold red]" in shown


def test_posts_give_way_where_the_terminal_is_low() -> None:
    many = [
        stories.decided(stories.post(f"talk {n}", id=n), NotASignal(), Outcome.IGNORED)
        for n in range(1, 40)
    ]
    board = board_after(stories.READY, *many)
    assert len(plain(board, height=24).splitlines()) <= 24
    assert "talk 39" in plain(board, height=24)
    assert "talk 1 " not in plain(board, height=24)


def test_the_board_keeps_no_more_than_it_shows() -> None:
    event = stories.decided(stories.post("talk"), NotASignal(), Outcome.IGNORED)
    board = board_after(*(event, Warned(text="x")) * 500)
    assert len(board.posts) == POSTS_KEPT
    assert len(board.notes) == NOTES_KEPT
    assert board.channels[VIP].posts == 500


def test_a_closed_trade_leaves_the_board_with_its_profit() -> None:
    board = board_after(stories.OPENED, stories.CLOSED)
    assert board.trades == {}
    assert (board.closed, board.realised) == (1, Decimal("1.2345"))
    shown = plain(board)
    assert "1 closed, +1.23" in shown
    assert "closed: target 2 reached" in shown


def test_pausing_and_resuming_show() -> None:
    assert board_after(Paused(is_paused=True)).is_paused
    assert not board_after(Paused(is_paused=True), Paused(is_paused=False)).is_paused


def test_a_second_ready_keeps_what_was_counted() -> None:
    again = Ready(mode="paper", venue="bitget", channels=((VIP, "Renamed"),), markets=9)
    board = board_after(stories.READY, stories.TALK, again)
    assert list(board.channels) == [VIP]
    assert (board.channels[VIP].title, board.channels[VIP].posts) == ("Renamed", 1)


def test_the_view_draws_at_its_start_and_end_and_never_while_handling() -> None:
    output = io.StringIO()
    console = Console(file=output, force_terminal=True, width=80, height=30, _environ={})
    with LiveView(console=console, now=lambda: LATER) as view:
        before = output.tell()
        for event in STORY:
            view.handle(event)
        assert view.board == board_with_now(LATER)
    assert output.tell() > before
    assert "planned: 2 entries" in output.getvalue()


def board_with_now(moment: object) -> Board:
    board = Board()
    for event in STORY:
        board = board.after(event, LATER)
    return board


def test_json_lines_are_the_contracts() -> None:
    output = io.StringIO()
    with JsonPrinter(output) as printer:
        for event in STORY:
            printer.handle(event)
    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    assert lines == [json.loads(json.dumps(event_json(event))) for event in STORY]
    assert lines[0]["event"] == "ready"
    assert output.getvalue().isascii()


def test_plain_lines_tell_the_story() -> None:
    output = io.StringIO()
    with PlainPrinter(output) as printer:
        for event in (*STORY, stories.CLOSED, stories.STOPPED):
            printer.handle(event)
    lines = output.getvalue().splitlines()
    assert lines[0] == "Following VIP Signals, Swing in paper mode on bitget, 512 markets."
    assert lines[1] == (
        "12:00:00  VIP Signals/7: long BTC, 57000 – 57500, stop 55800, 2 targets → planned: 2 entries"
    )
    assert "12:00:03  VIP Signals/9: “Good morning all 👋” → ignored" in lines
    assert f"          {stories.SIGNAL} entry filled: 0.001 at 57250, fee 0.034" in lines
    assert "LOOK: channel VIP Signals is silent[2J" in lines
    assert lines[-2].endswith("closed, realised +1.23 (target 2 reached)")
    assert lines[-1] == "Stopped: signal."
    assert all(line.isprintable() for line in lines)


def test_a_position_without_a_stop_is_said() -> None:
    output = io.StringIO()
    PlainPrinter(output).handle(stories.UNGUARDED)
    assert "NO STOP" in output.getvalue()


class _ClosedPipe(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize("printer", [JsonPrinter, PlainPrinter])
def test_a_closed_pipe_stops_nothing(printer: type[JsonPrinter | PlainPrinter]) -> None:
    with printer(_ClosedPipe()) as shown:
        for event in STORY:
            shown.handle(event)


class _StandingStill(PlainPrinter):
    """Takes the first event and nothing else until it is let go."""

    def __init__(self, output: io.StringIO) -> None:
        super().__init__(output)
        self.go = threading.Event()
        self.began = threading.Event()

    def handle(self, event: Event, /) -> None:
        self.began.set()
        self.go.wait(timeout=30)
        super().handle(event)


def test_a_reader_that_stands_still_holds_nothing_up_and_loses_the_rest() -> None:
    output = io.StringIO()
    slow = _StandingStill(output)
    with Aside(slow, waiting_max=3) as printer:
        printer.handle(stories.TALK)
        assert slow.began.wait(timeout=30)
        for _ in range(10):
            printer.handle(stories.TALK)
        assert printer.dropped == 7
        slow.go.set()
    assert len(output.getvalue().splitlines()) == 4


def test_what_waits_is_printed_at_the_end() -> None:
    output = io.StringIO()
    with Aside(PlainPrinter(output)) as printer:
        for _ in range(500):
            printer.handle(stories.TALK)
    assert len(output.getvalue().splitlines()) == 500


def test_without_a_terminal_there_are_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with make_printer(as_json=False) as printer:
        printer.handle(stories.READY)
    assert capsys.readouterr().out.startswith("Following VIP Signals")
    with make_printer(as_json=True) as printer:
        printer.handle(stories.READY)
    assert json.loads(capsys.readouterr().out)["event"] == "ready"


def test_a_channel_nobody_announced_is_shown_by_its_id() -> None:
    post = stories.post("hello", channel=ChannelId("file"))
    board = board_after(stories.decided(post, NotASignal(), Outcome.IGNORED))
    assert board.title_of(ChannelId("file")) == "file"


def test_an_urgent_warning_is_told_to_its_end_on_a_narrow_screen() -> None:
    words = "SOL/USDT:USDT stands WITHOUT A STOP: it was refused and so was the close (40762). "
    board = board_after(*STORY, Warned(text=f"{words}Close it by hand now.", is_urgent=True))
    shown = " ".join(plain(board, width=80, height=24).split())
    assert "Close it by hand now." in shown


def test_an_order_is_told_by_its_name_and_level() -> None:
    output = io.StringIO()
    PlainPrinter(output).handle(stories.PLACED)
    assert output.getvalue().strip() == f"{stories.SIGNAL} entry-1 0.001 at 57000 placed"
