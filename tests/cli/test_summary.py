"""`parse --posts FILE --summary`: can this channel be followed?"""

import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from tgbitget.cli.reasons import REASONS
from tgbitget.cli.tally import COUNTED_MAX, EXAMPLES, OTHERS, Tally
from tgbitget.cli.tally_text import listed, print_tally, share
from tgbitget.model.ids import ChannelId
from tgbitget.model.intent import ClosePosition, Entry, EntryKind, OpenPosition, Side
from tgbitget.model.post import Post, Via
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear

from .conftest import Tgbitget
from .histories import CHANNEL, ENGLISH, export

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def post(message_id: int, *, reply_to: int | None = None, text: str = "") -> Post:
    return Post(
        channel=ChannelId(CHANNEL),
        message_id=message_id,
        date=BEGAN + timedelta(hours=message_id),
        text=text,
        via=Via.REPLAY,
        reply_to=reply_to,
    )


def opening(symbol: str) -> Read:
    intent = OpenPosition(symbol=symbol, side=Side.LONG, entry=Entry(kind=EntryKind.MARKET))
    return Read(intent=intent, parser="freeform")


def tallied(*readings: Reading) -> Tally:
    tally = Tally()
    for at, reading in enumerate(readings, 1):
        tally.add(post(at), reading)
    return tally


def test_a_history_is_counted(tgbitget: Tgbitget, tmp_path: Path) -> None:
    file = export(tmp_path / "en.json", ENGLISH)
    ran = tgbitget("parse", "--posts", str(file), "--summary", "--json")
    (line,) = ran.out.splitlines()
    counts = json.loads(line)
    assert (ran.code, ran.err) == (0, "")
    assert counts["kinds"] == {"open": 4, "update": 1, "none": 2, "close": 1, "unclear": 1}
    assert counts["reasons"] == {"sl_wrong_side": 1}
    assert counts["parsers"] == {"freeform": 7}
    assert counts["symbols"] == {"BTC": 1, "ETH": 1, "SOL": 1, "DOGE": 1}
    assert (counts["set_ups"], counts["set_ups_with_stop"]) == (4, 3)
    assert (counts["follow_ups"], counts["follow_ups_by_reply"]) == (2, 2)
    assert counts["months"] == {"2026-01": counts["kinds"]}
    assert (counts["first"], counts["last"]) == ("2026-01-02T10:00:00.000Z", "2026-01-10T10:00:00.000Z")  # fmt: skip
    (example,) = counts["examples"]
    assert (example["message_id"], example["reason"]) == (8, "sl_wrong_side")


def test_a_history_on_one_screen(
    tgbitget: Tgbitget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    file = export(tmp_path / "en.json", ENGLISH)
    lines = tgbitget("parse", "--posts", str(file), "--summary").out.splitlines()
    assert lines[0] == f"9 posts, 2026-01-02 to 2026-01-10, channel {CHANNEL}"
    assert lines[2] == "set-ups     4  44 %  ██████████████████"
    assert "set-ups     3 (75 %) name a stop, 4 name targets" in lines
    assert any(line.startswith("2026-01") and "4 + 2 + 1" in line for line in lines)
    assert any(
        line.startswith(f"{CHANNEL}/8  sl_wrong_side  #LINK/USDT LONG 50x") for line in lines
    )
    assert len(lines) < 24
    assert all(len(line) <= 80 for line in lines)


def test_a_narrow_screen_keeps_counts_and_cuts_what_posts_say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    tally = Tally()
    tally.add(post(99, text="做多 " * 60), Unclear(reason="not_crypto"))
    for reason in REASONS:
        tally.add(post(1), Unclear(reason=reason))
    print_tally(tally, "-")
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("not_crypto") and line.split()[1] == "2" for line in lines)
    assert any("做多" in line and line.endswith("…") for line in lines)
    assert all(cell_len(line) <= 80 for line in lines)
    assert not any("--posts -" in line for line in lines)


def test_broken_lines_are_counted_and_end_with_code_1(tgbitget: Tgbitget, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text("{broken\n[]\n")
    ran = tgbitget("parse", "--posts", str(file), "--summary", "--json")
    assert (ran.code, json.loads(ran.out)["broken"]) == (1, 2)
    assert ran.err.splitlines()[-1] == "tgbitget: 2 broken lines skipped"


def test_an_empty_file_is_said_to_be_one(tgbitget: Tgbitget, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text("\n")
    ran = tgbitget("parse", "--posts", str(file), "--summary")
    assert (ran.code, ran.out) == (0, "0 posts\n")


def test_follow_ups_are_counted_by_how_they_name_their_trade() -> None:
    tally = Tally()
    tally.add(post(1, reply_to=7), Read(intent=ClosePosition(symbol="BTC"), parser="freeform"))
    tally.add(post(2), Read(intent=ClosePosition(symbol="BTC"), parser="freeform"))
    tally.add(post(3), Read(intent=ClosePosition(), parser="freeform"))
    assert dict(tally.named_by) == {"reply": 1, "name": 1, "neither": 1}


def test_the_examples_show_different_reasons_first() -> None:
    tally = tallied(*[Unclear(reason="no_entry")] * 5, Unclear(reason="stale"))
    assert [example.reason for example in tally.examples] == ["no_entry", "stale", "no_entry"]
    assert len(tally.examples) == EXAMPLES


def test_names_beyond_the_bound_are_counted_together() -> None:
    tally = tallied(*[opening(f"X{n}") for n in range(COUNTED_MAX + 50)])
    assert tally.symbols[OTHERS] == 50
    assert sum(tally.symbols.values()) == COUNTED_MAX + 50
    assert listed(tally.symbols, 2).startswith("X0 1, X1 1, ")


def test_many_posts_take_no_more_memory_than_few() -> None:
    tally = Tally()
    readings: list[Reading] = [NotASignal(), opening("BTC"), Unclear(reason="no_entry")]
    long = "no entry here " * 200
    for at in range(300):
        tally.add(post(at + 1, text=long), readings[at % 3])
    tracemalloc.start()
    for at in range(300, 20_000):
        tally.add(post(at + 1, text=long), readings[at % 3])
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 200_000


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        pytest.param(0, 10, "0 %", id="none"),
        pytest.param(1, 1000, "<1 %", id="something"),
        pytest.param(999, 1000, ">99 %", id="nearly all"),
        pytest.param(10, 10, "100 %", id="all"),
        pytest.param(0, 0, "0 %", id="of nothing"),
    ],
)
def test_shares_never_round_to_none_or_all(part: int, whole: int, told: str) -> None:
    assert share(part, whole) == told
