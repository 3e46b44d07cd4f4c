"""The leg that an order of ours at the venue must have been, from its name and from how it stands there. Pure."""

from tgbitget.model.ids import ClientOrderId, SignalId, VenueOrderId
from tgbitget.model.intent import Side
from tgbitget.model.money import Price, Quantity
from tgbitget.model.order import Placed
from tgbitget.model.plan import Leg, OrderSide, OrderType, Role


def found_leg(
    signal: SignalId,
    name: str,
    number: int,
    oid: ClientOrderId,
    side: Side,
    symbol: str,
    amount: Quantity | None,
    *,
    price: Price | None = None,
    trigger: Price | None = None,
) -> Leg:
    """A stop of the whole position stands at the venue with an amount of 0."""
    return Leg(
        signal=signal,
        name=name,
        client_oid=oid,
        role=_role_of(name),
        symbol=symbol,
        side=OrderSide.closing(side),
        position_side=side,
        type=_type_of(price, trigger),
        amount=amount or None,
        price=price,
        trigger_price=trigger,
        reduce_only=True,
        replacement=number,
    )


def _role_of(name: str) -> Role:
    if name == "stop":
        return Role.STOP
    return Role.CLOSE if name.startswith("close-") else Role.TAKE_PROFIT


def _type_of(price: Price | None, trigger: Price | None) -> OrderType:
    if price is not None:
        return OrderType.LIMIT
    return OrderType.MARKET if trigger is None else OrderType.TRIGGER


def as_placed(oid: ClientOrderId, venue_id: VenueOrderId) -> Placed:
    return Placed(client_oid=oid, venue_order_id=venue_id)
