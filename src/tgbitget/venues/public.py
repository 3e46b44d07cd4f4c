"""What Bitget tells everybody: its time, its markets, its prices. `PublicBitget` needs no account."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Self

from tgbitget.clock import Clock
from tgbitget.errors import VenueUnreachable
from tgbitget.model.market import Market, Product
from tgbitget.model.trade import Quote
from tgbitget.venues import contracts
from tgbitget.venues.ccxt_line import Addresses, Line, VenueTime, ask, rows_of
from tgbitget.venues.inquiry import parsed_in_slices
from tgbitget.venues.listing import Listing
from tgbitget.venues.orders import PRODUCT_TYPE
from tgbitget.venues.sessions import Session

ALL_PRODUCTS = frozenset(Product)
ANSWER_SECONDS = 10.0  # the lists are megabytes, and nothing waits for them


async def venue_time(line: Line) -> int:
    """In milliseconds. The cheapest request there is, unsigned and limited per address."""
    data = await ask(line.publicCommonGetV2PublicTime)
    try:
        return int(str(data["serverTime"]))
    except (KeyError, TypeError, ValueError) as error:
        raise VenueUnreachable(f"Bitget's time is not readable, was {data!r:.100}") from error


async def list_markets(line: Line, products: frozenset[Product]) -> tuple[Market, ...]:
    """Perpetual contracts and pairs, those that cannot be traded now included; one request a product."""
    rename = line.safe_currency_code
    found: list[Market] = []
    if Product.USDT_FUTURES in products:
        rows = rows_of(
            await ask(line.publicMixGetV2MixMarketContracts, {"productType": PRODUCT_TYPE})
        )
        listed = await parsed_in_slices(partial(contracts.contract, rename=rename), rows)
        found.extend(market for market in listed if market is not None)
    if Product.SPOT in products:
        rows = rows_of(await ask(line.publicSpotGetV2SpotPublicSymbols))
        found.extend(await parsed_in_slices(partial(contracts.pair, rename=rename), rows))
    return tuple(found)


async def list_quotes(
    line: Line, products: frozenset[Product], listing: Listing
) -> Mapping[str, Quote]:
    """By symbol, for the markets in *listing*; one request a product."""
    quotes: dict[str, Quote] = {}
    if Product.USDT_FUTURES in products:
        data = await ask(line.publicMixGetV2MixMarketTickers, {"productType": PRODUCT_TYPE})
        quotes |= await _quotes(data, listing, Product.USDT_FUTURES)
    if Product.SPOT in products:
        data = await ask(line.publicSpotGetV2SpotMarketTickers)
        quotes |= await _quotes(data, listing, Product.SPOT)
    return quotes


async def _quotes(data: Any, listing: Listing, product: Product) -> dict[str, Quote]:
    known = [row for row in rows_of(data) if listing.find(product, str(row.get("symbol")))]
    return {
        listing.symbol_of(product, str(row["symbol"])): quote
        for row, quote in zip(known, await parsed_in_slices(contracts.quote, known), strict=True)
        if quote is not None
    }


class PublicBitget:
    """A reader without credentials: `async with PublicBitget(clock=…) as bitget`."""

    def __init__(
        self,
        *,
        clock: Clock,
        addresses: Addresses | None = None,
        products: frozenset[Product] = ALL_PRODUCTS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._time = VenueTime(clock)
        self._addresses = addresses or Addresses()
        self._products = products
        self._answer_seconds = answer_seconds

    async def __aenter__(self) -> Self:
        self._session = Session()
        self._line = Line(
            time=self._time,
            session=self._session,
            addresses=self._addresses,
            timeout_seconds=self._answer_seconds,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._line.close()
        await self._session.close()

    async def markets(self) -> tuple[Market, ...]:
        """VenueUnreachable, VenueThrottled."""
        return await list_markets(self._line, self._products)

    async def quotes(self, listing: Listing) -> Mapping[str, Quote]:
        """Of the markets in *listing*. VenueUnreachable, VenueThrottled."""
        return await list_quotes(self._line, self._products, listing)
