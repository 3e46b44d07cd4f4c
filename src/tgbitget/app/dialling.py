"""Dialling at start: an end only with nothing to guard, else for ever."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import NotAuthorised, Unreachable, VenueError
from tgbitget.model.event import Publish, Warned

REDIAL_SECONDS = 10.0

T = TypeVar("T")


async def dialled_on(
    dial: Callable[[], Awaitable[T]],
    *,
    clock: Clock,
    publish: Publish,
    may_end: Callable[[], bool],
    meanwhile: str,
    also: tuple[type[Exception], ...] = (),
) -> T:
    """What *dial* gives. Where we *may_end*, its error passes; else it is told once, with what holds *meanwhile*.

    *also* are errors, beside those of a line, that are no reason to leave what is open alone.
    """
    is_told = False
    known: tuple[type[Exception], ...] = (Unreachable, NotAuthorised, VenueError, *also)
    while True:
        try:
            return await dial()
        except known as e:
            if may_end():
                raise
            logger.warning("{}; dialling on", e)
            if not is_told:
                publish(Warned(text=f"{e}; {meanwhile}, dialling on", is_urgent=True))
            is_told = True
        await clock.sleep(REDIAL_SECONDS)
