"""What the river does when its journal says no, and what it says no to was written all the same."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Collection, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Signal_
from typing import Any

import pytest

from planning.samples import BTC
from simulation.disk import Disk, DiskFault, Fails
from tgbitget.clock import FakeClock
from tgbitget.control.board import Board
from tgbitget.deciding.ground import Followed
from tgbitget.errors import JournalError
from tgbitget.journal import together
from tgbitget.journal.connection import transaction
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.markets.directory import Directory
from tgbitget.model.event import Decided, Event
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.plan import Outcome
from tgbitget.model.post import Arrival, Post, Via
from tgbitget.model.trade import Situation, Usage
from tgbitget.parsing import registry
from tgbitget.pipeline import Pipeline
from tgbitget.positions.changes import Change
from tgbitget.positions.dry import Rehearsal
from tgbitget.profile import Profile
from tgbitget.settings import AccountLimits
from waiting import eventually

ETH = replace(BTC, symbol="ETH/USDT:USDT", base="ETH", id="ETHUSDT")
CHANNEL = ChannelId("-1001")
OTHER = ChannelId("-1002")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG = "#BTC/USDT LONG\nEntry: 57000\nTargets: 58400 - 59200\nStop Loss: 55800"


class Opening(Rehearsal):
    """Counts what it is told to open."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.opened: list[SignalId] = []
        self.changed: list[tuple[SignalId, Change]] = []

    def open(self, plan: Any, *rest: Any, **more: Any) -> None:
        self.opened.append(plan.signal)
        super().open(plan, *rest, **more)

    def change(self, signal: SignalId, change: Change) -> bool:
        self.changed.append((signal, change))
        return super().change(signal, change)


class Unlike(Opening):
    """No rehearsal: what it is told to open uses up what is allowed."""

    account = "u1"
    is_rehearsal = False

    def situation(self, symbol: str, channels: Collection[ChannelId]) -> Situation:
        found = super().situation(symbol, channels)
        return replace(found, of_profile=Usage())


class River:
    """The pipeline over a real journal whose disk fails on cue."""

    def __init__(self, journal: SqliteJournal, disk: Disk, **limits: Any) -> None:
        registry.load()
        clock = FakeClock(NOON)
        profile = Profile.model_validate({"telegram": {"channels": ["@vip"]}, "limits": limits})
        self.journal = journal
        self.disk = disk
        self.told: list[Event] = []
        self.book = Unlike(clock) if limits else Opening(clock)
        self.pipeline = Pipeline(
            followed=dict.fromkeys(
                (CHANNEL, OTHER), Followed(profile=profile, parser=registry.make_chain(profile))
            ),
            directory=lambda: Directory((BTC, ETH)),
            book=self.book,
            journal=journal,
            clock=clock,
            publish=self.told.append,
            limits=AccountLimits(),
        )

    async def take(
        self,
        number: int,
        text: str = LONG,
        *,
        reply_to: int | None = None,
        channel: ChannelId = CHANNEL,
    ) -> None:
        post = Post(
            channel=channel,
            message_id=number,
            date=NOON,
            text=text,
            via=Via.PUSH,
            reply_to=reply_to,
        )
        await self.pipeline.handle(Arrival(what=post))

    def outcomes(self) -> list[tuple[str, str]]:
        decided = [event.decision for event in self.told if isinstance(event, Decided)]
        return [(d.signal.rpartition("/")[2], str(d.outcome)) for d in decided]


