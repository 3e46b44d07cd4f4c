"""The entries of one trade go out: in order, as many at once as may rest, each asked again whether it is wanted."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial

from loguru import logger

from tgbitget.errors import (
    JournalError,
    OutcomeUnknown,
    VenueError,
    VenueThrottled,
    VenueUnreachable,
)
from tgbitget.model.event import SendEnded, Warned
from tgbitget.model.money import Quantity
from tgbitget.model.order import Placement, Rejected
from tgbitget.model.plan import Leg, OrderType, Role
from tgbitget.model.trade import Quote
from tgbitget.positions.amendments import is_replaced, renewed, room, unsent
from tgbitget.positions.changes import Message, SendsEnded
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.ledger import TAKEN_BACK, Ledger, is_losing
from tgbitget.positions.rules import is_beyond
from tgbitget.positions.wishes import Wishes
from tgbitget.profile import Profile

PREPARE_PAUSE_SECONDS = 0.5
EDITED = "the post was edited before it was sent"
PAUSED = "entries were paused before any of it was sent"


class Entering:
    """*posted* is when the signal's text was written; its entries grow too old to send with it.

    `enter` is a task beside the trade's own; what it learns it tells there.
    """

    def __init__(
        self,
        desk: Desk,
        ledger: Ledger,
        wishes: Wishes,
        profile: Profile,
        *,
        inquiry: Inquiry,
        posted: datetime,
        tell: Callable[[Message], None],
        is_new: bool,
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._wishes = wishes
        self._profile = profile
        self._inquiry = inquiry
        self._posted = posted
        self._tell = tell
        self._said = {leg.client_oid for leg in ledger.cancelled(Role.ENTRY)}
        # What an earlier life left without an end may have gone out; what was placed or filled did.
        self._gone_out = (
            set()
            if is_new
            else {
                leg.client_oid
                for leg in ledger.legs_of(Role.ENTRY)
                if leg in ledger.standing() or ledger.was_placed(leg) or ledger.filled_by(leg)
            }
        )
        self._leverage: Decimal | None = None  # as it was last set
        self._news = asyncio.Event()
        self.is_sending = is_new
        """An entry is on its way, or about to be; those that wait for room are not."""
        self.is_held = False
        """Nothing of this trade goes out: its post says something else by now."""

    def hold(self) -> bool:
        """Whether nothing of it went out yet; then nothing does any more."""
        if self._gone_out or self._wishes.is_frozen:
            return False
        self.is_held = True
        self._news.set()
        return True

    async def enter_more(self) -> None:
        """What an edit of the post added, after all before it had its end."""
        self.is_sending = True
        await self._send_all()

    async def enter(self, *, is_new: bool, begun: datetime) -> None:
        """Send the entries that have no outcome yet; of an earlier life's, which ended at *begun*, ask before sending."""
        if not is_new:
            await self._settle_earlier(begun)
        await self._send_all()

    async def _send_all(self) -> None:
        try:
            await self._follow_leverage()
            while (leg := await self._next()) is not None:
                await self._follow_leverage()
                await self._send(leg)
                self._tell(SendsEnded())
        finally:
            self.is_sending = False
            self._ledger.held_back = frozenset()
            self._tell(SendsEnded())

    async def _send(self, planned: Leg) -> None:
        leg = await self._fitted(planned)
        if leg is None or self._ledger.is_sent(leg):  # refused meanwhile, with its reason
            return
        if self.is_held:  # whoever waits for the symbol would wait for nothing
            await self._reject(leg, EDITED)
            return
        still_wanted = partial(self._goes_out, leg)
        self.note(leg, await self._desk.executor.send(leg, still_wanted=still_wanted))

    def _goes_out(self, leg: Leg) -> str | None:
        """Asked right before the request: from here on an edit of the post is one of an order that exists, perhaps."""
        reason = self.still_wanted(leg)
        if reason is None:
            self._gone_out.add(leg.client_oid)
        return reason

    async def _fitted(self, leg: Leg) -> Leg | None:
        """What fills while its cancel is under way is not bought a second time in the new place."""
        ledger, plan = self._ledger, self._ledger.plan
        assert leg.amount is not None, "an entry has an amount"
        if not self._is_reshaped or self._wishes.forbid(leg) or leg.amount <= room(ledger, leg):
            return leg
        amount = plan.market.quantity_down(room(ledger, leg))
        level = leg.price or leg.trigger_price
        reason = "what it should take the place of has filled"
        await self._reject(leg, reason)
        if amount <= 0 or (level is not None and not plan.market.is_tradable(amount, level)):
            return None
        smaller = renewed(ledger, leg, amount, user_id=self._desk.user_id)
        entries = tuple(smaller if one == leg else one for one in plan.entries)
        try:
            await self._desk.journal.add_legs(plan.signal, (smaller,))
        except JournalError as e:
            logger.error("{} is not sent: {}", smaller.name, e)
            return None
        ledger.replan(replace(plan, entries=entries), ledger.notional)
        return smaller

    def look(self) -> None:
        """The trade stands otherwise, perhaps: there may be room for another entry, or one that will never rest."""
        self._news.set()
        for leg in self._ledger.cancelled(Role.ENTRY):
            if leg.client_oid in self._said:
                continue
            self._said.add(leg.client_oid)
            if is_replaced(self._ledger, leg) or self._wishes.forbid(leg):
                continue
            if leg.post_only and not self._ledger.filled_by(leg):
                self._ledger.causes.append(
                    f"{leg.name} was cancelled at the exchange: post-only, it may not fill at once"
                )

    def note(self, leg: Leg, placement: Placement) -> None:
        self._inquiry.note_sent(leg)
        self._ledger.note_placement(placement)
        if isinstance(placement, Rejected):
            self._said.add(leg.client_oid)  # the placement said why
            logger.warning("{} was not placed: {}", leg.name, placement.reason)

    def still_wanted(self, leg: Leg) -> str | None:
        """Why this entry must not go out any more, or None. Asked right before each send."""
        if self.is_held:
            return EDITED
        if leg.client_oid in self._wishes.superseded:
            return "the post was edited: another entry takes its place"
        if self._wishes.forbid(leg):
            return TAKEN_BACK
        if not self._gone_out and self._desk.journal.is_paused():
            return PAUSED
        age_seconds = (self._desk.clock.now() - self._posted).total_seconds()
        most = self._profile.limits.entry_age_seconds_max
        if most is not None and age_seconds > most and not self._has_begun:
            return f"entry_age_seconds_max: {age_seconds:.0f} s old when it could be sent, {most} allowed"
        return self.passed(self._desk.quote(self._ledger.plan.market.symbol))

    def passed(self, quote: Quote | None) -> str | None:
        """The level that the market passed before any entry filled, as a sentence."""
        ledger, plan = self._ledger, self._ledger.plan
        if quote is None or ledger.has_position:
            return None
        if is_losing(plan.side, quote.price, ledger.stop):
            return f"price {quote.price} passed the stop {ledger.stop} before entry"
        if ledger.targets and is_beyond(plan.side, quote.price, ledger.targets[0].price):
            return f"price {quote.price} passed target 1 at {ledger.targets[0].price} before entry"
        return None

    @property
    def _has_begun(self) -> bool:
        """Entries that had to wait for room, or that an edit moved, are bounded by the trade's expiry, not by the
        post's age.
        """
        may_be_late = self._profile.entry.resting_max != "all" or self._is_reshaped
        return may_be_late and any(
            self._ledger.was_placed(leg) for leg in self._ledger.legs_of(Role.ENTRY)
        )

    @property
    def _is_reshaped(self) -> bool:
        return len(self._ledger.planned) > len(self._ledger.plan.entries)

    async def _next(self) -> Leg | None:
        """The entry that goes out now, once one may; None when each has its outcome."""
        while waiting := self._waiting():
            unwanted = next((leg for leg in waiting if self._wishes.forbid(leg)), None)
            if unwanted is not None:
                return unwanted  # its send ends with the reason
            if self._awaits_cancels():
                await self._wait(waiting)
                continue
            if self._profile.entry.resting_max == "all":
                return waiting[0]
            nearest = min(waiting, key=self._distance)
            if nearest.type is OrderType.MARKET or self._has_room():
                self.is_sending, self._ledger.held_back = True, frozenset()
                return nearest
            await self._wait(waiting)
        return None

    async def _wait(self, waiting: list[Leg]) -> None:
        """For news of the trade; meanwhile these are not on their way."""
        self.is_sending = False
        self._ledger.held_back = frozenset(leg.client_oid for leg in waiting)
        self._news.clear()
        await self._news.wait()
        self.is_sending, self._ledger.held_back = True, frozenset()

    def _waiting(self) -> list[Leg]:
        """Where something filled meanwhile, its own place is the last to be filled again."""
        waiting = unsent(self._ledger)
        return sorted(waiting, key=self._filled_before) if self._is_reshaped else waiting

    def _filled_before(self, leg: Leg) -> Quantity:
        earlier = (
            one for one in self._ledger.named(leg.name) if one.client_oid in self._wishes.superseded
        )
        return self._ledger.taken_by(*earlier)

    def _awaits_cancels(self) -> bool:
        """What an edit put others in the place of has to be gone first: an edit is never a second order."""
        standing = self._ledger.standing(Role.ENTRY)
        return any(leg.client_oid in self._wishes.superseded for leg in standing)

    def _has_room(self) -> bool:
        most = self._profile.entry.resting_max
        resting = [
            leg for leg in self._ledger.placed(Role.ENTRY) if leg.type is not OrderType.MARKET
        ]
        return most == "all" or len(resting) < most

    def _distance(self, leg: Leg) -> tuple[bool, object]:
        """At market first, then the nearest; in the plan's order where no price is known."""
        level = leg.price or leg.trigger_price
        quote = self._desk.quote(leg.symbol)
        if level is None or quote is None:
            return (level is not None, 0)
        return (True, abs(quote.price - level))

    async def _settle_earlier(self, begun: datetime) -> None:
        """What an earlier life may have sent. Nothing of it went out after *begun*: absence is waited for once."""
        for leg in unsent(self._ledger):
            settled = await self._desk.executor.settle(
                leg, begun, still_wanted=partial(self.still_wanted, leg)
            )
            if settled is not None:
                self.note(leg, settled)
                self._tell(SendsEnded())
            else:
                self._gone_out.discard(leg.client_oid)

    async def _follow_leverage(self) -> None:
        """Before the first entry, and where an edit asks for another while nothing is open. Not set, nothing goes out."""
        plan = self._ledger.plan
        if self._ledger.has_position or self._leverage == plan.leverage or self.is_held:
            return
        if self._leverage is None and not unsent(self._ledger):
            return
        is_first, self._leverage = self._leverage is None, plan.leverage
        fault = await self._prepare()
        if fault is None:
            return
        await self._give_up(fault)
        if not is_first:
            self._desk.publish(Warned(text=f"{plan.market.symbol}: {fault}", signal=plan.signal))

    async def _prepare(self) -> str | None:
        """Leverage and margin mode as planned: no request where they are so already. Why they could not be set.

        They are the symbol's: where another trade of ours stands there, they stay as that one has them.
        """
        plan = self._ledger.plan
        if self._desk.shared.is_in_use(self._ledger):
            return None
        while True:
            try:
                await self._desk.venue.prepare(
                    plan.market, leverage=plan.leverage, mode=plan.margin_mode
                )
            except (VenueUnreachable, VenueThrottled, OutcomeUnknown) as e:
                if (reason := self.still_wanted(plan.entries[0])) is not None:
                    return f"leverage and margin mode could not be set ({e}); {reason}"
                await self._desk.clock.sleep(PREPARE_PAUSE_SECONDS)
            except VenueError as e:
                return f"leverage and margin mode were refused: {e}"
            else:
                return None

    async def _give_up(self, reason: str) -> None:
        """Nothing was sent and nothing will be."""
        for leg in unsent(self._ledger):
            await self._reject(leg, reason)

    async def _reject(self, leg: Leg, reason: str) -> None:
        rejected = Rejected(client_oid=leg.client_oid, reason=reason)
        await self._desk.record.record_placement(leg.signal, rejected)
        self._ledger.note_placement(rejected)
        self._said.add(leg.client_oid)
        self._desk.publish(SendEnded(signal=leg.signal, placement=rejected, leg=leg))
