"""Bitget's private pushes as updates, for as long as it runs: dialled again after every loss, however long it takes.

What was pushed while the line was down is lost, so each connection begins with `Reconnected`: ask. A line that went silent
is noticed after two missed pings, 10 to 15 s. Pushes come as they come: late, twice, out of order. Only executions are
told once, for Bitget tells each on two channels.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import VenueUnreachable
from tgbitget.model.market import Product
from tgbitget.model.order import Fill
from tgbitget.venues import holdings, parse
from tgbitget.venues.ccxt_line import Addresses, Credentials, VenueTime
from tgbitget.venues.feed import Channel, Feed, Row
from tgbitget.venues.listing import Listing
from tgbitget.venues.sessions import Session
from tgbitget.venues.venue import PositionsSnapshot, Reconnected, VenueUpdate

PING_SECONDS = 5.0
DIAL_SECONDS_FIRST = 0.1
DIAL_SECONDS_MAX = 5.0  # a position without pushes is watched over REST meanwhile, but more slowly
TRADES_REMEMBERED = 5_000

Emit = Callable[[VenueUpdate], None]

_CHANNELS: dict[Product, tuple[Channel, ...]] = {
    Product.USDT_FUTURES: tuple(
        ("USDT-FUTURES", channel) for channel in ("orders", "orders-algo", "fill", "positions")
    ),
    Product.SPOT: tuple(("SPOT", channel) for channel in ("orders", "orders-algo", "fill")),
}
_PRODUCTS = {"USDT-FUTURES": Product.USDT_FUTURES, "SPOT": Product.SPOT}


class Stream:
    def __init__(
        self,
        *,
        credentials: Credentials,
        time: VenueTime,
        clock: Clock,
        addresses: Addresses,
        products: frozenset[Product],
        listing: Listing,
        is_demo: bool = False,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._credentials = credentials
        self._time = time
        self._clock = clock
        self._addresses = addresses
        self._channels = tuple(
            channel for product in sorted(products) for channel in _CHANNELS[product]
        )
        self._listing = listing
        self._is_demo = is_demo
        self._ping_seconds = ping_seconds
        self._trades: OrderedDict[str, None] = OrderedDict()

    async def run(self, emit: Emit) -> None:
        """Until it is cancelled. VenueLocked when the key is refused."""
        async with Session() as session:
            wait = DIAL_SECONDS_FIRST
            while True:
                if await self._connected(self._feed(session, emit), emit):
                    wait = DIAL_SECONDS_FIRST
                await self._clock.sleep(wait)
                wait = min(wait * 2, DIAL_SECONDS_MAX)

    async def _connected(self, feed: Feed, emit: Emit) -> bool:
        """One connection, from its first byte to its end; False when it never came about."""
        try:
            await feed.connect(self._channels)
            emit(Reconnected())
            await feed.down()
        except VenueUnreachable as error:
            logger.warning("{}", error)
            return False
        else:
            return True
        finally:
            await feed.close()

    def _feed(self, session: Session, emit: Emit) -> Feed:
        return Feed(
            session=session,
            credentials=self._credentials,
            time=self._time,
            addresses=self._addresses,
            is_demo=self._is_demo,
            ping_seconds=self._ping_seconds,
            on_push=lambda message: self._tell(message, emit),
        )

    def _tell(self, message: Row, emit: Emit) -> None:
        """A push that cannot be read is said to be so and skipped: REST tells the same, later."""
        try:
            for update in self._updates(message):
                if not isinstance(update, Fill) or self._is_news(update):
                    emit(update)
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            logger.warning("A push of Bitget is not readable ({!r}): {!r}", error, message)

    def _updates(self, message: Row) -> Iterator[VenueUpdate]:
        product = _PRODUCTS[str(message["arg"]["instType"])]
        rows = message["data"]
        match message["arg"]["channel"]:
            case "orders":
                for row in rows:
                    yield from self._order(row, product)
            case "orders-algo":
                for row in rows:
                    yield parse.plan_order(row, self._listing, product)
            case "fill":
                for row in rows:
                    yield parse.fill(row, self._listing, product, is_push=True)
            case "positions":
                found = [holdings.position(row, self._listing) for row in rows]
                yield PositionsSnapshot(positions=tuple(each for each in found if each))
            case other:
                raise ValueError(f"a push on {other!r}, which nobody asked for")

    def _order(self, row: Row, product: Product) -> Iterator[VenueUpdate]:
        """An order, and before it the execution that the push tells beside: it names the client id, the fill does not."""
        if row.get("tradeId") and row.get("fillPrice"):
            yield parse.fill(
                {
                    **row,
                    "price": row["fillPrice"],
                    "cTime": row.get("fillTime"),
                    "profit": row.get("pnl"),
                    "side": str(parse.traded_side(row)),
                    "feeDetail": {
                        "totalFee": row.get("fillFee"),
                        "feeCoin": row.get("fillFeeCoin"),
                    },
                },
                self._listing,
                product,
                is_push=True,
            )
        yield parse.order(row, self._listing, product)

    def _is_news(self, fill: Fill) -> bool:
        if fill.trade_id in self._trades:
            return False
        self._trades[fill.trade_id] = None
        if len(self._trades) > TRADES_REMEMBERED:
            self._trades.popitem(last=False)
        return True
