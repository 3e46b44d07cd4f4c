"""What stands behind a source: a journal in memory, a `deliver` that may fail or wait, and a run of the source."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from tgbitget.clock import SystemClock
from tgbitget.errors import JournalError
from tgbitget.intake.pace import FastPoll, Pace
from tgbitget.intake.telegram import TelegramSource
from tgbitget.journal.journal import OpenTrade
from tgbitget.model.event import Event, Warned
from tgbitget.model.ids import ChannelId
from tgbitget.model.intent import Side
from tgbitget.model.money import Notional
from tgbitget.model.post import Arrival, Cursor, Deletion, Post, Via
from tgbitget.model.trade import Trade, TradeState
from tgbitget.simulators.telegram import Channel
from tgbitget.telegram.channels import resolve

NEVER = Decimal(0)
"""Only pushes, gaps and reconnects make it ask."""

PACE = Pace(
    slow_poll=60.0,
    lost_channel=0.2,
    difference=2.0,
    hold=0.3,
    gap_spacing=0.02,
    retry_first=0.02,
    retry_max=0.2,
    parents=1.0,
    watch=0.1,
    sign_of_life=0.3,
    dial=1.0,
    dial_pause_first=0.02,
    dial_pause_max=0.1,
    drain=1.0,
)
"""A simulator answers in milliseconds."""


class MemoryJournal:
    """What intake needs of a journal, and the record that `deliver` makes in one step."""

    def __init__(self) -> None:
        self.cursors: dict[ChannelId, Cursor] = {}
        self.posts: dict[tuple[ChannelId, int], list[Post]] = {}
        self.deletions: set[tuple[ChannelId, int]] = set()
        self.sightings: list[tuple[int, Via, int]] = []
        self.is_trading = False  # every post is an open trade
        self.refusals = 0  # how many writes and reads fail

    def record(self, arrival: Arrival) -> None:
        self._refuse()
        what = arrival.what
        key = key_of(what)
        if isinstance(what, Post):
            revisions = self.posts.setdefault(key, [])
            assert what.revision == len(revisions), f"{key}: revision {what.revision} twice or late"
            revisions.append(what)
        else:
            assert key not in self.deletions, f"{key} deleted twice"
            self.deletions.add(key)
        if arrival.cursor is not None:
            self.cursors[what.channel] = arrival.cursor

    async def move_cursor(self, cursor: Cursor) -> None:
        self._refuse()
        self.cursors[cursor.channel] = cursor

    async def record_sighting(
        self, channel: ChannelId, message_id: int, via: Via, *, behind_us: int
    ) -> None:
        self.sightings.append((message_id, via, behind_us))

    def cursor(self, channel: ChannelId) -> Cursor | None:
        return self.cursors.get(channel)

    def latest_post(self, channel: ChannelId, message_id: int) -> Post | None:
        revisions = self.posts.get((channel, message_id))
        return revisions[-1] if revisions else None

    def is_deleted(self, channel: ChannelId, message_id: int) -> bool:
        return (channel, message_id) in self.deletions

    def open_trades(self) -> tuple[OpenTrade, ...]:
        newest = [revisions[-1] for revisions in self.posts.values()] if self.is_trading else []
        return tuple(open_trade(post) for post in newest if not self.is_deleted(*key_of(post)))

    def _refuse(self) -> None:
        if self.refusals:
            self.refusals -= 1
            raise JournalError("disk full")


def key_of(what: Post | Deletion) -> tuple[ChannelId, int]:
    return what.channel, what.message_id


def open_trade(post: Post) -> OpenTrade:
    """Of which a source looks only at whose it is."""
    trade = Trade(
        signal=post.signal,
        channel=post.channel,
        symbol="BTC/USDT:USDT",
        side=Side.LONG,
        state=TradeState.OPEN,
        notional=Notional(Decimal(50)),
    )
    no_plan: Any = None
    return OpenTrade(trade=trade, plan=no_plan, profile="", legs=(), placements=(), fills=())


@dataclass
class World:
    """One HOME: its journal outlives the runs of the source."""

    journal: MemoryJournal = field(default_factory=MemoryJournal)
    arrivals: list[Arrival] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    before: Callable[[Arrival], Any] | None = None  # awaited before an outcome is recorded

    async def deliver(self, arrival: Arrival) -> None:
        if self.before is not None:
            await self.before(arrival)
        self.journal.record(arrival)
        self.arrivals.append(arrival)

    @property
    def posts(self) -> list[Post]:
        return [a.what for a in self.arrivals if isinstance(a.what, Post)]

    @property
    def texts(self) -> list[str]:
        return [post.text for post in self.posts]

    @property
    def deleted(self) -> list[int]:
        return [a.what.message_id for a in self.arrivals if isinstance(a.what, Deletion)]

    @property
    def warnings(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Warned)]

    @asynccontextmanager
    async def running(
        self, client: Any, *channels: Channel, fast: FastPoll = NEVER, pace: Pace = PACE
    ) -> AsyncIterator["asyncio.Task[None]"]:
        """The source follows these channels; at the end it is cancelled, as by Ctrl-C."""
        source = await self.source(client, *channels, fast=fast, pace=pace)
        task = asyncio.create_task(source.run(self.deliver))
        await either(source.following(), task)
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled() and (error := task.exception()):
                raise error

    async def source(
        self, client: Any, *channels: Channel, fast: FastPoll = NEVER, pace: Pace = PACE
    ) -> TelegramSource:
        names = [channel.marked_id for channel in channels]
        found = await resolve(client, names)
        followed = [found[name] for name in names]
        return TelegramSource(
            client,
            followed,
            journal=self.journal,
            clock=SystemClock(),
            publish=self.events.append,
            fast_poll={channel.id: fast for channel in followed},
            pace=pace,
        )


async def either(waited: Any, task: "asyncio.Task[None]") -> None:
    """Until *waited* is there or *task* has ended."""
    waiting = asyncio.ensure_future(waited)
    await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()


def quicker(**changes: float) -> Pace:
    return replace(PACE, **changes)
