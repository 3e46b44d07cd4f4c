"""Whoever sits before the terminal during `login`: asked for phone, code and password, shown a QR code."""

import asyncio
import sys
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from getpass import getpass
from typing import Any, Self

from tgbitget.cli.words import clock_time, harmless
from tgbitget.errors import NotAuthorised, TgbitgetError


class TerminalPerson:
    """Keeps `telegram.login.Person`. Prompts go to stderr, so that stdout stays empty.

    A question waits in a thread of its own, a daemon: Ctrl-C ends the command, not the answer.
    """

    def __init__(self) -> None:
        self._lines_drawn = 0
        self._terminal: list[Any] | None = None

    def __enter__(self) -> Self:
        if sys.stdin.isatty():
            self._terminal = termios.tcgetattr(sys.stdin)
        return self

    def __exit__(self, *_: object) -> None:
        self._forget_drawing()
        if self._terminal is not None:
            # A password's question that was interrupted would leave the terminal without its echo.
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._terminal)

    async def phone(self) -> str:
        return await asked(lambda: read_line("Phone number, with country code (+49…): "))

    async def code(self, sent_to: str) -> str:
        return await asked(lambda: read_line(f"Code, sent to {harmless(sent_to)}: "))

    async def password(self, hint: str | None) -> str:
        about = f" (hint: {harmless(hint)})" if hint else ""
        return await asked(lambda: _read_secret(f"Password of your second factor{about}: "))

    def show_qr(self, drawing: str, url: str, expires: datetime) -> None:  # noqa: ARG002 -- the port's; who sees the drawing needs no URL
        self._forget_drawing()
        text = (
            f"{drawing.rstrip()}\nScan it with your phone: Telegram, Settings, Devices, Link Desktop "
            f"Device. It is good until {clock_time(expires)} UTC.\n"
        )
        self._lines_drawn = text.count("\n")
        sys.stderr.write(text)
        sys.stderr.flush()

    def say(self, line: str) -> None:
        self._lines_drawn = 0
        sys.stderr.write(f"{harmless(line)}\n")

    def _forget_drawing(self) -> None:
        """An old code is no use and looks like a new one: on a terminal it is wiped away."""
        if self._lines_drawn and sys.stderr.isatty():
            sys.stderr.write(f"\x1b[{self._lines_drawn}A\x1b[J")
        self._lines_drawn = 0


async def asked(
    question: Callable[[], str],
    *,
    nobody: TgbitgetError | None = None,
) -> str:
    """The answer, of a person who may take their time; *nobody*: the error when stdin is at its end."""
    missing = nobody or NotAuthorised("login asks questions; nobody is there to answer")
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    def ask() -> None:
        try:
            tell: Callable[[], None] = partial(_answer, answer, question())
        except EOFError:
            tell = partial(_fail, answer, missing)
        with suppress(RuntimeError):  # the loop has ended: nobody waits for an answer any more
            loop.call_soon_threadsafe(tell)

    threading.Thread(target=ask, daemon=True, name="question").start()
    try:
        return await answer
    except asyncio.CancelledError:
        sys.stderr.write("\n")  # interrupted: the question's line ends here
        raise


def _answer(future: "asyncio.Future[str]", text: str) -> None:
    if not future.done():
        future.set_result(text)


def _fail(future: "asyncio.Future[str]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


def read_line(prompt: str) -> str:
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        sys.stderr.write("\n")  # the question's line ends here
        raise EOFError
    return line.strip()


def _read_secret(prompt: str) -> str:
    """Unseen on a terminal; a line of stdin elsewhere."""
    return getpass(prompt, stream=sys.stderr) if sys.stdin.isatty() else read_line(prompt)
