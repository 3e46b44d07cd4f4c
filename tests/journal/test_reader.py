"""Those who only look: while a listener writes, and when none runs."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tgbitget.clock import FakeClock
from tgbitget.errors import JournalError
from tgbitget.journal.connection import open_writer
from tgbitget.journal.reader import Reader
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.ids import VenueOrderId, signal_id
from tgbitget.model.intent import ClosePosition, OpenPosition
from tgbitget.model.money import Price
from tgbitget.model.order import Placed, Unknown
from tgbitget.model.plan import Outcome, Role
from tgbitget.model.post import Deletion, Via
from tgbitget.model.reading import Read
from tgbitget.model.trade import TradeState

from . import samples
from .samples import CHANNEL, NOON, SIGNAL


@pytest.fixture
async def told(journal: SqliteJournal, clock: FakeClock) -> SqliteJournal:
    """A signal from its post to its end, with an edit, a follow-up, a deletion; and a post that was none."""
    await journal.decide(samples.planned(), cursor=samples.cursor(), trade=samples.trade())
    clock.advance(1)
    oid = samples.oid("entry-1")
    await journal.record_placement(SIGNAL, Unknown(client_oid=oid, reason="timed out"))
    clock.advance(1)
    placed = Placed(client_oid=oid, venue_order_id=VenueOrderId("900"))
    await journal.record_placement(SIGNAL, placed)
    for trade_id in ("1", "2"):
        await journal.record_fill(SIGNAL, samples.fill(trade_id, amount="0.0005"))
    clock.advance(8)
    await journal.record_trade(samples.trade(state=TradeState.OPEN, amount="0.001"), cause="filled")
    edit = replace(samples.ignored(revision=1), decided_at=NOON + timedelta(minutes=1))
    await journal.decide(edit)
    clock.advance(110)
    close = samples.leg("close-1", role=Role.CLOSE)
    follow_up = replace(
        samples.ignored(8),
        outcome=Outcome.PLANNED,
        decided_at=clock.now(),
        trade=SIGNAL,
        legs=(close,),
    )
    await journal.decide(follow_up)
    gone = Deletion(channel=CHANNEL, message_id=7, date=NOON + timedelta(minutes=3), via=Via.POLL)
    await journal.delete(gone, change="nothing to cancel")
    clock.advance(120)
    await journal.record_notice(SIGNAL, 55, "closed")
    await journal.decide(samples.ignored(9))
    return journal


async def test_a_story_is_told_in_the_order_of_time(told: SqliteJournal, path: Path) -> None:
    with Reader(path) as reader:
        chapters = reader.story(CHANNEL, 7)
    lines = [(f"{c.at:%H:%M:%S}", c.kind) for c in chapters]
    assert lines == [
        ("12:00:00", "post"),
        ("12:00:00", "decision"),
        ("12:00:00", "leg"),
        ("12:00:00", "leg"),
        ("12:00:00", "leg"),
        ("12:00:00", "trade"),
        ("12:00:01", "placement"),
        ("12:00:02", "placement"),
        ("12:00:05", "fill"),
        ("12:00:05", "fill"),
        ("12:00:10", "trade"),
        ("12:01:00", "post"),
        ("12:01:00", "decision"),
        ("12:02:00", "leg"),
        ("12:02:00", "follow_up"),
        ("12:03:00", "deletion"),
        ("12:04:00", "notice"),
    ]
    assert chapters[1].facts["reading"]["entry"] == {"type": "zone", "prices": ["57000", "57500"]}
    assert chapters[6].facts["reason"] == "timed out"
    assert json.dumps([chapter.json() for chapter in chapters])


async def test_a_story_says_what_each_edit_changed_of_the_text_before_it(
    journal: SqliteJournal, path: Path
) -> None:
    first = samples.planned(30)
    assert isinstance(first.reading, Read)
    assert isinstance(first.reading.intent, OpenPosition)
    nearer = replace(first.reading.intent, stop_loss=Price(Decimal(56000)))
    edit = replace(
        first,
        post=samples.post(30, revision=1),
        reading=replace(first.reading, intent=nearer),
        plan=None,
        legs=(),
    )
    talk = samples.ignored(30, revision=2)
    for decision in (first, edit, talk):
        await journal.decide(decision)
    with Reader(path) as reader:
        told_of = [c.facts for c in reader.story(CHANNEL, 30) if c.kind == "decision"]
    assert [facts.get("changed") for facts in told_of] == [
        None,
        ["stop from 55800 to 56000"],
        [],
    ]


async def test_a_story_names_orders_of_one_time_in_the_order_of_their_legs(
    journal: SqliteJournal, path: Path
) -> None:
    for message_id in range(20, 28):  # whose client ids come in every order
        await journal.decide(samples.planned(message_id))
    with Reader(path) as reader:
        for message_id in range(20, 28):
            legs = [c.facts["name"] for c in reader.story(CHANNEL, message_id) if c.kind == "leg"]
            assert legs == ["entry-1", "entry-2", "entry-3"]


async def test_the_story_of_a_follow_up_holds_the_orders_that_it_caused(
    told: SqliteJournal, path: Path
) -> None:
    with Reader(path) as reader:
        chapters = reader.story(CHANNEL, 8)
    assert [chapter.kind for chapter in chapters] == ["post", "decision", "leg"]
    assert chapters[1].facts["trade"] == SIGNAL
    assert chapters[2].facts["name"] == "close-1"


async def test_what_was_never_seen_has_no_story(told: SqliteJournal, path: Path) -> None:
    with Reader(path) as reader:
        assert reader.story(CHANNEL, 1000) == []


async def test_signals_are_the_latest_revisions_of_posts_that_asked_for_something(
    told: SqliteJournal, path: Path
) -> None:
    with Reader(path) as reader:
        assert [row["signal"] for row in reader.signals()] == [f"{CHANNEL}/8"]
        every = reader.signals(with_ignored=True)
        assert [(row["message_id"], row["revision"]) for row in every] == [(8, 0), (7, 1), (9, 0)]
        assert len(reader.signals(1, with_ignored=True)) == 1


async def test_one_signal_is_shown_with_its_orders_and_its_position(
    journal: SqliteJournal, path: Path
) -> None:
    await journal.decide(samples.planned(), trade=samples.trade())
    with Reader(path) as reader:
        shown = reader.signal(SIGNAL)
        assert shown is not None
        assert shown["reading"]["stop_loss"] == "55800"
        assert [leg["name"] for leg in shown["legs"]] == ["entry-1", "entry-2", "entry-3"]
        assert shown["position"]["state"] == "pending"
        assert reader.signal(signal_id(CHANNEL, 1000)) is None


async def test_orders_show_their_last_answer_and_what_filled(
    told: SqliteJournal, path: Path
) -> None:
    with Reader(path) as reader:
        rows = {row["name"]: row for row in reader.orders()}
        assert list(rows) == ["close-1", "entry-3", "entry-2", "entry-1"]
        assert rows["entry-1"]["result"] == "placed"
        assert rows["entry-1"]["venue_order_id"] == "900"
        assert rows["entry-1"]["filled"] == "0.001"
        assert rows["entry-2"]["result"] is None
        assert rows["close-1"]["reduce_only"] is True


async def test_positions_are_the_trades_that_are_not_final(told: SqliteJournal, path: Path) -> None:
    with Reader(path) as reader:
        (open_one,) = reader.positions()
        assert (open_one["state"], open_one["amount"]) == ("open", "0.001")
        await told.record_trade(samples.trade(state=TradeState.CLOSED), cause="stop reached")
        assert reader.positions() == [], "a reader sees each commit at once"
        assert len(reader.positions(with_final=True)) == 1


async def test_a_pause_is_seen(told: SqliteJournal, path: Path) -> None:
    with Reader(path) as reader:
        assert not reader.is_paused()
        await told.set_paused(True)
        assert reader.is_paused()


async def test_it_can_be_read_when_no_listener_runs(path: Path) -> None:
    journal = SqliteJournal(path)
    await journal.open()
    await journal.decide(samples.planned())
    await journal.close()
    with Reader(path) as reader:
        assert len(reader.signals()) == 1


def test_no_journal_yet_is_said_so_and_none_is_made(path: Path) -> None:
    with pytest.raises(JournalError, match="nothing has been recorded yet"):
        Reader(path)
    assert not path.exists()


def test_an_older_schema_is_not_brought_up_to_date_by_a_look(path: Path) -> None:
    open_writer(path).close()
    with pytest.raises(JournalError, match="its schema is older"):
        Reader(path)


def test_what_is_no_database_is_named(path: Path) -> None:
    path.write_text("no database, but of some length" * 100)
    with pytest.raises(
        JournalError, match=r"cannot read the journal .*: the file is not a database"
    ):
        Reader(path)


async def test_a_restart_in_the_course_of_a_story_stands_in_it(
    journal: SqliteJournal, path: Path, clock: FakeClock
) -> None:
    await journal.record_start("live")
    clock.advance(5)
    await journal.decide(samples.planned(at=clock.now()), trade=samples.trade())
    clock.advance(5)
    await journal.record_start("live")
    await journal.record_end("signal")
    clock.advance(5)
    await journal.record_start("demo")
    clock.advance(5)
    await journal.decide(replace(samples.ignored(8), decided_at=clock.now()))

    def starts(message_id: int) -> list[tuple[str, str | None]]:
        with Reader(path) as reader:
            told = [c for c in reader.story(CHANNEL, message_id) if c.kind == "start"]
        return [(c.facts["mode"], c.facts["ending"]) for c in told]

    assert starts(7) == [("live", None), ("demo", "signal")]
    await journal.record_trade(samples.trade(state=TradeState.CLOSED), cause="closed")
    clock.advance(5)
    await journal.record_start("live")
    assert starts(7) == [("live", None), ("demo", "signal")], "its story was over"
    assert starts(9) == []


async def test_a_follow_up_by_reply_is_listed_with_the_coin_of_what_it_answers(
    journal: SqliteJournal, path: Path
) -> None:
    reading = Read(intent=ClosePosition(), parser="freeform", parent_symbol="SOL")
    await journal.decide(replace(samples.planned(8), reading=reading, plan=None, legs=()))
    with Reader(path) as reader:
        assert [row["symbol"] for row in reader.signals()] == ["SOL"]
