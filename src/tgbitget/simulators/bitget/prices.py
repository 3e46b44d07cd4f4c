"""Prices of one market: last, mark, bid and ask, and the minute candles they leave behind."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal

from tgbitget.simulators.bitget.decimals import ZERO

MINUTE_MS = 60_000
CANDLES_MAX = 300  # of one minute, in which the price moved: hundreds of markets are kept so


@dataclass(slots=True, kw_only=True)
class Candle:
    opened_at: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO

    def take(self, price: Decimal, volume: Decimal) -> None:
        self.high = max(self.high, price)
        self.low = min(self.low, price)
        self.close = price
        self.volume += volume


@dataclass(slots=True, kw_only=True)
class Tape:
    """The price of one market as it moves; mark follows last unless it was set apart."""

    symbol: str
    last: Decimal
    mark_apart: Decimal | None = None
    spread: Decimal = ZERO
    funding_rate: Decimal = Decimal("0.0001")
    moved_at: int = 0
    candles: deque[Candle] = field(default_factory=lambda: deque(maxlen=CANDLES_MAX))

    @property
    def mark(self) -> Decimal:
        return self.last if self.mark_apart is None else self.mark_apart

    @property
    def bid(self) -> Decimal:
        return self.last

    @property
    def ask(self) -> Decimal:
        return self.last + self.spread

    def print(self, price: Decimal, at: int, volume: Decimal = ZERO) -> None:
        """A trade at this price: the last price and the current candle take it."""
        self.last = price
        self.moved_at = at
        minute = at - at % MINUTE_MS
        quiet = self.candles and self.candles[-1].close == price and not volume
        if quiet and self.candles[-1].opened_at < minute:
            return  # `minutes` draws flat candles itself
        newest = self.candles[-1] if self.candles else None
        if newest is not None and newest.opened_at >= minute:
            newest.take(price, volume)
            return
        self.candles.append(
            Candle(opened_at=minute, open=price, high=price, low=price, close=price, volume=volume)
        )

    def minutes(self, start: int, end: int) -> list[Candle]:
        """One-minute candles in [start, end), flat ones where nothing was traded."""
        known: list[Candle] = []
        for candle in reversed(self.candles):
            if candle.opened_at < end:
                known.append(candle)
            if candle.opened_at <= start:
                break
        known.reverse()
        filled: list[Candle] = []
        for candle, after in zip(known, [*known[1:], None], strict=True):
            until = min(end, after.opened_at if after else end)
            filled.append(candle)
            for opened_at in range(candle.opened_at + MINUTE_MS, until, MINUTE_MS):
                level = candle.close
                filled.append(
                    Candle(opened_at=opened_at, open=level, high=level, low=level, close=level)
                )
        return [candle for candle in filled if candle.opened_at >= start]


def merged(minutes: list[Candle], length_ms: int) -> list[Candle]:
    """Minute candles folded into longer ones."""
    folded: list[Candle] = []
    for minute in minutes:
        opened_at = minute.opened_at - minute.opened_at % length_ms
        if folded and folded[-1].opened_at == opened_at:
            longer = folded[-1]
            longer.high = max(longer.high, minute.high)
            longer.low = min(longer.low, minute.low)
            longer.close = minute.close
            longer.volume += minute.volume
            continue
        folded.append(
            Candle(
                opened_at=opened_at,
                open=minute.open,
                high=minute.high,
                low=minute.low,
                close=minute.close,
                volume=minute.volume,
            )
        )
    return folded
