"""Which mode a process trades in, and the exchange that belongs to it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from tgbitget.clock import Clock
from tgbitget.errors import ConfigError
from tgbitget.journal.journal import OpenTrade
from tgbitget.markets.cache import CachedMarkets
from tgbitget.markets.prices import FetchQuotes
from tgbitget.model.market import Product
from tgbitget.profile import Profile
from tgbitget.settings import Settings
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.ccxt_line import Addresses, Credentials
from tgbitget.venues.pacing import Pacing
from tgbitget.venues.public import PublicBitget

DRY_RUN = "dry-run"
PAPER_USER_ID = "paper"  # part of every client order id: a paper trade can be told from any other


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The venue of a mode, the source of its prices, and what must run beside it."""

    venue: BitgetVenue
    fetch_quotes: FetchQuotes
    beside: tuple[tuple[str, Callable[[], Awaitable[None]]], ...] = ()


def mode_of(profiles: Sequence[Profile], settings: Settings, *, dry_run: bool, live: bool) -> str:
    """The one mode of this process. ConfigError: they differ, or real money was not allowed."""
    if dry_run:
        return DRY_RUN
    modes = {profile.mode: profile.name for profile in profiles}
    if len(modes) > 1:
        named = ", ".join(f"{name} is {mode}" for mode, name in modes.items())
        raise ConfigError(f"one process trades in one mode; {named}")
    mode = next(iter(modes))
    if mode == "live" and not (live or settings.live):
        raise ConfigError(
            f"mode: {profiles[0].name} trades real money; allow it with --live or TGBITGET_LIVE=yes"
        )
    return mode


def products_of(profiles: Sequence[Profile], kept: Sequence[OpenTrade]) -> frozenset[Product]:
    """What the profiles trade, and what an earlier life left open."""
    wanted = {Product(profile.market.product) for profile in profiles}
    return frozenset(wanted | {trade.plan.market.product for trade in kept})


@asynccontextmanager
async def exchange_of(
    mode: str,
    settings: Settings,
    markets: CachedMarkets,
    clock: Clock,
    products: frozenset[Product],
    pacing: Pacing,
) -> AsyncIterator[Exchange]:
    addresses = Addresses(rest_url=settings.bitget.rest_url, ws_url=settings.bitget.ws_url)
    if mode == "paper":
        # Only here: a start that trades at the real exchange loads no simulator.
        from tgbitget.app.paper import keep_saving, paper_exchange  # noqa: PLC0415 -- see above

        async with (
            PublicBitget(clock=clock, addresses=addresses, products=products) as public,
            paper_exchange(
                public=public,
                markets=[market for market in markets.markets if market.product in products],
                file=settings.paper_file,
            ) as paper,
        ):
            simulated = paper.simulator
            venue = BitgetVenue(
                credentials=Credentials(
                    api_key=simulated.api_key,
                    api_secret=simulated.api_secret,
                    passphrase=simulated.passphrase,
                ),
                markets=markets.markets,
                clock=clock,
                pacing=pacing,
                products=products,
                addresses=Addresses(rest_url=simulated.rest_url, ws_url=simulated.ws_url),
            )
            saving = partial(keep_saving, simulated.exchange, settings.paper_file, clock)
            yield Exchange(
                venue=venue, fetch_quotes=paper.quotes, beside=(("paper account", saving),)
            )
        return
    venue = BitgetVenue(
        credentials=_credentials(settings),
        markets=markets.markets,
        clock=clock,
        pacing=pacing,
        addresses=addresses,
        products=products,
        is_demo=mode == "demo",
    )
    yield Exchange(venue=venue, fetch_quotes=venue.quotes)


def _credentials(settings: Settings) -> Credentials:
    found: dict[str, str] = {}
    for name in ("api_key", "api_secret", "passphrase"):
        secret = getattr(settings.bitget, name)
        if secret is None:
            raise ConfigError(
                f"TGBITGET_BITGET__{name.upper()} is not set; Bitget gives it with an API key"
            )
        found[name] = secret.get_secret_value()
    return Credentials(**found)
