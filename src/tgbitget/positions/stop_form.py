"""How a trade's stop is placed: one of the whole position, or orders of exactly what the trade holds. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tgbitget.model.money import Price, Quantity
from tgbitget.model.plan import Leg, OrderPlan
from tgbitget.positions.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class StopForm:
    """What differs between markets and between trades that share a position.

    `amount` is what a stop placed now has to name, None for the whole position. Where a stop `replaces_in_place`, the
    venue drops the one before by itself; otherwise the one before is cancelled once the new one stands.
    """

    amount: Callable[[Ledger], Quantity | None]
    replaces_in_place: bool


def _of_the_whole_position(_: Ledger) -> None:
    return None


def _held(ledger: Ledger) -> Quantity:
    """All that may be open; of less than the venue's smallest order, that much: too much closes no more than is there."""
    return max(ledger.exposure, ledger.plan.market.min_quantity)


WHOLE = StopForm(amount=_of_the_whole_position, replaces_in_place=True)
SIZED = StopForm(amount=_held, replaces_in_place=False)


def form_of(plan: OrderPlan) -> StopForm:
    return SIZED if plan.sizes_stop else WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedStop:
    """Where a stop should stand, and of how much; `amount` None: the whole position."""

    price: Price
    amount: Quantity | None

    def fits(self, leg: Leg) -> bool:
        return (leg.trigger_price, leg.amount) == (self.price, self.amount)


def is_covered(ledger: Ledger, stops: Sequence[Leg]) -> bool:
    """Whether *stops* take all that is open, at whatever prices."""
    if any(stop.amount is None for stop in stops):
        return True
    amounts = (stop.amount for stop in stops if stop.amount is not None)
    return sum(amounts, Decimal(0)) >= ledger.exposure
