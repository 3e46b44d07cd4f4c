"""`doctor` at Bitget: reach, round trip, clock; the keys, what they may do, the hold mode."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack

from tgbitget.app.catalogue import known_markets
from tgbitget.cli.ending import WRONG_USAGE
from tgbitget.cli.findings import Finding, State, doubtful, good, reach, skipped, timed, wrong
from tgbitget.clock import SystemClock
from tgbitget.errors import ConfigError, TgbitgetError, VenueError
from tgbitget.model.money import exact
from tgbitget.settings import Settings
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.ccxt_line import Addresses, Credentials, Line, VenueTime
from tgbitget.venues.public import venue_time
from tgbitget.venues.sessions import Session

CLOCK_OFF_SECONDS_MAX = 5

# Bitget's names of what a key may do beside trading, none of which is needed here.
_DANGEROUS = {"wwow": "withdraw", "wtow": "transfer", "chow": "manage sub-accounts"}
_FUTURES_ORDERS = "coow"


async def bitget(settings: Settings) -> AsyncIterator[Finding]:
    """Reach, round trip and clock; no key is needed for these."""
    clock = SystemClock()
    learnt = VenueTime(clock)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(Session())
        line = Line(time=learnt, session=session, addresses=_addresses(settings))
        stack.push_async_callback(line.close)
        try:
            taken = await timed(lambda: venue_time(line))
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
    yield reach("bitget", "reached", taken)
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


async def keys(settings: Settings, modes: set[str]) -> AsyncIterator[Finding]:
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
    if _FUTURES_ORDERS not in held:
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
