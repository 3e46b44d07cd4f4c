"""What `doctor` looks at: this machine, the profiles, Telegram, Bitget. Each finding says what, why it matters, what to do."""

import asyncio
import shutil
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from telethon.tl import functions

from tgbitget.app.catalogue import known_markets
from tgbitget.cli.ending import WRONG_USAGE, code_of
from tgbitget.cli.words import harmless
from tgbitget.clock import SystemClock
from tgbitget.errors import ConfigError, JournalError, TgbitgetError, VenueError
from tgbitget.journal.reader import Reader
from tgbitget.model.money import exact
from tgbitget.parsing import registry
from tgbitget.profile import Profile, warnings
from tgbitget.settings import Settings
from tgbitget.telegram.answers import ask
from tgbitget.telegram.channels import resolve
from tgbitget.telegram.client import connect, hang_up
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.ccxt_line import Addresses, Credentials, Line, VenueTime
from tgbitget.venues.public import venue_time
from tgbitget.venues.sessions import Session

TRIES = 5  # of a round trip; the first one dials
MARKETS_DAYS_MAX = 14
SLOW_MS = 1000
CLOCK_OFF_SECONDS_MAX = 5
FREE_BYTES_MIN = 200_000_000

# Bitget's names of what a key may do beside trading, none of which is needed here.
_DANGEROUS = {"wwow": "withdraw", "wtow": "transfer", "chow": "manage sub-accounts"}


