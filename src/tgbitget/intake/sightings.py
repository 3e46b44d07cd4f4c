"""Which path saw each post first, and by how much the other came later: the only way to see a push that stays away.

A push and the poll share one pts, so that a post which was pushed never stands in a poll's answer: the poll counts as having
seen it with its next answer, in which it would have stood.
"""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import JournalError
from tgbitget.intake.record import Record
from tgbitget.model.event import Publish, Warned
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Post, Via

AWAITED_MAX = 500
UNWRITTEN_MAX = 2_000
SILENT_SECONDS = 120.0
"""After which a push that did not come is missing; Telegram's own is seconds late, a minute at times."""
SILENT_POSTS = 3
"""So many posts in a row without their push are no accident."""
WRITE_PAUSE_SECONDS = 0.05
"""Between two rows: outcomes of posts are written by the same thread."""
_MICROSECONDS = 1e6


@dataclass(frozen=True, slots=True)
class Sighting:
    message_id: int
    via: Via
    behind_us: int


class Sightings:
    """Of one channel. Noted without waiting; `write` puts them in the journal, where nothing depends on them."""

    def __init__(
        self,
        channel: ChannelId,
        title: str,
        *,
        journal: Record,
        clock: Clock,
        publish: Publish,
    ) -> None:
        self._channel = channel
        self._title = title
        self._journal = journal
        self._clock = clock
        self._publish = publish
        self._pushed: OrderedDict[int, float] = OrderedDict()  # waiting for the next poll
        self._polled: OrderedDict[int, float] = OrderedDict()  # waiting for its push
        self._unpushed = 0
        self._is_told = False
        self._unwritten: deque[Sighting] = deque(maxlen=UNWRITTEN_MAX)
        self._news = asyncio.Event()

    def first(self, post: Post, seen_monotonic: float) -> None:
        """A post that nobody had brought before."""
        match post.via:
            case Via.PUSH:
                self._pushed[post.message_id] = seen_monotonic
                self._hears_again()
            case Via.POLL:
                self._polled[post.message_id] = seen_monotonic
            case _:  # what was missed while the line was down says nothing of either
                return
        for awaited in (self._pushed, self._polled):
            if len(awaited) > AWAITED_MAX:
                awaited.popitem(last=False)

    def push(self, message_id: int, seen_monotonic: float) -> None:
        """A push of a post that is known."""
        self._hears_again()
        seen = self._polled.pop(message_id, None)
        if seen is not None:
            self._note(message_id, Via.PUSH, seen_monotonic - seen)

    def hint(self) -> None:
        """Pushed was that there is something, not what."""
        self._hears_again()

    def poll(self, answered_monotonic: float) -> None:
        """A poll has told all that there is."""
        while self._pushed:
            message_id, seen = self._pushed.popitem(last=False)
            self._note(message_id, Via.POLL, answered_monotonic - seen)
        while self._polled:
            message_id, seen = next(iter(self._polled.items()))
            if answered_monotonic - seen < SILENT_SECONDS:
                return
            del self._polled[message_id]
            self._unpushed += 1
        if self._unpushed >= SILENT_POSTS and not self._is_told:
            self._is_told = True
            self._tell()

    async def write(self) -> None:
        """For ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._unwritten:
                one = self._unwritten.popleft()
                try:
                    await self._journal.record_sighting(
                        self._channel, one.message_id, one.via, behind_us=one.behind_us
                    )
                except JournalError as error:
                    logger.debug("A sighting was not written: {}", error)
                await self._clock.sleep(WRITE_PAUSE_SECONDS)

    def _note(self, message_id: int, via: Via, seconds: float) -> None:
        behind_us = max(0, round(seconds * _MICROSECONDS))
        self._unwritten.append(Sighting(message_id, via, behind_us))
        self._news.set()

    def _hears_again(self) -> None:
        self._unpushed = 0
        if self._is_told:
            self._is_told = False
            logger.info("{} is pushed again", self._title)

    def _tell(self) -> None:
        text = (
            f"{self._title}: Telegram does not push its posts, the last {self._unpushed} were found by asking only; "
            "with fast_poll_seconds = 0 they would come up to a minute late"
        )
        logger.warning("{}", text)
        self._publish(Warned(text=text))
