"""A decision: orders to send, or the rule that refused."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tgbitget.model.ids import ClientOrderId, SignalId
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Notional, Price, Quantity, exact
from tgbitget.model.post import Post
from tgbitget.model.reading import Reading

LEGS_MAX = 20  # entries and targets of one signal; no channel posts more, a hostile one may


class Role(StrEnum):
    ENTRY = "entry"
    TAKE_PROFIT = "take_profit"
    STOP = "stop"
    CLOSE = "close"


class OrderType(StrEnum):
    MARKET = "market"
    LIMIT = "limit"
    TRIGGER = "trigger"


class TriggerBy(StrEnum):
    """The price that a trigger goes by."""

    MARK = "mark"
    LAST = "last"


class OrderSide(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @staticmethod
    def opening(side: Side) -> "OrderSide":
        return OrderSide.BUY if side is Side.LONG else OrderSide.SELL

    @staticmethod
    def closing(side: Side) -> "OrderSide":
        return OrderSide.SELL if side is Side.LONG else OrderSide.BUY


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One order, complete: whoever sends it asks nothing first.

    `name` is unique in its signal (`entry-1`, `target-2`, `stop`, `close-1`); `position_side` is the side of the
    position it opens or reduces. `trigger_price` is set for `trigger` orders, targets and stops; `price` for what
    rests at a limit. `amount` None: the whole position (stops and full closes). With `trail_percent` the venue lets
    the exit follow the best price at that distance, from `trigger_price` on.
    """

    signal: SignalId
    name: str
    client_oid: ClientOrderId
    role: Role
    symbol: str
    side: OrderSide
    position_side: Side
    type: OrderType
    amount: Quantity | None
    price: Price | None = None
    trigger_price: Price | None = None
    stop_loss: Price | None = None
    reduce_only: bool = False
    post_only: bool = False
    trail_percent: Decimal | None = None
    trigger_by: TriggerBy = TriggerBy.MARK
    replacement: int = 0

    def __post_init__(self) -> None:
        if self.amount is not None and self.amount <= 0:
            raise ValueError(
                f"{self.name} of {self.signal}: an amount must be above 0, was {self.amount}"
            )
        if self.role is Role.ENTRY and self.amount is None:
            raise ValueError(f"{self.name} of {self.signal}: an entry without an amount")
        if self.type is OrderType.LIMIT and self.price is None:
            raise ValueError(f"{self.name} of {self.signal}: a limit order without a price")
        if self.type is OrderType.TRIGGER and self.trigger_price is None:
            raise ValueError(f"{self.name} of {self.signal}: a trigger order without a trigger")
        if self.post_only and self.type is not OrderType.LIMIT:
            raise ValueError(f"{self.name} of {self.signal}: only a limit order can be post-only")
        if self.trail_percent is not None and (
            self.amount is None or self.type is not OrderType.TRIGGER
        ):
            raise ValueError(
                f"{self.name} of {self.signal}: what trails has an amount and a trigger"
            )

    def json(self) -> dict[str, Any]:
        """The leg as the contract shows it."""
        return {
            "client_oid": self.client_oid,
            "role": str(self.role),
            "symbol": self.symbol,
            "side": str(self.side),
            "type": str(self.type),
            "amount": _text(self.amount),
            "price": _text(self.price),
            "trigger_price": _text(self.trigger_price),
            "stop_loss": _text(self.stop_loss),
            "reduce_only": self.reduce_only,
            "post_only": self.post_only,
            "trail_percent": _text(self.trail_percent),
            "name": self.name,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A take profit: its price and the share of the position it closes, in percent of the whole."""

    number: int  # from 1
    price: Price
    share_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlan:
    """What a signal becomes. Entries are complete; targets become orders as entries fill.

    `targets` and `stop` are prices on ticks; `leverage` is what the symbol is set to before the first entry.
    `sizes_stop`: the trade keeps a stop of exactly what it holds, for the position is not its alone.
    `exits_from`: stops and targets are numbered from there; lower numbers may have been used where this database did not see it.
    """

    signal: SignalId
    market: Market
    side: Side
    entries: tuple[Leg, ...]
    targets: tuple[Target, ...]
    stop: Price
    leverage: Decimal
    margin_mode: MarginMode
    expires_at: datetime | None = None
    skipped: tuple[str, ...] = ()
    sizes_stop: bool = False
    trigger_by: TriggerBy = TriggerBy.MARK
    exits_from: int = 0

    def __post_init__(self) -> None:
        if not 1 <= len(self.entries) <= LEGS_MAX:
            raise ValueError(
                f"{self.signal}: a plan has 1 to {LEGS_MAX} entries, was {len(self.entries)}"
            )
        # Spot takes no stop with an order; what is bought there gets one of its own.
        is_spot = self.market.product is Product.SPOT
        if not is_spot and any(leg.stop_loss is None for leg in self.entries):
            raise ValueError(f"{self.signal}: an entry without a stop")

    @property
    def amount(self) -> Quantity:
        return Quantity(sum((leg.amount for leg in self.entries if leg.amount), Decimal(0)))

    def notional(self, reference: Price) -> Notional:
        """In quote coin; *reference* prices the legs that name no price."""
        total = Decimal(0)
        for leg in self.entries:
            assert leg.amount is not None
            total += leg.amount * (leg.price or leg.trigger_price or reference)
        return Notional(total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A rule said no: its name, and a sentence with its numbers."""

    rule: str
    reason: str
    skipped: tuple[str, ...] = ()


class Outcome(StrEnum):
    PLANNED = "planned"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    IGNORED = "ignored"
    DUPLICATE = "duplicate"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The one outcome of one revision of one post, with all that led to it."""

    post: Post
    reading: Reading
    outcome: Outcome
    decided_at: datetime
    profile: str = ""
    account: str = ""  # whose legs these are: the venue's user id, or `dry-run`
    rule: str | None = None
    reason: str | None = None
    plan: OrderPlan | None = None
    legs: tuple[Leg, ...] = ()
    trade: SignalId | None = None  # of a follow-up: the signal whose trade it changes
    skipped: tuple[str, ...] = ()  # checks that could not be made, by name
    asks: tuple[
        SignalId, ...
    ] = ()  # trades that a follow-up may mean, for the owner to choose from; planned, all that it changes
    timings_ms: dict[str, float] = field(default_factory=dict)

    @property
    def signal(self) -> SignalId:
        return self.post.signal


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else exact(amount)
