"""Who may decide while another decision is on its way to the disk."""

import asyncio
from collections.abc import Callable

Leave = Callable[[], None]
"""Ends a turn, whoever calls it; once."""


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

    async def beside(self) -> Leave:
        async with self._door:
            self._inside += 1
            self._is_empty.clear()
        return self._leave

    async def alone(self) -> Leave:
        await self._door.acquire()
        try:
            await self._is_empty.wait()
        except BaseException:
            self._door.release()
            raise
        return self._door.release

    def _leave(self) -> None:
        self._inside -= 1
        if not self._inside:
            self._is_empty.set()
