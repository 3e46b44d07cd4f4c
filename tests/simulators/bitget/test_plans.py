"""Trigger orders, trailing ones, stops and targets: from CCXT's request to what they do."""

from decimal import Decimal
from typing import Any

import ccxt
import pytest

from tgbitget.simulators.bitget import BitgetSimulator

BTC = "BTC/USDT:USDT"
GUARDS = {"planType": "profit_loss"}


async def _open(client: Any, side: str = "buy", amount: float = 0.01) -> Any:
    return await client.create_order(BTC, "market", side, amount)


async def _guard(client: Any, side: str = "sell", amount: float = 0.01, **params: Any) -> Any:
    return await client.create_order(BTC, "market", side, amount, None, params)


@pytest.mark.parametrize(
    ("trigger", "quiet", "fires"),
    [
        pytest.param(58000, 57900, 58000, id="above the price: a breakout"),
        pytest.param(56000, 56100, 56000, id="below the price: a dip"),
    ],
)
async def test_a_trigger_order_fires_when_its_price_is_reached(
    bitget: BitgetSimulator, client: Any, trigger: int, quiet: int, fires: int
) -> None:
    plan = await client.create_order(
        BTC, "market", "buy", 0.01, None, {"stopPrice": trigger, "clientOid": "tgp"}
    )
    bitget.exchange.set_price("BTCUSDT", Decimal(quiet))
    (waiting,) = await client.fetch_open_orders(BTC, params={"trigger": True})
    assert (waiting["id"], waiting["triggerPrice"]) == (plan["id"], trigger)
    assert waiting["clientOrderId"] == "tgp"
    bitget.exchange.set_price("BTCUSDT", Decimal(fires))
    assert await client.fetch_open_orders(BTC, params={"trigger": True}) == []
    assert (await client.fetch_positions())[0]["entryPrice"] == fires


async def test_a_fired_plan_names_the_order_it_became(bitget: BitgetSimulator, client: Any) -> None:
    plan = await client.create_order(BTC, "market", "buy", 0.01, None, {"stopPrice": 58000})
    bitget.exchange.set_price("BTCUSDT", Decimal(59000))
    (done,) = await client.fetch_canceled_and_closed_orders(BTC, params={"trigger": True})
    assert (done["id"], done["status"]) == (plan["id"], "closed")
    order = await client.fetch_order(done["info"]["executeOrderId"], BTC)
    assert (order["status"], order["average"]) == ("closed", 58000)


