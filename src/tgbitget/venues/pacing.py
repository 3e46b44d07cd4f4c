"""Our own pace: windows per endpoint that credit idle time, and a reserve for exits.

Bitget allows 10 orders a second per user and endpoint (1 for leaders of copy trading) and refuses more with a 429. Orders
and queries never wait for each other: each endpoint has a window of its own.
"""

import asyncio
from collections import deque

from tgbitget.clock import Clock

ORDERS_PER_SECOND = 10
RESERVED_FOR_EXITS = (
    2  # an entry leaves these free, so that a stop or a close never waits behind entries
)
QUERIES_PER_SECOND = 10
SLOW_QUERIES_PER_SECOND = {
    "privateMixGetV2MixPositionAllPosition": 5,
    "privateSpotGetV2SpotAccountInfo": 1,
}
_WINDOW_SECONDS = 1.1
"""A second as the venue counts it, and what requests may bunch up on the way."""


class Window:
    """At most so many in any second as the venue sees them. Whoever needs less room goes first; among equals, who came first."""

    def __init__(self, clock: Clock, limit: int, *, reserved: int = 0) -> None:
        if not 0 <= reserved < limit:
            raise ValueError(f"a reserve lies below the limit of {limit}, was {reserved}")
        self._clock = clock
        self._limit = limit
        self._reserved = reserved
        self._passed: deque[float] = deque(maxlen=limit)
        self._closed_until = 0.0
        self._heads = {True: asyncio.Lock(), False: asyncio.Lock()}

    async def enter(self, *, is_exit: bool) -> None:
        """Return when one more may go, and count it."""
        async with self._heads[
            is_exit
        ]:  # one of each kind waits for the window, the others behind it
            while (seconds := self._seconds_to_wait(is_exit=is_exit)) > 0:
                await self._clock.sleep(seconds)
            self._passed.append(self._clock.monotonic())

    def pause(self, seconds: float) -> None:
        """The venue refused for pace: nothing goes for so long."""
        self._closed_until = max(self._closed_until, self._clock.monotonic() + seconds)

    def _seconds_to_wait(self, *, is_exit: bool) -> float:
        now = self._clock.monotonic()
        while self._passed and self._passed[0] <= now - _WINDOW_SECONDS:
            self._passed.popleft()
        room = self._limit if is_exit else self._limit - self._reserved
        over = len(self._passed) - room
        free_at = self._passed[over] + _WINDOW_SECONDS if over >= 0 else now
        return max(free_at, self._closed_until) - now


class Pacing:
    """The windows of one account: one per order endpoint, one per query."""

    def __init__(
        self,
        clock: Clock,
        *,
        orders_per_second: int = ORDERS_PER_SECOND,
        reserved_for_exits: int = RESERVED_FOR_EXITS,
        queries_per_second: int = QUERIES_PER_SECOND,
    ) -> None:
        self._clock = clock
        self._orders_per_second = orders_per_second
        self._reserved = min(reserved_for_exits, orders_per_second - 1)
        self._queries_per_second = queries_per_second
        self._orders: dict[str, Window] = {}
        self._queries: dict[str, Window] = {}

    async def order(self, endpoint: str, *, is_exit: bool) -> None:
        """Wait for the turn of one send; call it right before the send's last check."""
        await self._order_window(endpoint).enter(is_exit=is_exit)

    def pause(self, endpoint: str, seconds: float) -> None:
        self._order_window(endpoint).pause(seconds)

    async def query(self, endpoint: str) -> None:
        window = self._queries.get(endpoint)
        if window is None:
            limit = SLOW_QUERIES_PER_SECOND.get(endpoint, self._queries_per_second)
            window = self._queries[endpoint] = Window(self._clock, limit)
        await window.enter(is_exit=False)

    def _order_window(self, endpoint: str) -> Window:
        window = self._orders.get(endpoint)
        if window is None:
            window = Window(self._clock, self._orders_per_second, reserved=self._reserved)
            self._orders[endpoint] = window
        return window
