"""Our own pace: a window for each endpoint that credits idle time, in which exits go before entries.

Bitget takes 10 orders a second from a user at an endpoint (1 from leaders of copy trading) and refuses more with a 429.
Each endpoint has a window of its own, so that orders never wait for questions.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from tgbitget.clock import Clock

ORDERS_PER_SECOND = 10
RESERVED_FOR_EXITS = 2
"""Entries leave room, so that so many exits go out within the time in which the venue takes so many: 0.2 s at most."""
QUERIES_PER_SECOND = 10
SLOWER_PER_SECOND = {
    "privateMixGetV2MixPositionAllPosition": 5,
    "privateMixPostV2MixAccountSetLeverage": 5,
    "privateMixPostV2MixAccountSetMarginMode": 5,
    "privateSpotGetV2SpotAccountInfo": 1,
}
_SECOND = 1.01
"""A second as the venue counts it, in whole milliseconds of a clock of its own."""
_LATE = 0.05
"""How much later than others a request may have come to the venue that has no answer yet."""
_LATE_MAX = 0.5
_A_MOMENT = 0.0005


class Turn:
    """One request's place in its window."""

    def __init__(self, begun: float) -> None:
        self.begun = begun
        self.free_at = begun + _SECOND + _LATE
        self.is_given_back = False

    def give_back(self) -> None:
        """It was not sent after all."""
        self.is_given_back = True
        self.free_at = self.begun


class Way:
    """How long the way to the venue and back is where nothing holds it up, as far as is known."""

    def __init__(self) -> None:
        self._fastest: float | None = None

    def late(self, took: float) -> float:
        """By how much a request that *took* so long may have come later than others do."""
        late = took if self._fastest is None else max(0.0, took - self._fastest)
        self._fastest = took if self._fastest is None else min(self._fastest, took)
        return min(late, _LATE_MAX)


class Window:
    """At most so many in any second as the venue sees them. Exits first; among equals, who came first.

    When the venue counted a request lies between its sending and its answer: what took longer than the fastest may have been
    on its way for so much longer, and holds its place for so long.
    """

    def __init__(
        self, clock: Clock, limit: int, *, reserved: int = 0, way: Way | None = None
    ) -> None:
        if not 0 <= reserved < limit:
            raise ValueError(f"a reserve lies below the limit of {limit}, was {reserved}")
        self._clock = clock
        self._limit = limit
        self._reserved = reserved
        self._turns: list[Turn] = []
        self._way = way or Way()
        self._closed_until = 0.0
        self._heads = {True: asyncio.Lock(), False: asyncio.Lock()}
        self._exits_waiting = 0

    @asynccontextmanager
    async def turn(self, *, is_exit: bool) -> AsyncIterator[Turn]:
        """Entered when one more may go; left when it has its answer, or none."""
        turn = await self._next(is_exit=is_exit)
        try:
            yield turn
        finally:
            if not turn.is_given_back:
                took = self._clock.monotonic() - turn.begun
                turn.free_at = turn.begun + _SECOND + self._way.late(took)

    def pause(self, seconds: float) -> None:
        """The venue refused for pace: nothing goes for so long."""
        self._closed_until = max(self._closed_until, self._clock.monotonic() + seconds)

    async def _next(self, *, is_exit: bool) -> Turn:
        self._exits_waiting += is_exit
        try:
            async with self._heads[is_exit]:  # one of each kind looks, the others wait behind it
                while (seconds := self._seconds_to_wait(is_exit=is_exit)) > 0:
                    await self._clock.sleep(seconds)
        finally:
            self._exits_waiting -= is_exit
        turn = Turn(self._clock.monotonic())
        self._turns.append(turn)
        return turn

    def _seconds_to_wait(self, *, is_exit: bool) -> float:
        now = self._clock.monotonic()
        self._turns = [turn for turn in self._turns if turn.free_at > now]
        free_at = max(self._closed_until, self._room_at(self._limit, now))
        if is_exit:
            return free_at - now
        # At the same rate, but never all at once: what is left then is the exits'.
        share = self._reserved / self._limit
        free_at = max(free_at, self._room_at(self._limit - self._reserved, now, sooner=share))
        if self._exits_waiting:
            free_at = max(free_at, now) + _A_MOMENT
        return free_at - now

    def _room_at(self, limit: int, now: float, *, sooner: float = 0.0) -> float:
        """When fewer than *limit* places are taken, each of them being free so much *sooner*."""
        taken = sorted(turn.free_at - sooner for turn in self._turns if turn.free_at - sooner > now)
        return taken[-limit] if len(taken) >= limit else now


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
        self._way = Way()
        self._orders: dict[str, Window] = {}
        self._queries: dict[str, Window] = {}

    def order(self, endpoint: str, *, is_exit: bool) -> AbstractAsyncContextManager[Turn]:
        """The turn of one send: its last check and the send itself stand within."""
        return self._order_window(endpoint).turn(is_exit=is_exit)

    def pause(self, endpoint: str, seconds: float) -> None:
        self._order_window(endpoint).pause(seconds)

    def query(self, endpoint: str) -> AbstractAsyncContextManager[Turn]:
        """The turn of a question, or of a change that is none of an order, by CCXT's name of the endpoint."""
        window = self._queries.get(endpoint)
        if window is None:
            limit = SLOWER_PER_SECOND.get(endpoint, self._queries_per_second)
            window = self._queries[endpoint] = Window(self._clock, limit, way=self._way)
        return window.turn(is_exit=False)

    def _order_window(self, endpoint: str) -> Window:
        window = self._orders.get(endpoint)
        if window is None:
            window = self._orders[endpoint] = Window(
                self._clock, self._orders_per_second, reserved=self._reserved, way=self._way
            )
        return window
