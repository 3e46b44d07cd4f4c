"""Never more than the venue allows in any second, and hardly less; exits before entries."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tgbitget.clock import FakeClock
from tgbitget.simulators.bitget.limits import Limits
from tgbitget.venues.pacing import Pacing, Window

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLACE = "/api/v2/mix/order/place-order"
STEP = 0.005


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def times_of(
    clock: FakeClock,
    entering: Sequence[Callable[[], Awaitable[None]]],
    *,
    seconds: float,
    step: float = STEP,
) -> list[float]:
    """When each got through, with the clock moved on in small steps."""
    passed: list[float] = [-1.0] * len(entering)

    async def one(number: int) -> None:
        await entering[number]()
        passed[number] = clock.monotonic()

    async with asyncio.TaskGroup() as tasks:
        for number in range(len(entering)):
            tasks.create_task(one(number))
        for _ in range(int(seconds / step)):
            await settle()
            clock.advance(step)
        await settle()
    return passed


async def enter(window: Window, *, is_exit: bool) -> None:
    async with window.turn(is_exit=is_exit):
        pass


async def test_a_burst_goes_at_once_and_the_rest_waits_a_second() -> None:
    clock = FakeClock(NOON)
    window = Window(clock, 3)
    passed = await times_of(clock, [partial(enter, window, is_exit=False)] * 5, seconds=1.5)
    assert passed == pytest.approx([0, 0, 0, 1.01, 1.01], abs=STEP)


async def test_idle_time_is_credited() -> None:
    clock = FakeClock(NOON)
    window = Window(clock, 3)
    for _ in range(3):
        await enter(window, is_exit=False)
    clock.advance(60)
    for _ in range(3):
        await enter(window, is_exit=False)
    assert clock.monotonic() == 60


async def test_a_burst_of_entries_leaves_room_for_exits() -> None:
    clock = FakeClock(NOON)
    window = Window(clock, 10, reserved=2)
    entries = [partial(enter, window, is_exit=False)] * 9
    exits = [partial(enter, window, is_exit=True)] * 2
    passed = await times_of(clock, [*entries, *exits], seconds=1.5)
    assert passed[:8] == [0] * 8
    assert passed[9:] == [0, 0]
    assert passed[8] == pytest.approx(1.01, abs=STEP)


async def test_an_exit_overtakes_all_entries_that_wait() -> None:
    clock = FakeClock(NOON)
    window = Window(clock, 10, reserved=2)

    async def exit_after(seconds: float) -> None:
        await clock.sleep(seconds)
        asked = clock.monotonic()
        await enter(window, is_exit=True)
        waited.append(clock.monotonic() - asked)

    waited: list[float] = []
    entries = [partial(enter, window, is_exit=False)] * 60
    exits = [partial(exit_after, 0.6 * number) for number in range(10)]
    passed = await times_of(clock, [*entries, *exits], seconds=8)
    assert min(passed) >= 0
    assert len(waited) == 10
    assert max(waited) <= 0.2 + STEP


async def test_what_is_not_sent_after_all_costs_no_turn() -> None:
    clock = FakeClock(NOON)
    window = Window(clock, 2)

    async def unwanted() -> None:
        async with window.turn(is_exit=False) as turn:
            turn.give_back()

    passed = await times_of(clock, [unwanted] * 50, seconds=0.1)
    assert passed == [0] * 50


async def test_endpoints_and_questions_do_not_wait_for_each_other() -> None:
    clock = FakeClock(NOON)
    pacing = Pacing(clock, orders_per_second=1, queries_per_second=1)
    for turn in (
        pacing.query("all-position"),
        pacing.query("detail"),
        pacing.order("order", is_exit=False),
        pacing.order("guard", is_exit=False),
    ):
        async with turn:
            pass
    assert clock.monotonic() == 0


async def test_a_pause_holds_exits_too() -> None:
    clock = FakeClock(NOON)
    pacing = Pacing(clock)
    pacing.pause("order", 0.5)

    async def leave() -> None:
        async with pacing.order("order", is_exit=True):
            pass

    passed = await times_of(clock, [leave], seconds=1)
    assert passed == pytest.approx([0.5], abs=2 * STEP)


def test_a_reserve_leaves_something_for_entries() -> None:
    with pytest.raises(ValueError, match="below the limit of 2, was 2"):
        Window(FakeClock(NOON), 2, reserved=2)


async def test_entries_go_at_the_allowed_rate() -> None:
    """Three hundred that wait: what the venue takes in that time, less the half percent that its clock may be off."""
    clock = FakeClock(NOON)
    window = Window(clock, 10, reserved=2)
    passed = await times_of(
        clock, [partial(enter, window, is_exit=False)] * 300, seconds=31, step=0.01
    )
    assert min(passed) >= 0
    assert 300 / (max(passed) + 1) >= 0.95 * 10


@settings(max_examples=15, deadline=None)
@given(
    kinds=st.lists(st.booleans(), min_size=11, max_size=30),
    ways=st.lists(st.floats(0, 0.3), min_size=40, max_size=40),
    answers=st.lists(st.floats(0, 0.3), min_size=40, max_size=40),
)
def test_the_venue_refuses_nothing_however_uneven_the_way_to_it(
    kinds: list[bool], ways: list[float], answers: list[float]
) -> None:
    """The simulated Bitget's own count, ten in any second by the time of their arrival."""

    async def scenario() -> list[bool]:
        clock, limits = FakeClock(NOON), Limits()
        window = Window(clock, 10, reserved=2)
        taken: list[bool] = []

        async def send(number: int) -> None:
            async with window.turn(is_exit=kinds[number]):
                await clock.sleep(0.02 + ways[number])
                taken.append(limits.admits(PLACE, int(clock.monotonic() * 1000)))
                await clock.sleep(0.02 + answers[number])

        # The way that nothing holds up is known from the calls that keep the line warm.
        async with window.turn(is_exit=True):
            await settle_at(clock, 0.04)
        sending = [partial(send, number) for number in range(len(kinds))]
        await times_of(clock, sending, seconds=6, step=0.01)
        return taken

    taken = asyncio.run(scenario())
    assert len(taken) == len(kinds)
    assert all(taken)


async def settle_at(clock: FakeClock, seconds: float) -> None:
    clock.advance(seconds)
    await settle()


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
            await enter(window, is_exit=kind)

        entering = [partial(later, kind, pause) for kind, pause in zip(kinds, pauses, strict=False)]
        return await times_of(clock, entering, seconds=20, step=0.05)

    passed = sorted(asyncio.run(scenario()))
    assert all(moment >= 0 for moment in passed)
    for first, last in zip(passed, passed[limit:], strict=False):
        assert last - first >= 1
