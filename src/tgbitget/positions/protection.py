"""The stop of one trade: of all that it holds from the first partial fill on, moved as the rules say."""

from collections.abc import Sequence

from loguru import logger

from tgbitget.model.intent import AtTarget
from tgbitget.model.money import Price, exact
from tgbitget.model.order import OrderStatus, Placed, Placement
from tgbitget.model.plan import Leg
from tgbitget.positions import stop_form
from tgbitget.positions.changes import Close, MoveStop
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.leaving import Leaving
from tgbitget.positions.ledger import Ledger, is_losing
from tgbitget.positions.orders import stop_leg
from tgbitget.positions.rules import breakeven, in_force, stop_now, tighter
from tgbitget.positions.sender import Sender
from tgbitget.positions.stop_form import WantedStop
from tgbitget.positions.wishes import Wishes
from tgbitget.profile import Profile

MOVE_AGAIN_SECONDS = 5.0
PLACE_AGAIN_SECONDS = 0.5


class Protection:
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
        self._form = stop_form.form_of(ledger.plan)
        self._refused: tuple[WantedStop | None, float] = (None, 0.0)  # what, and when
        self._kept_until = 0.0

    async def protect(self) -> None:
        """Where another stop is wanted, it is placed before the one that stands is taken away."""
        ledger = self._ledger
        if not ledger.has_position:
            return
        wanted = self._wanted()
        standing = ledger.stops()
        fitting = next((leg for leg in standing if wanted.fits(leg)), None)
        if fitting is not None:
            await self._take_away([leg for leg in standing if leg is not fitting])
            return
        is_covered = stop_form.is_covered(ledger, standing)
        pause = MOVE_AGAIN_SECONDS if is_covered else PLACE_AGAIN_SECONDS
        if self._was_refused(wanted, within=pause):
            return
        leg = stop_leg(
            ledger.plan,
            user_id=self._desk.user_id,
            price=wanted.price,
            amount=wanted.amount,
            replacement=self._sender.replacement("stop"),
        )
        placement = await self._sender.urge(leg)
        if isinstance(placement, Placed):
            if wanted.price != ledger.stop:
                ledger.causes.append(f"stop moved to {exact(wanted.price)}")
            ledger.stop = wanted.price
            await self._take_away(standing)
            return
        self._refused = (wanted, self._desk.clock.monotonic())
        if not is_covered and wanted.price == ledger.stop:
            await self._end_unprotected(placement)

    async def _take_away(self, stops: Sequence[Leg]) -> None:
        """Those in whose place another one stands now."""
        if self._form.replaces_in_place:
            for stop in stops:
                self._ledger.end(stop.client_oid, OrderStatus.CANCELLED)
            return
        if self._desk.clock.monotonic() < self._kept_until:
            return
        for stop in stops:
            if not await self._sender.cancel(stop):
                self._kept_until = self._desk.clock.monotonic() + MOVE_AGAIN_SECONDS

    def move_to(self, change: MoveStop) -> None:
        """Take a tighter stop as the wanted one; `protect` sends it, once the market is on its right side."""
        ledger, plan = self._ledger, self._ledger.plan
        price = self._price_of(change.to)
        if price is None:
            logger.warning("The stop was not moved to {}: there is no such level yet", change.to)
        elif tighter(plan.side, price, ledger.stop) == price:
            self._refused = (None, 0.0)
            self._wishes.stop = price
        else:
            logger.warning("The stop stays at {}: {} would be looser", ledger.stop, price)

    def _wanted(self) -> WantedStop:
        ledger, amount = self._ledger, self._form.amount(self._ledger)
        wanted = WantedStop(price=self._wanted_price(), amount=amount)
        if self._may_move_to(wanted):
            return wanted
        return WantedStop(price=ledger.stop, amount=amount)

    def _wanted_price(self) -> Price:
        ledger, plan = self._ledger, self._ledger.plan
        asked = self._wishes.stop or ledger.stop
        return stop_now(
            market=plan.market,
            side=plan.side,
            entry=ledger.entry or plan.stop,
            current=tighter(plan.side, asked, ledger.stop),
            targets=ledger.targets,
            reached=ledger.reached_place,
            best=ledger.best,
            exits=in_force(self._profile.exits, trails_by_clock=self._wishes.trails_by_clock),
        )

    def _may_move_to(self, wanted: WantedStop) -> bool:
        """Not while the market has passed it, nor soon after the venue refused it there."""
        quote = self._sender.quote()
        is_passed = quote is not None and is_losing(
            self._ledger.plan.side, quote.price, wanted.price
        )
        return not is_passed and not self._was_refused(wanted, within=MOVE_AGAIN_SECONDS)

    def _was_refused(self, wanted: WantedStop, *, within: float) -> bool:
        refused, at = self._refused
        return refused == wanted and self._desk.clock.monotonic() < at + within

    async def _end_unprotected(self, placement: Placement) -> None:
        """The stop was refused: nobody stays in a position without one."""
        await self._inquiry.fetch_fills()
        if not self._ledger.has_position:
            return  # it closed while we asked for a stop
        reason = getattr(placement, "reason", "no answer")
        logger.error("The stop was refused ({}); the position is closed at market", reason)
        self._leaving.close_all(Close(key="unprotected", cause=f"stop refused: {reason}"))
        await self._leaving.leave()

    def _price_of(self, to: Price | AtTarget) -> Price | None:
        ledger, plan = self._ledger, self._ledger.plan
        if not isinstance(to, AtTarget):
            return plan.market.stop_price(to, plan.side)
        if to.number == 0:
            return None if ledger.entry is None else breakeven(plan.market, plan.side, ledger.entry)
        if to.number > len(ledger.targets):
            return None
        return plan.market.stop_price(ledger.targets[to.number - 1].price, plan.side)
