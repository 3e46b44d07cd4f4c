"""The ways out of one trade: closes at market, and entries that may not rest any more."""

import asyncio

from loguru import logger

from tgbitget.model.event import Warned
from tgbitget.model.money import NOTHING, Quantity
from tgbitget.model.order import Placement, Rejected
from tgbitget.model.plan import Leg, Role
from tgbitget.positions.changes import CancelRest, Close
from tgbitget.positions.coins import part
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.orders import close_leg
from tgbitget.positions.parts import Parts
from tgbitget.positions.sender import Sender
from tgbitget.positions.wishes import Wishes
from tgbitget.venues.ccxt_errors import NO_POSITION

ALARM_SECONDS = 60.0
AGAIN_SECONDS = 5.0
AGAIN_WITHOUT_STOP_SECONDS = 0.5
UNPROTECTED = "unprotected"
"""The key of a close that nobody asked for: the trade has no stop."""


class Leaving:
    """What is asked for here is brought about by `leave` and `withdraw`, however often they have to be called for it."""

    def __init__(
        self, desk: Desk, ledger: Ledger, wishes: Wishes, *, inquiry: Inquiry, sender: Sender
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._wishes = wishes
        self._inquiry = inquiry
        self._sender = sender
        self._parts = Parts(desk, ledger, wishes, inquiry=inquiry, sender=sender)
        self._refused_at = float("-inf")
        self._refusals = 0
        self._alarm_after = 0.0

    def close_all(self, change: Close) -> None:
        """For want of a stop only as long as nobody asked for it; what has been sent already is closing it."""
        wishes = self._wishes
        wishes.is_frozen = True
        if change.key != UNPROTECTED and wishes.asked_to_close is None:
            wishes.asked_to_close = change.key
        if wishes.closing is None or (wishes.closing == UNPROTECTED and not self._is_sent()):
            wishes.closing = change.key

    def stay(self) -> None:
        """A stop stands after all: what was to go only for want of one is kept, without the entries that rested."""
        if self._wishes.closing != UNPROTECTED or self._is_sent():
            return
        self._wishes.closing = self._wishes.asked_to_close
        if self._wishes.closing is None:
            logger.info("The stop stands after all; the position is not closed")
            self._ledger.causes.append("the stop stands after all, so it is not closed")

    @property
    def is_about_to_close(self) -> bool:
        """For want of a stop, at the next `leave`: a stop that is placed before it still helps."""
        is_due = self._desk.clock.monotonic() >= self._refused_at + self._pause()
        return self._wishes.closing == UNPROTECTED and not self._is_sent() and is_due

    def _is_sent(self) -> bool:
        """Whether a close for want of a stop may be at the venue."""
        name = f"close-{UNPROTECTED}"
        legs = self._ledger.named(name)
        return self._ledger.leg_named(name) is not None or any(
            self._ledger.was_placed(leg) for leg in legs
        )

    async def close_part(self, change: Close) -> None:
        """A part of what is open now; one that was asked for before is no second one."""
        ledger = self._ledger
        if change.fraction is None:
            return
        if ledger.misses_fills:
            await self._inquiry.fetch_fills()
        amount = part(ledger.plan, ledger.exposure, change.fraction, stop=ledger.stop)
        if amount:
            await self.close_amount(change.key, amount)

    async def close_amount(self, key: str, amount: Quantity) -> None:
        self._parts.want(key, amount)
        await self._parts.close()

    def cancel_rest(self, change: CancelRest) -> None:
        self._ledger.causes.append(change.cause)
        if change.prices is None:
            self._wishes.is_frozen = True
        else:
            self._wishes.dropped |= change.prices

    async def leave(self) -> None:
        """Where the position has to go: a close for all of it, again when it was refused."""
        await self._parts.close()
        ledger, key = self._ledger, self._wishes.closing
        if ledger.is_past_targets and ledger.entries_rest and not self._wishes.is_frozen:
            self.cancel_rest(CancelRest(cause="after the last target nothing more is entered"))
        if key is None or not ledger.has_position or ledger.leg_named(f"close-{key}") is not None:
            return
        if self._desk.clock.monotonic() < self._refused_at + self._pause():
            return
        amount = await self.left_to_close()
        if not amount:
            return
        # Where others share the position, a close that is sent twice would take what is theirs.
        send = self._sender.send if ledger.plan.sizes_stop else self._sender.urge
        placement = await send(self._leg(key, amount))
        if not isinstance(placement, Rejected):
            self._refusals = 0
            return
        self._refused_at = self._desk.clock.monotonic()
        self._refusals += 1
        if placement.code == NO_POSITION:
            # Closed already, by a stop or by hand: what is missing here are its fills.
            await self._inquiry.fetch_fills()
        else:
            self._alarm(placement)

    async def left_to_close(self, *, is_doubted: bool = False) -> Quantity:
        """What is open, asked for where it is in doubt. Where nobody answers, less what our exits are known to have taken
        from a position that stands on without this trade: sold again, that would be somebody else's.
        """
        ledger = self._ledger
        if not (is_doubted or ledger.misses_fills or self._untold_exits()):
            return ledger.exposure
        is_answered = await self._inquiry.fetch_fills()
        if is_answered or not self._desk.shared.is_left_to_others(ledger):
            return ledger.exposure
        return Quantity(max(NOTHING, ledger.exposure - self._untold_exits()))

    def _untold_exits(self) -> Quantity:
        exits = self._ledger.legs_of(Role.STOP, Role.TAKE_PROFIT, Role.CLOSE)
        return Quantity(self._ledger.taken_by(*exits) - self._ledger.filled_by(*exits))

    async def withdraw(self) -> None:
        """Entries that rest and may not; all at once, for each may fill meanwhile."""
        async with asyncio.TaskGroup() as tasks:
            for leg in self._ledger.placed(Role.ENTRY):
                if self._wishes.forbid(leg) and not self._is_left_alone(leg):
                    tasks.create_task(self._sender.cancel(leg))

    def _is_left_alone(self, leg: Leg) -> bool:
        """Somebody moved it at the exchange: it is theirs to cancel, until the whole trade has to go."""
        return leg.client_oid in self._ledger.by_hand.moved and self._wishes.closing is None

    async def clear(self) -> None:
        """Flat: stops and targets that are left go, and entries that rest must not open it again."""
        self._wishes.is_frozen = True
        for leg in self._ledger.placed():
            await self._inquiry.ask(
                leg
            )  # most went with the position, which is no cancel's business
            if leg in self._ledger.standing():
                await self._sender.cancel(leg)

    def _pause(self) -> float:
        """Soon where nothing covers the position, then less and less often."""
        if self._ledger.leg_named("stop") is not None:
            return AGAIN_SECONDS
        return min(AGAIN_SECONDS, AGAIN_WITHOUT_STOP_SECONDS * 2.0 ** max(0, self._refusals - 1))

    def _leg(self, key: str, amount: Quantity) -> Leg:
        return self._sender.again(
            lambda number: close_leg(
                self._ledger.plan,
                key,
                user_id=self._desk.user_id,
                amount=amount,
                replacement=number,
            ),
            f"close-{key}",
        )

    def _alarm(self, placement: Placement) -> None:
        """At most once a minute: the owner has to be able to read it."""
        symbol, stop = self._ledger.plan.market.symbol, self._ledger.leg_named("stop")
        reason = getattr(placement, "reason", "no answer")
        logger.error("The close of {} was refused: {}", symbol, reason)
        now = self._desk.clock.monotonic()
        if now < self._alarm_after:
            return
        self._alarm_after = now + ALARM_SECONDS
        if stop is not None:
            text = f"{symbol} could not be closed ({reason}); its stop stands. Close it by hand; we keep trying."
        elif self._wishes.is_unseen:
            text = (
                f"{symbol}: none of its stops could be placed or seen, and its close was refused ({reason}). "
                "The stop that its entry brought should stand: look at Bitget; we keep trying."
            )
        else:
            text = (
                f"{symbol} stands WITHOUT A STOP, and its close was refused ({reason}). "
                "Close it by hand; we keep trying."
            )
        self._desk.publish(
            Warned(
                text=text,
                signal=self._ledger.plan.signal,
                is_urgent=True,
            )
        )
