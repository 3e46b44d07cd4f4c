"""What happened on the venue, told to whoever listens: the pushes, the audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from tgbitget.simulators.bitget.orders import Execution, Order, Plan
from tgbitget.simulators.bitget.spot_orders import SpotOrder, SpotPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged:
    at: int
    order: Order
    fill: Execution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanged:
    at: int
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionChanged:
    """`size` and `long` are those of this moment: the position itself changes on."""

    at: int
    symbol: str
    hold: str
    long: bool
    size: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceChanged:
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotOrderChanged:
    at: int
    order: SpotOrder
    fill: Execution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotPlanChanged:
    at: int
    plan: SpotPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotBalanceChanged:
    at: int
    coins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceMoved:
    """`product` is "futures" or "spot"."""

    at: int
    product: str
    symbol: str


Event = (
    OrderChanged
    | PlanChanged
    | PositionChanged
    | BalanceChanged
    | SpotOrderChanged
    | SpotPlanChanged
    | SpotBalanceChanged
    | PriceMoved
)
Listener = Callable[[Event], None]
