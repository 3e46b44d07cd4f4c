"""Orders at Bitget's own pace, over real sockets: as many as it takes, none that it refuses, exits before entries."""

import asyncio
from decimal import Decimal

from execution.conftest import Desk, desk_on
from tgbitget.clock import SystemClock
from tgbitget.model.money import Quantity
from tgbitget.model.order import Placed
from tgbitget.model.plan import Role
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.rest import Recorded
from venues.samples import leaving, leg, limit, opened
from waiting import eventually

ENTRIES = 60
EXITS = 6
ENTRIES_BEFORE_EXIT = 7


async def test_sixty_entries_and_six_exits_go_out_as_fast_as_bitget_takes_them() -> None:
    async with BitgetSimulator(equity="100000", rate_limits=True) as bitget:
        bitget.exchange.set_price("BTCUSDT", Decimal(57000), gap=True)
        clock = SystemClock()
        async with opened(bitget, clock=clock) as venue:
            desk = desk_on(bitget, venue, clock)
            await desk.send(leg("entry-0", amount=Quantity(Decimal("0.1"))))
            waited = await send_all(desk)
    orders = sent(bitget)[1:]
    assert {order.status for order in orders} == {200}
    assert len(orders) == ENTRIES + EXITS
    seconds = (
        orders[50].at - orders[10].at
    ) / 1000  # the burst of the first second is another matter
    assert 40 / seconds >= 0.95 * 10
    assert max(waited) <= 0.25, "exits waited behind entries"


def sent(bitget: BitgetSimulator) -> list[Recorded]:
    return [request for request in bitget.requests if request.endpoint == "place-order"]


async def send_all(desk: Desk) -> list[float]:
    """Everything at once, but for the exits, which come in between; how long each of those waited."""
    loop, waited = asyncio.get_running_loop(), list[float]()

    async def leave(number: int) -> None:
        await eventually(lambda: len(sent(desk.bitget)) > ENTRIES_BEFORE_EXIT * number)
        asked = loop.time()
        exit_ = leaving(f"close-{number}", Role.CLOSE, amount=Quantity(Decimal("0.01")))
        assert isinstance(await desk.send(exit_), Placed)
        waited.append(loop.time() - asked)

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        for number in range(1, ENTRIES + 1):
            tasks.create_task(
                desk.send(limit("56000", f"entry-{number}", amount=Quantity(Decimal("0.001"))))
            )
        for number in range(EXITS):
            tasks.create_task(leave(number))
    return waited
