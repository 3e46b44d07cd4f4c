"""A proxy that makes a network long: every byte takes so long each way, and a new connection a round trip more.

The kernel accepts a connection at once, so the round trip of its handshake is spent on its first bytes.
"""

import argparse
import asyncio
from collections import deque
from contextlib import suppress

from tgbitget.bench.errand import obey

_CHUNK = 2**16


class Delay:
    """Bytes in, and the same bytes out in the same order, *seconds* later."""

    def __init__(self, writer: asyncio.StreamWriter, seconds: float, *, first: float = 0.0) -> None:
        self._writer = writer
        self._seconds = seconds
        self._not_before = asyncio.get_running_loop().time() + first
        self._held: deque[bytes | None] = deque()

    def feed(self, data: bytes | None) -> None:
        """None: the end."""
        loop = asyncio.get_running_loop()
        self._held.append(data)
        loop.call_at(max(loop.time(), self._not_before) + self._seconds, self._release)

    def _release(self) -> None:
        data = self._held.popleft()
        if self._writer.is_closing():
            return
        if data is None:
            self._writer.close()
        else:
            self._writer.write(data)


class Proxy:
    def __init__(self, *, port: int, seconds: float) -> None:
        self._port = port
        self._seconds = seconds
        self.connections = 0
        self.open = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        there = Delay(there_writer, self._seconds, first=2 * self._seconds)
        back = Delay(writer, self._seconds)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_pass_on(reader, there))
            tasks.create_task(_pass_on(there_reader, back))
        for one in (writer, there_writer):
            with suppress(ConnectionError):
                await one.wait_closed()
        self.open -= 1


async def _pass_on(reader: asyncio.StreamReader, delay: Delay) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            delay.feed(data)
    delay.feed(None)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="each way")
    options = parser.parse_args()
    proxy = Proxy(port=options.port, seconds=options.seconds)
    server = await asyncio.start_server(proxy.take, "127.0.0.1", 0)
    greeting = {"port": server.sockets[0].getsockname()[1]}
    await obey({"connections": lambda: proxy.connections}, greeting)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
