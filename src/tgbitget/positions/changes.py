"""What reaches the task that owns a trade: news of the venue, the passing of time, wishes of the channel or the owner."""

from dataclasses import dataclass
from decimal import Decimal

from tgbitget.model.ids import ClientOrderId
from tgbitget.model.intent import AtTarget
from tgbitget.model.money import Notional, Price, Quantity
from tgbitget.model.order import Fill, VenueOrder
from tgbitget.model.plan import Leg, Target
from tgbitget.model.position import VenuePosition, VenueStop
from tgbitget.model.trade import Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRest:
    """What has not filled must go: all of it, or only the entries at *prices*."""

    cause: str
    prices: frozenset[Price] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Leave the position at market: all of it (`fraction` None) or a part. All includes what has not filled.

    `key` names the wish (`42` for message 42, `hand-1`): the same wish twice is one order.
    """

    key: str
    cause: str
    fraction: Decimal | None = None

    @property
    def is_whole(self) -> bool:
        return self.fraction is None or self.fraction >= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStop:
    """A tighter stop: a price, the entry (`AtTarget(0)`) or a target. A looser one is taken only where it says so."""

    to: Price | AtTarget
    cause: str
    may_loosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTargets:
    targets: tuple[Target, ...]
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntries:
    """The entries that are wanted from now on, those that stay among them; *leverage* is set while nothing is open.

    `notional` is what the whole trade may cost with them.
    """

    entries: tuple[Leg, ...]
    leverage: Decimal
    notional: Notional
    cause: str


Change = CancelRest | Close | MoveStop | NewTargets | NewEntries


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What queries said of a trade's symbol; `asked_at` is monotonic, from before the first of them.

    `live` are the client ids that the venue still has, plan orders and stops included.
    """

    asked_at: float
    position: VenuePosition | None
    stops: tuple[VenueStop, ...]
    live: frozenset[ClientOrderId]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopsListed:
    """The live stops of a trade's symbol; `asked_at` is monotonic, from before the question."""

    asked_at: float
    stops: tuple[VenueStop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotObserved:
    """What queries said of a spot trade: its share of the coins in the account, how many of that coin are free at all,
    the live orders of its symbol, and the client ids of all live orders.
    """

    asked_at: float
    held: Quantity
    available: Quantity
    orders: tuple[VenueOrder, ...]
    live: frozenset[ClientOrderId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """A position snapshot came; None: ours was not in it. A hint to ask, no more."""

    position: VenuePosition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time passed; `quote` is the market's latest price, if there is a fresh one."""

    quote: Quote | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resync:
    """Pushes may have been lost: ask for everything of this trade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendsEnded:
    """All entries have been sent or given up."""


Message = (
    VenueOrder
    | Fill
    | Change
    | Observed
    | SpotObserved
    | StopsListed
    | Pushed
    | Tick
    | Resync
    | SendsEnded
)
