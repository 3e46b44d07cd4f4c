"""An executor on a simulated Bitget, with everything it told and recorded, and short windows."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from leaping import leaping_time, pytest_asyncio_loop_factories
from tgbitget.clock import SystemClock
from tgbitget.execution.executor import Executor
from tgbitget.execution.locks import SymbolLocks
from tgbitget.execution.reconcile import Reconciler
from tgbitget.model.event import Event, Warned
from tgbitget.model.ids import SignalId
from tgbitget.model.order import Placement
from tgbitget.model.plan import Leg
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.orders import HoldMode
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.pacing import Pacing
from venues.samples import opened

__all__ = ["leaping_time", "pytest_asyncio_loop_factories"]  # pytest finds them here


ABSENT_AFTER_SECONDS = 0.25
WAITS_SECONDS = (0.01, 0.03, 0.1)
ANSWER_SECONDS = 0.15


class Records:
    """The journal's part that an executor writes."""

    def __init__(self) -> None:
        self.placements: list[Placement] = []

    async def record_placement(self, signal: SignalId, placement: Placement) -> None:
        self.placements.append(placement)

    def ends(self) -> list[str]:
        return [type(placement).__name__ for placement in self.placements]


@dataclass(kw_only=True)
class Desk:
    bitget: BitgetSimulator
    venue: BitgetVenue
    executor: Executor
    records: Records
    locks: SymbolLocks
    events: list[Event] = field(default_factory=list)
    unwanted: str | None = None

    async def send(self, leg: Leg) -> Placement:
        async with asyncio.timeout(10):
            return await self.executor.send(leg, still_wanted=lambda: self.unwanted)

    def warnings(self) -> list[Warned]:
        return [event for event in self.events if isinstance(event, Warned)]


@pytest.fixture
def is_hedged() -> bool:
    return False


@pytest.fixture
async def desk(is_hedged: bool) -> AsyncIterator[Desk]:
    async with BitgetSimulator(equity="1000") as bitget:
        bitget.exchange.set_price("BTCUSDT", Decimal(57000), gap=True)
        bitget.exchange.futures.set_hold_mode(HoldMode.HEDGE if is_hedged else HoldMode.ONE_WAY)
        clock = SystemClock()
        unhurried = Pacing(clock, queries_per_second=1_000)
        async with opened(
            bitget, clock=clock, pacing=unhurried, answer_seconds=ANSWER_SECONDS
        ) as venue:
            yield desk_on(bitget, venue, clock)


def desk_on(bitget: BitgetSimulator, venue: BitgetVenue, clock: Any) -> Desk:
    records, locks, events = Records(), SymbolLocks(), list[Event]()
    executor = Executor(
        venue=venue,
        journal=records,
        clock=clock,
        publish=events.append,
        pacing=Pacing(clock),
        locks=locks,
        reconciler=Reconciler(
            venue, clock, absent_after_seconds=ABSENT_AFTER_SECONDS, waits_seconds=WAITS_SECONDS
        ),
        visibility_seconds=0.2,
        waits_seconds=WAITS_SECONDS,
    )
    return Desk(
        bitget=bitget,
        venue=venue,
        executor=executor,
        records=records,
        locks=locks,
        events=events,
    )
