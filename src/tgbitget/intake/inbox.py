"""Where push, poll and back-fill of one channel meet: one queue, handed on one by one, in order.

The cursor that goes with an arrival says what is safe to store once that arrival has an outcome: never beyond something
that has none.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import JournalError
from tgbitget.intake.ancestry import PARENTS_MAX, Memory, ancestors
from tgbitget.intake.record import Record
from tgbitget.intake.seen import Seen
from tgbitget.intake.source import Deliver
from tgbitget.model.event import Publish, Warned
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Arrival, Cursor, Deletion, Post

WAITING_MAX = 2_000
"""Posts without an outcome. A push that finds no room is left to the next difference."""
ELDERS_MAX = 500
"""Posts fetched only because others answer them."""
SAVE_SECONDS = 30.0
"""How often a cursor is stored that no arrival carries (reactions); a crash merely reads those again."""
RETRY_SECONDS_FIRST = 0.2
RETRY_SECONDS_MAX = 5.0

FetchPost = Callable[[int], Awaitable[Post | None]]
"""A post by its id, from Telegram; None when there is none or no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something found, and what is complete once it and all before it are done.

    `as_of`: the channel's pts at which it was so. `pts`, `top`: no update up to this pts, no message up to this id, is
    missing any more; None where that cannot be said.
    """

    what: Post | Deletion | None
    as_of: int = 0
    pts: int | None = None
    top: int | None = None
    seen_monotonic: float = 0.0


class Inbox:
    def __init__(
        self,
        cursor: Cursor,
        *,
        journal: Record,
        clock: Clock,
        publish: Publish,
        fetch: FetchPost,
        parents_seconds: float,
    ) -> None:
        self._cursor = cursor
        self._journal = journal
        self._clock = clock
        self._publish = publish
        self._fetch = fetch
        self._parents_seconds = parents_seconds
        self._seen = Seen(cursor.channel, journal, history_to=cursor.message_id)
        self._elders = Memory(ELDERS_MAX)
        self._items: deque[Item] = deque()
        self._changed = asyncio.Condition()
        self._arrived = asyncio.Event()
        self._is_busy = False
        self._saved_monotonic = clock.monotonic()
        self._top = cursor.message_id

    @property
    def top(self) -> int:
        """No message up to this id is missing here; some may still wait."""
        return self._top

    @property
    def has_room(self) -> bool:
        return len(self._items) < WAITING_MAX

    @property
    def is_idle(self) -> bool:
        return not self._items and not self._is_busy

    def put(self, item: Item) -> Post | Deletion | None:
        """Takes in what is new, and returns it; of the rest only how far it completes the channel.

        JournalError: nothing was taken.
        """
        what = self._admitted(item)
        self._top = max(self._top, item.top or 0)
        if what is None and item.pts is None and item.top is None:
            return None
        if what is None and self._items:
            # Nothing to hand on: it completes what waits last.
            last = self._items.pop()
            item = replace(last, pts=_further(last.pts, item.pts), top=_further(last.top, item.top))
        else:
            item = replace(item, what=what)
        self._items.append(item)
        self._arrived.set()
        return what

    async def room(self) -> None:
        """Waits while the queue is full."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.has_room)

    async def drained(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self.is_idle)

    async def run(self, deliver: Deliver) -> None:
        """Hands on what waits, for ever."""
        while True:
            while not self._items:
                self._arrived.clear()
                await self._arrived.wait()
            self._is_busy = True
            item = self._items.popleft()
            cursor = self._cursor_after(item)
            if item.what is None:
                await self._save(cursor)
            else:
                await self._hand_on(item.what, item.seen_monotonic, cursor, deliver)
            self._cursor = cursor
            self._is_busy = False
            async with self._changed:
                self._changed.notify_all()

    def _admitted(self, item: Item) -> Post | Deletion | None:
        match item.what:
            case Post() as post:
                return self._seen.admit(post, as_of=item.as_of)
            case Deletion() as deletion:
                return deletion if self._seen.admit_deletion(deletion) else None
            case None:
                return None

    def _cursor_after(self, item: Item) -> Cursor:
        return replace(
            self._cursor,
            pts=max(self._cursor.pts, item.pts or 0),
            message_id=max(self._cursor.message_id, item.top or 0),
        )

    async def _hand_on(
        self, what: Post | Deletion, seen_monotonic: float, cursor: Cursor, deliver: Deliver
    ) -> None:
        """Until it has an outcome: what the journal could not take is offered again, and nothing overtakes it."""
        pause = RETRY_SECONDS_FIRST
        while True:
            try:
                whole = await self._with_parents(what)
                await deliver(Arrival(what=whole, cursor=cursor, seen_monotonic=seen_monotonic))
            except JournalError as error:
                if pause == RETRY_SECONDS_FIRST:
                    self._say_that_it_waits(what, error)
                await self._clock.sleep(pause)
                pause = min(pause * 2, RETRY_SECONDS_MAX)
            else:
                self._saved_monotonic = self._clock.monotonic()
                return

    def _say_that_it_waits(self, what: Post | Deletion, error: JournalError) -> None:
        logger.error("{} has no outcome yet, the journal refused: {}", what.signal, error)
        text = f"{what.signal} waits for the journal: {error}"
        self._publish(Warned(text=text, signal=what.signal, is_urgent=True))

    async def _save(self, cursor: Cursor) -> None:
        if self._clock.monotonic() - self._saved_monotonic < SAVE_SECONDS:
            return
        self._saved_monotonic = self._clock.monotonic()
        try:
            await self._journal.move_cursor(cursor)
        except JournalError as error:
            logger.warning("The cursor of {} was not stored: {}", cursor.channel, error)

    async def _with_parents(self, what: Post | Deletion) -> Post | Deletion:
        """From memory and the journal; what they do not know is fetched, all within a bounded time."""
        if isinstance(what, Deletion) or what.reply_to is None:
            return what
        known = partial(self._known, what.channel)
        found = ancestors(what.reply_to, known)
        try:
            async with asyncio.timeout(self._parents_seconds):
                while (missing := _missing(what.reply_to, found)) is not None:
                    parent = await self._fetch(missing)
                    if parent is None:
                        break
                    self._elders.add(parent)
                    found = ancestors(what.reply_to, known)
        except TimeoutError:
            logger.warning("What {} answers is not known in time", what.signal)
        return replace(what, parents=found)

    def _known(self, channel: ChannelId, message_id: int) -> Post | None:
        return self._seen.post(message_id) or self._elders.find(channel, message_id)


def _missing(reply_to: int, found: tuple[Post, ...]) -> int | None:
    """The next of the chain that nobody knows."""
    wanted = found[-1].reply_to if found else reply_to
    is_circle = any(parent.message_id == wanted for parent in found)
    return None if is_circle or len(found) >= PARENTS_MAX else wanted


def _further(one: int | None, other: int | None) -> int | None:
    return max((n for n in (one, other) if n is not None), default=None)
