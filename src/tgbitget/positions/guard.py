"""One task that owns one trade, from its first entry to flat: the stop first, then targets, then the rest."""

import asyncio
from datetime import datetime
from functools import partial

from loguru import logger

from tgbitget.errors import OutcomeUnknown, VenueError, VenueThrottled, VenueUnreachable
from tgbitget.execution.executor import StillWanted
from tgbitget.model.event import SendEnded, TradeChanged
from tgbitget.model.order import Fill, OrderStatus, Placement, Rejected, VenueOrder
from tgbitget.model.plan import Leg, Role
from tgbitget.model.position import VenuePosition
from tgbitget.model.trade import Quote, Trade
from tgbitget.positions.aiming import Aiming
from tgbitget.positions.changes import (
    CancelRest,
    Close,
    Message,
    MoveStop,
    NewTargets,
    Observed,
    Pushed,
    Resync,
    SendsEnded,
    Tick,
)
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.leaving import Leaving
from tgbitget.positions.ledger import Ledger, is_losing
from tgbitget.positions.protection import Protection
from tgbitget.positions.rules import is_beyond
from tgbitget.positions.sender import Sender
from tgbitget.positions.wishes import Wishes
from tgbitget.profile import Profile

# A trade's news are bounded by what its few orders can do; a thousand waiting means that its task hangs.
MAILBOX_MAX = 1000
PREPARE_PAUSE_SECONDS = 0.5
_SLOW = (Observed, Pushed, Resync)
"""News that questions follow; a stop does not wait behind them."""


