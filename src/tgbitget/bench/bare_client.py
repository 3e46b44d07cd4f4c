"""The floor: raw sockets doing the same bytes. A post is decrypted, one order is signed and sent, its answer read.

Nothing is decided, recorded or checked, so nobody can do it faster in Python.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import re
import struct
import time

import cryptg

from tgbitget.bench.errand import obey, say
from tgbitget.bench.side_telegram import KEY

PATH = "/api/v2/mix/order/place-order"
_COIN = re.compile(rb"#(\w+)/USDT")
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class BareClient:
    """Keeps one connection to the exchange open, whatever happens in between."""

    def __init__(self, *, port: int, api_key: str, api_secret: str, passphrase: str) -> None:
        self._port = port
        self._api_key = api_key
        self._secret = api_secret.encode()
        self._passphrase = passphrase
        self._sent = 0

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def follow(self, port: int) -> None:
        reader, _writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            (size,) = struct.unpack("<I", await reader.readexactly(4))
            text = cryptg.decrypt_ige(await reader.readexactly(size), KEY, KEY)
            found = _COIN.search(text)
            if found is not None:
                await self.order(found[1].decode())
                say({"answered": found[1].decode(), "at": time.monotonic_ns()})

    async def order(self, base: str) -> None:
        """One round trip: signed, sent, answered."""
        self._sent += 1
        body = json.dumps(
            {
                "symbol": f"{base}USDT",
                "productType": "USDT-FUTURES",
                "marginMode": "crossed",
                "marginCoin": "USDT",
                "side": "buy",
                "orderType": "market",
                "size": "1.2",
                "clientOid": f"bare-{base}-{self._sent}-{time.monotonic_ns()}",
                "presetStopLossPrice": "95",
            }
        )
        stamp = str(time.time_ns() // 1_000_000)
        digest = hmac.digest(self._secret, f"{stamp}POST{PATH}{body}".encode(), hashlib.sha256)
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"ACCESS-KEY: {self._api_key}\r\nACCESS-SIGN: {base64.b64encode(digest).decode()}\r\n"
            f"ACCESS-TIMESTAMP: {stamp}\r\nACCESS-PASSPHRASE: {self._passphrase}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write((head + body).encode())
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(answer)
        await self._reader.readexactly(int(length[1]) if length else 0)

    async def timed_order(self, base: str) -> int:
        began = time.monotonic_ns()
        await self.order(base)
        return time.monotonic_ns() - began


async def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("--api-key", "--api-secret", "--passphrase"):
        parser.add_argument(name, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bare-port", type=int, default=0)
    options = parser.parse_args()
    client = BareClient(
        port=options.port,
        api_key=options.api_key,
        api_secret=options.api_secret,
        passphrase=options.passphrase,
    )
    await client.open()
    async with asyncio.TaskGroup() as tasks:
        following = (
            tasks.create_task(client.follow(options.bare_port)) if options.bare_port else None
        )
        await obey({"order": client.timed_order}, {"ready": True})
        if following is not None:
            following.cancel()


if __name__ == "__main__":
    asyncio.run(main())
