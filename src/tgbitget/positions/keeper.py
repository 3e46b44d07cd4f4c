"""Stage 6: fills move stops. One task per trade; this page starts them and brings them their news."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from loguru import logger

from tgbitget.errors import VenueError, VenueThrottled, VenueUnreachable
from tgbitget.model.event import TradeChanged, Warned
from tgbitget.model.ids import ChannelId, ClientOrderId, SignalId
from tgbitget.model.intent import Side
from tgbitget.model.market import is_spot_symbol, short_symbol
from tgbitget.model.money import Notional, exact
from tgbitget.model.order import Fill, VenueOrder
from tgbitget.model.plan import OrderPlan
from tgbitget.model.position import Account, Holding, VenuePosition, VenueStop
from tgbitget.model.post import Post
from tgbitget.model.trade import Situation, Trade, Usage
from tgbitget.positions.changes import (
    Change,
    Message,
    Observed,
    Pushed,
    Resync,
    SpotObserved,
    Tick,
)
from tgbitget.positions.coins import is_spot
from tgbitget.positions.desk import Desk
from tgbitget.positions.finder import Candidate
from tgbitget.positions.funding import FundingBills
from tgbitget.positions.guard import TradeGuard
from tgbitget.positions.late_bills import EndedTrade, LateBills
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.left_behind import ADOPTED, LeftOf
from tgbitget.positions.losses import Losses
from tgbitget.positions.patience import Asked, Patience, at_leisure
from tgbitget.positions.reshaping import Entries
from tgbitget.positions.spot_holdings import NO_COINS, money, shares
from tgbitget.positions.standing import Standing
from tgbitget.positions.today import Today, midnight
from tgbitget.profile import Profile
from tgbitget.venues.venue import PositionsSnapshot, Reconnected, VenueUpdate

Supervise = Callable[[str, Callable[[], Awaitable[None]]], Coroutine[Any, Any, None]]
"""Runs a task to its end, starting it again when it fails; it never raises but for cancellation."""

# Prices and expiry are looked at this often; between the looks the venue's own triggers guard.
TICK_SECONDS = 1.0
# How long a stop may be missing at the venue before we see it.
WATCH_SECONDS = 5.0
SENT_LOOK_SECONDS = 0.02
# A post that comes while many trades are told the time, or what was seen, waits for so many of them at most.
TOLD_AT_ONCE = 10


class PositionKeeper:
    """All trades that are not over. `run` must be running before `open` is called."""

    def __init__(self, desk: Desk, supervise: Supervise) -> None:
        self._desk = desk
        self._supervise = supervise
        self._guards: dict[SignalId, TradeGuard] = {}
        self._standing = Standing()
        self._today = Today(desk.clock)
        self._funding = FundingBills(desk)
        self._late = LateBills(desk, self._today)
        self.losses = Losses(desk.journal, desk.clock)
        self._foreign: frozenset[str] = frozenset()
        self._told_mixed: frozenset[str] = frozenset()
        self._account: Account | None = None
        self._coins: Mapping[str, Holding] | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._started = asyncio.Event()

    # what others ask

    is_rehearsal = False

    @property
    def account(self) -> str:
        return self._desk.user_id

    def situation(self, symbol: str, channels: Collection[ChannelId]) -> Situation:
        """All that planning may know now; nothing is asked for it. *channels* are the profile's."""
        return Situation(
            now=self._desk.clock.now(),
            quote=self._desk.quote(symbol),
            account=self._account_for(symbol),
            trades=self._standing.trades(),
            foreign=self._foreign,
            orders_last_minute=self._desk.sends.last_minute(),
            realised_today=self.realised_today(),
            is_paused=self._desk.journal.is_paused(),
            ended=self.losses.ended(),
            at_risk=self._standing.at_risk(),
            halts=self.losses.halts,
            resumed_at=self._desk.journal.resumed_at(),
            unshared=self._standing.unshared(),
            of_profile=Usage(
                trades=self._standing.trades_of(channels),
                ended=self.losses.ended(channels),
                orders_last_minute=self._desk.sends.last_minute(channels),
                realised_today=self.realised_today(channels),
            ),
        )

    def _account_for(self, symbol: str) -> Account | None:
        """Contracts are paid from one account, coins from another."""
        if not is_spot_symbol(symbol):
            return self._account
        quote = symbol.partition("/")[2]
        return None if self._coins is None else money(self._desk.user_id, quote, self._coins)

    def profile_of(self, signal: SignalId) -> Profile:
        return self._guards[signal].profile

    def plan_of(self, signal: SignalId) -> OrderPlan:
        """As it stands: with the stop and the targets of now."""
        ledger = self._guards[signal].ledger
        return replace(ledger.plan, stop=ledger.stop, targets=ledger.targets)

    def standing(self) -> tuple[Trade, ...]:
        """Trades that are not over, those in flight and resting included."""
        return self._standing.trades()

    def candidates(self) -> tuple[Candidate, ...]:
        """What a follow-up may mean."""
        return tuple(_candidate(guard) for guard in self._guards.values())

    def realised_today(self, channels: Collection[ChannelId] | None = None) -> Decimal:
        """Since midnight UTC, open trades' realised parts included; of *channels*, or of all."""
        return self._today.realised(self._standing.filled(), channels)

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
        """Start leading a trade whose plan and legs are in the journal. A replayed post is as old as it was then.

        One of the same signal that is held gives way to it.
        """
        self._desk.sends.note(post.channel, len(plan.entries))
        before = self._guards.get(plan.signal)
        ledger = Ledger(plan, channel=post.channel, notional=notional)
        posted = self._desk.clock.now() - timedelta(seconds=age_seconds)
        earlier = None if before is None else before.replacements()
        self.adopt(
            TradeGuard(self._desk, ledger, profile, posted=posted, is_new=True, earlier=earlier)
        )

    def take_over(
        self, plan: OrderPlan, left: LeftOf, post: Post, profile: Profile, *, notional: Notional
    ) -> None:
        """Lead a trade of ours that stands already, and that only its orders told of: as after a restart."""
        assert self._tasks is not None, "the keeper does not run"
        ledger = Ledger(plan, channel=post.channel, notional=notional)
        ledger.add_legs(left.exits)
        for placed in left.placed:
            ledger.note_placement(placed)
        ledger.causes.append(ADOPTED)
        self._tasks.create_task(self._write_down(left))
        self.adopt(TradeGuard(self._desk, ledger, profile, posted=post.date, is_new=False))

    async def _write_down(self, left: LeftOf) -> None:
        """Until it is written they count as sent, and are asked about after a restart."""
        for placed in left.placed:
            await self._desk.record.record_placement(left.signal, placed)

    def adopt(self, guard: TradeGuard) -> None:
        assert self._tasks is not None, "the keeper does not run"
        before = self._guards.get(guard.ledger.plan.signal)
        if before is not None:
            assert before.is_held, "something of it may have been sent"
            before.give_way()
        signal = guard.ledger.plan.signal
        self._guards[signal] = guard
        self._standing.enter(guard.ledger)
        self._tasks.create_task(self._lead(guard, before))

    def hold(self, signal: SignalId) -> bool:
        """Whether nothing of that trade was sent. Then nothing is, until it is opened anew or its rest is cancelled."""
        guard = self._guards.get(signal)
        if guard is None or guard.is_held:
            return guard is not None
        if guard.hold():
            self._desk.sends.take_back(guard.ledger.channel, len(guard.ledger.plan.entries))
        return guard.is_held

    def entries_of(self, signal: SignalId) -> Entries:
        return self._guards[signal].entries()

    def change(self, signal: SignalId, change: Change) -> bool:
        """False when that trade is over."""
        guard = self._guards.get(signal)
        if guard is None:
            return False
        guard.tell(change)
        return True

    def remember(self, closed_at: datetime, trade: Trade, *, before: Decimal = Decimal(0)) -> None:
        """A trade that ended; *before* is what of its profit stood at the midnight before, for the daily loss."""
        self._today.remember(closed_at, trade, before=before)
        self.losses.remember(closed_at, trade)

    def await_bills(self, ended: Sequence[EndedTrade]) -> None:
        """Of trades that an earlier life ended, and perhaps not to their last funding."""
        assert self._tasks is not None, "the keeper does not run"
        self._tasks.create_task(self._supervise("late bills", lambda: self._late.settle(ended)))

    # running

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            self._started.set()
            tasks.create_task(
                self._supervise("venue stream", lambda: self._desk.venue.run_updates(self._deliver))
            )
            tasks.create_task(self._supervise("position watch", self._watch))
            tasks.create_task(self._supervise("account watch", self._watch_account))
            tasks.create_task(self._supervise("position clock", self._tick))
            tasks.create_task(self._supervise("funding", self._funding.follow))

    async def started(self) -> None:
        await self._started.wait()

    @property
    def is_entering(self) -> bool:
        """Whether an entry is waiting to be sent or being sent."""
        return any(guard.is_entering for guard in self._guards.values())

    async def sent(self) -> None:
        """Returns when no entry is waiting to be sent or being sent."""
        while self.is_entering:
            await self._desk.clock.sleep(SENT_LOOK_SECONDS)

    async def _lead(self, guard: TradeGuard, before: TradeGuard | None) -> None:
        """*before* led this signal until its post was edited."""
        if before is not None and _symbol(before) == _symbol(guard):
            await before.ended.wait()  # two that set one symbol's leverage would leave either's
        await self._supervise(f"trade {guard.ledger.plan.signal}", guard.run)
        guard.ended.set()
        if self._guards.get(guard.ledger.plan.signal) is not guard:
            return
        ended_at, ledger = self._desk.clock.now(), guard.ledger
        self.remember(ended_at, ledger.trade(), before=ledger.realised_before(midnight(ended_at)))
        del self._guards[ledger.plan.signal]
        self._standing.leave(ledger)
        name = f"last bill of {ledger.plan.signal}"
        await self._supervise(name, lambda: self._settle_bill(ledger, ended_at))

    async def _settle_bill(self, ledger: Ledger, ended_at: datetime) -> None:
        """Until its last funding is known, an ended trade keeps its name on the position, with nothing open."""
        try:
            if not ledger.filled:
                return
            known = ledger.funding
            await self._funding.settle_last()
            if ledger.funding != known:
                trade = ledger.trade()
                self._today.remember(
                    ended_at, trade, before=ledger.realised_before(midnight(ended_at))
                )
                cause = f"funding {exact(ledger.funding - known)}"
                await self._desk.record.trade(trade, cause=cause)
                self._desk.publish(TradeChanged(trade=trade, cause=cause))
        finally:
            self._desk.shared.leave(ledger)

    # news

    def _deliver(self, update: VenueUpdate) -> None:
        match update:
            case VenueOrder():
                knowing = self._standing.knowing(update)
                self._tell_all(update, (self._guards[signal] for signal in knowing))
            case Fill():
                self._tell_all(update, self._owners(update))
            case PositionsSnapshot():
                self._tell_moved(update.positions)
            case Reconnected():
                logger.info("The venue's stream is back; what it may have missed is asked for")
                self._tell_all(Resync(), self._guards.values())

    def _tell_moved(self, positions: Iterable[VenuePosition]) -> None:
        """Those for whom a pushed snapshot is news: it is there and was not, or the other way round."""
        held = _by_place(positions)
        for guard in self._on_contracts():
            position = held.get(_place(guard))
            if (position is not None) != guard.ledger.has_position:
                guard.tell(Pushed(position=position))

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
            await self._desk.record.catch_up()
            for number, guard in enumerate(list(self._guards.values()), 1):
                guard.tell(Tick(quote=self._desk.quote(guard.ledger.plan.market.symbol)))
                if number % TOLD_AT_ONCE == 0:
                    await asyncio.sleep(0)

    async def _watch(self) -> None:
        """Compare what we believe with what the venue says, every few seconds."""
        patience = Patience()
        while True:
            await self._desk.clock.sleep(patience.pause(WATCH_SECONDS))
            try:
                await self._look(patience.ask)
            except VenueError as e:
                patience.note(has_learnt=False)
                logger.warning("Could not look at the positions: {}", e)
            else:
                patience.note(has_learnt=True)

    async def look(self) -> None:
        """At the account, at positions, stops and live orders; each trade is shown its own. VenueError: nothing was learnt."""
        await self._look_at_account()
        await self._look(at_leisure)

    async def _look(self, asked: Asked) -> None:
        asked_at = self._desk.clock.monotonic()
        venue = self._desk.venue
        coins = await self._look_at_coins(asked)
        positions, stops, orders = (
            await asked(venue.positions()),
            await asked(venue.stops()),
            await asked(venue.open_orders()),
        )
        live = {order.client_oid for order in orders} | {stop.client_oid for stop in stops}
        known = frozenset(oid for oid in live if oid is not None)
        foreign = self._foreign_among(positions, stops)
        self._tell_mixed(foreign & self._foreign)
        self._foreign = foreign
        held = _by_place(positions)
        for number, guard in enumerate(self._on_contracts(), 1):
            symbol = guard.ledger.plan.market.symbol
            guard.tell(
                Observed(
                    asked_at=asked_at,
                    position=held.get(_place(guard)),
                    stops=tuple(stop for stop in stops if stop.symbol == symbol),
                    live=known,
                )
            )
            if number % TOLD_AT_ONCE == 0:
                await asyncio.sleep(0)
        if coins is not None:
            self._show_coins(coins, orders, asked_at=asked_at, live=known)

    def _on_contracts(self) -> list[TradeGuard]:
        return [guard for guard in self._guards.values() if not is_spot(guard.ledger.plan)]

    def _show_coins(
        self,
        coins: Mapping[str, Holding],
        orders: Iterable[VenueOrder],
        *,
        asked_at: float,
        live: frozenset[ClientOrderId],
    ) -> None:
        """Each spot trade its part of what the account holds of its coin, whatever the quote it was bought with."""
        by_coin: dict[str, list[TradeGuard]] = {}
        for guard in self._guards.values():
            if is_spot(guard.ledger.plan):
                by_coin.setdefault(guard.ledger.plan.market.base.upper(), []).append(guard)
        for coin, guards in by_coin.items():
            held = coins.get(coin, NO_COINS)
            parts = shares(((g.ledger.plan.signal, g.ledger.amount) for g in guards), held.total)
            for guard in guards:
                symbol = guard.ledger.plan.market.symbol
                guard.tell(
                    SpotObserved(
                        asked_at=asked_at,
                        held=parts[guard.ledger.plan.signal],
                        available=held.available,
                        orders=tuple(order for order in orders if order.symbol == symbol),
                        live=live,
                    )
                )

    def _foreign_among(
        self, positions: Iterable[VenuePosition], stops: Iterable[VenueStop]
    ) -> frozenset[str]:
        """Symbols with a position or stop on a side where no trade of ours stands, or with somebody's part in ours."""
        ours = {_place(guard) for guard in self._guards.values()}
        held = {(p.symbol, p.side) for p in positions} | {
            (s.symbol, s.position_side) for s in stops
        }
        return frozenset(symbol for symbol, _ in held - ours) | self._desk.shared.mixed

    async def _look_at_coins(self, asked: Asked) -> Mapping[str, Holding] | None:
        """Of the spot account; None when it is not told, which keeps nothing else from being looked at."""
        try:
            self._coins = await asked(self._desk.venue.holdings())
        except (VenueUnreachable, VenueThrottled) as e:
            logger.warning("The coins of the account are not told: {}", e)
            return None
        return self._coins

    def _tell_mixed(self, foreign: frozenset[str]) -> None:
        """Somebody's position beside one of ours, as two looks saw it; told once as long as it lasts."""
        ours = {guard.ledger.plan.market.symbol for guard in self._guards.values()}
        mixed = (foreign & ours) - self._desk.shared.mixed
        for symbol in mixed - self._told_mixed:
            name = short_symbol(symbol)
            text = f"{name}: a position or stop on the other side is not ours; it is left alone, and {name} gets no new trades"
            self._desk.publish(Warned(text=text))
        self._told_mixed = mixed

    async def _watch_account(self) -> None:
        """Beside the watch over positions: no stop waits for it."""
        while True:
            await self._desk.clock.sleep(WATCH_SECONDS)
            try:
                await self._look_at_account()
            except VenueError as e:
                logger.warning("Could not look at the account: {}", e)

    async def _look_at_account(self) -> None:
        """The equity that sizes count; one that is not told leaves the last one standing."""
        try:
            self._account = await self._desk.venue.account()
        except (VenueUnreachable, VenueThrottled) as e:
            logger.warning("The account's equity is not told: {}", e)


def _symbol(guard: TradeGuard) -> str:
    return guard.ledger.plan.market.symbol


def _place(guard: TradeGuard) -> tuple[str, Side]:
    return guard.ledger.plan.market.symbol, guard.ledger.plan.side


def _by_place(positions: Iterable[VenuePosition]) -> dict[tuple[str, Side], VenuePosition]:
    return {(position.symbol, position.side): position for position in positions}


def _candidate(guard: TradeGuard) -> Candidate:
    plan = guard.ledger.plan
    return Candidate(
        signal=plan.signal,
        channel=guard.ledger.channel,
        message_id=int(plan.signal.rpartition("/")[2]),
        base=plan.market.base,
        side=plan.side,
    )
