"""The line between clients and server: who is connected, and how it fails on cue."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .connection import Connection

GOODBYE_SECONDS = 0.5


class Line:
    """All connections. `refuses` closes new ones, `silent` swallows every byte in both directions."""

    def __init__(self) -> None:
        self.refuses = False
        self.silent = False
        self.written_ns = 0  # when bytes last went out, by the machine's monotonic clock
        self.connections: set[Connection] = set()
        self._empty = asyncio.Event()

    def connected(self, connection: Connection) -> None:
        self.connections.add(connection)
        self._empty.clear()

    def disconnected(self, connection: Connection) -> None:
        self.connections.discard(connection)
        if not self.connections:
            self._empty.set()

    def drop(self, *, reset: bool = True) -> None:
        for connection in tuple(self.connections):
            connection.drop(reset=reset)

    async def close(self) -> None:
        """Say goodbye to all; whoever does not take it in time is cut off."""
        self.silent = False
        if not self.connections:
            return
        self.drop(reset=False)
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._empty.wait()
        except TimeoutError:
            self.drop()
            await self._empty.wait()

    def speak(self) -> None:
        """Silence ends; connections that lost bytes in it are reset."""
        self.silent = False
        for connection in tuple(self.connections):
            connection.silence_ended()
