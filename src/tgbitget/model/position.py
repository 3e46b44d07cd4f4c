"""Positions, stops and the account as the venue tells them."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tgbitget.model.ids import ClientOrderId, VenueOrderId
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.money import Price, Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class VenuePosition:
    """An open position; a flat symbol has none. `liquidation` None: it is too far away for the venue to name one."""

    symbol: str
    side: Side
    amount: Quantity
    entry: Price
    leverage: Decimal
    margin_mode: MarginMode
    is_hedged: bool
    liquidation: Price | None = None


class StopKind(StrEnum):
    POSITION_STOP = "position_stop"
    """The whole position, whatever its size; a second replaces the first in place."""
    POSITION_TARGET = "position_target"
    SIZED_STOP = "sized_stop"
    SIZED_TARGET = "sized_target"
    TRAILING = "trailing"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueStop:
    """A live stop or target at the venue; `amount` None covers the whole position."""

    venue_order_id: VenueOrderId
    symbol: str
    position_side: Side
    kind: StopKind
    trigger_price: Price
    amount: Quantity | None
    client_oid: ClientOrderId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A coin of the spot account: all of it, and what no order of anybody holds."""

    total: Quantity
    available: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account at one moment, in quote coin. `user_id` is the venue's; it is part of every client order id."""

    user_id: str
    equity: Decimal
    available: Decimal
    is_hedged: bool