@pytest.fixture
async def river(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[River]:
    disk = Disk()
    monkeypatch.setattr(together, "transaction", disk.transaction)
    journal = SqliteJournal(tmp_path / "journal.db")
    await journal.open()
    yield River(journal, disk)
    await journal.close()


@pytest.mark.parametrize("how", list(Fails))
@pytest.mark.parametrize("error", ["SQLITE_IOERR_FSYNC", "SQLITE_FULL"])
async def test_a_decision_whose_write_failed_is_acted_on_once_whether_or_not_it_was_made(
    river: River, how: Fails, error: str
) -> None:
    river.disk.fail(DiskFault(how, error, 1), after=0)
    with pytest.raises(JournalError):
        await river.take(1)
    assert not river.book.opened
    if river.journal.fault is not None:
        with pytest.raises(JournalError):
            await river.take(1)
        await river.journal.open()
    await river.take(1)
    await river.take(1)
    assert river.book.opened == [f"{CHANNEL}/1"]
    assert river.outcomes() == [("1", "planned")]


async def test_what_was_written_all_the_same_counts_before_the_next_post_is_decided(
    river: River,
) -> None:
    river.disk.fail(DiskFault(Fails.AFTER, "SQLITE_IOERR_FSYNC", 1), after=0)
    with pytest.raises(JournalError):
        await river.take(1)
    await river.journal.open()
    await river.take(2)
    assert river.outcomes() == [("1", "planned"), ("2", "duplicate")]


REFUSED = LONG.replace("55800", "58000")  # a stop on the wrong side
BARE = LONG.partition("\nStop")[0]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param(BARE, "not_traded", id="refused, for it has no stop"),
        pytest.param(REFUSED, "not_traded", id="unclear"),
        pytest.param(LONG, None, id="the same signal once more: it is that trade"),
    ],
)
async def test_a_reply_to_a_signal_that_was_not_traded_changes_no_other_trade(
    river: River, text: str, rule: str | None
) -> None:
    await river.take(1)
    await river.take(2, text)
    assert river.outcomes()[-1][1] in ("refused", "unclear", "duplicate")
    await river.take(3, "SL to 56200", reply_to=2)
    last = [event.decision for event in river.told if isinstance(event, Decided)][-1]
    assert last.rule == rule
    assert last.trade == (None if rule else "-1001/1")
    await river.take(4, "Close", reply_to=3)
    last = [event.decision for event in river.told if isinstance(event, Decided)][-1]
    assert last.rule == rule


ETHER = LONG.replace("BTC", "ETH").replace("57000", "2650")
ETHER = ETHER.replace("58400 - 59200", "2700 - 2800").replace("55800", "2500")


@pytest.mark.parametrize(
    ("text", "trades"),
    [
        pytest.param("close all trades now", ("-1001/1", "-1001/2"), id="each trade"),
        pytest.param("close all ETH trades", (), id="of one coin: that trade"),
        pytest.param("close all", None, id="all of which? it is asked"),
    ],
)
async def test_all_trades_in_so_many_words_are_each_trade_of_the_channel(
    river: River, text: str, trades: tuple[str, ...] | None
) -> None:
    await river.take(1)
    await river.take(2, ETHER)
    await river.take(3, text)
    last = [event.decision for event in river.told if isinstance(event, Decided)][-1]
    if trades is None:
        assert (last.outcome, last.rule) == (Outcome.UNCLEAR, "ambiguous_trade")
        return
    assert last.outcome is Outcome.PLANNED
    assert last.asks == trades
    changed = [signal for signal, _ in river.book.changed]
    assert changed == list(trades or ("-1001/2",))
    for signal in changed:
        assert last in river.journal.follow_ups(signal)
    if trades:
        board = Board(river.journal, answer_minutes=60)
        board.take(Decided(decision=last), at=NOON, now=0.0)
        assert list(board.messages) == changed, (
            "told in each trade's own message, and nothing is asked"
        )


class SlowDisk:
    """Writes wait until it goes on; `commits` is how many of them there were."""

    def __init__(self) -> None:
        self.commits = 0
        self.denies = False  # what it has taken
        self.is_asked = Signal_()
        self._goes_on = Signal_()

    def go_on(self) -> None:
        self._goes_on.set()

    @contextmanager
    def transaction(self, connection: sqlite3.Connection) -> Iterator[None]:
        self.is_asked.set()
        assert self._goes_on.wait(10), "nobody let the disk go on"
        self.commits += 1
        with transaction(connection):
            yield
        if self.denies:
            self.denies = False
            failed = sqlite3.OperationalError("disk I/O error")
            failed.sqlite_errorname = "SQLITE_IOERR_FSYNC"
            raise failed


@pytest.fixture
async def slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[River, SlowDisk]]:
    journal, disk = SqliteJournal(tmp_path / "journal.db"), SlowDisk()
    await journal.open()
    monkeypatch.setattr(together, "transaction", disk.transaction)
    yield River(journal, Disk(), open_positions_max=1, total_quote_max="off"), disk
    disk.go_on()
    await journal.close()


async def _beside(river: River, disk: SlowDisk, *taken: Coroutine[Any, Any, None]) -> None:
    """Each is begun while the disk holds what came before."""
    tasks = []
    for one in taken:
        tasks.append(asyncio.create_task(one))
        await eventually(disk.is_asked.is_set)
    await asyncio.sleep(0)
    assert not river.book.opened, "nothing is acted on before it is on the disk"
    disk.go_on()
    await asyncio.gather(*tasks)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param(LONG, "duplicate", id="the same signal"),
        pytest.param(ETHER, "open_positions_max", id="one more than may be open"),
    ],
)
async def test_what_is_on_its_way_to_the_disk_counts_for_posts_of_other_channels(
    slow: tuple[River, SlowDisk], text: str, rule: str
) -> None:
    river, disk = slow
    await _beside(river, disk, river.take(1), river.take(2, text, channel=OTHER))
    decided = [event.decision for event in river.told if isinstance(event, Decided)]
    assert [one.rule for one in decided] == [None, rule]
    assert river.book.opened == [f"{CHANNEL}/1"]


