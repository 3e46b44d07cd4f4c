import asyncio
from decimal import Decimal
from typing import Any

import ccxt.async_support
import pytest

from markets.samples import CONTRACT, PAIR, contract, listed, read
from tgbitget.errors import BadInput
from tgbitget.markets.coin_names import CCXT_NAMES
from tgbitget.model.market import Market, Product
from tgbitget.simulators.bitget import snapshot


def as_ccxt_reads(*, futures: Any = (), spot: Any = ()) -> dict[str, Any]:
    """The markets that CCXT makes of these rows, by symbol; its answers are given instead of fetched."""

    async def contracts_answer(params: Any) -> Any:
        return {"data": list(futures) if params["productType"] == "USDT-FUTURES" else []}

    async def pairs_answer(_params: Any) -> Any:
        return {"data": list(spot)}

    async def no_margin_answer(_params: Any) -> Any:
        return {"data": []}

    exchange = ccxt.async_support.bitget({"options": {"uta": False}})
    exchange.number = Decimal
    exchange.publicMixGetV2MixMarketContracts = contracts_answer
    exchange.publicSpotGetV2SpotPublicSymbols = pairs_answer
    exchange.publicMarginGetV2MarginCurrencies = no_margin_answer
    return {market["symbol"]: market for market in asyncio.run(exchange.fetch_markets())}


def assert_equal(ours: Market, theirs: dict[str, Any]) -> None:
    assert ours.id == theirs["id"]
    assert ours.tick == theirs["precision"]["price"]
    assert ours.step == theirs["precision"]["amount"]
    # Where the venue writes 0, one step is the least that can be.
    least = theirs["limits"]["amount"]["min"] or theirs["precision"]["amount"]
    assert ours.min_quantity == least
    assert ours.min_notional == (theirs["limits"]["cost"]["min"] or 0)
    assert ours.max_leverage == (theirs["limits"]["leverage"]["max"] or 1)
    assert ours.active == theirs["active"]
    assert (ours.maker_fee, ours.taker_fee) == (theirs["maker"], theirs["taker"])


def test_every_market_of_the_snapshot_is_what_ccxt_makes_of_it() -> None:
    raw = snapshot()
    theirs = as_ccxt_reads(futures=raw.contracts.rows, spot=raw.spot.rows)
    ours = listed()
    assert {market.symbol for market in ours} == set(theirs)
    for market in ours:
        assert_equal(market, theirs[market.symbol])


def test_unusual_rows_are_what_ccxt_makes_of_them() -> None:
    futures = [
        {**CONTRACT, "symbol": "XBTUSDT", "baseCoin": "XBT"},
        {**CONTRACT, "symbol": "OMNIUSDT", "baseCoin": "OMNI", "symbolStatus": "limit_open"},
        {
            **CONTRACT,
            "symbol": "BIGUSDT",
            "baseCoin": "BIG",
            "volumePlace": "0",
            "sizeMultiplier": "1000",
        },
        {
            **CONTRACT,
            "symbol": "FINEUSDT",
            "baseCoin": "FINE",
            "pricePlace": "10",
            "priceEndStep": "1",
        },
    ]
    spot = [
        {**PAIR, "symbol": "TONCOINUSDT", "baseCoin": "TONCOIN"},
        {**PAIR, "symbol": "GONEUSDT", "baseCoin": "GONE", "status": "offline"},
        {**PAIR, "symbol": "WHOLEUSDT", "baseCoin": "WHOLE", "quantityPrecision": "0"},
    ]
    theirs = as_ccxt_reads(futures=futures, spot=spot)
    ours = read(futures=futures, spot=spot)
    assert {market.symbol for market in ours} == set(theirs)
    for market in ours:
        assert_equal(market, theirs[market.symbol])


def test_our_table_of_renamed_coins_is_ccxts() -> None:
    assert ccxt.async_support.bitget().commonCurrencies == CCXT_NAMES


def test_a_contracts_tick_is_its_end_step_at_its_place() -> None:
    market = contract("ABC")
    assert (market.tick, market.step) == (Decimal("0.005"), Decimal("0.01"))
    assert market.max_market_quantity == Decimal(300)
    assert market.max_limit_quantity == Decimal(1000)
    assert market.product is Product.USDT_FUTURES


def test_a_delivery_contract_is_left_out() -> None:
    assert read(futures=[{**CONTRACT, "symbolType": "delivery"}]) == ()


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"pricePlace": "many"}, id="no number"),
        pytest.param({"sizeMultiplier": "x"}, id="no decimal"),
        pytest.param({"priceEndStep": "0"}, id="no tick"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(fields: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="ABCUSDT"):
        contract("ABC", **fields)


def test_a_row_that_lacks_a_field_is_named() -> None:
    with pytest.raises(BadInput, match=r"ABCUSDT.*quantityPrecision"):
        read(spot=[{key: value for key, value in PAIR.items() if key != "quantityPrecision"}])
