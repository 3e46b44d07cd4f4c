"""Symbols where something is unknown: entries wait there, exits never do."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class SymbolLocks:
    """Held by as many as have a reason; free when all of them are done."""

    def __init__(self) -> None:
        self._holders: Counter[str] = Counter()
        self._freed: dict[str, asyncio.Event] = {}

    @contextmanager
    def held(self, symbol: str) -> Iterator[None]:
        self._holders[symbol] += 1
        self._freed.setdefault(symbol, asyncio.Event()).clear()
        try:
            yield
        finally:
            self._holders[symbol] -= 1
            if not self._holders[symbol]:
                del self._holders[symbol]
                self._freed.pop(symbol).set()

    def is_held(self, symbol: str) -> bool:
        return symbol in self._holders

    async def free(self, symbol: str) -> None:
        """Return when nobody holds the symbol."""
        while (freed := self._freed.get(symbol)) is not None:
            await freed.wait()
