import io
import json
import sys
from typing import Any

import pytest
from rich.text import Text

from tgbitget.cli.tables import print_pairs, print_rows

ROWS: list[dict[str, Any]] = [
    {
        "signal": "-1001234567890/7",
        "order": "buy limit 0.001 BTC/USDT at 57000, stop 55800",
        "n": 12,
    },
    {"signal": "-1001234567890/8", "order": "evil\x1b[2J\nline [bold]", "n": None},
]
HEADINGS = {"signal": "Signal", "order": "Order", "n": "Filled"}


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def as_terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """For the running test: pytest takes stdout back after the fixtures."""
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setenv("TERM", "xterm")
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return terminal


def test_on_a_terminal_ids_stay_whole_and_sentences_give_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = as_terminal(monkeypatch)
    print_rows(ROWS, HEADINGS, as_json=False, wrapping=("order",))
    assert "\x1b[2J" not in terminal.getvalue()
    lines = Text.from_ansi(terminal.getvalue()).plain.splitlines()
    assert lines[0].split() == ["Signal", "Order", "Filled"]
    assert lines[1:3] == [
        "-1001234567890/7                                12",
        "    buy limit 0.001 BTC/USDT at 57000, stop 55800",
    ]
    assert max(len(line) for line in lines) <= 50


def test_on_a_terminal_nothing_is_said_to_be_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = as_terminal(monkeypatch)
    print_rows([], HEADINGS, as_json=False)
    assert terminal.getvalue() == "nothing there\n"


def test_in_a_pipe_a_row_is_a_line_with_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, HEADINGS, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "-1001234567890/7\tbuy limit 0.001 BTC/USDT at 57000, stop 55800\t12"
    assert lines[1] == "-1001234567890/8\tevil[2J line [bold]\t"


def test_json_lines_hold_every_key_in_plain_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"a": "ü\x1b\ud800", "b": None}], {"a": "A"}, as_json=True)
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {"a": "ü\x1b\ud800", "b": None}


def test_on_a_terminal_a_long_value_goes_on_beside_its_label(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = as_terminal(monkeypatch)
    print_pairs([("signal", "-1001234567890/7"), ("text", "entry 57000 " * 6)])
    assert terminal.getvalue().splitlines() == [
        "signal  -1001234567890/7",
        "text    entry 57000 entry 57000 entry 57000 entry",
        "        57000 entry 57000 entry 57000",
    ]


def test_pairs_stand_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    print_pairs([("stop", "55800"), ("targets", "1, 2"), ("", "")])
    assert capsys.readouterr().out == "stop     55800\ntargets  1, 2\n\n"
