"""Tells the owner: one message a signal, edited as its trade moves on. Nothing here ever holds up a trade."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.control.board import Board, Message
from tgbitget.control.messenger import Messenger
from tgbitget.errors import JournalError, NotAuthorised, Unreachable
from tgbitget.journal.journal import Journal
from tgbitget.model.event import Event
from tgbitget.model.ids import SignalId
from tgbitget.model.money import Price
from tgbitget.telegram.answers import Refused, Throttled

EVENTS_MAX = 5000  # they are taken in several times a second
# A card takes a few tenths of a millisecond, and orders do not wait for cards: 800 a second, a fifth of the loop.
TAKEN_AT_ONCE = 4
TAKEN_EVERY_SECONDS = 0.005
EDIT_SECONDS = 1.0  # between two versions of one message
REQUEST_SECONDS = 0.5  # between any two requests
RETRY_SECONDS_MAX = 60.0
ANSWER_MINUTES = 240
_DOUBLINGS_MAX = 6
_TURN_SECONDS = 0.25


class Notices:
    """`handle` takes events at once and never raises; `run` tells them, in a task of its own, and may be run again.

    `counts`: sent, edited, failed (attempts), dropped (events, when `run` does not keep up).
    """

    def __init__(
        self,
        messenger: Messenger,
        journal: Journal,
        clock: Clock,
        *,
        answer_minutes: int = ANSWER_MINUTES,
        price: Callable[[str], Price | None] = lambda _: None,
    ) -> None:
        self.answer_minutes = answer_minutes
        self._messenger = messenger
        self._journal = journal
        self._clock = clock
        self.counts: Counter[str] = Counter()
        self._events: deque[tuple[Event, datetime]] = deque(maxlen=EVENTS_MAX)
        self._news = asyncio.Event()
        self._board = Board(journal, answer_minutes=answer_minutes, price=price)
        self._quiet_until = 0.0
        self._failures = 0

    def handle(self, event: Event) -> None:
        if len(self._events) == EVENTS_MAX:
            self.counts["dropped"] += 1
        self._events.append((event, self._clock.now()))
        self._news.set()

    @property
    def is_behind(self) -> bool:
        """Whether events wait to be taken in."""
        return bool(self._events)

    async def run(self) -> None:
        while True:
            self._take_in()
            if self.is_behind:
                await self._clock.sleep(TAKEN_EVERY_SECONDS)
                continue
            now = self._clock.monotonic()
            if now < self._quiet_until:
                await self._clock.sleep(min(_TURN_SECONDS, self._quiet_until - now))
            elif self._board.warnings:
                await self._warn(self._board.warnings.popleft())
            elif (signal := self._board.due(now)) is not None:
                await self._tell(signal)
            elif self._board.waiting:
                await self._clock.sleep(_TURN_SECONDS)
            else:
                self._news.clear()
                await self._news.wait()

    async def drain(self) -> None:
        """Until all is told; the caller limits the time, for a line that is down has no end."""
        while self._events or self._board.waiting or self._board.warnings:
            await self._clock.sleep(_TURN_SECONDS)

    def _take_in(self) -> None:
        """Some of what came."""
        for _ in range(min(TAKEN_AT_ONCE, len(self._events))):
            event, at = self._events.popleft()
            self._board.take(event, at=at, now=self._clock.monotonic())

    async def _warn(self, words: str) -> None:
        if not await self._attempt(None, words):
            self._board.warnings.appendleft(words)

    async def _tell(self, signal: SignalId) -> None:
        board = self._board
        message = board.messages[signal]
        # Taken off first: a message that breaks `run` must not break it again.
        del board.waiting[signal]
        words = message.card.render()
        message.not_before = self._clock.monotonic() + EDIT_SECONDS
        if words == message.told:
            return
        if await self._attempt(message, words):
            await self._record(signal, message)
        else:
            board.waiting.setdefault(signal)

    async def _attempt(self, message: Message | None, words: str) -> bool:
        """False: it is to be tried again later."""
        try:
            await self._deliver(message, words)
        except Throttled as e:
            self._pause(e, e.seconds)
            return False
        except (Unreachable, NotAuthorised) as e:
            self._failures = min(self._failures + 1, _DOUBLINGS_MAX)
            self._pause(e, min(RETRY_SECONDS_MAX, 2.0**self._failures))
            return False
        except Refused as e:
            self._pause(e, REQUEST_SECONDS)
            return _is_given_up(message)
        self._failures = 0
        self._quiet_until = self._clock.monotonic() + REQUEST_SECONDS
        return True

    async def _deliver(self, message: Message | None, words: str) -> None:
        if message is not None and message.id is not None:
            await self._messenger.edit(message.id, words)
            self.counts["edited"] += 1
        else:
            new = await self._messenger.send(words)
            self.counts["sent"] += 1
            if message is not None:
                message.id = new
        if message is not None:
            message.told = words

    def _pause(self, error: Exception, seconds: float) -> None:
        self.counts["failed"] += 1
        self._quiet_until = self._clock.monotonic() + seconds
        logger.warning("A notice was not delivered: {}", error)

    async def _record(self, signal: SignalId, message: Message) -> None:
        if message.id is None:  # refused, and given up
            return
        try:
            await self._journal.record_notice(signal, message.id, message.told)
        except JournalError as e:
            logger.warning("A notice was not recorded, after a restart it is sent anew: {}", e)


def _is_given_up(message: Message | None) -> bool:
    """A message that can be edited no more (its owner deleted it) is followed by a new one, once."""
    if message is None or message.id is None:
        return True
    message.id = None
    return False
