"""Garbage is collected where nothing waits for it, never between a post and its order."""

import gc
from collections.abc import Callable

from tgbitget.clock import Clock

EVERY_SECONDS = 5.0
AT_LATEST_SECONDS = 60.0
"""However busy it is: memory stays bounded."""


async def collect_when_idle(clock: Clock, is_idle: Callable[[], bool]) -> None:
    """For ever. What was there before stays out of it: the libraries alone take a fifth of a second to walk through."""
    gc.freeze()
    gc.disable()
    try:
        collected = clock.monotonic()
        while True:
            await clock.sleep(EVERY_SECONDS)
            if is_idle() or clock.monotonic() - collected >= AT_LATEST_SECONDS:
                gc.collect()
                collected = clock.monotonic()
    finally:
        gc.enable()
        gc.unfreeze()
