"""Entries of ours that rest and that nobody would lead: whether they are ours to cancel, and their cancelling.

A post that this HOME missed and then caught up on tells by its number which entries are its own, also where it was deleted
or says something else by now. What no such number explains may be another HOME's on the same account, and is left.
"""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from loguru import logger

from tgbitget.errors import VenueError
from tgbitget.execution.executor import CancelEnd
from tgbitget.journal.journal import OpenTrade
from tgbitget.model.ids import ChannelId, ClientOrderId, SignalId, signal_id
from tgbitget.model.intent import Side
from tgbitget.model.order import VenueOrder
from tgbitget.model.plan import Decision, Leg, OrderSide, OrderType, Role
from tgbitget.model.post import Cursor
from tgbitget.model.trade import Trade
from tgbitget.positions.desk import Desk
from tgbitget.positions.left_behind import LeftBehind

CANCELLED_WITHIN_SECONDS = 30.0
NUMBERS_MAX = 2000  # the newest posts of a channel; a number costs half a millisecond to compare
BEYOND_LAST = 100  # the last posts of a channel may have been deleted, and no cursor counts those
AT_ONCE = 10  # so many numbers are compared before others have their turn


class Pages(Protocol):
    """The part of the journal that is read here."""

    def cursor(self, channel: ChannelId) -> Cursor | None: ...

    def recent_decisions(self, since: datetime) -> tuple[Decision, ...]: ...

    def open_trades(self) -> tuple[OpenTrade, ...]: ...

    def ended_trades(self, since: datetime) -> tuple[tuple[datetime, Trade], ...]: ...


class Absence:
    """The posts that were made between the end of what the journal knows and now, as numbers, in channels that it trades."""

    def __init__(self, journal: Pages, *, since: datetime) -> None:
        self._journal = journal
        self._before = dict(_cursors(journal, since))

    def signals(self) -> Iterator[SignalId]:
        """Of each channel that could be read, the newest first."""
        for channel, before in self._before.items():
            now = self._journal.cursor(channel)
            if now is None or now.pts <= before.pts:
                continue
            newest = now.message_id + BEYOND_LAST
            for number in range(newest, max(before.message_id, newest - NUMBERS_MAX), -1):
                yield signal_id(channel, number)


def _cursors(journal: Pages, since: datetime) -> Iterator[tuple[ChannelId, Cursor]]:
    channels = {
        *(decision.post.channel for decision in journal.recent_decisions(since)),
        *(kept.trade.channel for kept in journal.open_trades()),
        *(trade.channel for _, trade in journal.ended_trades(since)),
    }
    for channel in sorted(channels):
        cursor = journal.cursor(channel)
        if cursor is not None:
            yield channel, cursor


class Withdrawing:
    def __init__(self, desk: Desk, left: LeftBehind, absence: Absence) -> None:
        self._desk = desk
        self._left = left
        self._absence = absence

    async def withdraw(
        self, resting: Iterable[VenueOrder]
    ) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """The symbols where entries are cancelled, where they could not be, and where they are left as they are."""
        ours = await self._of_our_posts()
        gone: set[str] = set()
        stuck: set[str] = set()
        left: set[str] = set()
        for order in resting:
            if order.client_oid not in ours:
                left.add(order.symbol)
            else:
                is_gone = await self._cancel(order)
                (gone if is_gone else stuck).add(order.symbol)
        return frozenset(gone), frozenset(stuck), frozenset(left)

    async def _of_our_posts(self) -> frozenset[ClientOrderId]:
        """Entries of posts that were not adopted; of a trade that is left as it is, none."""
        found: set[ClientOrderId] = set()
        for number, signal in enumerate(self._absence.signals(), 1):
            left = self._left.of(signal)
            if left is not None and left.why_not is None:
                found |= {one.oid for one in left.entries}
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return frozenset(found)

    async def _cancel(self, order: VenueOrder) -> bool:
        leg = _nameless(order)
        if leg is None:
            return False
        try:
            end = await self._desk.executor.cancel(leg, within_seconds=CANCELLED_WITHIN_SECONDS)
        except VenueError as e:
            logger.warning("{} is not known to be cancelled: {}", leg.client_oid, e)
            return False
        return end is not CancelEnd.NOT_YET


def _nameless(order: VenueOrder) -> Leg | None:
    """Enough to cancel it by."""
    if order.client_oid is None:
        return None
    kind = OrderType.LIMIT if order.price is not None else OrderType.MARKET
    return Leg(
        signal=SignalId("unknown"),
        name="entry",
        client_oid=order.client_oid,
        role=Role.ENTRY,
        symbol=order.symbol,
        side=order.side,
        position_side=Side.LONG if order.side is OrderSide.BUY else Side.SHORT,
        type=kind if order.trigger_price is None else OrderType.TRIGGER,
        amount=order.amount,
        price=order.price,
        trigger_price=order.trigger_price,
    )
