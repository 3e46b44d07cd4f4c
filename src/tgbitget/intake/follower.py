"""One channel, followed in a task of its own: it asks what is new, takes pushes in between, and remembers how far it is."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from random import Random
from typing import Any

from loguru import logger
from telethon.tl import functions, types

from tgbitget.clock import Clock
from tgbitget.errors import JournalError, NotAuthorised, Unreachable
from tgbitget.intake.convert import Names
from tgbitget.intake.difference import items_of_difference, pushed_of, top_of
from tgbitget.intake.history import History
from tgbitget.intake.inbox import Inbox, Item
from tgbitget.intake.line import Line
from tgbitget.intake.pace import FastPoll, Pace
from tgbitget.intake.patience import Patience
from tgbitget.intake.pts import Place, PtsLine, Pushed
from tgbitget.intake.record import Record
from tgbitget.intake.sightings import Sightings
from tgbitget.intake.source import Deliver
from tgbitget.model.event import Publish
from tgbitget.model.post import Cursor, Deletion, Post, Via
from tgbitget.telegram.answers import ChannelLost, Refused, ServerTrouble, Throttled
from tgbitget.telegram.channel import FollowedChannel

SLICE = 100
"""Updates in one answer, as Telegram advises for users."""
RECENT = 50
"""So many posts are read again after a gap that no difference tells: authors edit what they wrote last."""


class Follower:
    def __init__(
        self,
        channel: FollowedChannel,
        *,
        line: Line,
        journal: Record,
        clock: Clock,
        publish: Publish,
        fast_poll: FastPoll,
        pace: Pace,
    ) -> None:
        self.channel = channel
        self.is_following = asyncio.Event()
        self._line = line
        self._journal = journal
        self._clock = clock
        self._publish = publish
        self._fast_poll = fast_poll
        self._pace = pace
        self._history = History(channel, line=line, clock=clock, pace=pace)
        self._inbox: Inbox | None = None
        self._pts = PtsLine()
        self._via = Via.BACKFILL
        self._wake = asyncio.Event()
        self._title = f"“{channel.title}” ({channel.id})"
        self._patience = Patience(self._title, clock=clock, pace=pace, publish=publish)
        self._sightings = Sightings(
            channel.id, self._title, journal=journal, clock=clock, publish=publish
        )
        # Its own for each channel: ten of them must not ask at the same moments.
        self._chance = Random(channel.bare_id)  # noqa: S311 -- a pause, not a secret
        line.on_missed.append(self._pushes_were_missed)

    async def run(self, deliver: Deliver) -> None:
        """For ever. What no answer of Telegram's may stop: its errors are waited out here."""
        while self._inbox is None:
            await self._rest(await self._tried(self._begin))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._inbox.run(deliver))
            tasks.create_task(self._follow(self._inbox))
            tasks.create_task(self._sightings.write())

    async def drained(self) -> None:
        """What was read has its outcome."""
        if self._inbox is not None:
            await self._inbox.drained()

    def take_push(self, update: Any, names: Names) -> None:
        """Converts and offers; never waits, never raises."""
        now = self._clock.monotonic()
        pushed = pushed_of(
            update, self.channel.id, names, now=self._clock.now(), seen_monotonic=now
        )
        place = self._pts.place_of(pushed)
        if place is Place.NEXT and self._inbox is not None and self._inbox.has_room:
            self._take_next(self._inbox, pushed)
        elif place is Place.BEYOND_A_GAP:
            self._take_beyond_gap(pushed)
        else:
            self._note_known(pushed.whats, now)

    def look(self) -> None:
        """Something about the channel changed: ask."""
        self._sightings.hint()
        self._wake.set()

    # Pushes.

    def _take_next(self, inbox: Inbox, pushed: Pushed) -> None:
        try:
            self._offer(inbox, pushed, is_complete=True)
            self._pts.reach(pushed.pts)
            self._take_following(inbox)
        except JournalError as error:
            logger.warning("A push of {} is left to the next difference: {}", self._title, error)
            self._wake.set()

    def _take_beyond_gap(self, pushed: Pushed) -> None:
        """Held until the difference has told what is before it; when it cannot be asked, better out of order than late."""
        if not self._pts.hold(pushed):
            logger.warning("Too many pushes of {} wait for what is before them", self._title)
        if self._patience.may_ask:
            self._wake.set()
        else:
            self._release()

    def _take_following(self, inbox: Inbox) -> None:
        for held in self._pts.following():
            self._offer(inbox, held, is_complete=True)
            self._pts.reach(held.pts)

    def _release(self) -> None:
        """Offer what is held as it is; it completes nothing, the difference will tell the rest."""
        if self._inbox is None:
            return
        try:
            for pushed in self._pts.release():
                if self._inbox.has_room:
                    self._offer(self._inbox, pushed, is_complete=False)
        except JournalError as error:
            logger.warning("Pushes of {} are left to the next difference: {}", self._title, error)

    def _offer(self, inbox: Inbox, pushed: Pushed, *, is_complete: bool) -> None:
        whats = pushed.whats or (None,)
        for number, what in enumerate(whats, 1):
            is_last = is_complete and number == len(whats)
            self._put(
                inbox,
                Item(
                    what=what,
                    as_of=pushed.pts,
                    pts=pushed.pts if is_last else None,
                    top=top_of(pushed) if is_last else None,
                    seen_monotonic=pushed.held_monotonic,
                ),
            )

    def _put(self, inbox: Inbox, item: Item) -> None:
        taken = inbox.put(item)
        if isinstance(taken, Post) and taken.revision == 0:
            self._sightings.first(taken, item.seen_monotonic)
        elif taken is None and item.what is not None:
            self._note_known((item.what,), item.seen_monotonic)

    def _note_known(self, whats: Iterable[Post | Deletion], seen_monotonic: float) -> None:
        for what in whats:
            if isinstance(what, Post) and what.via is Via.PUSH and what.edited is None:
                self._sightings.push(what.message_id, seen_monotonic)

    # Questions.

    async def _follow(self, inbox: Inbox) -> None:
        while True:
            step = self._start_over if self._patience.is_pts_lost else self._catch_up
            await self._rest(await self._tried(partial(step, inbox)))

    async def _begin(self) -> float:
        """From the journal's cursor; at the first start from the top of the channel, for history is not traded."""
        cursor = self._journal.cursor(self.channel.id)
        if cursor is None:
            cursor = await self._top()
            await self._journal.move_cursor(cursor)
        self._inbox = Inbox(
            cursor,
            journal=self._journal,
            clock=self._clock,
            publish=self._publish,
            fetch=self._history.post,
            parents_seconds=self._pace.parents,
        )
        self._pts.reach(cursor.pts)
        return 0.0

    async def _top(self) -> Cursor:
        """Where the channel ends now; where its history is refused, by its differences, whose posts are left unread."""
        try:
            page = await self._history.latest()
        except Refused as error:
            logger.warning("{} does not tell its history: {}", self._title, error)
            pts, top = await self._end_of_differences()
        else:
            pts, top = page.pts, max((message.id for message in page.messages), default=0)
        return Cursor(channel=self.channel.id, pts=pts, message_id=top)

    async def _end_of_differences(self) -> tuple[int, int]:
        """The pts and the highest message id."""
        pts, top = 1, 0
        while True:
            answer = await self._line.ask(self._question(pts), timeout=self._pace.difference)
            if isinstance(answer, types.updates.ChannelDifferenceTooLong):
                return answer.dialog.pts, answer.dialog.top_message
            if isinstance(answer, types.updates.ChannelDifference):
                top = max([top, *(message.id for message in answer.new_messages)])
            if answer.final or isinstance(answer, types.updates.ChannelDifferenceEmpty):
                return answer.pts, top
            if answer.pts <= pts:
                raise ServerTrouble(f"a difference that does not end, at pts {pts}")
            pts = answer.pts

    async def _catch_up(self, inbox: Inbox) -> float:
        """The difference from our pts to its end; then the held pushes that follow on. Returns the next pause."""
        while True:
            await inbox.room()
            asked = self._pts.pts or 1
            answer = await self._line.ask(self._question(asked), timeout=self._pace.difference)
            if isinstance(answer, types.updates.ChannelDifferenceTooLong):
                if answer.dialog.pts <= asked:
                    raise ServerTrouble(f"a difference from pts {asked} is too long for Telegram")
                await self._read_history(inbox, answer.dialog.pts)
                continue
            if isinstance(answer, types.updates.ChannelDifference):
                now = self._clock.monotonic()
                self._put_all(
                    inbox,
                    items_of_difference(
                        answer,
                        self.channel.id,
                        self._via,
                        now=self._clock.now(),
                        seen_monotonic=now,
                    ),
                )
            self._complete(inbox, answer.pts)
            if answer.final or isinstance(answer, types.updates.ChannelDifferenceEmpty):
                break
            if answer.pts <= asked:
                raise ServerTrouble(f"a difference that does not end, at pts {asked}")
        self._take_following(inbox)
        if not self._pts.has_gap:
            self._wake.clear()
        self._via = Via.POLL
        self._sightings.poll(self._clock.monotonic())
        self.is_following.set()
        pause = self._pace.poll(self._fast_poll, answer.timeout, chance=self._chance.random())
        return self._patience.eased(pause)

    def _question(self, pts: int) -> Any:
        return functions.updates.GetChannelDifferenceRequest(
            channel=self.channel.input,
            filter=types.ChannelMessagesFilterEmpty(),
            pts=pts,
            limit=SLICE,
        )

    def _complete(self, inbox: Inbox, pts: int) -> None:
        if pts > (self._pts.pts or 0):
            inbox.put(Item(what=None, pts=pts))
            self._pts.reach(pts)

    async def _read_history(self, inbox: Inbox, pts: int) -> None:
        """Too much was missed for a difference: posts from history, then what became of those that we knew."""
        logger.info("{} is read from its history, from message {}", self._title, inbox.top)
        known = self._worth_reading_again(inbox.top)
        async for items in self._history.after(lambda: inbox.top):
            await inbox.room()
            self._put_all(inbox, items)
        async for items in self._history.again(known):
            await inbox.room()
            self._put_all(inbox, items)
        self._complete(inbox, pts)

    async def _start_over(self, inbox: Inbox) -> float:
        """The server knows nothing of our pts: by history, as after a difference that is too long."""
        logger.warning("Telegram does not know the pts {} that {} had", self._pts.pts, self._title)
        page = await self._history.latest()
        await self._read_history(inbox, page.pts)
        self._pts.start_over(page.pts)
        return 0.0

    def _worth_reading_again(self, top: int) -> list[int]:
        """The newest posts, which may have been edited meanwhile, and all that are traded."""
        return sorted({*range(max(1, top - RECENT + 1), top + 1), *self._traded()})

    def _traded(self) -> list[int]:
        trades = (one.trade for one in self._journal.open_trades())
        mine = (trade.signal for trade in trades if trade.channel == self.channel.id)
        return sorted(int(signal.rpartition("/")[2]) for signal in mine)

    def _put_all(self, inbox: Inbox, items: Iterable[Item]) -> None:
        for item in items:
            self._put(inbox, item)

    # What goes wrong.

    async def _tried(self, step: Callable[[], Awaitable[float]]) -> float:
        """The pause after *step*; when it failed, how long to wait before it is tried again."""
        try:
            pause = await step()
        except (Unreachable, NotAuthorised, Throttled, ChannelLost, Refused, JournalError) as error:
            pause = self._patience.after(error)
            self._release()
            if isinstance(error, NotAuthorised):
                self._line.doubt()
            if not isinstance(error, Unreachable) or isinstance(error, ServerTrouble):
                self.is_following.set()  # as far as it goes: others need not wait for this one
            await self._line.is_up.wait()
        else:
            self._patience.well()
        return pause

    # Waiting.

    def _pushes_were_missed(self) -> None:
        """The line was down or deaf."""
        self._via = Via.BACKFILL
        self._patience.line_is_back()
        self._wake.set()

    async def _rest(self, seconds: float) -> None:
        """Until it is time to ask again, or something wants it sooner and it is allowed."""
        begun = self._clock.monotonic()
        until = begun + seconds
        while (now := self._clock.monotonic()) < until:
            sooner = max(begun + self._pace.gap_spacing, self._patience.may_ask_at)
            if self._wake.is_set() and now >= sooner:
                break
            await self._sleep(
                min(until, sooner if self._wake.is_set() else until, self._overdue()) - now
            )
            if self._clock.monotonic() >= self._overdue():
                self._release()
        self._wake.clear()

    def _overdue(self) -> float:
        """When held pushes are offered whatever is missing before them."""
        oldest = self._pts.oldest_monotonic
        return float("inf") if oldest is None else oldest + self._pace.hold

    async def _sleep(self, seconds: float) -> None:
        """Or until woken."""
        if self._wake.is_set():
            await asyncio.sleep(max(0.0, seconds))
            return
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._wake.wait()
        except TimeoutError:
            return
