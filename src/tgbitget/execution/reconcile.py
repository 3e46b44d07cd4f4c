"""Is it there? An order whose answer was lost is looked for until it is found, or until its absence is proven.

Absent is what *successful* questions do not find once the request can no longer be accepted and what was accepted last has
become visible. A question that failed is no absence. Nothing is ever sent from here.

The position itself proves nothing: it does not say which order made it. What traded since is therefore matched with the
orders that the venue lists, and an execution of an order that nobody lists yet leaves the matter open.
"""

from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import EndpointMissing, VenueError, VenueUnreachable
from tgbitget.model.ids import ClientOrderId, VenueOrderId
from tgbitget.model.order import Fill, Placed, VenueOrder
from tgbitget.model.plan import Leg
from tgbitget.venues.venue import Venue

VALIDITY_SECONDS = 10.0
"""Sends are dated 20 s into the past and Bitget takes 30 s [assumed]: after this a lost one is refused when it comes."""

VISIBILITY_SECONDS = 10.0
"""How long an order that was accepted may stay invisible to questions [assumed; 5 s have been reported]."""

ABSENT_AFTER_SECONDS = VALIDITY_SECONDS + VISIBILITY_SECONDS
WAITS_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)  # between rounds; the last one repeats

_CLOCKS_DIFFER_SECONDS = 2.0  # between our reading of the venue's time and the venue's own stamps

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The venue does not have it and will not get it from that request."""

    client_oid: ClientOrderId


class Reconciler:
    def __init__(
        self,
        venue: Venue,
        clock: Clock,
        *,
        absent_after_seconds: float = ABSENT_AFTER_SECONDS,
        waits_seconds: Sequence[float] = WAITS_SECONDS,
    ) -> None:
        self._venue = venue
        self._clock = clock
        self._absent_after_seconds = absent_after_seconds
        self._waits = tuple(waits_seconds)

    async def settle(self, leg: Leg, sent_at: datetime) -> Placed | Absent:
        """Ask until it is one or the other. *sent_at* is when the last request with this id was signed, or later."""
        age_seconds = (self._clock.now() - sent_at).total_seconds()
        proof_from = self._clock.monotonic() + self._absent_after_seconds - age_seconds
        for wait in endless(self._waits):
            left = proof_from - self._clock.monotonic()
            await self._clock.sleep(min(wait, left) if left > 0 else wait)
            asked_at = self._clock.monotonic()
            try:
                found = await self.find(leg, since=sent_at)
            except VenueError as error:
                logger.warning("Asked about {}, without an answer: {}", leg.client_oid, error)
                continue
            if found is not None:
                return Placed(client_oid=leg.client_oid, venue_order_id=found)
            if asked_at >= proof_from:
                return Absent(client_oid=leg.client_oid)
        raise AssertionError("unreachable: the waits never end")

    async def find(self, leg: Leg, *, since: datetime) -> VenueOrderId | None:
        """One round of questions, by client id everywhere. None when all of them were answered and none knows it."""
        order = await self._venue.order(leg)
        if order is not None:
            return order.venue_order_id
        since -= timedelta(seconds=_CLOCKS_DIFFER_SECONDS)
        listed = (
            *await self._venue.open_orders(leg.symbol),
            *await _where_there_is_one(self._venue.history(leg.symbol, since)),
        )
        fills = await _where_there_is_one(self._venue.fills(leg.symbol, since))
        told: list[VenueOrder | Fill] = [*listed, *fills]
        for known in told:
            if known.client_oid == leg.client_oid:
                return known.venue_order_id
        ids = {order.venue_order_id for order in listed}
        stray = next(
            (f for f in fills if f.client_oid is None and f.venue_order_id not in ids), None
        )
        if stray is not None:
            raise VenueUnreachable(f"order {stray.venue_order_id} traded but is not listed yet")
        return None


def endless(waits: Sequence[float]) -> Iterator[float]:
    yield from waits
    while True:
        yield waits[-1]


async def _where_there_is_one(answer: Awaitable[tuple[T, ...]]) -> tuple[T, ...]:
    """A second source of the same truth; a venue without that endpoint has only the first."""
    try:
        return await answer
    except EndpointMissing:
        return ()
