"""Bringing the venue to what should stand for one trade: its stop, its targets, its closes."""

from collections.abc import Collection

from loguru import logger

from tgbitget.errors import JournalError
from tgbitget.execution.executor import CancelEnd
from tgbitget.model.event import Warned
from tgbitget.model.intent import AtTarget
from tgbitget.model.money import Price, Quantity, exact
from tgbitget.model.order import OrderStatus, Placed, Placement
from tgbitget.model.plan import Leg, Role, Target
from tgbitget.model.trade import Quote
from tgbitget.positions.changes import Close, MoveStop
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.ledger import Ledger, WantedTarget, is_losing, target_number
from tgbitget.positions.orders import close_leg, stop_leg, target_leg
from tgbitget.positions.rules import breakeven, is_beyond, stop_now, tighter
from tgbitget.positions.targets import wanted_targets
from tgbitget.profile import Profile

ALARM_SECONDS = 60.0
RETRY_SECONDS = 5.0


class Exits:
    """Sends exits, one after the other, each recorded first. A refused first stop ends the trade at market."""

    def __init__(self, desk: Desk, ledger: Ledger, profile: Profile, inquiry: Inquiry) -> None:
        self._desk = desk
        self._ledger = ledger
        self._profile = profile
        self._inquiry = inquiry
        self._refused_stop: tuple[Price | None, float] = (None, 0.0)  # where, and when
        self._refused_targets: set[int] = set()
        self._alarm_after = 0.0

    # the stop

    async def protect(self) -> None:
        """A stop for the whole position from the first partial fill on; moved as the rules say."""
        ledger = self._ledger
        if not ledger.has_position:
            return
        wanted = self._wanted_stop()
        standing = ledger.leg_named("stop")
        if not self._may_move_to(wanted):
            wanted = ledger.stop
        if standing is not None and standing.trigger_price == wanted:
            return
        leg = stop_leg(
            ledger.plan, user_id=self._desk.user_id, price=wanted, replacement=self._count("stop")
        )
        placement = await self._send(leg)
        if isinstance(placement, Placed):
            if standing is not None:  # replaced in place, at the venue
                ledger.end(standing.client_oid, OrderStatus.CANCELLED)
                ledger.causes.append(f"stop moved to {exact(wanted)}")
            ledger.stop = wanted
            return
        self._refused_stop = (wanted, self._desk.clock.monotonic())
        if standing is None and wanted == ledger.stop:
            await self._end_unprotected(placement)

    def _wanted_stop(self) -> Price:
        ledger, plan = self._ledger, self._ledger.plan
        asked = ledger.asked_stop or ledger.stop
        return stop_now(
            market=plan.market,
            side=plan.side,
            entry=ledger.entry or plan.stop,
            current=tighter(plan.side, asked, ledger.stop),
            targets=ledger.targets,
            reached=ledger.reached_place,
            best=ledger.best,
            exits=self._profile.exits,
        )

    def _may_move_to(self, wanted: Price) -> bool:
        """Not while the market has passed it, nor soon after the venue refused it there."""
        quote = self._quote()
        is_passed = quote is not None and is_losing(self._ledger.plan.side, quote.price, wanted)
        price, at = self._refused_stop
        is_refused = price == wanted and self._desk.clock.monotonic() < at + RETRY_SECONDS
        return not is_passed and not is_refused

    async def _end_unprotected(self, placement: Placement) -> None:
        """The stop was refused: nobody stays in a position without one."""
        await self._inquiry.fetch_fills()
        if not self._ledger.has_position:
            return  # it closed while we asked for a stop
        reason = getattr(placement, "reason", "no answer")
        logger.error("The stop was refused ({}); the position is closed at market", reason)
        if not await self.close(Close(key="unprotected", cause=f"stop refused: {reason}")):
            self._alarm(
                f"{self._ledger.plan.market.symbol} stands WITHOUT A STOP: it was refused ({reason}) and so "
                "was the close. Close it by hand; we keep trying."
            )

    def _alarm(self, text: str) -> None:
        """At most once a minute: the owner has to be able to read it."""
        now = self._desk.clock.monotonic()
        if now >= self._alarm_after:
            self._alarm_after = now + ALARM_SECONDS
            self._desk.publish(Warned(text=text, signal=self._ledger.plan.signal, is_urgent=True))

    def move_stop(self, change: MoveStop) -> None:
        """Take a tighter stop as the wanted one; `protect` sends it, once the market is on its right side."""
        ledger, plan = self._ledger, self._ledger.plan
        price = self._price_of(change.to)
        if price is None:
            logger.warning("The stop was not moved to {}: there is no such level yet", change.to)
        elif tighter(plan.side, price, ledger.stop) == price:
            self._refused_stop = (None, 0.0)
            ledger.asked_stop = price
        else:
            logger.warning("The stop stays at {}: {} would be looser", ledger.stop, price)

    def _price_of(self, to: Price | AtTarget) -> Price | None:
        ledger, plan = self._ledger, self._ledger.plan
        if not isinstance(to, AtTarget):
            return plan.market.stop_price(to, plan.side)
        if to.number == 0:
            return None if ledger.entry is None else breakeven(plan.market, plan.side, ledger.entry)
        if to.number > len(ledger.targets):
            return None
        return plan.market.stop_price(ledger.targets[to.number - 1].price, plan.side)

    # the targets

    def aim_anew(self, targets: tuple[Target, ...]) -> None:
        """Other targets from now on; `aim` replaces the orders."""
        self._ledger.set_targets(targets)

    async def aim(self) -> None:
        """Each target an order of its own, sized to what has filled; the ones that do not fit are replaced."""
        ledger = self._ledger
        if not ledger.amount or ledger.misses_fills or ledger.leg_named("stop") is None:
            return
        wanted = {
            target.number: target
            for target in wanted_targets(
                market=ledger.plan.market,
                targets=ledger.targets,
                reached=ledger.reached,
                filled=ledger.filled,
                amount=ledger.amount,
            )
            if target.number not in self._refused_targets
        }
        for leg in ledger.standing(Role.TAKE_PROFIT):
            fitting = wanted.get(target_number(leg))
            if fitting is not None and _is_same(leg, fitting):
                del wanted[fitting.number]
            elif not await self.cancel(leg):
                wanted.pop(target_number(leg), None)  # it may stand or have filled: not twice
        for target in wanted.values():
            await self._place_target(target)

    async def _place_target(self, target: WantedTarget) -> None:
        count = self._count(f"target-{target.number}")
        plan, user_id = self._ledger.plan, self._desk.user_id
        placement = await self._send(target_leg(plan, target, user_id=user_id, replacement=count))
        if isinstance(placement, Placed):
            return
        self._refused_targets.add(target.number)
        quote = self._quote()
        if quote is not None and is_beyond(plan.side, quote.price, target.price):
            # The market is past it already: taking it now is what was asked.
            await self._close_amount(f"target-{target.number}", target.amount)
            self._ledger.reached.add(target.number)

    # leaving

    async def close(self, change: Close) -> bool:
        """True when the close is at the venue, or there is nothing to close."""
        ledger = self._ledger
        if change.fraction is None or change.fraction == 1:
            await self.cancel_entries()
        if ledger.misses_fills:
            await self._inquiry.fetch_fills()
        amount = ledger.exposure
        if change.fraction is not None and change.fraction < 1:
            if ledger.count(f"close-{change.key}"):
                return True  # asked for before: its order is settled, not repeated
            amount = ledger.plan.market.quantity_down(amount * change.fraction)
        return not amount or await self._close_amount(change.key, amount)

    async def _close_amount(self, key: str, amount: Quantity) -> bool:
        leg = close_leg(
            self._ledger.plan,
            key,
            user_id=self._desk.user_id,
            amount=amount,
            replacement=self._count(f"close-{key}"),
        )
        return isinstance(await self._send(leg), Placed)

    async def cancel_entries(self, prices: Collection[Price] | None = None) -> None:
        """All that rest, and none is sent any more; or only those at *prices*."""
        self._ledger.is_frozen = self._ledger.is_frozen or prices is None
        for leg in self._ledger.placed(Role.ENTRY):
            if prices is None or leg.price in prices:
                await self.cancel(leg)

    async def clear(self) -> None:
        """Flat: stops and targets that are left go, and entries that rest must not open it again."""
        await self.cancel_entries()
        for leg in self._ledger.placed():
            await self.cancel(leg)

    async def cancel(self, leg: Leg) -> bool:
        """True when the order is known to be gone; one that turned out to have filled is asked about."""
        if await self._desk.executor.cancel(leg) is CancelEnd.CANCELLED:
            self._ledger.end(leg.client_oid, OrderStatus.CANCELLED)
        else:
            await self._inquiry.ask(leg)
        return leg not in self._ledger.standing()

    # inside

    async def _send(self, leg: Leg) -> Placement:
        await self._desk.record.exit_leg(leg)
        self._ledger.add_legs((leg,))
        self._desk.sends.note(self._ledger.channel)
        try:
            placement = await self._desk.executor.send(leg, still_wanted=lambda: None)
        except JournalError as e:  # after the answer, never before it: only the venue knows it now
            logger.error("The end of {} was not written: {}", leg.name, e)
            placement = await self._inquiry.placement_of(leg)
        self._inquiry.note_sent(leg)
        self._ledger.note_placement(placement)
        return placement

    def _count(self, name: str) -> int:
        return self._ledger.count(name)

    def _quote(self) -> Quote | None:
        return self._desk.quote(self._ledger.plan.market.symbol)


def _is_same(leg: Leg, target: WantedTarget) -> bool:
    return leg.trigger_price == target.price and leg.amount == target.amount
