"""One seed is one run: a world, a listener in it, what people do, what goes wrong, and what must be true at the end."""

import asyncio
import decimal
import gc
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from loguru import logger

from journeys.world import World
from simulation import faults
from simulation.broken import Broken
from simulation.checks import Checks
from simulation.course import Course
from simulation.disk import Disk
from simulation.life import Life
from simulation.listener import KernelLock, Listener
from simulation.loop import Stuck, VirtualLoop
from simulation.machine import Wall, machine, swapped
from simulation.mutations import without
from simulation.story import Story
from simulation.ways import profile_ways, set_up_venue
from simulation.weather import Weather
from tgbitget.app import listener as listening
from tgbitget.app import runs
from tgbitget.app.catalogue import package_snapshot
from tgbitget.app.preflight import CLOCK_WRONG_SECONDS
from tgbitget.journal import together
from tgbitget.markets.cache import CachedMarkets
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.markets import snapshot
from tgbitget.simulators.bitget.orders import HoldMode
from tgbitget.simulators.bitget.rest import Recorded
from tgbitget.simulators.telegram import TelegramSimulator
from tgbitget.simulators.telegram.keys import default_server_key

COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE")
START = 1_795_168_800.0  # 20 November 2026, 10:00 UTC
START_SPREAD_SECONDS = 14 * 3600  # some runs meet midnight
SECONDS = (15.0, 45.0)
FAULTS = (5, 10)
FAULTS_MET_MIN = 3
BEAT_SECONDS = 0.8
QUIET_SECONDS_MAX = 240.0
LOOK_SECONDS = 0.5


@dataclass(slots=True, kw_only=True)
class Report:
    """What came of one seed."""

    seed: int
    broken: str | None = None
    fingerprint: str = ""
    simulated_seconds: float = 0.0
    steps: int = 0
    drawn: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    bare_seconds_max: float = 0.0
    story: list[str] = field(default_factory=list)


class InMemoryTelegram(TelegramSimulator):
    """The simulated Telegram on a port of the virtual network."""

    async def start(self) -> None:
        self.world.address = (self.host, self.port)
        await self.accept()

    def line_refuses(self, refuses: bool) -> None:
        if refuses:
            self.refuse()
        else:
            self._line.refuses = False


