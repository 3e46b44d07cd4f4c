"""When something counts as absent, with the windows of production on a clock of our own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import cast

import pytest

from tgbitget.clock import FakeClock
from tgbitget.execution.reconcile import ABSENT_AFTER_SECONDS, Absent, Reconciler
from tgbitget.model.ids import VenueOrderId
from tgbitget.model.money import Price, Quantity
from tgbitget.model.order import Fill, OrderStatus, Placed, VenueOrder
from tgbitget.model.plan import Leg, OrderSide
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.venue import Venue
from venues.samples import BTC, D, count, leg, limit, opened, stop, trigger
from waiting import eventually


@pytest.fixture
async def bitget() -> AsyncIterator[BitgetSimulator]:
    async with BitgetSimulator() as simulator:
        simulator.exchange.set_price("BTCUSDT", Decimal(57000), gap=True)
        yield simulator


@pytest.fixture
async def venue(bitget: BitgetSimulator) -> AsyncIterator[BitgetVenue]:
    async with opened(bitget) as connected:
        yield connected


class WatchedClock(FakeClock):
    """Says when somebody sleeps on it."""

    sleepers = 0

    async def sleep(self, seconds: float, /) -> None:
        self.sleepers += 1
        try:
            await super().sleep(seconds)
        finally:
            self.sleepers -= 1


class Asking:
    """A settlement on a clock that moves only while it sleeps, and the moments of its questions."""

    def __init__(self, bitget: BitgetSimulator, venue: Venue) -> None:
        self.clock = WatchedClock(datetime.now(UTC))
        self.asked_at: list[float] = []
        self._bitget = bitget
        self._reconciler = Reconciler(venue, self.clock)

    async def settle(self, asked: Leg, *, endpoint: str = "detail") -> Placed | Absent:
        settling = asyncio.create_task(self._reconciler.settle(asked, self.clock.now()))
        seen = count(self._bitget, endpoint)
        while not settling.done():
            await eventually(lambda: self.clock.sleepers or settling.done())
            now_seen = count(self._bitget, endpoint)
            self.asked_at += [self.clock.monotonic()] * (now_seen - seen)
            seen = now_seen
            self.clock.advance(0.5)
            await asyncio.sleep(0)
        return settling.result()


@pytest.fixture
def asking(bitget: BitgetSimulator, venue: BitgetVenue) -> Asking:
    return Asking(bitget, venue)


async def test_absence_is_proven_past_the_request_s_life_and_not_before(asking: Asking) -> None:
    assert await asking.settle(leg()) == Absent(client_oid=leg().client_oid)
    assert asking.asked_at == [0.5, 1.5, 3.5, 7.5, 15.5, 20]
    assert asking.asked_at[-1] >= ABSENT_AFTER_SECONDS


async def test_an_order_that_shows_late_is_found(
    bitget: BitgetSimulator, venue: BitgetVenue, asking: Asking
) -> None:
    order_id = await venue.place(leg())
    bitget.faults.invisible_asks = 3
    bitget.faults.always("orders-history", code="40404", status=404)
    bitget.faults.always("order/fills", code="40404", status=404)
    assert await asking.settle(leg()) == Placed(
        client_oid=leg().client_oid, venue_order_id=order_id
    )
    assert len(asking.asked_at) == 4


async def test_the_last_word_is_a_question_that_was_answered(
    bitget: BitgetSimulator, asking: Asking
) -> None:
    bitget.faults.next("detail", then="502", times=8)
    assert isinstance(await asking.settle(leg()), Absent)
    assert len(asking.asked_at) == 9
    assert asking.asked_at[-1] > ABSENT_AFTER_SECONDS + 8


class Puzzling:
    """A venue that tells of an execution before it lists the order."""

    def __init__(self, rounds: int) -> None:
        self._rounds = rounds
        self.asked = 0

    async def order(self, leg: Leg) -> VenueOrder | None:
        self.asked += 1
        return an_order() if self.asked > self._rounds else None

    async def open_orders(self, symbol: str | None = None) -> tuple[VenueOrder, ...]:
        return ()

    async def history(self, symbol: str, since: datetime) -> tuple[VenueOrder, ...]:
        return ()

    async def fills(self, symbol: str, since: datetime) -> tuple[Fill, ...]:
        return (a_fill(),)


def an_order() -> VenueOrder:
    return VenueOrder(
        venue_order_id=VenueOrderId("77"),
        symbol=BTC,
        side=OrderSide.BUY,
        status=OrderStatus.FILLED,
        amount=Quantity(D("0.01")),
    )


def a_fill() -> Fill:
    return Fill(
        trade_id="1",
        venue_order_id=VenueOrderId("77"),
        symbol=BTC,
        side=OrderSide.BUY,
        amount=Quantity(D("0.01")),
        price=Price(D(57000)),
        fee=D("0.1"),
        fee_coin="USDT",
        at=datetime.now(UTC),
    )


async def test_an_execution_that_no_listed_order_explains_leaves_it_open(
    bitget: BitgetSimulator,
) -> None:
    puzzling = Puzzling(rounds=12)
    asking = Asking(bitget, cast(Venue, puzzling))
    settled = await asking.settle(leg())
    assert settled == Placed(client_oid=leg().client_oid, venue_order_id=VenueOrderId("77"))
    assert asking.clock.monotonic() > ABSENT_AFTER_SECONDS
    assert puzzling.asked == 13


@pytest.mark.parametrize("asked", [limit(), trigger(), stop()], ids=["limit", "trigger", "stop"])
async def test_what_rests_is_found_at_the_first_question(
    asked: Leg, venue: BitgetVenue, asking: Asking
) -> None:
    await venue.place(leg("held"))
    order_id = await venue.place(asked)
    assert await asking.settle(asked) == Placed(
        client_oid=asked.client_oid, venue_order_id=order_id
    )
    assert asking.clock.monotonic() <= 1
