"""The stop of a spot trade and what is special to it: dust, a stop that has fired, a price that has passed it.

The venue does not refuse a spot stop on the wrong side of the price: it would wait there for the price to come back. So
none is sent there; what the price has passed is sold at market, once no plan can sell it a second time.
"""

from loguru import logger

from tgbitget.model.event import Warned
from tgbitget.model.money import exact
from tgbitget.model.order import OrderStatus
from tgbitget.model.plan import Leg, Role
from tgbitget.positions.changes import Close, MoveStop
from tgbitget.positions.coins import is_dust
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.leaving import Leaving
from tgbitget.positions.ledger import Ledger, is_losing
from tgbitget.positions.sender import Sender
from tgbitget.positions.spot_stop import SpotStop

FIRES_WITHIN_SECONDS = 3.0  # a stop that the price has passed is given so long to sell by itself
FIRED_WITHIN_SECONDS = 15.0  # and one that fired so long to show the order it bore
QUOTE_AGE_SECONDS_MAX = 10.0


class SpotProtection:
    """When the stop may be placed or changed; `SpotStop` does it."""

    def __init__(
        self,
        desk: Desk,
        ledger: Ledger,
        *,
        inquiry: Inquiry,
        sender: Sender,
        leaving: Leaving,
        stop: SpotStop,
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._inquiry = inquiry
        self._sender = sender
        self._leaving = leaving
        self._stop = stop
        self._passed_at: float | None = None

    def move_to(self, change: MoveStop) -> None:
        self._stop.move_to(change)

    async def protect(self) -> None:
        ledger = self._ledger
        if ledger.misses_fills:
            await self._inquiry.fetch_fills()
        if not ledger.has_position or self._is_dust():
            self._passed_at = None
            return
        if self._is_passed():
            await self._leave_passed()
            return
        self._passed_at = None
        # A stop or sale that is known to have sold, and its fills are not here yet: how much is left is not known.
        if not ledger.amount or ledger.misses_exits:
            return
        await self._stop.keep()

    def _is_dust(self) -> bool:
        """Coins that no order takes. While entries rest, more may come; then they are told and left in the account."""
        ledger, market, price = self._ledger, self._ledger.plan.market, self._ledger.entry
        if price is None or not is_dust(market, ledger.exposure, price):
            return False
        if not ledger.entries_rest and not ledger.misses_fills:
            left = f"{exact(ledger.exposure)} {market.base} left in the account, below the smallest order"
            ledger.write_off()
            ledger.causes.append(left)
            self._desk.publish(Warned(text=f"{market.symbol}: {left}", signal=ledger.plan.signal))
        return True

    def _is_passed(self) -> bool:
        quote = self._sender.quote()
        is_known = quote is not None and quote.age_seconds <= QUOTE_AGE_SECONDS_MAX
        return (
            quote is not None
            and is_known
            and is_losing(self._ledger.plan.side, quote.price, self._ledger.stop)
        )

    async def _leave_passed(self) -> None:
        """What the stop does not sell, we do. First it has to be certain that it cannot sell the same coins after us."""
        ledger, now = self._ledger, self._desk.clock.monotonic()
        self._passed_at = self._passed_at or now
        standing = ledger.standing(Role.STOP)
        if standing and now < self._passed_at + FIRES_WITHIN_SECONDS:
            return
        for stop in standing:
            await self._inquiry.ask(stop)
        if ledger.misses_fills:
            await self._inquiry.fetch_fills()
        for stop in ledger.standing(Role.STOP):
            if not await self._is_gone(stop, since=self._passed_at):
                return
        if ledger.has_position and not ledger.misses_exits:
            logger.error("The price has passed the stop at {}; it is sold at market", ledger.stop)
            cause = f"the price passed the stop {exact(ledger.stop)}"
            self._leaving.close_all(Close(key="passed", cause=cause))
            await self._leaving.leave()

    async def _is_gone(self, stop: Leg, *, since: float) -> bool:
        if await self._sender.cancel(stop):
            return True
        if self._desk.clock.monotonic() < since + FIRED_WITHIN_SECONDS:
            return False
        if not self._ledger.was_placed(stop):
            return False  # still being settled
        logger.error("{} has fired, and no order of it is known", stop.name)
        self._ledger.end(stop.client_oid, OrderStatus.CANCELLED)
        return True