async def test_a_trigger_order_with_a_limit_price_rests_when_fired(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.create_order(BTC, "limit", "buy", 0.01, 57500, {"stopPrice": 58000})
    bitget.exchange.set_price("BTCUSDT", Decimal(58000))
    (resting,) = await client.fetch_open_orders(BTC)
    assert (resting["price"], resting["type"]) == (57500, "limit")


async def test_a_trigger_order_brings_its_own_stop_and_target(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.create_order(
        BTC,
        "market",
        "buy",
        0.01,
        None,
        {
            "stopPrice": 58000,
            "stopLoss": {"triggerPrice": 57000},
            "takeProfit": {"triggerPrice": 59000},
        },
    )
    bitget.exchange.set_price("BTCUSDT", Decimal(58000))
    guards = await client.fetch_open_orders(BTC, params=GUARDS)
    assert {(g["info"]["planType"], g["triggerPrice"]) for g in guards} == {
        ("loss_plan", 57000),
        ("profit_plan", 59000),
    }
    assert {g["info"]["triggerType"] for g in guards} == {"mark_price"}


async def test_a_raw_trigger_price_keeps_the_decimals_it_was_given(client: Any) -> None:
    with pytest.raises(ccxt.InvalidOrder, match="40808"):
        await client.create_order(BTC, "market", "buy", 0.01, None, {"triggerPrice": 61000.07})


async def test_a_trigger_order_without_the_money_fails_when_it_fires(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.create_order(BTC, "market", "buy", 1, None, {"stopPrice": 58000})
    bitget.exchange.set_price("BTCUSDT", Decimal(58000))
    (failed,) = await client.fetch_canceled_and_closed_orders(BTC, params={"trigger": True})
    assert failed["status"] == "rejected"
    assert bitget.exchange.desk.positions == {}


async def test_a_plan_can_be_modified_and_cancelled_by_client_id(
    bitget: BitgetSimulator, client: Any
) -> None:
    plan = await client.create_order(
        BTC, "market", "buy", 0.01, None, {"stopPrice": 58000, "clientOid": "tgp"}
    )
    await client.edit_order(plan["id"], BTC, "market", "buy", 0.02, None, {"triggerPrice": 59000})
    (changed,) = await client.fetch_open_orders(BTC, params={"trigger": True})
    assert (changed["triggerPrice"], changed["amount"]) == (59000, 0.02)
    params = {"trigger": True, "planType": "normal_plan", "clientOid": "tgp"}
    assert (await client.cancel_order(None, BTC, params))["id"] == plan["id"]


async def test_a_trailing_order_follows_the_best_price(
    bitget: BitgetSimulator, client: Any
) -> None:
    await _open(client)
    await client.create_order(
        BTC,
        "market",
        "sell",
        0.01,
        None,
        {"trailingPercent": "1", "trailingTriggerPrice": 58000, "reduceOnly": True},
    )
    bitget.exchange.set_price("BTCUSDT", Decimal(57500))
    bitget.exchange.set_price("BTCUSDT", Decimal(60000))
    bitget.exchange.set_price("BTCUSDT", Decimal(59500))
    (waiting,) = await client.fetch_open_orders(BTC, params={"trailing": True})
    assert waiting["info"]["callbackRatio"] == "1"
    bitget.exchange.set_price("BTCUSDT", Decimal(59000))
    assert bitget.executions[-1].price == Decimal(59400)
    assert bitget.exchange.desk.positions == {}


@pytest.mark.parametrize(
    ("opened", "stop", "target"),
    [
        pytest.param("buy", 56000, 58000, id="long"),
        pytest.param("sell", 58000, 56000, id="short"),
    ],
)
async def test_stop_and_target_of_a_position_close_it_whole(
    bitget: BitgetSimulator, client: Any, opened: str, stop: int, target: int
) -> None:
    closing = "sell" if opened == "buy" else "buy"
    for price in (stop, target):
        await _open(client, opened)
        await _guard(client, closing, stopLossPrice=stop)
        await _guard(client, closing, takeProfitPrice=target)
        bitget.exchange.set_price("BTCUSDT", Decimal(price))
        assert bitget.executions[-1].price == price
        assert await client.fetch_positions() == []
        assert await client.fetch_open_orders(BTC, params=GUARDS) == []
        bitget.exchange.set_price("BTCUSDT", Decimal(57000))


async def test_a_second_stop_of_the_position_replaces_the_first_in_place(client: Any) -> None:
    await _open(client)
    first = await _guard(client, stopLossPrice=56000)
    second = await _guard(client, stopLossPrice=56500)
    (only,) = await client.fetch_open_orders(BTC, params=GUARDS)
    assert first["id"] == second["id"] == only["id"]
    assert (only["triggerPrice"], only["info"]["planType"]) == (56500, "pos_loss")


async def test_sized_targets_close_their_part(bitget: BitgetSimulator, client: Any) -> None:
    await _open(client)
    for price in (58000, 59000):
        await _guard(client, amount=0.004, takeProfitPrice=price, planType="profit_plan")
    bitget.exchange.set_price("BTCUSDT", Decimal(58500))
    assert (await client.fetch_positions())[0]["contracts"] == 0.006
    assert [g["triggerPrice"] for g in await client.fetch_open_orders(BTC, params=GUARDS)] == [
        59000
    ]


async def test_a_jump_meets_every_trigger_in_order(bitget: BitgetSimulator, client: Any) -> None:
    await _open(client)
    for price in (59000, 58000, 60000):
        await _guard(client, amount=0.002, takeProfitPrice=price, planType="profit_plan")
    bitget.exchange.set_price("BTCUSDT", Decimal(61000))
    assert [fill.price for fill in bitget.executions[1:]] == [58000, 59000, 60000]


async def test_a_gap_fills_everything_where_it_lands(bitget: BitgetSimulator, client: Any) -> None:
    await _open(client)
    await _guard(client, stopLossPrice=56000)
    bitget.exchange.set_price("BTCUSDT", Decimal(50000), gap=True)
    assert bitget.executions[-1].price == 50000


async def test_a_trigger_by_mark_does_not_listen_to_last(
    bitget: BitgetSimulator, client: Any
) -> None:
    await _open(client)
    await _guard(client, stopLossPrice=56000, triggerType="mark_price")
    bitget.exchange.set_mark("BTCUSDT", Decimal(57000))
    bitget.exchange.set_price("BTCUSDT", Decimal(55000))
    assert (await client.fetch_positions())[0]["contracts"] == 0.01
    bitget.exchange.set_mark("BTCUSDT", Decimal(55900))
    assert await client.fetch_positions() == []


async def test_a_moving_stop_trails_the_position(bitget: BitgetSimulator, client: Any) -> None:
    await _open(client)
    await _guard(client, stopLossPrice=58000, planType="moving_plan", rangeRate="2")
    bitget.exchange.set_price("BTCUSDT", Decimal(60000))
    bitget.exchange.set_price("BTCUSDT", Decimal(58000))
    assert bitget.executions[-1].price == Decimal(58800)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"rangeRate": "10.1"}, "40020", id="farther than Bitget trails"),
        pytest.param({}, "400172", id="no distance"),
        pytest.param({"rangeRate": "2", "executePrice": "58000"}, "40020", id="at a limit"),
    ],
)
async def test_a_moving_stop_is_refused(client: Any, more: dict[str, Any], code: str) -> None:
    await _open(client)
    with pytest.raises(ccxt.BadRequest, match=code):
        await _guard(client, stopLossPrice=58000, planType="moving_plan", **more)


