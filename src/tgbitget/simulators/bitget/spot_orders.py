"""Orders, plans and balances of the spot market."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tgbitget.simulators.bitget.decimals import ZERO
from tgbitget.simulators.bitget.orders import Force, PlanStatus, Side, Status, TriggerBy


@dataclass(slots=True, kw_only=True)
class Purse:
    """One coin: what may be used, what resting orders hold."""

    available: Decimal = ZERO
    frozen: Decimal = ZERO


@dataclass(slots=True, kw_only=True)
class SpotOrder:
    """`size` is in the quote coin for a market buy, in the base coin for all others."""

    id: str
    client_id: str
    symbol: str
    side: Side
    market: bool
    force: Force
    size: Decimal
    price: Decimal | None
    created_at: int
    updated_at: int
    status: Status = Status.LIVE
    filled: Decimal = ZERO  # in the base coin
    quote_filled: Decimal = ZERO
    fee: Decimal = ZERO  # in the coin received
    frozen: Decimal = ZERO  # what of it still holds coins
    cancel_reason: str = ""
    sequence: int = 0

    @property
    def live(self) -> bool:
        return self.status in {Status.LIVE, Status.PARTIAL}

    @property
    def in_quote(self) -> bool:
        return self.market and self.side is Side.BUY

    @property
    def remaining(self) -> Decimal:
        return self.size - (self.quote_filled if self.in_quote else self.filled)

    @property
    def average(self) -> Decimal | None:
        return self.quote_filled / self.filled if self.filled else None


@dataclass(slots=True, kw_only=True)
class SpotPlan:
    id: str
    client_id: str
    symbol: str
    side: Side
    in_quote: bool  # planType "total"; otherwise "amount"
    size: Decimal
    trigger: Decimal
    by: TriggerBy
    fires_above: bool
    execute_price: Decimal | None
    created_at: int
    updated_at: int
    status: PlanStatus = PlanStatus.LIVE
    execute_order_id: str = ""
    sequence: int = 0

    @property
    def live(self) -> bool:
        return self.status is PlanStatus.LIVE
