"""The owner is told, at a bearable pace, and nothing that goes wrong there reaches a trade."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest
from telethon import errors

from journal.samples import CHANNEL, NOON, SIGNAL
from tgbitget.clock import FakeClock
from tgbitget.control.notices import (
    EDIT_SECONDS,
    EVENTS_MAX,
    TAKEN_AT_ONCE,
    TAKEN_EVERY_SECONDS,
    Notices,
)
from tgbitget.errors import JournalError, NotAuthorised, TgbitgetError, Unreachable
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.event import Decided, Deleted, Event, Paused, Ready, Stopped, Warned
from tgbitget.model.plan import Outcome
from tgbitget.model.post import Deletion, Via
from tgbitget.model.reading import NotASignal
from tgbitget.model.trade import TradeState
from tgbitget.telegram.answers import Refused, Throttled

from . import samples
from .samples import filled, placed, planned, refused, stands


class Chat:
    """Saved Messages as they stand, and each request with its time."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.messages: dict[int, str] = {}
        self.requests: list[tuple[float, str]] = []
        self.trouble: list[TgbitgetError] = []

    async def send(self, text: str) -> int:
        self._request("send")
        number = len(self.messages) + 100
        self.messages[number] = text
        return number

    async def edit(self, id: int, text: str) -> None:
        self._request("edit")
        if id not in self.messages:
            raise Refused(errors.MessageIdInvalidError(None))
        assert self.messages[id] != text, "edited into what it says already"
        self.messages[id] = text

    def _request(self, kind: str) -> None:
        self.requests.append((self._clock.monotonic(), kind))
        if self.trouble:
            raise self.trouble.pop(0)

    @property
    def heads(self) -> list[str]:
        return [text.split("\n")[0] for text in self.messages.values()]


class World:
    """The owner's chat, a journal and a clock that moves when told to."""

    def __init__(self, path: Path) -> None:
        self.clock = FakeClock(NOON)
        self.chat = Chat(self.clock)
        self.journal = SqliteJournal(path, clock=self.clock)

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[Notices]:
        notices = Notices(self.chat, self.journal, self.clock)
        task = asyncio.create_task(notices.run())
        channels = ((CHANNEL, "VIP"),)
        notices.handle(Ready(mode="paper", venue="bitget", channels=channels, markets=1))
        yield notices
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def pass_time(self, seconds: float) -> None:
        """In small steps; in each, all that can be done then is done."""
        for _ in range(round(seconds / 0.25)):
            await self.let_run()
            self.clock.advance(0.25)
        await self.let_run()

    async def let_run(self) -> None:
        await _turns()
        with suppress(JournalError):
            await self.journal.set_paused(False)  # behind every write that was asked for
        await _turns()

    async def until(self, is_so: Callable[[], bool], *, seconds: float = 30) -> None:
        for _ in range(round(seconds * 4)):
            await self.pass_time(0.25)
            if is_so():
                return
        raise AssertionError(f"not so after {seconds} s")


async def _turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path / "journal.db")
    await world.journal.open()
    yield world
    await world.journal.close()


async def test_one_message_follows_a_signal_to_its_end(world: World) -> None:
    heads: list[str] = []
    async with world.telling() as notices:
        for event in (
            planned(),
            placed(),
            filled(),
            stands(TradeState.OPEN, amount="0.001"),
            stands(TradeState.CLOSED, realised="1.5", cause="target 2 reached"),
        ):
            notices.handle(event)
            await world.pass_time(2)
            heads += world.chat.heads
    assert heads == [
        "READ · LONG BTC/USDT",
        "SENT · LONG BTC/USDT",
        "FILLED · LONG BTC/USDT",
        "PROTECTED · LONG BTC/USDT · 0.001 at 57000",
        "CLOSED · LONG BTC/USDT · +1.5 USDT",
    ]
    (message,) = world.chat.messages.values()
    assert 'VIP, post 7: "BTC long 57000-57500"' in message
    assert notices.counts == {"sent": 1, "edited": 4}


async def test_the_first_word_is_there_at_once(world: World) -> None:
    async with world.telling() as notices:
        notices.handle(planned())
        await world.let_run()
        assert world.chat.heads == ["READ · LONG BTC/USDT"]


async def test_quick_changes_become_one_edit_and_edits_keep_their_pace(world: World) -> None:
    async with world.telling() as notices:
        notices.handle(planned())
        await world.pass_time(0.25)
        for number in range(1, 40):
            notices.handle(filled(f"0.00{number}"))
            await world.pass_time(0.25)
        await world.pass_time(2)
    times = [at for at, _ in world.chat.requests]
    assert all(b - a >= EDIT_SECONDS for a, b in pairwise(times))
    assert len(times) <= 12
    (message,) = world.chat.messages.values()
    assert "filled 0.0039 at 57000" in message, "the last word is told in the end"


