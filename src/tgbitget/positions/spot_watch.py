"""What queries show of a spot trade, against what we believe: its orders, its stop, the coins in the account."""

from loguru import logger

from tgbitget.errors import VenueError
from tgbitget.model.event import Warned
from tgbitget.model.money import NOTHING, Price, Quantity, exact
from tgbitget.model.order import OrderStatus, VenueOrder
from tgbitget.model.plan import Leg, OrderType, Role
from tgbitget.model.trade import Quote
from tgbitget.positions.changes import SpotObserved
from tgbitget.positions.coins import gone
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import FLAT_SIGHTINGS, SETTLED_AFTER_SECONDS, Inquiry
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.sender import Sender

LOCKED_AGAIN_SECONDS = 60.0


class SpotWatch:
    def __init__(self, desk: Desk, ledger: Ledger, *, inquiry: Inquiry, sender: Sender) -> None:
        self._desk = desk
        self._ledger = ledger
        self._inquiry = inquiry
        self._sender = sender
        self._missing: Quantity = NOTHING
        self._sightings = 0
        self._locked_told = float("-inf")

    async def compare(self, seen: SpotObserved) -> None:
        """What is not there is asked for by its own id before that is believed; missing coins are seen twice."""
        ledger = self._ledger
        for leg in ledger.placed():
            if leg.client_oid not in seen.live and self._is_settled(leg, seen):
                await self._ask(leg)
        if ledger.misses_fills or seen.held < ledger.amount:
            await self._inquiry.fetch_fills()
        await self._compare_stops(seen)
        await self._compare_coins(seen)

    async def look_at_entries(self, quote: Quote) -> None:
        """An entry that the price has reached has filled, whether or not that was pushed: its stop does not wait for it."""
        ledger = self._ledger
        reached = [leg for leg in ledger.placed(Role.ENTRY) if _is_reached(leg, quote)]
        for leg in reached:
            await self._inquiry.ask(leg)
        if ledger.misses_fills:
            await self._inquiry.fetch_fills()

    async def look_at_market_entries(self) -> None:
        """They fill at once: asked as soon as they are sent, beside the push."""
        placed = self._ledger.placed(Role.ENTRY)
        if any(leg.type is OrderType.MARKET for leg in placed):
            await self._inquiry.fetch_fills()

    def _is_settled(self, leg: Leg, seen: SpotObserved) -> bool:
        return self._inquiry.age(leg, seen.asked_at) > SETTLED_AFTER_SECONDS

    async def _ask(self, leg: Leg) -> None:
        """An order that the venue neither lists nor knows by its id any more is none."""
        try:
            if not await self._inquiry.look_up(leg):
                self._ledger.end(leg.client_oid, OrderStatus.CANCELLED)
        except VenueError as e:
            logger.warning("Could not ask for {}: {}", leg.name, e)

    async def _compare_stops(self, seen: SpotObserved) -> None:
        """Where and of how much the venue has our stop is taken in; `protect` puts it right. A second one goes."""
        ledger = self._ledger
        listed = {order.client_oid: order for order in seen.orders if order.trigger_price}
        for mine in ledger.stops():
            order = listed.pop(mine.client_oid, None)
            if order is not None and self._inquiry.age(mine, seen.asked_at) > 0:
                self._take_in(mine, order)
        for leg in ledger.legs_of(Role.STOP):
            if leg.client_oid in listed and leg not in ledger.standing():
                logger.warning("{} stands, though it counted as gone; it is cancelled", leg.name)
                await self._sender.cancel(leg)

    def _take_in(self, mine: Leg, order: VenueOrder) -> None:
        if (order.trigger_price, order.amount) == (mine.trigger_price, mine.amount):
            return
        price = order.trigger_price
        assert price is not None
        logger.warning(
            "The stop at the exchange sells {} at {}, ours {} at {}",
            exact(order.amount),
            exact(price),
            exact(mine.amount or NOTHING),
            exact(mine.trigger_price or NOTHING),
        )
        self._ledger.note_stop(mine, price, order.amount)

    async def _compare_coins(self, seen: SpotObserved) -> None:
        """Fewer coins than the trade should have: the owner sold or moved them, and the trade goes on with the rest."""
        ledger = self._ledger
        missing = NOTHING
        if seen.held < ledger.amount:  # what is beyond whole steps counts as well
            missing = Quantity(ledger.filled - ledger.left - seen.held)
        is_moving = bool(ledger.standing(Role.CLOSE, Role.TAKE_PROFIT)) or ledger.misses_fills
        if missing <= 0 or is_moving:
            self._sightings, self._missing = 0, NOTHING
            if missing <= 0 and seen.available < ledger.amount:
                self._tell_locked(seen)
            return
        self._sightings = self._sightings + 1 if missing == self._missing else 1
        self._missing = missing
        if self._sightings >= FLAT_SIGHTINGS:
            self._sightings = 0
            await self._give_up(missing)

    async def _give_up(self, missing: Quantity) -> None:
        ledger = self._ledger
        price = self._price()
        logger.warning("{} of the trade's coins are not in the account any more", exact(missing))
        count = len(ledger.fills)
        now = self._desk.clock.now()
        await self._inquiry.take_fill(gone(ledger.plan, missing, price, at=now, count=count))

    def _price(self) -> Price:
        """What they were sold for, as far as the venue tells; else the entry: neither won nor lost."""
        sale, entry = self._inquiry.sale_of_others(), self._ledger.entry
        if sale is not None:
            return sale.price
        return entry or self._ledger.stop

    def _tell_locked(self, seen: SpotObserved) -> None:
        now = self._desk.clock.monotonic()
        if now < self._locked_told + LOCKED_AGAIN_SECONDS or not self._ledger.amount:
            return
        self._locked_told = now
        symbol = self._ledger.plan.market.symbol
        self._desk.publish(
            Warned(
                text=f"{symbol}: an order that is not ours holds coins of this trade; only {exact(seen.available)} "
                f"of {exact(self._ledger.amount)} are free, and the stop cannot sell more.",
                signal=self._ledger.plan.signal,
                is_urgent=True,
            )
        )


def _is_reached(leg: Leg, quote: Quote) -> bool:
    match leg.type:
        case OrderType.MARKET:
            return True
        case OrderType.LIMIT:
            return leg.price is not None and quote.price <= leg.price
        case OrderType.TRIGGER:
            return leg.trigger_price is not None and quote.price >= leg.trigger_price
