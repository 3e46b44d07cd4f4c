"""Sales of a spot trade: before one goes out, the stop gives its coins free, so that they can never be sold twice.

A stop that names more than is left sells the owner's coins, or, where there are none, nothing at all. So a part stands
bare for the round trip in which it is being sold, and no longer: one that is refused gets its stop back.
"""

from dataclasses import replace
from decimal import Decimal

from tgbitget.model.money import NOTHING, Quantity
from tgbitget.model.order import OrderStatus, Placement, Rejected
from tgbitget.model.plan import Leg, Role
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.sender import TRIED_SECONDS, Sender

_SALES = (Role.CLOSE, Role.TAKE_PROFIT)


def uncommitted(ledger: Ledger) -> Quantity:
    """What no sale is taking already: so much the stop has to sell."""
    under_way = (
        (leg.amount or NOTHING) - ledger.filled_by(leg) for leg in ledger.standing(*_SALES)
    )
    left = ledger.amount - sum(under_way, Decimal(0))
    return ledger.plan.market.quantity_down(max(NOTHING, left))


class SpotSender(Sender):
    async def send(self, leg: Leg) -> Placement:
        if leg.role not in _SALES or await self._make_room(leg):
            return await super().send(leg)
        refused = Rejected(
            client_oid=leg.client_oid, reason="the stop did not give the coins free before the sale"
        )
        if any(one.client_oid == leg.client_oid for one in self._ledger.standing()):
            self._ledger.note_placement(refused)
        return refused

    async def _make_room(self, leg: Leg) -> bool:
        """False when it is not certain that nothing else sells these coins: what is left is then reckoned anew."""
        ledger = self._ledger
        assert leg.amount is not None, "a spot sale names its amount"
        for stop in ledger.unsettled(Role.STOP):
            await self._inquiry.finds(stop)
        others = [one for one in ledger.standing(*_SALES) if one.client_oid != leg.client_oid]
        taken = sum((one.amount or NOTHING) - ledger.filled_by(one) for one in others)
        left = Quantity(ledger.amount - taken - leg.amount)
        for stop in ledger.stops():
            if stop.amount is None or stop.amount > left:
                await self._reduce(stop, left)
        if ledger.misses_fills:
            await self._inquiry.fetch_fills()
        is_free = all(stop.amount is not None and stop.amount <= left for stop in ledger.stops())
        is_same = Quantity(ledger.amount - taken - leg.amount) == left
        return is_free and is_same and left >= 0 and not ledger.misses_exits

    async def _reduce(self, stop: Leg, left: Quantity) -> None:
        market = self._ledger.plan.market
        price = stop.trigger_price
        assert price is not None, "a stop has a price"
        if left > 0 and market.is_tradable(left, price):
            amended = replace(stop, amount=left)
            status = await self._desk.executor.amend_plan(amended, within_seconds=TRIED_SECONDS)
            if status is OrderStatus.LIVE:
                self._inquiry.note_sent(stop)
                self._ledger.note_stop(stop, price, left)
                return
        await self.cancel(stop)
