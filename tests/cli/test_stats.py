"""`stats`: the journal's timings as few numbers, and what is asked for wrongly."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journal import samples
from tgbitget.cli.stats import beginning
from tgbitget.cli.stats_summary import EDGES_MS, counted, summary
from tgbitget.cli.stats_text import duration
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.journal.timings import Sighting, Timed
from tgbitget.model.ids import ChannelId, VenueOrderId
from tgbitget.model.order import Placed, Sent
from tgbitget.model.post import Via

from .conftest import Tgbitget

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
VIP, SWING = ChannelId("-1001"), ChannelId("-1002")


def timed(channel: ChannelId = VIP, *, via: Via = Via.PUSH, age: float = 1, **us: int) -> Timed:
    return Timed(channel=channel, via=via, age=timedelta(seconds=age), taken_us=us)


@pytest.fixture
async def home(tgbitget: Tgbitget, tmp_path: Path) -> Path:
    """With a signal that was sent, decided a moment ago."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    journal = SqliteJournal(home / "tgbitget.sqlite3")
    await journal.open()
    now = datetime.now(UTC)
    post = replace(samples.post(), date=now - timedelta(seconds=3))
    timings = {"seen": 0.2, "read": 0.3, "decided": 0.1}
    decision = replace(samples.planned(), post=post, decided_at=now, timings_ms=timings)
    await journal.decide(decision, trade=samples.trade())
    sent = Sent(at=now + timedelta(milliseconds=2), answered_us=51_000)
    oid = samples.oid("entry-1")
    placed = Placed(client_oid=oid, venue_order_id=VenueOrderId("900"), sent=sent)
    await journal.record_placement(samples.SIGNAL, placed)
    await journal.record_sighting(samples.CHANNEL, 7, Via.POLL, behind_us=640_000)
    await journal.close()
    return home


@pytest.mark.usefixtures("home")
def test_stats_shows_segments_ages_and_who_was_first(tgbitget: Tgbitget) -> None:
    ran = tgbitget("stats")
    assert ran.code == 0
    words = " ".join(ran.out.split())
    assert "seen 0.20 ms" in words
    assert "sent 2 ms" in words
    assert "answered 51 ms" in words
    assert "whole 2.6 ms" in words
    assert "age 3 s" in words
    assert f"{samples.post().via}, then poll 640 ms" in words
    assert "█" in ran.out


@pytest.mark.usefixtures("home")
def test_stats_for_programs_is_one_object(tgbitget: Tgbitget) -> None:
    (line,) = tgbitget("stats", "--json").out.splitlines()
    told = json.loads(line)
    (channel,) = told["channels"]
    assert channel["channel"] == samples.CHANNEL
    assert channel["segments"]["sent"] == {"p50_ms": 2, "p99_ms": 2, "max_ms": 2, "samples": 1}
    assert told["all"]["posts"] == sum(told["age"]) == sum(told["whole"]) == 1
    assert len(told["whole"]) == len(told["histogram_edges_ms"]) + 1


@pytest.mark.usefixtures("home")
def test_another_channel_has_none(tgbitget: Tgbitget) -> None:
    ran = tgbitget("stats", "--channel", "-100777", "--since", "24h")
    assert ran.code == 0
    assert "no posts since" in ran.out


@pytest.mark.usefixtures("home")
def test_a_time_that_is_none_is_named(tgbitget: Tgbitget) -> None:
    ran = tgbitget("stats", "--since", "yesterday")
    assert ran.code == 2
    assert "was 'yesterday'" in ran.err


def test_without_a_journal_there_is_nothing_to_count(tgbitget: Tgbitget) -> None:
    ran = tgbitget("stats")
    assert ran.code == 1
    assert "nothing has been recorded yet" in ran.err


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("30m", NOW - timedelta(minutes=30)),
        ("24H", NOW - timedelta(hours=24)),
        ("7d", NOW - timedelta(days=7)),
        ("2 w", NOW - timedelta(weeks=2)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T10:00+02:00", datetime(2026, 11, 1, 8, tzinfo=UTC)),
    ],
)
def test_since_when(text: str, begun: datetime) -> None:
    assert beginning(text, NOW) == begun


def test_channels_stand_beside_all_of_them() -> None:
    found = [
        timed(read=100, decided=50, sent=900, answered=3_000),
        timed(SWING, via=Via.POLL, read=300),
    ]
    late = Sighting(channel=SWING, first=Via.POLL, second=Via.PUSH, behind_us=2_000)
    told = summary(found, [late], since=NOW)
    vip = next(one for one in told.channels if one.channel == VIP)
    swing = next(one for one in told.channels if one.channel == SWING)
    assert told.all.first_by == {"push": 1, "poll": 1}
    assert vip.whole is not None
    assert vip.whole.max == 1.05  # without the answer
    assert (vip.later, swing.whole) == ({}, None)
    assert set(swing.later) == {"poll, then push"}


def test_what_was_read_up_on_has_no_age_of_its_own() -> None:
    told = summary([timed(via=Via.BACKFILL, age=40_000, read=1)], [], since=NOW)
    assert told.all.age is None
    assert sum(told.age_counts) == 0


def test_a_clock_ahead_of_telegrams_makes_no_negative_age() -> None:
    told = summary([timed(age=-0.4, read=1)], [], since=NOW)
    assert told.all.age is not None
    assert told.all.age.max == 0


def test_a_histogram_counts_each_value_once() -> None:
    values = [0.0, 0.3, 0.31, 9, 10, 31_000]
    counts = counted(values)
    assert sum(counts) == len(values)
    assert counts[0] == 2
    assert counts[EDGES_MS.index(10)] == 2
    assert counts[-1] == 1


@pytest.mark.parametrize(
    ("ms", "said"), [(0.314, "0.31 ms"), (52.4, "52.4 ms"), (640, "640 ms"), (3_210, "3.21 s")]
)
def test_durations_are_short(ms: float, said: str) -> None:
    assert duration(ms) == said
