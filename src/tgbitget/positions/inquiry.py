"""Asking the venue how a trade stands: orders, fills, stops. Answers go into the ledger, nothing is sent."""

from datetime import datetime

from loguru import logger

from tgbitget.errors import VenueError
from tgbitget.model.event import Filled
from tgbitget.model.ids import ClientOrderId
from tgbitget.model.order import (
    Fill,
    OrderStatus,
    Placed,
    Placement,
    Rejected,
    Unknown,
    VenueOrder,
)
from tgbitget.model.plan import Leg, Role
from tgbitget.model.position import StopKind, VenuePosition, VenueStop
from tgbitget.positions.changes import Observed
from tgbitget.positions.desk import Desk
from tgbitget.positions.ledger import Ledger

# The venue's lists may lag behind an acceptance; an order younger than this is not missed in them yet.
SETTLED_AFTER_SECONDS = 5.0
# Flat is believed when two looks agree; one may have come between a fill and its list.
FLAT_SIGHTINGS = 2
_ENDS = {Role.STOP: "stop reached", Role.CLOSE: "closed at market"}


class Inquiry:
    """*since* is when the signal was posted: no fill of ours is older."""

    def __init__(self, desk: Desk, ledger: Ledger, *, since: datetime) -> None:
        self._desk = desk
        self._ledger = ledger
        self._since = since
        self._placed_at: dict[ClientOrderId, float] = {}
        self._flat_sightings = 0

    def note_sent(self, leg: Leg) -> None:
        self._placed_at[leg.client_oid] = self._desk.clock.monotonic()

    async def take_fill(self, fill: Fill) -> None:
        if not self._ledger.note_fill(fill):
            return
        if not self._ledger.ordered(fill):
            await self._find_parent(fill)
        role, cause = self._ledger.role_of(fill), self._ledger.cause_of(fill)
        if self._ledger.is_flat_again and role in _ENDS:
            self._ledger.causes.append(_ENDS[role])
        signal = self._ledger.plan.signal
        await self._desk.record.fill(signal, fill)
        self._desk.publish(
            Filled(
                signal=signal,
                client_oid=cause or ClientOrderId(""),
                amount=fill.amount,
                price=fill.price,
                fee=fill.fee,
                role=str(role),
            )
        )

    async def _find_parent(self, fill: Fill) -> None:
        """Orders that the venue made from a stop or target of ours carry ids of its own: ask whose child this is."""
        for leg in self._ledger.exits_near(fill.price):
            try:
                children = await self._desk.venue.children(leg)
            except VenueError as e:
                logger.warning("Could not ask what became of {}: {}", leg.name, e)
                return
            for child in children:
                self._ledger.link(child, leg)
            if self._ledger.ordered(fill):
                return

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

    async def resync(self) -> None:
        """Pushes may have been lost: ask for every order that may stand and every fill since the start."""
        for leg in self._ledger.standing():
            if self._ledger.is_sent(leg):
                await self.ask(leg)
        await self.fetch_fills()

    async def ask(self, leg: Leg) -> None:
        try:
            order = await self._desk.venue.order(leg)
        except VenueError as e:
            logger.warning("Could not ask for {}: {}", leg.name, e)
            return
        if order is not None:
            self._note_order(order)
        elif leg.role in (Role.STOP, Role.TAKE_PROFIT) and not self._ledger.has_position:
            # Bitget drops stops and targets with the position and may not tell of each.
            self._ledger.end(leg.client_oid, OrderStatus.CANCELLED)

    async def placement_of(self, leg: Leg) -> Placement:
        """Whether the venue has it; Unknown when it cannot be asked."""
        try:
            order = await self._desk.venue.order(leg)
        except VenueError as e:
            return Unknown(client_oid=leg.client_oid, reason=str(e))
        if order is None:
            return Rejected(client_oid=leg.client_oid, reason="the venue does not have it")
        return Placed(client_oid=leg.client_oid, venue_order_id=order.venue_order_id)

    async def fetch_fills(self) -> None:
        try:
            fills = await self._desk.venue.fills(self._ledger.plan.market.symbol, self._since)
        except VenueError as e:
            logger.warning("Could not ask for fills: {}", e)
            return
        for fill in sorted(fills, key=lambda fill: fill.at):
            await self.take_fill(fill)

    async def compare(self, seen: Observed) -> None:
        """Take in what queries showed; what is missing there is asked for by its own id before it is believed."""
        for leg in self._ledger.placed():
            is_settled = self._age(leg, seen.asked_at) > SETTLED_AFTER_SECONDS
            if leg.client_oid not in seen.live and is_settled:
                await self.ask(leg)
        if self._ledger.misses_fills:
            await self.fetch_fills()
        await self._compare_position(seen.position)
        if seen.position is not None and self._ledger.has_position:
            self._compare_stop(seen)

    async def _compare_position(self, position: VenuePosition | None) -> None:
        if position is not None or not self._ledger.has_position:
            self._flat_sightings = 0
            return
        await self.fetch_fills()
        self._flat_sightings += 1
        if self._flat_sightings >= FLAT_SIGHTINGS:
            self._ledger.write_off()

    def _compare_stop(self, seen: Observed) -> None:
        """A stop that the venue does not have is forgotten here, and so placed again at the next settling."""
        mine = self._ledger.leg_named("stop")
        if mine is None or self._age(mine, seen.asked_at) <= 0:
            return
        if not any(_covers(stop, self._ledger) for stop in seen.stops):
            logger.warning("The stop at {} is not at the venue any more", mine.trigger_price)
            self._ledger.end(mine.client_oid, OrderStatus.CANCELLED)

    def _age(self, leg: Leg, asked_at: float) -> float:
        """Seconds from the end of this leg's send to the question; a leg of an earlier life is old."""
        return asked_at - self._placed_at.get(leg.client_oid, float("-inf"))


def _covers(stop: VenueStop, ledger: Ledger) -> bool:
    """A stop of the whole position on our side, at our price."""
    plan = ledger.plan
    return (
        stop.kind is StopKind.POSITION_STOP
        and stop.symbol == plan.market.symbol
        and stop.position_side is plan.side
        and stop.trigger_price == ledger.stop
    )
