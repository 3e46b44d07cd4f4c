"""One example's world: both simulators, the owner's files, the listener that comes and goes, and what is told of it all."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from journeys.canaries import KEYS
from journeys.lines import Lines, Posted, eventually
from journeys.world import World
from leaping import LeapingLoop, tell_everybody
from machine.signals import Signal
from machine.watch import Watch
from machine.ways import OPEN_MAX, Ways
from simulation.listener import brief
from tgbitget.app import listener
from tgbitget.errors import TgbitgetError
from tgbitget.positions import funding
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget import events as told
from tgbitget.simulators.bitget.markets import snapshot
from tgbitget.simulators.telegram import Channel, TelegramSimulator

T = TypeVar("T")

COINS = ("SOL", "ETH", "XRP")
EQUITY = Decimal(5000)
GOODBYE_SECONDS = 0.05
STARTS_MAX = 12
RESTART_SECONDS = 2.0
BILLS_SECONDS = 5.0


class Ground:
    """`run` takes a step on the loop. Between the steps time stands still."""

    def __init__(self, ways: Ways) -> None:
        self.ways = ways
        self.story: list[str] = []
        self.signals: list[tuple[Posted, Signal]] = []
        self.said: list[Posted] = []
        self.lines: list[Lines] = []
        self.is_up = False
        self._journal: sqlite3.Connection | None = None
        self._stack = ExitStack()
        folder = Path("/dev/shm")  # noqa: S108 -- a folder of its own is made in it
        where = folder if folder.is_dir() else None
        self.folder = Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="machine-", dir=where))
        )
        self._runner = self._stack.enter_context(asyncio.Runner(loop_factory=LeapingLoop))
        loop = self._runner.get_loop()
        assert isinstance(loop, LeapingLoop)
        self.loop = loop
        self._stack.enter_context(_borrowed_time(loop))
        self._began = loop.time()
        self._outside = AsyncExitStack()
        self.run(self._build())

    def run(self, step: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(step)

    def tell(self, text: str) -> None:
        self.story.append(f"{self.loop.time() - self._began:9.3f}  {text}")

    async def _build(self) -> None:
        enter = self._outside.enter_async_context
        self.telegram = await enter(TelegramSimulator())
        symbols = {f"{coin}USDT" for coin in ("BTC", *COINS)}  # Bitget is asked its mode by BTC
        self.bitget = await enter(
            BitgetSimulator(
                equity=EQUITY,
                spot_balances={"USDT": EQUITY},
                keys=KEYS,
                contracts=[r for r in snapshot().contracts.rows if r["symbol"] in symbols],
                pairs=[r for r in snapshot().spot.rows if r["symbol"] in symbols],
            )
        )
        rules, ways = self.bitget.exchange.rules, self.ways
        rules.presets_with_each_fill = ways.presets_with_each_fill
        rules.filled_ids_reusable = ways.filled_ids_reusable
        if ways.is_hedged:
            self.bitget.by_hand.set_hold_mode("hedge_mode")
        self.world = World(self.telegram, self.bitget, self.folder)
        self.channels: list[Channel] = [
            self.world.vip,
            self.world.channel("Second", "second"),
        ]
        second = {**ways.second, "telegram": {"channels": ["@second"]}}
        self.profiles = [
            self.world.profile("first", **ways.first),
            self.world.profile("second", **second),
        ]
        if ways.coins is not None:
            self.channels.append(self.world.channel("Coins", "coins"))
            coins = {**ways.coins, "telegram": {"channels": ["@coins"]}}
            self.profiles.append(self.world.profile("coins", **coins))
        self.bitget.exchange.listen(self._hear)
        self.watch = Watch(self.loop.time)
        self.bitget.exchange.listen(self.watch.hear)

    # the listener

    async def up(self) -> None:
        """A start that a fault ends is tried again, as a supervisor does."""
        for _ in range(STARTS_MAX):
            if await self._starts():
                return
            await asyncio.sleep(RESTART_SECONDS)
        raise AssertionError(f"it does not start in {STARTS_MAX} tries")

    async def _starts(self) -> bool:
        self.tell("the listener starts")
        self._listening = self.world.listening(
            *self.profiles, limits={"open_positions_max": OPEN_MAX}, is_ready=False
        )
        lines = await self._listening.__aenter__()
        self._tell_lines(lines)
        self.lines.append(lines)
        await eventually(
            lambda: bool(lines.of("ready") or lines.why_it_ended()), "ready", within=60
        )
        self.is_up = bool(lines.of("ready"))
        if not self.is_up:
            with suppress_ours():
                await self._listening.__aexit__(None, None, None)
            self.tell("and ends at once")
        return self.is_up

    async def down(self) -> None:
        self.is_up = False
        await self._listening.__aexit__(None, None, None)
        self.tell("the listener has stopped")

    def end(self) -> None:
        """Whatever was left open, closed."""
        try:
            self.run(self._leave())
        finally:
            self._stack.close()

    async def _leave(self) -> None:
        if self.is_up:
            await self.down()
        await self._outside.aclose()

    # what is told

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [line for lines in self.lines for line in lines.of(kind)]

    def _tell_lines(self, lines: Lines) -> None:
        add = lines.add

        def told_too(line: dict[str, Any]) -> None:
            add(line)
            self.tell(f"  bot: {brief(line)}")

        lines.add = told_too  # type: ignore[method-assign] # heard on its way

    def _hear(self, event: told.Event) -> None:
        match event:
            case (
                told.OrderChanged(order=order, fill=fill)
                | told.SpotOrderChanged(order=order, fill=fill)
            ):
                kind = "closing " if getattr(order, "closing", False) else ""
                text = f"{kind}{order.symbol} {order.client_id} {order.side.value} {order.size}"
                text += f" at {order.price or 'market'} {order.status.value}"
                self.tell(f"  venue: {text}" + (f", {fill.size} at {fill.price}" if fill else ""))
            case told.PlanChanged(plan=plan):
                text = f"{plan.symbol} {plan.kind.value} {plan.size or 'all'} at {plan.trigger}"
                self.tell(f"  venue: {text} {plan.status.value} {plan.client_id}")
            case told.SpotPlanChanged(plan=coins):
                text = (
                    f"{coins.symbol} spot plan {coins.side.value} {coins.size} at {coins.trigger}"
                )
                self.tell(f"  venue: {text} {coins.status.value} {coins.client_id}")
            case told.PositionChanged():
                side = "long" if event.long else "short"
                self.tell(f"  venue: {event.symbol} position {side} {event.size}")
            case _:
                pass

    # what is where

    def price(self, symbol: str) -> Decimal:
        return self.bitget.exchange.desk.tapes[symbol].last

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """The journal, as it is on the disk."""
        if self._journal is None:
            file = self.world.settings().database_file
            self._journal = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
            self._stack.callback(self._journal.close)
        return self._journal.execute(question).fetchall()

    def sends(self) -> int:
        """Requests that change something at the venue."""
        return sum(r.method == "POST" for r in self.bitget.requests)


@contextmanager
def suppress_ours() -> Iterator[None]:
    """Errors with which tgbitget ends when it cannot begin."""
    try:
        yield
    except* TgbitgetError:
        pass


@contextmanager
def _borrowed_time(loop: LeapingLoop) -> Iterator[None]:
    """The machine's clocks are the loop's while the example runs; a listener here says a short goodbye."""
    before: list[tuple[Any, str, Any]] = []

    def put(owner: Any, name: str, ours: Any) -> None:
        before.append((owner, name, getattr(owner, name)))
        setattr(owner, name, ours)

    tell_everybody(loop.clock, put)
    put(listener, "NOTICES_SECONDS", GOODBYE_SECONDS)
    put(funding, "FUNDING_SECONDS", BILLS_SECONDS)
    put(funding, "BILL_LAG_SECONDS", BILLS_SECONDS)
    try:
        yield
    finally:
        for owner, name, theirs in before:
            setattr(owner, name, theirs)
