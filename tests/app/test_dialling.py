"""At start: an end only with nothing to guard, else for ever."""

import asyncio
from datetime import UTC, datetime

import pytest

from tgbitget.app.dialling import REDIAL_SECONDS, dialled_on
from tgbitget.clock import FakeClock
from tgbitget.errors import NotAuthorised, TgbitgetError, Unreachable, VenueUnreachable
from tgbitget.model.event import Event, Warned
from waiting import eventually

TROUBLES = [Unreachable("no answer"), VenueUnreachable("no answer"), NotAuthorised("no answer")]


class Far:
    """Answers from the third call on."""

    def __init__(self, trouble: TgbitgetError) -> None:
        self.trouble = trouble
        self.calls = 0

    async def dial(self) -> str:
        self.calls += 1
        if self.calls <= 2:
            raise self.trouble
        return "here"


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda error: type(error).__name__)
async def test_with_something_open_it_is_told_once_and_dialled_on(trouble: TgbitgetError) -> None:
    clock, told, far = FakeClock(datetime(2026, 1, 31, tzinfo=UTC)), list[Event](), Far(trouble)
    dialling = asyncio.create_task(
        dialled_on(
            far.dial,
            clock=clock,
            publish=told.append,
            may_end=lambda: False,
            meanwhile="all stands",
        )
    )
    for calls in (1, 2):
        await eventually(lambda calls=calls: far.calls == calls)  # type: ignore[misc]  # mypy and default arguments
        await asyncio.sleep(0)
        clock.advance(REDIAL_SECONDS)
    assert await dialling == "here"
    assert told == [Warned(text="no answer; all stands, dialling on", is_urgent=True)]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda error: type(error).__name__)
async def test_with_nothing_open_it_ends(trouble: TgbitgetError) -> None:
    clock, told, far = FakeClock(datetime(2026, 1, 31, tzinfo=UTC)), list[Event](), Far(trouble)
    with pytest.raises(type(trouble)):
        await dialled_on(
            far.dial, clock=clock, publish=told.append, may_end=lambda: True, meanwhile="all stands"
        )
    assert (far.calls, told) == (1, [])
