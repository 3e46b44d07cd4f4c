"""How long the watch waits for an answer: one that is lost must not keep it from the next look."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol, TypeVar

from tgbitget.errors import VenueUnreachable

# Bitget takes tenths of one. Where it is slow it is given more, up to what the venue's own line waits.
ANSWER_SECONDS = (2.0, 4.0, 8.0)
AGAIN_SECONDS = (0.5, 1.0, 2.0, 4.0)

T = TypeVar("T")


class Asked(Protocol):
    async def __call__(self, question: Awaitable[T], /) -> T:
        """Its answer. VenueError."""
        ...


async def at_leisure(question: Awaitable[T]) -> T:
    """As long as the venue's own line waits."""
    return await question


class Patience:
    """For looks that come again and again; `note` says whether the last one learnt anything."""

    def __init__(self) -> None:
        self._failures = 0
        self._slowness = 0
        self._was_slow = False

    async def ask(self, question: Awaitable[T]) -> T:
        """VenueUnreachable when there is no answer in time."""
        seconds = ANSWER_SECONDS[self._slowness]
        try:
            async with asyncio.timeout(seconds):
                return await question
        except TimeoutError:
            self._was_slow = True
            raise VenueUnreachable(f"Bitget gave no answer for {seconds:g} s") from None

    def note(self, *, has_learnt: bool) -> None:
        self._failures = 0 if has_learnt else self._failures + 1
        step = 1 if self._was_slow else -1
        self._slowness = min(max(0, self._slowness + step), len(ANSWER_SECONDS) - 1)
        self._was_slow = False

    def pause(self, usual_seconds: float) -> float:
        """Until the next look: soon after one that learnt nothing, then less and less so."""
        if not 0 < self._failures <= len(AGAIN_SECONDS):
            return usual_seconds
        return min(AGAIN_SECONDS[self._failures - 1], usual_seconds)
