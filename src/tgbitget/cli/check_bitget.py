"""`doctor` at Bitget: reach, round trip, clock; the keys, what they may do, the hold mode."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack

from tgbitget.app.catalogue import known_markets
from tgbitget.app.key_rights import closed_markets, dangers, rights_beside_trading
from tgbitget.app.modes import products_of
from tgbitget.app.preflight import CLOCK_OFF_SECONDS_MAX, CLOCK_WRONG_SECONDS, may_place_no_orders
from tgbitget.cli.check_account import account
from tgbitget.cli.ending import FAILED
from tgbitget.cli.findings import Finding, doubtful, good, not_fit, reach, skipped, timed, wrong
from tgbitget.clock import SystemClock
from tgbitget.errors import ConfigError, TgbitgetError, VenueError
from tgbitget.model.market import Market, Product
from tgbitget.model.money import exact
from tgbitget.profile import Profile
from tgbitget.settings import Settings
from tgbitget.venues.bitget import FUTURES_ONLY, BitgetVenue
from tgbitget.venues.ccxt_line import Addresses, Credentials, Line, VenueTime
from tgbitget.venues.identity import Who
from tgbitget.venues.public import venue_time
from tgbitget.venues.sessions import Session


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
    told, do = f"{off_ms / 1000:.1f} s from Bitget's", "switch on time synchronisation (NTP)"
    if abs(off_ms) > CLOCK_WRONG_SECONDS * 1000:
        why = "Telegram's messages are dropped, and every age of a post is counted wrong"
        return not_fit("clock", told, why=why, do=do, code=FAILED)
    why = "orders go by Bitget's time, but Telegram's messages are dropped when they seem to come from the future"
    return doubtful("clock", told, why=why, do=do)


async def keys(settings: Settings, profiles: Sequence[Profile]) -> AsyncIterator[Finding]:
    """Keys, permissions, and the account behind them: of the mode that the profiles name, or of live trading."""
    modes = {profile.mode for profile in profiles}
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
    is_demo = modes == {"demo"}
    markets = known_markets(settings).markets
    products = products_of(profiles, ()) or FUTURES_ONLY
    venue = _venue(settings, markets, products, is_demo=is_demo)
    try:
        await venue.open()
        held = await venue.account()
        mode = "hedge mode" if venue.is_hedged else "one-way mode"
        kind = mode if Product.USDT_FUTURES in products else "spot"
        yield good("keys", f"accepted; {exact(held.equity)} USDT equity, {kind}")
        for finding in (
            *_permissions(venue.who, products),
            *_dangers(venue.who, settings, is_demo=is_demo),
        ):
            yield finding
        async for finding in account(venue, held, settings, profiles, markets):
            yield finding
    except TgbitgetError as e:
        yield wrong(
            "keys",
            e,
            why="no order will be taken",
            do="see the key at Bitget: rights, IP list, passphrase",
        )
    finally:
        await venue.close()


def _permissions(who: Who, products: frozenset[Product]) -> Iterator[Finding]:
    if not who.permissions:
        yield doubtful(
            "permissions",
            "Bitget does not tell what the key may do",
            why="a key that may withdraw endangers all there is",
            do="see the key at Bitget: orders, reading, nothing else",
        )
        return
    missing = [*closed_markets(who, products)]
    for product in missing:
        yield not_fit(
            "permissions",
            may_place_no_orders(product),
            why="every order will be refused",
            do="give it the right at Bitget",
        )
    if not missing and not rights_beside_trading(who):
        yield good("permissions", "may read and trade, nothing else")


def _dangers(who: Who, settings: Settings, *, is_demo: bool) -> Iterator[Finding]:
    """What keeps the key from trading real money; a demo key has none to lose."""
    for danger in dangers(who, settings.bitget):
        if danger.is_allowed or is_demo:
            what = (
                f"{danger.what} (allowed by {danger.setting})" if danger.is_allowed else danger.what
            )
            yield doubtful(danger.about, what, why=danger.why, do=danger.do)
        else:
            do = f"{danger.do}, or say {danger.setting}"
            yield not_fit(danger.about, danger.what, why=danger.why, do=do)
    if who.addresses:
        yield good("addresses", f"the key works from {', '.join(who.addresses)} alone")


def _venue(
    settings: Settings, markets: Sequence[Market], products: frozenset[Product], *, is_demo: bool
) -> BitgetVenue:
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
        markets=markets,
        clock=SystemClock(),
        addresses=_addresses(settings),
        products=products,
        is_demo=is_demo,
    )


def _addresses(settings: Settings) -> Addresses:
    return Addresses(rest_url=settings.bitget.rest_url, ws_url=settings.bitget.ws_url)
