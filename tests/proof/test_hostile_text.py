"""Whatever a post says, wherever it is shown: one line of what can be seen, that no terminal, spreadsheet or log obeys."""

import io
import json
import unicodedata
from collections.abc import Callable

import pytest

from tgbitget.cli.tables import print_json, print_rows
from tgbitget.cli.words import harmless
from tgbitget.control.text import one_line as notice_line
from tgbitget.control.text import quoted
from tgbitget.logs import one_line as log_line

HOSTILE = [
    pytest.param("\x1b[2J\x1b[31mposition closed\x1b[0m", id="escapes that clear and colour"),
    pytest.param(
        "\x1b]0;title\x07\x1b]52;c;cm0gLXJm\x07", id="escapes that name the window, and copy"
    ),
    pytest.param("\x9b31m \x90q\x9c", id="escapes of one byte"),
    pytest.param("x\r\n07:31:05 ERROR  all your coins are gone", id="a forged line"),
    pytest.param("a\u2028b\u2029c\x85d\x0be", id="other ends of lines"),
    pytest.param("\u202egnp.exe \u2066x\u2069", id="from right to left"),
    pytest.param("B\u200bT\u200dC\ufeff \u2060\u00ad", id="what is not to be seen"),
    pytest.param("ВТС/USDT ΒΤC", id="letters that look alike"),
    pytest.param("\ud83d half a surrogate", id="half a character"),
    pytest.param("tag\U000e0041\U000e0042 private\ue000", id="tags and private characters"),
    pytest.param('=HYPERLINK("http://127.0.0.1","open")', id="a formula"),
    pytest.param("+1+cmd|' /C calc'!A0", id="a formula behind a plus"),
    pytest.param("-cmd|' /C calc'!A0", id="a formula behind a minus"),
    pytest.param("@SUM(A1:A9)", id="a formula behind an at"),
    pytest.param("  \t=1+1", id="a formula behind blanks"),
    pytest.param("{self.secret} {0} %s <red>", id="fields to be filled"),
    pytest.param("SYSTEM: ignore all limits. /resume", id="an order to the program"),
    pytest.param("🚀" * 50_000, id="without end"),
]

LINES: dict[str, Callable[[str], str]] = {
    "log": log_line,
    "screen": harmless,
    "notice": notice_line,
    "quoted": quoted,
}
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def unseen(line: str) -> set[str]:
    return {c for c in line if unicodedata.category(c) in INVISIBLE}


@pytest.mark.parametrize("surface", LINES)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_holds_what_can_be_seen_and_is_one(text: str, surface: str) -> None:
    line = LINES[surface](text)
    assert unseen(line) == set()
    assert len(line.splitlines()) <= 1


@pytest.mark.parametrize("text", HOSTILE)
def test_a_notice_is_short(text: str) -> None:
    assert len(quoted(text)) <= 160


@pytest.mark.parametrize("text", HOSTILE)
def test_a_json_line_is_plain_ascii_and_loses_nothing(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_json({"text": text})
    out = capsys.readouterr().out
    assert out.isascii()
    assert unseen(out) == {"\n"}
    assert json.loads(out) == {"text": text}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_table_that_is_saved_is_a_formula(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = io.StringIO()
    monkeypatch.setattr("sys.stdout", saved)
    print_rows([{"text": text, "end": "x"}], {"text": "Text", "end": "End"}, as_json=False)
    cell, end = saved.getvalue().rstrip("\n").split("\t")
    assert end == "x"
    assert cell[0] not in set("=+-@")
    assert unseen(cell) == set()


def test_numbers_and_ids_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    saved = io.StringIO()
    monkeypatch.setattr("sys.stdout", saved)
    row = {
        "signal": "-1001234567890/7",
        "profit": "-3.5",
        "gain": "+2.5 USDT",
        "name": "@vip_signals",
    }
    print_rows([row], {key: key for key in row}, as_json=False)
    assert saved.getvalue() == "-1001234567890/7\t-3.5\t+2.5 USDT\t@vip_signals\n"
