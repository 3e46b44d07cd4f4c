"""The machine that all of a run's programs see: clocks, randomness, sockets and a lock, each from the seed or the loop."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import aiohappyeyeballs
import aiohttp.connector

from simulation.loop import VirtualLoop


class Wall:
    """The machine's clock on the wall; unlike the loop's it can be set."""

    def __init__(self, loop: VirtualLoop, start: float) -> None:
        self._loop = loop
        self.start = self._ahead = start - loop.time()

    def time(self) -> float:
        return self._loop.time() + self._ahead

    @property
    def off(self) -> float:
        """By so much it is ahead of the true time."""
        return self._ahead - self.start

    def step(self, seconds: float) -> None:
        self._ahead += seconds


@contextmanager
def machine(loop: VirtualLoop, wall: Wall, seed: int) -> Iterator[None]:
    """For one run: nothing that decides its course comes from this machine."""
    dice = random.Random(f"machine {seed}")  # noqa: S311 -- to be drawn again, not to be secret

    async def start_connection(addr_infos: Any, **_: Any) -> Any:
        host, port = addr_infos[0][-1][:2]
        return await loop.network.dial(host, port)

    borrowed: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
        (time, "time", wall.time),
        (time, "time_ns", lambda: int(wall.time() * 1e9)),
        (time, "monotonic", loop.time),
        (time, "perf_counter", loop.time),
        (aiohttp.connector, "monotonic", loop.time),
        (aiohappyeyeballs, "start_connection", start_connection),
        (os, "urandom", dice.randbytes),
        (random, "_urandom", dice.randbytes),
    )
    state = random.getstate()
    random.seed(seed)
    with ExitStack() as stack:
        for owner, name, ours in borrowed:
            stack.enter_context(swapped(owner, name, ours))
        try:
            yield
        finally:
            random.setstate(state)


@contextmanager
def swapped(owner: Any, name: str, ours: Any) -> Iterator[None]:
    theirs = getattr(owner, name)
    setattr(owner, name, ours)
    try:
        yield
    finally:
        setattr(owner, name, theirs)
