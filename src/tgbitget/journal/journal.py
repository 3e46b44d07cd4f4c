"""What the journal promises: everything that happened, in order, durable when a method returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from tgbitget.model.command import Command
from tgbitget.model.ids import ChannelId, ClientOrderId, SignalId
from tgbitget.model.intent import Side
from tgbitget.model.order import Fill, Placement
from tgbitget.model.plan import Decision, Leg, OrderPlan
from tgbitget.model.post import Cursor, Deletion, Post, Via
from tgbitget.model.trade import Trade


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTrade:
    """What recovery needs of a trade: its latest plan, every leg recorded, how each send ended at last, every fill.

    `reached_targets` are those whose orders filled to the end; `planned` the entries of all its plans, by client id.
    """

    trade: Trade
    plan: OrderPlan
    profile: str
    legs: tuple[Leg, ...]
    placements: tuple[Placement, ...]
    fills: tuple[Fill, ...]
    reached_targets: tuple[int, ...] = ()
    planned: frozenset[ClientOrderId] = frozenset()


End = Callable[[bool | None], None]
"""How the write of a decision ended: true, it is there now; false, that revision had its outcome; None, it failed."""


def nothing(_: bool | None) -> None:
    """For whom waiting is enough."""


class Sightings(Protocol):
    """Where a path that came second with a post may say so, for `stats`; nothing depends on it."""

    async def record_sighting(
        self, channel: ChannelId, message_id: int, via: Via, *, behind_us: int
    ) -> None:
        """*via* brought a post so many microseconds after it was first seen."""
        ...


class Decisions(Protocol):
    """What was decided of each post: all that the way of a post asks for. Reads see every write that has returned."""

    @property
    def fault(self) -> str | None:
        """Why nothing can be written until `open` is called again (it closes and checks everything first).

        None: it can go on, the next write may succeed though the last one failed (full disk, lock).
        """
        ...

    async def decide(
        self,
        decision: Decision,
        *,
        cursor: Cursor | None = None,
        trade: Trade | None = None,
        end: End = nothing,
    ) -> None:
        """Post revision, reading, outcome, plan, legs and cursor, in one commit; the cursor never goes back.

        *trade* is the pending trade that the plan opens: from this commit on, recovery finds it. Without it the
        decision stands alone (nothing is to be sent). A revision that has its outcome keeps it. *end* is called
        once, before this returns or raises; where whoever waits is cancelled, as soon as the write has ended.
        """
        ...

    async def delete(
        self, deletion: Deletion, *, change: str, cursor: Cursor | None = None
    ) -> None: ...

    async def move_cursor(self, cursor: Cursor) -> None:
        """Exactly there, backwards too."""
        ...

    def cursor(self, channel: ChannelId) -> Cursor | None: ...

    def latest_revision(self, channel: ChannelId, message_id: int) -> int | None:
        """The highest that has an outcome, or None."""
        ...

    def latest_post(self, channel: ChannelId, message_id: int) -> Post | None:
        """The post in its highest recorded revision, or None when it has no outcome yet."""
        ...

    def recent_decisions(self, since: datetime) -> tuple[Decision, ...]:
        """Planned ones, for duplicates."""
        ...

    def revisions(self, signal: SignalId) -> tuple[Decision, ...]:
        """The decision of each revision of one post, oldest first."""
        ...


class Journal(Sightings, Decisions, Protocol):
    """The one writer. A write raises JournalError when nothing was written; then nothing may be sent.

    Each write is there whole or not at all, whatever becomes of those that were committed with it. They are made in the
    order in which they were asked for, and finished even when whoever asked is cancelled. Recording the same thing twice (fill, decision of a revision) changes nothing.
    """

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def tidy(self) -> None:
        """Work that commits leave behind, to be done when none is waited for. JournalError."""
        ...

    # posts

    def is_deleted(self, channel: ChannelId, message_id: int) -> bool: ...

    # trades

    async def add_legs(self, signal: SignalId, legs: Sequence[Leg]) -> None:
        """Stops, targets and closes, before they are sent. Contradiction: an id is there with other values."""
        ...

    async def record_placement(self, signal: SignalId, placement: Placement) -> None:
        """How the send of a recorded leg ended; each change is kept."""
        ...

    async def record_fill(self, signal: SignalId, fill: Fill) -> bool:
        """False when this trade id was there already."""
        ...

    async def record_trade(self, trade: Trade, *, cause: str) -> None:
        """As it stands now; each change is kept with its cause. Contradiction: its signal has no recorded plan."""
        ...

    def open_trades(self) -> tuple[OpenTrade, ...]: ...

    def ended_trades(
        self, since: datetime, *, account: str | None = None
    ) -> tuple[tuple[datetime, Trade], ...]:
        """Those that ended at *since* or later, with when they did; of one account, or of all."""
        ...

    def ended_in_full(
        self, since: datetime, *, account: str
    ) -> tuple[tuple[datetime, OpenTrade], ...]:
        """As `ended_trades`, with all that recovery needs of one."""
        ...

    def realised_before(self, signal: SignalId, moment: datetime) -> Decimal:
        """What a trade had realised then, as it was last recorded."""
        ...

    def fills_of_ended(self, symbol: str, since: datetime) -> tuple[tuple[Side, Fill], ...]:
        """Fills of trades that are over, with the side of their trade."""
        ...

    def follow_ups(self, signal: SignalId) -> tuple[Decision, ...]:
        """Decisions that change the trade of *signal*, oldest first."""
        ...

    # the rest

    async def record_notice(self, signal: SignalId, message_id: int, text: str) -> None: ...

    def notice(self, signal: SignalId) -> tuple[int, str] | None: ...

    def signal_of_notice(self, message_id: int) -> SignalId | None:
        """Whose notice a message in Saved Messages is."""
        ...

    async def record_command(self, command: Command) -> None: ...

    def commands(self, signal: SignalId) -> tuple[Command, ...]:
        """What the owner asked of the trade of *signal*, oldest first."""
        ...

    def is_answered(self, post: SignalId) -> bool:
        """Whether the owner has said which trades this post meant, none of them included."""
        ...

    async def set_flag(self, name: str, value: str) -> None:
        """A word that is to outlive a restart."""
        ...

    def flag(self, name: str) -> str | None: ...

    async def set_paused(self, is_paused: bool) -> None:
        """A pause holds from this call on, even when it cannot be written; its end only once it is.

        Of several at a time the one asked last counts.
        """
        ...

    def is_paused(self) -> bool: ...

    def resumed_at(self) -> datetime | None:
        """When entries were last allowed again; None while they are paused, or when they never were."""
        ...
