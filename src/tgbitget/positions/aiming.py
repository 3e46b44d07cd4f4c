"""The take profits of one trade: each an order of its own, sized to what has filled."""

from loguru import logger

from tgbitget.model.event import Warned
from tgbitget.model.money import Quantity, exact
from tgbitget.model.order import Rejected
from tgbitget.model.plan import Leg, OrderType, Role, Target
from tgbitget.model.trade import Quote
from tgbitget.positions.desk import Desk
from tgbitget.positions.leaving import Leaving
from tgbitget.positions.ledger import Ledger, WantedTarget, target_number
from tgbitget.positions.orders import TargetForm, activation, target_leg
from tgbitget.positions.rules import is_beyond
from tgbitget.positions.sender import Sender
from tgbitget.positions.targets import wanted_targets
from tgbitget.profile import ExitsSection, Profile

# A refused target is no danger, for the stop stands; but a venue under maintenance refuses for a while only.
AGAIN_SECONDS = 60.0


class Aiming:
    """What the profile wants the targets to be, resting or trailing, they are as long as the venue takes it."""

    def __init__(
        self, desk: Desk, ledger: Ledger, profile: Profile, *, sender: Sender, leaving: Leaving
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._exits: ExitsSection = profile.exits
        self._sender = sender
        self._leaving = leaving
        self._refused_at: dict[int, float] = {}
        self._may_rest = True
        self._may_trail = True

    def look(self, quote: Quote) -> None:
        """A target that is met and not sold there, for it trails or has no share, is reached all the same."""
        ledger = self._ledger
        for target in ledger.targets:
            number = target.number
            if number in ledger.reached | ledger.activated:
                continue
            leg = ledger.leg_named(f"target-{number}")
            is_sold_there = leg is not None and leg.trail_percent is None
            if not is_sold_there and is_beyond(ledger.plan.side, quote.price, target.price):
                ledger.activated.add(number)
                ledger.causes.append(f"target {ledger.place_of(number)} reached")

    async def aim(self) -> None:
        """The ones that do not fit any more are replaced; one that may stand or have filled is not placed twice."""
        ledger = self._ledger
        if not ledger.amount or ledger.misses_fills or ledger.leg_named("stop") is None:
            return
        if (quote := self._sender.quote()) is not None:
            self.look(quote)
        wanted = self._wanted()
        unsettled = ledger.unsettled(Role.TAKE_PROFIT)
        for leg in ledger.standing(Role.TAKE_PROFIT):
            number = target_number(leg)
            fitting = wanted.get(number)
            if leg.client_oid in ledger.by_hand.moved:
                wanted.pop(number, None)
            elif fitting is not None and self._is_same(leg, fitting):
                del wanted[number]
            elif leg in unsettled or not await self._sender.cancel(leg):
                wanted.pop(number, None)
        for target in wanted.values():
            await self._place(target)

    def _wanted(self) -> dict[int, WantedTarget]:
        ledger, now = self._ledger, self._desk.clock.monotonic()
        refused = {number for number, at in self._refused_at.items() if now < at + AGAIN_SECONDS}
        every = wanted_targets(
            market=ledger.plan.market,
            targets=self._targets(),
            reached=ledger.reached,
            filled=ledger.filled,
            amount=ledger.amount,
            taken={target.number: self._taken(target.number) for target in ledger.targets},
            begun=self._begun(),
        )
        kept = refused | {target_number(ledger.leg(oid)) for oid in ledger.by_hand.doubtful}
        return {target.number: target for target in every if target.number not in kept}

    def _targets(self) -> tuple[Target, ...]:
        """Where somebody took the last one away, what is left when the others are reached is the stop's."""
        ledger = self._ledger
        left = tuple(t for t in ledger.targets if t.number not in ledger.by_hand.dropped)
        is_over = left[-1:] != ledger.targets[-1:] and all(
            target.number in ledger.reached for target in left
        )
        return () if is_over else left

    def _taken(self, number: int) -> Quantity:
        return self._ledger.filled_by(*self._ledger.named(f"target-{number}"))

    def _begun(self) -> dict[int, Quantity]:
        """Orders that are left alone: a second one would begin anew, at the end of the queue or of the trail."""
        ledger = self._ledger
        return {
            target_number(leg): self._left(leg)
            for leg in ledger.placed(Role.TAKE_PROFIT)
            if ledger.filled_by(leg)
            or leg.client_oid in ledger.by_hand.moved
            or (leg.trail_percent and target_number(leg) in ledger.activated)
        }

    def _left(self, leg: Leg) -> Quantity:
        assert leg.amount is not None, "a target without an amount"
        amount = self._ledger.by_hand.moved.get(leg.client_oid, leg.amount)
        return Quantity(amount - self._ledger.filled_by(leg))

    def _form(self, number: int) -> TargetForm:
        trail = (
            self._exits.trail_percent(self._ledger.place_of(number)) if self._may_trail else None
        )
        return TargetForm(
            rests=self._exits.orders == "limit" and trail is None and self._can_rest,
            trail_percent=trail,
        )

    @property
    def _can_rest(self) -> bool:
        """In hedge mode what rests would lock its share of the position, and a stop could not sell it."""
        return self._may_rest and not self._desk.venue.is_hedged

    def _is_same(self, leg: Leg, target: WantedTarget) -> bool:
        form = self._form(target.number)
        if self._left(leg) != target.amount or leg.trail_percent != form.trail_percent:
            return False
        if form.trail_percent is not None and leg.trigger_price is not None:
            # Where the market was past the target already, it trails from there on.
            return is_beyond(self._ledger.plan.side, leg.trigger_price, target.price)
        # One that stands there in the other form is not taken away for it: the new one might be refused.
        return (leg.price or leg.trigger_price) == target.price

    async def _place(self, target: WantedTarget) -> None:
        plan, name, form = self._ledger.plan, f"target-{target.number}", self._form(target.number)
        quote = self._sender.quote()
        leg = target_leg(
            plan,
            target,
            form,
            user_id=self._desk.user_id,
            replacement=self._sender.replacement(name),
            trigger=activation(plan, target.price, quote) if form.trail_percent else target.price,
        )
        placement = await self._sender.send(leg)
        if not isinstance(placement, Rejected):
            return
        if leg.trail_percent is not None or leg.type is OrderType.LIMIT:
            self._fall_back(leg, placement)
            return
        self._refused_at[target.number] = self._desk.clock.monotonic()
        if quote is not None and is_beyond(plan.side, quote.price, target.price):
            # The market is past it already: taking it now is what was asked.
            await self._leaving.close_amount(name, target.amount)
            self._ledger.reached.add(target.number)

    def _fall_back(self, leg: Leg, refused: Rejected) -> None:
        """The venue does not take what was asked: targets are sold when their price is reached, as by default."""
        what = "rests" if leg.trail_percent is None else f"trails at {exact(leg.trail_percent)} %"
        if leg.trail_percent is None:
            self._may_rest = False
        else:
            self._may_trail = False
        logger.warning("No target that {}: {}", what, refused.reason)
        text = (
            f"{leg.symbol}: Bitget takes no target that {what} ({refused.reason}); "
            "the targets are sold when their price is reached."
        )
        self._desk.publish(Warned(text=text, signal=leg.signal))
