"""Each kind of order that CCXT sends, and what it does at the venue."""

import asyncio
from decimal import Decimal
from typing import Any

import ccxt
import pytest

from tgbitget.simulators.bitget import BitgetSimulator
from waiting import eventually

BTC = "BTC/USDT:USDT"


@pytest.mark.parametrize(
    ("arguments", "status", "average"),
    [
        pytest.param(("market", "buy", 0.01, None, {}), "closed", 57000, id="market buy"),
        pytest.param(("market", "sell", 0.01, None, {}), "closed", 57000, id="market sell"),
        pytest.param(("limit", "buy", 0.01, 56000, {}), "open", None, id="a limit rests"),
        pytest.param(
            ("limit", "buy", 0.01, 57500, {}), "closed", 57000, id="a limit through the price"
        ),
        pytest.param(
            ("limit", "buy", 0.01, 56000, {"postOnly": True}), "open", None, id="post only rests"
        ),
        pytest.param(
            ("limit", "buy", 0.01, 57000, {"postOnly": True}),
            "canceled",
            None,
            id="post only would take",
        ),
        pytest.param(
            ("limit", "buy", 0.01, 56000, {"timeInForce": "IOC"}), "canceled", None, id="ioc misses"
        ),
        pytest.param(
            ("limit", "buy", 0.01, 57000, {"timeInForce": "IOC"}), "closed", 57000, id="ioc takes"
        ),
        pytest.param(
            ("limit", "sell", 0.01, 58000, {"timeInForce": "FOK"}),
            "canceled",
            None,
            id="fok misses",
        ),
    ],
)
async def test_an_order_of_this_kind(
    client: Any, arguments: tuple[Any, ...], status: str, average: float | None
) -> None:
    placed = await client.create_order(BTC, *arguments)
    order = await client.fetch_order(placed["id"], BTC)
    assert (order["status"], order["average"]) == (status, average)
    assert (order["type"], order["side"], order["amount"]) == arguments[:3]


async def test_the_answer_has_both_ids_and_the_order_is_found_by_either(client: Any) -> None:
    placed = await client.create_order(BTC, "limit", "buy", 0.01, 56000, {"clientOid": "tgabc"})
    assert placed["id"]
    assert placed["clientOrderId"] == "tgabc"
    found = await client.fetch_order(None, BTC, {"clientOrderId": "tgabc"})
    assert found["id"] == placed["id"]


async def test_a_filled_order_says_what_it_cost(bitget: BitgetSimulator, client: Any) -> None:
    placed = await client.create_order(BTC, "market", "buy", 0.01)
    order = await client.fetch_order(placed["id"], BTC)
    assert (order["filled"], order["remaining"], order["cost"]) == (0.01, 0, 570)
    assert order["fee"] == {"cost": 0.342, "currency": "USDT"}
    (trade,) = await client.fetch_my_trades(BTC)
    assert (trade["order"], trade["price"], trade["amount"]) == (placed["id"], 57000, 0.01)
    assert (trade["takerOrMaker"], trade["side"]) == ("taker", "buy")
    assert trade["fee"] == {"cost": 0.342, "currency": "USDT"}
    assert [fill.order_id for fill in bitget.executions] == [placed["id"]]


async def test_a_resting_order_fills_at_its_own_price_as_maker(
    bitget: BitgetSimulator, client: Any
) -> None:
    placed = await client.create_order(BTC, "limit", "buy", 0.01, 56000)
    bitget.exchange.set_price("BTCUSDT", Decimal(55000))
    order = await client.fetch_order(placed["id"], BTC)
    assert (order["status"], order["average"]) == ("closed", 56000)
    assert order["fee"]["cost"] == pytest.approx(0.01 * 56000 * 0.0002)


async def test_a_market_order_pays_the_spread(bitget: BitgetSimulator, client: Any) -> None:
    bitget.exchange.set_spread("BTCUSDT", Decimal(10))
    bought = await client.create_order(BTC, "market", "buy", 0.01)
    sold = await client.create_order(BTC, "market", "sell", 0.01, None, {"reduceOnly": True})
    assert (await client.fetch_order(bought["id"], BTC))["average"] == 57010
    assert (await client.fetch_order(sold["id"], BTC))["average"] == 57000


async def test_limited_liquidity_fills_in_part_until_more_comes(
    bitget: BitgetSimulator, client: Any
) -> None:
    bitget.exchange.set_liquidity("BTCUSDT", Decimal("0.004"))
    placed = await client.create_order(BTC, "limit", "buy", 0.01, 57000)
    order = await client.fetch_order(placed["id"], BTC)
    assert (order["status"], order["filled"]) == ("open", 0.004)
    bitget.exchange.set_liquidity("BTCUSDT", None)
    assert (await client.fetch_order(placed["id"], BTC))["status"] == "closed"


async def test_the_rest_of_a_partly_filled_order_can_be_cancelled(
    bitget: BitgetSimulator, client: Any
) -> None:
    bitget.exchange.set_liquidity("BTCUSDT", Decimal("0.004"))
    placed = await client.create_order(BTC, "limit", "buy", 0.01, 57000)
    await client.cancel_order(placed["id"], BTC)
    order = await client.fetch_order(placed["id"], BTC)
    assert (order["status"], order["filled"]) == ("canceled", 0.004)
    assert (await client.fetch_positions())[0]["contracts"] == 0.004


