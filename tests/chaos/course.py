"""One run over a script: a world, a listener in it as a process, kills by plan, and rest at the end of each round."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chaos.book import Book
from chaos.points import KILL, POINTS
from chaos.script import Act, Delete, Edit, Form, Move, Round, Say, Script
from journeys.coin import Coin
from journeys.lines import Posted
from journeys.world import Running, World, limit_long, market_long
from tgbitget.app.catalogue import package_snapshot
from tgbitget.simulators.bitget import Then
from tgbitget.simulators.bitget.audit import Audit

ROUND_SECONDS = 90.0
UNSETTLED_MAX = 3
LOOK_SECONDS = 0.05
OLD = timedelta(minutes=5)
"""How old the posts of a long outage are; the profile takes entries of up to a minute."""
PASSAGES = (1, 1, 1, 2, 3)

RANDOM, AT_REST, TAKEN, NOT_TAKEN, OUTAGE = (
    "at a random moment",
    "at rest",
    "on the wire: taken, not answered",
    "on the wire: neither taken nor answered",
    "for five minutes, with posts meanwhile",
)
ANYWHERE = (RANDOM, RANDOM, RANDOM, TAKEN, NOT_TAKEN, OUTAGE)

SHORT = """#{coin}/USDT SHORT
Entry: market
Targets: {tp1} - {tp2}
Stop Loss: {stop}
"""
ZONE = """#{coin}/USDT SHORT
Entry zone: {low} - {high}
TP1: {tp1}
TP2: {tp2}
SL: {stop}
"""


@dataclass(frozen=True, slots=True)
class Kill:
    """At a named point (`passage` counts its passages from the process's start), or as the driver does it."""

    how: str
    passage: int = 0


def kills_of(seed: int, count: int) -> list[Kill]:
    """Every point in turn, in an order of the seed's; at every third place one that is not bound to a point."""
    dice = random.Random(f"kills {seed}")  # noqa: S311 -- to be drawn again, not to be secret
    kills: list[Kill] = []
    points: list[str] = []
    while len(kills) < count:
        if len(kills) % 3 == 2:
            kills.append(Kill(dice.choice(ANYWHERE)))
            continue
        if not points:
            points = [point.name for point in POINTS]
            dice.shuffle(points)
        kills.append(Kill(points.pop(), dice.choice(PASSAGES)))
    return kills


@dataclass(slots=True, kw_only=True)
class Told:
    """What a process said, and when it ran."""

    running: Running
    reading: "asyncio.Task[None]"
    began: float
    armed: Kill | None
    is_ready: bool = False


class Unsettled(Exception):
    """A round that does not come to rest, or a listener that ends by itself."""


class Course:
    """Runs *script*; `kills` are done in order, and each is counted in `done`."""

    def __init__(
        self,
        world: World,
        script: Script,
        *,
        kills: list[Kill],
        seed: int,
        step: Callable[[int, int], None] = lambda _posts, _kills: None,
    ) -> None:
        self._world = world
        self._script = script
        self._kills = list(kills)
        self._dice = random.Random(f"course {seed}")  # noqa: S311 -- to be drawn again, not to be secret
        self._step = step
        self._channels = [
            world.vip,
            world.channel("Second", "second"),
            world.channel("Third", "third"),
        ]
        self._coins = _bases(world)
        self._process: Told | None = None
        self.audit = Audit()
        world.bitget.exchange.listen(self.audit.hear)
        self.posted: dict[int, Posted] = {}
        self.coin_of: dict[int, Coin] = {}
        self._forms: dict[int, Form] = {}
        self.texts: dict[str, str] = {}  # by signal, as it stands now
        self.deleted: set[str] = set()
        self.at_once: set[str] = set()
        self.old: set[str] = set()
        self.over: set[str] = set()
        self.done: Counter[str] = Counter()
        self.unmet: Counter[str] = Counter()
        self.down: list[tuple[float, float]] = []
        self.lines: list[dict[str, object]] = []
        self.starts = 0
        self.unsettled: list[str] = []
        self.lives: list[tuple[float, float]] = []  # of those that came so far: begun, ready
        self._begun = 0
        self._down_since: float | None = None
        world.profile(
            telegram={"channels": ["@vip_signals", "@second", "@third"]},
            limits={
                "open_positions_max": 40,
                "daily_loss_quote_max": "off",
                "orders_per_minute_max": 100_000,
            },
            signals={"duplicate_hours": 0},
        )
        self.book = Book(world.home / "tgbitget.sqlite3")

    @property
    def killed(self) -> int:
        return self.done.total()

    async def run(self) -> None:
        try:
            # What stands in a channel before it was ever followed is nobody's signal.
            await self._up(armed=False)
            await self._settled()
            for round_ in self._script.rounds:
                await self._round(round_)
                self._step(len(self.posted), self.killed)
            await self._end()
        finally:
            if self._process is not None and self._process.running.process.returncode is None:
                await self._process.running.kill()
            if self._process is not None:
                await self._buried(self._process)

    # a round

    async def _round(self, round_: Round) -> None:
        self._begun += 1
        kill = self._kills[0] if self._kills and self.killed < self._begun else None
        how = kill.how if kill is not None else None
        is_old = how == OUTAGE
        if is_old:
            await self._settled()
            await self._strike(OUTAGE)
        elif self._process is None and how in ANYWHERE:
            await self._up(armed=False)
        if how in (TAKEN, NOT_TAKEN):
            self._world.bitget.faults.next("place-order", accept=how == TAKEN, then=Then.HANG)
        before = self._world.sends
        for act in round_.acts:
            self._do(act, is_old=is_old)
        self.over |= {self.posted[ref].signal for ref in round_.over}
        if how == RANDOM:
            await self._strike_within(self._dice.uniform(0.0, 1.2), how)
        elif how in (TAKEN, NOT_TAKEN):
            await self._met(lambda: self._world.sends > before, seconds=3.0)
            self._world.bitget.faults.clear()
            await self._strike_within(0.0, how)
        await self._settled()
        if kill is not None and self._kills and self._kills[0] is kill:
            # Its point lay on no way of this round's posts.
            self.unmet[kill.how] += 1
            await self._strike(AT_REST)

    def _do(self, act: Act, *, is_old: bool) -> None:
        match act:
            case Say():
                self._say(act, is_old=is_old)
            case Move():
                self.coin_of[act.ref].moves(act.times)
            case Edit():
                post = self.posted[act.ref]
                text = _text(self._forms[act.ref], self.coin_of[act.ref], is_nearer=True)
                post.channel.edit(post.id, text)
                self.texts[post.signal] = text
            case Delete():
                post = self.posted[act.ref]
                post.channel.delete(post.id)
                self.deleted.add(post.signal)
                if act.at_once:
                    self.at_once.add(post.signal)

    def _say(self, say: Say, *, is_old: bool) -> None:
        text = say.text
        if say.form is not None:
            coin = self._world.coin(self._coins[say.coin])
            self.coin_of[say.ref], self._forms[say.ref] = coin, say.form
            text = _text(say.form, coin)
        rest: dict[str, object] = {}
        if say.to is not None:
            rest["reply_to"] = self.posted[say.to].id
        if is_old:
            rest["date"] = datetime.now(UTC) - OLD
        post = self._world.post(text, channel=self._channels[say.channel], **rest)
        self.posted[say.ref] = post
        self.texts[post.signal] = text
        if is_old:
            self.old.add(post.signal)

    # life and death

    async def _up(self, *, armed: bool = True) -> None:
        # One a round: a start that dies of the next charge already is not to use them up.
        is_due = armed and bool(self._kills) and self.killed <= self._begun
        kill = self._kills[0] if is_due and self._kills[0].passage else None
        environment = {KILL: f"{kill.how}:{kill.passage}"} if kill else {}
        process = await self._world.start(
            "listen", "--profile", "vip", "--live", "--json", module="chaos.mortal", **environment
        )
        running = Running(process)
        self.starts += 1
        self._process = Told(
            running=running,
            reading=asyncio.create_task(running.read()),
            began=time.time(),
            armed=kill,
        )

    async def _strike_within(self, seconds: float, how: str) -> None:
        await self._met(lambda: False, seconds=seconds)
        await self._strike(how)

    async def _strike(self, how: str) -> None:
        """SIGKILL from outside. A process that its own charge took before counts as that."""
        told = self._process
        assert told is not None
        if told.running.process.returncode is None:
            told.armed = None
            await told.running.kill()
            self._count(how)
        await self._bury()

    async def _bury(self) -> None:
        told, self._process = self._process, None
        assert told is not None
        self._down_since = self._down_since or time.time()
        if told.armed is not None:
            code = told.running.process.returncode
            errors = " ".join(told.running.errors[-3:])
            if code != -signal.SIGKILL:
                raise Unsettled(f"the listener ended by itself with {code}: {errors}")
            self._count(told.armed.how)
        await self._buried(told)

    async def _buried(self, told: Told) -> None:
        await told.reading
        self.lines += told.running.all
        if told.running.process.stdin is not None:
            told.running.process.stdin.close()

    def _count(self, how: str) -> None:
        self.done[how] += 1
        if self._kills:
            self._kills.pop(0)

    async def _met(self, is_true: Callable[[], bool], *, seconds: float) -> None:
        """Waits for it, or for the process to be gone."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not is_true() and not self._is_gone():  # noqa: ASYNC110 -- of other processes, which set no event here
            await asyncio.sleep(LOOK_SECONDS)

    def _is_gone(self) -> bool:
        return self._process is None or self._process.running.process.returncode is not None

    # rest

    async def _settled(self) -> None:
        """Until everything that was said is decided and done; a process that dies meanwhile is started again."""
        end, why = time.monotonic() + ROUND_SECONDS, "anything"
        while time.monotonic() < end:
            if self._process is not None and self._is_gone():
                armed = self._process.armed
                if armed is None:
                    raise Unsettled(self._post_mortem())
                await self._bury()
            if self._process is None:
                await self._up()
            if self._is_ready():
                unsettled = self._unsettled()
                if unsettled is None:
                    return
                why = unsettled
            await asyncio.sleep(LOOK_SECONDS)
        self.unsettled.append(f"waited {ROUND_SECONDS:g} s for {why}")
        if len(self.unsettled) > UNSETTLED_MAX:
            raise Unsettled("; ".join(self.unsettled))

    def _is_ready(self) -> bool:
        assert self._process is not None
        told = self._process
        if not told.running.of("ready"):
            return False
        if not told.is_ready:
            told.is_ready = True
            self.lives.append((told.began, time.time()))
            if self._down_since is not None:
                self.down.append((self._down_since, time.time()))
                self._down_since = None
        return True

    def _unsettled(self) -> str | None:
        """The first thing that is not yet as it must be. Where there was no post before, none is missing."""
        if not self.posted:
            return None
        held: dict[str, Decimal] = {}
        for position in self._world.bitget.exchange.desk.positions.values():
            held[position.symbol] = held.get(position.symbol, Decimal(0)) + position.size
        desk = self._world.bitget.exchange.desk
        live = (desk.live_orders, desk.live_plans)
        return self.book.unsettled(
            texts={s: t for s, t in self.texts.items() if s not in self.deleted},
            deleted=self.deleted,
            over=self.over,
            held=held,
            standing={symbol for books in live for symbol, book in books.items() if book},
        )

    async def _end(self) -> None:
        told = self._process
        assert told is not None
        told.armed = None
        code = await told.running.ends()
        assert code == 0, f"the listener ended with {code}: {told.running.errors[-3:]}"

    def _post_mortem(self) -> str:
        assert self._process is not None
        running = self._process.running
        return f"the listener ended by itself with {running.process.returncode}: {' '.join(running.errors[-5:])}"


def _text(form: Form, coin: Coin, *, is_nearer: bool = False) -> str:
    match form:
        case Form.MARKET:
            return market_long(coin, stop="0.975" if is_nearer else "0.97")
        case Form.LIMIT:
            return limit_long(coin, stop="0.965" if is_nearer else "0.96")
        case Form.SHORT:
            levels = {"tp1": "0.98", "tp2": "0.96", "stop": "1.025" if is_nearer else "1.03"}
            return SHORT.format(coin=coin.base, **{n: coin.at(t) for n, t in levels.items()})
        case Form.ZONE:
            levels = {
                "low": "1.004",
                "high": "1.012",
                "tp1": "0.98",
                "tp2": "0.96",
                "stop": "1.025" if is_nearer else "1.03",
            }
            return ZONE.format(coin=coin.base, **{n: coin.at(t) for n, t in levels.items()})


def _bases(world: World) -> list[str]:
    """Coins whose contract bears their own name on both sides: a position is then found by it."""
    known = {market.symbol for market in package_snapshot().markets}
    symbols = [c.removesuffix("USDT") for c in world.bitget.exchange.desk.contracts]
    named = (base for base in symbols if f"{base}/USDT:USDT" in known)
    return sorted(base for base in named if base.isalpha() and len(base) > 2)