async def test_posts_of_many_channels_share_a_commit(slow: tuple[River, SlowDisk]) -> None:
    river, disk = slow
    talk = [river.take(n, "good morning", channel=OTHER) for n in range(2, 9)]
    await _beside(river, disk, river.take(1), *talk)
    assert len(river.outcomes()) == 8
    assert disk.commits == 2


async def test_a_post_that_changes_a_trade_waits_until_that_trade_is_led(
    slow: tuple[River, SlowDisk],
) -> None:
    river, disk = slow
    await _beside(river, disk, river.take(1), river.take(2, "Close #BTC now", reply_to=1))
    assert river.outcomes() == [("1", "planned"), ("2", "planned")]
    assert [signal for signal, _ in river.book.changed] == [f"{CHANNEL}/1"]


async def test_what_the_disk_refused_of_several_is_acted_on_each_once(river: River) -> None:
    river.disk.fail(DiskFault(Fails.AFTER, "SQLITE_IOERR_FSYNC", 1), after=0)
    tried = [river.take(1), river.take(2, ETHER, channel=OTHER)]
    ends = await asyncio.gather(*tried, return_exceptions=True)
    assert [type(end) for end in ends] == [JournalError, JournalError]
    assert not river.book.opened
    await river.journal.open()
    await river.take(3, "good morning")
    await river.take(1)
    await river.take(2, ETHER, channel=OTHER)
    assert sorted(river.book.opened) == [f"{CHANNEL}/1", f"{OTHER}/2"]
    assert sorted(river.outcomes()) == [("1", "planned"), ("2", "planned"), ("3", "ignored")]


async def _stopped(river: River, disk: SlowDisk) -> None:
    """Whoever delivers the first post is stopped while it is written."""
    delivering = asyncio.create_task(river.take(1))
    await eventually(disk.is_asked.is_set)
    delivering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivering


async def test_what_is_written_is_acted_on_though_whoever_delivered_it_was_stopped(
    slow: tuple[River, SlowDisk],
) -> None:
    river, disk = slow
    await _stopped(river, disk)
    assert river.pipeline.is_deciding
    disk.go_on()
    await river.pipeline.idle()
    assert river.book.opened == [f"{CHANNEL}/1"]
    assert river.outcomes() == [("1", "planned")]


async def test_a_post_that_is_offered_again_while_it_is_written_is_traded_as_it_is_recorded(
    slow: tuple[River, SlowDisk],
) -> None:
    river, disk = slow
    await _stopped(river, disk)
    again = asyncio.create_task(river.take(1, LONG.replace("55800", "56000")))
    await asyncio.sleep(0)
    disk.go_on()
    await again
    (recorded,) = river.journal.revisions(SignalId(f"{CHANNEL}/1"))
    told = [event.decision for event in river.told if isinstance(event, Decided)]
    assert told == [recorded]
    assert river.book.opened == [f"{CHANNEL}/1"]


async def test_of_two_decisions_of_a_post_that_the_disk_denied_the_recorded_one_is_acted_on(
    slow: tuple[River, SlowDisk],
) -> None:
    river, disk = slow
    await _stopped(river, disk)
    again = asyncio.create_task(river.take(1, LONG.replace("55800", "56000")))
    await asyncio.sleep(0)
    disk.denies = True
    disk.go_on()
    with pytest.raises(JournalError):
        await again
    assert not river.book.opened
    await river.journal.open()
    await river.take(2, "good morning", channel=OTHER)
    (recorded,) = river.journal.revisions(SignalId(f"{CHANNEL}/1"))
    told = [event.decision for event in river.told if isinstance(event, Decided)]
    assert told[0] == recorded
    assert river.book.opened == [f"{CHANNEL}/1"]


async def test_a_read_that_fails_while_it_is_asked_what_the_disk_has_loses_nothing(
    river: River, monkeypatch: pytest.MonkeyPatch
) -> None:
    river.disk.fail(DiskFault(Fails.AFTER, "SQLITE_IOERR_FSYNC", 1), after=0)
    with pytest.raises(JournalError):
        await river.take(1)
    await river.journal.open()
    with monkeypatch.context() as locked:
        locked.setattr(river.journal, "_reader", None)
        with pytest.raises(JournalError):
            await river.take(1)
    await river.take(1)
    assert river.book.opened == [f"{CHANNEL}/1"]
    assert river.outcomes() == [("1", "planned")]
