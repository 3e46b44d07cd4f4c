"""The simulator from the command line: it says where it is, and obeys what is typed."""

import asyncio
import sys
from decimal import Decimal

import aiohttp
import pytest

from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.__main__ import obey


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        pytest.param("btcusdt 57000", "BTCUSDT 57000", id="a price"),
        pytest.param("NOPEUSDT 1", "Parameter NOPEUSDT does not exist", id="unknown symbol"),
        pytest.param("BTCUSDT much", "a price is a number, was much", id="no number"),
        pytest.param("BTCUSDT", "a line is a symbol and a price, was 'BTCUSDT'", id="no price"),
    ],
)
def test_a_line_sets_a_price_or_says_why_not(line: str, answer: str) -> None:
    bitget = BitgetSimulator()
    assert obey(bitget, line) == answer
    moved = bitget.exchange.desk.tape("BTCUSDT").last == Decimal(57000)
    assert moved == (line == "btcusdt 57000")


async def test_it_serves_until_it_is_ended() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tgbitget.simulators.bitget", "--walk", "1", "--hedge"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            url = (await process.stdout.readline()).split()[1].decode()
            for _ in range(4):
                await process.stdout.readline()
            process.stdin.write(b"ETHUSDT 2501\n")
            assert await process.stdout.readline() == b"ETHUSDT 2501\n"
            async with aiohttp.ClientSession() as session:
                query = {"productType": "USDT-FUTURES", "symbol": "ETHUSDT"}
                async with session.get(f"{url}/api/v2/mix/market/ticker", params=query) as answer:
                    assert (await answer.json())["data"][0]["lastPr"].startswith("250")
    finally:
        process.terminate()
        await process.wait()
