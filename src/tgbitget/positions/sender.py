"""Sends and cancels one trade's exits, one after the other, each recorded first; what nobody knows is settled beside."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeGuard

from loguru import logger

from tgbitget.errors import VenueError
from tgbitget.execution.executor import CancelEnd, StillWanted
from tgbitget.model.order import OrderStatus, Placement, Rejected, Unknown
from tgbitget.model.plan import Leg, OrderType, Role
from tgbitget.model.trade import Quote
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.ledger import Ledger

# A stop or close that has no answer for so long counts as refused here: the trade has other ways out.
TRIED_SECONDS = 5.0
# What the trade has heard meanwhile comes first; then the cancel is tried again.
CANCELLED_WITHIN_SECONDS = 2.0

SettleBeside = Callable[[Leg, datetime], None]
"""Finds out what became of a send of that time, in a task of its own, while the trade is led on."""


class Sender:
    def __init__(
        self, desk: Desk, ledger: Ledger, inquiry: Inquiry, settle_beside: SettleBeside
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._inquiry = inquiry
        self._settle_beside = settle_beside

    async def urge(self, leg: Leg) -> Placement:
        """Again and again, for a while: twice does no harm, for a stop replaces itself, and a position closes only once."""
        await self._begin(leg)
        placement = await self._desk.executor.send(
            leg, still_wanted=self._for_a_while(), is_repeatable=True
        )
        if leg.amount is not None and _is_given_up(placement) and leg.role is Role.STOP:
            # One of the whole position replaces whatever is there; of a sized one it has to be known.
            placement = Unknown(client_oid=leg.client_oid, reason=placement.reason)
            self._settle_beside(leg, self._desk.clock.now())
        return self._ended(leg, placement)

    async def send(self, leg: Leg) -> Placement:
        """Once; an Unknown leg stands as not settled until it is, beside."""
        await self._begin(leg)
        placement, sent_at = await self._desk.executor.send_once(leg)
        if isinstance(placement, Unknown):
            self._settle_beside(leg, sent_at)
        return self._ended(leg, placement)

    async def cancel(self, leg: Leg) -> bool:
        """True when the order is known to be gone. Of one that rested, the venue also has to say what of it had filled."""
        self._ledger.by_hand.cancelling.add(leg.client_oid)
        try:
            end = await self._desk.executor.cancel(leg, within_seconds=CANCELLED_WITHIN_SECONDS)
            if end is CancelEnd.NOT_YET:
                return False
            is_told = end is CancelEnd.CANCELLED and not _may_fill_in_part(leg)
            if is_told or not await self._inquiry.look_up(leg):
                self._ledger.end(leg.client_oid, OrderStatus.CANCELLED)
        except VenueError as e:
            logger.warning("{} is not known to be cancelled: {}", leg.name, e)
        return leg not in self._ledger.standing()

    def again(self, leg_of: Callable[[int], Leg], name: str) -> Leg:
        """The next leg of this name; the last one itself where the venue refused just that: the journal needs no second."""
        refused, number = self._ledger.refused(name), self.replacement(name)
        if refused is not None and leg_of(refused.replacement) == refused:
            self._ledger.reopen(refused)
            return refused
        return leg_of(number)

    async def amend(self, leg: Leg, amended: Leg) -> Rejected | Unknown | None:
        """Another stop attached to an entry that rests. What became of one that replaces it is settled beside."""
        is_replaced = amended.client_oid != leg.client_oid
        if is_replaced:
            await self._begin(amended)
            self._ledger.by_hand.cancelling.add(leg.client_oid)
        end, sent_at = await self._desk.executor.amend_stop(leg, amended)
        if is_replaced and isinstance(end, Rejected):
            self._ledger.by_hand.cancelling.discard(leg.client_oid)
            await self._desk.record.record_placement(leg.signal, end)
            self._ended(amended, end)
        elif is_replaced:
            self._settle_beside(amended, sent_at)
        return end

    def replacement(self, name: str) -> int:
        """How many orders of this name there were."""
        return self._ledger.count(name)

    def quote(self) -> Quote | None:
        return self._desk.quote(self._ledger.plan.market.symbol)

    def newest(self) -> Quote | None:
        """As polled, or as a fill told since."""
        return self._inquiry.traded.newest(self.quote(), now=self._desk.clock.monotonic())

    async def _begin(self, leg: Leg) -> None:
        await self._desk.record.exit_leg(leg)
        self._ledger.add_legs((leg,))
        self._desk.sends.note(self._ledger.channel)

    def _ended(self, leg: Leg, placement: Placement) -> Placement:
        self._inquiry.note_sent(leg)
        self._ledger.note_placement(placement)
        return placement

    def _for_a_while(self) -> StillWanted:
        clock = self._desk.clock
        until = clock.monotonic() + TRIED_SECONDS
        reason = f"Bitget gave no answer for {TRIED_SECONDS:.0f} s"
        return lambda: reason if clock.monotonic() > until else None


def _is_given_up(placement: Placement) -> TypeGuard[Rejected]:
    """Rejected by us, not by the venue: nobody answered for too long."""
    return isinstance(placement, Rejected) and placement.code is None


def _may_fill_in_part(leg: Leg) -> bool:
    """Entries, and targets that rest."""
    return leg.role is Role.ENTRY or leg.type is OrderType.LIMIT