class State(StrEnum):
    GOOD = "good"
    DOUBTFUL = "doubtful"
    WRONG = "wrong"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`code` is the exit code that a wrong one stands for."""

    about: str
    state: State
    what: str
    why: str = ""
    do: str = ""
    code: int = 0

    def json(self) -> dict[str, Any]:
        return {**asdict(self), "state": str(self.state)}


def good(about: str, what: str) -> Finding:
    return Finding(about=about, state=State.GOOD, what=what)


def skipped(about: str, what: str) -> Finding:
    return Finding(about=about, state=State.SKIPPED, what=what)


def doubtful(about: str, what: str, *, why: str, do: str) -> Finding:
    return Finding(about=about, state=State.DOUBTFUL, what=what, why=why, do=do)


def wrong(about: str, error: TgbitgetError, *, why: str, do: str) -> Finding:
    code = code_of(error)
    return Finding(about=about, state=State.WRONG, what=str(error), why=why, do=do, code=code)


async def checkup(settings: Settings, profiles: Sequence[Profile]) -> AsyncIterator[Finding]:
    """Every finding as soon as it is known."""
    for finding in (
        *_machine(settings),
        *_rules(profiles),
        *_journal(settings),
        _markets(settings),
    ):
        yield finding
    async for finding in _telegram(settings, profiles):
        yield finding
    async for finding in _bitget(settings):
        yield finding
    async for finding in _keys(settings, {profile.mode for profile in profiles}):
        yield finding


# this machine


def _machine(settings: Settings) -> Iterator[Finding]:
    home = settings.home
    yield (
        good("home", str(home))
        if _is_private(home)
        else doubtful(
            "home",
            f"{home} is open to others",
            why="the database tells what you trade, to anybody on this machine",
            do=f"chmod 700 {home}",
        )
    )
    env = Path(".env")
    if env.exists() and not _is_private(env):
        yield doubtful(
            ".env",
            f"{env.absolute()} is open to others",
            why="whoever reads it can trade with your keys",
            do="chmod 600 .env",
        )
    free = shutil.disk_usage(home).free
    if free < FREE_BYTES_MIN:
        yield doubtful(
            "disk",
            f"{free // 1_000_000} MB are free",
            why="what cannot be recorded is not traded",
            do=f"make room on the disk of {home}",
        )


def _is_private(path: Path) -> bool:
    return not stat.S_IMODE(path.stat().st_mode) & 0o077


def _rules(profiles: Sequence[Profile]) -> Iterator[Finding]:
    registry.load()
    for profile in profiles:
        about = f"profile {profile.name}"
        try:
            registry.make_chain(profile)
        except ConfigError as e:
            yield wrong(
                about, e, why="its posts cannot be read", do="correct the key that it names"
            )
            continue
        yield good(about, f"mode {profile.mode}")
        for doubt in warnings(profile):
            yield doubtful(
                about, doubt, why="it is allowed, but seldom meant", do="see the profile"
            )


def _journal(settings: Settings) -> Iterator[Finding]:
    if not settings.database_file.exists():
        yield good("journal", "none yet; the first `listen` makes it")
        return
    try:
        with Reader(settings.database_file) as journal:
            trades, is_paused = journal.positions(), journal.is_paused()
    except JournalError as e:
        yield wrong(
            "journal",
            e,
            why="without it nothing is traded",
            do="restore it from a backup, or move it away",
        )
        return
    yield good("journal", f"{len(trades)} trades are not finished")
    if is_paused:
        yield doubtful("journal", "paused", why="no new entries are taken", do="tgbitget resume")


def _markets(settings: Settings) -> Finding:
    cached = known_markets(settings)
    days = (datetime.now(UTC) - cached.as_of).days
    what = f"{len(cached.markets)}, from the {cached.origin}"
    if cached.source == "cache" and days <= MARKETS_DAYS_MAX:
        return good("markets", what)
    return doubtful(
        "markets",
        what,
        why="contracts that came since are unknown, and posts about them are refused",
        do="tgbitget markets sync",
    )


# Telegram


async def _telegram(settings: Settings, profiles: Sequence[Profile]) -> AsyncIterator[Finding]:
    try:
        client = await connect(settings)
    except TgbitgetError as e:
        yield wrong("telegram", e, why="no post can be received", do=_todo_of_telegram(e))
        return
    try:
        taken = await _timed(lambda: ask(client, functions.updates.GetStateRequest()))
        yield _reach("telegram", "logged in", taken)
        for profile in profiles:
            yield await _channels(client, profile)
    except TgbitgetError as e:
        yield wrong("telegram", e, why="no post can be received", do=_todo_of_telegram(e))
    finally:
        await hang_up(client)


async def _channels(client: Any, profile: Profile) -> Finding:
    about = f"channels of {profile.name}"
    try:
        found = await resolve(client, profile.telegram.channels)
    except ConfigError as e:
        return wrong(
            about, e, why="it cannot be followed", do="join it, or see `tgbitget channels list`"
        )
    return good(about, ", ".join(harmless(channel.title) for channel in found.values()))


def _todo_of_telegram(error: TgbitgetError) -> str:
    return {
        3: "tgbitget login",
        4: "see the network, TGBITGET_TELEGRAM__PROXY where Telegram is blocked",
    }.get(code_of(error), "set it in the environment or .env")


# Bitget


async def _bitget(settings: Settings) -> AsyncIterator[Finding]:
    """Reach, round trip and clock; no key is needed for these."""
    clock = SystemClock()
    learnt = VenueTime(clock)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(Session())
        line = Line(time=learnt, session=session, addresses=_addresses(settings))
        stack.push_async_callback(line.close)
        try:
            taken = await _timed(lambda: venue_time(line))
            started = clock.monotonic()
            off_ms = learnt.learn(
                await venue_time(line), round_trip_seconds=clock.monotonic() - started
            )
        except VenueError as e:
            yield wrong(
                "bitget",
                e,
                why="nothing can be traded",
                do="see the network, or Bitget's status page",
            )
            return
    yield _reach("bitget", "reached", taken)
    yield _clock(off_ms)


def _clock(off_ms: int) -> Finding:
    if abs(off_ms) <= CLOCK_OFF_SECONDS_MAX * 1000:
        return good("clock", f"{off_ms} ms from Bitget's")
    return doubtful(
        "clock",
        f"{off_ms / 1000:.1f} s from Bitget's",
        why="orders go by Bitget's time, but Telegram's messages are dropped when they seem to come from the future",
        do="switch on time synchronisation (NTP)",
    )


async def _keys(settings: Settings, modes: set[str]) -> AsyncIterator[Finding]:
    """Keys, permissions, hold mode, equity: of the mode that the profiles name, or of live trading."""
    if modes and not modes & {"demo", "live"}:
        yield skipped("keys", f"not needed in {' and '.join(sorted(modes))} mode")
        return
    if not settings.bitget.has_keys:
        missing = ConfigError("TGBITGET_BITGET__API_KEY, __API_SECRET and __PASSPHRASE are not set")
        yield (
            wrong(
                "keys",
                missing,
                why="no order can be signed",
                do="make a key at Bitget and set them",
            )
            if modes
            else skipped("keys", "none are set; dry-run and paper need none")
        )
        return
    venue = _venue(settings, is_demo=modes == {"demo"})
    try:
        await venue.open()
        account = await venue.account()
    except TgbitgetError as e:
        yield wrong(
            "keys",
            e,
            why="no order will be taken",
            do="see the key at Bitget: rights, IP list, passphrase",
        )
        return
    finally:
        await venue.close()
    mode = "hedge" if venue.is_hedged else "one-way"
    yield good("keys", f"accepted; {exact(account.equity)} USDT equity, {mode} mode")
    for finding in _permissions(venue.permissions):
        yield finding


def _permissions(held: Sequence[str]) -> Iterator[Finding]:
    if not held:
        yield doubtful(
            "permissions",
            "Bitget does not tell what the key may do",
            why="a key that may withdraw endangers all there is",
            do="see the key at Bitget: futures orders, reading, nothing else",
        )
        return
    too_much = [word for name, word in _DANGEROUS.items() if name in held]
    too_much += ["trade peer to peer"] if any(name.startswith("p2p") for name in held) else []
    if too_much:
        yield doubtful(
            "permissions",
            f"the key may {', '.join(too_much)}",
            why="whoever steals it can take the money out",
            do="make a key that may only read and trade futures",
        )
    if "coow" not in held:
        missing = ConfigError("the key may not place futures orders")
        yield Finding(
            about="permissions",
            state=State.WRONG,
            what=str(missing),
            why="every order will be refused",
            do="give it the right at Bitget",
            code=WRONG_USAGE,
        )
    elif not too_much:
        yield good("permissions", "may read and trade, nothing else")


def _venue(settings: Settings, *, is_demo: bool) -> BitgetVenue:
    keys = settings.bitget
    assert keys.api_key is not None
    assert keys.api_secret is not None
    assert keys.passphrase is not None
    return BitgetVenue(
        credentials=Credentials(
            api_key=keys.api_key.get_secret_value(),
            api_secret=keys.api_secret.get_secret_value(),
            passphrase=keys.passphrase.get_secret_value(),
        ),
        markets=known_markets(settings).markets,
        clock=SystemClock(),
        addresses=_addresses(settings),
        is_demo=is_demo,
    )


def _addresses(settings: Settings) -> Addresses:
    return Addresses(rest_url=settings.bitget.rest_url, ws_url=settings.bitget.ws_url)


async def _timed(call: Callable[[], Awaitable[object]]) -> float:
    """The median round trip in milliseconds, once the line is dialled."""
    await call()
    taken = []
    for _ in range(TRIES):
        started = perf_counter()
        await call()
        taken.append((perf_counter() - started) * 1000)
        await asyncio.sleep(0)
    return median(taken)


def _reach(about: str, what: str, taken_ms: float) -> Finding:
    told = f"{what}, {taken_ms:.0f} ms there and back (median of {TRIES})"
    if taken_ms <= SLOW_MS:
        return good(about, told)
    return doubtful(
        about,
        told,
        why="an order is that late at best",
        do="see the network; a machine nearer to it helps",
    )
