"""Each fault on cue, and the exception that CCXT makes of it."""

import asyncio
from decimal import Decimal
from typing import Any

import ccxt
import pytest

from tgbitget.simulators.bitget import BitgetSimulator, Then
from waiting import eventually

BTC = "BTC/USDT:USDT"
ORDER = (BTC, "market", "buy", 0.001, None, {"clientOid": "tgf"})


@pytest.mark.parametrize(
    ("cue", "error", "placed"),
    [
        pytest.param(
            {"then": Then.DROP}, ccxt.ExchangeNotAvailable, True, id="dropped after acceptance"
        ),
        pytest.param(
            {"accept": False, "then": "drop"},
            ccxt.ExchangeNotAvailable,
            False,
            id="dropped before acceptance",
        ),
        pytest.param({"then": "502"}, ccxt.ExchangeNotAvailable, True, id="bad gateway"),
        pytest.param({"then": "cut"}, ccxt.ExchangeError, True, id="body cut short"),
        pytest.param({"code": "40725", "accept": True, "status": 500}, ccxt.ExchangeError, True,
                     id="service error"),
        pytest.param({"code": "40015", "accept": True}, ccxt.ExchangeError, True, id="abnormal"),
        pytest.param({"code": "40010", "accept": True}, ccxt.AuthenticationError, True, id="40010"),
        pytest.param({"status": 429}, ccxt.DDoSProtection, False, id="too many requests"),
        pytest.param({"code": "40762"}, ccxt.InsufficientFunds, False, id="a code on cue"),
    ],
)  # fmt: skip
async def test_a_spoiled_answer(
    bitget: BitgetSimulator,
    client: Any,
    cue: dict[str, Any],
    error: type[Exception],
    placed: bool,
) -> None:
    bitget.faults.next("place-order", **cue)
    with pytest.raises(error):
        await client.create_order(*ORDER)
    assert (bitget.requests[-1].endpoint, bitget.requests[-1].accepted) == ("place-order", placed)
    assert bitget.requests[-1].params["clientOid"] == "tgf"
    assert ("tgf" in bitget.exchange.desk.client_ids) == placed
    if not placed:
        assert (await client.create_order(*ORDER))["id"]


@pytest.mark.parametrize("then", ["html", "empty", "no_data", "no_id"])
async def test_an_answer_that_ccxt_takes_for_an_order_without_an_id(
    bitget: BitgetSimulator, client: Any, then: str
) -> None:
    bitget.faults.next("place-order", then=then)
    order = await client.create_order(*ORDER)
    assert order["id"] is None
    found = await client.fetch_order(None, BTC, {"clientOrderId": "tgf"})
    assert found["status"] == "closed"


async def test_no_answer_at_all(bitget: BitgetSimulator, client: Any) -> None:
    bitget.faults.next("place-order", then="hang")
    client.timeout = 100
    with pytest.raises(ccxt.RequestTimeout):
        await client.create_order(*ORDER)
    assert "tgf" in bitget.exchange.desk.client_ids


async def test_a_late_answer(bitget: BitgetSimulator, client: Any) -> None:
    bitget.faults.next("place-order", delay=0.02)
    started = asyncio.get_running_loop().time()
    assert (await client.create_order(*ORDER))["id"]
    assert asyncio.get_running_loop().time() - started >= 0.02


async def test_a_server_that_is_not_there(connect: Any) -> None:
    async with BitgetSimulator() as bitget, connect(bitget) as client:
        await bitget.stop()
        with pytest.raises(ccxt.ExchangeNotAvailable):
            await client.create_order(*ORDER)


async def test_a_cue_concerns_its_endpoint_and_its_number_of_requests(
    bitget: BitgetSimulator, client: Any
) -> None:
    bitget.faults.next("mix/order/place-order", code="40015", times=2)
    await client.fetch_positions()
    for _ in range(2):
        with pytest.raises(ccxt.ExchangeError):
            await client.create_order(*ORDER)
    assert (await client.create_order(*ORDER))["id"]
    bitget.faults.always("all-position", code="40015")
    for _ in range(3):
        with pytest.raises(ccxt.ExchangeError):
            await client.fetch_positions()
    bitget.faults.clear()
    assert len(await client.fetch_positions()) == 1


