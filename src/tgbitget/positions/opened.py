"""Which orders made the position that is open now: its fills tell. Pure."""

from collections.abc import Iterable

from tgbitget.model.ids import VenueOrderId
from tgbitget.model.intent import Side
from tgbitget.model.money import NOTHING, Quantity
from tgbitget.model.order import Fill
from tgbitget.model.plan import OrderSide
from tgbitget.positions.shares import in_order


def still_open(fills: Iterable[Fill]) -> frozenset[VenueOrderId]:
    """The orders that opened what is open now: whatever came before the position was last flat is over."""
    by_side: dict[Side | None, list[Fill]] = {}
    for fill in in_order(fills):
        by_side.setdefault(fill.position_side, []).append(fill)
    return frozenset().union(*map(_still_open, by_side.values()))


def _still_open(fills: Iterable[Fill]) -> set[VenueOrderId]:
    """Of one position; where the venue names no side, the first fill from flat says which it is."""
    opened: set[VenueOrderId] = set()
    held, opens = NOTHING, OrderSide.BUY
    for fill in fills:
        if not held:
            opened = set()
            side = fill.position_side
            opens = fill.side if side is None else OrderSide.opening(side)
        if fill.side is opens:
            held = Quantity(held + fill.amount)
            opened.add(fill.venue_order_id)
        else:
            held = Quantity(max(NOTHING, held - fill.amount))
    return opened if held else set()
