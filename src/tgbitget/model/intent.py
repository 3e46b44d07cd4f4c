"""What a post asks for: open, close, cancel, update. Nothing is filled in from defaults here."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tgbitget.model.money import Percent, Price, exact

Level = Price | Percent
"""A price, or a distance in percent from the entry."""


def level_text(level: "Level | AtTarget") -> str:
    """`57000`, `5%`, `tp1`."""
    return exact(level) if isinstance(level, Decimal) else str(level)


class Side(StrEnum):
    LONG = "long"
    SHORT = "short"

    @property
    def opposite(self) -> "Side":
        return Side.SHORT if self is Side.LONG else Side.LONG

    @property
    def sign(self) -> int:
        """+1 where a rising price wins, -1 where a falling one does."""
        return 1 if self is Side.LONG else -1


class MarketKind(StrEnum):
    """Which kind of market a post means."""

    FUTURES = "futures"
    SPOT = "spot"


class MarginMode(StrEnum):
    CROSS = "cross"
    ISOLATED = "isolated"


class EntryKind(StrEnum):
    MARKET = "market"
    """Now; a price beside it is a reference only."""
    LIMIT = "limit"
    """One price."""
    ZONE = "zone"
    """Two prices, ascending."""
    LADDER = "ladder"
    """Several prices, in the post's order."""
    TRIGGER = "trigger"
    """Only once the market passes the price."""


_PRICES_OF = {
    EntryKind.MARKET: (0, 1),
    EntryKind.LIMIT: (1, 1),
    EntryKind.ZONE: (2, 2),
    EntryKind.LADDER: (1, 20),
    EntryKind.TRIGGER: (1, 2),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    kind: EntryKind
    prices: tuple[Price, ...] = ()

    def __post_init__(self) -> None:
        least, most = _PRICES_OF[self.kind]
        if not least <= len(self.prices) <= most:
            raise ValueError(f"a {self.kind} entry with {len(self.prices)} prices")
        if any(price <= 0 for price in self.prices):
            raise ValueError(f"an entry price must be above 0, was {min(self.prices)}")
        if self.kind is EntryKind.ZONE and self.prices[0] > self.prices[1]:
            raise ValueError(f"a zone is ascending, was {self.prices[0]} to {self.prices[1]}")


class Unspecified(StrEnum):
    """A partial close without an amount: the profile's `close_fraction_default` decides."""

    PART = "unspecified"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTarget:
    """A stop moved to a target's price; `number` 0 is the entry itself (breakeven)."""

    number: int

    def __str__(self) -> str:
        return f"tp{self.number}" if self.number else "breakeven"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelUpdate:
    """New levels for an open trade; `take_profits` None leaves them as they are."""

    stop_loss: Price | AtTarget | None = None
    take_profits: tuple[Level, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPosition:
    """A trade to enter. `take_profits` in the post's order; levels fit the side (see `geometry`)."""

    symbol: str
    side: Side
    entry: Entry
    take_profits: tuple[Level, ...] = ()
    stop_loss: Level | None = None
    quote: str | None = None
    market: MarketKind | None = None
    leverage: Decimal | None = None
    margin_mode: MarginMode | None = None

    def __post_init__(self) -> None:
        if not self.symbol:
            raise ValueError("a trade without a symbol")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePosition:
    """Leave all (`fraction` None), a part, or an unspecified part. A stop move may come with it."""

    symbol: str | None = None
    side: Side | None = None
    fraction: Decimal | Unspecified | None = None
    update: LevelUpdate | None = None
    quote: str | None = None
    market: MarketKind | None = None
    is_all: bool = False  # each trade of the channel, in so many words

    def __post_init__(self) -> None:
        if isinstance(self.fraction, Decimal) and not 0 < self.fraction <= 1:
            raise ValueError(f"a fraction lies above 0 and up to 1, was {self.fraction}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelEntries:
    """What has not filled must go."""

    symbol: str | None = None
    side: Side | None = None
    update: LevelUpdate | None = None
    quote: str | None = None
    market: MarketKind | None = None
    is_all: bool = False  # each trade of the channel, in so many words


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateTrade:
    """Only the stop or the targets change."""

    update: LevelUpdate
    symbol: str | None = None
    side: Side | None = None
    quote: str | None = None
    market: MarketKind | None = None
    is_all: bool = False  # each trade of the channel, in so many words


FollowUp = ClosePosition | CancelEntries | UpdateTrade
Intent = OpenPosition | FollowUp