async def test_a_fill_or_kill_order_is_not_filled_in_part(
    bitget: BitgetSimulator, client: Any
) -> None:
    bitget.exchange.set_liquidity("BTCUSDT", Decimal("0.004"))
    placed = await client.create_order(BTC, "limit", "buy", 0.01, 57000, {"timeInForce": "FOK"})
    order = await client.fetch_order(placed["id"], BTC)
    assert (order["status"], order["filled"]) == ("canceled", 0)


async def test_a_cancelled_order_leaves_pending_for_history(client: Any) -> None:
    placed = await client.create_order(BTC, "limit", "buy", 0.01, 56000, {"clientOid": "tg1"})
    assert [o["id"] for o in await client.fetch_open_orders(BTC)] == [placed["id"]]
    await client.cancel_order(None, BTC, {"clientOrderId": "tg1"})
    assert await client.fetch_open_orders(BTC) == []
    (gone,) = await client.fetch_canceled_orders(BTC)
    assert (gone["id"], gone["status"]) == (placed["id"], "canceled")


async def test_a_batch_carries_out_what_it_can_and_names_the_rest(client: Any) -> None:
    """CCXT itself drops those that were refused, so the raw answer is looked at, too."""
    rows = [
        {"side": "buy", "orderType": "limit", "size": "0.001", "price": price, "clientOid": name}
        for price, name in (("56000", "good"), ("56000", "good"), ("100", "low"))
    ]
    answer = await client.privateMixPostV2MixOrderBatchPlaceOrder(
        {
            "symbol": "BTCUSDT",
            "productType": "USDT-FUTURES",
            "marginCoin": "USDT",
            "marginMode": "crossed",
            "orderList": rows,
        }
    )
    done, refused = answer["data"]["successList"], answer["data"]["failureList"]
    assert [row["clientOid"] for row in done] == ["good"]
    assert [(row["clientOid"], row["errorCode"]) for row in refused] == [
        ("good", "40786"),
        ("low", "45110"),
    ]


async def test_a_batch_from_ccxt_holds_only_what_was_placed(client: Any) -> None:
    orders = await client.create_orders(
        [
            {
                "symbol": BTC,
                "type": "limit",
                "side": "buy",
                "amount": 0.001,
                "price": 56000,
                "params": {"clientOid": name},
            }
            for name in ("one", "one", "two")
        ]
    )
    assert [order["clientOrderId"] for order in orders] == ["one", "two"]


async def test_a_batch_of_cancels_names_those_it_did_not_find(client: Any) -> None:
    placed = await client.create_order(BTC, "limit", "buy", 0.01, 56000)
    done = await client.cancel_orders([placed["id"], "42"], BTC)
    assert [order["id"] for order in done] == [placed["id"]]
    await client.create_order(BTC, "limit", "buy", 0.01, 56000)
    assert len(await client.cancel_all_orders(BTC)) == 1


async def test_a_modified_order_is_replaced_after_the_answer_under_a_new_id(
    bitget: BitgetSimulator, client: Any
) -> None:
    placed = await client.create_order(BTC, "limit", "buy", 0.01, 56000, {"clientOid": "old"})
    answer = await client.edit_order(
        placed["id"], BTC, "limit", "buy", 0.02, 55000, {"newClientOid": "new"}
    )
    assert answer["id"] == placed["id"]
    await eventually(lambda: "new" in bitget.exchange.desk.client_ids)
    new = await client.fetch_order(None, BTC, {"clientOrderId": "new"})
    assert (new["price"], new["amount"], new["status"]) == (55000, 0.02, "open")
    assert new["id"] != placed["id"]
    assert (await client.fetch_order(placed["id"], BTC))["status"] == "canceled"


async def test_an_order_that_fills_before_it_is_replaced_stays_as_it_is(
    bitget: BitgetSimulator, client: Any
) -> None:
    bitget.faults.replace_delay = 0.01
    placed = await client.create_order(BTC, "limit", "buy", 0.01, 56000, {"clientOid": "old"})
    await client.edit_order(placed["id"], BTC, "limit", "buy", 0.02, 55000, {"newClientOid": "new"})
    bitget.exchange.set_price("BTCUSDT", Decimal(55500))
    assert (await client.fetch_order(placed["id"], BTC))["status"] == "closed"
    bitget.exchange.run_pending()
    with pytest.raises(ccxt.OrderNotFound):
        await client.fetch_order(None, BTC, {"clientOrderId": "new"})


async def test_a_client_id_of_a_filled_order_is_free_again_only_where_the_rules_say_so(
    bitget: BitgetSimulator, client: Any
) -> None:
    order = (BTC, "market", "buy", 0.001, None, {"clientOid": "twice"})
    await client.create_order(*order)
    with pytest.raises(ccxt.ExchangeError, match="40786"):
        await client.create_order(*order)
    bitget.exchange.rules.filled_ids_reusable = True
    await client.create_order(*order)
    assert len(bitget.orders) == 2


async def test_every_request_is_recorded_as_it_came(bitget: BitgetSimulator, client: Any) -> None:
    await client.create_order(BTC, "limit", "buy", 0.01, 56000, {"clientOid": "seen"})
    record = bitget.requests[-1]
    assert (record.endpoint, record.status, record.code) == ("place-order", 200, "00000")
    assert record.accepted
    assert record.params["clientOid"] == "seen"
    assert record.params["size"] == "0.01"


async def test_many_orders_at_once_are_all_taken(bitget: BitgetSimulator, client: Any) -> None:
    await asyncio.gather(
        *(client.create_order(BTC, "limit", "buy", 0.001, 50000 + n) for n in range(20))
    )
    assert len(await client.fetch_open_orders(BTC)) == 20
