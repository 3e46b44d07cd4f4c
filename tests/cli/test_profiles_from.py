"""`profiles new --from`: a profile proposed from a channel's history."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tgbitget.cli.proposal import proposed
from tgbitget.cli.survey import LAST_KEPT, Survey
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Post, Via
from tgbitget.parsing import registry
from tgbitget.profile import Profile, default_profile, load_profile, profile_faults
from tgbitget.settings import Settings

from .conftest import Tgbitget
from .histories import CHANNEL, ENGLISH, GERMAN, export

History = Sequence[tuple[str, int | None]]
SET_UP = "#BTC/USDT LONG {x}x\nEntry: 57000\nTargets: 58400\nStop: 55800"


def surveyed(history: History, *, times: int = 1) -> Survey:
    registry.load(())
    chain = registry.make_chain(default_profile())
    survey, began = Survey(), datetime(2026, 1, 1, tzinfo=UTC)
    for at, (text, reply_to) in enumerate(list(history) * times, 1):
        post = Post(
            channel=ChannelId(CHANNEL),
            message_id=at,
            date=began + timedelta(hours=at),
            text=text,
            via=Via.REPLAY,
            reply_to=reply_to,
        )
        survey.add(post, chain.read(post))
    return survey


def proposal_of(history: History, *, times: int = 1) -> tuple[Profile, dict[str, str]]:
    found = proposed(
        surveyed(history, times=times), name="x", channels=[CHANNEL], mode="paper", title="Ocean"
    )
    return found.profile, dict(found.seen)


def test_what_is_written_loads_and_passes_the_check(tgbitget: Tgbitget, tmp_path: Path) -> None:
    export(tmp_path / "en.json", ENGLISH, edited_after=240)
    ran = tgbitget("profiles", "new", "ocean", "--from", "en.json")
    assert (ran.code, ran.err) == (0, "")
    file = tmp_path / "profiles" / "ocean.toml"
    assert profile_faults(file) == ()
    assert load_profile(file, Settings(profiles=tmp_path)).telegram.channels == [int(CHANNEL)]
    assert tgbitget("profiles", "check", "ocean").code == 0
    text = file.read_text()
    for said in (
        "# Seen: Ocean Signals, 9 posts from 2026-01-02 to 2026-01-10.",
        "# Seen: of 7 posts that ask for something: freeform 7.",
        "# Seen: 3 of 4 set-ups name a stop; the 1 without one are refused",
        "# Seen: entries of 4 set-ups: limit 2, zone 1, market 1.",
        "# Seen: 1 of 4 set-ups were edited, half of these within 4 minutes.",
        "2 by reply, 0 by name, 0 by neither",
    ):
        assert said in text


def test_the_table_says_what_would_have_been_read_left_and_refused(
    tgbitget: Tgbitget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    export(tmp_path / "en.json", ENGLISH)
    lines = tgbitget("profiles", "new", "ocean", "--from", "en.json").out.splitlines()
    assert lines[1:] == [
        "What it would have made of these 9 posts",
        "",
        "set-ups     4  44 %  3 planned, 1 refused: missing_stop 1",
        "follow-ups  2  22 %  2 planned",
        "unclear     1  11 %  1 refused: sl_wrong_side 1",
        "no signal   2  22 %  left alone",
        "",
        "missing_stop: the post names no stop, and the profile no distance",
        "sl_wrong_side: the stop is not on the losing side of the entry",
    ]


def test_print_writes_no_file_and_keeps_the_table_off_stdout(
    tgbitget: Tgbitget, tmp_path: Path
) -> None:
    export(tmp_path / "de.json", GERMAN)
    ran = tgbitget("profiles", "new", "ozean", "--from", "de.json", "--print")
    assert ran.code == 0
    assert not (tmp_path / "profiles").exists()
    copy = tmp_path / "copy.toml"
    copy.write_text(ran.out)
    assert profile_faults(copy) == ()
    assert ran.err.startswith("What it would have made of these 4 posts")


def test_it_never_overwrites(profiles: Path, tgbitget: Tgbitget, tmp_path: Path) -> None:
    export(tmp_path / "en.json", ENGLISH)
    before = (profiles / "vip.toml").read_text()
    ran = tgbitget("profiles", "new", "vip", "--from", "en.json")
    assert (ran.code, "exists already" in ran.err) == (2, True)
    assert (profiles / "vip.toml").read_text() == before


def test_the_languages_of_a_long_history_are_chosen_and_english_stays() -> None:
    profile, seen = proposal_of(GERMAN, times=8)
    assert profile.parsing.language == ["de", "en"]
    assert "de in 100 % of 24 posts" in seen["parsing.language"]
    assert "with these alone the same 24 are taken" in seen["parsing.language"]
    assert proposal_of(ENGLISH, times=4)[0].parsing.language == ["en"]


def test_a_short_history_leaves_no_language_out() -> None:
    profile, seen = proposal_of(GERMAN)
    assert profile.parsing.language == []
    assert "too few" in seen["parsing.language"]


def test_a_language_heard_too_seldom_to_count_is_kept_by_what_it_would_lose() -> None:
    russian = ("Закрываем BTC полностью", None)
    profile, seen = proposal_of([*list(ENGLISH) * 6, russian])
    assert profile.parsing.language == []
    assert "1 of 43 would be read otherwise" in seen["parsing.language"]


@pytest.mark.parametrize(
    ("history", "habit"),
    [
        pytest.param(ENGLISH, "thousands comma", id="57,000"),
        pytest.param(GERMAN, "decimal comma", id="150,25"),
        pytest.param(GERMAN, "thousands point", id="57.000,50"),
        pytest.param([("BTC LONG\nEntry 0.5\nTP 0.6\nSL 0.4", None)], "decimal point", id="0.5"),
    ],
)
def test_number_habits_are_told_by_what_was_read(history: History, habit: str) -> None:
    assert surveyed(history).numbers[habit] > 0


@pytest.mark.parametrize(
    ("asked", "cap", "default"),
    [
        pytest.param([3, 3, 4], "4", "3", id="less than the defaults: lowered"),
        pytest.param([20, 50, 50], "10", "5", id="more than the defaults: never raised"),
        pytest.param([8], "8", "5", id="between"),
    ],
)
def test_leverage_is_capped_to_what_is_asked_and_never_raised(
    asked: list[int], cap: str, default: str
) -> None:
    profile, _ = proposal_of([(SET_UP.format(x=x), None) for x in asked])
    assert (profile.leverage.max, profile.leverage.default) == (Decimal(cap), Decimal(default))


def test_a_channel_that_is_never_read_is_told_so_beside_the_default_parsers() -> None:
    profile, seen = proposal_of([("good morning", None), ("good night", None)])
    assert profile.parsing.parsers == default_profile().parsing.parsers
    assert "no set-up was read" in seen["parsing.parsers"]


def test_spot_signals_make_a_spot_profile() -> None:
    text = "#BTC/USDT SPOT BUY\nEntry: 57000\nTargets: 58400\nStop: 55800"
    profile, seen = proposal_of([(text, None)])
    assert profile.market.product == "spot"
    assert "1 of spot" in seen["market.product"]


def test_only_the_latest_posts_are_kept() -> None:
    survey = Survey()
    chain = registry.make_chain(default_profile())
    post = surveyed([(SET_UP.format(x=5), None)]).last[0][0]
    reading = chain.read(post)
    for _ in range(LAST_KEPT + 10):
        survey.add(post, reading)
    assert (len(survey.last), survey.tally.posts) == (LAST_KEPT, LAST_KEPT + 10)


def line(channel: str, text: str, message_id: int = 1) -> str:
    date = "2026-01-31T12:00:00Z"
    return json.dumps({"channel": channel, "message_id": message_id, "date": date, "text": text})


def test_of_several_channels_one_must_be_chosen(tgbitget: Tgbitget, tmp_path: Path) -> None:
    set_up = SET_UP.format(x=5)
    (tmp_path / "two.jsonl").write_text(f"{line('-1001', set_up)}\n{line('-1002', 'hello')}\n")
    ran = tgbitget("profiles", "new", "x", "--from", "two.jsonl")
    assert ran.code == 2
    assert "two.jsonl holds 2 channels: choose one with --channel (-1001, -1002)" in ran.err
    ran = tgbitget("profiles", "new", "x", "--from", "two.jsonl", "--channel", "-1001")
    assert ran.code == 0
    assert "set-ups     1  100 %  1 planned" in ran.out


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        pytest.param("\n", [], "there is no post in", id="empty"),
        pytest.param(line("vip", "hello"), [], "which is no id: name it with --channel", id="name"),
        pytest.param(line("-1001", "hi"), ["-c", "a b"], '--channel: expected "@name"', id="bad"),
        pytest.param(line("-1001", "hi"), ["--mode", "real"], "--mode: expected", id="mode"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    content: str, arguments: list[str], said: str, tgbitget: Tgbitget, tmp_path: Path
) -> None:
    (tmp_path / "posts.jsonl").write_text(content)
    ran = tgbitget("profiles", "new", "x", "--from", "posts.jsonl", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert not (tmp_path / "profiles").exists()


def test_a_title_cannot_break_out_of_its_comment(tgbitget: Tgbitget, tmp_path: Path) -> None:
    export(tmp_path / "en.json", ENGLISH, name='x\nmode = "live"\r\n\x1b[2J"" # \ud800')
    ran = tgbitget("profiles", "new", "x", "--from", "en.json")
    assert ran.code == 0, ran.err
    profile = load_profile(tmp_path / "profiles" / "x.toml", Settings(profiles=tmp_path))
    assert profile.mode == "paper"
