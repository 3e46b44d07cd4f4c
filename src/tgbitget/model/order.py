"""What became of a send; orders and fills as the venue tells them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from tgbitget.model.ids import ClientOrderId, VenueOrderId
from tgbitget.model.intent import Side
from tgbitget.model.money import NOTHING, Price, Quantity
from tgbitget.model.plan import OrderSide


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """When a request left us, and how long its answer took; for statistics alone."""

    at: datetime
    answered_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The venue has it, under its own id."""

    client_oid: ClientOrderId
    venue_order_id: VenueOrderId
    sent: Sent | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The venue said no, or our own last check did before sending; nothing exists there."""

    client_oid: ClientOrderId
    reason: str
    code: str | None = None
    sent: Sent | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may exist; only questions by client id can tell."""

    client_oid: ClientOrderId
    reason: str
    code: str | None = None
    sent: Sent | None = field(default=None, compare=False)


Placement = Placed | Rejected | Unknown


class OrderStatus(StrEnum):
    LIVE = "live"
    PARTLY_FILLED = "partly_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (OrderStatus.FILLED, OrderStatus.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueOrder:
    """An order as the venue last told it; `filled` and `average` are cumulative.

    `parent` is the venue id of the plan order or entry that bore it, where the venue says so. `is_failed`: a plan whose
    order was refused when it triggered.
    """

    venue_order_id: VenueOrderId
    symbol: str
    side: OrderSide
    status: OrderStatus
    amount: Quantity
    client_oid: ClientOrderId | None = None
    filled: Quantity = NOTHING
    average: Price | None = None
    price: Price | None = None
    trigger_price: Price | None = None
    stop_loss: Price | None = None
    reduce_only: bool = False
    parent: VenueOrderId | None = None
    is_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One execution. `trade_id` is the venue's and makes it once only; `fee` is positive when paid, in `fee_coin`.

    `realised` is the profit that this fill closed, before fees, and `position_side` the position it opened or closed,
    where the venue tells them. `is_forced`: nobody ordered it, the venue liquidated or unwound the position.
    """

    trade_id: str
    venue_order_id: VenueOrderId
    symbol: str
    side: OrderSide
    amount: Quantity
    price: Price
    fee: Decimal
    fee_coin: str
    at: datetime
    client_oid: ClientOrderId | None = None
    realised: Decimal | None = None
    position_side: Side | None = None
    is_forced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingEntry:
    """An order of ours as the venue has it, with the name and the number that its id was derived from.

    `why_not`: why its trade cannot be led on by whom it is shown to.
    """

    oid: ClientOrderId
    name: str
    replacement: int
    order: VenueOrder
    why_not: str | None = None