class Noted(list[Recorded]):
    """Requests with when they came by the loop's clock, which no fault sets."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop
        self.noted: list[tuple[float, Recorded]] = []

    def append(self, request: Recorded) -> None:
        super().append(request)
        self.noted.append((self._loop.time(), request))


def _closes(params: dict[str, Any]) -> bool:
    return str(params.get("reduceOnly", "")).upper() == "YES" or params.get("tradeSide") == "close"


class Run:
    """All that course, weather and checks look at."""

    def __init__(self, seed: int, loop: VirtualLoop, wall: Wall, disk: Disk, folder: Path) -> None:
        self.seed = seed
        self.loop = loop
        self.wall = wall
        self.disk = disk
        self.folder = folder
        self.story = Story(loop.time())
        self.telegram = InMemoryTelegram(port=faults.TELEGRAM_PORT, key=default_server_key())
        self.bitget = BitgetSimulator(
            port=faults.BITGET_PORT,
            equity="5000",
            clock=lambda: int((wall.start + loop.time()) * 1000),
            contracts=[r for r in snapshot().contracts.rows if r["symbol"] in _symbols()],
            pairs=[r for r in snapshot().spot.rows if r["symbol"] in _symbols()],
        )
        self.dice = loop.dice
        self.is_calm = False
        self._requests = Noted(loop)
        self.bitget._rest.requests = self._requests

    def tell(self, text: str) -> None:
        self.story.tell(self.loop.time(), text.replace(str(self.folder), ""))

    def sent_entries(self) -> Iterator[tuple[float, str, str]]:
        """When a request for an entry came in, its client id and its symbol; refused ones too."""
        for at, request in self._requests.noted:
            params = request.params
            if request.endpoint in ("place-order", "place-plan-order") and not _closes(params):
                yield at, str(params.get("clientOid")), str(params.get("symbol"))

    def stop_sent_at(self, client_id: str) -> float | None:
        """When a request for this stop first came in, whenever it was taken."""
        sent = (
            at
            for at, request in self._requests.noted
            if client_id
            in (request.params.get("clientOid"), request.params.get("stopLossClientOid"))
        )
        return next(sent, None)

    def set_clock(self, seconds: float) -> None:
        """The machine's, ahead by so much more; nobody else's."""
        self.wall.step(seconds)
        self.telegram.set_clock(-self.wall.off)

    def was_refused(self, why: str) -> None:
        """A start ended with what the owner has to mend. Of all that is drawn, that is a clock far off."""
        self.checks.note_refusal(why)
        if abs(self.wall.off) > CLOCK_WRONG_SECONDS:
            self.tell(f"the owner sets the clock right by {-self.wall.off:.0f} s")
            self.set_clock(-self.wall.off)

    def was_killed(self, life: Life) -> None:
        self.listener.was_killed(life)

    def forgotten(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """An error that nobody looked at."""
        self.tell(f"asyncio: {context['message']}: {context.get('exception')!r}")

    async def all(self) -> None:
        async with self.telegram, self.bitget:
            self._build()
            self.listener.start()
            await self._course()
            await self._calm()
            await self.checks.at_rest()
            await self.listener.end()
            self.checks.at_the_end()

    def _build(self) -> None:
        dice = self.dice
        self.world = World(self.telegram, self.bitget, self.folder)
        self.channels = [self.world.vip, self.world.channel("Second", "second")]
        self.coins = [self.world.coin(base) for base in COINS]
        set_up_venue(self.bitget, dice)
        is_hedged = self.bitget.exchange.desk.hold_mode is HoldMode.HEDGE
        self.open_positions_max: int = dice.choice((2, 3, 5))
        first, second = (profile_ways(dice, is_hedged=is_hedged) for _ in range(2))
        second["telegram"] = {"channels": ["@second"]}
        for ways in (first, second):
            self.tell(f"a profile: {ways}")
        self.ways = (first, second)
        self.adding = [
            channel
            for channel, ways in zip(self.channels, self.ways, strict=True)
            if ways["signals"].get("same_symbol") == "add"
        ]
        self.profiles = [
            self.world.profile("vip", **first),
            self.world.profile("second", **second),
        ]
        self.settings = self.world.settings(limits={"open_positions_max": self.open_positions_max})
        self.listener = Listener(self.loop, self.settings, self.profiles, tell=self.tell)
        self.listener.on_refusal = self.was_refused
        self.course = Course(self.world, self.channels, self.coins, seed=self.seed, tell=self.tell)
        self.weather = Weather(self, self.seed)
        self.checks = Checks(self)

    async def _course(self) -> None:
        dice = self.dice
        # The channels are followed from where they end at the first start: nothing before counts.
        await self.until(lambda: bool(self.listener.of("ready")), 60, "the first ready")
        end = self.loop.time() + dice.uniform(*SECONDS)
        strikes = sorted(dice.uniform(self.loop.time(), end) for _ in range(dice.randint(*FAULTS)))
        while self.loop.time() < end or self.weather.met.total() < FAULTS_MET_MIN:
            await asyncio.sleep(dice.expovariate(1 / BEAT_SECONDS))
            self.course.act()
            if self.loop.time() > end and not strikes:
                strikes.append(end)
            while strikes and strikes[0] <= self.loop.time():
                strikes.pop(0)
                while not self.weather.strike():
                    pass

    async def _calm(self) -> None:
        self.is_calm = True
        self.weather.clear()
        for coin in self.coins:
            self.bitget.exchange.set_liquidity(coin.symbol, None)
        for channel in self.channels:
            self.course.post(channel, "that was all")
        await self.until(self.checks.is_settled, QUIET_SECONDS_MAX, self.checks.unsettled)

    async def until(self, is_true: Any, within: float, what: Any) -> None:
        end = self.loop.time() + within
        while not is_true():
            if self.loop.time() > end:
                said = what() if callable(what) else what
                raise Broken(f"waited {within:g} s for {said}")
            await asyncio.sleep(LOOK_SECONDS)


def simulate(seed: int, *, guard_removed: str | None = None, logs: bool = False) -> Report:
    """The whole of one run. Its killed lives lie about afterwards: to be called in a process of its own, see `isolation`."""
    report = Report(seed=seed)
    warm_up()
    with _quiet(logs=logs), tempfile.TemporaryDirectory(prefix="sim-", dir=_memory()) as folder:
        loop = VirtualLoop(seed)
        began = loop.time()
        disk = Disk()
        wall = Wall(loop, START + loop.dice.randrange(START_SPREAD_SECONDS))
        # CCXT's own order calls, which other tests make, change how the whole process rounds.
        rounding = decimal.localcontext(decimal.Context())
        with rounding, machine(loop, wall, seed), _parts(disk), without(guard_removed):
            run = Run(seed, loop, wall, disk, Path(folder))
            loop.on_kill = run.was_killed
            asyncio.set_event_loop(loop)
            loop.set_exception_handler(run.forgotten)
            try:
                loop.run_until_complete(run.all())
            except (AssertionError, Stuck) as error:
                report.broken = f"{type(error).__name__}: {error}"
            finally:
                report.simulated_seconds = run.loop.time() - began
                report.fingerprint = run.story.fingerprint
                report.story = run.story.last(100_000)
                report.drawn, report.met = run.weather.counts, run.weather.met
                report.counts = run.checks.counts()
                report.bare_seconds_max = run.checks.bare_seconds_max
        report.steps = loop.steps
    return report


@contextmanager
def _parts(disk: Disk) -> Iterator[None]:
    """The places where the process meets the kernel beside its sockets; and a file that is read only once."""
    lock = type("Lock", (KernelLock,), {})
    KernelLock.held = []
    with ExitStack() as stack:
        stack.enter_context(swapped(runs, "InstanceLock", lock))
        stack.enter_context(swapped(together, "transaction", disk.transaction))
        stack.enter_context(swapped(listening, "known_markets", lambda _: _markets()))
        yield


@contextmanager
def _quiet(*, logs: bool) -> Iterator[None]:
    logger.remove()
    if logs:
        logger.add(sys.stderr, level="DEBUG", diagnose=False)
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        logging.disable(before)


def _memory() -> str | None:
    """A file system in memory, where there is one: a commit then costs no disk."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- a folder of its own is made in it


def warm_up() -> None:
    """What costs time and is the same for every run; done once, before the runs' processes are forked."""
    default_server_key()
    _markets()


@cache
def _markets() -> CachedMarkets:
    return package_snapshot()


def _symbols() -> frozenset[str]:
    return frozenset(f"{base}USDT" for base in COINS)
