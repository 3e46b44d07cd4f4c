"""The WebSocket as CCXT hears it: login, channels, silence, loss and reconnection."""

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from typing import Any

import aiohttp
import ccxt
import pytest

from tgbitget.simulators.bitget import BitgetSimulator
from waiting import eventually

BTC = "BTC/USDT:USDT"


async def _soon(waiting: Awaitable[Any]) -> Any:
    async with asyncio.timeout(5):
        return await waiting


async def _subscribed(bitget: BitgetSimulator, count: int) -> None:
    sessions = bitget.streams.sessions
    await eventually(lambda: sum(len(session.args) for session in sessions) >= count)


async def test_a_fill_is_heard_on_orders_fills_positions_and_balance(
    bitget: BitgetSimulator, client: Any
) -> None:
    assert await _soon(client.watch_positions()) == []
    assert (await _soon(client.watch_balance()))["USDT"]["total"] == 1000
    orders, fills, positions, balance = (
        asyncio.create_task(waiting)
        for waiting in (
            client.watch_orders(BTC),
            client.watch_my_trades(BTC),
            client.watch_positions(),
            client.watch_balance(),
        )
    )
    await _subscribed(bitget, 4)
    placed = await client.create_order(BTC, "market", "buy", 0.01, None, {"clientOid": "tgw"})
    live = (await _soon(orders))[-1]
    assert (live["id"], live["clientOrderId"]) == (placed["id"], "tgw")
    await eventually(lambda: client.orders[-1]["status"] == "closed")
    filled = client.orders[-1]
    assert (filled["average"], filled["filled"], filled["remaining"]) == (57000, 0.01, 0)
    assert filled["fee"] == {"cost": 0.342, "currency": "USDT"}
    (fill,) = await _soon(fills)
    assert (fill["order"], fill["price"], fill["amount"]) == (placed["id"], 57000, 0.01)
    assert (fill["side"], fill["takerOrMaker"]) == ("buy", "taker")
    (position,) = await _soon(positions)
    assert (position["side"], position["contracts"]) == ("long", 0.01)
    assert position["entryPrice"] == 57000
    assert (await _soon(balance))["USDT"]["total"] < 1000


async def test_flat_is_an_empty_list(bitget: BitgetSimulator, client: Any) -> None:
    await client.create_order(BTC, "market", "buy", 0.01)
    assert len(await _soon(client.watch_positions())) == 1
    waiting = asyncio.create_task(client.watch_positions())
    await _subscribed(bitget, 1)
    bitget.by_hand.close("BTCUSDT")
    assert await _soon(waiting) == []


async def test_stops_and_targets_are_heard_as_they_come_and_go(
    bitget: BitgetSimulator, client: Any
) -> None:
    waiting = asyncio.create_task(client.watch_orders(BTC, params={"trigger": True}))
    await _subscribed(bitget, 1)
    bitget.by_hand.open("BTCUSDT", "buy", Decimal("0.01"), stop=Decimal(55000))
    stop = (await _soon(waiting))[-1]
    assert (stop["triggerPrice"], stop["status"]) == (55000, "open")
    assert stop["info"]["planType"] == "sl"
    waiting = asyncio.create_task(client.watch_orders(BTC, params={"trigger": True}))
    bitget.exchange.set_price("BTCUSDT", Decimal(54000))
    assert (await _soon(waiting))[-1]["info"]["status"] == "executed"


async def test_in_hedge_mode_a_fill_names_the_direction_traded(
    bitget: BitgetSimulator, client: Any
) -> None:
    bitget.by_hand.set_hold_mode("hedge_mode")
    bitget.by_hand.open("BTCUSDT", "buy", Decimal("0.01"))
    fills = asyncio.create_task(client.watch_my_trades(BTC))
    await _subscribed(bitget, 1)
    bitget.by_hand.close("BTCUSDT", "long")
    (fill,) = await _soon(fills)
    assert fill["side"] == "sell"
    rest = (await client.fetch_my_trades(BTC))[-1]
    assert (rest["id"], rest["side"]) == (fill["id"], "buy")


