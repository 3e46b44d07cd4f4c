from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tgbitget.clock import FakeClock
from tgbitget.journal.reader import Reader
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.journal.timings import Sighting
from tgbitget.model.ids import VenueOrderId
from tgbitget.model.order import Placed, Rejected, Sent, Unknown
from tgbitget.model.post import Via

from .samples import CHANNEL, NOON, SIGNAL, ignored, oid, planned, post, trade

TIMINGS = {"seen": 0.2, "read": 0.3, "decided": 0.1}


async def decide(journal: SqliteJournal, *, seconds: float = 2.0) -> None:
    """Of a post that was seen so many seconds after it was written."""
    decided_at = post().date + timedelta(seconds=seconds, microseconds=600)
    decision = replace(planned(), decided_at=decided_at, timings_ms=TIMINGS)
    await journal.decide(decision, trade=trade())


async def test_a_signal_that_was_sent_has_five_segments_and_an_age(
    journal: SqliteJournal, path: Path
) -> None:
    await decide(journal)
    decided_at = post().date + timedelta(seconds=2, microseconds=600)
    sent = Sent(at=decided_at + timedelta(microseconds=1_500), answered_us=51_000)
    placed = Placed(client_oid=oid("entry-1"), venue_order_id=VenueOrderId("900"), sent=sent)
    await journal.record_placement(SIGNAL, placed)
    with Reader(path) as reader:
        (timed,) = reader.timed(NOON - timedelta(days=1))
    assert timed.taken_us == {
        "seen": 200,
        "read": 300,
        "decided": 100,
        "sent": 1_500,
        "answered": 51_000,
    }
    assert timed.age == timedelta(seconds=2)


async def test_what_nobody_sent_has_no_time_of_sending(journal: SqliteJournal, path: Path) -> None:
    await decide(journal)
    ours = Rejected(client_oid=oid("entry-1"), reason="cancelled before it was sent")
    await journal.record_placement(SIGNAL, ours)
    with Reader(path) as reader:
        (timed,) = reader.timed(NOON - timedelta(days=1))
    assert set(timed.taken_us) == {"seen", "read", "decided"}


async def test_the_first_send_counts_not_its_repetition(journal: SqliteJournal, path: Path) -> None:
    await decide(journal)
    decided_at = post().date + timedelta(seconds=2, microseconds=600)
    lost = Unknown(
        client_oid=oid("entry-1"),
        reason="timed out",
        sent=Sent(at=decided_at + timedelta(milliseconds=1), answered_us=5_000_000),
    )
    late = Placed(
        client_oid=oid("entry-1"),
        venue_order_id=VenueOrderId("900"),
        sent=Sent(at=decided_at + timedelta(seconds=9), answered_us=40),
    )
    for placement in (lost, late):
        await journal.record_placement(SIGNAL, placement)
    with Reader(path) as reader:
        (timed,) = reader.timed(NOON - timedelta(days=1))
    assert (timed.taken_us["sent"], timed.taken_us["answered"]) == (1_000, 5_000_000)


async def test_posts_before_and_replayed_ones_are_left_out(
    journal: SqliteJournal, path: Path
) -> None:
    early = replace(ignored(7), decided_at=NOON - timedelta(days=2))
    replayed = replace(ignored(8), post=replace(post(8), via=Via.REPLAY))
    for decision in (early, replayed, ignored(9)):
        await journal.decide(decision)
    with Reader(path) as reader:
        assert len(reader.timed(NOON - timedelta(days=1))) == 1


async def test_a_second_path_is_told_with_how_far_behind_it_was(
    journal: SqliteJournal, path: Path, clock: FakeClock
) -> None:
    await journal.decide(ignored())
    for behind in (400_000, 999_999):  # the first time counts
        await journal.record_sighting(CHANNEL, 7, Via.POLL, behind_us=behind)
    with Reader(path) as reader:
        (sighting,) = reader.sightings(clock.now())
    first = post().via
    assert sighting == Sighting(channel=CHANNEL, first=first, second=Via.POLL, behind_us=400_000)
