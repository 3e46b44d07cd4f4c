"""A simulated Bitget and the unchanged CCXT that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import aiohttp
import ccxt.pro
import pytest

from tgbitget.simulators.bitget import BitgetSimulator, Exchange

Client = Any  # CCXT ships no types
Connect = Callable[..., Any]
LOADED: dict[str, Any] = {}  # markets as CCXT parsed them once; they are the same for all


def point(client: Client, bitget: BitgetSimulator) -> None:
    api = client.urls["api"]
    for name, value in list(api.items()):
        if isinstance(value, str):
            api[name] = bitget.rest_url
    for group in ("ws", "demo"):
        if group in api:
            api[group] = {
                "public": f"{bitget.ws_url}/v2/ws/public",
                "private": f"{bitget.ws_url}/v2/ws/private",
            }


@asynccontextmanager
async def connection(
    bitget: BitgetSimulator, *, load: bool = True, **options: Any
) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        client = ccxt.pro.bitget(
            {
                "apiKey": bitget.api_key,
                "secret": bitget.api_secret,
                "password": bitget.passphrase,
                "enableRateLimit": False,
                "session": session,
                "timeout_on_exit": 0,  # CCXT sleeps a quarter of a second when it is closed
                "options": {"uta": False, "defaultType": "swap"},
                **options,
            }
        )
        point(client, bitget)
        try:
            if load:
                await _load(client)
            yield client
        finally:
            await client.close()


async def _load(client: Client) -> None:
    if not LOADED:
        await client.load_markets()
        LOADED.update(markets=list(client.markets.values()), currencies=client.currencies)
    client.set_markets(LOADED["markets"], LOADED["currencies"])


@pytest.fixture
async def bitget() -> AsyncIterator[BitgetSimulator]:
    async with BitgetSimulator(equity="1000") as simulator:
        simulator.exchange.set_price("BTCUSDT", Decimal(57000), gap=True)
        simulator.exchange.set_price("ETHUSDT", Decimal(2500), gap=True)
        yield simulator
        assert not simulator.unknown_requests


@pytest.fixture
async def client(bitget: BitgetSimulator) -> AsyncIterator[Client]:
    async with connection(bitget) as connected:
        yield connected


@pytest.fixture
def connect() -> Connect:
    """`async with connect(bitget, **options) as client:` for a client of its own."""
    return connection


@pytest.fixture
def now() -> list[int]:
    """A clock in one cell: tests turn it."""
    return [1_795_000_000_000]


@pytest.fixture
def exchange(now: list[int]) -> Exchange:
    """The pure one, with a thousand USDT and BTC at 57000."""
    made = Exchange(now=lambda: now[0], equity=Decimal(1000), spot_balances={"USDT": Decimal(1000)})
    made.set_price("BTCUSDT", Decimal(57000), gap=True)
    return made
