"""Stage 6: fills move stops. One task per trade; this page starts them and brings them their news."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from loguru import logger

from tgbitget.errors import VenueError, VenueThrottled, VenueUnreachable
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.intent import Side
from tgbitget.model.money import Notional
from tgbitget.model.order import Fill, VenueOrder
from tgbitget.model.plan import OrderPlan
from tgbitget.model.position import Account, VenuePosition, VenueStop
from tgbitget.model.post import Post
from tgbitget.model.trade import Situation, Trade, Usage
from tgbitget.positions.changes import Change, Message, Observed, Pushed, Resync, Tick
from tgbitget.positions.desk import Desk
from tgbitget.positions.exposure import at_risk
from tgbitget.positions.finder import Candidate
from tgbitget.positions.guard import TradeGuard
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.losses import Losses
from tgbitget.profile import Profile
from tgbitget.venues.venue import PositionsSnapshot, Reconnected, VenueUpdate

Supervise = Callable[[str, Callable[[], Awaitable[None]]], Coroutine[Any, Any, None]]
"""Runs a task to its end, starting it again when it fails; it never raises but for cancellation."""

# Prices and expiry are looked at this often; between the looks the venue's own triggers guard.
TICK_SECONDS = 1.0
# How long a stop may be missing at the venue before we see it.
WATCH_SECONDS = 5.0
SENT_LOOK_SECONDS = 0.02


class PositionKeeper:
    """All trades that are not over. `run` must be running before `open` is called."""

    def __init__(self, desk: Desk, supervise: Supervise) -> None:
        self._desk = desk
        self._supervise = supervise
        self._guards: dict[SignalId, TradeGuard] = {}
        self._closed: deque[tuple[datetime, Trade]] = deque()
        self.losses = Losses(desk.journal, desk.clock)
        self._foreign: frozenset[str] = frozenset()
        self._account: Account | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._started = asyncio.Event()

    # what others ask

    is_rehearsal = False

    @property
    def account(self) -> str:
        return self._desk.user_id

    def situation(self, symbol: str, channels: Collection[ChannelId]) -> Situation:
        """All that planning may know now; nothing is asked for it. *channels* are the profile's."""
        trades = self.standing()
        return Situation(
            now=self._desk.clock.now(),
            quote=self._desk.quote(symbol),
            account=self._account,
            trades=trades,
            foreign=self._foreign,
            orders_last_minute=self._desk.sends.last_minute(),
            realised_today=self.realised_today(),
            is_paused=self._desk.journal.is_paused(),
            ended=self.losses.ended(),
            at_risk={signal: at_risk(guard.ledger) for signal, guard in self._guards.items()},
            halts=self.losses.halts,
            resumed_at=self._desk.journal.resumed_at(),
            unshared=frozenset(
                signal for signal, guard in self._guards.items() if not guard.ledger.plan.sizes_stop
            ),
            of_profile=Usage(
                trades=tuple(trade for trade in trades if trade.channel in channels),
                ended=self.losses.ended(channels),
                orders_last_minute=self._desk.sends.last_minute(channels),
                realised_today=self.realised_today(channels),
            ),
        )

    def plan_of(self, signal: SignalId) -> OrderPlan:
        """As it stands: with the stop and the targets of now."""
        ledger = self._guards[signal].ledger
        return replace(ledger.plan, stop=ledger.stop, targets=ledger.targets)

    def standing(self) -> tuple[Trade, ...]:
        """Trades that are not over, those in flight and resting included."""
        return tuple(guard.ledger.trade() for guard in self._guards.values())

    def candidates(self) -> tuple[Candidate, ...]:
        """What a follow-up may mean."""
        return tuple(_candidate(guard) for guard in self._guards.values())

    def realised_today(self, channels: Collection[ChannelId] | None = None) -> Decimal:
        """Since midnight UTC, open trades' realised parts included; of *channels*, or of all."""
        midnight = self._desk.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        while self._closed and self._closed[0][0] < midnight:
            self._closed.popleft()
        trades = [*(trade for _, trade in self._closed), *self.standing()]
        return sum(
            (trade.realised for trade in trades if channels is None or trade.channel in channels),
            Decimal(0),
        )

    # what others want

    def open(
        self,
        plan: OrderPlan,
        post: Post,
        profile: Profile,
        *,
        notional: Notional,
        age_seconds: float,
    ) -> None:
        """Start leading a trade whose plan and legs are in the journal. A replayed post is as old as it was then."""
        self._desk.sends.note(post.channel, len(plan.entries))
        ledger = Ledger(plan, channel=post.channel, notional=notional)
        posted = self._desk.clock.now() - timedelta(seconds=age_seconds)
        self.adopt(TradeGuard(self._desk, ledger, profile, posted=posted, is_new=True))

    def adopt(self, guard: TradeGuard) -> None:
        assert self._tasks is not None, "the keeper does not run"
        self._guards[guard.ledger.plan.signal] = guard
        self._tasks.create_task(self._lead(guard))

    def change(self, signal: SignalId, change: Change) -> bool:
        """False when that trade is over."""
        guard = self._guards.get(signal)
        if guard is None:
            return False
        guard.tell(change)
        return True

    def remember(self, closed_at: datetime, trade: Trade) -> None:
        """A trade that ended today, for the daily loss."""
        self._closed.append((closed_at, trade))
        self.losses.remember(closed_at, trade)

    # running

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            self._started.set()
            tasks.create_task(
                self._supervise("venue stream", lambda: self._desk.venue.run_updates(self._deliver))
            )
            tasks.create_task(self._supervise("position watch", self._watch))
            tasks.create_task(self._supervise("position clock", self._tick))

    async def started(self) -> None:
        await self._started.wait()

    async def sent(self) -> None:
        """Returns when no entry is waiting to be sent or being sent."""
        while any(guard.is_entering for guard in self._guards.values()):
            await self._desk.clock.sleep(SENT_LOOK_SECONDS)

    async def _lead(self, guard: TradeGuard) -> None:
        await self._supervise(f"trade {guard.ledger.plan.signal}", guard.run)
        self._desk.shared.leave(guard.ledger)
        self.remember(self._desk.clock.now(), guard.ledger.trade())
        del self._guards[guard.ledger.plan.signal]

    # news

    def _deliver(self, update: VenueUpdate) -> None:
        match update:
            case VenueOrder():
                self._tell_all(update, (g for g in self._guards.values() if g.ledger.knows(update)))
            case Fill():
                self._tell_all(update, self._owners(update))
            case PositionsSnapshot():
                for guard in self._guards.values():
                    guard.tell(Pushed(position=_of(guard, update.positions)))
            case Reconnected():
                logger.info("The venue's stream is back; what it may have missed is asked for")
                self._tell_all(Resync(), self._guards.values())

    def _owners(self, fill: Fill) -> list[TradeGuard]:
        """Whose order it was; else, all trades of that symbol, which find out whose it is."""
        mine = [guard for guard in self._guards.values() if guard.ledger.ordered(fill)]
        return mine or [
            guard
            for guard in self._guards.values()
            if guard.ledger.plan.market.symbol == fill.symbol
        ]

    @staticmethod
    def _tell_all(message: Message, guards: Iterable[TradeGuard]) -> None:
        for guard in list(guards):
            guard.tell(message)

    async def _tick(self) -> None:
        while True:
            await self._desk.clock.sleep(TICK_SECONDS)
            for guard in list(self._guards.values()):
                guard.tell(Tick(quote=self._desk.quote(guard.ledger.plan.market.symbol)))

    async def _watch(self) -> None:
        """Compare what we believe with what the venue says, every few seconds."""
        while True:
            await self._desk.clock.sleep(WATCH_SECONDS)
            try:
                await self.look()
            except VenueError as e:
                logger.warning("Could not look at the positions: {}", e)

    async def look(self) -> None:
        """Ask for positions, stops and live orders, and show each trade its own. VenueError: nothing was learnt."""
        asked_at = self._desk.clock.monotonic()
        venue = self._desk.venue
        await self._look_at_account()
        positions, stops, orders = (
            await venue.positions(),
            await venue.stops(),
            await venue.open_orders(),
        )
        live = {order.client_oid for order in orders} | {stop.client_oid for stop in stops}
        known = frozenset(oid for oid in live if oid is not None)
        for guard in list(self._guards.values()):
            symbol = guard.ledger.plan.market.symbol
            guard.tell(
                Observed(
                    asked_at=asked_at,
                    position=_of(guard, positions),
                    stops=tuple(stop for stop in stops if stop.symbol == symbol),
                    live=known,
                )
            )
        self._foreign = self._foreign_among(positions, stops)

    def _foreign_among(
        self, positions: Iterable[VenuePosition], stops: Iterable[VenueStop]
    ) -> frozenset[str]:
        """Symbols with a position or stop on a side where no trade of ours stands, or with somebody's part in ours."""
        ours = {
            (guard.ledger.plan.market.symbol, guard.ledger.plan.side)
            for guard in self._guards.values()
        }
        held = {(p.symbol, p.side) for p in positions} | {
            (s.symbol, s.position_side) for s in stops
        }
        return frozenset(symbol for symbol, _ in held - ours) | self._desk.shared.mixed

    async def _look_at_account(self) -> None:
        """The equity that sizes count; one that is not told leaves the last one standing."""
        try:
            self._account = await self._desk.venue.account()
        except (VenueUnreachable, VenueThrottled) as e:
            logger.warning("The account's equity is not told: {}", e)


def _of(guard: TradeGuard, positions: Iterable[VenuePosition]) -> VenuePosition | None:
    symbol, side = guard.ledger.plan.market.symbol, guard.ledger.plan.side
    return next((p for p in positions if p.symbol == symbol and Side(p.side) is side), None)


def _candidate(guard: TradeGuard) -> Candidate:
    plan = guard.ledger.plan
    return Candidate(
        signal=plan.signal,
        channel=guard.ledger.channel,
        message_id=int(plan.signal.rpartition("/")[2]),
        base=plan.market.base,
        side=plan.side,
    )
