"""Asking the venue how a trade stands: orders, fills, stops. Answers go into the ledger, nothing is sent."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from loguru import logger

from tgbitget.errors import VenueError
from tgbitget.model.ids import ClientOrderId
from tgbitget.model.order import Fill, OrderStatus, Placed, VenueOrder
from tgbitget.model.plan import Leg, Role
from tgbitget.positions.changes import Observed
from tgbitget.positions.coins import is_spot
from tgbitget.positions.desk import Desk
from tgbitget.positions.fills import Fills
from tgbitget.positions.handling import Handling
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.newest_price import Traded
from tgbitget.positions.spot_fills import SpotFills

# The venue's lists may lag behind an acceptance; an order younger than this is not missed in them yet.
SETTLED_AFTER_SECONDS = 5.0
# A post is dated by Telegram, a fill by Bitget: the one may be behind the other.
CLOCKS_APART = timedelta(seconds=30)
# Flat is believed when two looks agree; one may have come between a fill and its list.
FLAT_SIGHTINGS = 2


class Inquiry:
    """*since* is when the signal was posted: no fill of ours is older, but for what the clocks are apart."""

    def __init__(self, desk: Desk, ledger: Ledger, *, since: datetime) -> None:
        self._desk = desk
        self._ledger = ledger
        self._placed_at: dict[ClientOrderId, float] = {}
        self.traded = Traded()
        self._flat_sightings = 0
        ways = SpotFills if is_spot(ledger.plan) else Fills
        self._fills: Fills | SpotFills = ways(desk, ledger, since=since - CLOCKS_APART)
        self._handling = Handling(desk, ledger, self._placed_at)

    def note_sent(self, leg: Leg) -> None:
        self._placed_at[leg.client_oid] = self._desk.clock.monotonic()

    async def take_fill(self, fill: Fill) -> None:
        clock = self._desk.clock
        self.traded.note(fill.price, at=fill.at, seen_at=clock.now(), now=clock.monotonic())
        await self._fills.take(fill)

    def sale_of_others(self) -> Fill | None:
        """On spot: what somebody else sold of the coin, the latest."""
        return self._fills.sale_of_others() if isinstance(self._fills, SpotFills) else None

    async def take_order(self, order: VenueOrder) -> None:
        """What was told of one of our orders; of one that fired, the order that it bore is asked for."""
        fired = self._ledger.awaits_child(order)
        if fired is not None:
            await self.ask(fired)
            await self.fetch_fills()
        else:
            self._note_order(order)

    def _note_order(self, order: VenueOrder) -> None:
        ended = self._ledger.note_order(order)
        if ended is not None:
            logger.info("{} is {}", ended.name, order.status)
        self._handling.note_order(order, has_ended=ended is not None)

    async def resync(self) -> None:
        """Pushes may have been lost: ask for every order that may stand and every fill since the start."""
        sent = [leg for leg in self._ledger.standing() if self._ledger.is_sent(leg)]
        await self._ask_all(sent, and_fills=True)

    async def _ask_all(self, legs: Iterable[Leg], *, and_fills: bool) -> bool:
        """At once: a position may be waiting for its stop behind these questions. Whether the fills are all known."""
        async with asyncio.TaskGroup() as tasks:
            for leg in legs:
                tasks.create_task(self.ask(leg))
            fetching = tasks.create_task(self.fetch_fills()) if and_fills else None
        return fetching is None or fetching.result()

    async def ask(self, leg: Leg) -> None:
        try:
            is_known = await self.look_up(leg)
        except VenueError as e:
            logger.warning("Could not ask for {}: {}", leg.name, e)
            return
        is_exit = leg.role in (Role.STOP, Role.TAKE_PROFIT)
        if not is_known and is_exit and not self._ledger.has_position:
            # Bitget drops stops and targets with the position and may not tell of each.
            self._ledger.end(leg.client_oid, OrderStatus.CANCELLED)

    async def look_up(self, leg: Leg) -> bool:
        """Whether the venue knows of it (its word may lag); what it knows is taken in. VenueError."""
        order = await self._desk.venue.order(leg)
        if order is not None:
            self._note_order(order)
        return order is not None

    async def finds(self, leg: Leg) -> bool:
        """Whether the venue has an order whose send has no known end; it counts as placed then."""
        try:
            order = await self._desk.venue.order(leg)
        except VenueError as e:
            logger.warning("Could not ask for {}: {}", leg.name, e)
            return False
        if order is not None:
            self._ledger.note_placement(
                Placed(client_oid=leg.client_oid, venue_order_id=order.venue_order_id)
            )
            self._note_order(order)
        return order is not None

    async def fetch_fills(self) -> bool:
        """False when the venue did not answer."""
        return await self._fills.fetch()

    async def compare(self, seen: Observed) -> None:
        """Take in what queries showed; what is missing there is asked for by its own id before it is believed."""
        missing = [
            leg
            for leg in self._ledger.placed()
            if leg.client_oid not in seen.live
            and self.age(leg, seen.asked_at) > SETTLED_AFTER_SECONDS
        ]
        is_complete = await self._ask_all(missing, and_fills=not self._handling.agrees(seen))
        if self._ledger.misses_fills:
            is_complete = await self.fetch_fills()
        self._compare_position(seen, is_complete=is_complete)
        if seen.position is not None and self._ledger.has_position:
            await self._handling.judge(seen.asked_at)
        self._handling.compare_amounts(seen)

    def _compare_position(self, seen: Observed, *, is_complete: bool) -> None:
        """Gone without a fill that says how: believed when positions and stops both say so twice, and the fills answered."""
        if seen.position is not None or not self._ledger.has_position:
            self._flat_sightings = 0
        elif any(stop.position_side is self._ledger.plan.side for stop in seen.stops):
            # The venue drops stops and targets with their position: where they are, it only was left out of the list.
            logger.warning("The position is not listed, but its stop is; it counts as open")
            self._flat_sightings = 0
        elif is_complete:
            self._flat_sightings += 1
            if self._flat_sightings >= FLAT_SIGHTINGS:
                self._ledger.causes.append("gone at the exchange, and no fill says how")
                self._ledger.write_off()

    def age(self, leg: Leg, asked_at: float) -> float:
        """Seconds from the end of this leg's send to the question; a leg of an earlier life is old."""
        return asked_at - self._placed_at.get(leg.client_oid, float("-inf"))
