"""A running listener: its parts wired together, started in order, stopped within a few seconds."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import Any

from loguru import logger
from telethon import TelegramClient

from tgbitget.app.catalogue import known_markets
from tgbitget.app.collecting import collect_when_idle
from tgbitget.app.dialling import dialled_on
from tgbitget.app.every_channel import EveryChannel
from tgbitget.app.hub import Hub
from tgbitget.app.mending import keep_mended
from tgbitget.app.modes import DRY_RUN, products_of
from tgbitget.app.owner import Owner
from tgbitget.app.refreshing import MarketRefresh
from tgbitget.app.stopping import Stop
from tgbitget.app.supervision import Supervisor
from tgbitget.app.tidying import tidy_when_idle
from tgbitget.app.trading import Trading, start_trading
from tgbitget.clock import Clock, SystemClock
from tgbitget.control.notices import Notices
from tgbitget.control.socket import serving
from tgbitget.deciding.ground import Book, Followed
from tgbitget.errors import ConfigError, NotAuthorised, Unreachable
from tgbitget.intake.replay import ReplaySource
from tgbitget.intake.telegram import TelegramSource
from tgbitget.journal.journal import Journal
from tgbitget.markets.cache import CachedMarkets
from tgbitget.markets.directory import Directory
from tgbitget.model.event import Ready, Warned
from tgbitget.model.ids import ChannelId
from tgbitget.parsing import registry
from tgbitget.pipeline import Pipeline
from tgbitget.positions.dry import Rehearsal
from tgbitget.positions.halting import Halting, Watched
from tgbitget.positions.replayed import ReplayedBook
from tgbitget.profile import Profile
from tgbitget.settings import Settings
from tgbitget.telegram.channel import FollowedChannel
from tgbitget.telegram.channels import resolve
from tgbitget.telegram.client import connect, dial, hang_up, keep_time
from tgbitget.telegram.saved_messages import SavedMessages

# Ctrl-C and SIGTERM stop within 5 s: sends that are under way get most of it, the owner's last notices the rest.
DECIDED_SECONDS = 0.5
SENDS_SECONDS = 2.5
NOTICES_SECONDS = 1.0
VENUE = "bitget"
FRESH_SECONDS = 10.0


Channels = tuple[tuple[ChannelId, str], ...]
"""Id and title."""


def ready(mode: str, channels: Channels, markets: CachedMarkets) -> Ready:
    return Ready(
        mode=mode,
        venue=VENUE,
        channels=channels,
        markets=len(markets.markets),
        markets_from=markets.origin,
    )


class Listener:
    """Everything of one process. `telegram` or `replay` starts it, `wind_down` ends what is under way."""

    def __init__(
        self,
        *,
        settings: Settings,
        profiles: Sequence[Profile],
        mode: str,
        journal: Journal,
        clock: SystemClock,
        hub: Hub,
        stack: AsyncExitStack,
    ) -> None:
        self._settings = settings
        self._profiles = profiles
        self._mode = mode
        self._journal = journal
        self._clock = clock
        self._hub = hub
        self._stack = stack
        self._is_ready = False
        self._supervise = Supervisor(clock, hub.publish, ends_all=self._ends_all)
        self._markets = known_markets(settings)
        self._directory = Directory(self._markets.markets, origin=self._markets.origin)
        self._trading: Trading | None = None
        self._pipeline: Pipeline | None = None
        self._owner = Owner(
            settings=settings,
            mode=mode,
            journal=journal,
            clock=clock,
            hub=hub,
            supervise=self._supervise,
        )
        self._notices: Notices | None = None
        self._intake: asyncio.Task[None] | None = None

    async def telegram(self, tasks: asyncio.TaskGroup) -> None:
        """What is open is led first; then the channels are followed, each from its cursor. Ends with `Ready`."""
        tasks.create_task(self._supervise("journal", self._keep_journal))
        # First of all: the owner is heard while Bitget or Telegram are still being dialled.
        await self._stack.enter_async_context(serving(self._settings.home, self._owner.commands()))
        book = await self._start_book(tasks)
        client = await self._connect()
        self._stack.push_async_callback(hang_up, client)
        channels = await dialled_on(
            lambda: self._find(client),
            clock=self._clock,
            publish=self._hub.publish,
            may_end=lambda: not self._is_guarding,
            meanwhile="open trades are guarded, no new posts are read",
            also=(ConfigError,),  # a channel that took another name
        )
        followed = self._followed(channels)
        self._pipeline = self._make_pipeline(followed, book, self._clock)
        if self._trading is not None:
            halting = self._watch_losses(self._trading, followed)
            self._owner.halts_of(halting)
            tasks.create_task(self._supervise("daily loss", halting.run))
            self._refresh_markets(self._trading, tasks)
        self._owner.watch(tasks)
        on_private = self._start_chat(SavedMessages(client), tasks)
        source = TelegramSource(
            client,
            [channel for _, channel in channels],
            journal=self._journal,
            clock=self._clock,
            publish=self._hub.publish,
            fast_poll={id_: f.profile.telegram.fast_poll_seconds for id_, f in followed.items()},
            on_private=on_private,
        )
        handle = self._pipeline.handle
        self._intake = tasks.create_task(self._supervise("telegram", lambda: source.run(handle)))
        await source.following()
        if self._trading is not None and (strangers := self._trading.strangers) is not None:
            settle = partial(strangers.settle, source.drained)
            tasks.create_task(self._supervise("strangers", settle))
        await self._prices_fresh()
        titles = tuple((channel.id, channel.title) for _, channel in channels)
        self._ready(titles)
        tasks.create_task(self._supervise("garbage", self._collect))
        tasks.create_task(self._supervise("tidying", self._tidy))

    async def replay(
        self, tasks: asyncio.TaskGroup, source: ReplaySource, posts: Clock, stop: Stop
    ) -> None:
        """A file's posts, traded on paper or on Bitget's demo; stops when all orders have gone out."""
        await self._start_book(tasks)
        assert self._trading is not None, "a replay that trades has an exchange"
        keeper = self._trading.keeper
        book = ReplayedBook(keeper, posts=posts, ours=self._clock)
        profile = self._profiles[0]
        every = EveryChannel(Followed(profile=profile, parser=registry.make_chain(profile)))
        self._pipeline = self._make_pipeline(every, book, posts)
        await self._prices_fresh()
        self._ready(())
        await source.run(self._pipeline.handle)
        await keeper.sent()
        stop.set("end")

    async def wind_down(self) -> None:
        """No new posts; what is being sent gets its end, or is recorded as unknown when we are cancelled."""
        self._owner.is_stopping = True
        if self._intake is not None:
            self._intake.cancel()
        # A disk that hangs keeps no decision from being made again: nothing of it was sent.
        with suppress(TimeoutError):
            async with asyncio.timeout(DECIDED_SECONDS):
                if self._pipeline is not None:
                    await self._pipeline.idle()
        with suppress(TimeoutError):
            async with asyncio.timeout(SENDS_SECONDS):
                if self._trading is not None:
                    await self._trading.keeper.sent()
        with suppress(TimeoutError):
            async with asyncio.timeout(NOTICES_SECONDS):
                if self._notices is not None:
                    await self._notices.drain()

    async def _collect(self) -> None:
        await collect_when_idle(self._clock, self._is_idle)

    async def _tidy(self) -> None:
        await tidy_when_idle(self._journal, self._clock, self._is_idle)

    def _is_idle(self) -> bool:
        is_deciding = self._pipeline is not None and self._pipeline.is_deciding
        is_entering = self._trading is not None and self._trading.keeper.is_entering
        return not (is_deciding or is_entering)

    async def _keep_journal(self) -> None:
        await keep_mended(self._journal, self._clock, self._hub.publish)

    # starting

    async def _start_book(self, tasks: asyncio.TaskGroup) -> Book:
        if self._mode == DRY_RUN:
            return Rehearsal(self._clock, is_paused=self._journal.is_paused)
        self._trading = await start_trading(
            mode=self._mode,
            settings=self._settings,
            profiles=self._profiles,
            markets=self._markets,
            directory=self._directory,
            journal=self._journal,
            clock=self._clock,
            hub=self._hub,
            supervise=self._supervise,
            stack=self._stack,
            tasks=tasks,
        )
        self._owner.trades_of(self._trading.keeper)
        return self._trading.keeper

    def _refresh_markets(self, trading: Trading, tasks: asyncio.TaskGroup) -> None:
        """On paper the markets are those of its start: the simulated exchange has no others."""
        if self._mode == "paper":
            return
        refresh = MarketRefresh(
            trading.venue.markets,
            known=self._markets,
            products=products_of(self._profiles, self._journal.open_trades()),
            file=self._settings.markets_file,
            clock=self._clock,
            learn=self._learn_markets,
        )
        self._hub.add(refresh.handle)
        tasks.create_task(self._supervise("markets", refresh.run))

    def _learn_markets(self, markets: CachedMarkets, directory: Directory) -> None:
        self._markets, self._directory = markets, directory
        if self._trading is not None:
            self._trading.venue.learn_markets(markets.markets)

    def _start_chat(self, saved: SavedMessages, tasks: asyncio.TaskGroup) -> Callable[[], None]:
        """Notices to the owner, and the owner's commands; whom to tell that there is something new to read."""
        if self._trading is None:
            return lambda: None  # a dry run is silent
        self._notices = Notices(
            saved,
            self._journal,
            self._clock,
            answer_minutes=self._settings.answer_minutes_max,
            price=self._trading.last_price,
        )
        self._hub.add(self._notices.handle)
        tasks.create_task(self._supervise("notices", self._notices.run))
        return self._owner.chat(saved, self._notices, tasks)

    async def _connect(self) -> TelegramClient:
        return await dialled_on(
            lambda: connect(self._settings, clock=self._clock),
            clock=self._clock,
            publish=self._hub.publish,
            may_end=lambda: not self._is_guarding,
            meanwhile="open trades are guarded, no new posts are read",
        )

    @property
    def _is_guarding(self) -> bool:
        return self._trading is not None and bool(self._trading.keeper.standing())

    async def _find(self, client: TelegramClient) -> list[tuple[Profile, FollowedChannel]]:
        """On a line that broke or fell silent nothing would ever be found."""
        if not client.is_connected():
            keep_time(client, self._clock)
            await dial(client)
        try:
            return await self._resolve(client)
        except Unreachable:
            await hang_up(client)
            raise

    async def _resolve(self, client: TelegramClient) -> list[tuple[Profile, FollowedChannel]]:
        names = [name for profile in self._profiles for name in profile.telegram.channels]
        found = await resolve(client, names)
        channels: dict[ChannelId, tuple[Profile, FollowedChannel]] = {}
        for profile in self._profiles:
            for name in profile.telegram.channels:
                channel = found[name]
                other = channels.setdefault(channel.id, (profile, channel))
                if other[0] is not profile:
                    raise ConfigError(
                        f"telegram.channels: {name} of {profile.name} is the channel {channel.title!r}, "
                        f"which {other[0].name} follows too; a channel stands in one profile only"
                    )
        return list(channels.values())

    def _followed(
        self, channels: Sequence[tuple[Profile, FollowedChannel]]
    ) -> dict[ChannelId, Followed]:
        chains = {profile.name: registry.make_chain(profile) for profile in self._profiles}
        return {
            channel.id: Followed(
                profile=profile,
                parser=chains[profile.name],
                username=(channel.username or "").lower() or None,
            )
            for profile, channel in channels
        }

    def _watch_losses(self, trading: Trading, followed: Mapping[ChannelId, Followed]) -> Halting:
        watched = [
            Watched(profile=p, channels=[id_ for id_, f in followed.items() if f.profile is p])
            for p in self._profiles
        ]
        return Halting(
            trading.keeper,
            watched=watched,
            limits=self._settings.limits,
            clock=self._clock,
            publish=self._hub.publish,
        )

    def _make_pipeline(
        self, followed: Mapping[ChannelId, Followed], book: Book, clock: Clock
    ) -> Pipeline:
        return Pipeline(
            followed=followed,
            directory=lambda: self._directory,
            book=book,
            journal=self._journal,
            clock=clock,
            publish=self._hub.publish,
            limits=self._settings.limits,
            may_enter=self._owner.may_enter,
            heir=None if self._trading is None else self._trading.strangers,
        )

    async def _prices_fresh(self) -> None:
        """`ready` means that prices are fresh; a source that stays silent is told, and does not hold up the posts."""
        if self._trading is None:
            return
        prices = self._trading.prices
        deadline = self._clock.monotonic() + FRESH_SECONDS
        while not prices.is_fresh and self._clock.monotonic() < deadline:
            await self._clock.sleep(0.02)
        if not prices.is_fresh:
            text = "Bitget gives no prices; entries that need one are refused until it does"
            self._hub.publish(Warned(text=text))

    def _ends_all(self, error: Exception) -> bool:
        """Nobody knows us, or nobody answers: an end only before `ready`, and with nothing open to guard."""
        is_needed = self._is_ready or self._is_guarding
        return isinstance(error, NotAuthorised | Unreachable) and not is_needed

    def _ready(self, channels: Channels) -> None:
        self._is_ready = True
        self._hub.publish(ready(self._mode, channels, self._markets))


class _Over(Exception):
    """Told to stop, and wound down."""


async def running(
    listener: Listener, start: Callable[[asyncio.TaskGroup], Coroutine[Any, Any, None]], stop: Stop
) -> None:
    """Run what *start* starts until told to stop."""
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(start(tasks))
            await _until_over(listener, stop)
    except* _Over:
        logger.info("Stopped: {}", stop.reason)


async def _until_over(listener: Listener, stop: Stop) -> None:
    await stop.wait()
    await listener.wind_down()
    raise _Over
