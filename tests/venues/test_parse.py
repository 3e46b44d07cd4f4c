"""Rows as Bitget writes them, odd ones included."""

from typing import Any

import pytest

from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.market import Product
from tgbitget.model.order import OrderStatus
from tgbitget.model.plan import OrderSide
from tgbitget.venues import holdings, parse
from tgbitget.venues.listing import Listing

from .samples import BTC, MARKETS, SPOT_BTC, D

LISTING = Listing(MARKETS)
FUTURES = Product.USDT_FUTURES

ORDER: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "orderId": "1",
    "clientOid": "",
    "size": "0.01",
    "side": "buy",
    "state": "live",
    "posSide": "net",
    "tradeSide": "buy_single",
    "priceAvg": "",
    "price": "",
    "cTime": "1763600000000",
}
FILL: dict[str, Any] = {
    "tradeId": "2",
    "symbol": "BTCUSDT",
    "orderId": "1",
    "price": "57000",
    "baseVolume": "0.01",
    "side": "buy",
    "posMode": "one_way_mode",
    "tradeSide": "buy_single",
    "feeDetail": [{"feeCoin": "USDT", "totalFee": "-0.342"}],
    "cTime": "1763600000000",
}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("live", OrderStatus.LIVE),
        ("partially_filled", OrderStatus.PARTLY_FILLED),
        ("filled", OrderStatus.FILLED),
        ("canceled", OrderStatus.CANCELLED),
        ("cancelled", OrderStatus.CANCELLED),
        ("executed", OrderStatus.FILLED),
        ("fail_trigger", OrderStatus.CANCELLED),
    ],
)
def test_statuses(word: str, status: OrderStatus) -> None:
    assert parse.order(ORDER | {"state": word}, LISTING, FUTURES).status is status


def test_a_status_nobody_knows_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="unknown order status 'resting'"):
        parse.order(ORDER | {"state": "resting"}, LISTING, FUTURES)


@pytest.mark.parametrize(
    ("words", "side", "reduces"),
    [
        ({"posSide": "net", "side": "sell"}, OrderSide.SELL, False),
        ({"posSide": "net", "side": "sell", "reduceOnly": "YES"}, OrderSide.SELL, True),
        ({"posSide": "long", "side": "buy", "tradeSide": "open"}, OrderSide.BUY, False),
        ({"posSide": "long", "side": "buy", "tradeSide": "close"}, OrderSide.SELL, True),
        ({"posSide": "long", "side": "sell", "tradeSide": "close"}, OrderSide.SELL, True),
        ({"posSide": "short", "side": "sell", "tradeSide": "close"}, OrderSide.BUY, True),
        ({"posSide": "short", "side": "sell", "tradeSide": "burst_close_short"}, "buy", True),
    ],
)
def test_the_direction_traded(words: dict[str, str], side: str, reduces: bool) -> None:
    order = parse.order(ORDER | words, LISTING, FUTURES)
    assert (order.side, order.reduce_only) == (side, reduces)


@pytest.mark.parametrize(
    ("words", "is_push", "side"),
    [
        ({}, False, OrderSide.BUY),
        ({"posMode": "hedge_mode", "tradeSide": "close"}, False, OrderSide.SELL),
        ({"posMode": "hedge_mode", "tradeSide": "reduce_close_long"}, False, OrderSide.SELL),
        ({"posMode": "hedge_mode", "tradeSide": "close", "side": "sell"}, True, OrderSide.SELL),
        ({"posMode": "hedge_mode", "tradeSide": "open"}, False, OrderSide.BUY),
    ],
)
def test_the_side_of_a_fill(words: dict[str, str], is_push: bool, side: OrderSide) -> None:
    assert parse.fill(FILL | words, LISTING, FUTURES, is_push=is_push).side is side


def test_a_fee_is_positive_when_paid_and_negative_when_earned() -> None:
    paid = parse.fill(FILL, LISTING, FUTURES, is_push=False)
    assert (paid.fee, paid.fee_coin) == (D("0.342"), "USDT")
    earned = FILL | {"feeDetail": [{"feeCoin": "USDT", "totalFee": "0.1"}]}
    assert parse.fill(earned, LISTING, FUTURES, is_push=False).fee == D("-0.1")


