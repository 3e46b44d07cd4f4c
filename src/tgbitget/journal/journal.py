"""What the journal promises: everything that happened, in order, durable when a method returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tgbitget.model.ids import ChannelId, ClientOrderId, SignalId
from tgbitget.model.order import Fill, Placement
from tgbitget.model.plan import Decision, Leg, OrderPlan
from tgbitget.model.post import Cursor, Deletion, Post
from tgbitget.model.trade import Trade


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTrade:
    """What recovery needs of a trade that is not final: its plan, every leg sent, how each ended, every fill."""

    trade: Trade
    plan: OrderPlan
    profile: str
    legs: tuple[Leg, ...]
    placements: tuple[Placement, ...]
    fills: tuple[Fill, ...]
    reached_targets: tuple[int, ...] = ()


class Journal(Protocol):
    """The one writer. Every method raises JournalError when nothing was written; then nothing may be sent.

    Writes are single transactions. Recording the same thing twice (fill, decision of a revision) changes nothing.
    """

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    # posts

    async def decide(self, decision: Decision, *, cursor: Cursor | None = None) -> None:
        """Post revision, reading, outcome, plan, legs and cursor, in one commit."""
        ...

    async def delete(
        self, deletion: Deletion, *, change: str, cursor: Cursor | None = None
    ) -> None: ...

    async def move_cursor(self, cursor: Cursor) -> None: ...

    def cursor(self, channel: ChannelId) -> Cursor | None: ...

    def latest_post(self, channel: ChannelId, message_id: int) -> Post | None:
        """The post in its highest recorded revision, or None when it has no outcome yet."""
        ...

    def is_deleted(self, channel: ChannelId, message_id: int) -> bool: ...

    def recent_decisions(self, since: datetime) -> tuple[Decision, ...]:
        """Planned ones, for duplicates."""
        ...

    # trades

    async def add_legs(self, signal: SignalId, legs: Sequence[Leg]) -> None:
        """Stops, targets and closes, before they are sent."""
        ...

    async def record_placement(self, signal: SignalId, placement: Placement) -> None: ...

    async def record_fill(self, signal: SignalId, fill: Fill) -> bool:
        """False when this trade id was there already."""
        ...

    async def record_trade(self, trade: Trade, *, cause: str) -> None: ...

    def open_trades(self) -> tuple[OpenTrade, ...]: ...

    def trade_of(self, signal: SignalId) -> OpenTrade | None: ...

    def replacements(self, signal: SignalId, name: str) -> int:
        """How many legs of this name the signal has had: the next one's `replacement`."""
        ...

    def leg(self, client_oid: ClientOrderId) -> Leg | None: ...

    # the rest

    async def record_notice(self, signal: SignalId, message_id: int, text: str) -> None: ...

    def notice(self, signal: SignalId) -> tuple[int, str] | None: ...

    async def set_paused(self, is_paused: bool) -> None: ...

    def is_paused(self) -> bool: ...
