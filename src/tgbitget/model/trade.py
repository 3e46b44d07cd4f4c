"""One signal's life after the decision, and what the limits see of all of them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.intent import Side
from tgbitget.model.money import NOTHING, Notional, Price, Quantity
from tgbitget.model.position import Account


class TradeState(StrEnum):
    """Where a trade stands; `closed`, `cancelled` and `failed` are final."""

    PENDING = "pending"
    """Recorded, being sent."""
    RESTING = "resting"
    """At the venue, nothing filled."""
    OPEN = "open"
    """Something filled: a position to guard."""
    CLOSED = "closed"
    """Flat again, nothing resting."""
    CANCELLED = "cancelled"
    """Nothing ever filled, nothing rests."""
    FAILED = "failed"
    """Every entry was rejected."""

    @property
    def is_final(self) -> bool:
        return self in (TradeState.CLOSED, TradeState.CANCELLED, TradeState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A trade as it stands. `amount` is what is open now, `entry` its average, `realised` profit after fees."""

    signal: SignalId
    channel: ChannelId
    symbol: str
    side: Side
    state: TradeState
    notional: Notional
    amount: Quantity = NOTHING
    entry: Price | None = None
    stop: Price | None = None
    realised: Decimal = Decimal(0)
    opened_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A market's price and how old it is: seconds since its source last answered."""

    price: Price
    age_seconds: float
    bid: Price | None = None
    ask: Price | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What limits count: trades that are not final, orders sent, profit since midnight UTC (a loss is below 0)."""

    trades: tuple[Trade, ...] = ()
    orders_last_minute: int = 0
    realised_today: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that planning may know beside the post and its profile. None: it cannot be known here, and the checks that
    need it are skipped and said to be so (a dry run meets an empty account and no prices).

    `trades` are all that are not final, those in flight and resting included, over all channels; `foreign` the
    symbols that hold a position or stop that is not ours; `recent` the signals of the last hours, for duplicates.
    """

    now: datetime
    quote: Quote | None
    account: Account | None
    trades: tuple[Trade, ...] = ()
    foreign: frozenset[str] = frozenset()
    orders_last_minute: int = 0
    realised_today: Decimal = Decimal(0)
    is_paused: bool = False
    of_profile: Usage | None = None  # the profile's own part; None: all counts against the profile

    @property
    def of_account(self) -> Usage:
        return Usage(
            trades=self.trades,
            orders_last_minute=self.orders_last_minute,
            realised_today=self.realised_today,
        )
