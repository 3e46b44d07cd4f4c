import json
from pathlib import Path

import pytest

from .conftest import Tgbitget

SIGNAL = "BTC LONG\nEntry 57000-57500\nTP 58400, 59200\nSL 55800\nLeverage 20x cross"


def line(id: int, text: str, **more: object) -> str:
    post = {"channel": "vip", "message_id": id, "date": "2026-01-31T12:00:00Z", "text": text}
    return json.dumps({**post, **more})


def test_a_text_is_read_for_people(tgbitget: Tgbitget) -> None:
    ran = tgbitget("parse", SIGNAL)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "open      long BTC, futures",
        "entry     57000 – 57500",
        "targets   58400, 59200",
        "stop      55800",
        "leverage  cross 20x",
        "read by   freeform",
    ]


def test_a_text_on_stdin_is_read_for_programs(tgbitget: Tgbitget) -> None:
    reading = json.loads(tgbitget("parse", "-", "--json", stdin=SIGNAL).out)
    assert reading["kind"] == "open"
    assert reading["entry"] == {"type": "zone", "prices": ["57000", "57500"]}
    assert reading["take_profits"] == ["58400", "59200"]
    assert reading["leverage"] == "20"


def test_talk_is_no_signal(tgbitget: Tgbitget) -> None:
    ran = tgbitget("parse", "Good morning traders")
    assert (ran.code, ran.out.splitlines()[0].strip()) == (0, "no signal")


def test_explain_says_which_words_said_what(tgbitget: Tgbitget) -> None:
    shown = tgbitget("parse", SIGNAL, "--explain").out
    assert "“55800”" in shown
    spans = json.loads(tgbitget("parse", SIGNAL, "--explain", "--json").out)["spans"]
    (stop,) = [span for span in spans if span["field"] == "stop_loss"]
    assert SIGNAL[stop["start"] : stop["end"]] == "55800"


def test_many_posts_give_a_line_each(tgbitget: Tgbitget, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text(f"{line(1, SIGNAL)}\n{line(2, 'hello')}\n{line(3, '')}\n")
    ran = tgbitget("parse", "--posts", str(file), "--json")
    rows = [json.loads(row) for row in ran.out.splitlines()]
    assert [(row["channel"], row["message_id"]) for row in rows] == [
        ("vip", 1),
        ("vip", 2),
        ("vip", 3),
    ]
    assert [row["reading"]["kind"] for row in rows] == ["open", "none", "none"]
    assert (ran.code, ran.err) == (0, "")


def test_broken_lines_are_named_skipped_and_counted(tgbitget: Tgbitget, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text(f"{{broken\n{line(2, SIGNAL)}\n[]\n")
    ran = tgbitget("parse", "--posts", str(file), "--json")
    assert ran.code == 1
    assert len(ran.out.splitlines()) == 1
    first, second, last = ran.err.splitlines()
    assert first.startswith("tgbitget: line 1 skipped: ")
    assert second.startswith("tgbitget: line 3 skipped: ")
    assert last == "tgbitget: 2 broken lines skipped"


def test_many_posts_for_people(tgbitget: Tgbitget, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text(line(1, SIGNAL) + "\n")
    (row,) = tgbitget("parse", "--posts", str(file)).out.splitlines()
    assert row.split("\t")[:2] == ["vip/1", "long BTC, 57000 – 57500, stop 55800, 2 targets"]


def test_a_profile_says_who_reads(tgbitget: Tgbitget, profiles: Path) -> None:
    (profiles / "vip.toml").write_text(
        '[telegram]\nchannels = ["@vip"]\n[parsing]\nparsers = ["structured"]\n'
    )
    reading = json.loads(tgbitget("parse", SIGNAL, "--profile", "vip", "--json").out)
    assert reading["kind"] == "none"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param([], "give one TEXT", id="nothing"),
        pytest.param(["x", "--posts", "y"], "give one TEXT", id="both"),
        pytest.param(["--posts", "nowhere"], "cannot read nowhere", id="no file"),
        pytest.param(["x", "--profile", "vip"], 'there is no profile "vip"', id="no profile"),
    ],
)
def test_wrong_usage_is_refused(arguments: list[str], line: str, tgbitget: Tgbitget) -> None:
    ran = tgbitget("parse", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert line in ran.err


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"\xff\xfe\x00BTC", id="no UTF-8"),
        pytest.param(b"\x1b[2J\x1b]0;x\x07 #BTC", id="escapes"),
        pytest.param(b"BTC " * 5000, id="longer than a post"),
    ],
)
def test_any_bytes_get_a_reading(text: bytes, tgbitget: Tgbitget) -> None:
    ran = tgbitget("parse", "-", stdin=text)
    assert ran.code == 0
    assert "\x1b" not in ran.out


def test_parsers_are_listed_with_their_origin(tgbitget: Tgbitget) -> None:
    rows = [json.loads(row) for row in tgbitget("parsers", "list", "--json").out.splitlines()]
    assert {"structured", "template", "freeform"} <= {row["name"] for row in rows}
    (freeform,) = [row for row in rows if row["name"] == "freeform"]
    assert freeform["origin"].startswith("tgbitget.parsing.freeform:")
    assert freeform["version"]
