"""The log of requests received, which tests wait on and count."""

from __future__ import annotations

import asyncio
import functools
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telethon.tl import TLRequest
from telethon.tl.alltlobjects import tlobjects

KEPT_MAX = 10_000

RequestType = type[Any] | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: Telegram's name for it, such as `updates.getChannelDifference`, and Telethon's object."""

    name: str
    body: Any
    at: datetime
    account_id: int | None


class RequestLog:
    """The last requests in order; counts go back to the start."""

    def __init__(self) -> None:
        self._kept: deque[Request] = deque(maxlen=KEPT_MAX)
        self._counts: Counter[str] = Counter()
        self._arrival = asyncio.Event()

    def __iter__(self) -> Iterator[Request]:
        return iter(tuple(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def count(self, of: RequestType) -> int:
        return self._counts[name_of(of)]

    def named(self, of: RequestType) -> list[Request]:
        name = name_of(of)
        return [request for request in self._kept if request.name == name]

    async def wait_for(self, of: RequestType, *, count: int = 1, timeout: float = 10) -> Request:
        """The last of that kind, once there were `count` of them since the start; TimeoutError otherwise."""
        async with asyncio.timeout(timeout):
            while self.count(of) < count:
                self._arrival.clear()
                await self._arrival.wait()
        return self.named(of)[-1]

    def add(self, request: Request) -> None:
        self._kept.append(request)
        self._counts[request.name] += 1
        self._arrival.set()


def name_of(request: RequestType) -> str:
    """`GetStateRequest` of `telethon.tl.functions.updates` is Telegram's `updates.getState`."""
    if isinstance(request, str):
        if request not in _known_names():
            raise LookupError(
                f"Telegram has no request {request!r}; names are such as updates.getState"
            )
        return request
    space = request.__module__.removeprefix("telethon.tl.functions").lstrip(".")
    short = request.__name__.removesuffix("Request")
    short = short[0].lower() + short[1:]
    return f"{space}.{short}" if space else short


@functools.cache
def _known_names() -> frozenset[str]:
    return frozenset(name_of(kind) for kind in tlobjects.values() if issubclass(kind, TLRequest))
