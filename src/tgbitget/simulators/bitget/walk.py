"""Prices on the move: by a script of seconds and prices, or at random from a seed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal

from tgbitget.simulators.bitget.decimals import round_to
from tgbitget.simulators.bitget.exchange import Exchange

Sleep = Callable[[float], Awaitable[object]]
BASIS_POINT = Decimal("0.0001")


async def play(
    exchange: Exchange,
    symbol: str,
    script: Iterable[tuple[float, Decimal | str]],
    *,
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Each line waits its seconds, then moves the price."""
    for seconds, price in script:
        await sleep(seconds)
        exchange.set_price(symbol, Decimal(price))


class Walk:
    """A random walk of some symbols, the same for the same seed; each step a few ticks."""

    def __init__(
        self,
        exchange: Exchange,
        symbols: Iterable[str],
        *,
        seed: int,
        step_basis_points: int = 5,
    ) -> None:
        self._exchange, self._symbols = exchange, tuple(symbols)
        self._random = random.Random(seed)  # noqa: S311 -- a walk to be repeated, not a secret
        self._width = step_basis_points * BASIS_POINT

    def step(self) -> None:
        for symbol in self._symbols:
            tape = self._exchange.desk.tape(symbol)
            tick = self._exchange.desk.contracts[symbol].tick
            share = Decimal(self._random.randint(-1000, 1000)) / 1000
            price = round_to(tape.last * (1 + share * self._width), tick)
            self._exchange.set_price(symbol, max(price, tick))

    async def run(self, interval: float, *, sleep: Sleep = asyncio.sleep) -> None:
        """Step after step, until cancelled."""
        while True:
            await sleep(interval)
            self.step()
