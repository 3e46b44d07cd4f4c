"""What the journal promises, on a real file."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tgbitget.clock import FakeClock
from tgbitget.errors import JournalError
from tgbitget.journal.journal import Journal
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.command import Command, CommandName, Source
from tgbitget.model.ids import ChannelId, VenueOrderId
from tgbitget.model.order import Placed, Unknown
from tgbitget.model.plan import Role
from tgbitget.model.post import Cursor, Deletion, Via
from tgbitget.model.trade import TradeState

from . import samples
from .samples import CHANNEL, NOON, SIGNAL


async def reopened(journal: SqliteJournal) -> SqliteJournal:
    await journal.close()
    await journal.open()
    return journal


def test_it_keeps_the_port(path: Path) -> None:
    port: Journal = SqliteJournal(path)
    assert port.fault is None


async def test_the_file_is_for_its_owner_alone(journal: SqliteJournal, path: Path) -> None:
    await journal.decide(samples.planned())
    for file in path.parent.glob("journal.db*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


# posts


async def test_a_decision_comes_back_whole_after_a_restart(journal: SqliteJournal) -> None:
    decision = samples.planned()
    await journal.decide(decision, cursor=samples.cursor(), trade=samples.trade())
    await reopened(journal)
    assert journal.recent_decisions(NOON) == (decision,)
    assert journal.latest_post(CHANNEL, 7) == decision.post
    assert journal.cursor(CHANNEL) == samples.cursor()


async def test_a_revision_keeps_its_first_outcome(journal: SqliteJournal) -> None:
    await journal.decide(samples.planned())
    await journal.decide(samples.ignored(), cursor=samples.cursor(8))
    assert journal.recent_decisions(NOON) == (samples.planned(),)
    assert journal.latest_post(CHANNEL, 7) == samples.post()
    assert journal.cursor(CHANNEL) == samples.cursor(8), "yet it is done with"


async def test_the_latest_post_is_the_highest_revision(journal: SqliteJournal) -> None:
    assert journal.latest_post(CHANNEL, 7) is None
    for revision in (0, 2, 1):
        await journal.decide(samples.ignored(revision=revision))
    latest = journal.latest_post(CHANNEL, 7)
    assert latest is not None
    assert latest.revision == 2


async def test_the_posts_that_a_parent_answers_are_in_the_list_only_once(
    journal: SqliteJournal,
) -> None:
    first = samples.post(1)
    second = replace(samples.post(2), parents=(first,))
    third = replace(samples.post(3), parents=(second, first))
    await journal.decide(replace(samples.ignored(3), post=third))
    stored = journal.latest_post(CHANNEL, 3)
    assert stored is not None
    assert stored.parents == (samples.post(2), first)


async def test_only_planned_decisions_of_the_asked_time_are_recent(journal: SqliteJournal) -> None:
    late = samples.planned(8, at=NOON + timedelta(hours=2))
    await journal.decide(samples.planned(7))
    await journal.decide(samples.ignored(9))
    assert journal.recent_decisions(NOON) == (samples.planned(7),)
    await journal.decide(late)
    await journal.decide(late)
    assert journal.recent_decisions(NOON) == (samples.planned(7), late)
    assert journal.recent_decisions(NOON + timedelta(hours=1)) == (late,)


async def test_older_decisions_are_read_when_they_are_asked_for(journal: SqliteJournal) -> None:
    await journal.decide(samples.planned(7))
    assert journal.recent_decisions(NOON + timedelta(hours=1)) == ()
    assert journal.recent_decisions(NOON) == (samples.planned(7),)


async def test_a_deletion_is_remembered_and_the_first_word_on_it_stands(
    journal: SqliteJournal, path: Path
) -> None:
    gone = Deletion(channel=CHANNEL, message_id=7, date=NOON, via=Via.PUSH)
    assert not journal.is_deleted(CHANNEL, 7)
    await journal.delete(gone, change="3 entries cancelled", cursor=samples.cursor())
    await journal.delete(gone, change="nothing")
    assert journal.is_deleted(CHANNEL, 7)
    assert journal.cursor(CHANNEL) == samples.cursor()
    assert _rows(path, "SELECT change FROM deletions") == [("3 entries cancelled",)]


async def test_an_outcome_never_moves_the_cursor_back(journal: SqliteJournal) -> None:
    await journal.decide(samples.ignored(9), cursor=samples.cursor(9))
    await journal.decide(samples.ignored(8), cursor=samples.cursor(8))
    assert journal.cursor(CHANNEL) == samples.cursor(9)


async def test_a_cursor_can_be_set_back_on_purpose(journal: SqliteJournal) -> None:
    other = ChannelId("-1009")
    await journal.move_cursor(samples.cursor(9))
    await journal.move_cursor(samples.cursor(8))
    assert journal.cursor(CHANNEL) == samples.cursor(8)
    assert journal.cursor(other) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("half a pair \ud83d and \udc00", id="half surrogate pairs"),
        pytest.param("a\x00b", id="a NUL"),
        pytest.param("\u202eевро\u200b ١٢٣ 🚀", id="every script"),
        pytest.param("'; DROP TABLE posts; --", id="quotes"),
        pytest.param("x" * 1_000_000, id="a million characters"),
    ],
)
async def test_a_post_of_any_text_comes_back_as_it_was(journal: SqliteJournal, text: str) -> None:
    post = samples.post(text=text)
    await journal.decide(replace(samples.ignored(), post=post))
    assert journal.latest_post(CHANNEL, 7) == post


# trades


async def test_a_planned_trade_is_found_by_recovery_from_its_commit_on(
    journal: SqliteJournal,
) -> None:
    await journal.decide(samples.planned(), trade=samples.trade())
    (found,) = (await reopened(journal)).open_trades()
    assert found.trade == samples.trade()
    assert found.plan == samples.plan()
    assert found.profile == "vip"
    assert found.legs == samples.plan().entries
    assert (found.placements, found.fills, found.reached_targets) == ((), (), ())


async def test_a_decision_without_a_trade_leaves_nothing_to_recover(journal: SqliteJournal) -> None:
    await journal.decide(samples.planned())
    assert journal.open_trades() == ()


async def test_each_send_ends_as_it_was_last_told(journal: SqliteJournal, path: Path) -> None:
    await journal.decide(samples.planned(), trade=samples.trade())
    first, second = samples.oid("entry-1"), samples.oid("entry-2")
    unknown = Unknown(client_oid=first, reason="timed out")
    placed = Placed(client_oid=first, venue_order_id=VenueOrderId("900"))
    other = Placed(client_oid=second, venue_order_id=VenueOrderId("901"))
    for placement in (unknown, unknown, other, placed, placed):
        await journal.record_placement(SIGNAL, placement)
    (found,) = journal.open_trades()
    assert found.placements == (placed, other)
    assert _rows(path, "SELECT count(*) FROM placements") == [(3,)], "each change, once"


async def test_a_send_of_an_unrecorded_leg_is_refused(journal: SqliteJournal) -> None:
    stray = Placed(client_oid=samples.oid("entry-9"), venue_order_id=VenueOrderId("1"))
    with pytest.raises(JournalError, match="FOREIGN KEY"):
        await journal.record_placement(SIGNAL, stray)
    assert journal.fault is None


async def test_a_fill_counts_once(journal: SqliteJournal) -> None:
    await journal.decide(samples.planned(), trade=samples.trade())
    assert await journal.record_fill(SIGNAL, samples.fill("1"))
    assert not await journal.record_fill(SIGNAL, samples.fill("1"))
    assert await journal.record_fill(SIGNAL, samples.fill("2"))
    (found,) = journal.open_trades()
    assert found.fills == (samples.fill("1"), samples.fill("2"))


async def test_a_target_is_reached_when_its_order_filled_to_the_end(journal: SqliteJournal) -> None:
    await journal.decide(samples.planned(), trade=samples.trade())
    targets = [
        samples.leg(name, role=Role.TAKE_PROFIT, amount="0.002")
        for name in ("target-1", "target-2")
    ]
    await journal.add_legs(SIGNAL, targets)
    for number, name in enumerate(("target-1", "target-1", "target-2")):
        await journal.record_fill(SIGNAL, samples.fill(str(number), name=name, amount="0.001"))
    (found,) = journal.open_trades()
    assert found.reached_targets == (1,)
    assert found.legs == (*samples.plan().entries, *targets)


async def test_legs_added_twice_are_there_once(journal: SqliteJournal) -> None:
    await journal.decide(samples.planned(), trade=samples.trade())
    stops = [samples.leg("stop", role=Role.STOP, replacement=n) for n in (0, 1)]
    await journal.add_legs(SIGNAL, stops)
    await journal.add_legs(SIGNAL, stops)
    (found,) = journal.open_trades()
    assert found.legs == (*samples.plan().entries, *stops)


async def test_one_id_never_names_two_orders(journal: SqliteJournal) -> None:
    await journal.decide(samples.planned(), trade=samples.trade())
    smaller = samples.leg("stop", role=Role.STOP, amount="0.001")
    await journal.add_legs(SIGNAL, [smaller])
    larger = samples.leg("stop", role=Role.STOP, amount="0.002")
    with pytest.raises(JournalError, match="is already recorded"):
        await journal.add_legs(SIGNAL, [samples.leg("close-1", role=Role.CLOSE), larger])
    (found,) = journal.open_trades()
    assert found.legs == (*samples.plan().entries, smaller), "the first of the two is not written"


async def test_a_trade_keeps_the_history_of_its_changes(
    journal: SqliteJournal, clock: FakeClock, path: Path
) -> None:
    await journal.decide(samples.planned(), trade=samples.trade())
    opened = samples.trade(state=TradeState.OPEN, amount="0.001")
    for _ in range(2):
        clock.advance(1)
        await journal.record_trade(opened, cause="filled")
    clock.advance(1)
    await journal.record_trade(opened, cause="")
    await journal.record_trade(opened, cause="stop seen at the venue")
    assert _rows(path, "SELECT at, cause, state, amount FROM trade_changes ORDER BY id") == [
        ("2026-01-31T12:00:00.000000Z", "planned", "pending", "0"),
        ("2026-01-31T12:00:01.000000Z", "filled", "open", "0.001"),
        ("2026-01-31T12:00:03.000000Z", "stop seen at the venue", "open", "0.001"),
    ]


@pytest.mark.parametrize("state", [state for state in TradeState if state.is_final])
async def test_a_final_trade_is_not_open(journal: SqliteJournal, state: TradeState) -> None:
    await journal.decide(samples.planned(), trade=samples.trade())
    await journal.record_trade(samples.trade(state=state), cause="done")
    assert journal.open_trades() == ()
    ((_, ended),) = journal.ended_trades(NOON)
    assert ended.state is state


async def test_ended_trades_are_found_by_when_they_ended(
    journal: SqliteJournal, clock: FakeClock
) -> None:
    for message_id, state in ((7, TradeState.CLOSED), (8, TradeState.FAILED), (9, TradeState.OPEN)):
        await journal.decide(samples.planned(message_id), trade=samples.trade(message_id))
        clock.advance(60)
        await journal.record_trade(samples.trade(message_id, state), cause="done")
    first = (NOON + timedelta(seconds=60), samples.trade(7, TradeState.CLOSED))
    second = (NOON + timedelta(seconds=120), samples.trade(8, TradeState.FAILED))
    assert journal.ended_trades(NOON) == (first, second)
    assert journal.ended_trades(NOON + timedelta(seconds=61)) == (second,)


async def test_trades_on_paper_are_no_losses_of_the_account(journal: SqliteJournal) -> None:
    for message_id, account in ((7, "paper"), (8, "8123456789")):
        decision = replace(samples.planned(message_id), account=account)
        await journal.decide(decision, trade=samples.trade(message_id))
        await journal.record_trade(samples.trade(message_id, TradeState.CLOSED), cause="done")
    ((_, ended),) = journal.ended_trades(NOON, account="8123456789")
    assert ended.signal.endswith("/8")
    assert len(journal.ended_trades(NOON)) == 2


async def test_follow_ups_are_the_decisions_that_change_a_trade(journal: SqliteJournal) -> None:
    await journal.decide(samples.planned(), trade=samples.trade())
    asked = [replace(samples.ignored(message_id), trade=SIGNAL) for message_id in (8, 9)]
    for decision in (*asked, samples.ignored(10)):
        await journal.decide(decision)
    assert journal.follow_ups(SIGNAL) == tuple(asked)


async def test_a_trade_without_a_plan_is_refused(journal: SqliteJournal) -> None:
    await journal.decide(samples.ignored())
    with pytest.raises(JournalError, match="has no recorded plan"):
        await journal.record_trade(samples.trade(), cause="adopted")
    assert journal.open_trades() == ()


# the rest


async def test_a_notice_is_found_by_its_signal(journal: SqliteJournal) -> None:
    assert journal.notice(SIGNAL) is None
    await journal.record_notice(SIGNAL, 55, "sent")
    await journal.record_notice(SIGNAL, 55, "filled")
    assert (await reopened(journal)).notice(SIGNAL) == (55, "filled")


async def test_a_pause_survives_a_restart_and_so_does_its_end(journal: SqliteJournal) -> None:
    assert not journal.is_paused()
    await journal.set_paused(True)
    assert (await reopened(journal)).is_paused()
    await journal.set_paused(False)
    assert not (await reopened(journal)).is_paused()


async def test_a_write_that_began_is_finished_when_its_caller_is_cancelled(
    journal: SqliteJournal,
) -> None:
    writing = asyncio.create_task(journal.decide(samples.planned()))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await journal.decide(samples.ignored(8))
    assert journal.recent_decisions(NOON) == (samples.planned(),)


async def test_writes_are_made_in_the_order_in_which_they_were_asked_for(
    journal: SqliteJournal,
) -> None:
    cursors = [Cursor(channel=CHANNEL, pts=n, message_id=n) for n in range(100)]
    await asyncio.gather(*(journal.move_cursor(cursor) for cursor in cursors))
    assert journal.cursor(CHANNEL) == cursors[-1]


async def test_a_closed_journal_says_so(path: Path) -> None:
    journal = SqliteJournal(path)
    with pytest.raises(JournalError, match="is not open"):
        journal.cursor(CHANNEL)
    with pytest.raises(JournalError, match="is not open"):
        await journal.decide(samples.planned())


def _rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


async def test_commands_are_kept_by_the_trade_that_they_concern(journal: SqliteJournal) -> None:
    half = Command(
        at=NOON,
        source=Source.CLI,
        name=CommandName.CLOSE,
        signal=SIGNAL,
        key="hand-1",
        fraction=Decimal("0.5"),
        outcome="asked",
    )
    await journal.record_command(half)
    await journal.record_command(Command(at=NOON, source=Source.CHAT, name=CommandName.PAUSE))
    assert journal.commands(SIGNAL) == (half,)


async def test_a_question_is_answered_once_the_owner_said_which_trade(
    journal: SqliteJournal,
) -> None:
    assert not journal.is_answered(SIGNAL)
    none = Command(at=NOON, source=Source.CHAT, name=CommandName.ANSWER, post=SIGNAL)
    await journal.record_command(none)
    assert journal.is_answered(SIGNAL)


async def test_a_notice_is_found_by_its_message(journal: SqliteJournal) -> None:
    await journal.record_notice(SIGNAL, 55, "open")
    assert journal.signal_of_notice(55) == SIGNAL
    assert journal.signal_of_notice(56) is None


async def test_what_commits_leave_behind_is_done_in_an_idle_moment(
    journal: SqliteJournal, path: Path
) -> None:
    """The main file has all of it then, without the log beside it."""
    await journal.decide(samples.ignored(7))
    assert posts_without_log(path) == []
    await journal.tidy()
    assert posts_without_log(path) == [(7,)]


def posts_without_log(path: Path) -> list[tuple[int]]:
    whole = path.with_name("copy.sqlite3")
    whole.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(whole)) as copy:
        tables = copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'posts'").fetchall()
        return copy.execute("SELECT message_id FROM posts").fetchall() if tables else []
