"""What CCXT makes of the public endpoints: listings, tickers, candles, books."""

from decimal import Decimal
from typing import Any

import pytest

from tgbitget.simulators.bitget import BitgetSimulator, snapshot


async def test_load_markets_works_with_the_listings_in_the_package(
    bitget: BitgetSimulator, connect: Any
) -> None:
    async with connect(bitget, load=False) as client:
        await client.load_markets()
        contracts = [m for m in client.markets.values() if m["swap"]]
        pairs = [m for m in client.markets.values() if m["spot"]]
        assert (len(contracts), len(pairs)) == (42, 10)
        assert all(market["active"] for market in client.markets.values())
        assert all(market["linear"] for market in contracts)
        assert {"BTC", "USDT", "1000BONK"} <= set(client.currencies)


@pytest.mark.parametrize(
    ("symbol", "tick", "step", "size_min", "leverage_max"),
    [
        pytest.param("BTCUSDT", 0.1, 0.0001, 0.0001, 150, id="BTC"),
        pytest.param("ETHUSDT", 0.01, 0.01, 0.01, 150, id="ETH"),
        pytest.param("XRPUSDT", 0.0001, 1, 1, 125, id="whole coins"),
        pytest.param("PEPEUSDT", 1e-10, 1000, 1000, 75, id="a tiny price in thousands"),
    ],
)
async def test_precision_is_read_as_bitget_means_it(
    client: Any, symbol: str, tick: float, step: float, size_min: float, leverage_max: int
) -> None:
    market = next(m for m in client.markets_by_id[symbol] if m["swap"])
    assert market["precision"] == {"price": tick, "amount": step}
    assert market["limits"]["amount"]["min"] == size_min
    assert market["limits"]["cost"]["min"] == 5
    assert market["limits"]["leverage"]["max"] == leverage_max
    assert (market["maker"], market["taker"]) == (0.0002, 0.0006)


async def test_prefixed_and_renamed_contracts_are_found_by_their_id(client: Any) -> None:
    assert client.markets_by_id["1000BONKUSDT"][0]["symbol"] == "1000BONK/USDT:USDT"
    assert client.markets_by_id["OMNIUSDT"][0]["symbol"] == "omni/USDT:USDT"


def test_the_snapshot_says_its_day_and_what_to_distrust() -> None:
    known = snapshot()
    for listing in (known.contracts, known.spot):
        symbols = {row["symbol"] for row in listing.rows}
        assert listing.as_of == "2026-11-20"
        assert set(listing.unconfirmed) < symbols
        assert set(listing.prices) == symbols
        assert "BTCUSDT" not in listing.unconfirmed


async def test_a_ticker_follows_the_price(bitget: BitgetSimulator, client: Any) -> None:
    bitget.exchange.set_spread("BTCUSDT", Decimal("0.5"))
    bitget.exchange.set_price("BTCUSDT", Decimal(58000))
    ticker = await client.fetch_ticker("BTC/USDT:USDT")
    assert (ticker["last"], ticker["bid"], ticker["ask"]) == (58000, 58000, 58000.5)
    assert ticker["markPrice"] == 58000
    every = await client.fetch_tickers(["BTC/USDT:USDT", "ETH/USDT:USDT"])
    assert every["ETH/USDT:USDT"]["last"] == 2500


async def test_spot_has_its_own_price_when_asked(bitget: BitgetSimulator, client: Any) -> None:
    bitget.exchange.set_price("BTCUSDT", Decimal(58100), product="spot")
    assert (await client.fetch_ticker("BTC/USDT"))["last"] == 58100
    assert (await client.fetch_ticker("BTC/USDT:USDT"))["last"] == 57000


@pytest.mark.parametrize("symbol", ["BTC/USDT:USDT", "BTC/USDT"])
async def test_candles_remember_open_high_low_and_close(
    bitget: BitgetSimulator, connect: Any, symbol: str
) -> None:
    for price in (57500, 56800, 57200):
        bitget.exchange.set_price("BTCUSDT", Decimal(price), gap=True)
    async with connect(bitget) as client:
        candles = await client.fetch_ohlcv(symbol, "1m", limit=2)
    assert candles[-1][2:5] == [max(candles[-1][1], 57500), 56800, 57200]


async def test_quiet_minutes_are_flat_candles_and_hours_are_folded(now: list[int]) -> None:
    hour = 3_600_000
    now[0] -= now[0] % hour
    async with BitgetSimulator(clock=lambda: now[0]) as bitget:
        tape = bitget.exchange.desk.tape("BTCUSDT")
        bitget.exchange.set_price("BTCUSDT", Decimal(100), gap=True)
        now[0] += 3 * 60_000
        bitget.exchange.set_price("BTCUSDT", Decimal(110), gap=True)
        minutes = tape.minutes(now[0] - 3 * 60_000, now[0] + 1)
        assert [candle.close for candle in minutes] == [100, 100, 100, 110]


async def test_the_book_stands_around_the_price(client: Any) -> None:
    book = await client.fetch_order_book("BTC/USDT:USDT", 5)
    assert book["bids"][0] == [57000, 1]
    assert book["asks"][0] == [57000.1, 1]
    assert [len(book["bids"]), len(book["asks"])] == [5, 5]


async def test_time_funding_and_tiers_are_answered(bitget: BitgetSimulator, client: Any) -> None:
    assert abs(await client.fetch_time() - bitget.now()) < 5_000
    funding = await client.fetch_funding_rate("BTC/USDT:USDT")
    assert funding["fundingRate"] == 0.0001
    tiers = await client.fetch_market_leverage_tiers("BTC/USDT:USDT")
    assert tiers[0]["maxLeverage"] == 150


async def test_a_delisted_contract_leaves_the_listing(bitget: BitgetSimulator, client: Any) -> None:
    bitget.exchange.delist("ETHUSDT")
    rows = (await client.publicMixGetV2MixMarketContracts({"productType": "USDT-FUTURES"}))["data"]
    assert "ETHUSDT" not in {row["symbol"] for row in rows}


async def test_an_unknown_endpoint_is_refused_loudly(connect: Any) -> None:
    async with BitgetSimulator() as bitget, connect(bitget) as client:
        with pytest.raises(Exception, match="40404"):
            await client.publicMixGetV2MixMarketVipFeeRate()
        assert [record.path for record in bitget.unknown_requests] == [
            "/api/v2/mix/market/vip-fee-rate"
        ]
        assert bitget.unknown_requests[0].status == 404