async def test_ticker_trades_and_candles_follow_the_price(
    bitget: BitgetSimulator, client: Any
) -> None:
    assert (await _soon(client.watch_ticker(BTC)))["last"] == 57000
    candles = await _soon(client.watch_ohlcv(BTC, "1m"))
    assert candles[-1][4] == 57000
    trades = asyncio.create_task(client.watch_trades(BTC))
    await _subscribed(bitget, 3)
    waiting = asyncio.create_task(client.watch_ticker(BTC))
    candle = asyncio.create_task(client.watch_ohlcv(BTC, "1m"))
    await asyncio.sleep(0)
    bitget.exchange.set_price("BTCUSDT", Decimal(57500))
    assert (await _soon(waiting))["last"] == 57500
    assert (await _soon(trades))[-1]["price"] == 57500
    assert (await _soon(candle))[-1][4] == 57500


@pytest.mark.parametrize("limit", [None, 5], ids=["with checksum", "five levels"])
@pytest.mark.parametrize("symbol", [BTC, "BTC/USDT"])
async def test_the_book_follows_the_price(
    bitget: BitgetSimulator, client: Any, symbol: str, limit: int | None
) -> None:
    assert (await _soon(client.watch_order_book(symbol, limit)))["bids"][0][0] == 57000
    for price in (57001, 56999, 60000):
        waiting = asyncio.create_task(client.watch_order_book(symbol, limit))
        await asyncio.sleep(0)
        bitget.exchange.set_price("BTCUSDT", Decimal(price))
        book = await _soon(waiting)
        assert book["bids"][0][0] == price
        assert book["asks"][0][0] > price


async def test_spot_orders_fills_and_balances_are_heard(
    bitget: BitgetSimulator, client: Any
) -> None:
    params = {"type": "spot"}
    assert (await _soon(client.watch_balance(params)))["USDT"]["free"] == 1000
    orders = asyncio.create_task(client.watch_orders("BTC/USDT"))
    await _subscribed(bitget, 2)
    placed = await client.create_order("BTC/USDT", "market", "buy", 1, None, {"cost": 114})
    assert (await _soon(orders))[-1]["id"] == placed["id"]
    await eventually(lambda: client.orders[-1]["status"] == "closed")
    assert client.orders[-1]["average"] == 57000
    await eventually(lambda: client.balance["USDT"]["free"] == 886)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        pytest.param({"secret": "other"}, "30015", id="signature"),
        pytest.param({"password": "other"}, "30012", id="passphrase"),
        pytest.param({"apiKey": "other"}, "30011", id="key"),
    ],
)
async def test_a_wrong_login_is_refused(
    bitget: BitgetSimulator, connect: Any, options: dict[str, Any], error: str
) -> None:
    async with connect(bitget, **options) as stranger:
        with pytest.raises(ccxt.AuthenticationError, match=error):
            await _soon(stranger.watch_orders(BTC))


async def _talk(bitget: BitgetSimulator, path: str, *messages: Any) -> list[Any]:
    """Send raw messages and collect one answer for each."""
    async with aiohttp.ClientSession() as session, session.ws_connect(bitget.ws_url + path) as ws:
        answers = []
        for message in messages:
            await (ws.send_str(message) if isinstance(message, str) else ws.send_json(message))
            answer = await ws.receive(timeout=5)
            answers.append(answer.data if answer.data == "pong" else answer.json())
        return answers


