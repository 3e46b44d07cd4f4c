"""What many people run: a minimal Telethon and CCXT script. Three expressions, one order with its stop attached.

As they come: `--limiter` leaves CCXT's own limiter on, which is its default. `--journal FILE` adds one durable commit of
two rows before the order. It checks nothing, sizes nothing, follows nothing; what it lacks is the point of the rest.
"""

import argparse
import asyncio
import re
import sqlite3
import time
from typing import Any

import ccxt.async_support
from telethon import TelegramClient, events
from telethon.crypto import rsa
from telethon.sessions import StringSession

from tgbitget.bench.errand import obey, say

COIN = re.compile(r"#(\w+)/USDT")
SIDE = re.compile(r"\b(LONG|SHORT)\b")
STOP = re.compile(r"Stop Loss: ([\d.]+)")


class Script:
    def __init__(self, exchange: Any, journal: sqlite3.Connection | None) -> None:
        self._exchange = exchange
        self._journal = journal

    async def take(self, event: Any) -> None:
        coin, side, stop = (expression.search(event.raw_text) for expression in (COIN, SIDE, STOP))
        if coin is None or side is None or stop is None:
            return
        if self._journal is not None:
            self._record(event.id, event.raw_text, coin[1])
        await self._order(coin[1], "buy" if side[1] == "LONG" else "sell", stop[1])
        say({"answered": coin[1], "at": time.monotonic_ns()})

    def _record(self, id: int, text: str, coin: str) -> None:
        assert self._journal is not None
        with self._journal:
            self._journal.execute("INSERT INTO posts VALUES (?, ?)", (id, text))
            self._journal.execute("INSERT INTO orders VALUES (?, ?)", (id, coin))

    async def _order(self, coin: str, side: str, stop: str) -> None:
        await self._exchange.create_order(
            f"{coin}/USDT:USDT", "market", side, 1.2, None, {"stopLoss": {"triggerPrice": stop}}
        )

    async def timed_order(self, base: str) -> int:
        began = time.monotonic_ns()
        await self._order(base, "buy", "95")
        return time.monotonic_ns() - began

    async def order_behind(self, base: str, queries: int) -> int:
        """An order asked for while so many questions for the positions wait their turn."""
        asked = [asyncio.create_task(self._exchange.fetch_positions()) for _ in range(queries)]
        await asyncio.sleep(0)
        taken = await self.timed_order(base)
        await asyncio.gather(*asked)
        return taken


def _exchange(options: argparse.Namespace) -> Any:
    exchange = ccxt.async_support.bitget(
        {
            "apiKey": options.api_key,
            "secret": options.api_secret,
            "password": options.passphrase,
            "enableRateLimit": options.limiter,
            "options": {"defaultType": "swap"},
        }
    )
    for group, address in list(exchange.urls["api"].items()):
        if isinstance(address, str):
            exchange.urls["api"][group] = f"http://127.0.0.1:{options.port}"
    return exchange


def _journal(file: str | None) -> sqlite3.Connection | None:
    if file is None:
        return None
    journal = sqlite3.connect(file)
    journal.execute("PRAGMA journal_mode=WAL")
    journal.execute("PRAGMA synchronous=FULL")
    journal.execute("CREATE TABLE posts (id INTEGER, text TEXT)")
    journal.execute("CREATE TABLE orders (id INTEGER, coin TEXT)")
    return journal


async def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("--api-key", "--api-secret", "--passphrase"):
        parser.add_argument(name, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--session", default="")
    parser.add_argument("--server-key", default="")
    parser.add_argument("--channel", default="")
    parser.add_argument("--journal")
    parser.add_argument("--limiter", action="store_true")
    options = parser.parse_args()
    exchange = _exchange(options)
    await exchange.load_markets()
    script = Script(exchange, _journal(options.journal))
    client: Any = None
    if options.session:
        rsa.add_key(options.server_key, old=False)
        client = TelegramClient(StringSession(options.session), 1, "bench")
        client.add_event_handler(script.take, events.NewMessage(chats=[options.channel]))
        await client.connect()
        await client.get_dialogs()
    await obey({"order": script.timed_order, "order_behind": script.order_behind}, {"ready": True})
    if client is not None:
        await client.disconnect()
    await exchange.close()


if __name__ == "__main__":
    asyncio.run(main())
