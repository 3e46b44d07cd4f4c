"""The user's own ways: round trips to Telegram and to Bitget, public and signed. Nothing is traded, nothing is changed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

from telethon.tl import functions

from tgbitget.app.catalogue import known_markets
from tgbitget.bench.metric import percentile
from tgbitget.clock import Clock, SystemClock
from tgbitget.errors import ConfigError, NotAuthorised, TgbitgetError
from tgbitget.settings import Settings
from tgbitget.telegram.answers import ask
from tgbitget.telegram.client import connect, hang_up
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.ccxt_line import Addresses, Credentials, Line, VenueTime
from tgbitget.venues.public import venue_time
from tgbitget.venues.sessions import Session

ASKED: Final = 20
PAUSE_SECONDS: Final = 0.25
"""Far below what either side allows."""

ANSWER_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Round trips on one warm connection; `first_ms` is the one that had to connect. `fault`: why there are none."""

    name: str
    round_trips_ms: tuple[float, ...] = ()
    first_ms: float | None = None
    clock_off_ms: int | None = None
    fault: str | None = None

    def json(self) -> dict[str, Any]:
        trips = self.round_trips_ms
        return {
            "way": self.name,
            "p50_ms": round(percentile(trips, 0.5), 3) if trips else None,
            "p99_ms": round(percentile(trips, 0.99), 3) if trips else None,
            "max_ms": round(max(trips), 3) if trips else None,
            "first_ms": None if self.first_ms is None else round(self.first_ms, 3),
            "samples": len(trips),
            "clock_off_ms": self.clock_off_ms,
            "fault": self.fault,
        }


async def ways(
    settings: Settings, *, asked: int = ASKED, pause_seconds: float = PAUSE_SECONDS
) -> AsyncIterator[Way]:
    """Telegram, Bitget without a key, Bitget with one. Each for itself: what fails says so, and the next is measured."""
    clock = SystemClock()
    rhythm = _Rhythm(clock, asked, pause_seconds)
    for name, measure in (
        ("telegram", _telegram),
        ("bitget, public", _public),
        ("bitget, signed", _signed),
    ):
        try:
            yield await measure(name, settings, rhythm)
        except TgbitgetError as error:
            yield Way(name=name, fault=str(error))


@dataclass(frozen=True, slots=True)
class _Rhythm:
    clock: Clock
    asked: int
    pause_seconds: float

    async def timed(self, call: Callable[[], Awaitable[object]]) -> float:
        began = self.clock.monotonic()
        await call()
        return (self.clock.monotonic() - began) * 1000

    async def trips(self, call: Callable[[], Awaitable[object]]) -> tuple[float, ...]:
        taken = []
        for _ in range(self.asked):
            taken.append(await self.timed(call))
            await asyncio.sleep(self.pause_seconds)
        return tuple(taken)


async def _telegram(name: str, settings: Settings, rhythm: _Rhythm) -> Way:
    began = rhythm.clock.monotonic()
    client = await connect(settings)
    first_ms = (rhythm.clock.monotonic() - began) * 1000
    request = functions.updates.GetStateRequest()
    try:
        trips = await rhythm.trips(lambda: ask(client, request, timeout=ANSWER_SECONDS))
    finally:
        await hang_up(client)
    return Way(name=name, round_trips_ms=trips, first_ms=first_ms)


async def _public(name: str, settings: Settings, rhythm: _Rhythm) -> Way:
    learnt = VenueTime(rhythm.clock)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(Session())
        line = Line(time=learnt, session=session, addresses=_addresses(settings))
        stack.push_async_callback(line.close)
        first_ms = await rhythm.timed(lambda: venue_time(line))
        trips = await rhythm.trips(lambda: venue_time(line))
        began = rhythm.clock.monotonic()
        told = await venue_time(line)
        off = learnt.learn(told, round_trip_seconds=rhythm.clock.monotonic() - began)
    return Way(name=name, round_trips_ms=trips, first_ms=first_ms, clock_off_ms=off)


async def _signed(name: str, settings: Settings, rhythm: _Rhythm) -> Way:
    """A question for the open positions, as often as the listener might ask."""
    keys = settings.bitget
    if keys.api_key is None or keys.api_secret is None or keys.passphrase is None:
        raise ConfigError("no API key is set")
    venue = BitgetVenue(
        credentials=Credentials(
            api_key=keys.api_key.get_secret_value(),
            api_secret=keys.api_secret.get_secret_value(),
            passphrase=keys.passphrase.get_secret_value(),
        ),
        markets=known_markets(settings).markets,
        clock=rhythm.clock,
        addresses=_addresses(settings),
    )
    try:
        await venue.open()
        trips = await rhythm.trips(venue.positions)
    except NotAuthorised as error:
        raise NotAuthorised(f"{error}; keys of demo trading are not measured here") from error
    finally:
        await venue.close()
    return Way(name=name, round_trips_ms=trips)


def _addresses(settings: Settings) -> Addresses:
    return Addresses(rest_url=settings.bitget.rest_url, ws_url=settings.bitget.ws_url)
