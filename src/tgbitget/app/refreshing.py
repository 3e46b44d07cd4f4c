"""A running listener learns of new, changed and delisted markets: on a schedule, and when something shows that it must."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import VenueError
from tgbitget.markets.cache import CachedMarkets
from tgbitget.markets.directory import Directory
from tgbitget.markets.sync import Changes, sync
from tgbitget.model.event import Decided, Event, SendEnded
from tgbitget.model.market import Market, Product
from tgbitget.model.order import Rejected
from tgbitget.venues.ccxt_errors import MARKET_IS_OTHERWISE

EVERY_SECONDS = 900.0
FIRST_SECONDS = 30.0
"""After the start, which goes by what the cache has."""
BETWEEN_SECONDS = 60.0
"""However often posts name what nobody lists."""

Learn = Callable[[CachedMarkets, Directory], None]


class MarketRefresh:
    """*fetch* asks the venue for the markets of *products*; the cache keeps those of others as they are.

    *learn* is told of each new list, on the loop, when everything is made ready for it. `handle` hears all events.
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[Sequence[Market]]],
        *,
        known: CachedMarkets,
        products: frozenset[Product],
        file: Path,
        clock: Clock,
        learn: Learn,
    ) -> None:
        self._fetch = fetch
        self._known = known
        self._products = products
        self._file = file
        self._clock = clock
        self._learn = learn
        self._gone: dict[str, Market] = {}  # delisted while we run, by symbol
        self._wanted = asyncio.Event()

    def handle(self, event: Event) -> None:
        """An order that was refused for what its market is not, or a name that is not known."""
        match event:
            case SendEnded(placement=Rejected(code=code)) if code in MARKET_IS_OTHERWISE:
                logger.info("The market is not as it was known (Bitget {}); it is asked for", code)
                self._wanted.set()
            case Decided(decision=decision) if decision.rule == "unknown_symbol":
                self._wanted.set()

    async def run(self) -> None:
        """For ever. A venue that does not answer is asked again in a minute."""
        await self._rest(FIRST_SECONDS)
        while True:
            self._wanted.clear()
            try:
                changes = await self._refresh()
            except (VenueError, OSError) as error:
                logger.warning("The markets could not be refreshed: {}", error)
                await self._clock.sleep(BETWEEN_SECONDS)
                continue
            _say(changes)
            await self._clock.sleep(BETWEEN_SECONDS)
            await self._rest(EVERY_SECONDS - BETWEEN_SECONDS)

    async def _refresh(self) -> Changes:
        synced, changes = await sync(
            self._all, self._file, self._clock, logger.debug, known=self._known
        )
        if not changes.is_empty:
            # What is gone can still be open, and is to be found there; nothing is opened in it.
            self._gone |= {m.symbol: replace(m, active=False) for m in changes.delisted}
            for market in changes.added:
                self._gone.pop(market.symbol, None)
            standing = replace(synced, markets=(*synced.markets, *self._gone.values()))
            # Four thousand names: beside the loop, not on it.
            directory = await asyncio.to_thread(Directory, standing.markets, origin=standing.origin)
            self._learn(standing, directory)
        self._known = synced
        return changes

    async def _all(self) -> Sequence[Market]:
        others = (m for m in self._known.markets if m.product not in self._products)
        return (*await self._fetch(), *others)

    async def _rest(self, seconds: float) -> None:
        """Or until it is wanted."""
        waiting = asyncio.ensure_future(self._wanted.wait())
        resting = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.wait({waiting, resting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            resting.cancel()


def _say(changes: Changes) -> None:
    if not changes.is_empty:
        logger.info(
            "Markets: new {}, changed {}, delisted {}",
            _names(changes.added),
            _names([change.market for change in changes.changed]),
            _names(changes.delisted),
        )


def _names(markets: Sequence[Market]) -> str:
    return ", ".join(market.id for market in markets) or "none"
