"""Spot orders: the exact body at the venue, stops that are plans, coins that are held."""

from dataclasses import replace
from typing import Any

import pytest

from tgbitget.errors import VenueRejected
from tgbitget.model.intent import Side
from tgbitget.model.money import Price, Quantity
from tgbitget.model.order import OrderStatus
from tgbitget.model.plan import Leg, OrderSide, OrderType
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.venues.bitget import BitgetVenue

from .samples import SPOT_BTC, D, bodies, close, leg, stop


def spot(name: str = "entry-1", **changes: Any) -> Leg:
    return leg(name, symbol=SPOT_BTC, **{"stop_loss": None, **changes})


SPOT = {"symbol": "BTCUSDT", "force": "GTC", "orderType": "market"}


@pytest.mark.parametrize(
    ("order", "endpoint", "body"),
    [
        pytest.param(
            spot(price=Price(D("57000"))),
            "place-order",
            SPOT | {"side": "buy", "size": "570"},
            id="market buy, sized in quote at the leg's reference price",
        ),
        pytest.param(
            spot(amount=Quantity(D("0.001"))),
            "place-order",
            SPOT | {"side": "buy", "size": "57"},
            id="market buy, sized at the venue's price",
        ),
        pytest.param(
            spot(type=OrderType.LIMIT, price=Price(D("50000.01")), amount=Quantity(D("0.002"))),
            "place-order",
            SPOT | {"orderType": "limit", "side": "buy", "size": "0.002", "price": "50000.01"},
            id="limit buy",
        ),
        pytest.param(
            spot(
                type=OrderType.TRIGGER,
                trigger_price=Price(D(85000)),
                amount=Quantity(D("0.002")),
            ),
            "place-plan-order",
            {
                "symbol": "BTCUSDT",
                "orderType": "market",
                "planType": "total",
                "side": "buy",
                "size": "170",
                "triggerPrice": "85000",
                "triggerType": "fill_price",
            },
            id="trigger buy, sized in quote at its trigger",
        ),
    ],
)
async def test_a_spot_leg_goes_out_as(
    order: Leg, endpoint: str, body: dict[str, Any], bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    order_id = await venue.place(order)
    assert bodies(bitget, endpoint) == [body | {"clientOid": order.client_oid}]
    found = await venue.order(order)
    assert found is not None
    assert found.venue_order_id == order_id
    assert found.symbol == SPOT_BTC


async def test_a_spot_sell_is_sized_in_coins(bitget: BitgetSimulator, venue: BitgetVenue) -> None:
    await venue.place(spot("entry-1", price=Price(D("57000"))))
    await venue.place(spot("close-1", side=OrderSide.SELL, amount=Quantity(D("0.005"))))
    assert bodies(bitget, "place-order")[1]["size"] == "0.005"


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param(leg(symbol=SPOT_BTC), id="attached stop"),
        pytest.param(stop(symbol=SPOT_BTC), id="position stop"),
        pytest.param(
            stop(symbol=SPOT_BTC, amount=Quantity(D("0.004")), position_side=Side.SHORT),
            id="short",
        ),
        pytest.param(close(symbol=SPOT_BTC), id="close without an amount"),
    ],
)
async def test_what_spot_cannot_do_is_refused_before_it_is_sent(
    refused: Leg, bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    before = len(bitget.requests)
    with pytest.raises(VenueRejected, match="NotSupported"):
        await venue.place(refused)
    assert len(bitget.requests) == before


async def test_a_spot_stop_is_a_sell_plan_that_is_changed_in_place(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    await venue.place(spot("entry-1", price=Price(D("57000"))))
    sized = stop(symbol=SPOT_BTC, amount=Quantity(D("0.009")))
    await venue.place(sized)
    moved = replace(sized, amount=Quantity(D("0.005")), trigger_price=Price(D(56000)))
    await venue.amend_plan(moved)
    assert bodies(bitget, "modify-plan-order") == [
        {
            "clientOid": sized.client_oid,
            "orderType": "market",
            "size": "0.005",
            "triggerPrice": "56000",
        }
    ]
    (only,) = await venue.open_orders(SPOT_BTC)
    assert (only.client_oid, only.amount, only.trigger_price) == (
        sized.client_oid,
        D("0.005"),
        D(56000),
    )
    bitget.exchange.set_price("BTCUSDT", D(55500), product="spot")
    fired = await venue.order(sized)
    assert fired is not None
    assert (fired.status, fired.filled) == (OrderStatus.FILLED, D("0.005"))
    assert await venue.children(sized) == (fired.venue_order_id,)
    with pytest.raises(VenueRejected):
        await venue.amend_plan(moved)


async def test_the_spot_account_tells_its_coins(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    await venue.place(spot("entry-1", price=Price(D("57000"))))
    bitget.spot_by_hand.sell("BTCUSDT", D("0.004"), D(60000))
    held = await venue.holdings()
    assert (held["BTC"].total, held["BTC"].available) == (D("0.00998"), D("0.00598"))
    assert held["USDT"].available == D(430)


@pytest.mark.parametrize(
    "resting",
    [
        pytest.param(
            spot(type=OrderType.LIMIT, price=Price(D(50000)), amount=Quantity(D("0.002"))),
            id="limit",
        ),
        pytest.param(
            spot(
                type=OrderType.TRIGGER, trigger_price=Price(D(85000)), amount=Quantity(D("0.002"))
            ),
            id="trigger",
        ),
    ],
)
async def test_a_spot_order_is_cancelled_by_client_id(resting: Leg, venue: BitgetVenue) -> None:
    await venue.place(resting)
    assert [o.client_oid for o in await venue.open_orders(SPOT_BTC)] == [resting.client_oid]
    await venue.cancel(resting)
    assert await venue.open_orders(SPOT_BTC) == ()
    gone = await venue.order(resting)
    assert gone is not None
    assert gone.status is OrderStatus.CANCELLED
