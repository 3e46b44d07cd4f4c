"""Garbage waits for an idle moment, but not for ever."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tgbitget.app.collecting import AT_LATEST_SECONDS, EVERY_SECONDS, collect_when_idle
from tgbitget.clock import FakeClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Knot:
    """Refers to itself: only the collector frees it."""

    def __init__(self) -> None:
        self.own = self


@contextmanager
def collecting(clock: FakeClock, *, is_idle: bool) -> Iterator[None]:
    task = asyncio.create_task(collect_when_idle(clock, lambda: is_idle))
    try:
        yield
    finally:
        task.cancel()


async def passing(clock: FakeClock, seconds: float) -> None:
    for _ in range(5):
        await asyncio.sleep(0)
    clock.advance(seconds)
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_is_garbage_goes_in_an_idle_moment() -> None:
    clock = FakeClock(NOON)
    with collecting(clock, is_idle=True):
        await passing(clock, 0)
        assert not gc.isenabled()
        knot = weakref.ref(Knot())
        assert knot() is not None
        await passing(clock, EVERY_SECONDS)
        assert knot() is None


async def test_a_busy_hour_does_not_fill_the_memory() -> None:
    clock = FakeClock(NOON)
    with collecting(clock, is_idle=False):
        await passing(clock, 0)
        knot = weakref.ref(Knot())
        await passing(clock, EVERY_SECONDS)
        assert knot() is not None
        for _ in range(round(AT_LATEST_SECONDS / EVERY_SECONDS)):
            await passing(clock, EVERY_SECONDS)
        assert knot() is None


async def test_whoever_runs_on_collects_as_before() -> None:
    clock = FakeClock(NOON)
    with collecting(clock, is_idle=True):
        await passing(clock, 0)
    await passing(clock, 0)
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