def test_a_spot_fee_is_paid_whatever_its_sign() -> None:
    row = FILL | {"priceAvg": "57000", "size": "0.01", "feeDetail": {"totalFee": "0.00001"}}
    assert parse.fill(row, LISTING, Product.SPOT, is_push=True).fee == D("0.00001")


def test_open_spot_orders_have_their_prices_turned() -> None:
    row = ORDER | {"priceAvg": "50000", "basePrice": "0", "status": "live", "orderType": "limit"}
    order = parse.open_spot_order(row, LISTING)
    assert (order.symbol, order.price, order.average) == (SPOT_BTC, D(50000), None)


def test_the_whole_list_is_refused_for_one_row_that_cannot_be_read() -> None:
    with pytest.raises(ValueError, match=r"unreadable row .* 'size': 'much'"):
        parse.each(
            lambda row: parse.order(row, LISTING, FUTURES), [ORDER, ORDER | {"size": "much"}]
        )


def test_a_position_without_size_is_flat() -> None:
    assert (
        holdings.position({"symbol": "BTCUSDT", "holdSide": "long", "total": "0"}, LISTING) is None
    )


def test_a_position_is_read_exactly() -> None:
    row = {
        "instId": "BTCUSDT",
        "holdSide": "short",
        "total": "0.012",
        "openPriceAvg": "57000.123456789",
        "leverage": 20,
        "marginMode": "isolated",
        "posMode": "hedge_mode",
    }
    position = holdings.position(row, LISTING)
    assert position is not None
    assert (position.symbol, position.side, position.margin_mode) == (
        BTC,
        Side.SHORT,
        MarginMode.ISOLATED,
    )
    assert (position.amount, position.entry) == (D("0.012"), D("57000.123456789"))
    assert position.leverage == D(20)
    assert position.is_hedged


@pytest.mark.parametrize(
    ("words", "is_push", "position", "is_forced"),
    [
        pytest.param({}, False, None, False, id="one-way: the account holds one side"),
        pytest.param(
            {"posMode": "hedge_mode", "tradeSide": "open"}, False, Side.LONG, False, id="opens long"
        ),
        pytest.param(
            {"posMode": "hedge_mode", "tradeSide": "close"},
            False,
            Side.LONG,
            False,
            id="REST names the position's side",
        ),
        pytest.param(
            {"posMode": "hedge_mode", "tradeSide": "close"},
            True,
            Side.SHORT,
            False,
            id="a push the side traded: buying closes a short",
        ),
        pytest.param(
            {"posMode": "hedge_mode", "tradeSide": "burst_close_short", "side": "sell"},
            False,
            Side.SHORT,
            True,
            id="a short is liquidated",
        ),
        pytest.param(
            {"tradeSide": "burst_sell_single"}, True, None, True, id="liquidated, one-way"
        ),
        pytest.param(
            {"tradeSide": "dte_sys_adl_sell_in_single_side_mode"}, True, None, True, id="unwound"
        ),
    ],
)
def test_the_position_of_a_fill_and_who_wanted_it(
    words: dict[str, str], is_push: bool, position: Side | None, is_forced: bool
) -> None:
    fill = parse.fill(FILL | words, LISTING, FUTURES, is_push=is_push)
    assert (fill.position_side, fill.is_forced) == (position, is_forced)


def test_funding_is_below_nothing_when_it_was_paid() -> None:
    bill = {"billId": "9", "symbol": "BTCUSDT", "amount": "-0.57", "cTime": "1763600000000"}
    paid = parse.funding(bill, LISTING)
    assert (paid.bill_id, paid.symbol, paid.amount) == ("9", "BTC/USDT:USDT", D("-0.57"))
    with pytest.raises(ValueError, match="without an amount"):
        parse.funding(bill | {"amount": ""}, LISTING)
