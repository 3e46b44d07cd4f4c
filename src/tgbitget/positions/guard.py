"""One task that owns one trade, from its first entry to flat: the stop first, then targets, then the rest."""

import asyncio
from datetime import datetime

from loguru import logger

from tgbitget.errors import OutcomeUnknown, VenueError, VenueThrottled, VenueUnreachable
from tgbitget.execution.executor import StillWanted
from tgbitget.model.event import SendEnded, TradeChanged
from tgbitget.model.order import Fill, OrderStatus, Placement, Rejected, VenueOrder
from tgbitget.model.plan import Leg, Role
from tgbitget.model.position import VenuePosition
from tgbitget.model.trade import Quote, Trade
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
from tgbitget.positions.exits import Exits
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.ledger import Ledger, is_losing
from tgbitget.positions.rules import is_beyond
from tgbitget.profile import Profile

# A trade's news are bounded by what its few orders can do; a thousand waiting means that its task hangs.
MAILBOX_MAX = 1000
PREPARE_PAUSE_SECONDS = 0.5


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
        self._exits = Exits(desk, ledger, profile, self._inquiry)
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
            if not is_new:
                await self._recover()
            async with asyncio.TaskGroup() as tasks:
                entering = tasks.create_task(self._enter(is_new=is_new))
                await self._follow(entering)

    async def _recover(self) -> None:
        """Settle what an earlier life may have sent. A stop is simply sent again: the venue replaces it in place."""
        for leg in self.ledger.unsettled():
            match leg.role:
                case Role.STOP:
                    self.ledger.end(leg.client_oid, OrderStatus.CANCELLED)
                case Role.TAKE_PROFIT | Role.CLOSE:
                    await self._resume(leg, lambda: "given up after a restart")
                case Role.ENTRY:
                    pass  # `_enter` settles these beside what follows
        await self._inquiry.resync()

    async def _enter(self, *, is_new: bool) -> None:
        """Send the entries that have no outcome yet, in order; of an earlier life's, ask before sending."""
        try:
            if is_new and (fault := await self._prepare()) is not None:
                await self._give_up(fault)
            for leg in self.ledger.unsettled(Role.ENTRY):
                if is_new:
                    placement = await self._desk.executor.send(leg, still_wanted=self._still_wanted)
                    self._note(leg, placement)
                else:
                    await self._resume(leg, self._still_wanted)
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
                if (reason := self._still_wanted()) is not None:
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
            await self._desk.record.placement(signal, rejected)
            self.ledger.note_placement(rejected)
            self._desk.publish(SendEnded(signal=signal, placement=rejected))

    def _still_wanted(self) -> str | None:
        """Why an entry must not go out any more, or None. Asked right before each send."""
        if self.ledger.is_frozen:
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
            await self._exits.protect()
            await self._exits.aim()
            if self.ledger.is_flat_again:
                await self._exits.clear()
            await self._tell_change()
            if entering.done() and await self._is_over():
                return
            await self._take(await self._mail.get())
            while not self._mail.empty():
                await self._take(self._mail.get_nowait())

    async def _is_over(self) -> bool:
        """Nothing stands and nothing is open; a fill that a cancel crossed is looked for before that is believed."""
        if not self.ledger.state.is_final or self.ledger.placed():
            return False
        await self._inquiry.fetch_fills()
        return self.ledger.state.is_final

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
                await self._take_tick(message.quote)
            case Resync():
                await self._inquiry.resync()
            case CancelRest():
                self.ledger.causes.append(message.cause)
                await self._exits.cancel_entries(message.prices)
            case Close():
                self.ledger.causes.append(message.cause)
                await self._exits.close(message)
            case MoveStop():
                self.ledger.causes.append(message.cause)
                self._exits.move_stop(message)
            case NewTargets():
                self.ledger.causes.append(message.cause)
                self._exits.aim_anew(message.targets)
            case SendsEnded():
                pass

    async def _take_position(self, position: VenuePosition | None) -> None:
        """A pushed snapshot proves nothing alone; where it disagrees we ask."""
        if (position is not None) != self.ledger.has_position:
            await self._inquiry.fetch_fills()

    async def _take_tick(self, quote: Quote | None) -> None:
        ledger, plan = self.ledger, self.ledger.plan
        if quote is not None and ledger.has_position:
            is_best = ledger.best is None or is_beyond(plan.side, quote.price, ledger.best)
            ledger.best = quote.price if is_best else ledger.best
        if ledger.is_frozen or not ledger.entries_rest:
            return
        if plan.expires_at is not None and self._desk.clock.now() >= plan.expires_at:
            self.ledger.causes.append("entries expired")
            await self._exits.cancel_entries()
        elif (passed := self._passed(quote)) is not None:
            self.ledger.causes.append(passed)
            await self._exits.cancel_entries()

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
