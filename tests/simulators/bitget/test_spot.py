"""Spot: purses, locks, orders sized in quote, trigger orders."""

from decimal import Decimal
from typing import Any

import ccxt
import pytest

from tgbitget.simulators.bitget import BitgetSimulator

BTC = "BTC/USDT"
SPOT = {"type": "spot"}


async def _balance(client: Any, coin: str) -> tuple[float, float]:
    coins = (await client.fetch_balance(SPOT)).get(coin, {"free": 0, "used": 0})
    return coins["free"], coins["used"]


async def _buy(client: Any, cost: float = 114) -> Any:
    return await client.create_order(BTC, "market", "buy", 1, None, {"cost": cost})


async def test_a_market_buy_spends_quote_and_pays_its_fee_in_base(
    bitget: BitgetSimulator, client: Any
) -> None:
    placed = await _buy(client)
    order = await client.fetch_order(placed["id"], BTC)
    assert (order["status"], order["filled"], order["average"]) == ("closed", 0.002, 57000)
    assert order["fee"] == {"cost": 0.000004, "currency": "BTC"}
    assert await _balance(client, "BTC") == (0.001996, 0)
    assert await _balance(client, "USDT") == (886, 0)
    (trade,) = await client.fetch_my_trades(BTC)
    assert (trade["price"], trade["amount"], trade["fee"]["currency"]) == (57000, 0.002, "BTC")


async def test_what_buys_no_further_step_goes_back(client: Any) -> None:
    await _buy(client, 100)
    free, used = await _balance(client, "USDT")
    assert (round(free, 6), used) == (900.022, 0)


async def test_a_market_sell_gives_quote_less_the_fee(client: Any) -> None:
    await _buy(client)
    placed = await client.create_order(BTC, "market", "sell", 0.001)
    order = await client.fetch_order(placed["id"], BTC)
    assert (order["filled"], order["cost"]) == (0.001, 57)
    assert order["fee"] == {"cost": 0.114, "currency": "USDT"}
    free, used = await _balance(client, "USDT")
    assert (round(free, 6), used) == (942.886, 0)


async def test_a_resting_order_locks_its_coins_until_it_ends(
    bitget: BitgetSimulator, client: Any
) -> None:
    placed = await client.create_order(BTC, "limit", "buy", 0.002, 50000)
    assert await _balance(client, "USDT") == (900, 100)
    (resting,) = await client.fetch_open_orders(BTC)
    assert (resting["id"], resting["price"], resting["status"]) == (placed["id"], 50000, "open")
    await client.cancel_order(placed["id"], BTC)
    assert await _balance(client, "USDT") == (1000, 0)
    (gone,) = await client.fetch_canceled_orders(BTC)
    assert (gone["id"], gone["status"]) == (placed["id"], "canceled")


async def test_a_resting_order_fills_when_the_price_comes(
    bitget: BitgetSimulator, client: Any
) -> None:
    placed = await client.create_order(BTC, "limit", "buy", 0.002, 50000, {"clientOid": "tgs"})
    bitget.exchange.set_price("BTCUSDT", Decimal(49000), product="spot")
    order = await client.fetch_order(None, BTC, {"clientOrderId": "tgs"})
    assert (order["id"], order["status"], order["average"]) == (placed["id"], "closed", 50000)
    assert await _balance(client, "USDT") == (900, 0)


async def test_a_limit_through_the_price_gets_the_better_one_back(client: Any) -> None:
    await client.create_order(BTC, "limit", "buy", 0.002, 60000)
    assert await _balance(client, "USDT") == (886, 0)


@pytest.mark.parametrize(
    ("side", "price", "params", "status"),
    [
        pytest.param("buy", 57000, {"postOnly": True}, "canceled", id="post only would take"),
        pytest.param("buy", 56000, {"timeInForce": "IOC"}, "canceled", id="ioc misses"),
        pytest.param("buy", 56000, {"timeInForce": "FOK"}, "canceled", id="fok misses"),
        pytest.param("buy", 57000, {"timeInForce": "FOK"}, "closed", id="fok takes"),
    ],
)
async def test_time_in_force(
    client: Any, side: str, price: float, params: dict[str, Any], status: str
) -> None:
    placed = await client.create_order(BTC, "limit", side, 0.001, price, params)
    assert (await client.fetch_order(placed["id"], BTC))["status"] == status


