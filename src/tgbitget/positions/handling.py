"""Somebody's hand on a trade at the exchange: noticed, followed or left alone, told once. Stops are put back elsewhere."""

from collections.abc import Mapping

from loguru import logger

from tgbitget.model.event import Warned
from tgbitget.model.ids import ClientOrderId
from tgbitget.model.market import Product, short_symbol
from tgbitget.model.money import NOTHING, Quantity, exact
from tgbitget.model.order import Rejected, VenueOrder
from tgbitget.model.plan import Leg, Role
from tgbitget.positions.amendments import is_replaced
from tgbitget.positions.by_hand import CODE, is_taken_away
from tgbitget.positions.changes import Observed
from tgbitget.positions.desk import Desk
from tgbitget.positions.ledger import Ledger, target_number

# A look may come between a fill and its list; what two looks in a row show is so.
SIGHTINGS = 2


class Handling:
    """*placed_at* says when each order of this life was sent: of an earlier one's, nobody knows who cancelled it."""

    def __init__(
        self, desk: Desk, ledger: Ledger, placed_at: Mapping[ClientOrderId, float]
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._placed_at = placed_at
        self._heard: set[ClientOrderId] = set()
        self._odd: tuple[Quantity, int] = (NOTHING, 0)  # the position's amount, in how many looks
        self._told: tuple[Quantity, Quantity] | None = None

    # orders

    def note_order(self, order: VenueOrder, *, has_ended: bool) -> None:
        ledger = self._ledger
        leg = ledger.leg_of(order)
        if leg is None:
            return
        is_first_word = leg.client_oid not in {*self._placed_at, *self._heard}
        self._heard.add(leg.client_oid)
        if ledger.plan.market.product is Product.USDT_FUTURES and ledger.by_hand.moves(leg, order):
            self._publish(f"{_moved(leg, order)} at the exchange; it is left to you")
        if has_ended and not is_first_word and ledger.by_hand.takes_back(leg, order):
            self._note_taken_back(leg)

    def _note_taken_back(self, leg: Leg) -> None:
        if leg.role is Role.ENTRY:
            if is_replaced(self._ledger, leg) or leg.post_only:
                return  # by ourselves; or by the venue, which tells by itself what is post-only
            self._publish(f"{_named(leg)} was cancelled at the exchange; it stays so")
        elif is_taken_away(leg):
            self._ledger.by_hand.doubtful[leg.client_oid] = self._desk.clock.monotonic()

    async def judge(self, asked_at: float) -> None:
        """The position stood after these targets had gone: it was not with the position that they went."""
        ledger, doubtful = self._ledger, self._ledger.by_hand.doubtful
        for oid in [oid for oid, gone_at in doubtful.items() if gone_at < asked_at]:
            del doubtful[oid]
            dropped = Rejected(client_oid=oid, reason="cancelled at the exchange", code=CODE)
            ledger.note_placement(dropped)
            await self._desk.record.record_placement(ledger.plan.signal, dropped)
            number = ledger.place_of(target_number(ledger.leg(oid)))
            self._publish(f"target {number} was cancelled at the exchange; it stays so")

    # amounts

    def agrees(self, seen: Observed) -> bool:
        """Whether the position is what our trades there have open, together with what somebody added."""
        return _amount(seen) == self._expected

    def compare_amounts(self, seen: Observed) -> None:
        """Told by the oldest trade there, once for each state of things."""
        shared, ledger = self._desk.shared, self._ledger
        if next(iter(shared.together(ledger)), None) is not ledger:
            return
        amount, by_hand = _amount(seen), shared.by_hand(ledger)
        if not amount or (amount == self._expected and not by_hand):
            self._odd, self._told = (NOTHING, 0), None
            return
        self._odd = (amount, self._odd[1] + 1 if self._odd[0] == amount else 1)
        if self._odd[1] >= SIGHTINGS and self._told != (amount, by_hand):
            self._told = (amount, by_hand)
            self._tell(amount)

    def _tell(self, amount: Quantity) -> None:
        ledger = self._ledger
        ours = self._desk.shared.total(ledger)
        text = f"{exact(amount)} stands at the exchange, {exact(ours)} of it was opened here"
        if amount < ours:
            text = f"{exact(amount)} stands at the exchange, {exact(ours)} was opened here, and no fill says why"
        elif not ledger.plan.sizes_stop:
            text += "; the rest is left alone, but the stop is of the whole position"
        else:
            text += "; the rest is left alone, without a stop of ours"
        self._publish(text)

    def _publish(self, what: str) -> None:
        plan = self._ledger.plan
        text = f"{plan.side} {short_symbol(plan.market.symbol)}: {what}"
        logger.warning("{}", text)
        self._desk.publish(Warned(text=text, signal=plan.signal))

    @property
    def _expected(self) -> Quantity:
        shared = self._desk.shared
        return Quantity(shared.total(self._ledger) + shared.by_hand(self._ledger))


def _amount(seen: Observed) -> Quantity:
    return NOTHING if seen.position is None else seen.position.amount


def _moved(leg: Leg, order: VenueOrder) -> str:
    at = order.trigger_price or order.price
    return f"{_named(leg)} was moved to {exact(at)}" if at else f"{_named(leg)} was moved"


def _named(leg: Leg) -> str:
    return leg.name.replace("-", " ")
