"""One post with each pass of the loop."""

import asyncio
from datetime import UTC, datetime

from tgbitget.intake.door import Door
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Arrival, Deletion, Via

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def gone(number: int) -> Arrival:
    return Arrival(
        what=Deletion(channel=ChannelId("-1001"), message_id=number, date=NOON, via=Via.PUSH)
    )


async def test_posts_of_many_channels_come_out_one_with_each_pass_of_the_loop() -> None:
    loop, at_once, most, came = asyncio.get_running_loop(), 0, 0, []

    def next_pass() -> None:
        nonlocal at_once
        at_once = 0

    async def deliver(arrival: Arrival) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        loop.call_soon(next_pass)
        came.append(arrival)
        await asyncio.sleep(0)

    door = Door(deliver)
    arrivals = [gone(number) for number in range(10)]
    await asyncio.gather(*(door.pass_on(arrival) for arrival in arrivals))
    assert came == arrivals
    assert most == 1


async def test_one_that_takes_long_holds_up_no_other() -> None:
    is_free, came = asyncio.Event(), []

    async def deliver(arrival: Arrival) -> None:
        came.append(arrival)
        if len(came) == 1:
            await is_free.wait()
        else:
            is_free.set()

    door = Door(deliver)
    async with asyncio.timeout(10):
        await asyncio.gather(door.pass_on(gone(1)), door.pass_on(gone(2)))
    assert len(came) == 2


async def test_what_was_stopped_while_it_waited_leaves_the_door_open() -> None:
    came = []

    async def deliver(arrival: Arrival) -> None:
        came.append(arrival)

    door = Door(deliver)
    first, second = (asyncio.create_task(door.pass_on(gone(n))) for n in (1, 2))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    async with asyncio.timeout(10):
        await door.pass_on(gone(3))
    assert came == [gone(1), gone(3)]