class TradeGuard:
    """Leads one trade to its end. `run` may be called again after it failed: it asks the venue first, then goes on.

    *posted* is when the signal's text was written; its entries grow too old to send with it.
    """

    def __init__(
        self,
        desk: Desk,
        ledger: Ledger,
        profile: Profile,
        *,
        posted: datetime,
        is_new: bool,
    ) -> None:
        self.ledger = ledger
        self.profile = profile
        self._desk = desk
        self._inquiry = Inquiry(desk, ledger, since=posted)
        self._wishes = Wishes()
        sender = Sender(desk, ledger, self._inquiry, self._settle_beside)
        self._leaving = Leaving(desk, ledger, self._wishes, inquiry=self._inquiry, sender=sender)
        self._protection = Protection(
            desk,
            ledger,
            self._wishes,
            profile,
            inquiry=self._inquiry,
            sender=sender,
            leaving=self._leaving,
        )
        self._aiming = Aiming(desk, ledger, sender=sender, leaving=self._leaving)
        self._posted = posted
        self._is_new = is_new
        self._begun = posted
        self.is_entering = is_new
        self._mail: asyncio.Queue[Message] = asyncio.Queue(MAILBOX_MAX)
        self._told: Trade | None = None

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
                if not is_new:
                    await self._recover()
                entering = self._tasks.create_task(self._enter(is_new=is_new))
                await self._follow(entering)

    async def _recover(self) -> None:
        """Settle what an earlier life may have sent. A stop is simply sent again: the venue replaces it in place."""
        for leg in self.ledger.unsettled():
            match leg.role:
                case Role.STOP:
                    self.ledger.end(leg.client_oid, OrderStatus.CANCELLED)
                case Role.TAKE_PROFIT | Role.CLOSE:
                    self._settle_beside(leg, self._begun)
                case Role.ENTRY:
                    pass  # `_enter` settles these beside what follows
        await self._inquiry.resync()

    async def _enter(self, *, is_new: bool) -> None:
        """Send the entries that have no outcome yet, in order; of an earlier life's, ask before sending."""
        try:
            if is_new and (fault := await self._prepare()) is not None:
                await self._give_up(fault)
            for leg in self.ledger.unsettled(Role.ENTRY):
                still_wanted = partial(self._still_wanted, leg)
                if is_new:
                    self._note(leg, await self._desk.executor.send(leg, still_wanted=still_wanted))
                else:
                    await self._resume(leg, still_wanted)
                self.tell(SendsEnded())
        finally:
            self.is_entering = False
            self.tell(SendsEnded())

    async def _resume(self, leg: Leg, still_wanted: StillWanted) -> None:
        """A leg of an earlier life: first asked about, and sent only when it is proven absent and still wanted."""
        executor = self._desk.executor
        # No earlier life sent anything after this one began: absence is waited for once, not leg by leg.
        settled = await executor.settle(leg, self._begun, still_wanted=still_wanted)
        self._note(leg, settled or await executor.send(leg, still_wanted=still_wanted))

    def _settle_beside(self, leg: Leg, sent_at: datetime) -> None:
        """A target or a part's close whose end nobody knows; a lost one is not sent again, but wanted anew."""
        self._tasks.create_task(self._settle(leg, sent_at))

    async def _settle(self, leg: Leg, sent_at: datetime) -> None:
        settled = await self._desk.executor.settle(leg, sent_at, still_wanted=lambda: None)
        self._note(leg, settled or Rejected(client_oid=leg.client_oid, reason="it never arrived"))
        self.tell(SendsEnded())

    def _note(self, leg: Leg, placement: Placement) -> None:
        self._inquiry.note_sent(leg)
        self.ledger.note_placement(placement)
        if isinstance(placement, Rejected):
            logger.warning("{} was not placed: {}", leg.name, placement.reason)

    async def _prepare(self) -> str | None:
        """Leverage and margin mode as planned: no request where they are so already. Why they could not be set."""
        plan = self.ledger.plan
        while True:
            try:
                await self._desk.venue.prepare(
                    plan.market, leverage=plan.leverage, mode=plan.margin_mode
                )
            except (VenueUnreachable, VenueThrottled, OutcomeUnknown) as e:
                if (reason := self._still_wanted(plan.entries[0])) is not None:
                    return f"leverage and margin mode could not be set ({e}); {reason}"
                await self._desk.clock.sleep(PREPARE_PAUSE_SECONDS)
            except VenueError as e:
                return f"leverage and margin mode were refused: {e}"
            else:
                return None

    async def _give_up(self, reason: str) -> None:
        """Nothing was sent and nothing will be."""
        signal = self.ledger.plan.signal
        for leg in self.ledger.unsettled(Role.ENTRY):
            rejected = Rejected(client_oid=leg.client_oid, reason=reason)
            await self._desk.record.record_placement(signal, rejected)
            self.ledger.note_placement(rejected)
            self._desk.publish(SendEnded(signal=signal, placement=rejected))

    def _still_wanted(self, leg: Leg) -> str | None:
        """Why this entry must not go out any more, or None. Asked right before each send."""
        if self._wishes.forbid(leg):
            return "cancelled before it was sent"
        age_seconds = (self._desk.clock.now() - self._posted).total_seconds()
        most = self.profile.limits.entry_age_seconds_max
        if most is not None and age_seconds > most:
            return f"entry_age_seconds_max: {age_seconds:.0f} s old when it could be sent, {most} allowed"
        return self._passed(self._desk.quote(self.ledger.plan.market.symbol))

    def _passed(self, quote: Quote | None) -> str | None:
        """The level that the market passed before any entry filled, as a sentence."""
        ledger, plan = self.ledger, self.ledger.plan
        if quote is None or ledger.has_position:
            return None
        if is_losing(plan.side, quote.price, ledger.stop):
            return f"price {quote.price} passed the stop {ledger.stop} before entry"
        if ledger.targets and is_beyond(plan.side, quote.price, ledger.targets[0].price):
            return f"price {quote.price} passed target 1 at {ledger.targets[0].price} before entry"
        return None

    async def _follow(self, entering: "asyncio.Task[None]") -> None:
        while True:
            await self._bring_about()
            if entering.done() and await self._is_over():
                return
            await self._take(await self._mail.get())
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
        await self._leaving.withdraw()
        await self._aiming.aim()
        await self._tell_change()

    async def _is_over(self) -> bool:
        """Nothing stands and nothing is open; a fill that a cancel crossed is looked for before that is believed."""
        if not self.ledger.state.is_final or self.ledger.placed():
            return False
        is_answered = await self._inquiry.fetch_fills()
        return is_answered and not self.ledger.misses_fills and self.ledger.state.is_final

    async def _take(self, message: Message) -> None:
        match message:
            case Fill():
                await self._inquiry.take_fill(message)
            case VenueOrder():
                await self._inquiry.take_order(message)
            case Observed():
                await self._inquiry.compare(message)
            case Pushed():
                await self._take_position(message.position)
            case Tick():
                self._take_tick(message.quote)
                if self.ledger.misses_fills:
                    await self._inquiry.fetch_fills()
            case Resync():
                await self._inquiry.resync()
            case CancelRest():
                self._leaving.cancel_rest(message)
            case Close() | MoveStop():
                await self._take_word(message)
            case NewTargets():
                self.ledger.causes.append(message.cause)
                self.ledger.set_targets(message.targets)
            case SendsEnded():
                pass

    async def _take_word(self, message: Close | MoveStop) -> None:
        """A whole close holds at once; what speaks of a position that is only being opened holds once it stands."""
        ledger, is_whole = self.ledger, isinstance(message, Close) and message.is_whole
        if ledger.is_filling and not is_whole:
            self._wishes.later.append(message)
            return
        ledger.causes.append(message.cause)
        if isinstance(message, MoveStop):
            self._protection.move_to(message)
        elif is_whole:
            self._leaving.close_all(message)
        else:
            await self._leaving.close_part(message)

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
        if self._wishes.is_frozen or not ledger.entries_rest:
            return
        if plan.expires_at is not None and self._desk.clock.now() >= plan.expires_at:
            self._leaving.cancel_rest(CancelRest(cause="entries expired"))
        elif (passed := self._passed(quote)) is not None:
            self._leaving.cancel_rest(CancelRest(cause=passed))

    async def _tell_change(self) -> None:
        """Record and publish the trade when it stands otherwise than last told."""
        trade = self.ledger.trade()
        if trade == self._told:
            return
        cause = "; ".join(self.ledger.causes)
        self._told = trade
        self.ledger.causes.clear()
        await self._desk.record.trade(trade, cause=cause)
        self._desk.publish(TradeChanged(trade=trade, cause=cause))
