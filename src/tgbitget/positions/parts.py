"""Closes of a part of the position: each is wanted until it is placed, or was refused too often."""

from loguru import logger

from tgbitget.model.event import Warned
from tgbitget.model.money import Quantity
from tgbitget.model.order import Rejected
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.orders import close_leg
from tgbitget.positions.sender import Sender
from tgbitget.positions.wishes import Wishes
from tgbitget.venues.ccxt_errors import NO_POSITION

# After each refusal; a maintenance lasts minutes, and an hour later nobody means that close any more.
AGAIN_SECONDS = (2.0, 8.0, 30.0, 120.0)


class Parts:
    """Sent as entries are: once, and what became of it is asked. The journal's legs count the tries, across lives."""

    def __init__(
        self, desk: Desk, ledger: Ledger, wishes: Wishes, *, inquiry: Inquiry, sender: Sender
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._wishes = wishes
        self._inquiry = inquiry
        self._sender = sender
        self._wanted: dict[str, Quantity] = {}
        self._not_before: dict[str, float] = {}

    def want(self, key: str, amount: Quantity) -> None:
        """Once for each *key*; of one that an earlier life began, as much as that wanted."""
        before = self._ledger.named(f"close-{key}")
        self._wanted.setdefault(key, next((leg.amount for leg in before if leg.amount), amount))

    async def close(self) -> None:
        for key in list(self._wanted):
            name = f"close-{key}"
            if self._wishes.closing is not None or self._is_done(name):
                del self._wanted[key]
            elif self._may_go(name):
                await self._send(key, name)

    def _is_done(self, name: str) -> bool:
        """Placed, or filled before anybody said that it was placed."""
        ledger = self._ledger
        legs = ledger.named(name)
        is_there = any(ledger.was_placed(leg) for leg in legs) or ledger.filled_by(*legs) > 0
        return is_there or ledger.is_flat_again

    def _may_go(self, name: str) -> bool:
        is_on_its_way = self._ledger.leg_named(name) is not None
        is_early = self._desk.clock.monotonic() < self._not_before.get(name, 0.0)
        return self._ledger.has_position and not is_on_its_way and not is_early

    async def _send(self, key: str, name: str) -> None:
        ledger, tries = self._ledger, self._sender.replacement(name)
        if tries > len(AGAIN_SECONDS):
            self._give_up(key, "it was refused before")
            return
        if ledger.misses_fills:
            await self._inquiry.fetch_fills()
        amount = min(self._wanted[key], ledger.exposure)
        if not amount:
            return
        leg = close_leg(
            ledger.plan, key, user_id=self._desk.user_id, amount=amount, replacement=tries
        )
        placement = await self._sender.send(leg)
        if not isinstance(placement, Rejected):
            return
        logger.warning("{} was refused: {}", name, placement.reason)
        if placement.code == NO_POSITION:
            await self._inquiry.fetch_fills()
        if tries == len(AGAIN_SECONDS):
            self._give_up(key, placement.reason)
        else:
            self._not_before[name] = self._desk.clock.monotonic() + AGAIN_SECONDS[tries]

    def _give_up(self, key: str, reason: str) -> None:
        symbol = self._ledger.plan.market.symbol
        text = (
            f"{symbol}: a part of it ({self._wanted.pop(key)}) could not be closed in {len(AGAIN_SECONDS) + 1} tries "
            f"({reason}). It stays open, with its stop; close it by hand if you want it closed."
        )
        self._desk.publish(Warned(text=text, signal=self._ledger.plan.signal, is_urgent=True))
