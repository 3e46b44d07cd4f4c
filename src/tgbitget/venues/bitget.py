"""Bitget behind the port: USDT futures and spot, over CCXT.

Two CCXT instances on two warm sessions, one for orders and one for questions; neither waits for the other. Orders are
dated 20 s into the past of the venue's time, so that one that was lost on the way is refused when it comes late.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from decimal import Decimal

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import (
    EndpointMissing,
    NotAuthorised,
    Unreachable,
    VenueError,
    VenueLocked,
    VenueRejected,
    VenueThrottled,
    VenueUnreachable,
)
from tgbitget.model.funding import Funding
from tgbitget.model.ids import VenueOrderId
from tgbitget.model.intent import MarginMode
from tgbitget.model.market import Market, Product
from tgbitget.model.money import NOTHING
from tgbitget.model.order import Fill, VenueOrder
from tgbitget.model.plan import Leg
from tgbitget.model.position import Account, Holding, VenuePosition, VenueStop
from tgbitget.model.trade import Quote
from tgbitget.venues import identity, orders, public
from tgbitget.venues.ccxt_errors import CLOCK_IS_OFF
from tgbitget.venues.ccxt_line import Addresses, Credentials, Line, Row, VenueTime, send
from tgbitget.venues.futures import Futures
from tgbitget.venues.holdings import Setting
from tgbitget.venues.identity import Who
from tgbitget.venues.inquiry import Inquiry
from tgbitget.venues.listing import Listing
from tgbitget.venues.orders import MARGIN_COIN
from tgbitget.venues.pacing import Pacing
from tgbitget.venues.sessions import ORDER_CONNECTIONS, WARM_SECONDS, Session
from tgbitget.venues.spot import Spot
from tgbitget.venues.stream import PING_SECONDS, Stream
from tgbitget.venues.venue import VenueUpdate

ORDER_LAG_SECONDS = 20.0
"""How old an order says it is. Bitget takes 30 s [assumed from its documentation], so it dies 10 s after it was sent."""

ANSWER_SECONDS = 5.0  # a send that has no answer by then is unknown, and asked about
# A time just taken from the venue that it refuses again and again is no matter of clocks.
CLOCK_REFUSALS_MAX = 3
FUTURES_ONLY = frozenset({Product.USDT_FUTURES})


class BitgetVenue:
    """Keeps the port of `venue.py`. `open` before anything else, `close` at the end."""

    def __init__(
        self,
        *,
        credentials: Credentials,
        markets: Iterable[Market],
        clock: Clock,
        pacing: Pacing | None = None,
        addresses: Addresses | None = None,
        products: frozenset[Product] = FUTURES_ONLY,
        is_demo: bool = False,
        answer_seconds: float = ANSWER_SECONDS,
        warm_seconds: float = WARM_SECONDS,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._credentials = credentials
        self._clock = clock
        self._addresses = addresses or Addresses()
        self._products = products
        self._is_demo = is_demo
        self._answer_seconds = answer_seconds
        self._warm_seconds = warm_seconds
        self._ping_seconds = ping_seconds
        self._pacing = pacing or Pacing(clock)
        self._listing = Listing(markets)
        self._time = VenueTime(clock)
        self._stack = AsyncExitStack()
        self._clock_refusals = 0
        self._who = Who(user_id="")

    @property
    def is_hedged(self) -> bool:
        return self._futures.is_hedged

    @property
    def permissions(self) -> tuple[str, ...]:
        """What the API key may do, in Bitget's words (`coow`: write futures orders); empty when it did not say."""
        return self._who.permissions

    @property
    def who(self) -> Who:
        """Whose key this is and what it may do, as of `open` or the last `look_at_key`."""
        return self._who

    async def look_at_key(self) -> Who:
        """The key's rights and addresses, asked anew. NotAuthorised, Unreachable."""
        self._who = await identity.learn_who(self._inquiry, self._credentials)
        return self._who

    async def setting(self, market: Market) -> Setting:
        """Margin mode and leverage of a contract as the venue has them; its fields are None where it does not say."""
        return await self._futures.setting(market)

    async def learn_setting(self, market: Market) -> None:
        """Ask for them where they are not known, so that a trade there need not."""
        await self._futures.learn_setting(market)

    # opening and closing

    async def open(self) -> None:
        try:
            await self._open()
        except VenueLocked as error:
            await self.close()
            raise NotAuthorised(str(error)) from error
        except BaseException:
            await self.close()
            raise

    async def _open(self) -> None:
        self._orders = await self._dial(lag_seconds=ORDER_LAG_SECONDS)
        self._queries = await self._dial()
        self._inquiry = Inquiry(self._queries, self._pacing, correct_time=self._correct_time)
        self._futures = Futures(
            line=self._orders,
            send=self._send,
            inquiry=self._inquiry,
            listing=self._listing,
            pacing=self._pacing,
        )
        self._spot = Spot(send=self._send, inquiry=self._inquiry, listing=self._listing)
        await self._reach()
        await identity.refuse_unified(self._inquiry)
        if Product.USDT_FUTURES in self._products:
            self._futures.is_hedged = await identity.learn_hold_mode(self._inquiry)
        self._who = await identity.learn_who(self._inquiry, self._credentials)

    async def close(self) -> None:
        await self._stack.aclose()

    async def _dial(self, *, lag_seconds: float = 0.0) -> Line:
        session = await self._stack.enter_async_context(Session())
        line = Line(
            time=self._time,
            session=session,
            addresses=self._addresses,
            credentials=self._credentials,
            is_demo=self._is_demo,
            lag_ms=int(lag_seconds * 1000),
            timeout_seconds=self._answer_seconds,
        )
        self._stack.push_async_callback(line.close)
        return line

    async def _reach(self) -> None:
        """Dial both lines and take the venue's time. Unreachable."""
        try:
            await self.time()
            await self._touch_orders()
            await asyncio.gather(*(self._touch_orders() for _ in range(ORDER_CONNECTIONS)))
        except VenueError as error:
            raise Unreachable(f"Bitget cannot be reached: {error}") from error

    async def _touch_orders(self) -> None:
        """A cheap unsigned request, for the connection that it opens or keeps; any answer will do."""
        with suppress(EndpointMissing):
            await public.venue_time(self._orders)

    # the venue itself

    async def time(self) -> datetime:
        """As last learnt, or the machine's, where the venue does not tell it."""
        started = self._clock.monotonic()
        try:
            venue_ms = await public.venue_time(self._queries)
        except EndpointMissing as error:
            logger.debug("Bitget does not tell its time: {}", error)
            return datetime.fromtimestamp(self._time.now_ms() / 1000, UTC)
        off_ms = self._time.learn(venue_ms, round_trip_seconds=self._clock.monotonic() - started)
        logger.debug("Bitget's time is {} ms from ours", off_ms)
        return datetime.fromtimestamp(venue_ms / 1000, UTC)

    async def markets(self) -> tuple[Market, ...]:
        return await public.list_markets(self._queries, self._products)

    def learn_markets(self, markets: Iterable[Market]) -> None:
        """What orders and answers are read by from now on."""
        self._listing.learn(markets)

    async def quotes(self) -> Mapping[str, Quote]:
        return await public.list_quotes(self._queries, self._products, self._listing)

    async def account(self) -> Account:
        if self._has_futures:
            equity, available = await self._futures.equity()
        else:
            held = (await self._spot.holdings()).get(MARGIN_COIN)
            equity, available = (held.total, held.available) if held else (NOTHING, NOTHING)
        return Account(
            user_id=self._who.user_id,
            equity=equity,
            available=available,
            is_hedged=self.is_hedged,
        )

    # sends

    async def prepare(self, market: Market, *, leverage: Decimal, mode: MarginMode) -> None:
        if market.product is Product.USDT_FUTURES:
            await self._futures.prepare(market, leverage=leverage, mode=mode)

    async def place(self, leg: Leg) -> VenueOrderId:
        market = self._listing.of(leg.symbol)
        orders.check_exact(leg, market)
        return await self._of(market).place(leg, market)

    async def cancel(self, leg: Leg) -> None:
        market = self._listing.of(leg.symbol)
        await self._of(market).cancel(leg, market)

    async def amend_stop(self, leg: Leg, amended: Leg) -> None:
        market = self._listing.of(leg.symbol)
        orders.check_exact(amended, market)
        await self._of(market).amend_stop(leg, amended, market)

    async def cancel_stop(self, stop: VenueStop) -> None:
        await self._futures.cancel_stop(stop, self._listing.of(stop.symbol))

    async def amend_plan(self, amended: Leg) -> None:
        market = self._listing.of(amended.symbol)
        orders.check_exact(amended, market)
        if not orders.is_spot(market):
            raise VenueRejected(f"NotSupported: {amended.name}: stops of contracts are replaced")
        await self._spot.amend_plan(amended)

    async def _send(self, name: str, body: Row) -> object:
        try:
            answer = await send(getattr(self._orders, name), body)
        except VenueRejected as error:
            if error.code not in CLOCK_IS_OFF or self._clock_refusals >= CLOCK_REFUSALS_MAX:
                raise
            self._clock_refusals += 1
            # Refused before anything was done: once the time is right it may be sent as if for the first time.
            await self._correct_time()
            raise VenueThrottled(str(error), code=error.code, retry_after_seconds=0.0) from error
        self._clock_refusals = 0
        return answer

    async def _correct_time(self) -> None:
        try:
            moment = await self.time()
        except VenueError as error:
            logger.warning("Bitget refused our time, and does not tell its own: {}", error)
        else:
            logger.warning("Bitget refused our time; taken anew from it: {}", moment)

    # questions

    async def order(self, leg: Leg) -> VenueOrder | None:
        market = self._known(leg.symbol)
        return await self._of(market).order(leg, market)

    async def children(self, leg: Leg) -> tuple[VenueOrderId, ...]:
        market = self._known(leg.symbol)
        return await self._of(market).children(leg, market)

    async def open_orders(self, symbol: str | None = None) -> tuple[VenueOrder, ...]:
        if symbol is not None:
            market = self._known(symbol)
            return await self._of(market).open_orders(market)
        found: list[VenueOrder] = []
        if Product.USDT_FUTURES in self._products:
            found.extend(await self._futures.open_orders(None))
        if Product.SPOT in self._products:
            found.extend(await self._spot.open_orders(None))
        return tuple(found)

    async def history(self, symbol: str | None, since: datetime) -> tuple[VenueOrder, ...]:
        if symbol is not None:
            market = self._known(symbol)
            return await self._of(market).history(market, since)
        found: list[VenueOrder] = []
        if self._has_futures:
            found.extend(await self._futures.history(None, since))
        if Product.SPOT in self._products:
            found.extend(await self._spot.history(None, since))
        return tuple(found)

    async def stops(self, symbol: str | None = None) -> tuple[VenueStop, ...]:
        market = None if symbol is None else self._known(symbol)
        if market is not None and orders.is_spot(market):
            return ()
        return await self._futures.stops(market) if self._has_futures else ()

    async def positions(self) -> tuple[VenuePosition, ...]:
        return await self._futures.positions() if self._has_futures else ()

    async def fills(self, symbol: str, since: datetime) -> tuple[Fill, ...]:
        market = self._known(symbol)
        return await self._of(market).fills(market, since)

    async def holdings(self) -> Mapping[str, Holding]:
        return await self._spot.holdings() if Product.SPOT in self._products else {}

    async def funding(self, symbol: str | None, since: datetime) -> tuple[Funding, ...]:
        market = None if symbol is None else self._known(symbol)
        return await self._futures.funding(market, since) if self._has_futures else ()

    @property
    def _has_futures(self) -> bool:
        return Product.USDT_FUTURES in self._products

    def _of(self, market: Market) -> Futures | Spot:
        return self._spot if orders.is_spot(market) else self._futures

    def _known(self, symbol: str) -> Market:
        """For questions: a market that is not listed is no refusal of theirs."""
        try:
            return self._listing.of(symbol)
        except VenueRejected as error:
            raise VenueUnreachable(str(error)) from error

    # as long as it runs

    async def run_updates(self, emit: Callable[[VenueUpdate], None]) -> None:
        stream = Stream(
            credentials=self._credentials,
            time=self._time,
            clock=self._clock,
            addresses=self._addresses,
            products=self._products,
            listing=self._listing,
            is_demo=self._is_demo,
            ping_seconds=self._ping_seconds,
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(stream.run(emit))
                tasks.create_task(self.keep_warm())
        except ExceptionGroup as group:
            raise group.exceptions[0] from group

    async def keep_warm(self) -> None:
        """A cheap unsigned request on both lines, well inside what an idle connection is allowed; forever."""
        while True:
            await self._clock.sleep(self._warm_seconds)
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self.time())
                    # As many at once, each on a connection of its own: entries, stops and targets go out together.
                    for _ in range(ORDER_CONNECTIONS):
                        tasks.create_task(self._touch_orders())
            except* VenueError as group:
                logger.warning("Bitget did not answer the regular call: {}", group.exceptions[0])
