"""Time is passed in: `now` for what happened when, `monotonic` for how long, `sleep` to wait."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some start; never steps."""
        ...

    async def sleep(self, seconds: float, /) -> None: ...


class SystemClock:
    """UTC as the venue sees it: the machine's clock plus `offset`, kept by the monotonic clock between syncs.

    A step of the machine's clock (NTP, a user) therefore moves nothing here until the next `sync`.
    """

    def __init__(self) -> None:
        self._origin = datetime.fromtimestamp(time.time(), UTC)
        self._origin_monotonic = time.monotonic()

    def now(self) -> datetime:
        return self._origin + timedelta(seconds=time.monotonic() - self._origin_monotonic)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float, /) -> None:
        await asyncio.sleep(seconds)

    def sync(self, true_now: datetime) -> timedelta:
        """Take `true_now` (aware UTC) as the time of this moment; return by how much we were off."""
        off = true_now - self.now()
        self._origin += off
        return off


class FakeClock:
    """A clock that its owner moves; sleepers wake when their time has come. For replays and tests."""

    def __init__(self, start: datetime) -> None:
        assert start.tzinfo is not None, "a clock without a time zone"
        self._start = start
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float, /) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._elapsed + seconds, woken))
        await woken

    def advance(self, seconds: float) -> None:
        """Move on and wake whoever is due, in order."""
        assert seconds >= 0, f"time went back by {-seconds} s"
        self._elapsed += seconds
        due = sorted((s for s in self._sleepers if s[0] <= self._elapsed), key=lambda s: s[0])
        self._sleepers = [s for s in self._sleepers if s[0] > self._elapsed]
        for _, woken in due:
            if not woken.done():
                woken.set_result(None)

    def move_to(self, moment: datetime) -> None:
        """Move on to *moment*; an earlier one leaves the clock where it is."""
        self.advance(max(0.0, (moment - self.now()).total_seconds()))
