"""An event loop that does not wait: where nothing can happen before the next timer, its clock leaps there.

The sockets are real and so is what goes over them: on loopback all that was sent lies ready for its reader at once, so a
look at the sockets that finds nothing means that nothing is under way. Threads are waited for; as soon as a process of its
own takes part, the clock goes with the machine's.
"""

import asyncio
import selectors
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp.connector
import pytest

_true_monotonic = time.monotonic
_true_time = time.time

# What a machine busy with other work may put between two steps without anybody's patience ending.
STALL_SECONDS = 0.001
# Before a leap the sockets are given this long, for what the kernel has not handed over yet.
GRACE_SECONDS = 0.0005


class LeapingClock:
    """Goes on by what is told to it; its wall clock began with the machine's."""

    def __init__(self) -> None:
        self._monotonic = self._last = _true_monotonic()
        self._ahead = _true_time() - self._monotonic

    def monotonic(self) -> float:
        return self._monotonic

    def time(self) -> float:
        return self._monotonic + self._ahead

    def run(self, most: float = float("inf")) -> None:
        """Take in what passed on the machine since the last call, at most *most*."""
        now = _true_monotonic()
        self._monotonic += min(now - self._last, most)
        self._last = now

    def leap(self, seconds: float) -> None:
        self._monotonic += seconds
        self._last = _true_monotonic()


class _Looker(selectors.DefaultSelector):
    """Looks at the sockets where a loop would wait for them."""

    def __init__(self, clock: LeapingClock) -> None:
        super().__init__()
        self.clock = clock
        self.threads = 0
        self.has_processes = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.clock.run(float("inf") if self.has_processes else STALL_SECONDS)
        events = super().select(0)
        if events or timeout == 0:
            return events
        if self.threads or self.has_processes or timeout is None:
            events = super().select(timeout)
            self.clock.run()
            return events
        events = super().select(min(timeout, GRACE_SECONDS))
        if not events:
            self.clock.leap(timeout)
        return events


class LeapingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.clock = LeapingClock()
        self._looker = _Looker(self.clock)
        super().__init__(self._looker)

    def time(self) -> float:
        return self.clock.monotonic()

    def run_in_executor(  # type: ignore[override] # counted, whatever its types
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        future = super().run_in_executor(executor, func, *args)
        self._looker.threads += 1
        future.add_done_callback(self._thread_ended)
        return future

    def _thread_ended(self, _: object) -> None:
        self._looker.threads -= 1

    async def subprocess_exec(self, *args: Any, **options: Any) -> Any:
        self._looker.has_processes = True
        return await super().subprocess_exec(*args, **options)


def tell_everybody(clock: LeapingClock, put: Callable[[Any, str, Any], None]) -> None:
    """Whoever asks the machine for the time is told that of *clock*."""
    put(time, "monotonic", clock.monotonic)
    put(time, "perf_counter", clock.monotonic)
    put(time, "time", clock.time)
    put(time, "time_ns", lambda: int(clock.time() * 1e9))
    put(aiohttp.connector, "monotonic", clock.monotonic)


# A folder whose tests run on this loop has both of these in its conftest.


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"leaping": LeapingLoop}


@pytest.fixture(autouse=True)
async def leaping_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that is no coroutine has another loop, and the machine's time."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, LeapingLoop):
        tell_everybody(loop.clock, monkeypatch.setattr)
