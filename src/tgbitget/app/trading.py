"""The exchange side of a listener: venue, prices, executor, keeper; started by settling what an earlier life left."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial

from loguru import logger

from tgbitget.app.dialling import dialled_on
from tgbitget.app.earlier_life import is_of, lead_on
from tgbitget.app.hub import Hub
from tgbitget.app.modes import PAPER_USER_ID, exchange_of, products_of
from tgbitget.app.preflight import Preflight
from tgbitget.app.preparing import Preparing
from tgbitget.app.strangers import Strangers, look_for_strangers
from tgbitget.app.supervision import Supervisor
from tgbitget.clock import SystemClock
from tgbitget.errors import VenueError
from tgbitget.execution.executor import Executor
from tgbitget.execution.locks import SymbolLocks
from tgbitget.journal.journal import Journal
from tgbitget.markets.cache import CachedMarkets
from tgbitget.markets.directory import Directory
from tgbitget.markets.prices import INTERVAL_SECONDS, PriceBook
from tgbitget.model.event import Warned
from tgbitget.model.market import Product
from tgbitget.model.money import Price
from tgbitget.positions.desk import Desk, SendLog
from tgbitget.positions.keeper import TICK_SECONDS, PositionKeeper
from tgbitget.positions.record import Record
from tgbitget.profile import Profile
from tgbitget.settings import Settings
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.pacing import Pacing

SYNC_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trading:
    keeper: PositionKeeper
    venue: BitgetVenue
    prices: PriceBook
    strangers: Strangers | None = None

    def last_price(self, symbol: str) -> Price | None:
        quote = self.prices.quote(symbol)
        return None if quote is None else quote.price


async def start_trading(
    *,
    mode: str,
    settings: Settings,
    profiles: Sequence[Profile],
    markets: CachedMarkets,
    directory: Directory,
    journal: Journal,
    clock: SystemClock,
    hub: Hub,
    supervise: Supervisor,
    stack: AsyncExitStack,
    tasks: asyncio.TaskGroup,
    is_errand: bool = False,
) -> Trading:
    """When it returns, every open trade is led again. Unreachable and NotAuthorised only with nothing open.

    An errand is one command's: a Bitget that does not answer ends it, and nothing is made ready for posts to come.
    """
    kept = [one for one in journal.open_trades() if (mode == "paper") is is_of(one, PAPER_USER_ID)]
    products = products_of(profiles, kept)
    pacing = Pacing(clock)
    exchange = await stack.enter_async_context(
        exchange_of(mode, settings, markets, clock, products, pacing)
    )
    venue = exchange.venue
    stack.push_async_callback(venue.close)
    answered = partial(
        dialled_on,
        clock=clock,
        publish=hub.publish,
        may_end=lambda: is_errand or not kept,
        meanwhile="the venue's own stops guard what is open",
    )
    await answered(venue.open)
    preflight = Preflight(
        mode=mode,
        venue=venue,
        settings=settings,
        profiles=profiles,
        products=products,
        journal=journal,
        clock=clock,
        publish=hub.publish,
    )
    preflight.check_clock(clock.sync(await answered(venue.time)).total_seconds())
    if not is_errand:
        await preflight.check(may_end=not kept)
        tasks.create_task(supervise("key", preflight.watch_key))
    prices = PriceBook(clock)
    record = Record(journal, hub.publish)
    executor = Executor(
        venue=venue,
        journal=record,
        clock=clock,
        publish=hub.publish,
        pacing=pacing,
        locks=SymbolLocks(),
    )
    account = await answered(venue.account)
    desk = Desk(
        venue=venue,
        executor=executor,
        journal=journal,
        clock=clock,
        publish=hub.publish,
        quote=prices.quote,
        user_id=account.user_id,
        sends=SendLog(clock),
        record=record,
    )
    keeper = PositionKeeper(desk, supervise)
    tasks.create_task(keeper.run())
    await keeper.started()
    tasks.create_task(supervise("venue's time", lambda: _keep_time(clock, venue)))
    for name, task in exchange.beside:
        tasks.create_task(supervise(name, task))
    tasks.create_task(
        supervise(
            "prices",
            lambda: prices.run(
                exchange.fetch_quotes,
                interval_seconds=_interval_seconds(products),
                on_freshness=lambda fresh: _tell_freshness(hub, fresh=fresh),
            ),
        )
    )
    lead_on(desk, keeper, kept, settings, profiles)
    await answered(keeper.look)
    strangers = None
    if not is_errand:
        in_trade = {trade.symbol for trade in keeper.standing()}
        left = await answered(partial(look_for_strangers, desk, in_trade))
        strangers = Strangers(desk, keeper, left)
        preparing = Preparing(
            venue,
            journal,
            clock,
            directory=directory,
            profiles=profiles,
            in_use=lambda: {trade.symbol for trade in keeper.standing()},
        )
        tasks.create_task(supervise("preparing", preparing.run))
    return Trading(keeper=keeper, venue=venue, prices=prices, strangers=strangers)


def _interval_seconds(products: frozenset[Product]) -> float:
    """On spot our own clock watches the targets: it looks twice as often."""
    return TICK_SECONDS if Product.SPOT in products else INTERVAL_SECONDS


async def _keep_time(clock: SystemClock, venue: BitgetVenue) -> None:
    """Ages and expiry count in the venue's time, whatever happens to the machine's."""
    while True:
        await clock.sleep(SYNC_SECONDS)
        with suppress(VenueError):  # until the next turn the monotonic clock keeps it
            clock.sync(await venue.time())


def _tell_freshness(hub: Hub, *, fresh: bool) -> None:
    if fresh:
        logger.info("Prices are fresh")
    else:
        hub.publish(
            Warned(text="Bitget's prices are old; entries that need one wait or are refused")
        )
