"""The stop of a spot trade: one plan order that sells what the trade holds, changed in place when that or its price changes.

Two plans side by side could sell the same coins twice, the second time the owner's own; none at all leaves them bare.
So there is one, and it is changed, never doubled.
"""

from collections.abc import Sequence
from dataclasses import replace

from loguru import logger

from tgbitget.model.money import Price, Quantity, exact
from tgbitget.model.order import OrderStatus, Placed, Placement
from tgbitget.model.plan import Leg, Role
from tgbitget.positions import level, stop_asked
from tgbitget.positions.changes import Close, MoveStop
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.leaving import UNPROTECTED, Leaving
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.orders import stop_leg
from tgbitget.positions.rules import in_force
from tgbitget.positions.sender import TRIED_SECONDS, Sender
from tgbitget.positions.spot_sender import uncommitted
from tgbitget.positions.stop_asked import StopAsked
from tgbitget.positions.stop_form import WantedStop, is_covered
from tgbitget.positions.stop_telling import StopTelling
from tgbitget.positions.wishes import Wishes
from tgbitget.profile import Profile


class SpotStop:
    """A first stop that is refused ends the trade at market."""

    def __init__(
        self,
        desk: Desk,
        ledger: Ledger,
        wishes: Wishes,
        profile: Profile,
        *,
        inquiry: Inquiry,
        sender: Sender,
        leaving: Leaving,
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._wishes = wishes
        self._profile = profile
        self._inquiry = inquiry
        self._sender = sender
        self._leaving = leaving
        self._telling = StopTelling(desk, ledger)
        self._asked = StopAsked(
            desk, ledger, wishes, sender=sender, telling=self._telling, may_loosen=False
        )

    def move_to(self, change: MoveStop) -> None:
        self._asked.move_to(change)

    async def keep(self) -> None:
        """Of all that can be sold, at the price that the rules want. Asked only while the market is above the stop."""
        for leg in self._ledger.unsettled(Role.STOP):
            # Sent again under the same client id, which the venue takes once as long as that stop waits. So it is asked
            # first: one that has fired meanwhile would be taken a second time.
            if not await self._inquiry.finds(leg):
                await self._sender.urge(leg)
        if self._ledger.unsettled(Role.STOP):
            return
        wanted, standing = self._wanted(), self._ledger.stops()
        if wanted.amount is None:
            await self._take_away(standing)
            await self._leave_too_little()
            return
        fitting = next((stop for stop in standing if wanted.fits(stop)), None)
        if fitting is not None:
            self._telling.stands(fitting)
            await self._take_away([stop for stop in standing if stop is not fitting])
        elif self._asked.was_refused(wanted, within=self._pause(standing)):
            return
        elif standing:
            await self._change(standing, wanted)
        else:
            await self._place(wanted)

    async def _place(self, wanted: WantedStop) -> None:
        leg = stop_leg(
            self._ledger.plan,
            user_id=self._desk.user_id,
            price=wanted.price,
            amount=wanted.amount,
            replacement=self._sender.replacement("stop"),
        )
        placement = await self._sender.urge(leg)
        if isinstance(placement, Placed):
            self._moved_to(wanted.price)
            self._telling.placed(beside=())
            return
        self._asked.note_refused(wanted)
        if wanted.price == self._ledger.stop:
            await self._end_unprotected(placement)

    async def _change(self, standing: Sequence[Leg], wanted: WantedStop) -> None:
        stop, *others = standing
        amended = replace(stop, trigger_price=wanted.price, amount=wanted.amount)
        status = await self._desk.executor.amend_plan(amended, within_seconds=TRIED_SECONDS)
        if status is OrderStatus.LIVE:
            self._inquiry.note_sent(stop)
            self._ledger.note_stop(stop, wanted.price, wanted.amount)
            self._moved_to(wanted.price)
            await self._take_away(others)
            return
        await self._inquiry.ask(stop)
        if stop.client_oid not in {leg.client_oid for leg in self._ledger.stops()}:
            return  # it fired, or was cancelled; what is to be done follows from that
        if status is None and is_covered(self._ledger, standing):
            self._asked.note_refused(wanted)
        elif status is None:
            logger.warning("The stop could not be made larger; it is cancelled and placed anew")
            if await self._sender.cancel(stop):
                await self._place(wanted)

    async def _take_away(self, stops: Sequence[Leg]) -> None:
        """Those beside the one that is as it should be."""
        for stop in stops:
            await self._sender.cancel(stop)

    def _moved_to(self, price: Price) -> None:
        if price != self._ledger.stop:
            self._ledger.causes.append(f"stop moved to {exact(price)}")
        self._ledger.stop = price

    def _wanted(self) -> WantedStop:
        price = level.wanted(
            self._ledger,
            asked=self._wishes.stop,
            liquidation=None,
            # Spot has no orders that trail: the stop follows the best price as we see it.
            exits=in_force(self._profile.exits, trails_by_clock=True),
        )
        return self._asked.now(price, self._amount())

    def _amount(self) -> Quantity | None:
        """None: all of it is being sold, or what is not is too little for any order."""
        ledger = self._ledger
        left = uncommitted(ledger)
        return left if left and ledger.plan.market.is_tradable(left, ledger.stop) else None

    async def _leave_too_little(self) -> None:
        """What no stop can sell, though an order at today's price can; while entries rest, more may come."""
        ledger = self._ledger
        if uncommitted(ledger) and not ledger.entries_rest and self._wishes.closing is None:
            cause = f"{exact(ledger.amount)} {ledger.plan.market.base} are too few for a stop"
            self._leaving.close_all(Close(key=UNPROTECTED, cause=cause))
            await self._leaving.leave()

    def _pause(self, standing: Sequence[Leg]) -> float:
        covered = is_covered(self._ledger, standing)
        return stop_asked.MOVE_AGAIN_SECONDS if covered else stop_asked.PLACE_AGAIN_SECONDS

    async def _end_unprotected(self, placement: Placement) -> None:
        """The stop was refused: nobody holds coins of a signal without one."""
        await self._inquiry.fetch_fills()
        if not self._ledger.has_position or self._wishes.closing is not None:
            return
        reason = getattr(placement, "reason", "no answer")
        logger.error("The stop was refused ({}); the coins are sold at market", reason)
        self._leaving.close_all(Close(key=UNPROTECTED, cause=f"stop refused: {reason}"))
        await self._leaving.leave()
