"""`listen` and `replay`, from the lock on HOME to the exit code."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime

from tgbitget.app.catalogue import known_markets
from tgbitget.app.every_channel import EveryChannel
from tgbitget.app.hub import Hub, Printer
from tgbitget.app.listener import Listener, ready, running
from tgbitget.app.modes import DRY_RUN, mode_of
from tgbitget.app.stopping import DONE, Stop
from tgbitget.clock import FakeClock, SystemClock
from tgbitget.deciding.ground import Followed
from tgbitget.errors import ConfigError, JournalError
from tgbitget.intake.replay import ReplaySource
from tgbitget.journal.lock import InstanceLock
from tgbitget.journal.passing import PassingJournal
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.markets.directory import Directory
from tgbitget.model.event import Stopped
from tgbitget.parsing import registry
from tgbitget.pipeline import Pipeline
from tgbitget.positions.dry import Rehearsal
from tgbitget.profile import Profile, check_channels
from tgbitget.settings import Settings

FAILED = 1
# A disk that takes longer at the end keeps nobody: what it has by then is what the next start finds.
WRITTEN_SECONDS = 0.5
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# So long the loop may have to wait for Python's lock while the journal's thread works; by default it is 5 ms.
LOCK_SECONDS = 0.0005


async def listen(
    settings: Settings,
    profiles: Sequence[Profile],
    *,
    dry_run: bool,
    live: bool,
    printer: Printer,
    stop: Stop | None = None,
) -> int:
    """Follow the profiles' channels until told to stop; the exit code."""
    mode = mode_of(profiles, settings, dry_run=dry_run, live=live)
    check_channels(profiles)
    registry.load()
    sys.setswitchinterval(LOCK_SECONDS)
    stop, hub = stop or Stop(), Hub(printer.handle)
    with InstanceLock(settings.home), stop.on_signals():
        async with _listener(settings, profiles, mode=mode, hub=hub, stop=stop) as listener:
            await running(listener, listener.telegram, stop)
        hub.publish(Stopped(reason=stop.reason))
    return stop.code


async def replay(
    settings: Settings, profile: Profile, file: str, *, dry_run: bool, printer: Printer
) -> int:
    """The posts of *file* through the same river, the clock following them; FAILED when lines were broken."""
    registry.load()
    if profile.mode == "live" and not dry_run:
        raise ConfigError(f"mode: {profile.name} is live; a replay trades in paper or demo only")
    mode = mode_of([profile], settings, dry_run=dry_run, live=False)
    if mode == DRY_RUN:
        return await _rehearse(settings, profile, file, printer)
    stop, hub = Stop(), Hub(printer.handle)
    posts = FakeClock(EPOCH)
    source = ReplaySource(file, clock=posts, publish=hub.publish)
    with InstanceLock(settings.home), stop.on_signals():
        async with _listener(settings, [profile], mode=mode, hub=hub, stop=stop) as listener:
            await running(listener, lambda tasks: listener.replay(tasks, source, posts, stop), stop)
        hub.publish(Stopped(reason=stop.reason))
    return stop.code or (FAILED if source.broken else DONE)


@asynccontextmanager
async def _listener(
    settings: Settings, profiles: Sequence[Profile], *, mode: str, hub: Hub, stop: Stop
) -> AsyncIterator[Listener]:
    clock = SystemClock()
    async with (
        _opened(SqliteJournal(settings.database_file, clock=clock)) as journal,
        _recorded(journal, mode, stop),
        AsyncExitStack() as stack,
    ):
        yield Listener(
            settings=settings,
            profiles=profiles,
            mode=mode,
            journal=journal,
            clock=clock,
            hub=hub,
            stack=stack,
        )


@asynccontextmanager
async def _recorded(journal: SqliteJournal, mode: str, stop: Stop) -> AsyncIterator[None]:
    """For the stories of posts: when a listener began and how it ended. A disk that does not take it ends nothing."""
    ending = "failed"
    with suppress(JournalError):
        await journal.record_start(mode)
    try:
        yield
        ending = stop.reason
    finally:
        with suppress(JournalError, TimeoutError):
            async with asyncio.timeout(WRITTEN_SECONDS):
                await journal.record_end(ending)


@asynccontextmanager
async def _opened(journal: SqliteJournal) -> AsyncIterator[SqliteJournal]:
    await journal.open()
    try:
        yield journal
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(WRITTEN_SECONDS):
                await journal.close()


async def _rehearse(settings: Settings, profile: Profile, file: str, printer: Printer) -> int:
    """Nothing is sent and nothing kept: the journal goes away."""
    clock, hub = FakeClock(EPOCH), Hub(printer.handle)
    source = ReplaySource(file, clock=clock, publish=hub.publish)
    markets = known_markets(settings)
    directory = Directory(markets.markets, origin=markets.origin)
    pipeline = Pipeline(
        followed=EveryChannel(Followed(profile=profile, parser=registry.make_chain(profile))),
        directory=lambda: directory,
        book=Rehearsal(clock),
        journal=PassingJournal(),
        clock=clock,
        publish=hub.publish,
        limits=settings.limits,
    )
    hub.publish(ready(DRY_RUN, (), markets))
    await source.run(pipeline.handle)
    hub.publish(Stopped(reason="end"))
    return FAILED if source.broken else DONE
