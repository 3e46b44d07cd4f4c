"""Whoever sits before the terminal: its echo comes back, an old QR code goes."""

import asyncio
import io
import os
import pty
import sys
import termios
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tgbitget.cli.person import TerminalPerson

LOCAL_MODES = 3  # where termios keeps the echo


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal as stdin."""
    master, slave = pty.openpty()
    with os.fdopen(slave) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        yield slave
    os.close(master)


def has_echo(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[LOCAL_MODES] & termios.ECHO)


def test_an_interrupted_password_leaves_the_echo_on(stdin: int) -> None:
    def interrupted() -> None:
        with TerminalPerson():
            modes = termios.tcgetattr(stdin)
            modes[LOCAL_MODES] &= ~termios.ECHO
            termios.tcsetattr(stdin, termios.TCSADRAIN, modes)
            assert not has_echo(stdin)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert has_echo(stdin)


def test_a_new_qr_code_takes_the_place_of_the_old_one(
    stdin: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = _Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    expires = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)
    with TerminalPerson() as person:
        person.show_qr("##\n##\n", "tg://login?token=one", expires)
        lines = screen.getvalue().count("\n")
        person.show_qr("@@\n@@\n", "tg://login?token=two", expires)
        assert f"\x1b[{lines}A\x1b[J@@" in screen.getvalue()
        assert "It is good until 12:00:30 UTC." in screen.getvalue()
        assert "token" not in screen.getvalue()
    assert screen.getvalue().endswith(f"\x1b[{lines}A\x1b[J")


class _Silence(io.StringIO):
    """A stdin on which nobody types until `over`."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.over = threading.Event(), threading.Event()

    def readline(self, _size: int = -1, /) -> str:  # type: ignore[override]  # a text stream reads text
        self.asked.set()
        self.over.wait()
        return "late\n"


async def test_an_interrupted_question_ends_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, nobody = _Screen(), _Silence()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdin", nobody)
    question = asyncio.create_task(TerminalPerson().phone())
    await asyncio.to_thread(nobody.asked.wait)
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question
    nobody.over.set()
    assert screen.getvalue().endswith("(+49…): \n")
