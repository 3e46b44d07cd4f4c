"""Our own way to the exchange, without posts: the venue, its pace and the executor, as a listener uses them."""

import argparse
import asyncio
import time
from decimal import Decimal
from itertools import count
from typing import Any

from loguru import logger

from tgbitget.bench.coins import AMOUNT, listed_market
from tgbitget.bench.errand import obey
from tgbitget.clock import SystemClock
from tgbitget.execution.executor import Executor
from tgbitget.execution.locks import SymbolLocks
from tgbitget.model.event import Event
from tgbitget.model.ids import ClientOrderId, SignalId
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.money import Price, Quantity
from tgbitget.model.order import Placed, Placement
from tgbitget.model.plan import Leg, OrderSide, OrderType, Role
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.ccxt_line import Addresses, Credentials
from tgbitget.venues.pacing import Pacing


class Unrecorded:
    """What is measured is the way to the exchange; no journal."""

    async def record_placement(self, signal: SignalId, placement: Placement) -> None:
        assert isinstance(placement, Placed), f"{signal}: {placement}"


class Client:
    def __init__(self, venue: BitgetVenue, executor: Executor) -> None:
        self._venue = venue
        self._executor = executor
        self._numbers = count(1)

    async def order(self, base: str) -> int:
        """Nanoseconds from the wish to the answer."""
        leg = _leg(base, next(self._numbers))
        began = time.monotonic_ns()
        await self._executor.send(leg, still_wanted=lambda: None)
        return time.monotonic_ns() - began

    async def order_behind(self, base: str, queries: int) -> int:
        asked = [asyncio.create_task(self._venue.positions()) for _ in range(queries)]
        await asyncio.sleep(0)
        taken = await self.order(base)
        await asyncio.gather(*asked)
        return taken

    async def prepare(self, base: str) -> bool:
        await self._venue.prepare(
            listed_market(base), leverage=Decimal(5), mode=MarginMode.ISOLATED
        )
        return True


def _leg(base: str, number: int) -> Leg:
    return Leg(
        signal=SignalId("bench/1"),
        name=f"entry-{number}",
        client_oid=ClientOrderId(f"bench-{base}-{number}-{time.monotonic_ns()}"),
        role=Role.ENTRY,
        symbol=f"{base}/USDT:USDT",
        side=OrderSide.BUY,
        position_side=Side.LONG,
        type=OrderType.MARKET,
        amount=Quantity(AMOUNT),
        stop_loss=Price(Decimal(95)),
    )


def _unheard(event: Event) -> None:
    """Nobody listens."""


async def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("--api-key", "--api-secret", "--passphrase", "--bases"):
        parser.add_argument(name, required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    logger.remove()  # a listener's log of each step goes nowhere either, unless it is asked for
    bases = options.bases.split(",")
    clock = SystemClock()
    pacing = Pacing(clock)
    venue = BitgetVenue(
        credentials=Credentials(
            api_key=options.api_key, api_secret=options.api_secret, passphrase=options.passphrase
        ),
        markets=[listed_market(base) for base in bases],
        clock=clock,
        pacing=pacing,
        addresses=Addresses(rest_url=f"http://127.0.0.1:{options.port}"),
    )
    await venue.open()
    executor: Any = Executor(
        venue=venue,
        journal=Unrecorded(),
        clock=clock,
        publish=_unheard,
        pacing=pacing,
        locks=SymbolLocks(),
    )
    client = Client(venue, executor)
    for base in bases:
        await client.prepare(base)
    await obey({"order": client.order, "order_behind": client.order_behind}, {"ready": True})
    await venue.close()


if __name__ == "__main__":
    asyncio.run(main())
