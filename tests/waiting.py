"""Waiting for a condition, never for a time."""

import asyncio
import time
from collections.abc import Callable

LOOK_SECONDS = 0.005


async def eventually(is_true: Callable[[], object], *, within: float = 10.0) -> None:
    """Returns as soon as it is; fails when it does not come true in time."""
    end = time.monotonic() + within
    while not is_true():
        assert time.monotonic() < end, f"waited {within:g} s in vain"
        await asyncio.sleep(LOOK_SECONDS)
