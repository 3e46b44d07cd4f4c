"""Attached stops and targets: when they become orders, under either rule, and when they are lost."""

from decimal import Decimal
from typing import Any

import pytest

from tgbitget.simulators.bitget import BitgetSimulator
from waiting import eventually

BTC = "BTC/USDT:USDT"
PRESETS = {"stopLoss": {"triggerPrice": 55000}, "takeProfit": {"triggerPrice": 59000}}


async def _guards(client: Any) -> set[tuple[str, float, float]]:
    found = await client.fetch_open_orders(BTC, params={"planType": "profit_loss"})
    return {(g["info"]["planType"], g["triggerPrice"], g["amount"]) for g in found}


async def test_a_market_entry_is_guarded_as_soon_as_it_is_filled(
    bitget: BitgetSimulator, client: Any
) -> None:
    placed = await client.create_order(BTC, "market", "buy", 0.01, None, PRESETS)
    order = await client.fetch_order(placed["id"], BTC)
    assert (order["stopLossPrice"], order["takeProfitPrice"]) == (55000, 59000)
    assert await _guards(client) == {("loss_plan", 55000, 0.01), ("profit_plan", 59000, 0.01)}
    bitget.exchange.set_price("BTCUSDT", Decimal(54000))
    assert await client.fetch_positions() == []
    assert await _guards(client) == set()
    assert bitget.executions[-1].price == 55000
    assert bitget.unguarded_seconds("BTCUSDT") == 0


@pytest.mark.parametrize(
    ("with_each_fill", "after_part", "after_all"),
    [
        pytest.param(True, 0.004, 0.01, id="with each fill"),
        pytest.param(False, None, 0.01, id="at the complete fill"),
    ],
)
async def test_a_partial_fill_is_guarded_as_the_rule_says(
    bitget: BitgetSimulator,
    client: Any,
    with_each_fill: bool,
    after_part: float | None,
    after_all: float,
) -> None:
    bitget.exchange.rules.presets_with_each_fill = with_each_fill
    bitget.exchange.set_liquidity("BTCUSDT", Decimal("0.004"))
    await client.create_order(BTC, "limit", "buy", 0.01, 57000, PRESETS)
    sizes = {size for _, _, size in await _guards(client)}
    assert sizes == ({after_part} if after_part else set())
    bitget.exchange.set_liquidity("BTCUSDT", None)
    assert {size for _, _, size in await _guards(client)} == {after_all}


async def test_a_partial_fill_that_is_cancelled_never_gets_its_stop_at_complete_fill(
    bitget: BitgetSimulator, client: Any
) -> None:
    bitget.exchange.rules.presets_with_each_fill = False
    bitget.exchange.set_liquidity("BTCUSDT", Decimal("0.004"))
    placed = await client.create_order(BTC, "limit", "buy", 0.01, 57000, PRESETS)
    await client.cancel_order(placed["id"], BTC)
    assert await _guards(client) == set()
    assert (await client.fetch_positions())[0]["contracts"] == 0.004


async def test_the_stop_may_be_lost_on_cue(bitget: BitgetSimulator, client: Any) -> None:
    bitget.exchange.rules.presets_lost = 1
    await client.create_order(BTC, "market", "buy", 0.01, None, PRESETS)
    assert await _guards(client) == set()
    await client.create_order(BTC, "market", "buy", 0.002, None, PRESETS)
    assert {size for _, _, size in await _guards(client)} == {0.002}


async def test_each_leg_of_a_ladder_keeps_the_stop_it_was_sent_with(
    bitget: BitgetSimulator, client: Any
) -> None:
    for price, stop in ((56500, 55000), (56000, 54900)):
        await client.create_order(
            BTC, "limit", "buy", 0.002, price, {"stopLoss": {"triggerPrice": stop}}
        )
    bitget.exchange.set_price("BTCUSDT", Decimal(56000))
    assert await _guards(client) == {("loss_plan", 55000, 0.002), ("loss_plan", 54900, 0.002)}
    bitget.exchange.set_price("BTCUSDT", Decimal(54950))
    assert (await client.fetch_positions())[0]["contracts"] == 0.002


async def test_a_modified_order_may_bring_another_stop(
    bitget: BitgetSimulator, client: Any
) -> None:
    placed = await client.create_order(BTC, "limit", "buy", 0.01, 56000, PRESETS)
    params = {"newClientOid": "new", "stopLoss": {"triggerPrice": 55500}}
    await client.edit_order(placed["id"], BTC, "limit", "buy", 0.01, 56000, params)
    await eventually(lambda: "new" in bitget.exchange.desk.client_ids)
    bitget.exchange.set_price("BTCUSDT", Decimal(56000))
    assert ("loss_plan", 55500, 0.01) in await _guards(client)


async def test_a_stop_with_a_limit_price_rests_when_it_is_triggered(
    bitget: BitgetSimulator, client: Any
) -> None:
    stop = {"triggerPrice": 55000, "price": 54900}
    await client.create_order(BTC, "market", "buy", 0.01, None, {"stopLoss": stop})
    bitget.exchange.set_price("BTCUSDT", Decimal(54000), gap=True)
    (resting,) = await client.fetch_open_orders(BTC)
    assert (resting["price"], resting["side"], resting["reduceOnly"]) == (54900, "sell", True)
