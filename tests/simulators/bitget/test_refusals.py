"""Each refusal: the request, Bitget's code, the HTTP status, and the class CCXT makes of it."""

import asyncio
import json
from decimal import Decimal
from typing import Any

import aiohttp
import ccxt
import pytest

from tgbitget.simulators.bitget import BitgetSimulator, Keys

BTC = "BTC/USDT:USDT"


async def _place(client: Any, **changes: Any) -> Any:
    """An order as CCXT sends it, with some fields as this test wants them."""
    body = {
        "symbol": "BTCUSDT",
        "productType": "USDT-FUTURES",
        "marginCoin": "USDT",
        "marginMode": "crossed",
        "side": "buy",
        "orderType": "market",
        "size": "0.001",
        **changes,
    }
    return await client.privateMixPostV2MixOrderPlaceOrder(body)


async def _spot(client: Any, **changes: Any) -> Any:
    body = {
        "symbol": "BTCUSDT",
        "side": "buy",
        "orderType": "limit",
        "force": "gtc",
        "price": "50000",
        "size": "0.001",
        **changes,
    }
    return await client.privateSpotPostV2SpotTradePlaceOrder(body)


def _limit(price: str, size: str = "0.001", **more: Any) -> dict[str, Any]:
    return {"orderType": "limit", "price": price, "size": size, **more}


ORDERS = [
    pytest.param(_limit("56000", "0.00015"), "40808", ccxt.InvalidOrder, id="size too fine"),
    pytest.param(_limit("56000.05"), "40808", ccxt.InvalidOrder, id="price too fine"),
    pytest.param(_limit("56000", "0.0010000"), "40808", ccxt.InvalidOrder, id="size as written"),
    pytest.param({"size": "0"}, "43011", ccxt.InvalidOrder, id="size of nothing"),
    pytest.param({"size": "1000"}, "45112", ccxt.ExchangeError, id="size too large"),
    pytest.param(_limit("40000", "0.0001"), "45110", ccxt.InvalidOrder, id="less than 5 USDT"),
    pytest.param({"size": "2"}, "40762", ccxt.InsufficientFunds, id="margin"),
    pytest.param({"marginMode": "isolated"}, "45117", ccxt.ExchangeError, id="margin mode"),
    pytest.param({"tradeSide": "Open"}, "40774", ccxt.InvalidOrder, id="hold mode"),
    pytest.param({"reduceOnly": "YES"}, "22002", ccxt.ExchangeError, id="nothing to reduce"),
    pytest.param({"symbol": "NOPEUSDT"}, "40034", ccxt.ExchangeError, id="unknown symbol"),
    pytest.param({"clientOid": "x" * 51}, "40305", ccxt.BadRequest, id="client id too long"),
    pytest.param({"clientOid": "пост"}, "40305", ccxt.BadRequest, id="client id of Martians"),
    pytest.param(_limit("70000"), "22047", ccxt.ExchangeError, id="far above the market"),
    pytest.param({"size": ""}, "400172", ccxt.BadRequest, id="no size"),
    pytest.param({"size": "ten"}, "40020", ccxt.BadRequest, id="size is no number"),
    pytest.param({"size": "NaN"}, "40020", ccxt.BadRequest, id="size is not a number"),
    pytest.param({"side": "long"}, "40020", ccxt.BadRequest, id="side is neither"),
    pytest.param({"orderType": "stop"}, "40020", ccxt.BadRequest, id="kind is neither"),
    pytest.param({"productType": "COIN-FUTURES"}, "40020", ccxt.BadRequest, id="other product"),
    pytest.param(
        {"presetStopLossPrice": "57001"}, "40917", ccxt.InvalidOrder, id="stop of a long above"
    ),
    pytest.param(
        {"side": "sell", "presetStopLossPrice": "56999"},
        "45122",
        ccxt.InvalidOrder,
        id="stop of a short below",
    ),
    pytest.param(
        {"presetStopSurplusPrice": "56999"}, "40915", ccxt.ExchangeError, id="target of a long"
    ),
    pytest.param(
        {"side": "sell", "presetStopSurplusPrice": "57001"},
        "40832",
        ccxt.ExchangeError,
        id="target of a short",
    ),
    pytest.param(
        _limit("56000", presetStopLossPrice="56500"),
        "40917",
        ccxt.InvalidOrder,
        id="stop above the limit price",
    ),
]


@pytest.mark.parametrize(("changes", "code", "error"), ORDERS)
async def test_an_order_is_refused(
    bitget: BitgetSimulator, client: Any, changes: dict[str, Any], code: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=f'"{code}"') as refused:
        await _place(client, **changes)
    assert type(refused.value) is error
    assert (bitget.requests[-1].status, bitget.requests[-1].code) == (400, code)
    assert bitget.orders == []


