"""Long-lived tasks are started again; some errors end everything."""

from datetime import UTC, datetime

import pytest

from tgbitget.app.supervision import Supervisor
from tgbitget.clock import FakeClock
from tgbitget.errors import NotAuthorised, VenueLocked
from tgbitget.model.event import Event, Warned


class Instant(FakeClock):
    """Sleeps take no time here, but are counted."""

    def __init__(self) -> None:
        super().__init__(datetime(2026, 5, 1, tzinfo=UTC))
        self.slept: list[float] = []

    async def sleep(self, seconds: float, /) -> None:
        self.slept.append(seconds)
        self.advance(seconds)


class Stumbling:
    """Fails so many times, then ends."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)

    async def __call__(self) -> None:
        if self.errors:
            raise self.errors.pop(0)


async def test_a_task_that_fails_is_started_again_until_it_ends_and_told_once() -> None:
    clock, told = Instant(), list[Event]()
    supervise = Supervisor(clock, told.append)
    await supervise("watch", Stumbling(ValueError("a"), ValueError("b"), VenueLocked("c")))
    assert supervise.failures == {"watch": 3}
    assert [type(event) for event in told] == [Warned]


async def test_the_pause_between_starts_doubles_up_to_half_a_minute() -> None:
    clock = Instant()
    await Supervisor(clock, lambda _: None)("watch", Stumbling(*[ValueError("x")] * 9))
    assert clock.slept == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


async def test_a_task_that_was_well_for_a_minute_starts_with_a_short_pause_again() -> None:
    clock = Instant()

    class Healthy(Stumbling):
        async def __call__(self) -> None:
            clock.advance(61)
            await super().__call__()

    await Supervisor(clock, lambda _: None)("watch", Healthy(*[ValueError("x")] * 4))
    assert clock.slept == [0.5] * 4


async def test_an_error_that_ends_everything_is_let_through() -> None:
    supervise = Supervisor(
        Instant(), lambda _: None, ends_all=lambda e: isinstance(e, NotAuthorised)
    )
    with pytest.raises(NotAuthorised):
        await supervise("telegram", Stumbling(NotAuthorised("revoked")))
