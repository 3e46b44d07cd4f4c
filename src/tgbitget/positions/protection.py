"""The stop of one trade: of all that it holds from the first partial fill on, moved as the rules say."""

from collections.abc import Sequence

from loguru import logger

from tgbitget.model.event import Warned
from tgbitget.model.money import Price, exact
from tgbitget.model.order import OrderStatus, Placed, Placement, Rejected
from tgbitget.model.plan import Leg
from tgbitget.positions import level, stop_asked, stop_form
from tgbitget.positions.changes import Close, MoveStop
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.leaving import ALARM_SECONDS, UNPROTECTED, Leaving
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.orders import stop_leg
from tgbitget.positions.rules import in_force, tighter
from tgbitget.positions.sender import Sender
from tgbitget.positions.stop_asked import StopAsked
from tgbitget.positions.stop_form import WantedStop
from tgbitget.positions.stop_telling import StopTelling
from tgbitget.positions.stops_seen import is_beyond_liquidation
from tgbitget.positions.watchdog import Watchdog
from tgbitget.positions.wishes import Wishes
from tgbitget.profile import Profile
from tgbitget.venues.ccxt_errors import NOTHING_TO_GUARD

# The stop that an entry carries went with it in one accepted request: where nobody answers whether it stands, it is
# trusted for as long as a missing stop may go unseen anyway, counted from the first refusal of ours.
UNSEEN_SECONDS = 5.0
# Fills of a close are known by then; later the venue and we differ, and the owner is told.
GONE_SECONDS = 15.0


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
        watchdog: Watchdog,
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._wishes = wishes
        self._profile = profile
        self._inquiry = inquiry
        self._sender = sender
        self._leaving = leaving
        self._watchdog = watchdog
        self._telling = StopTelling(desk, ledger)
        self._asked = StopAsked(
            desk, ledger, wishes, sender=sender, telling=self._telling, may_loosen=True
        )
        self._form = stop_form.form_of(ledger.plan)
        self._refusals = 0
        self._kept_until = 0.0
        self._said_until = 0.0
        self._gone_since: float | None = None
        self._uncovered_since: float | None = None

    def move_to(self, change: MoveStop) -> None:
        self._asked.move_to(change)

    async def protect(self) -> None:
        """Where another stop is wanted, it is placed before the one that stands is taken away."""
        ledger = self._ledger
        if not ledger.has_position:
            self._uncovered_since = None
            self._telling.stands(None)
            self._carry()
            return
        wanted, standing = self._wanted(), ledger.stops()
        if self._is_void(wanted.price):
            await self._end_unprotected("the stop would lie beyond the liquidation")
            return
        fitting = next((leg for leg in standing if wanted.fits(leg)), None)
        if fitting is not None:
            self._note_covered()
            self._telling.stands(fitting)
            await self._take_away([leg for leg in standing if leg is not fitting])
            return
        is_early = self._asked.was_refused(wanted, within=self._pause(standing))
        if is_early and not self._leaving.is_about_to_close:
            return
        if self._wishes.closing is not None and self._asked.is_passed(wanted.price):
            return  # the market is beyond it: it would be refused, and the close is what helps
        if self._uncovered_since is None and not self._is_covered(standing):
            self._uncovered_since = self._desk.clock.monotonic()
        placement = await self._place(wanted)
        if isinstance(placement, Placed):
            self._note_placed(wanted)
            self._telling.placed(beside=standing)
            await self._take_away(standing)
            return
        self._note_refused(wanted)
        if self._is_covered(standing):
            if self._is_gone(placement):
                await self._inquiry.fetch_fills()
            else:
                self._say_covered(wanted.price, _reason(placement))
        elif wanted.price != ledger.stop:
            await self.protect()  # where it was before: that is better than none
        else:
            await self._end_unprotected(_reason(placement))

    def _carry(self) -> None:
        """Nothing is open yet: what is asked for is what the entries have to carry."""
        ledger, asked = self._ledger, self._wishes.stop
        if ledger.is_flat_again:
            return  # it ended with the stop that stood
        if asked is not None and asked != ledger.stop:
            ledger.stop = tighter(ledger.plan.side, asked, ledger.stop)

    async def _place(self, wanted: WantedStop) -> Placement:
        leg = self._sender.again(
            lambda number: stop_leg(
                self._ledger.plan,
                user_id=self._desk.user_id,
                price=wanted.price,
                amount=wanted.amount,
                replacement=number,
            ),
            "stop",
        )
        return await self._sender.urge(leg)

    def _note_placed(self, wanted: WantedStop) -> None:
        ledger = self._ledger
        if wanted.price != ledger.stop:
            ledger.causes.append(f"stop moved to {exact(wanted.price)}")
        ledger.stop = wanted.price
        self._refusals = 0
        self._gone_since = None
        self._note_covered()

    def _note_covered(self) -> None:
        self._uncovered_since = None
        self._leaving.stay()

    def _is_gone(self, placement: Placement) -> bool:
        """Closed already, by the stop that stands or by a target: what is missing here are its fills."""
        if not isinstance(placement, Rejected) or placement.code != NOTHING_TO_GUARD:
            return False
        now = self._desk.clock.monotonic()
        self._gone_since = now if self._gone_since is None else self._gone_since
        return now < self._gone_since + GONE_SECONDS

    def _note_refused(self, wanted: WantedStop) -> None:
        self._asked.note_refused(wanted)
        self._refusals += 1

    def _is_covered(self, stops: Sequence[Leg]) -> bool:
        return stop_form.is_covered(
            self._ledger,
            [
                stop
                for stop in stops
                if stop.trigger_price and not self._is_void(stop.trigger_price)
            ],
        )

    def _is_void(self, price: Price) -> bool:
        return is_beyond_liquidation(self._ledger.plan.side, price, self._wishes.liquidation)

    def _pause(self, standing: Sequence[Leg]) -> float:
        """Where nothing covers the position it is tried again soon, and then less and less often."""
        if self._is_covered(standing):
            return stop_asked.MOVE_AGAIN_SECONDS
        return min(
            stop_asked.MOVE_AGAIN_SECONDS,
            stop_asked.PLACE_AGAIN_SECONDS * 2.0 ** max(0, self._refusals - 1),
        )

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
                self._kept_until = self._desk.clock.monotonic() + stop_asked.MOVE_AGAIN_SECONDS

    def _wanted(self) -> WantedStop:
        price = level.wanted(
            self._ledger,
            asked=self._wishes.stop,
            liquidation=self._wishes.liquidation,
            exits=in_force(self._profile.exits, trails_by_clock=self._wishes.trails_by_clock),
        )
        return self._asked.now(price, self._form.amount(self._ledger))

    async def _end_unprotected(self, reason: str) -> None:
        """Nobody stays in a position without a stop."""
        if self._wishes.closing is not None:
            return  # it is on its way out
        if not await self._leaving.left_to_close(is_doubted=True):
            return  # it closed while we asked for a stop
        is_covered = await self._watchdog.is_covered()
        if is_covered:
            self._uncovered_since = None
            self._say_covered(self._ledger.stop, reason)
            return
        if is_covered is None and self._may_be_trusted():
            logger.warning(
                "The stop was refused ({}), and none can be seen; it is tried again", reason
            )
            return
        logger.error("There is no stop ({}); the position is closed at market", reason)
        self._wishes.is_unseen = is_covered is None
        self._ledger.causes.append(f"closed for want of a stop: {reason}")
        self._leaving.close_all(Close(key=UNPROTECTED, cause=f"stop refused: {reason}"))
        await self._leaving.leave()

    def _may_be_trusted(self) -> bool:
        """What the entry brought, where nobody says whether it stands."""
        since, now = self._uncovered_since, self._desk.clock.monotonic()
        is_soon = since is not None and now < since + UNSEEN_SECONDS
        return is_soon and not self._is_void(self._ledger.stop)

    def _say_covered(self, price: Price, reason: str) -> None:
        """At most once a minute: the owner has to be able to read it."""
        now = self._desk.clock.monotonic()
        logger.error("The stop at {} was refused: {}", price, reason)
        if now < self._said_until:
            return
        self._said_until = now + ALARM_SECONDS
        symbol = self._ledger.plan.market.symbol
        text = (
            f"{symbol}: the stop at {exact(price)} could not be placed ({reason}). "
            "Another stop still covers the position; we keep trying."
        )
        self._desk.publish(Warned(text=text, signal=self._ledger.plan.signal, is_urgent=True))


def _reason(placement: Placement) -> str:
    return "no answer" if isinstance(placement, Placed) else placement.reason
