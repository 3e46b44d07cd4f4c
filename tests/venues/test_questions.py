"""What the venue tells: orders, stops, positions, fills, quotes; whole lists, exact numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from tgbitget.errors import VenueUnreachable
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.market import Product
from tgbitget.model.money import Price, Quantity
from tgbitget.model.order import OrderStatus
from tgbitget.model.plan import Leg, OrderSide
from tgbitget.model.position import StopKind
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.orders import HoldMode
from tgbitget.venues.bitget import BitgetVenue

from .samples import (
    BTC,
    ETH,
    MARKETS,
    SPOT_BTC,
    D,
    close,
    leg,
    limit,
    oid,
    opened,
    stop,
    target,
    trigger,
)

RECENTLY = timedelta(minutes=1)


def a_minute_ago() -> datetime:
    return datetime.now(UTC) - RECENTLY


@pytest.mark.parametrize("unknown", [leg(), trigger(), stop(), target()], ids=lambda a: a.name)
async def test_an_order_that_never_was_is_none(unknown: Leg, venue: BitgetVenue) -> None:
    assert await venue.order(unknown) is None
    assert await venue.children(unknown) == ()


async def test_an_order_is_told_as_it_filled(venue: BitgetVenue) -> None:
    await venue.place(leg())
    order = await venue.order(leg())
    assert order is not None
    assert (order.status, order.filled, order.average) == (
        OrderStatus.FILLED,
        D("0.01"),
        D(57000),
    )


async def test_a_triggered_entry_is_told_as_the_order_it_bore(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    plan_id = await venue.place(trigger())
    bitget.exchange.set_price("BTCUSDT", D(58000))
    order = await venue.order(trigger())
    assert order is not None
    assert (order.client_oid, order.parent) == (oid("entry-1"), plan_id)
    assert (order.status, order.filled) == (OrderStatus.FILLED, D("0.01"))
    assert await venue.children(trigger()) == (order.venue_order_id,)


async def test_the_stop_born_of_an_attached_one_is_a_child(venue: BitgetVenue) -> None:
    await venue.place(leg())
    (born,) = await venue.stops(BTC)
    assert (born.kind, born.trigger_price, born.amount) == (
        StopKind.SIZED_STOP,
        D(55000),
        D("0.01"),
    )
    assert await venue.children(leg()) == (born.venue_order_id,)


async def test_the_order_that_an_attached_stop_became_is_a_child(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    await venue.place(leg())
    bitget.exchange.set_price("BTCUSDT", D(54990))
    fills = await venue.fills(BTC, a_minute_ago())
    (left,) = [fill for fill in fills if fill.side is OrderSide.SELL]
    assert await venue.children(leg()) == (left.venue_order_id,)


async def test_open_orders_are_of_all_kinds(venue: BitgetVenue) -> None:
    await venue.place(leg("held", stop_loss=None))
    resting = [limit(name="entry-1"), trigger(name="entry-2"), stop(), target()]
    for each in resting:
        await venue.place(each)
    found = await venue.open_orders()
    assert {order.client_oid for order in found} == {each.client_oid for each in resting}
    assert {o.client_oid for o in found if o.reduce_only} == {oid("stop"), oid("target-1")}
    assert await venue.open_orders(ETH) == ()


async def test_a_list_longer_than_a_page_is_told_in_full(venue: BitgetVenue) -> None:
    for number in range(230):
        await venue.place(
            limit("50000", f"entry-{number}", amount=Quantity(D("0.0002")), stop_loss=None)
        )
    found = await venue.open_orders(BTC)
    assert len({order.client_oid for order in found}) == 230


@pytest.mark.parametrize("mode", HoldMode)
async def test_stops_are_told_with_the_side_they_guard(
    mode: HoldMode, bitget: BitgetSimulator
) -> None:
    bitget.exchange.futures.set_hold_mode(mode)
    async with opened(bitget) as venue:
        await venue.place(
            leg(side=OrderSide.SELL, position_side=Side.SHORT, stop_loss=Price(D(59000)))
        )
        await venue.place(stop("60000", side=OrderSide.BUY, position_side=Side.SHORT))
        kinds = {each.kind: each for each in await venue.stops()}
        assert kinds.keys() == {StopKind.SIZED_STOP, StopKind.POSITION_STOP}
        assert {each.position_side for each in kinds.values()} == {Side.SHORT}
        assert kinds[StopKind.POSITION_STOP].client_oid == oid("stop")
        assert kinds[StopKind.POSITION_STOP].amount is None


@pytest.mark.parametrize("mode", HoldMode)
async def test_positions_and_fills_name_the_direction_traded(
    mode: HoldMode, bitget: BitgetSimulator
) -> None:
    bitget.exchange.futures.set_hold_mode(mode)
    async with opened(bitget) as venue:
        await venue.prepare(MARKETS[0], leverage=D(5), mode=MarginMode.ISOLATED)
        await venue.place(leg())
        (position,) = await venue.positions()
        assert (position.side, position.amount, position.entry) == (
            Side.LONG,
            D("0.01"),
            D(57000),
        )
        assert (position.leverage, position.margin_mode) == (D(5), MarginMode.ISOLATED)
        assert position.is_hedged == (mode is HoldMode.HEDGE)
        bitget.exchange.set_price("BTCUSDT", D(57100))
        await venue.place(close())
        assert await venue.positions() == ()
        fills = sorted(await venue.fills(BTC, a_minute_ago()), key=lambda fill: fill.trade_id)
        assert [fill.side for fill in fills] == [OrderSide.BUY, OrderSide.SELL]
        assert [fill.realised for fill in fills] == [0, 1]
        assert [fill.fee for fill in fills] == [D("0.342"), D("0.3426")]
        closed = await venue.order(close())
        assert closed is not None
        assert (closed.side, closed.reduce_only) == (OrderSide.SELL, True)


async def test_fills_begin_where_they_are_asked_to(venue: BitgetVenue) -> None:
    await venue.place(leg())
    assert len(await venue.fills(BTC, a_minute_ago())) == 1
    assert await venue.fills(BTC, datetime.now(UTC) + RECENTLY) == ()
    assert await venue.fills(ETH, a_minute_ago()) == ()


async def test_history_lists_what_ended(venue: BitgetVenue) -> None:
    await venue.place(leg())
    await venue.place(limit(name="entry-2"))
    assert [o.client_oid for o in await venue.history(BTC, a_minute_ago())] == [oid("entry-1")]
    assert await venue.history(ETH, a_minute_ago()) == ()
    assert [o.client_oid for o in await venue.history(None, a_minute_ago())] == [oid("entry-1")]


async def test_a_spot_fill_is_told(venue: BitgetVenue) -> None:
    await venue.place(leg(symbol=SPOT_BTC, stop_loss=None, price=Price(D(57000))))
    (fill,) = await venue.fills(SPOT_BTC, a_minute_ago())
    assert (fill.side, fill.amount, fill.fee_coin) == (OrderSide.BUY, D("0.01"), "BTC")
    assert fill.fee > 0
    order = await venue.order(leg(symbol=SPOT_BTC))
    assert order is not None
    assert (order.status, order.amount, order.filled) == (
        OrderStatus.FILLED,
        D("0.01"),
        D("0.01"),
    )
    assert await venue.history(SPOT_BTC, a_minute_ago()) == (order,)


async def test_quotes_are_one_request_a_product(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    before = len(bitget.requests)
    quotes = await venue.quotes()
    assert len(bitget.requests) - before == 2
    assert quotes[BTC].price == D(57000)
    assert quotes[ETH].price == D(2500)
    assert set(quotes) == {market.symbol for market in MARKETS}


async def test_an_unlisted_position_is_told_by_its_id(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    await venue.place(leg(stop_loss=None))
    known = [market for market in MARKETS if market.symbol != BTC]
    async with opened(bitget, markets=known) as other:
        (position,) = await other.positions()
    assert position.symbol == "BTCUSDT"


async def test_a_question_about_an_unlisted_market_is_no_refusal(venue: BitgetVenue) -> None:
    with pytest.raises(VenueUnreachable, match="XYZ"):
        await venue.order(leg(symbol="XYZ/USDT:USDT"))


async def test_a_partly_filled_order_is_told_as_it_stands(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    await venue.place(limit())
    bitget.exchange.set_liquidity("BTCUSDT", D("0.004"))
    bitget.exchange.set_price("BTCUSDT", D(55990))
    order = await venue.order(limit())
    assert order is not None
    assert (order.status, order.filled) == (OrderStatus.PARTLY_FILLED, D("0.004"))


async def test_futures_alone_never_ask_about_spot(bitget: BitgetSimulator) -> None:
    async with opened(bitget, products=frozenset({Product.USDT_FUTURES})) as venue:
        await venue.open_orders()
        await venue.quotes()
        await venue.account()
    asked = {request.path for request in bitget.requests if "/spot/" in request.path}
    assert asked == {"/api/v2/spot/account/info"}


async def test_funding_is_told_for_one_symbol_or_all(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    await venue.place(leg())
    since = a_minute_ago()
    assert await venue.funding(None, since) == ()
    bitget.exchange.fund("BTCUSDT", D("0.0001"))
    (paid,) = await venue.funding(None, since)
    assert (paid.symbol, paid.amount) == (BTC, D("-0.057"))
    assert await venue.funding(BTC, since) == (paid,)
    assert await venue.funding(ETH, since) == ()
    assert await venue.funding(None, datetime.now(UTC) + RECENTLY) == ()


async def test_a_liquidation_is_told_as_nobody_s_order(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    bitget.by_hand.open("BTCUSDT", "buy", D("0.2"))
    bitget.exchange.set_price("BTCUSDT", D(100), gap=True)
    fills = await venue.fills(BTC, a_minute_ago())
    assert {fill.side: fill.is_forced for fill in fills} == {
        OrderSide.BUY: False,
        OrderSide.SELL: True,
    }
