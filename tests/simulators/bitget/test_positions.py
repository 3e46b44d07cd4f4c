"""Positions in both hold modes: averages, profit, margin, leverage, liquidation, funding."""

from decimal import Decimal
from typing import Any

import ccxt
import pytest

from tgbitget.simulators.bitget import BitgetSimulator

BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"


async def _hedge(client: Any) -> None:
    await client.set_position_mode(True, BTC)


async def test_two_buys_are_one_position_at_their_average(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.create_order(BTC, "market", "buy", 0.01)
    bitget.exchange.set_price("BTCUSDT", Decimal(58000))
    await client.create_order(BTC, "market", "buy", 0.03)
    (position,) = await client.fetch_positions()
    assert (position["side"], position["contracts"]) == ("long", 0.04)
    assert position["entryPrice"] == 57750
    assert position["unrealizedPnl"] == 10
    assert (position["marginMode"], position["leverage"], position["hedged"]) == (
        "cross",
        20,
        False,
    )
    assert (await client.fetch_position(BTC))["contracts"] == 0.04


async def test_a_closed_position_is_in_history_with_its_profit_and_fees(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.create_order(BTC, "market", "sell", 0.01)
    bitget.exchange.set_price("BTCUSDT", Decimal(56000))
    await client.create_order(BTC, "market", "buy", 0.01, None, {"reduceOnly": True})
    (line,) = await client.fetch_positions_history([BTC])
    assert (line["side"], line["entryPrice"], line["lastPrice"]) == ("short", 57000, 56000)
    assert line["realizedPnl"] == 10
    assert line["info"]["netProfit"] == "9.322"
    balance = await client.fetch_balance()
    assert balance["USDT"]["total"] == pytest.approx(1009.322)


async def test_one_way_a_larger_opposite_order_turns_the_position(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.create_order(BTC, "market", "buy", 0.01)
    await client.create_order(BTC, "market", "sell", 0.015)
    (position,) = await client.fetch_positions()
    assert (position["side"], position["contracts"]) == ("short", 0.005)


async def test_a_reduce_only_order_never_turns_it(client: Any) -> None:
    await client.create_order(BTC, "market", "buy", 0.01)
    await client.create_order(BTC, "market", "sell", 0.02, None, {"reduceOnly": True})
    assert await client.fetch_positions() == []


async def test_a_new_reduce_only_order_pushes_out_older_ones(client: Any) -> None:
    await client.create_order(BTC, "market", "buy", 0.01)
    ids = [
        (await client.create_order(BTC, "limit", "sell", size, price, {"reduceOnly": True}))["id"]
        for size, price in ((0.006, 58000), (0.004, 59000), (0.005, 60000))
    ]
    assert {order["id"] for order in await client.fetch_open_orders(BTC)} == set(ids[1:])
    (gone,) = await client.fetch_canceled_orders(BTC)
    assert gone["info"]["cancelReason"] == "reduce_only_exceeds_position"


async def test_reduce_only_orders_shrink_with_the_position(client: Any) -> None:
    await client.create_order(BTC, "market", "buy", 0.01)
    await client.create_order(BTC, "limit", "sell", 0.01, 58000, {"reduceOnly": True})
    await client.create_order(BTC, "market", "sell", 0.004)
    (left,) = await client.fetch_open_orders(BTC)
    assert left["amount"] == 0.006


async def test_hedge_mode_holds_a_long_and_a_short(bitget: BitgetSimulator, client: Any) -> None:
    await _hedge(client)
    await client.create_order(BTC, "market", "buy", 0.01, None, {"hedged": True})
    await client.create_order(BTC, "market", "sell", 0.02, None, {"hedged": True})
    held = {p["side"]: p["contracts"] for p in await client.fetch_positions()}
    assert held == {"long": 0.01, "short": 0.02}
    closing = {"hedged": True, "reduceOnly": True}
    placed = await client.create_order(BTC, "market", "sell", 0.01, None, closing)
    assert bitget.requests[-1].params["side"] == "buy"
    assert [p["side"] for p in await client.fetch_positions()] == ["short"]
    order = await client.fetch_order(placed["id"], BTC)
    assert (order["side"], order["info"]["side"]) == ("sell", "buy")
    assert order["info"]["tradeSide"] == "close"


@pytest.mark.parametrize(
    ("hedge_account", "hedged_order"),
    [pytest.param(True, False, id="a one-way order"), pytest.param(False, True, id="a hedged one")],
)
async def test_an_order_of_the_other_hold_mode_is_40774(
    client: Any, hedge_account: bool, hedged_order: bool
) -> None:
    await client.set_position_mode(hedge_account, BTC)
    for trigger in ({}, {"stopPrice": 58000}):
        with pytest.raises(ccxt.InvalidOrder, match="40774"):
            await client.create_order(
                BTC, "market", "buy", 0.001, None, {"hedged": hedged_order, **trigger}
            )


async def test_stops_in_hedge_mode_name_their_side(bitget: BitgetSimulator, client: Any) -> None:
    await _hedge(client)
    for side in ("buy", "sell"):
        await client.create_order(BTC, "market", side, 0.01, None, {"hedged": True})
    params = {"hedged": True, "stopLossPrice": 56000}
    await client.create_order(BTC, "market", "sell", 0.01, None, params)
    (stop,) = await client.fetch_open_orders(BTC, params={"planType": "profit_loss"})
    assert stop["info"]["posSide"] == "long"
    bitget.exchange.set_price("BTCUSDT", Decimal(55000))
    assert [p["side"] for p in await client.fetch_positions()] == ["short"]


async def test_a_limit_close_in_hedge_mode_needs_what_is_not_locked(client: Any) -> None:
    await _hedge(client)
    await client.create_order(BTC, "market", "buy", 0.01, None, {"hedged": True})
    closing = {"hedged": True, "reduceOnly": True}
    await client.create_order(BTC, "limit", "sell", 0.008, 58000, closing)
    with pytest.raises(ccxt.ExchangeError, match="40754"):
        await client.create_order(BTC, "limit", "sell", 0.004, 59000, closing)
    (position,) = await client.fetch_positions()
    assert (position["info"]["available"], position["info"]["locked"]) == ("0.002", "0.008")


async def test_modes_cannot_change_under_positions_and_orders(client: Any) -> None:
    await client.create_order(BTC, "limit", "buy", 0.01, 56000)
    with pytest.raises(ccxt.ExchangeError, match="40920"):
        await client.set_position_mode(True, BTC)
    with pytest.raises(ccxt.ExchangeError, match="45117"):
        await client.set_margin_mode("isolated", BTC)
    await client.set_margin_mode("isolated", ETH)


async def test_leverage_and_margin_mode_are_set_for_a_symbol(client: Any) -> None:
    await client.set_margin_mode("isolated", BTC)
    answer = await client.set_leverage(50, BTC)
    assert answer["data"]["longLeverage"] == "50"
    known = await client.fetch_leverage(BTC)
    assert (known["marginMode"], known["longLeverage"]) == ("isolated", 50)
    assert (await client.fetch_leverage(ETH))["longLeverage"] == 20
    with pytest.raises(ccxt.ExchangeError, match="40797"):
        await client.set_leverage(151, BTC)


async def test_isolated_leverage_in_hedge_mode_is_set_for_each_side(client: Any) -> None:
    await _hedge(client)
    await client.set_margin_mode("isolated", BTC)
    with pytest.raises(ccxt.BadRequest, match="holdSide"):
        await client.set_leverage(10, BTC)
    await client.set_leverage(10, BTC, {"holdSide": "long"})
    known = await client.fetch_leverage(BTC)
    assert (known["longLeverage"], known["shortLeverage"]) == (10, 20)


async def test_more_leverage_frees_margin(client: Any) -> None:
    await client.create_order(BTC, "market", "buy", 0.1)
    before = (await client.fetch_balance())["USDT"]["free"]
    await client.set_leverage(100, BTC)
    after = (await client.fetch_balance())["USDT"]["free"]
    assert after - before == pytest.approx(0.1 * 57000 * (1 / 20 - 1 / 100))
    with pytest.raises(ccxt.InsufficientFunds, match="40762"):
        await client.set_leverage(5, BTC)


async def test_resting_orders_hold_margin(client: Any) -> None:
    await client.create_order(BTC, "limit", "buy", 0.1, 56000)
    balance = (await client.fetch_balance())["USDT"]
    assert balance["total"] == 1000
    assert balance["free"] == pytest.approx(1000 - 5600 / 20 - 5600 * 0.0006)


async def test_an_isolated_position_is_liquidated_where_it_says(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.set_margin_mode("isolated", BTC)
    await client.create_order(BTC, "market", "buy", 0.1, None, {"marginMode": "isolated"})
    (position,) = await client.fetch_positions()
    price = position["liquidationPrice"]
    assert 57000 * 0.95 < price < 57000 * 0.96
    bitget.exchange.set_price("BTCUSDT", Decimal(round(price) + 5))
    assert len(await client.fetch_positions()) == 1
    bitget.exchange.set_price("BTCUSDT", Decimal(round(price) - 5))
    assert await client.fetch_positions() == []
    assert bitget.orders[-1].source == "liquidation"
    assert (await client.fetch_balance())["USDT"]["total"] > 700


async def test_margin_moves_the_liquidation_price_of_an_isolated_position(client: Any) -> None:
    await client.set_margin_mode("isolated", BTC)
    await client.create_order(BTC, "market", "buy", 0.1, None, {"marginMode": "isolated"})
    before = (await client.fetch_positions())[0]["liquidationPrice"]
    await client.add_margin(BTC, 100, {"holdSide": "long"})
    (position,) = await client.fetch_positions()
    assert position["initialMargin"] == 385
    assert position["liquidationPrice"] < before - 900


async def test_crossed_positions_stand_behind_each_other(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.create_order(BTC, "market", "buy", 0.2)
    await client.create_order(ETH, "market", "buy", 1)
    bitget.exchange.set_price("BTCUSDT", Decimal(52400))
    assert len(await client.fetch_positions()) == 2
    bitget.exchange.set_price("BTCUSDT", Decimal(50000))
    assert [p["symbol"] for p in await client.fetch_positions()] == [ETH]
    bitget.exchange.set_price("ETHUSDT", Decimal(2000))
    assert await client.fetch_positions() == []
    assert Decimal(0) <= bitget.exchange.desk.ledger.balance < 50


async def test_funding_is_paid_by_longs_when_the_rate_is_positive(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.create_order(BTC, "market", "buy", 0.1)
    before = bitget.exchange.desk.ledger.balance
    bitget.exchange.fund("BTCUSDT", Decimal("0.0001"))
    assert bitget.exchange.desk.ledger.balance == before - Decimal("0.57")


async def test_funding_is_billed_once_for_each_position(
    bitget: BitgetSimulator, client: Any
) -> None:
    await _hedge(client)
    await client.create_order(BTC, "market", "buy", 0.1, None, {"hedged": True})
    await client.create_order(BTC, "market", "sell", 0.2, None, {"hedged": True})
    bitget.exchange.fund("BTCUSDT", Decimal("0.0001"))
    asked = {"productType": "USDT-FUTURES", "businessType": "contract_settle_fee"}
    answer = await client.privateMixGetV2MixAccountBill(asked)
    assert sorted(row["amount"] for row in answer["data"]["bills"]) == ["-0.57", "1.14"]
    with pytest.raises(ccxt.BadRequest):
        await client.privateMixGetV2MixAccountBill({**asked, "businessType": "trans_from_exchange"})


async def test_close_position_closes_it_at_the_market(bitget: BitgetSimulator, client: Any) -> None:
    await client.create_order(BTC, "market", "buy", 0.01)
    await client.create_order(BTC, "limit", "sell", 0.01, 58000, {"reduceOnly": True})
    closed = await client.close_position(BTC)
    assert closed["id"]
    assert await client.fetch_positions() == []
    assert await client.fetch_open_orders(BTC) == []


async def test_the_owner_may_do_things_on_the_venue(bitget: BitgetSimulator, client: Any) -> None:
    hand = bitget.by_hand
    hand.open("BTCUSDT", "buy", Decimal("0.01"), stop=Decimal(56000))
    assert (await client.fetch_positions())[0]["contracts"] == 0.01
    hand.move_stop("BTCUSDT", Decimal(56500))
    (stop,) = await client.fetch_open_orders(BTC, params={"planType": "profit_loss"})
    assert stop["triggerPrice"] == 56500
    hand.drop_stops("BTCUSDT")
    hand.set_stop("BTCUSDT", Decimal(56000))
    (stop,) = await client.fetch_open_orders(BTC, params={"planType": "profit_loss"})
    assert stop["info"]["planType"] == "pos_loss"
    hand.cancel(stop["id"])
    resting = await client.create_order(BTC, "limit", "buy", 0.01, 50000)
    hand.cancel(resting["id"])
    hand.close("BTCUSDT")
    assert await client.fetch_positions() == []
    hand.set_hold_mode("hedge_mode")
    hand.set_margin_mode("BTCUSDT", "isolated")
    hand.set_leverage("BTCUSDT", 7)
    account = await client.fetch_leverage(BTC)
    assert (account["marginMode"], account["longLeverage"]) == ("isolated", 7)
    assert account["info"]["posMode"] == "hedge_mode"


async def test_resting_targets_vanish_with_the_position_that_its_stop_closed(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.create_order(
        BTC, "market", "buy", 0.01, None, {"stopLoss": {"triggerPrice": 56000}}
    )
    for price in (58000, 59000):
        await client.create_order(BTC, "limit", "sell", 0.005, price, {"reduceOnly": True})
    bitget.exchange.set_price("BTCUSDT", Decimal(55000))
    assert await client.fetch_positions() == []
    assert await client.fetch_open_orders(BTC) == []
    gone = await client.fetch_canceled_orders(BTC)
    assert {order["info"]["cancelReason"] for order in gone} == {"position_closed"}


async def test_a_gap_costs_an_isolated_position_its_margin_and_no_more(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.set_margin_mode("isolated", BTC)
    await client.create_order(BTC, "market", "buy", 0.1, None, {"marginMode": "isolated"})
    before = bitget.exchange.desk.ledger.balance
    bitget.exchange.set_price("BTCUSDT", Decimal(30000), gap=True)
    assert await client.fetch_positions() == []
    assert bitget.exchange.desk.ledger.balance == before - 285


async def test_a_short_is_liquidated_above(bitget: BitgetSimulator, client: Any) -> None:
    await client.set_margin_mode("isolated", BTC)
    await client.create_order(BTC, "market", "sell", 0.1, None, {"marginMode": "isolated"})
    (position,) = await client.fetch_positions()
    assert 57000 * 1.04 < position["liquidationPrice"] < 57000 * 1.05
    bitget.exchange.set_price("BTCUSDT", Decimal(60000))
    assert await client.fetch_positions() == []


async def test_every_position_is_closed_at_once(bitget: BitgetSimulator, client: Any) -> None:
    for symbol in (BTC, ETH):
        await client.create_order(symbol, "market", "buy", 0.01)
    assert len(await client.close_all_positions()) == 2
    assert await client.fetch_positions() == []
