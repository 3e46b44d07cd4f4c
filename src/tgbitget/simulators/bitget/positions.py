"""A position: its average entry, what it realised, what it is worth, where it is liquidated."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tgbitget.simulators.bitget.decimals import ONE, ZERO, money
from tgbitget.simulators.bitget.orders import Hold, MarginMode


@dataclass(slots=True, kw_only=True)
class Position:
    id: str
    symbol: str
    hold: Hold
    long: bool
    margin_mode: MarginMode
    leverage: int
    opened_at: int
    updated_at: int
    size: Decimal = ZERO
    entry: Decimal = ZERO
    margin: Decimal = ZERO
    realised: Decimal = ZERO  # without fees and funding
    open_fees: Decimal = ZERO
    close_fees: Decimal = ZERO
    funding: Decimal = ZERO
    opened: Decimal = ZERO
    closed: Decimal = ZERO
    closed_value: Decimal = ZERO

    @property
    def side(self) -> str:
        return "long" if self.long else "short"

    def unrealised(self, mark: Decimal) -> Decimal:
        gain = (mark - self.entry) * self.size
        return gain if self.long else -gain

    def maintenance(self, mark: Decimal, rate: Decimal) -> Decimal:
        return self.size * mark * rate

    def enlarge(self, size: Decimal, price: Decimal) -> None:
        self.entry = (self.entry * self.size + price * size) / (self.size + size)
        self.size += size
        self.opened += size
        self.margin += money(size * price / self.leverage)

    def reduce(self, size: Decimal, price: Decimal) -> Decimal:
        """Close part of it; answers the profit, fees apart."""
        assert size <= self.size, f"{size} is more than the position of {self.size}"
        gain = (price - self.entry) * size
        profit = money(gain if self.long else -gain)
        self.margin -= money(self.margin * size / self.size)
        self.size -= size
        self.closed += size
        self.closed_value += size * price
        self.realised += profit
        return profit

    def relever(self, leverage: int) -> None:
        self.leverage = leverage
        self.margin = money(self.size * self.entry / leverage)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPosition:
    """A line of the position history."""

    id: str
    symbol: str
    hold: Hold
    long: bool
    margin_mode: MarginMode
    leverage: int
    entry: Decimal
    exit: Decimal
    opened: Decimal
    closed: Decimal
    realised: Decimal
    open_fees: Decimal
    close_fees: Decimal
    funding: Decimal
    opened_at: int
    closed_at: int

    @property
    def net(self) -> Decimal:
        return self.realised - self.open_fees - self.close_fees + self.funding


def closed(position: Position, at: int) -> ClosedPosition:
    return ClosedPosition(
        id=position.id,
        symbol=position.symbol,
        hold=position.hold,
        long=position.long,
        margin_mode=position.margin_mode,
        leverage=position.leverage,
        entry=position.entry,
        exit=position.closed_value / position.closed if position.closed else position.entry,
        opened=position.opened,
        closed=position.closed,
        realised=position.realised,
        open_fees=position.open_fees,
        close_fees=position.close_fees,
        funding=position.funding,
        opened_at=position.opened_at,
        closed_at=at,
    )


def isolated_liquidation_price(position: Position, rate: Decimal) -> Decimal:
    """Where margin and loss meet the maintenance: `margin + gain(p) = p * size * rate`."""
    if not position.size:
        return ZERO
    if position.long:
        level = (position.entry * position.size - position.margin) / (position.size * (ONE - rate))
    else:
        level = (position.entry * position.size + position.margin) / (position.size * (ONE + rate))
    return max(level, ZERO)
