"""The stop of one trade: for the whole position from the first partial fill on, moved as the rules say."""

from loguru import logger

from tgbitget.model.intent import AtTarget
from tgbitget.model.money import Price, exact
from tgbitget.model.order import OrderStatus, Placed, Placement
from tgbitget.positions.changes import Close, MoveStop
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.leaving import Leaving
from tgbitget.positions.ledger import Ledger, is_losing
from tgbitget.positions.orders import stop_leg
from tgbitget.positions.rules import breakeven, stop_now, tighter
from tgbitget.positions.sender import Sender
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
        self._refused: tuple[Price | None, float] = (None, 0.0)  # where, and when

    async def protect(self) -> None:
        ledger = self._ledger
        if not ledger.has_position:
            return
        wanted = self._wanted()
        standing = ledger.leg_named("stop")
        if not self._may_move_to(wanted):
            wanted = ledger.stop
        if standing is not None and standing.trigger_price == wanted:
            return
        if standing is None and self._was_refused(wanted, within=PLACE_AGAIN_SECONDS):
            return
        leg = stop_leg(
            ledger.plan,
            user_id=self._desk.user_id,
            price=wanted,
            replacement=self._sender.replacement("stop"),
        )
        placement = await self._sender.urge(leg)
        if isinstance(placement, Placed):
            if standing is not None:  # replaced in place, at the venue
                ledger.end(standing.client_oid, OrderStatus.CANCELLED)
                ledger.causes.append(f"stop moved to {exact(wanted)}")
            ledger.stop = wanted
            return
        self._refused = (wanted, self._desk.clock.monotonic())
        if standing is None and wanted == ledger.stop:
            await self._end_unprotected(placement)

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

    def _wanted(self) -> Price:
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
            exits=self._profile.exits,
        )

    def _may_move_to(self, wanted: Price) -> bool:
        """Not while the market has passed it, nor soon after the venue refused it there."""
        quote = self._sender.quote()
        is_passed = quote is not None and is_losing(self._ledger.plan.side, quote.price, wanted)
        return not is_passed and not self._was_refused(wanted, within=MOVE_AGAIN_SECONDS)

    def _was_refused(self, wanted: Price, *, within: float) -> bool:
        price, at = self._refused
        return price == wanted and self._desk.clock.monotonic() < at + within

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
