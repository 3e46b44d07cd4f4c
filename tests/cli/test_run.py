"""`replay` from the command line: its lines, its exit codes."""

import json
from pathlib import Path

import pytest

from .conftest import Tgbitget

SIGNAL = "BTC LONG\nEntry 57000-57500\nTP 58400, 59200\nSL 55800"


def line(id: int, text: str) -> str:
    date = f"2026-01-31T12:{id:02d}:00Z"
    return json.dumps({"channel": "vip", "message_id": id, "date": date, "text": text})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join([line(1, SIGNAL), line(2, "gm"), line(3, ""), ""]))
    return file


def test_a_rehearsal_prints_one_decision_for_each_post(file: Path, tgbitget: Tgbitget) -> None:
    ran = tgbitget("replay", str(file), "--dry-run", "--json")
    events = [json.loads(row) for row in ran.out.splitlines()]
    assert ran.code == 0, ran.err
    assert events[0]["event"] == "ready"
    assert events[-1] == {"event": "stopped", "reason": "end"}
    decisions = [event for event in events if event["event"] == "decision"]
    assert [one["post"]["message_id"] for one in decisions] == [1, 2, 3]
    assert [one["outcome"] for one in decisions] == ["planned", "ignored", "ignored"]


def test_a_rehearsal_for_people(file: Path, tgbitget: Tgbitget) -> None:
    ran = tgbitget("replay", str(file), "--dry-run")
    assert "long BTC, 57000 – 57500, stop 55800, 2 targets → planned: 4 entries" in ran.out
    assert "(not checked: " in ran.out
    assert ran.out.splitlines()[-1] == "Stopped: end."


def test_a_broken_line_makes_the_exit_code_1(file: Path, tgbitget: Tgbitget) -> None:
    file.write_text(f"{{nonsense\n{line(1, SIGNAL)}\n")
    ran = tgbitget("replay", str(file), "--dry-run", "--json")
    assert ran.code == 1
    events = [json.loads(row)["event"] for row in ran.out.splitlines()]
    assert events.count("decision") == 1
    told = [row for row in ran.out.splitlines() + ran.err.splitlines() if "line 1" in row.lower()]
    assert len(told) == 1, "it is told once"
    assert json.loads(told[0])["text"].startswith("posts.jsonl line 1: ")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        pytest.param(["replay", "nowhere", "--dry-run"], 2, "cannot read nowhere", id="no file"),
        pytest.param(["replay", "posts.jsonl", "-p", "x"], 2, 'no profile "x"', id="no profile"),
        pytest.param(["listen", "--profile", "x"], 2, 'no profile "x"', id="listen to no profile"),
        pytest.param(
            ["listen", "--profile", "vip", "--dry-run"],
            3,
            "not logged in to Telegram",
            id="listen without a login",
        ),
    ],
)
def test_what_cannot_begin_is_one_line(
    arguments: list[str], code: int, says: str, file: Path, profiles: Path, tgbitget: Tgbitget
) -> None:
    ran = tgbitget(*arguments)
    assert ran.code == code, ran.err
    assert says in ran.err.splitlines()[-1]
    assert "Traceback" not in ran.err


def test_live_mode_needs_permission(profiles: Path, tgbitget: Tgbitget) -> None:
    (profiles / "vip.toml").write_text('mode = "live"\n[telegram]\nchannels = ["@vip"]\n')
    ran = tgbitget("listen", "--profile", "vip")
    assert ran.code == 2
    assert "--live or TGBITGET_LIVE=yes" in ran.err


def test_a_channel_in_two_profiles_is_refused(profiles: Path, tgbitget: Tgbitget) -> None:
    (profiles / "two.toml").write_text('[telegram]\nchannels = ["@vip_signals"]\n')
    ran = tgbitget("listen", "-p", "vip", "-p", "two")
    assert ran.code == 2
    assert "@vip_signals stands in the profiles" in ran.err


def test_a_replay_of_a_live_profile_offers_no_way_that_it_does_not_have(
    file: Path, profiles: Path, tgbitget: Tgbitget
) -> None:
    (profiles / "real.toml").write_text('mode = "live"\n[telegram]\nchannels = ["@vip"]\n')
    ran = tgbitget("replay", str(file), "--profile", "real")
    assert ran.code == 2
    assert "real is live; a replay trades in paper or demo only" in ran.err
    assert "--live" not in ran.err
