"""The take profits of a spot trade: watched by our own clock, for a resting sale would lock the coins that the stop must sell.

When the price is there, the stop gives the target's share free, and it is sold at market. One at a time: how much is left
decides what the next one takes.
"""

from dataclasses import replace

from loguru import logger

from tgbitget.model.money import Price, Quantity
from tgbitget.model.order import Rejected
from tgbitget.model.plan import OrderType, Role
from tgbitget.model.trade import Quote
from tgbitget.planning.spot import sellable
from tgbitget.positions.desk import Desk
from tgbitget.positions.ledger import Ledger, WantedTarget, target_number
from tgbitget.positions.orders import target_leg
from tgbitget.positions.rules import is_beyond
from tgbitget.positions.sender import Sender
from tgbitget.positions.targets import wanted_targets
from tgbitget.positions.wishes import Wishes

# The stop stands meanwhile; coins that an order of the owner's locks are free again when he wants.
AGAIN_SECONDS = 5.0
QUOTE_AGE_SECONDS_MAX = 10.0


class SpotAiming:
    def __init__(self, desk: Desk, ledger: Ledger, wishes: Wishes, *, sender: Sender) -> None:
        self._desk = desk
        self._ledger = ledger
        self._wishes = wishes
        self._sender = sender
        self._again_at = float("-inf")

    def look(self, quote: Quote) -> None:
        """A target that is met and has no share is reached all the same: it may move the stop."""
        ledger = self._ledger
        for target in ledger.targets:
            is_known = target.number in ledger.reached | ledger.activated
            if not target.share_percent and not is_known and _is_met(ledger, quote, target.price):
                ledger.activated.add(target.number)
                ledger.causes.append(f"target {ledger.place_of(target.number)} reached")

    async def aim(self) -> None:
        """Sell the share of the nearest target that the price has reached. What is on its way already comes first."""
        ledger = self._ledger
        self._count_parts()
        if not ledger.amount or ledger.misses_fills or self._wishes.closing is not None:
            return
        if ledger.standing(Role.TAKE_PROFIT, Role.CLOSE):
            return
        quote = self._sender.quote()
        if quote is None or quote.age_seconds > QUOTE_AGE_SECONDS_MAX:
            return
        met = (target for target in self._wanted() if _is_met(ledger, quote, target.price))
        target = next(met, None)
        if target is not None and self._desk.clock.monotonic() >= self._again_at:
            await self._sell(target)

    def _wanted(self) -> tuple[WantedTarget, ...]:
        """Each part, and so all that is left behind one, can be sold at the stop too."""
        ledger = self._ledger
        return wanted_targets(
            market=sellable(ledger.plan.market, ledger.stop),
            targets=ledger.targets,
            reached=ledger.reached,
            filled=ledger.filled,
            amount=ledger.amount,
            taken={target.number: self._taken(target.number) for target in ledger.targets},
        )

    def _taken(self, number: int) -> Quantity:
        return self._ledger.filled_by(*self._ledger.named(f"target-{number}"))

    async def _sell(self, target: WantedTarget) -> None:
        plan, name = self._ledger.plan, f"target-{target.number}"
        leg = target_leg(
            plan,
            target,
            user_id=self._desk.user_id,
            replacement=self._sender.replacement(name),
        )
        placement = await self._sender.send(replace(leg, type=OrderType.MARKET, trigger_price=None))
        if isinstance(placement, Rejected):
            logger.warning("Target {} could not be sold: {}", target.number, placement.reason)
            self._again_at = self._desk.clock.monotonic() + AGAIN_SECONDS

    def _count_parts(self) -> None:
        """A sale that the venue ended before all was sold has taken its target: the price is not waited for again."""
        ledger = self._ledger
        for leg in ledger.cancelled(Role.TAKE_PROFIT):
            number = target_number(leg)
            if number not in ledger.reached and ledger.filled_by(leg):
                ledger.reached.add(number)
                ledger.causes.append(f"target {ledger.place_of(number)} reached, sold in part")


def _is_met(ledger: Ledger, quote: Quote, level: Price) -> bool:
    return is_beyond(ledger.plan.side, quote.price, level)
