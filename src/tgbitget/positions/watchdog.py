"""Compares what the trade holds with the stops that live at the venue, every few seconds and after each change of them."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from loguru import logger

from tgbitget.errors import VenueError
from tgbitget.model.event import Warned
from tgbitget.model.market import short_symbol
from tgbitget.model.money import Price, exact
from tgbitget.model.order import OrderStatus
from tgbitget.model.plan import Leg
from tgbitget.model.position import VenuePosition, VenueStop
from tgbitget.positions.changes import StopsListed
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.rules import tighter
from tgbitget.positions.stop_form import is_covered
from tgbitget.positions.stops_seen import (
    StopsSeen,
    covered_by,
    guards_whole,
    in_the_way,
    is_beyond_liquidation,
    not_ours,
    stops_seen,
    within_liquidation,
)
from tgbitget.positions.wishes import Wishes

# A list may show a stop a moment later than it was taken; one younger than this is not missed there.
LAG_SECONDS = 1.0

Beside = Callable[[Coroutine[Any, Any, None]], object]
"""Runs it in a task of its own, as long as the trade is led."""


class Watchdog:
    """What it finds it takes into the ledger and the wishes; `Protection` then places what is missing.

    A stop that somebody moved at the exchange is kept when it is tighter, and put back when it is looser or gone.
    """

    def __init__(
        self,
        desk: Desk,
        ledger: Ledger,
        wishes: Wishes,
        *,
        inquiry: Inquiry,
        tell: Callable[[StopsListed], None],
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._wishes = wishes
        self._inquiry = inquiry
        self._tell = tell
        self._looked_at: object = None  # how the trade stood when the venue was asked last
        self._is_looking = False
        self._said_within: Price | None = None
        self._said_back: Price | None = None
        self._is_cleared = False
        self._was_bare = (
            False  # a stop of ours was gone, and the look that showed it showed no other
        )

    # asking

    def look_after_change(self, beside: Beside) -> None:
        """Ask now, if the trade stands otherwise than when the venue was asked last."""
        ledger = self._ledger
        stands = (ledger.stop, ledger.filled, tuple(leg.client_oid for leg in ledger.stops()))
        if not ledger.has_position or self._is_looking or stands == self._looked_at:
            return
        self._looked_at, self._is_looking = stands, True
        beside(self._look())

    async def _look(self) -> None:
        asked_at = self._desk.clock.monotonic()
        try:
            stops = await self._desk.venue.stops(self._ledger.plan.market.symbol)
        except VenueError as e:
            logger.warning("Could not ask for stops: {}", e)
        else:
            self._tell(StopsListed(asked_at=asked_at, stops=stops))
        finally:
            self._is_looking = False

    async def is_covered(self) -> bool | None:
        """Whether stops at the venue, ours and those that our entries brought, take all that is open: asked now.

        None: there was no answer, and the last look did not show it bare.
        """
        ledger = self._ledger
        try:
            stops = await self._desk.venue.stops(ledger.plan.market.symbol)
        except VenueError as e:
            logger.warning("Could not ask for stops: {}", e)
            return False if self._was_bare else None
        self._was_bare = not self._cover(stops)
        return not self._was_bare

    def _cover(self, stops: Sequence[VenueStop]) -> bool:
        ledger = self._ledger
        seen = stops_seen(ledger, stops, is_older=lambda _: False)
        ours = {leg.client_oid for leg in ledger.stops()}
        every = [*seen.attached, *(stop for stop in stops if stop.client_oid in ours)]
        side, liquidation = ledger.plan.side, self._wishes.liquidation
        return covered_by(
            every, side=side, liquidation=liquidation
        ) >= ledger.exposure or guards_whole(ledger, stops, liquidation=liquidation)

    async def clear_attached(self) -> bool:
        """Flat, while others stand on the position: what our entries brought would close theirs. False: not known yet.

        What the owner added then has only stops of the owner's own.
        """
        if self._is_cleared or not self._desk.shared.is_left_to_others(self._ledger):
            return True
        ledger, shared = self._ledger, self._desk.shared
        try:
            stops = await self._desk.venue.stops(ledger.plan.market.symbol)
        except VenueError as e:
            logger.warning("Could not ask for stops: {}", e)
            return False
        theirs = {one.stop for one in shared.together(ledger) if one is not ledger}
        attached = stops_seen(ledger, stops, is_older=lambda _: False).attached
        for stop in attached:
            if stop.trigger_price in theirs:
                continue
            if not await self._desk.executor.cancel_stop(stop):
                return False
        self._is_cleared = True
        self._say_bare([stop for stop in stops if stop not in attached])
        return True

    def _say_bare(self, stops: Sequence[VenueStop]) -> None:
        """What the owner added, where *stops* do not take all of it: ours went with the trade."""
        ledger, plan = self._ledger, self._ledger.plan
        left = self._desk.shared.by_hand(ledger)
        if covered_by(not_ours(ledger, stops), side=plan.side, liquidation=None) >= left:
            return
        if guards_whole(ledger, stops, liquidation=None):
            return
        text = (
            f"{plan.side} {short_symbol(plan.market.symbol)}: {exact(left)} stands there without a stop: "
            "it is not ours, and left alone"
        )
        logger.warning("{}", text)
        self._desk.publish(Warned(text=text, signal=plan.signal, is_urgent=True))

    # finding

    async def take(self, listed: StopsListed, position: VenuePosition | None = None) -> None:
        """Judge what the venue has; *position* is its own word of how near the liquidation is."""
        ledger = self._ledger
        if not ledger.has_position:
            return
        seen = stops_seen(
            ledger,
            listed.stops,
            is_older=lambda leg: self._inquiry.age(leg, listed.asked_at) > LAG_SECONDS,
        )
        for leg in seen.gone:
            await self._forget(leg)
        if seen.gone or self._was_bare:
            self._was_bare = not self._cover(listed.stops)
        for leg, stop in seen.moved:
            self._take_moved(leg, stop)
        for leg, stop in seen.found:
            ledger.revive(leg, stop.venue_order_id)
            ledger.note_stop(leg, stop.trigger_price, stop.amount)
        if position is not None:
            self._take_liquidation(position.liquidation)
        await self._clear_away(seen)

    async def _forget(self, leg: Leg) -> None:
        """Asked for by its own id first: it may have fired, or the list may lag."""
        logger.warning("The stop at {} is not in the venue's list", leg.trigger_price)
        try:
            is_known = await self._inquiry.look_up(leg)
        except VenueError as e:
            logger.warning("Could not ask for {}: {}", leg.name, e)
            is_known = False
        if not is_known:
            self._ledger.end(leg.client_oid, OrderStatus.CANCELLED)
        elif leg.client_oid not in {one.client_oid for one in self._ledger.standing()}:
            await self._inquiry.fetch_fills()  # it fired: no other one has to take its place

    def _take_moved(self, leg: Leg, stop: VenueStop) -> None:
        ledger, price = self._ledger, stop.trigger_price
        ledger.note_stop(leg, price, stop.amount)
        if price == leg.trigger_price:
            return
        if price != ledger.stop and tighter(ledger.plan.side, price, ledger.stop) == price:
            ledger.stop = price
            ledger.causes.append(f"the stop was moved to {exact(price)} at the exchange, and stays")
        elif price != self._said_back:
            self._said_back = price
            text = (
                f"{leg.symbol}: the stop stands at {exact(price)} at the exchange, "
                f"and is put back to {exact(ledger.stop)}."
            )
            self._desk.publish(Warned(text=text, signal=leg.signal))

    def _take_liquidation(self, liquidation: Price | None) -> None:
        self._wishes.liquidation = liquidation
        ledger, plan = self._ledger, self._ledger.plan
        if liquidation is None or not is_beyond_liquidation(plan.side, ledger.stop, liquidation):
            return
        within = within_liquidation(plan.market, plan.side, liquidation)
        if within == self._said_within:
            return
        self._said_within = within
        text = (
            f"{plan.market.symbol}: the stop at {exact(ledger.stop)} lies beyond the liquidation at "
            f"{exact(liquidation)}, where it would never be reached; it is tightened to {exact(within)}."
        )
        self._desk.publish(Warned(text=text, signal=plan.signal, is_urgent=True))

    async def _clear_away(self, seen: StopsSeen) -> None:
        """Once ours stands where it should."""
        ledger = self._ledger
        ours = [leg for leg in ledger.stops() if leg.trigger_price == ledger.stop]
        if not is_covered(ledger, ours):
            return
        for stop in in_the_way(ledger, seen.attached):
            await self._desk.executor.cancel_stop(stop)
