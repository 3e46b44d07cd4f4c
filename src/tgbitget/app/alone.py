"""A command that acts on open trades where no listener runs: the same recovery, one errand, and out again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, NoReturn, TypeVar

from loguru import logger

from tgbitget.app.catalogue import known_markets
from tgbitget.app.earlier_life import is_of
from tgbitget.app.hub import Hub
from tgbitget.app.modes import PAPER_USER_ID
from tgbitget.app.supervision import Supervisor
from tgbitget.app.trading import start_trading
from tgbitget.clock import SystemClock
from tgbitget.control.command_log import CommandLog
from tgbitget.control.socket import Command
from tgbitget.control.steering import Steering
from tgbitget.errors import ConfigError, TgbitgetError
from tgbitget.journal.journal import OpenTrade
from tgbitget.journal.lock import InstanceLock
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.markets.directory import Directory
from tgbitget.profile import Profile, load_profile
from tgbitget.settings import Settings

T = TypeVar("T")

Commands = Mapping[str, Command]
NOTHING: Mapping[str, Any] = {"trades": [], "foreign": []}


async def acting_alone(settings: Settings, act: Callable[[Commands], Awaitable[T]]) -> T:
    """*act* with the commands of a listener, while this process holds the lock and leads what is open.

    InstanceRunning: a listener came meanwhile. NotAuthorised, Unreachable, VenueError: Bitget's answer.
    """
    with InstanceLock(settings.home):
        clock = SystemClock()
        journal = SqliteJournal(settings.database_file, clock=clock)
        await journal.open()
        try:
            kept = journal.open_trades()
            if not kept:
                return await act(dict.fromkeys(("trades", "close", "progress"), _nothing))
            return await _with_trades(settings, journal, clock, kept, act)
        finally:
            await journal.close()


async def _with_trades(
    settings: Settings,
    journal: SqliteJournal,
    clock: SystemClock,
    kept: Sequence[OpenTrade],
    act: Callable[[Commands], Awaitable[T]],
) -> T:
    mode, profiles = _mode_of(kept, settings, journal.last_mode())
    hub = Hub()
    markets = known_markets(settings)
    ended: list[T] = []
    failed: list[TgbitgetError] = []

    async def errand(tasks: asyncio.TaskGroup, stack: AsyncExitStack) -> None:
        trading = await start_trading(
            mode=mode,
            settings=settings,
            profiles=profiles,
            markets=markets,
            directory=Directory(markets.markets, origin=markets.origin),
            journal=journal,
            clock=clock,
            hub=hub,
            supervise=Supervisor(clock, hub.publish),
            stack=stack,
            tasks=tasks,
            is_errand=True,
        )
        steering = Steering(trading.keeper, journal, CommandLog(journal, clock, hub.publish))
        hub.add(steering.handle)
        ended.append(await act(steering.commands()))

    try:
        async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
            try:
                await errand(tasks, stack)
            except TgbitgetError as e:
                failed.append(e)
            _end()
    except* _Over:
        pass
    if failed:
        raise failed[0]
    return ended[0]


class _Over(Exception):
    """The errand is done: what leads the trades may end."""


def _end() -> NoReturn:
    raise _Over


async def _nothing(_: Mapping[str, Any]) -> Mapping[str, Any]:
    return NOTHING


def _mode_of(
    kept: Sequence[OpenTrade], settings: Settings, last_mode: str | None
) -> tuple[str, list[Profile]]:
    """The one mode in which all of them are traded, and the profiles that they were opened with.

    A trade outlives its profile's file: its plan is in the journal. Then its mode is that of the others, or *last_mode*.
    """
    is_paper = {one.profile: is_of(one, PAPER_USER_ID) for one in kept}
    profiles = [found for name in is_paper if (found := _profile(name, settings)) is not None]
    modes: set[str] = {"paper" if is_paper[profile.name] else profile.mode for profile in profiles}
    if any(is_paper.values()):
        modes.add("paper")
    if not modes and last_mode is not None:
        modes.add(last_mode)
    if len(modes) > 1:
        raise ConfigError(
            f"trades of several modes are open ({', '.join(sorted(modes))}); run a listener of each to close them"
        )
    if not modes:
        names = ", ".join(is_paper)
        raise ConfigError(f"in which mode the trades of {names} were opened is not known")
    return next(iter(modes)), profiles


def _profile(name: str, settings: Settings) -> Profile | None:
    try:
        return load_profile(name, settings)
    except ConfigError as e:
        logger.warning("A trade of profile {} is closed by its plan alone: {}", name, e)
        return None
