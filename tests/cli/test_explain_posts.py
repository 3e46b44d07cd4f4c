"""`parse --explain`: the post with its words marked, the rules, and what each parser says."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import tgbitget
from tgbitget.cli.marked_text import marked
from tgbitget.cli.reasons import REASONS, rule_words
from tgbitget.model.reading import Span

from .conftest import Tgbitget
from .histories import ENGLISH, export

SIGNAL = "BTC LONG\nEntry 57000-57500\nTP 58400, 59200\nSL 55800\nLeverage 20x cross"


def explained(tgbitget: Tgbitget, text: str, *more: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(tgbitget("parse", text, "--explain", "--json", *more).out)
    return row


def shown(text: str, *spans: Span, width: int = 78) -> list[str]:
    return [line.plain.rstrip() for line in marked(text, spans, width=width)]


def span(field: str, text: str, word: str) -> Span:
    start = text.index(word)
    return Span(field=field, start=start, end=start + len(word), rule="x")


def test_each_fields_words_are_marked_under_the_post(tgbitget: Tgbitget) -> None:
    lines = tgbitget("parse", SIGNAL, "--explain").out.splitlines()
    at = lines.index("  Entry 57000-57500")
    assert lines[at + 1] == "        ───── ───── entry"
    assert lines[at + 3] == "     ─────  ───── target"


def test_the_rules_are_named_in_words(tgbitget: Tgbitget) -> None:
    out = tgbitget("parse", SIGNAL, "--explain").out
    assert re.search(r"stop +“55800” +behind a word for the stop", out)
    assert "(" not in rule_words("label entry")


def test_every_parser_says_why_it_did_or_did_not(tgbitget: Tgbitget) -> None:
    assert explained(tgbitget, SIGNAL)["parsers"] == [
        {"name": "structured", "answer": "none", "reason": "the post is no JSON object", "asked": True},
        {"name": "template", "answer": "none", "reason": "it does not begin with SIGNAL |", "asked": True},
        {"name": "freeform", "answer": "open", "reason": None, "asked": True},
    ]  # fmt: skip


def test_a_parser_behind_the_reader_was_not_asked_and_answers_all_the_same(
    tgbitget: Tgbitget,
) -> None:
    row = explained(tgbitget, '{"symbol": "BTC", "side": "long", "entry": 57000, "sl": 55800}')
    assert [(p["name"], p["answer"], p["asked"]) for p in row["parsers"]][:2] == [
        ("structured", "open", True),
        ("template", "none", False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SIGNAL, id="ASCII"),
        pytest.param("🚀 #BTC/USDT LONG\nEntry: ５７０００\nTP: 58400\nSL: 55800", id="wide digits"),
        pytest.param("سیگنال #BTC/USDT لانگ\nورود: ۵۷۰۰۰\nتارگت: ۵۸۰۰۰\nحد ضرر: ۵۶۰۰۰", id="Persian"),
        pytest.param("#BTC/USDT 做多\n进场 57000\n止盈 58400\n止损 55800", id="Chinese"),
    ],
)  # fmt: skip
def test_offsets_count_the_characters_that_were_posted(text: str, tgbitget: Tgbitget) -> None:
    spans = explained(tgbitget, text)["spans"]
    assert {"symbol", "side", "entry", "take_profits", "stop_loss"} <= {s["field"] for s in spans}
    for one in spans:
        assert one["text"] == text[one["start"] : one["end"]]
    (stop,) = [one for one in spans if one["field"] == "stop_loss"]
    assert text[stop["start"] : stop["end"]] in ("55800", "۵۶۰۰۰")


def test_no_signal_says_which_words_settled_it(tgbitget: Tgbitget) -> None:
    text = "BTC target 1 hit, 12% profit! Join our VIP"
    row = explained(tgbitget, text)
    assert row["kind"] == "none"
    assert {one["text"]: one["rule"] for one in row["spans"]} == {
        "hit": "tells of what the market did",
        "Join": "tells of an advert",
    }
    (freeform,) = [p for p in row["parsers"] if p["name"] == "freeform"]
    assert "“hit” tells of what the market did" in freeform["reason"]
    assert "not" in freeform["reason"]
    assert "an entry" in freeform["reason"]


def test_an_unclear_post_has_its_sentence_and_its_candidates(tgbitget: Tgbitget) -> None:
    out = tgbitget("parse", "LINK long 1,880 tp 1,990 sl 1,700", "--explain").out
    assert "because  marks in numbers can be read in more than one way" in out
    assert "either   1880 1700 or 1.88 1.7" in out


def test_a_reason_without_a_detail_is_a_sentence_too(tgbitget: Tgbitget) -> None:
    out = tgbitget("parse", "Long\nEntry 100\nTP 110\nSL 90").out
    assert "unclear  no_symbol" in out
    assert f"because  {REASONS['no_symbol']}" in out


def test_every_reason_in_the_source_has_a_sentence() -> None:
    folder = Path(tgbitget.__file__).parent / "parsing"
    named = re.compile(
        r'(?:reason=|Unfit\(\s*|Fault\(\s*|fault = |return )"([a-z]+(?:_[a-z]+)+|stale|contradictory|malformed)"'
    )
    found = {
        code for file in folder.glob("*.py") for code in named.findall(file.read_text())
    } - NO_REASONS
    assert len(found) > 10
    assert found <= set(REASONS)


NO_REASONS = {"price_magnitude"}  # geometry's own word, which parsing translates


def test_a_reply_shows_what_it_answers(tgbitget: Tgbitget, tmp_path: Path) -> None:
    file = export(tmp_path / "en.json", ENGLISH)
    out = tgbitget("parse", "--posts", str(file), "--explain", "--only", "update").out
    assert out.startswith("-1001700000001/2  2026-01-03 10:00\nfollow-up  change BTC stop to")
    assert "answers    1, “#BTC/USDT LONG 20x cross" in out
    assert "-1001700000001/5" not in out


@pytest.mark.parametrize(
    ("only", "ids"),
    [
        pytest.param("open", [1, 3, 6, 9], id="a kind"),
        pytest.param("update,close", [2, 5], id="two kinds"),
        pytest.param("sl_wrong_side", [8], id="a reason"),
        pytest.param("unclear", [8], id="unclear"),
    ],
)
@pytest.mark.parametrize("explain", [["--explain"], []], ids=["explained", "plain"])
def test_only_chooses_among_many(
    only: str, ids: list[int], explain: list[str], tgbitget: Tgbitget, tmp_path: Path
) -> None:
    file = export(tmp_path / "en.json", ENGLISH)
    ran = tgbitget("parse", "--posts", str(file), "--only", only, "--json", *explain)
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert [row["message_id"] for row in rows] == ids
    assert all(("spans" in row) is bool(explain) for row in rows)
    assert all(("parsers" in row) is bool(explain) for row in rows)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(["x", "--only", "open"], "--only chooses among many posts", id="one post"),
        pytest.param(["x", "--summary"], "--summary counts many posts", id="summary of one"),
        pytest.param(
            ["--posts", "y", "--summary", "--explain"], "--summary counts all", id="both"
        ),
        pytest.param(["--posts", "y", "--only", "opn"], '--only: expected open, close', id="typo"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    arguments: list[str], line: str, tgbitget: Tgbitget
) -> None:
    ran = tgbitget("parse", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert line in ran.err


def test_a_text_from_stdin_is_explained(tgbitget: Tgbitget) -> None:
    out = tgbitget("parse", "-", "--explain", stdin=f"\n\n{SIGNAL}").out
    assert "        ───── ───── entry" in out.splitlines()


def test_a_text_longer_than_a_post_is_explained_without_any_parser(tgbitget: Tgbitget) -> None:
    row = explained(tgbitget, "BTC " * 2000)
    assert (row["reason"], row["spans"], row["parsers"]) == ("too_long", [], [])


def test_colours_are_for_terminals_only(tmp_path: Path) -> None:
    """On a terminal of its own, and in a pipe."""
    command = [sys.executable, "-m", "tgbitget", "parse", "--explain", SIGNAL]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}
    environment.pop("NO_COLOR", None)
    piped = subprocess.run(command, capture_output=True, timeout=30, check=True, cwd=tmp_path, env=environment)  # noqa: S603 -- our own words  # fmt: skip
    assert b"\x1b" not in piped.stdout
    master, slave = pty.openpty()
    with subprocess.Popen(command, stdout=slave, cwd=tmp_path, env=environment):  # noqa: S603 -- our own words
        os.close(slave)
        seen = b""
        try:
            while piece := os.read(master, 4096):
                seen += piece
        except OSError:  # what Linux says when the other end of a terminal is closed
            pass
    os.close(master)
    assert b"\x1b[31m55800\x1b[0m" in seen


def test_names_that_have_no_room_stand_in_rows_below() -> None:
    text = "BTC LONG 57000"
    assert shown(
        text,
        span("symbol", text, "BTC"),
        span("side", text, "LONG"),
        span("entry", text, "57000"),
    ) == ["BTC LONG 57000", "─── ──── ───── entry", "│   side", "coin"]


def test_words_within_words_have_lines_of_their_own() -> None:
    text = "move SL of BTC to entry"
    assert shown(text, span("entry", text, "SL of BTC to entry"), span("symbol", text, "BTC")) == [
        text,
        "     ────────────────── entry",
        "           ─── coin",
    ]


def test_wide_characters_keep_the_marks_in_place() -> None:
    text = "🚀️ 进场 57000"
    assert shown(text, span("entry", text, "57000")) == ["🚀 进场 57000", "        ───── entry"]


def test_a_long_line_is_broken_at_a_space_and_its_words_stay_marked() -> None:
    text = "one two three four five six 57000 seven"
    lines = shown(text, span("entry", text, "57000"), width=20)
    assert lines == ["one two three four", "five six 57000 seven", "         ───── entry"]


def test_under_a_line_from_right_to_left_the_words_are_said_again() -> None:
    text = "ورود: 57000"
    assert shown(text, span("entry", text, "57000")) == [text, "  entry 57000"]


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200), st.integers(20, 60))
def test_any_text_is_shown_within_its_width_and_with_nothing_to_obey(
    text: str, one: int, other: int, width: int
) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    spans = [Span(field="entry", start=start, end=end, rule="x")] if start < end else []
    for line in marked(text, spans, width=width):
        if "─" not in line.plain and not line.plain.startswith("  "):
            assert cell_len(line.plain) <= width
        assert "\x1b" not in line.plain
        assert "\u202e" not in line.plain