async def test_maintenance(bitget: BitgetSimulator, client: Any) -> None:
    bitget.faults.maintenance = True
    with pytest.raises(ccxt.OnMaintenance, match="40200"):
        await client.fetch_ticker(BTC)
    with pytest.raises(ccxt.OnMaintenance):
        await client.create_order(*ORDER)
    assert bitget.orders == []


async def test_an_accepted_order_may_not_be_found_at_first(
    bitget: BitgetSimulator, client: Any
) -> None:
    bitget.faults.invisible_asks = 2
    placed = await client.create_order(*ORDER)
    for _ in range(2):
        with pytest.raises(ccxt.OrderNotFound, match="40109"):
            await client.fetch_order(placed["id"], BTC)
    assert (await client.fetch_order(placed["id"], BTC))["status"] == "closed"


async def test_an_accepted_order_may_not_be_found_for_a_while(connect: Any, now: list[int]) -> None:
    async with BitgetSimulator(clock=lambda: now[0]) as bitget, connect(bitget) as client:
        client.options["timeDifference"] = client.milliseconds() - now[0]
        bitget.faults.invisible_seconds = 3
        placed = await client.create_order(BTC, "market", "buy", 0.001)
        now[0] += 2_900
        with pytest.raises(ccxt.OrderNotFound):
            await client.fetch_order(placed["id"], BTC)
        now[0] += 100
        assert (await client.fetch_order(placed["id"], BTC))["status"] == "closed"


async def test_idle_connections_can_be_reset_and_are_opened_anew(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.fetch_time()
    bitget.drop_connections()
    assert await client.fetch_time() > 0


async def test_prices_go_on_while_an_answer_is_held_back(
    bitget: BitgetSimulator, client: Any
) -> None:
    bitget.faults.next("place-order", then="drop", delay=0.02)
    sending = asyncio.create_task(client.create_order(*ORDER))
    await eventually(lambda: bitget.requests[-1:] != [] and bitget.requests[-1].fault == "drop")
    bitget.exchange.set_price("BTCUSDT", Decimal(58000))
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await sending
    assert bitget.executions[0].price == 58000


async def test_a_cue_for_an_endpoint_that_does_not_exist_is_a_mistake(
    bitget: BitgetSimulator,
) -> None:
    with pytest.raises(ValueError, match="ends in 'place-oder'"):
        bitget.faults.next("place-oder", then="drop")


async def test_rows_may_be_missing_from_lists_of_positions(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.create_order(*ORDER)
    bitget.faults.missing_positions = {"BTCUSDT"}
    assert await client.fetch_positions() == []
    async with asyncio.timeout(5):
        assert await client.watch_positions() == []
    bitget.faults.clear()
    assert len(await client.fetch_positions()) == 1


async def test_a_venue_may_roll_back_what_it_did(bitget: BitgetSimulator, client: Any) -> None:
    before = bitget.exchange.dump()
    placed = await client.create_order(*ORDER)
    bitget.exchange.roll_back(before)
    assert await client.fetch_positions() == []
    assert await client.fetch_my_trades(BTC) == []
    with pytest.raises(ccxt.OrderNotFound):
        await client.fetch_order(placed["id"], BTC)
    again = await client.create_order(*ORDER)
    assert int(again["id"]) > int(placed["id"])


async def test_a_server_that_comes_back_is_found_at_the_same_port(
    bitget: BitgetSimulator, client: Any
) -> None:
    await client.create_order(*ORDER)
    await bitget.stop()
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await client.fetch_positions()
    await bitget.start()
    assert len(await client.fetch_positions()) == 1


async def test_the_answer_is_recorded_with_its_request(
    bitget: BitgetSimulator, client: Any
) -> None:
    placed = await client.create_order(*ORDER)
    assert placed["id"] in bitget.requests[-1].answer
