"""Bitget's public lists, read without an account."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tgbitget.clock import SystemClock
from tgbitget.errors import VenueUnreachable
from tgbitget.model.market import Product
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.venues import contracts
from tgbitget.venues.ccxt_line import Addresses
from tgbitget.venues.listing import Listing
from tgbitget.venues.public import PublicBitget

from .samples import D


@pytest.fixture
async def public(bitget: BitgetSimulator) -> AsyncIterator[PublicBitget]:
    async with PublicBitget(
        clock=SystemClock(), addresses=Addresses(rest_url=bitget.rest_url)
    ) as reader:
        yield reader


async def test_markets_are_listed_with_exact_steps(
    bitget: BitgetSimulator, public: PublicBitget
) -> None:
    markets = {market.symbol: market for market in await public.markets()}
    assert len(bitget.requests) == 2
    assert not any("ACCESS-KEY" in request.headers for request in bitget.requests)
    perpetual = markets["BTC/USDT:USDT"]
    assert (perpetual.id, perpetual.product) == ("BTCUSDT", Product.USDT_FUTURES)
    assert (perpetual.tick, perpetual.step, perpetual.max_leverage) == (
        D("0.1"),
        D("0.0001"),
        D(150),
    )
    assert markets["BTC/USDT"].product is Product.SPOT
    assert markets["1000BONK/USDT:USDT"].multiplier == 1000
    assert markets["FLOKI/USDT:USDT"].step == D(10)


async def test_coins_that_ccxt_renames_keep_their_id(public: PublicBitget) -> None:
    by_id = {market.id: market for market in await public.markets()}
    assert by_id["OMNIUSDT"].symbol == "omni/USDT:USDT"
    assert by_id["OMNIUSDT"].base == "OMNI"


async def test_quotes_are_told_for_the_markets_asked_about(
    bitget: BitgetSimulator, public: PublicBitget
) -> None:
    listing = Listing([m for m in await public.markets() if m.base == "ETH"])
    quotes = await public.quotes(listing)
    assert set(quotes) == {"ETH/USDT:USDT", "ETH/USDT"}
    assert quotes["ETH/USDT:USDT"].price == D(2500)


async def test_a_removed_contract_is_listed_as_not_active(
    bitget: BitgetSimulator, public: PublicBitget
) -> None:
    bitget.exchange.set_status("BTCUSDT", "maintain")
    by_id = {m.symbol: m for m in await public.markets()}
    assert not by_id["BTC/USDT:USDT"].active
    assert by_id["ETH/USDT:USDT"].active


async def test_a_list_that_does_not_come_is_unreachable(
    bitget: BitgetSimulator, public: PublicBitget
) -> None:
    bitget.faults.next("contracts", then="html")
    with pytest.raises(VenueUnreachable, match="no JSON answer"):
        await public.markets()


ROW: dict[str, Any] = {
    "symbol": "XUSDT",
    "baseCoin": "X",
    "quoteCoin": "USDT",
    "symbolType": "perpetual",
    "symbolStatus": "normal",
    "minTradeNum": "1",
    "priceEndStep": "1",
    "pricePlace": "2",
    "sizeMultiplier": "1",
    "volumePlace": "0",
}


@pytest.mark.parametrize(
    ("changes", "tick", "step"),
    [
        pytest.param({}, "0.01", "1", id="plain"),
        pytest.param({"priceEndStep": "5", "pricePlace": "3"}, "0.005", "1", id="tick of five"),
        pytest.param({"sizeMultiplier": "10"}, "0.01", "10", id="step of ten"),
        pytest.param(
            {"sizeMultiplier": "0.01", "volumePlace": "2"}, "0.01", "0.01", id="step below one"
        ),
        pytest.param({"pricePlace": "8"}, "0.00000001", "1", id="many places"),
    ],
)
def test_steps_are_read_from_digits_and_places(
    changes: dict[str, str], tick: str, step: str
) -> None:
    market = contracts.contract(ROW | changes, str)
    assert market is not None
    assert (market.tick, market.step) == (D(tick), D(step))


def test_a_delivery_contract_is_left_out() -> None:
    assert contracts.contract(ROW | {"symbolType": "delivery"}, str) is None


def test_a_ticker_tells_what_was_traded_in_a_day() -> None:
    row = {"lastPr": "2500", "bidPr": "2499.9", "askPr": "", "usdtVolume": "123456.7"}
    told = contracts.quote(row)
    assert told is not None
    assert (told.bid, told.ask, told.turnover_24h) == (D("2499.9"), None, D("123456.7"))
    silent = contracts.quote({"lastPr": "2500", "bidPr": "1", "askPr": "2"})
    assert silent is not None
    assert silent.turnover_24h is None
