"""One task that owns one trade, from its first entry to flat: the stop first, then targets, then the rest."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from loguru import logger

from tgbitget.model.event import TradeChanged
from tgbitget.model.order import Fill, OrderStatus, Rejected, VenueOrder
from tgbitget.model.plan import Leg, Role
from tgbitget.model.position import VenuePosition
from tgbitget.model.trade import Quote, Trade
from tgbitget.positions.aiming import Aiming
from tgbitget.positions.amendments import predecessor, superseded
from tgbitget.positions.attached import Attached
from tgbitget.positions.changes import (
    CancelRest,
    Close,
    Message,
    MoveStop,
    NewEntries,
    NewTargets,
    Observed,
    Pushed,
    Resync,
    SendsEnded,
    SpotObserved,
    StopsListed,
    Tick,
)
from tgbitget.positions.coins import is_spot
from tgbitget.positions.desk import Desk
from tgbitget.positions.entering import Entering
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.leaving import UNPROTECTED, Leaving
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.owners_stop import OwnersStop
from tgbitget.positions.protection import Protection
from tgbitget.positions.reshaping import Entries, entry_now
from tgbitget.positions.rules import is_beyond, tighter
from tgbitget.positions.sender import Sender
from tgbitget.positions.spot import SpotWays, spot_ways
from tgbitget.positions.spot_aiming import SpotAiming
from tgbitget.positions.spot_protection import SpotProtection
from tgbitget.positions.spot_sender import SpotSender
from tgbitget.positions.trailing import Trailing
from tgbitget.positions.watchdog import Watchdog
from tgbitget.positions.wishes import Wishes
from tgbitget.profile import Profile

# A trade's news are bounded by what its few orders can do; a thousand waiting means that its task hangs.
MAILBOX_MAX = 1000
# Its own task, and one in which the HTTP client writes.
ENTRY_TURNS = 3
# Fills are asked for every second where they are missing.
FILLS_WITHIN_SECONDS = 2.5
_SLOW = (Observed, SpotObserved, Pushed, Resync, StopsListed)
"""News that questions follow; a stop does not wait behind them."""


class TradeGuard:
    """Leads one trade to its end. `run` may be called again after it failed: it asks the venue first, then goes on.

    *posted* is when the signal's text was written; its entries grow too old to send with it. *earlier* counts the
    orders that this signal had, by name, before its post was edited: ids go on from there.
    """

    def __init__(
        self,
        desk: Desk,
        ledger: Ledger,
        profile: Profile,
        *,
        posted: datetime,
        is_new: bool,
        earlier: Mapping[str, int] | None = None,
    ) -> None:
        self.ledger = ledger
        self.profile = profile
        self._desk = desk
        self._inquiry = Inquiry(desk, ledger, since=posted)
        self._wishes = Wishes()
        ways = SpotSender if is_spot(ledger.plan) else Sender
        sender = ways(desk, ledger, self._inquiry, self._settle_beside)
        self._leaving = Leaving(desk, ledger, self._wishes, inquiry=self._inquiry, sender=sender)
        self._watchdog = Watchdog(desk, ledger, self._wishes, inquiry=self._inquiry, tell=self.tell)
        self._protection: Protection | SpotProtection = Protection(
            desk,
            ledger,
            self._wishes,
            profile,
            inquiry=self._inquiry,
            sender=sender,
            leaving=self._leaving,
            watchdog=self._watchdog,
        )
        self._owners_stop = OwnersStop(desk, ledger)
        self._attached = Attached(desk, ledger, self._wishes, sender=sender)
        self._aiming: Aiming | SpotAiming = Aiming(
            desk, ledger, profile, sender=sender, leaving=self._leaving
        )
        self._spot: SpotWays | None = None
        if is_spot(ledger.plan):
            self._spot = spot_ways(
                desk,
                ledger,
                self._wishes,
                profile,
                inquiry=self._inquiry,
                sender=sender,
                leaving=self._leaving,
            )
            self._protection, self._aiming = self._spot.protection, self._spot.aiming
        self._trailing = Trailing(
            desk, ledger, self._wishes, profile, inquiry=self._inquiry, sender=sender
        )
        self._entering = Entering(
            desk,
            ledger,
            self._wishes,
            profile,
            inquiry=self._inquiry,
            posted=posted,
            tell=self.tell,
            is_new=is_new,
        )
        self._is_new = is_new
        self._begun = posted
        self._mail: asyncio.Queue[Message] = asyncio.Queue(MAILBOX_MAX)
        self._told: Trade | None = None
        self._missing_since: float | None = None
        self._earlier = dict(earlier or {})
        self._has_given_way = False
        self.ended = asyncio.Event()

    @property
    def is_entering(self) -> bool:
        return self._entering.is_sending

    # its post was edited

    @property
    def is_held(self) -> bool:
        """Nothing of it was sent and nothing will be, until another plan takes its place or its rest is cancelled."""
        return self._entering.is_held and not self._wishes.is_frozen

    def hold(self) -> bool:
        """Whether nothing of it was sent; then nothing is any more."""
        return self._entering.hold()

    def give_way(self) -> None:
        """Another task leads this signal from now on."""
        self._has_given_way = True
        self.tell(SendsEnded())

    def replacements(self) -> dict[str, int]:
        """By name, the number that the next order of it has."""
        last = dict(self._earlier)
        for leg in self.ledger.legs_of(*Role):
            last[leg.name] = max(last.get(leg.name, 0), leg.replacement + 1)
        return last

    def entries(self) -> Entries:
        """How they stand, for an edit of the post."""
        ledger = self.ledger
        return Entries(
            plan=ledger.plan,
            stop=ledger.stop,
            now=tuple(entry_now(ledger, self._wishes, leg) for leg in ledger.plan.entries),
            has_position=ledger.has_position,
            may_be_more=not self._wishes.is_frozen,
            replacements=self.replacements(),
            trade=ledger.trade(),
        )

    def tell(self, message: Message) -> None:
        """Put *message* in the trade's mailbox. One that is full is emptied: all of it has to be asked for anyway."""
        if self._mail.full():
            logger.error(
                "{} has {} unread news; it asks anew", self.ledger.plan.signal, MAILBOX_MAX
            )
            while not self._mail.empty():
                self._mail.get_nowait()
            self._mail.put_nowait(Resync())
        self._mail.put_nowait(message)

    async def run(self) -> None:
        with logger.contextualize(signal=self.ledger.plan.signal):
            is_new, self._is_new = self._is_new, False
            self._begun = self._desk.clock.now()
            async with asyncio.TaskGroup() as self._tasks:
                self._wishes.superseded = superseded(self.ledger)
                if not is_new:
                    await self._recover()
                self._sends = self._tasks.create_task(
                    self._entering.enter(is_new=is_new, begun=self._begun)
                )
                if is_new:
                    await _entry_first()
                await self._follow()

    async def _recover(self) -> None:
        """Settle what an earlier life may have sent. A position's stop is simply sent again: it is replaced in place."""
        self._hold_last_stop()
        for leg in self.ledger.unsettled():
            match leg.role:
                case Role.STOP if leg.amount is None:
                    self.ledger.end(leg.client_oid, OrderStatus.CANCELLED)
                case Role.STOP if await self._inquiry.finds(leg):
                    pass
                case Role.STOP | Role.TAKE_PROFIT | Role.CLOSE:
                    self._settle_beside(leg, self._begun)
                case Role.ENTRY if predecessor(self.ledger, leg) is not None:
                    self._settle_beside(leg, self._begun)
                case Role.ENTRY:
                    pass  # `Entering` settles these beside what follows
        await self._inquiry.resync()

    def _hold_last_stop(self) -> None:
        """The one sent last may stand where the journal tells an older price: that one would take its place."""
        sent = [leg for leg in self.ledger.standing(Role.STOP) if leg.trail_percent is None]
        if not sent or (price := sent[-1].trigger_price) is None:
            return
        nearest = tighter(self.ledger.plan.side, self.ledger.stop, price)
        if self.ledger.was_placed(sent[-1]):
            self.ledger.stop = nearest
        else:
            self._wishes.stop = nearest

    def _settle_beside(self, leg: Leg, sent_at: datetime) -> None:
        """A target or a part's close whose end nobody knows; a lost one is not sent again, but wanted anew."""
        self._tasks.create_task(self._settle(leg, sent_at))

    async def _settle(self, leg: Leg, sent_at: datetime) -> None:
        settled = await self._desk.executor.settle(leg, sent_at, still_wanted=lambda: None)
        if settled is None:
            settled = Rejected(client_oid=leg.client_oid, reason="it never arrived")
            await self._desk.record.record_placement(leg.signal, settled)
        self._entering.note(leg, settled)
        if (replaced := predecessor(self.ledger, leg)) is not None:
            await self._inquiry.ask(replaced)
        self.tell(SendsEnded())

    async def _follow(self) -> None:
        # What an earlier life was told already holds before anything is sent for it, the stop aside.
        await self._protection.protect()
        await self._take_mail()
        while True:
            await self._bring_about()
            if self._sends.done() and (self._has_given_way or await self._is_over()):
                if not self._has_given_way:
                    await self._tell_change()  # its last entry may have ended while that was told
                return
            await self._take(await self._mail.get())
            await self._take_mail()

    async def _take_mail(self) -> None:
        """All that has come."""
        while not self._mail.empty():
            message = self._mail.get_nowait()
            if isinstance(message, _SLOW):
                await self._protection.protect()
            await self._take(message)
        await self._take_later()

    async def _bring_about(self) -> None:
        """What should stand at the venue now; what endangers most comes first."""
        await self._protection.protect()
        await self._leaving.leave()
        if self.ledger.is_flat_again:
            await self._leaving.clear()
        await self._attached.follow()
        await self._leaving.withdraw()
        await self._aiming.aim()
        await self._trailing.trail()
        self._entering.look()
        if self._spot is None:
            self._watchdog.look_after_change(self._tasks.create_task)
        await self._tell_change()

    async def _is_over(self) -> bool:
        """Nothing stands and nothing is open; a fill that a cancel crossed is looked for before that is believed."""
        ledger = self.ledger
        if (
            self.is_held
            or not ledger.state.is_final
            or ledger.placed()
            or ledger.unsettled(Role.STOP)
        ):
            return False
        is_answered = await self._inquiry.fetch_fills()
        if ledger.filled and self._spot is None and not await self._watchdog.clear_attached():
            return False
        return is_answered and not ledger.misses_fills and ledger.state.is_final

    async def _take(self, message: Message) -> None:
        match message:
            case Fill():
                await self._inquiry.take_fill(message)
            case VenueOrder():
                await self._inquiry.take_order(message)
            case Observed() | SpotObserved() | StopsListed():
                await self._take_look(message)
            case Pushed():
                await self._take_position(message.position)
            case Tick():
                self._take_tick(message.quote)
                if self._spot is not None and message.quote is not None:
                    await self._spot.watch.look_at_entries(message.quote)
                if self.ledger.misses_fills:
                    await self._inquiry.fetch_fills()
            case Resync():
                await self._inquiry.resync()
            case CancelRest() | NewEntries() | NewTargets():
                self._take_levels(message)
            case Close() | MoveStop():
                await self._take_word(message)
            case SendsEnded():
                if self._spot is not None:
                    await self._spot.watch.look_at_market_entries()

    def _take_levels(self, message: CancelRest | NewEntries | NewTargets) -> None:
        match message:
            case CancelRest():
                self._leaving.cancel_rest(message)
            case NewEntries():
                self._take_entries(message)
            case NewTargets():
                self.ledger.causes.append(message.cause)
                self.ledger.set_targets(message.targets)

    def _take_entries(self, message: NewEntries) -> None:
        """What is not wanted any more is cancelled; only once that is known goes out what is new."""
        ledger = self.ledger
        plan = replace(ledger.plan, entries=message.entries, leverage=message.leverage)
        if plan == ledger.plan or self._wishes.is_frozen:
            return
        ledger.replan(plan, message.notional)
        ledger.causes.append(message.cause)
        self._wishes.superseded = superseded(ledger)
        self._wishes.dropped -= {leg.price for leg in message.entries if leg.price is not None}
        if self._sends.done():
            self._sends = self._tasks.create_task(self._entering.enter_more())

    async def _take_look(self, seen: Observed | SpotObserved | StopsListed) -> None:
        match seen:
            case Observed():
                await self._inquiry.compare(seen)
                listed = StopsListed(asked_at=seen.asked_at, stops=seen.stops)
                await self._watchdog.take(listed, seen.position)
                self._owners_stop.look(seen.stops)
            case SpotObserved():
                assert self._spot is not None, "only a spot trade is shown coins"
                await self._spot.watch.compare(seen)
            case StopsListed():
                await self._watchdog.take(seen)

    async def _take_word(self, message: Close | MoveStop) -> None:
        """A whole close holds at once; what speaks of a position that is only being opened holds once it stands."""
        ledger, is_whole = self.ledger, isinstance(message, Close) and message.is_whole
        if ledger.is_filling and not is_whole:
            self._wishes.later.append(message)
            return
        if isinstance(message, MoveStop):
            self._move_stop(message)
        elif is_whole:
            if self._wishes.closing in (None, UNPROTECTED):
                ledger.causes.append(message.cause)
            self._leaving.close_all(message)
        else:
            if not ledger.count(f"close-{message.key}"):
                ledger.causes.append(message.cause)
            await self._leaving.close_part(message)

    def _move_stop(self, message: MoveStop) -> None:
        """What changes nothing (asked again after a restart, say) causes nothing that is told."""
        ledger, wishes = self.ledger, self._wishes
        stop, asked = ledger.stop, wishes.stop
        self._protection.move_to(message)
        is_new = wishes.stop not in (None, asked, ledger.stop)
        if is_new or ledger.stop != stop:
            ledger.causes.insert(0, message.cause)

    async def _take_later(self) -> None:
        if self._wishes.later and not self.ledger.is_filling:
            waited, self._wishes.later = self._wishes.later, []
            for message in waited:
                await self._take_word(message)

    async def _take_position(self, position: VenuePosition | None) -> None:
        """A pushed snapshot proves nothing alone; where it disagrees we ask."""
        if (position is not None) != self.ledger.has_position:
            await self._inquiry.fetch_fills()

    def _take_tick(self, quote: Quote | None) -> None:
        ledger, plan = self.ledger, self.ledger.plan
        if quote is not None and ledger.has_position:
            is_best = ledger.best is None or is_beyond(plan.side, quote.price, ledger.best)
            ledger.best = quote.price if is_best else ledger.best
            self._aiming.look(quote)
        if self._wishes.is_frozen or not ledger.entries_rest:
            return
        if plan.expires_at is not None and self._desk.clock.now() >= plan.expires_at:
            self._leaving.cancel_rest(CancelRest(cause="entries expired"))
        elif (passed := self._entering.passed(quote)) is not None:
            self._leaving.cancel_rest(CancelRest(cause=passed))

    def _awaits_fills(self) -> bool:
        """The fills that explain a change are told before it; those that do not come hold it up for a moment only."""
        now = self._desk.clock.monotonic()
        if not self.ledger.misses_fills:
            self._missing_since = None
            return False
        if self._missing_since is None:
            self._missing_since = now
        return now < self._missing_since + FILLS_WITHIN_SECONDS

    async def _tell_change(self) -> None:
        """Record and publish the trade when it stands otherwise than last told."""
        trade = self.ledger.trade()
        if trade == self._told or self.is_held or self._has_given_way or self._awaits_fills():
            return
        cause = "; ".join(dict.fromkeys(self.ledger.causes))
        self._told = trade
        self.ledger.causes.clear()
        await self._desk.record.trade(trade, cause=cause)
        self._desk.publish(TradeChanged(trade=trade, cause=cause))


async def _entry_first() -> None:
    """So many turns of the loop the first order takes to its socket; all that the trade wants besides comes after it."""
    for _ in range(ENTRY_TURNS):
        await asyncio.sleep(0)