async def test_a_moving_stop_follows_the_price_that_it_names(
    bitget: BitgetSimulator, client: Any
) -> None:
    await _open(client)
    await _guard(
        client,
        stopLossPrice=58000,
        planType="moving_plan",
        rangeRate="2",
        triggerType="mark_price",
    )
    exchange = bitget.exchange
    exchange.set_mark("BTCUSDT", Decimal(57000))
    exchange.set_price("BTCUSDT", Decimal(60000))
    exchange.set_price("BTCUSDT", Decimal(57500))
    assert len(bitget.executions) == 1, "the mark price never came to the trigger"
    exchange.set_mark("BTCUSDT", Decimal(59000))
    exchange.set_mark("BTCUSDT", Decimal(57800))
    assert bitget.executions[-1].closing


async def test_stop_and_target_in_one_request(client: Any) -> None:
    await _open(client)
    body = {
        "symbol": "BTCUSDT",
        "productType": "USDT-FUTURES",
        "marginCoin": "USDT",
        "holdSide": "buy",
        "stopLossTriggerPrice": "56000",
        "stopSurplusTriggerPrice": "58000",
    }
    answer = await client.privateMixPostV2MixOrderPlacePosTpsl(body)
    assert len(answer["data"]) == 2
    guards = await client.fetch_open_orders(BTC, params=GUARDS)
    assert {g["info"]["planType"] for g in guards} == {"pos_loss", "pos_profit"}
    with pytest.raises(ccxt.BadRequest, match="40020"):
        await client.privateMixPostV2MixOrderPlacePosTpsl({**body, "stopLossExecutePrice": "0"})


async def test_a_stop_can_be_moved_by_its_id(client: Any) -> None:
    await _open(client)
    placed = await _guard(client, stopLossPrice=56000)
    await client.edit_order(
        placed["id"], BTC, "market", "sell", 0.01, None, {"stopLossPrice": 56500}
    )
    (only,) = await client.fetch_open_orders(BTC, params=GUARDS)
    assert (only["id"], only["triggerPrice"]) == (placed["id"], 56500)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        pytest.param({"stopLossPrice": 57500}, "40917", id="a stop above a long"),
        pytest.param({"takeProfitPrice": 56500}, "40915", id="a target below a long"),
        pytest.param(
            {"stopLossPrice": 56000, "holdSide": "long"}, "43011", id="hedge words in one-way mode"
        ),
        pytest.param(
            {"stopLossPrice": 56000, "planType": "normal_plan"}, "40020", id="not a guard at all"
        ),
    ],
)
async def test_a_stop_is_refused(client: Any, params: dict[str, Any], code: str) -> None:
    await _open(client)
    with pytest.raises(ccxt.ExchangeError, match=code):
        await _guard(client, **params)


async def test_without_a_position_there_is_nothing_to_guard(client: Any) -> None:
    with pytest.raises(ccxt.ExchangeError, match="40891"):
        await _guard(client, stopLossPrice=56000)


async def test_all_plans_of_a_kind_are_cancelled_at_once(client: Any) -> None:
    for price in (58000, 59000):
        await client.create_order(BTC, "market", "buy", 0.001, None, {"stopPrice": price})
    assert len(await client.cancel_all_orders(BTC, {"trigger": True})) == 2
    assert await client.fetch_open_orders(BTC, params={"trigger": True}) == []
