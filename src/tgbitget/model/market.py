"""What can be traded, with its steps; rounding lives here and goes away from risk."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tgbitget.model.intent import Side
from tgbitget.model.money import Notional, Price, Quantity, ceil_to, floor_to

_COUNT = re.compile(r"(?P<count>10{3,}(?=[A-Z])|1M(?=[A-Z]{3}))")
_MILLION = 1_000_000


class Product(StrEnum):
    USDT_FUTURES = "usdt-futures"
    SPOT = "spot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """One contract or pair. `id` is the venue's name (`BTCUSDT`), `symbol` CCXT's (`BTC/USDT:USDT`).

    `base` is the venue's own name of the coin, multiplier included (`1000BONK`). Quantities are in base coin, one
    contract is one coin.
    """

    id: str
    symbol: str
    base: str
    quote: str
    product: Product
    tick: Decimal
    step: Decimal
    min_quantity: Quantity
    min_notional: Notional
    max_market_quantity: Quantity | None = None
    max_limit_quantity: Quantity | None = None
    max_leverage: Decimal = Decimal(1)
    maker_fee: Decimal = Decimal("0.0002")
    taker_fee: Decimal = Decimal("0.0006")
    active: bool = True

    def __post_init__(self) -> None:
        if self.tick <= 0 or self.step <= 0:
            raise ValueError(
                f"{self.id}: tick and step must be above 0, were {self.tick}, {self.step}"
            )

    @property
    def multiplier(self) -> int:
        """How many coins one unit of `base` stands for: 1000 for `1000BONK`."""
        return split_count(self.base)[0]

    @property
    def coin(self) -> str:
        """The coin itself: `BONK` for `1000BONK`."""
        return split_count(self.base)[1]

    def quantity_down(self, amount: Decimal) -> Quantity:
        """Never more than *amount*: one step less is one step less at risk."""
        rounded = Quantity(floor_to(amount, self.step))
        assert rounded <= amount
        return rounded

    def entry_price(self, price: Decimal, side: Side) -> Price:
        """On a tick, never paying more than *price* asks."""
        to_tick = floor_to if side is Side.LONG else ceil_to
        return Price(to_tick(price, self.tick))

    def stop_price(self, price: Decimal, side: Side) -> Price:
        """On a tick, never farther from the entry than *price*: the loss stays within what was allowed."""
        to_tick = ceil_to if side is Side.LONG else floor_to
        return Price(to_tick(price, self.tick))

    def target_price(self, price: Decimal, side: Side) -> Price:
        """On a tick, never asking more of the market than *price*: a target that is reached is taken."""
        to_tick = floor_to if side is Side.LONG else ceil_to
        return Price(to_tick(price, self.tick))

    def is_tradable(self, amount: Quantity, price: Price) -> bool:
        """Whether the venue takes an order of this size."""
        return amount >= self.min_quantity and amount * price >= self.min_notional


def short_symbol(symbol: str) -> str:
    """`BTC/USDT` of CCXT's `BTC/USDT:USDT`, for people."""
    return symbol.partition(":")[0]


def is_spot_symbol(symbol: str) -> bool:
    """`BTC/USDT`; a contract's names the coin that it is settled in behind it."""
    return ":" not in symbol


def split_count(name: str) -> tuple[int, str]:
    """How many coins *name* (upper case) stands for, and the coin: `1000BONK` is 1000 of `BONK`, `1INCH` is itself."""
    prefix = _COUNT.match(name)
    if prefix is None:
        return 1, name
    count = _MILLION if prefix["count"] == "1M" else int(prefix["count"])
    return count, name[prefix.end() :]
