"""Paper mode: the simulated Bitget inside this process, fed with Bitget's public prices, behind the same CCXT path."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

from loguru import logger

from tgbitget.app.modes import PAPER_USER_ID
from tgbitget.clock import Clock
from tgbitget.errors import Unreachable, VenueError
from tgbitget.model.market import Market, Product
from tgbitget.model.money import exact
from tgbitget.model.trade import Quote
from tgbitget.simulators.bitget import BitgetSimulator, Exchange
from tgbitget.simulators.bitget.events import PriceMoved
from tgbitget.venues.listing import Listing
from tgbitget.venues.public import PublicBitget

EQUITY = "1000"  # what a new paper account holds, in USDT, for futures and for spot
SAVE_SECONDS = 0.5  # a crash forgets at most this much of the paper account
_FILE_MODE = 0o600
_PLACES = 8  # no contract has finer sizes; the step says what is allowed


class PaperExchange:
    """`quotes` asks Bitget for its prices and moves the simulated market to them."""

    def __init__(
        self, simulator: BitgetSimulator, public: PublicBitget, markets: Iterable[Market]
    ) -> None:
        self.simulator = simulator
        self._public = public
        self._listing = Listing(markets)

    async def quotes(self) -> Mapping[str, Quote]:
        quotes = await self._public.quotes(self._listing)
        for symbol, quote in quotes.items():
            market = self._listing.of(symbol)
            product = "spot" if market.product is Product.SPOT else "futures"
            self.simulator.exchange.set_price(market.id, quote.price, product=product)
        return quotes


@asynccontextmanager
async def paper_exchange(
    *, public: PublicBitget, markets: Iterable[Market], file: Path
) -> AsyncIterator[PaperExchange]:
    """The account of *file*, or a new one with `EQUITY`. Unreachable: without prices there is no market."""
    active = [market for market in markets if market.active]
    try:
        quotes = await public.quotes(Listing(active))
    except VenueError as e:
        raise Unreachable(f"paper mode needs Bitget's public prices: {e}") from e
    priced = [market for market in active if market.symbol in quotes]
    on_spot = [market for market in priced if market.product is Product.SPOT]
    on_contracts = [market for market in priced if market.product is not Product.SPOT]
    contracts = [raw_contract(market) for market in on_contracts]
    pairs = [raw_pair(market) for market in on_spot]
    simulator = BitgetSimulator(
        user_id=PAPER_USER_ID,
        equity=EQUITY,
        contracts=contracts,
        pairs=pairs,
        prices={market.id: quotes[market.symbol].price for market in on_contracts},
        spot_prices={market.id: quotes[market.symbol].price for market in on_spot},
        spot_balances={"USDT": EQUITY},
        exchange=_kept(file, contracts, pairs),
        clock=_now_ms,
    )
    async with simulator:
        yield PaperExchange(simulator, public, priced)
        save(simulator.exchange, file)


def raw_contract(market: Market) -> dict[str, Any]:
    """The market as Bitget lists it: what the simulator is configured with."""
    places = _places_of(market.tick)
    return {
        "symbol": market.id,
        "baseCoin": market.base,
        "quoteCoin": market.quote,
        "pricePlace": str(places),
        "priceEndStep": exact(market.tick.scaleb(places)),
        "volumePlace": str(_PLACES),
        "sizeMultiplier": exact(market.step),
        "minTradeNum": exact(market.min_quantity),
        "minTradeUSDT": exact(market.min_notional),
        "maxOrderQty": exact(market.max_limit_quantity) if market.max_limit_quantity else "",
        "maxMarketOrderQty": exact(market.max_market_quantity)
        if market.max_market_quantity
        else "",
        "minLever": "1",
        "maxLever": exact(market.max_leverage),
        "makerFeeRate": exact(market.maker_fee),
        "takerFeeRate": exact(market.taker_fee),
        "buyLimitPriceRatio": "0.05",
        "sellLimitPriceRatio": "0.05",
        "symbolStatus": "normal",
        "symbolType": "perpetual",
        "supportMarginCoins": ["USDT"],
    }


def raw_pair(market: Market) -> dict[str, Any]:
    """A spot pair in the same way."""
    return {
        "symbol": market.id,
        "baseCoin": market.base,
        "quoteCoin": market.quote,
        "minTradeAmount": exact(market.min_quantity),
        "minTradeUSDT": exact(market.min_notional),
        "pricePrecision": str(_places_of(market.tick)),
        "quantityPrecision": str(_places_of(market.step)),
        "quotePrecision": str(_PLACES),
        "makerFeeRate": exact(market.maker_fee),
        "takerFeeRate": exact(market.taker_fee),
        "status": "online",
    }


def _places_of(step: Decimal) -> int:
    return max(
        0, -int(step.normalize().as_tuple().exponent)
    )  # a finite number's exponent is an int


async def keep_saving(exchange: Exchange, file: Path, clock: Clock) -> None:
    """Write the account whenever something happened in it; for ever."""
    changed = asyncio.Event()
    exchange.listen(lambda event: None if isinstance(event, PriceMoved) else changed.set())
    while True:
        await changed.wait()
        changed.clear()
        save(exchange, file)
        await clock.sleep(SAVE_SECONDS)


def save(exchange: Exchange, file: Path) -> None:
    """Replaced as a whole, for its owner alone."""
    new = file.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(exchange.dump(), out)
    new.replace(file)


def _kept(
    file: Path, contracts: list[dict[str, Any]], pairs: list[dict[str, Any]]
) -> Exchange | None:
    """The account of an earlier run. One that cannot be read is put aside, not overwritten."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return Exchange.load(kept, now=_now_ms, contracts=contracts, pairs=pairs)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as e:
        _put_aside(file, e)
        return None


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _put_aside(file: Path, error: Exception) -> None:
    aside = file.with_suffix(".unreadable")
    with suppress(OSError):
        file.replace(aside)
    logger.warning(
        "The paper account in {} cannot be read ({!r}); it is kept as {}, a new one begins",
        file,
        error,
        aside.name,
    )
