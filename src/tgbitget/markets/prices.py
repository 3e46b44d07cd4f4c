"""The latest price of every market, from one source that covers them all, with its age.

Their age is the time since that source last answered: a coin that nobody trades keeps its price, and the price is as
fresh as the answer that had it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import VenueThrottled, VenueUnreachable
from tgbitget.markets.minute import MinuteHistory
from tgbitget.model.trade import Quote

FetchQuotes = Callable[[], Awaitable[Mapping[str, Quote]]]
"""`Venue.quotes`: all markets in one request."""

OnFreshness = Callable[[bool], None]
"""Told True when prices are fresh, False when they have become stale; once for each change, never raises."""

INTERVAL_SECONDS = 2.0
STALE_AFTER_SECONDS = 10.0  # three answers missed in a row are no hiccup
ANSWER_SECONDS_MAX = 5.0
BACKOFF_SECONDS_MAX = 15.0
_DOUBLINGS_MAX = 10
_A_MOMENT = 0.001  # then the age is above the bound, not at it


class PriceBook:
    """What the source last said. `quote` is asked by planning, `run` fills it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._quotes: Mapping[str, Quote] = MappingProxyType({})
        self._minute = MinuteHistory()
        self._answered: float | None = None
        self._is_fresh = False

    @property
    def age_seconds(self) -> float | None:
        """Since the source last answered; None before its first answer."""
        return None if self._answered is None else self._clock.monotonic() - self._answered

    @property
    def is_fresh(self) -> bool:
        age = self.age_seconds
        return age is not None and age <= STALE_AFTER_SECONDS

    def quote(self, symbol: str) -> Quote | None:
        """The latest, aged until now, with where it was within the last minute; None when the source has none for it."""
        quote, age = self._quotes.get(symbol), self.age_seconds
        if quote is None or age is None:
            return None
        low, high = self._minute.extremes(symbol, at=self._clock.monotonic()) or (None, None)
        return replace(quote, age_seconds=age, minute_low=low, minute_high=high)

    def update(self, quotes: Mapping[str, Quote]) -> None:
        """The source answered now. What it no longer has is no longer known."""
        self._quotes = MappingProxyType(dict(quotes))
        self._minute.note(quotes, at=self._clock.monotonic())
        self._answered = self._clock.monotonic()

    async def run(
        self,
        fetch_quotes: FetchQuotes,
        *,
        interval_seconds: float = INTERVAL_SECONDS,
        on_freshness: OnFreshness = lambda _is_fresh: None,
    ) -> None:
        """Ask for ever. A source that does not answer or throttles is asked again, less and less often."""
        failures = 0
        while True:
            pause = await self._ask(fetch_quotes)
            failures = 0 if pause is None else failures + 1
            self._tell(on_freshness)
            backoff = interval_seconds * 2 ** min(max(0, failures - 1), _DOUBLINGS_MAX)
            await self._sleep(max(pause or 0.0, min(backoff, BACKOFF_SECONDS_MAX)), on_freshness)

    async def _ask(self, fetch_quotes: FetchQuotes) -> float | None:
        """None when it answered, else the seconds for which it wants to be left alone."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                quotes = await fetch_quotes()
        except VenueThrottled as e:
            logger.debug("Prices are throttled: {}", e)
            return e.retry_after_seconds
        except (VenueUnreachable, TimeoutError) as e:
            logger.debug("Prices were not answered: {!r}", e)
            return 0.0
        if not quotes:
            logger.debug("The source answered without any price")
            return 0.0
        self.update(quotes)
        return None

    async def _sleep(self, seconds: float, on_freshness: OnFreshness) -> None:
        """Prices may become stale while we wait; it is told when it happens, not when the next answer comes."""
        age = self.age_seconds
        until_stale = STALE_AFTER_SECONDS - age if age is not None else None
        if until_stale is None or not 0 <= until_stale < seconds:
            await self._clock.sleep(seconds)
            return
        first = until_stale + _A_MOMENT
        await self._clock.sleep(first)
        self._tell(on_freshness)
        await self._clock.sleep(max(0.0, seconds - first))

    def _tell(self, on_freshness: OnFreshness) -> None:
        if self.is_fresh != self._is_fresh:
            self._is_fresh = self.is_fresh
            on_freshness(self._is_fresh)