async def test_trades_are_told_of_before_refusals(world: World) -> None:
    async with world.telling() as notices:
        for message_id in range(20, 60):
            notices.handle(refused(message_id))
        notices.handle(planned())
        notices.handle(stands(TradeState.OPEN, amount="0.001"))
        await world.until(lambda: any(head.startswith("PROTECTED") for head in world.chat.heads))
        assert len(world.chat.messages) <= 2
        await world.until(lambda: len(world.chat.messages) == 41)
    times = [at for at, _ in world.chat.requests]
    assert all(b - a >= 0.5 for a, b in pairwise(times))


async def test_refusals_say_why_and_noise_says_nothing(world: World) -> None:
    ignored = samples.decision(Outcome.IGNORED, message_id=8, reading=NotASignal(), text="gm")
    gone = Deletion(channel=CHANNEL, message_id=8, date=NOON, via=Via.PUSH)
    async with world.telling() as notices:
        for event in (
            Decided(decision=ignored),
            Deleted(deletion=gone, change="nothing"),
            Paused(is_paused=True),
            refused(),
            Stopped(reason="signal"),
        ):
            notices.handle(event)
        await world.pass_time(5)
    (message,) = world.chat.messages.values()
    assert message.startswith("REFUSED · LONG BTC\n")
    assert "open_positions_max: 5 trades stand, 5 are allowed" in message


async def test_a_follow_up_goes_into_the_message_of_its_trade(world: World) -> None:
    async with world.telling() as notices:
        notices.handle(planned())
        await world.pass_time(1)
        notices.handle(samples.closing(9))
        await world.pass_time(3)
    (message,) = world.chat.messages.values()
    assert message.endswith("post 9: close 50% (planned)")


async def test_warnings_are_messages_of_their_own_and_said_once(world: World) -> None:
    async with world.telling() as notices:
        for _ in range(5):
            notices.handle(Warned(text="VIP is silent"))
        notices.handle(Warned(text="BTC/USDT stands without a stop", is_urgent=True, signal=SIGNAL))
        await world.pass_time(5)
        assert list(world.chat.messages.values())[:2] == [
            "WARNING: VIP is silent",
            "URGENT: BTC/USDT stands without a stop (post -1001234567890/7)",
        ]
        assert len(world.chat.messages) == 3, "the urgent one stands in its signal's message too"
        world.clock.advance(601)
        notices.handle(Warned(text="VIP is silent"))
        await world.until(lambda: len(world.chat.messages) == 4)


async def test_a_flood_wait_is_waited_out_and_then_the_latest_is_told(world: World) -> None:
    async with world.telling() as notices:
        world.chat.trouble = [Throttled(40)]
        notices.handle(planned())
        await world.pass_time(1)
        notices.handle(placed())
        notices.handle(stands(TradeState.OPEN, amount="0.001"))
        await world.pass_time(38)
        assert len(world.chat.requests) == 1
        await world.until(lambda: bool(world.chat.messages))
    assert world.chat.heads == ["PROTECTED · LONG BTC/USDT · 0.001 at 57000"]
    assert world.chat.requests[1][0] - world.chat.requests[0][0] >= 40
    assert notices.counts["failed"] == 1


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Unreachable("Telegram did not answer in time"), id="the line is down"),
        pytest.param(NotAuthorised("the login was ended"), id="the login is gone"),
    ],
)
async def test_trouble_is_tried_again_ever_more_slowly(
    world: World, trouble: TgbitgetError
) -> None:
    async with world.telling() as notices:
        world.chat.trouble = [trouble] * 5
        notices.handle(planned())
        await world.until(lambda: bool(world.chat.messages), seconds=100)
    times = [at for at, _ in world.chat.requests]
    waits = [b - a for a, b in pairwise(times)]
    assert waits == [2, 4, 8, 16, 32]
    assert notices.counts == {"failed": 5, "sent": 1}


async def test_after_a_restart_the_same_message_goes_on(world: World) -> None:
    async with world.telling() as notices:
        notices.handle(planned())
        notices.handle(filled())
        await world.pass_time(3)
    await world.journal.close()
    await world.journal.open()
    async with world.telling() as notices:
        notices.handle(stands(TradeState.OPEN, amount="0.001"))
        await world.pass_time(3)
    (message,) = world.chat.messages.values()
    assert message.startswith(
        "PROTECTED · LONG BTC/USDT · 0.001 at 57000\n+0.00 USDT realised\nEntries market, 57000"
    )
    assert "filled 0.001 at 57000" in message
    assert message.endswith("protected by stop 55800")
    assert world.journal.notice(SIGNAL) == (100, message)


async def test_a_trade_that_was_never_told_of_is_told_whole_after_a_restart(world: World) -> None:
    first = samples.decision(reading=samples.naming("58400", "59200"))
    edit = samples.decision(
        revision=1, reading=samples.naming("58600", "59400"), trade=SIGNAL, text="BTC, corrected"
    )
    trade = stands(TradeState.PENDING).trade
    await world.journal.decide(first, trade=trade)
    await world.journal.decide(edit)
    await world.journal.decide(samples.closing().decision)
    async with world.telling() as notices:
        cause = "led on after a restart"
        notices.handle(stands(TradeState.OPEN, amount="0.001", cause=cause))
        await world.pass_time(3)
    (message,) = world.chat.messages.values()
    assert message.split("\n")[:1] + message.split("\n")[2:] == [
        "PROTECTED · LONG BTC/USDT · 0.001 at 57000",
        "Entries market, 57000 · 0.002 BTC",
        "Targets 58600, 59400",
        "Stop 55800 · 5x isolated",
        'VIP, post 7: "BTC long 57000-57500"',
        "01-31 12:00:00 post edited: planned, targets from 58400, 59200 to 58600, 59400",
        "01-31 12:00:00 post 9: close 50% (planned)",
        f"01-31 12:00:00 {cause}, open 0.001 at 57000, protected by stop 55800",
    ]


