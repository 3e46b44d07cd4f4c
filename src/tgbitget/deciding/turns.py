"""Who may decide while another decision is on its way to the disk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Turns beside each other, and turns alone: those wait for all before them, and all after them wait. In order."""

    def __init__(self) -> None:
        self._door = asyncio.Lock()
        self._inside = 0
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    @property
    def are_taken(self) -> bool:
        return self._inside > 0 or self._door.locked()

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        async with self._door:
            self._inside += 1
            self._is_empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._is_empty.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        async with self._door:
            await self._is_empty.wait()
            yield
