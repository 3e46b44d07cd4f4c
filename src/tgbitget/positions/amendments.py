"""Entries whose attached stop was changed while they rested: a limit order is then replaced by one of its own. Pure."""

from dataclasses import replace
from decimal import Decimal

from tgbitget.model.ids import ClientOrderId, client_order_id
from tgbitget.model.money import NOTHING, Price, Quantity
from tgbitget.model.plan import Leg, OrderType, Role
from tgbitget.positions.ledger import Ledger, is_losing


def predecessor(ledger: Ledger, leg: Leg) -> Leg | None:
    """The entry in whose place the venue puts this one; such a leg is never sent itself."""
    if leg.role is not Role.ENTRY or not leg.replacement or leg.client_oid in ledger.planned:
        return None
    earlier = (
        one
        for one in ledger.named(leg.name)
        if one.replacement < leg.replacement
        and (not one.replacement or ledger.was_placed(one))
        and shape(one) == shape(leg)
    )
    return max(earlier, key=lambda one: one.replacement, default=None)


def unsent(ledger: Ledger) -> list[Leg]:
    """Entries that are still to be sent, or were, nobody knows."""
    return [leg for leg in ledger.unsettled(Role.ENTRY) if predecessor(ledger, leg) is None]


def in_flight(ledger: Ledger, leg: Leg) -> Leg | None:
    """What takes the place of this entry, as soon as the venue does it."""
    return next(
        (one for one in ledger.unsettled(Role.ENTRY) if predecessor(ledger, one) is leg), None
    )


def is_replaced(ledger: Ledger, leg: Leg) -> bool:
    """Whether another order took the place of this entry, or is about to."""
    return any(
        predecessor(ledger, one) is leg and (ledger.was_placed(one) or one in ledger.standing())
        for one in ledger.named(leg.name)
    )


def carried(ledger: Ledger, leg: Leg) -> Price | None:
    """The stop that this entry has attached now."""
    return ledger.amended_to.get(leg.client_oid, leg.stop_loss)


def shape(leg: Leg) -> tuple[OrderType, Price | None, Price | None]:
    """What makes it the same entry, whatever its stop and its amount: where it opens, and how."""
    return leg.type, leg.price, leg.trigger_price


def superseded(ledger: Ledger) -> frozenset[ClientOrderId]:
    """Entries of earlier plans that the present one does not have any more, done or not."""
    wanted = ledger.plan.entries
    if len(ledger.planned) <= len(wanted):
        return frozenset()
    return frozenset(
        leg.client_oid
        for leg in ledger.legs_of(Role.ENTRY)
        if not any(
            one.name == leg.name and one.replacement <= leg.replacement and shape(one) == shape(leg)
            for one in wanted
        )
    )


def is_behind(leg: Leg, stop: Price) -> bool:
    """Whether the market passes *stop* before it comes to this entry, which then opens nothing that may stand."""
    level = leg.price or leg.trigger_price
    return level is not None and is_losing(leg.position_side, level, stop)


def amended(ledger: Ledger, leg: Leg, stop: Price, *, user_id: str) -> Leg:
    """The leg with another stop: of a limit order under an id of its own, of what has not filled yet."""
    if leg.type is OrderType.TRIGGER:
        return replace(leg, stop_loss=stop)
    number = max(one.replacement for one in ledger.named(leg.name)) + 1
    assert leg.amount is not None, "an entry has an amount"
    return replace(
        leg,
        stop_loss=stop,
        amount=Quantity(leg.amount - ledger.filled_by(leg)),
        client_oid=client_order_id(
            user_id=user_id, signal=leg.signal, leg=leg.name, replacement=number
        ),
        replacement=number,
    )


def renewed(ledger: Ledger, leg: Leg, amount: Quantity, *, user_id: str) -> Leg:
    """The same entry under the next id of its name, for *amount*."""
    number = max(one.replacement for one in ledger.named(leg.name)) + 1
    oid = client_order_id(user_id=user_id, signal=leg.signal, leg=leg.name, replacement=number)
    return replace(leg, amount=amount, client_oid=oid, replacement=number)


def room(ledger: Ledger, leg: Leg) -> Quantity:
    """What the plan leaves for this entry beside what entries filled and what rests of others."""
    resting = (
        (one.amount or NOTHING) - ledger.taken_by(one)
        for one in ledger.standing(Role.ENTRY)
        if one.client_oid != leg.client_oid and ledger.was_placed(one)
    )
    filled = ledger.taken_by(*ledger.legs_of(Role.ENTRY))
    return Quantity(ledger.plan.amount - filled - sum(resting, Decimal(0)))