EDIT = Decided(decision=samples.decision(revision=1, reading=samples.naming("58600"), trade=SIGNAL))


@pytest.mark.parametrize(
    ("event", "line"),
    [
        pytest.param(samples.closing(), "post 9: close 50%", id="a follow-up"),
        pytest.param(EDIT, "post edited: planned", id="an edit"),
    ],
)
async def test_what_is_told_now_is_not_told_a_second_time_out_of_the_journal(
    world: World, event: Decided, line: str
) -> None:
    first = samples.decision(reading=samples.naming("58400"))
    await world.journal.decide(first, trade=stands(TradeState.PENDING).trade)
    await world.journal.decide(event.decision)
    async with world.telling() as notices:
        notices.handle(event)
        await world.pass_time(2)
    (message,) = world.chat.messages.values()
    assert message.startswith("READ · LONG BTC/USDT\nEntries market, 57000")
    assert message.count(line) == 1


async def test_what_says_nothing_new_after_a_restart_is_not_edited(world: World) -> None:
    async with world.telling() as notices:
        notices.handle(planned())
        await world.pass_time(3)
    async with world.telling() as notices:
        notices.handle(stands(TradeState.PENDING))
        await world.pass_time(3)
    assert [kind for _, kind in world.chat.requests] == ["send"]


async def test_a_message_that_the_owner_deleted_is_followed_by_a_new_one(world: World) -> None:
    async with world.telling() as notices:
        notices.handle(planned())
        await world.pass_time(2)
        world.chat.messages = {1: "another"}
        notices.handle(placed())
        await world.until(lambda: len(world.chat.messages) == 2)
        await world.let_run()
    assert [kind for _, kind in world.chat.requests] == ["send", "edit", "send"]
    assert world.journal.notice(SIGNAL) == (101, world.chat.messages[101])


async def test_a_message_that_telegram_refuses_does_not_hold_up_the_others(world: World) -> None:
    async with world.telling() as notices:
        world.chat.trouble = [Refused(errors.MessageTooLongError(None))]
        notices.handle(planned())
        notices.handle(refused(20))
        await world.until(lambda: bool(world.chat.messages))
        assert world.chat.heads == ["REFUSED · LONG BTC"]
        notices.handle(placed())
        await world.until(lambda: len(world.chat.messages) == 2)
        await world.let_run()
    assert world.journal.notice(SIGNAL) == (101, world.chat.messages[101])


async def test_a_journal_that_fails_stops_no_notice(world: World) -> None:
    await world.journal.close()
    async with world.telling() as notices:
        notices.handle(planned())
        await world.pass_time(1)
        notices.handle(placed())
        await world.pass_time(3)
    assert world.chat.heads == ["SENT · LONG BTC/USDT"]


async def test_events_without_end_are_taken_without_waiting_and_bounded(world: World) -> None:
    notices = Notices(world.chat, world.journal, world.clock)
    flood: list[Event] = [refused(n) for n in range(EVENTS_MAX + 50)]
    for event in flood:
        notices.handle(event)
    assert notices.counts["dropped"] == 50


async def test_while_many_events_are_taken_in_others_have_their_turns(world: World) -> None:
    async with world.telling() as notices:
        await world.let_run()
        for number in range(80):
            notices.handle(refused(number))
        turns = 0
        while notices.is_behind:
            world.clock.advance(TAKEN_EVERY_SECONDS)
            await asyncio.sleep(0)
            turns += 1
        assert turns >= 80 // TAKEN_AT_ONCE


async def test_in_a_flood_of_refusals_no_trade_is_forgotten(world: World) -> None:
    async with world.telling() as notices:
        world.chat.trouble = [Throttled(10)]
        notices.handle(planned())
        notices.handle(stands(TradeState.OPEN, amount="0.001"))
        for number in range(1000, 2500):
            notices.handle(refused(number))
        while notices.is_behind:
            world.clock.advance(TAKEN_EVERY_SECONDS)
            await world.let_run()
        await world.until(lambda: bool(world.chat.messages))
        assert world.chat.heads == ["PROTECTED · LONG BTC/USDT · 0.001 at 57000"]


async def test_what_waits_can_be_told_before_the_end(world: World) -> None:
    async with world.telling() as notices:
        notices.handle(planned())
        notices.handle(Warned(text="VIP is silent"))
        drained = asyncio.create_task(notices.drain())
        await world.until(drained.done)
        assert len(world.chat.messages) == 2
