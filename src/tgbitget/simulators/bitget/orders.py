"""Orders, plans and executions of the USDT futures, as the venue keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tgbitget.simulators.bitget.decimals import ZERO

LIQUIDATION = "liquidation"  # the source of an order that the venue itself made


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> Side:
        return Side.SELL if self is Side.BUY else Side.BUY


class Hold(StrEnum):
    """Which position an order belongs to: the one of one-way mode, or a side in hedge mode."""

    NET = "net"
    LONG = "long"
    SHORT = "short"


class HoldMode(StrEnum):
    ONE_WAY = "one_way_mode"
    HEDGE = "hedge_mode"


class MarginMode(StrEnum):
    CROSSED = "crossed"
    ISOLATED = "isolated"


class Force(StrEnum):
    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"
    POST_ONLY = "post_only"


class Status(StrEnum):
    LIVE = "live"
    PARTIAL = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"


class PlanKind(StrEnum):
    NORMAL = "normal_plan"
    TRACK = "track_plan"
    POSITION_LOSS = "pos_loss"
    POSITION_PROFIT = "pos_profit"
    LOSS = "loss_plan"
    PROFIT = "profit_plan"
    MOVING = "moving_plan"

    @property
    def guards_position(self) -> bool:
        """A take profit or stop loss, which vanishes with its position."""
        return self not in {PlanKind.NORMAL, PlanKind.TRACK}

    @property
    def stops_loss(self) -> bool:
        return self in {PlanKind.POSITION_LOSS, PlanKind.LOSS}

    @property
    def takes_profit(self) -> bool:
        return self in {PlanKind.POSITION_PROFIT, PlanKind.PROFIT}

    @property
    def whole_position(self) -> bool:
        return self in {PlanKind.POSITION_LOSS, PlanKind.POSITION_PROFIT}


class PlanStatus(StrEnum):
    LIVE = "live"
    EXECUTED = "executed"
    FAILED = "fail_execute"
    CANCELED = "cancelled"


class TriggerBy(StrEnum):
    MARK = "mark_price"
    LAST = "fill_price"


@dataclass(slots=True, kw_only=True)
class Order:
    """`side` is the direction traded, also in hedge mode, where the wire says otherwise."""

    id: str
    client_id: str
    symbol: str
    side: Side
    hold: Hold
    closing: bool
    market: bool
    force: Force
    size: Decimal
    price: Decimal | None
    margin_mode: MarginMode
    leverage: int
    created_at: int
    updated_at: int
    stop: Decimal | None = None
    stop_execute: Decimal | None = None
    target: Decimal | None = None
    target_execute: Decimal | None = None
    trigger_by: TriggerBy | None = None  # of the presets, when a plan order brought them
    status: Status = Status.LIVE
    filled: Decimal = ZERO
    quote_filled: Decimal = ZERO
    fee: Decimal = ZERO
    profit: Decimal = ZERO
    source: str = "normal"
    cancel_reason: str = ""
    opened: Decimal = ZERO  # what of it opened a position, and did not just close one
    guarded: Decimal = ZERO  # what of that has its stop and target out
    presets_lost: bool = False
    sequence: int = 0

    @property
    def live(self) -> bool:
        return self.status in {Status.LIVE, Status.PARTIAL}

    @property
    def remaining(self) -> Decimal:
        return self.size - self.filled

    @property
    def average(self) -> Decimal | None:
        return self.quote_filled / self.filled if self.filled else None

    @property
    def long_side(self) -> bool:
        """Whether the position it opens, or closes, is a long one."""
        return (self.side is Side.BUY) != self.closing


@dataclass(slots=True, kw_only=True)
class Plan:
    """A trigger order, or a take profit or stop loss."""

    id: str
    client_id: str
    kind: PlanKind
    symbol: str
    side: Side
    hold: Hold
    closing: bool
    size: Decimal | None  # nothing for those of the whole position
    trigger: Decimal
    by: TriggerBy
    fires_above: bool
    execute_price: Decimal | None  # nothing: at market
    margin_mode: MarginMode
    created_at: int
    updated_at: int
    callback: Decimal | None = None  # a fraction, for the trailing kinds
    best: Decimal | None = None  # best price since a trailing plan was activated
    stop: Decimal | None = None
    stop_execute: Decimal | None = None
    target: Decimal | None = None
    target_execute: Decimal | None = None
    preset_by: TriggerBy = TriggerBy.LAST
    status: PlanStatus = PlanStatus.LIVE
    execute_order_id: str = ""
    parent_order_id: str = ""  # the order whose preset it was; the wire does not tell
    failure: str = ""
    sequence: int = 0

    @property
    def live(self) -> bool:
        return self.status is PlanStatus.LIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill."""

    id: str
    order_id: str
    client_id: str
    symbol: str
    side: Side
    hold: Hold
    closing: bool
    size: Decimal
    price: Decimal
    fee: Decimal  # paid: positive
    profit: Decimal
    maker: bool
    market: bool
    at: int
    product: str = "futures"
    fee_coin: str = "USDT"
    forced: bool = False  # by a liquidation

    @property
    def quote(self) -> Decimal:
        return self.size * self.price
