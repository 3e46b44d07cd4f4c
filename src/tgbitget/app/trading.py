"""The exchange side of a listener: venue, prices, executor, keeper; started by settling what an earlier life left."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta

from loguru import logger

from tgbitget.app.hub import Hub
from tgbitget.app.modes import exchange_of
from tgbitget.app.paper import PAPER_USER_ID
from tgbitget.app.supervision import Supervisor
from tgbitget.clock import Clock, SystemClock
from tgbitget.errors import ConfigError, Unreachable, VenueError, VenueUnreachable
from tgbitget.execution.executor import Executor
from tgbitget.execution.locks import SymbolLocks
from tgbitget.journal.journal import Journal, OpenTrade
from tgbitget.markets.cache import CachedMarkets
from tgbitget.markets.directory import Directory, Found
from tgbitget.markets.prices import PriceBook
from tgbitget.model.event import Warned
from tgbitget.model.ids import client_order_id
from tgbitget.model.intent import MarginMode, OpenPosition
from tgbitget.model.market import Market, Product
from tgbitget.model.plan import Refused
from tgbitget.model.post import Deletion, Via
from tgbitget.model.reading import Read, Reading
from tgbitget.planning.planner import leverage
from tgbitget.positions.changes import Change
from tgbitget.positions.desk import Desk, SendLog
from tgbitget.positions.edits import deletion_change, edit_changes
from tgbitget.positions.follow_ups import changes_for
from tgbitget.positions.keeper import PositionKeeper
from tgbitget.positions.record import Record
from tgbitget.positions.recovery import recover
from tgbitget.profile import Profile, default_profile, load_profile
from tgbitget.settings import Settings
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.pacing import Pacing

REDIAL_SECONDS = 10.0
SYNC_SECONDS = 300.0
# Symbols of the last month and of `allow` get their leverage before a post asks for it; each costs up to three calls.
PREPARED_MAX = 30
PREPARED_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Trading:
    keeper: PositionKeeper
    venue: BitgetVenue
    prices: PriceBook


async def start_trading(
    *,
    mode: str,
    settings: Settings,
    profiles: Sequence[Profile],
    markets: CachedMarkets,
    directory: Directory,
    journal: Journal,
    clock: SystemClock,
    hub: Hub,
    supervise: Supervisor,
    stack: AsyncExitStack,
    tasks: asyncio.TaskGroup,
) -> Trading:
    """When it returns, every open trade is led again. Unreachable and NotAuthorised only with nothing open."""
    kept = [one for one in journal.open_trades() if (mode == "paper") is _is_of(one, PAPER_USER_ID)]
    pacing = Pacing(clock)
    exchange = await stack.enter_async_context(
        exchange_of(mode, settings, markets, clock, profiles, pacing)
    )
    venue = exchange.venue
    stack.push_async_callback(venue.close)
    await _until_reached(venue.open, clock, hub, has_open=bool(kept))
    clock.sync(await venue.time())
    prices = PriceBook(clock)
    record = Record(journal, hub.publish)
    executor = Executor(
        venue=venue,
        journal=record,
        clock=clock,
        publish=hub.publish,
        pacing=pacing,
        locks=SymbolLocks(),
    )
    account = await venue.account()
    desk = Desk(
        venue=venue,
        executor=executor,
        journal=journal,
        clock=clock,
        publish=hub.publish,
        quote=prices.quote,
        user_id=account.user_id,
        sends=SendLog(clock),
        record=record,
    )
    keeper = PositionKeeper(desk, supervise)
    tasks.create_task(keeper.run())
    await keeper.started()
    tasks.create_task(supervise("venue's time", lambda: _keep_time(clock, venue)))
    for name, task in exchange.beside:
        tasks.create_task(supervise(name, task))
    tasks.create_task(
        supervise(
            "prices",
            lambda: prices.run(
                exchange.fetch_quotes, on_freshness=lambda fresh: _tell_freshness(hub, fresh=fresh)
            ),
        )
    )
    _lead_on(desk, keeper, kept, settings, profiles)
    await keeper.look()
    await _prepare(venue, journal, clock, directory, profiles)
    return Trading(keeper=keeper, venue=venue, prices=prices)


async def _until_reached(
    dial: Callable[[], Awaitable[None]], clock: Clock, hub: Hub, *, has_open: bool
) -> None:
    """With trades open we keep dialling: they are guarded by the venue's own stops until we are back."""
    is_told = False
    while True:
        try:
            return await dial()
        except (Unreachable, VenueUnreachable) as e:
            if not has_open:
                raise
            logger.warning("{}; dialling on", e)
            if not is_told:
                text = f"{e}; the venue's own stops guard what is open, dialling on"
                hub.publish(Warned(text=text, is_urgent=True))
            is_told = True
        await clock.sleep(REDIAL_SECONDS)


