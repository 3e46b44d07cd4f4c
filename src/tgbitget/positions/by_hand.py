"""What somebody did at the exchange with orders of one trade: it is followed, left alone, and told. Pure.

An entry that was cancelled stays cancelled, and so does a target; an order that was moved is left where it is, and no
longer steered. Stops are no matter of this page: they are put back.
"""

from dataclasses import dataclass, field

from tgbitget.model.ids import ClientOrderId
from tgbitget.model.money import Quantity
from tgbitget.model.order import OrderStatus, VenueOrder
from tgbitget.model.plan import Leg, OrderType, Role

CODE = "by_hand"
"""Of a placement in the journal: the order was there, and somebody took it away."""


@dataclass(slots=True)
class ByHand:
    cancelling: set[ClientOrderId] = field(default_factory=set)
    """Orders that we asked the venue to cancel."""
    moved: dict[ClientOrderId, Quantity] = field(default_factory=dict)
    """Orders that stand otherwise than we sent them, and how much each would trade."""
    doubtful: dict[ClientOrderId, float] = field(default_factory=dict)
    """Targets that went without a word of ours, and when (monotonic): by hand, or with the position."""
    dropped: set[int] = field(default_factory=set)
    """Numbers of the targets that somebody does not want any more."""

    def takes_back(self, leg: Leg, order: VenueOrder) -> bool:
        """Whether this is the news that somebody else cancelled an order of ours."""
        return (
            order.status is OrderStatus.CANCELLED
            and not order.is_failed
            and leg.client_oid not in self.cancelling
        )

    def moves(self, leg: Leg, order: VenueOrder) -> bool:
        """Whether this is the news that somebody moved or resized an order of ours."""
        if leg.client_oid in self.moved or not _is_steered(leg) or order.parent is not None:
            return False
        if order.status is not OrderStatus.LIVE or not _differs(leg, order):
            return False
        self.moved[leg.client_oid] = order.amount
        return True


def is_taken_away(leg: Leg) -> bool:
    """A target that waits as a plan goes by hand alone; one that rests the venue may cancel itself, to make room."""
    return leg.role is Role.TAKE_PROFIT and leg.type is OrderType.TRIGGER


def _is_steered(leg: Leg) -> bool:
    return leg.role in (Role.ENTRY, Role.TAKE_PROFIT) and leg.trail_percent is None


def _differs(leg: Leg, order: VenueOrder) -> bool:
    # What is left of an order that filled in part is no smaller order: only plans, which fill at once, are measured.
    is_plan = leg.type is OrderType.TRIGGER
    pairs = (
        (leg.trigger_price, order.trigger_price),
        (leg.price, order.price),
        (leg.amount, order.amount if is_plan else None),
    )
    return any(ours is not None and theirs and ours != theirs for ours, theirs in pairs)