@pytest.mark.parametrize(
    ("kind", "trigger", "price", "params"),
    [
        pytest.param("market", 58000, None, {"cost": 58}, id="market buy, in quote"),
        pytest.param("limit", 58000, 58000, {}, id="limit buy, in base"),
    ],
)
async def test_a_trigger_order_fires(
    bitget: BitgetSimulator,
    client: Any,
    kind: str,
    trigger: float,
    price: float | None,
    params: dict[str, Any],
) -> None:
    plan = await client.create_order(
        BTC, kind, "buy", 0.001, price, {"stopPrice": trigger, **params}
    )
    (waiting,) = await client.fetch_open_orders(BTC, params={"trigger": True})
    assert (waiting["id"], waiting["triggerPrice"]) == (plan["id"], trigger)
    bitget.exchange.set_price("BTCUSDT", Decimal(58500), product="spot")
    free, _ = await _balance(client, "BTC")
    assert free == pytest.approx(0.000998)
    (done,) = await client.fetch_canceled_and_closed_orders(BTC, params={"trigger": True})
    assert done["status"] == "closed"


async def test_a_trigger_order_can_be_moved_and_cancelled(client: Any) -> None:
    plan = await client.create_order(BTC, "limit", "buy", 0.001, 50000, {"stopPrice": 51000})
    await client.edit_order(plan["id"], BTC, "limit", "buy", 0.002, 50500, {"triggerPrice": 51500})
    (waiting,) = await client.fetch_open_orders(BTC, params={"trigger": True})
    assert (waiting["triggerPrice"], waiting["price"], waiting["amount"]) == (51500, 50500, 0.002)
    await client.cancel_order(plan["id"], BTC, {"trigger": True})
    with pytest.raises(ccxt.InvalidOrder, match="43025"):
        await client.cancel_order(plan["id"], BTC, {"trigger": True})


async def test_an_order_is_replaced_in_one_request(client: Any) -> None:
    placed = await client.create_order(BTC, "limit", "buy", 0.002, 50000)
    new = await client.edit_order(placed["id"], BTC, "limit", "buy", 0.002, 49000)
    (resting,) = await client.fetch_open_orders(BTC)
    assert (resting["id"], resting["price"]) == (new["id"], 49000)
    assert await _balance(client, "USDT") == (902, 98)


async def test_orders_of_a_symbol_are_cancelled_together(client: Any) -> None:
    placed = [
        await client.create_order(BTC, "limit", "buy", 0.001, price)
        for price in (50000, 49000, 48000)
    ]
    done = await client.cancel_orders([placed[0]["id"]], BTC)
    assert [order["id"] for order in done] == [placed[0]["id"]]
    await client.cancel_all_orders(BTC)
    assert await client.fetch_open_orders(BTC) == []
    assert await _balance(client, "USDT") == (1000, 0)


async def test_a_batch_places_what_it_can(client: Any) -> None:
    rows = [
        {"side": "buy", "orderType": "limit", "force": "gtc", "price": price, "size": "0.001"}
        for price in ("50000", "0.01")
    ]
    body = {"symbol": "BTCUSDT", "orderList": rows}
    answer = (await client.privateSpotPostV2SpotTradeBatchOrders(body))["data"]
    assert len(answer["successList"]) == 1
    assert [row["errorCode"] for row in answer["failureList"]] == ["45110"]


async def test_trigger_orders_are_cancelled_together(client: Any) -> None:
    for price in (50000, 49000):
        await client.create_order(BTC, "limit", "buy", 0.001, price, {"stopPrice": price})
    await client.cancel_all_orders(BTC, {"trigger": True})
    assert await client.fetch_open_orders(BTC, params={"trigger": True}) == []


async def test_a_trigger_order_without_the_money_fails(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.create_order(BTC, "limit", "buy", 1, 58000, {"stopPrice": 58000})
    bitget.exchange.set_price("BTCUSDT", Decimal(58000), product="spot")
    (failed,) = await client.fetch_canceled_and_closed_orders(BTC, params={"trigger": True})
    assert failed["status"] == "rejected"


async def test_limited_liquidity_fills_in_part(bitget: BitgetSimulator, client: Any) -> None:
    bitget.exchange.set_liquidity("BTCUSDT", Decimal("0.0005"))
    placed = await client.create_order(BTC, "limit", "buy", 0.002, 57000)
    order = await client.fetch_order(placed["id"], BTC)
    assert (order["status"], order["filled"]) == ("open", 0.0005)
    bitget.exchange.set_liquidity("BTCUSDT", None)
    assert (await client.fetch_order(placed["id"], BTC))["status"] == "closed"


async def test_a_spot_order_may_not_be_found_at_first(bitget: BitgetSimulator, client: Any) -> None:
    bitget.faults.invisible_asks = 1
    placed = await client.create_order(BTC, "limit", "buy", 0.001, 50000)
    with pytest.raises(ccxt.OrderNotFound, match="43001"):
        await client.fetch_order(placed["id"], BTC)
    assert (await client.fetch_order(placed["id"], BTC))["status"] == "open"