async def _keep_time(clock: SystemClock, venue: BitgetVenue) -> None:
    """Ages and expiry count in the venue's time, whatever happens to the machine's."""
    while True:
        await clock.sleep(SYNC_SECONDS)
        with suppress(
            VenueError
        ):  # asked again at the next turn; between them the monotonic clock keeps it
            clock.sync(await venue.time())


def _tell_freshness(hub: Hub, *, fresh: bool) -> None:
    if fresh:
        logger.info("Prices are fresh")
    else:
        hub.publish(
            Warned(text="Bitget's prices are old; entries that need one wait or are refused")
        )


# what an earlier life left


def _lead_on(
    desk: Desk,
    keeper: PositionKeeper,
    kept: Iterable[OpenTrade],
    settings: Settings,
    profiles: Sequence[Profile],
) -> None:
    midnight = desk.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    for ended_at, trade in desk.journal.ended_trades(midnight):
        keeper.remember(ended_at, trade)
    ours = [one for one in kept if _is_of(one, desk.user_id)]
    for other in kept:
        if other not in ours:
            logger.warning("{} is open on another account and left alone here", other.plan.signal)

    def profile_named(name: str) -> Profile:
        return _profile(name, settings, profiles)

    recover(
        desk,
        keeper,
        ours,
        profile_named=profile_named,
        changes_of=lambda trade: _changes_of(trade, desk, profile_named(trade.profile)),
    )


def _is_of(kept: OpenTrade, user_id: str) -> bool:
    """Ids are derived from the account, so they tell whose a trade is."""
    first = kept.plan.entries[0]
    mine = client_order_id(
        user_id=user_id, signal=first.signal, leg=first.name, replacement=first.replacement
    )
    return first.client_oid == mine


def _profile(name: str, settings: Settings, profiles: Sequence[Profile]) -> Profile:
    """The profile that a trade was opened with, even when it is not followed any more."""
    for profile in profiles:
        if profile.name == name:
            return profile
    try:
        return load_profile(name, settings)
    except ConfigError as e:
        logger.warning("A trade of profile {} is led by the defaults: {}", name, e)
        return default_profile()


def _changes_of(kept: OpenTrade, desk: Desk, profile: Profile) -> list[Change]:
    """What the channel asked of a trade since it opened, in order; done or not, it is asked again."""
    signal, plan = kept.plan.signal, kept.plan
    before: Reading | None = None
    changes: list[Change] = []
    for decision in (*desk.journal.revisions(signal), *desk.journal.follow_ups(signal)):
        reading, message_id = decision.reading, decision.post.message_id
        if decision.signal == signal:
            if decision.trade == signal:
                again = edit_changes(
                    before, reading, plan=plan, profile=profile, message_id=message_id
                )
                changes += () if isinstance(again, Refused) else again
            before = reading
        elif isinstance(reading, Read) and not isinstance(reading.intent, OpenPosition):
            again = changes_for(reading.intent, plan, profile, message_id=message_id)
            changes += () if isinstance(again, Refused) else again
    number = int(signal.rpartition("/")[2])
    if desk.journal.is_deleted(kept.trade.channel, number):
        deletion = Deletion(
            channel=kept.trade.channel,
            message_id=number,
            date=desk.clock.now(),
            via=Via.BACKFILL,
        )
        change = deletion_change(deletion, profile)
        changes += [change] if change is not None else []
    return changes


# what must be ready before a post comes


async def _prepare(
    venue: BitgetVenue,
    journal: Journal,
    clock: Clock,
    directory: Directory,
    profiles: Sequence[Profile],
) -> None:
    """Leverage and margin mode of the symbols that may come, so that an order needs one round trip."""
    held = {position.symbol for position in await venue.positions()}
    wanted = [
        pair
        for pair in _expected(journal, clock, directory, profiles)
        if pair[0].symbol not in held
    ]
    for market, profile in wanted[:PREPARED_MAX]:
        try:
            await venue.prepare(
                market,
                leverage=leverage(None, section=profile.leverage, market=market),
                mode=MarginMode(profile.leverage.margin_mode),
            )
        except VenueError as e:
            logger.warning("{} could not be prepared: {}", market.id, e)


def _expected(
    journal: Journal, clock: Clock, directory: Directory, profiles: Sequence[Profile]
) -> list[tuple[Market, Profile]]:
    """Of each profile: what it allows by name, and what was traded with it lately."""
    since = clock.now() - timedelta(days=PREPARED_DAYS)
    found: dict[str, tuple[Market, Profile]] = {}
    for profile in profiles:
        for name in profile.market.allow:
            answer = directory.resolve(
                name, quote=profile.market.quote, product=Product(profile.market.product)
            )
            if isinstance(answer, Found):
                found.setdefault(answer.market.symbol, (answer.market, profile))
        for decision in reversed(journal.recent_decisions(since)):
            if decision.plan is not None and decision.profile == profile.name:
                found.setdefault(decision.plan.market.symbol, (decision.plan.market, profile))
    return list(found.values())