async def test_a_refusal_is_written_as_bitget_writes_it(
    bitget: BitgetSimulator, client: Any
) -> None:
    with pytest.raises(ccxt.InsufficientFunds) as refused:
        await _place(client, size="2")
    answer = json.loads(str(refused.value).removeprefix("bitget "))
    assert set(answer) == {"code", "msg", "requestTime", "data"}
    assert answer["msg"] == "The order amount exceeds the balance"
    assert answer["data"] is None


async def test_a_size_below_the_minimum_and_off_the_step(
    bitget: BitgetSimulator, client: Any
) -> None:
    row = {**bitget.exchange.desk.contracts["BTCUSDT"].row}
    bitget.exchange.list_contract(
        {**row, "minTradeNum": "0.001", "sizeMultiplier": "0.0005", "priceEndStep": "5"},
        Decimal(57000),
    )
    for changes, code in (
        ({"size": "0.0005"}, "45111"),
        ({"size": "0.0012"}, "22038"),
        (_limit("56000.1"), "45115"),
    ):
        with pytest.raises(ccxt.ExchangeError, match=code):
            await _place(client, **changes)


async def test_a_duplicate_client_id_is_40786_and_a_bare_exchange_error(client: Any) -> None:
    order = _limit("56000", clientOid="once")
    await _place(client, **order)
    with pytest.raises(ccxt.ExchangeError, match="40786") as refused:
        await _place(client, **order)
    assert type(refused.value) is ccxt.ExchangeError


@pytest.mark.parametrize(
    ("status", "code"),
    [
        pytest.param("off", "40309", id="delisted"),
        pytest.param("limit_open", "45119", id="closing only"),
    ],
)
async def test_a_contract_that_is_not_traded(
    bitget: BitgetSimulator, client: Any, status: str, code: str
) -> None:
    bitget.exchange.set_status("BTCUSDT", status)
    with pytest.raises(ccxt.ExchangeError, match=code):
        await _place(client)


@pytest.mark.parametrize(
    ("changes", "code", "error"),
    [
        pytest.param({"size": "0.0000001"}, "40808", ccxt.InvalidOrder, id="size too fine"),
        pytest.param({"price": "50000.001"}, "40808", ccxt.InvalidOrder, id="price too fine"),
        pytest.param({"size": "0.000001"}, "45110", ccxt.InvalidOrder, id="less than 1 USDT"),
        pytest.param({"size": "1"}, "43012", ccxt.InsufficientFunds, id="balance"),
        pytest.param({"symbol": "NOPEUSDT"}, "40034", ccxt.ExchangeError, id="unknown symbol"),
    ],
)
async def test_a_spot_order_is_refused(
    client: Any, changes: dict[str, Any], code: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=f'"{code}"'):
        await _spot(client, **changes)


async def test_a_duplicate_client_id_on_spot_is_43118_while_unfilled(
    bitget: BitgetSimulator, client: Any
) -> None:
    await _spot(client, clientOid="once")
    with pytest.raises(ccxt.ExchangeError, match="43118"):
        await _spot(client, clientOid="once")
    bitget.exchange.set_price("BTCUSDT", Decimal(49000), product="spot")
    await _spot(client, clientOid="once", price="40000")


async def test_ids_that_are_not_there(client: Any) -> None:
    for call, code, error in (
        (client.fetch_order("1", BTC), "40109", ccxt.OrderNotFound),
        (client.cancel_order("1", BTC), "40768", ccxt.OrderNotFound),
        (client.edit_order("1", BTC, "limit", "buy", 1, 1), "40768", ccxt.OrderNotFound),
        (client.cancel_order("1", "BTC/USDT"), "43001", ccxt.OrderNotFound),
        (
            client.edit_order("1", BTC, "limit", "buy", 1, 1, {"triggerPrice": 1}),
            "43025",
            ccxt.InvalidOrder,
        ),
        (client.close_position(BTC), "22002", ccxt.ExchangeError),
    ):
        with pytest.raises(error, match=code):
            await call


async def test_a_filled_order_cannot_be_cancelled(client: Any) -> None:
    placed = await client.create_order(BTC, "market", "buy", 0.001)
    with pytest.raises(ccxt.ExchangeError, match="22001"):
        await client.cancel_order(placed["id"], BTC)


async def test_cancelling_a_plan_of_another_type_is_answered_with_nothing(client: Any) -> None:
    plan = await client.create_order(BTC, "market", "buy", 0.001, None, {"stopPrice": 58000})
    answer = await client.cancel_order(plan["id"], BTC, {"trigger": True, "planType": "track_plan"})
    assert answer["id"] is None
    assert len(await client.fetch_open_orders(BTC, params={"trigger": True})) == 1
    gone = await client.cancel_order(plan["id"], BTC, {"trigger": True})
    assert gone["id"] == plan["id"]


@pytest.mark.parametrize(
    ("options", "code", "error"),
    [
        pytest.param({"apiKey": "other"}, "40006", ccxt.AuthenticationError, id="key"),
        pytest.param({"secret": "other"}, "40009", ccxt.AuthenticationError, id="signature"),
        pytest.param({"password": "other"}, "40012", ccxt.AuthenticationError, id="passphrase"),
    ],
)
async def test_wrong_keys(
    bitget: BitgetSimulator, connect: Any, options: Any, code: str, error: type[Exception]
) -> None:
    async with connect(bitget, **options) as stranger:
        with pytest.raises(error, match=code):
            await stranger.fetch_positions()


