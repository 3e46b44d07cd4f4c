"""One signal's life after the decision, and what the limits see of all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """A trade as it stands. `amount` is what is open now, `entry` its average, `realised` profit after fees and funding.

    `funding` is the part of it that funding brought, below 0 when it was paid.
    """

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
    funding: Decimal = Decimal(0)
    opened_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A market's price and how old it is: seconds since its source last answered.

    `turnover_24h` is in quote coin; `minute_low` and `minute_high` are what we saw ourselves in the last 60 s. None:
    it is not known.
    """

    price: Price
    age_seconds: float
    bid: Price | None = None
    ask: Price | None = None
    turnover_24h: Notional | None = None
    minute_low: Price | None = None
    minute_high: Price | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """No new entries after a loss, until a time or (None) until the owner resumes. `scope` is a profile's name, or
    empty for the whole account."""

    scope: str
    reason: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What limits count: trades that are not final, orders sent, profit since midnight UTC (a loss is below 0).

    `ended` are trades that are over, oldest first, each with its `closed_at`.
    """

    trades: tuple[Trade, ...] = ()
    ended: tuple[Trade, ...] = ()
    orders_last_minute: int = 0
    realised_today: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that planning may know beside the post and its profile. None: it cannot be known here, and the checks that
    need it are skipped and said to be so (a dry run meets an empty account and no prices).

    `trades` are all that are not final, those in flight and resting included, over all channels; `foreign` the
    symbols that hold a position or stop that is not ours; `at_risk` what each trade loses at its stop; `resumed_at`
    when the owner last allowed entries again; `unshared` trades whose stop is of the whole position.
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
    ended: tuple[Trade, ...] = ()
    at_risk: Mapping[SignalId, Notional] = field(default_factory=dict)
    halts: tuple[Halt, ...] = ()
    resumed_at: datetime | None = None
    unshared: frozenset[SignalId] = frozenset()

    @property
    def of_account(self) -> Usage:
        return Usage(
            trades=self.trades,
            ended=self.ended,
            orders_last_minute=self.orders_last_minute,
            realised_today=self.realised_today,
        )
