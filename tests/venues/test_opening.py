"""Opening: who we are, how the account is set, and what stops us in one clear line."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from tgbitget.clock import SystemClock
from tgbitget.errors import EndpointMissing, NotAuthorised, Unreachable, VenueLocked
from tgbitget.simulators.bitget import BitgetSimulator, Keys
from tgbitget.simulators.bitget.orders import HoldMode
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.ccxt_line import Addresses, Credentials

from .samples import D, count, leg, opened, venue_of


async def test_an_opened_venue_knows_its_account(bitget: BitgetSimulator) -> None:
    async with opened(bitget) as venue:
        account = await venue.account()
        assert (account.user_id, account.equity, account.is_hedged) == (
            "7000000001",
            D(1000),
            False,
        )
        assert "coow" in venue.permissions
    assert not bitget.unknown_requests


async def test_the_equity_counts_what_is_in_trades(bitget: BitgetSimulator) -> None:
    """What a trade binds as margin is still the account's; only its loss is gone."""
    bitget.by_hand.open("BTCUSDT", "buy", D("0.01"))
    bitget.exchange.set_price("BTCUSDT", D(56000))
    async with opened(bitget) as venue:
        account = await venue.account()
        assert account.available < account.equity - 20
        assert D(985) < account.equity < D(990)


async def test_the_hold_mode_is_learnt(bitget: BitgetSimulator) -> None:
    bitget.exchange.futures.set_hold_mode(HoldMode.HEDGE)
    async with opened(bitget) as venue:
        assert (await venue.account()).is_hedged


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        pytest.param({"api_key": "other"}, "40006: the API key is not known", id="key"),
        pytest.param({"api_secret": "other"}, "40009: the signature is wrong", id="secret"),
        pytest.param({"passphrase": "other"}, "40012: .* passphrase is wrong", id="passphrase"),
    ],
)
async def test_wrong_keys_are_named(
    wrong: dict[str, str], line: str, bitget: BitgetSimulator
) -> None:
    right = {
        "api_key": bitget.api_key,
        "api_secret": bitget.api_secret,
        "passphrase": bitget.passphrase,
    }
    venue = venue_of(bitget, credentials=Credentials(**{**right, **wrong}))
    with pytest.raises(NotAuthorised, match=line) as caught:
        await venue.open()
    assert "\n" not in str(caught.value)


async def test_a_unified_account_is_refused() -> None:
    async with BitgetSimulator(unified=True) as bitget:
        with pytest.raises(NotAuthorised, match=r"unified one .* only classic accounts"):
            await venue_of(bitget).open()
        assert count(bitget, "place-order") == 0


async def test_a_live_key_does_not_open_demo_trading(bitget: BitgetSimulator) -> None:
    with pytest.raises(NotAuthorised, match=r"40099: .* demo keys and live keys are separate"):
        await venue_of(bitget, is_demo=True).open()


async def test_demo_trading_goes_out_with_its_header() -> None:
    async with BitgetSimulator(keys=Keys(demo=True)) as bitget:
        async with opened(bitget, is_demo=True) as venue:
            await venue.place(leg(stop_loss=None))
        sent = [r for r in bitget.requests if r.endpoint == "place-order"]
        assert [r.headers.get("PAPTRADING") for r in sent] == ["1"]


async def test_a_refused_connection_is_unreachable() -> None:
    venue = BitgetVenue(
        credentials=Credentials(api_key="a", api_secret="b", passphrase="c"),
        markets=(),
        clock=SystemClock(),
        addresses=Addresses(rest_url="http://127.0.0.1:1", ws_url="ws://127.0.0.1:1"),
    )
    with pytest.raises(Unreachable, match="Bitget cannot be reached") as caught:
        await venue.open()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("then", ["html", "hang", "502", "empty", "drop"])
@pytest.mark.parametrize("endpoint", ["v3/account/settings", "mix/account/account", "account/info"])
async def test_what_the_account_does_not_tell_is_no_obstacle(
    endpoint: str, then: str, bitget: BitgetSimulator
) -> None:
    bitget.faults.next(endpoint, then=then)
    async with opened(bitget, answer_seconds=0.1) as venue:
        await venue.place(leg(stop_loss=None))


@pytest.mark.parametrize("endpoint", ["v3/account/settings", "mix/account/account", "account/info"])
async def test_an_endpoint_that_is_not_there_is_no_obstacle(
    endpoint: str, bitget: BitgetSimulator
) -> None:
    bitget.faults.always(endpoint, code="40404", status=404)
    async with opened(bitget) as venue:
        await venue.place(leg(stop_loss=None))


async def test_without_its_time_the_machine_s_counts(bitget: BitgetSimulator) -> None:
    bitget.faults.always("public/time", code="40404", status=404)
    async with opened(bitget) as venue:
        off = await venue.time() - datetime.now(UTC)
        assert abs(off) < timedelta(seconds=1)
        await venue.place(leg(stop_loss=None))


async def test_one_symbol_s_account_tells_the_equity_where_the_list_is_missing(
    bitget: BitgetSimulator,
) -> None:
    bitget.faults.always("mix/account/accounts", code="40404", status=404)
    async with opened(bitget) as venue:
        assert (await venue.account()).equity == D(1000)


async def test_an_equity_that_nobody_tells_is_a_failed_question(bitget: BitgetSimulator) -> None:
    async with opened(bitget) as venue:
        for missing in ("mix/account/accounts", "mix/account/account"):
            bitget.faults.always(missing, code="40404", status=404)
        with pytest.raises(EndpointMissing):
            await venue.account()


async def test_a_key_stands_for_the_user_that_is_not_told(bitget: BitgetSimulator) -> None:
    bitget.faults.always("account/info", code="40014", status=400)
    ids = set()
    for _ in range(2):
        async with opened(bitget) as venue:
            ids.add((await venue.account()).user_id)
    (only,) = ids
    assert only.startswith("key-")
    assert bitget.api_key not in only


@pytest.mark.parametrize("offset_ms", [-3_600_000, 90_000], ids=["an hour behind", "90 s ahead"])
async def test_the_venue_s_time_counts_not_ours(offset_ms: int, bitget: BitgetSimulator) -> None:
    bitget.clock_offset_ms = offset_ms
    async with opened(bitget) as venue:
        await venue.place(leg(stop_loss=None))


async def test_a_key_that_is_revoked_later_locks(bitget: BitgetSimulator) -> None:
    async with opened(bitget) as venue:
        bitget.authorities = ("coor",)
        with pytest.raises(VenueLocked, match="40014: the API key lacks a permission"):
            await venue.place(leg())


# a redirect must not carry the key elsewhere


@pytest.fixture
async def elsewhere() -> AsyncIterator[tuple[str, list[web.Request]]]:
    seen: list[web.Request] = []

    async def serve(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response({"code": "00000", "data": {"serverTime": "1"}})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", seen
    await runner.cleanup()


async def test_a_redirect_is_not_followed(elsewhere: tuple[str, list[web.Request]]) -> None:
    url, seen = elsewhere

    async def away(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": url + request.path})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", away)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    venue = BitgetVenue(
        credentials=Credentials(api_key="a", api_secret="b", passphrase="c"),
        markets=(),
        clock=SystemClock(),
        addresses=Addresses(rest_url=f"http://127.0.0.1:{runner.addresses[0][1]}"),
    )
    with pytest.raises(Unreachable):
        await venue.open()
    await runner.cleanup()
    assert seen == []
