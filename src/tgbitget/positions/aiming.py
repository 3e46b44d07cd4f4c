"""The take profits of one trade: each an order of its own, sized to what has filled."""

from tgbitget.model.order import Rejected
from tgbitget.model.plan import Leg, Role
from tgbitget.positions.desk import Desk
from tgbitget.positions.leaving import Leaving
from tgbitget.positions.ledger import Ledger, WantedTarget, target_number
from tgbitget.positions.orders import target_leg
from tgbitget.positions.rules import is_beyond
from tgbitget.positions.sender import Sender
from tgbitget.positions.targets import wanted_targets

# A refused target is no danger, for the stop stands; but a venue under maintenance refuses for a while only.
AGAIN_SECONDS = 60.0


class Aiming:
    def __init__(self, desk: Desk, ledger: Ledger, *, sender: Sender, leaving: Leaving) -> None:
        self._desk = desk
        self._ledger = ledger
        self._sender = sender
        self._leaving = leaving
        self._refused_at: dict[int, float] = {}

    async def aim(self) -> None:
        """The ones that do not fit any more are replaced; one that may stand or have filled is not placed twice."""
        ledger = self._ledger
        if not ledger.amount or ledger.misses_fills or ledger.leg_named("stop") is None:
            return
        wanted = self._wanted()
        unsettled = ledger.unsettled(Role.TAKE_PROFIT)
        for leg in ledger.standing(Role.TAKE_PROFIT):
            number = target_number(leg)
            fitting = wanted.get(number)
            if fitting is not None and _is_same(leg, fitting):
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
            targets=ledger.targets,
            reached=ledger.reached,
            filled=ledger.filled,
            amount=ledger.amount,
        )
        return {target.number: target for target in every if target.number not in refused}

    async def _place(self, target: WantedTarget) -> None:
        plan, name = self._ledger.plan, f"target-{target.number}"
        count = self._sender.replacement(name)
        leg = target_leg(plan, target, user_id=self._desk.user_id, replacement=count)
        if not isinstance(await self._sender.send(leg), Rejected):
            return
        self._refused_at[target.number] = self._desk.clock.monotonic()
        quote = self._sender.quote()
        if quote is not None and is_beyond(plan.side, quote.price, target.price):
            # The market is past it already: taking it now is what was asked.
            await self._leaving.close_amount(name, target.amount)
            self._ledger.reached.add(target.number)


def _is_same(leg: Leg, target: WantedTarget) -> bool:
    return leg.trigger_price == target.price and leg.amount == target.amount