async def test_what_is_not_understood_is_answered_with_an_error(bitget: BitgetSimulator) -> None:
    arg = {"instType": "USDT-FUTURES", "channel": "ticker", "instId": "NOPEUSDT"}
    pong, no_symbol, no_op, no_json = await _talk(
        bitget,
        "/v2/ws/public",
        "ping",
        {"op": "subscribe", "args": [arg]},
        {"op": "dance", "args": []},
        "{",
    )
    assert pong == "pong"
    assert (no_symbol["event"], no_symbol["code"]) == ("error", 30001)
    assert (no_op["code"], no_json["code"]) == (30003, 30003)


async def test_private_channels_need_a_login(bitget: BitgetSimulator) -> None:
    arg = {"instType": "USDT-FUTURES", "channel": "orders", "instId": "default"}
    (answer,) = await _talk(bitget, "/v2/ws/private", {"op": "subscribe", "args": [arg]})
    assert (answer["event"], answer["code"]) == ("error", 30004)


async def test_unsubscribing_ends_the_pushes(bitget: BitgetSimulator) -> None:
    arg = {"instType": "USDT-FUTURES", "channel": "trade", "instId": "BTCUSDT"}
    answers = await _talk(
        bitget,
        "/v2/ws/public",
        {"op": "subscribe", "args": [arg]},
        {"op": "unsubscribe", "args": [arg]},
    )
    assert [answer["event"] for answer in answers] == ["subscribe", "unsubscribe"]


async def test_a_silent_stream_pushes_nothing_and_lives_on(
    bitget: BitgetSimulator, client: Any
) -> None:
    await _soon(client.watch_positions())
    bitget.faults.pushes.silent = True
    bitget.by_hand.open("BTCUSDT", "buy", Decimal("0.01"))
    assert all(session.outbox.empty() for session in bitget.streams.sessions)
    bitget.faults.pushes.silent = False
    waiting = asyncio.create_task(client.watch_positions())
    await asyncio.sleep(0)
    bitget.by_hand.open("BTCUSDT", "buy", Decimal("0.01"))
    assert (await _soon(waiting))[0]["contracts"] == 0.02


async def test_pushes_may_come_twice_or_backwards_or_not_at_all(
    bitget: BitgetSimulator,
) -> None:
    arg = {"instType": "USDT-FUTURES", "channel": "ticker", "instId": "BTCUSDT"}
    url = f"{bitget.ws_url}/v2/ws/public"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
        await ws.send_json({"op": "subscribe", "args": [arg]})
        for _ in range(2):
            await ws.receive(timeout=5)

        async def heard(count: int) -> list[str]:
            messages = [await ws.receive_json(timeout=5) for _ in range(count)]
            return [message["data"][0]["lastPr"] for message in messages]

        cue = bitget.faults.pushes
        cue.duplicate = True
        bitget.exchange.set_price("BTCUSDT", Decimal(57001))
        assert await heard(2) == ["57001", "57001"]
        cue.duplicate, cue.reorder = False, 2
        for price in (57002, 57003):
            bitget.exchange.set_price("BTCUSDT", Decimal(price))
        assert await heard(2) == ["57003", "57002"]
        cue.reorder, cue.lose = 0, 1
        for price in (57004, 57005):
            bitget.exchange.set_price("BTCUSDT", Decimal(price))
        assert await heard(1) == ["57005"]
        cue.delay = 0.02
        bitget.exchange.set_price("BTCUSDT", Decimal(57006))
        cue.delay = 0
        bitget.exchange.set_price("BTCUSDT", Decimal(57007))
        assert await heard(2) == ["57007", "57006"]


async def test_after_a_reset_the_watcher_fails_and_the_next_call_reconnects(
    bitget: BitgetSimulator, client: Any
) -> None:
    await _soon(client.watch_positions())
    waiting = asyncio.create_task(client.watch_positions())
    await asyncio.sleep(0)
    bitget.drop_connections()
    with pytest.raises(ccxt.NetworkError):
        await _soon(waiting)
    bitget.by_hand.open("BTCUSDT", "buy", Decimal("0.01"))
    assert (await _soon(client.watch_positions()))[0]["contracts"] == 0.01
