"""Never more than the venue allows in any second; exits before entries."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tgbitget.clock import FakeClock
from tgbitget.venues.pacing import Pacing, Window

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def times_of(
    clock: FakeClock, entering: Sequence[Callable[[], Awaitable[None]]], *, seconds: float
) -> list[float]:
    """When each got through, with the clock moved on in small steps."""
    passed: list[float] = [-1.0] * len(entering)

    async def one(number: int) -> None:
        await entering[number]()
        passed[number] = clock.monotonic()

    async with asyncio.TaskGroup() as tasks:
        for number in range(len(entering)):
            tasks.create_task(one(number))
        for _ in range(int(seconds / 0.05)):
            await settle()
            clock.advance(0.05)
        await settle()
    return passed


async def test_a_burst_goes_at_once_and_the_rest_waits_a_second() -> None:
    clock = FakeClock(NOON)
    window = Window(clock, 3)
    entering = [lambda: window.enter(is_exit=False)] * 5
    passed = await times_of(clock, entering, seconds=1.5)
    assert passed == pytest.approx([0, 0, 0, 1.1, 1.1])


async def test_idle_time_is_credited() -> None:
    clock = FakeClock(NOON)
    window = Window(clock, 3)
    for _ in range(3):
        await window.enter(is_exit=False)
    clock.advance(60)
    for _ in range(3):
        await window.enter(is_exit=False)
    assert clock.monotonic() == 60


async def test_exits_have_a_reserve() -> None:
    clock = FakeClock(NOON)
    pacing = Pacing(clock, orders_per_second=4, reserved_for_exits=2)
    entries = [lambda: pacing.order("order", is_exit=False)] * 3
    exits = [lambda: pacing.order("order", is_exit=True)] * 2
    passed = await times_of(clock, [*entries, *exits], seconds=1.5)
    assert passed[:2] == [0, 0]
    assert passed[3:] == [0, 0]
    assert passed[2] == pytest.approx(1.1)


async def test_endpoints_and_questions_do_not_wait_for_each_other() -> None:
    clock = FakeClock(NOON)
    pacing = Pacing(clock, orders_per_second=1, queries_per_second=1)
    await pacing.query("all-position")
    await pacing.query("detail")
    await pacing.order("order", is_exit=False)
    await pacing.order("guard", is_exit=False)
    assert clock.monotonic() == 0


async def test_a_pause_holds_exits_too() -> None:
    clock = FakeClock(NOON)
    pacing = Pacing(clock)
    pacing.pause("order", 0.5)
    passed = await times_of(clock, [lambda: pacing.order("order", is_exit=True)], seconds=1)
    assert passed == pytest.approx([0.5], abs=0.06)  # the clock moves in steps


def test_a_reserve_leaves_something_for_entries() -> None:
    with pytest.raises(ValueError, match="below the limit of 2, was 2"):
        Window(FakeClock(NOON), 2, reserved=2)


@settings(max_examples=30, deadline=None)
@given(
    limit=st.integers(1, 5),
    kinds=st.lists(st.booleans(), min_size=1, max_size=15),
    pauses=st.lists(st.floats(0, 0.4), min_size=15, max_size=15),
)
def test_no_second_ever_sees_more_than_the_limit(
    limit: int, kinds: list[bool], pauses: list[float]
) -> None:
    async def scenario() -> list[float]:
        clock = FakeClock(NOON)
        window = Window(clock, limit, reserved=min(1, limit - 1))

        async def later(kind: bool, pause: float) -> None:
            await clock.sleep(pause)
            await window.enter(is_exit=kind)

        entering = [partial(later, kind, pause) for kind, pause in zip(kinds, pauses, strict=False)]
        return await times_of(clock, entering, seconds=20)

    passed = sorted(asyncio.run(scenario()))
    assert all(moment >= 0 for moment in passed)
    for first, last in zip(passed, passed[limit:], strict=False):
        assert last - first >= 1
