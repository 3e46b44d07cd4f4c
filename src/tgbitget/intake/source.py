"""Stage 1: where posts come from, and what a source promises."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from tgbitget.model.post import Arrival

Deliver = Callable[[Arrival], Awaitable[None]]
"""Hands one arrival on; when it returns, its outcome and cursor are durable. JournalError: they are not."""


class Source(Protocol):
    """A stream of posts, edits and deletions.

    Each revision of each post is delivered once, in the order of its channel; channels do not wait for each other.
    What was delivered and got no outcome (a crash, a JournalError) is delivered again.
    """

    async def run(self, deliver: Deliver) -> None:
        """Until there is no more (a file), for ever (Telegram), or cancelled."""
        ...
