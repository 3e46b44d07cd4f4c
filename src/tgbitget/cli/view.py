"""The live screen of `listen` and `demo`, and the choice between it, plain lines and JSON lines."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Self

from rich.console import Console, RenderableType
from rich.live import Live

from tgbitget.cli.board import Board
from tgbitget.cli.printers import Aside, JsonPrinter, PlainPrinter, Printer
from tgbitget.cli.screen import screen
from tgbitget.model.event import Event

REFRESHES_PER_SECOND = 2  # drawing costs some milliseconds; ages change by the second


def _utc_now() -> datetime:
    return datetime.now(UTC)


class LiveView:
    """Drawn by a thread of Rich's, twice a second, from a board that is replaced and never changed.

    `handle` therefore only makes the next board: it neither draws nor waits. The last screen stays on the terminal.
    """

    def __init__(
        self, *, console: Console | None = None, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._board = Board()
        self._now = now
        self._console = console or Console()
        self._live = Live(
            console=self._console,
            get_renderable=self._screen,
            refresh_per_second=REFRESHES_PER_SECOND,
            redirect_stderr=False,
            redirect_stdout=False,
        )

    @property
    def board(self) -> Board:
        return self._board

    def handle(self, event: Event, /) -> None:
        self._board = self._board.after(event, self._now())

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def _screen(self) -> RenderableType:
        size = self._console.size
        return screen(self._board, now=self._now(), width=size.width, height=size.height)


def make_printer(*, as_json: bool) -> Printer:
    """For what runs on: JSON lines when asked for, the live view on a terminal, plain lines elsewhere."""
    if as_json:
        return Aside(JsonPrinter())
    return LiveView() if sys.stdout.isatty() else Aside(PlainPrinter())