@pytest.mark.parametrize(
    ("offset", "refused"),
    [
        pytest.param(31_500, True, id="ours is behind"),
        pytest.param(-31_500, True, id="ours is ahead"),
        pytest.param(25_000, False, id="within thirty seconds"),
    ],
)
async def test_the_clock_may_be_thirty_seconds_wrong(
    bitget: BitgetSimulator, client: Any, offset: int, refused: bool
) -> None:
    bitget.clock_offset_ms = offset
    if not refused:
        assert await client.fetch_positions() == []
        return
    with pytest.raises(ccxt.InvalidNonce, match="40008"):
        await client.fetch_positions()


@pytest.mark.parametrize("demo_key", [True, False])
async def test_a_demo_key_and_the_demo_header_belong_together(connect: Any, demo_key: bool) -> None:
    async with BitgetSimulator(keys=Keys(demo=demo_key)) as bitget, connect(bitget) as client:
        client.enable_demo_trading(not demo_key)
        with pytest.raises(ccxt.ExchangeError, match="40099"):
            await client.fetch_positions()
        client.options["sandboxMode"] = demo_key
        assert await client.fetch_positions() == []


async def test_a_classic_account_has_no_unified_settings(client: Any) -> None:
    with pytest.raises(ccxt.ExchangeError, match="40084"):
        await client.privateUtaGetV3AccountSettings()


async def test_a_unified_account_refuses_everything_classic(connect: Any) -> None:
    async with BitgetSimulator(unified=True) as bitget, connect(bitget) as client:
        settings = await client.privateUtaGetV3AccountSettings()
        assert settings["data"]["holdMode"] == "one_way_mode"
        with pytest.raises(ccxt.PermissionDenied, match="40085"):
            await client.create_order(BTC, "market", "buy", 0.001)
        with pytest.raises(ccxt.PermissionDenied, match="40085"):
            await client.fetch_positions()


async def test_a_key_without_the_right_to_trade(connect: Any) -> None:
    async with BitgetSimulator(authorities=("coor", "stor")) as bitget, connect(bitget) as client:
        with pytest.raises(ccxt.PermissionDenied, match="40014"):
            await client.create_order(BTC, "market", "buy", 0.001)
        assert await client.fetch_positions() == []


async def test_what_a_key_may_do_is_told(bitget: BitgetSimulator, client: Any) -> None:
    info = (await client.privateSpotGetV2SpotAccountInfo())["data"]
    assert info["userId"] == bitget.user_id
    assert info["ips"] == "127.0.0.1"
    assert "coow" in info["authorities"]


async def test_more_requests_than_the_limit_are_429_and_not_accepted(connect: Any) -> None:
    async with BitgetSimulator(rate_limits=True) as bitget, connect(bitget) as client:
        orders = (
            client.create_order(BTC, "limit", "buy", 0.001, 83000 + n, {"clientOid": f"o{n}"})
            for n in range(15)
        )
        answers = await asyncio.gather(*orders, return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, ccxt.DDoSProtection)]
        assert len(refused) == 5
        assert [r.status for r in bitget.requests[-15:]].count(429) == 5
        assert len(bitget.orders) == 10


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        pytest.param({"ACCESS-KEY": ""}, "40001", id="no key"),
        pytest.param({"ACCESS-SIGN": ""}, "40003", id="no signature"),
        pytest.param({"ACCESS-TIMESTAMP": "yesterday"}, "40005", id="no time"),
        pytest.param({"ACCESS-PASSPHRASE": ""}, "40011", id="no passphrase"),
        pytest.param({"Content-Type": "text/plain"}, "40007", id="no JSON"),
    ],
)
async def test_headers_that_ccxt_never_forgets(
    bitget: BitgetSimulator, headers: dict[str, str], code: str
) -> None:
    path, body, stamp = "/api/v2/mix/order/place-order", "{}", str(bitget.now())
    right = {
        "ACCESS-KEY": bitget.api_key,
        "ACCESS-SIGN": bitget.keys.signature(f"{stamp}POST{path}{body}"),
        "ACCESS-TIMESTAMP": stamp,
        "ACCESS-PASSPHRASE": bitget.passphrase,
        "Content-Type": "application/json",
    }
    async with aiohttp.ClientSession() as session:
        url = bitget.rest_url + path
        async with session.post(url, data=body, headers=right | headers) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, code)


@pytest.mark.parametrize("body", ["[]", "{", "5"])
async def test_a_body_that_is_no_object_is_refused(bitget: BitgetSimulator, body: str) -> None:
    async with aiohttp.ClientSession() as session:
        url = f"{bitget.rest_url}/api/v2/mix/order/place-order"
        async with session.post(url, data=body) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, "40020")
