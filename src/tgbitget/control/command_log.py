"""What the owner asked of us, written down and told; neither is waited for longer than a moment."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import JournalError
from tgbitget.journal.journal import Journal
from tgbitget.model.command import Command, CommandName, Source
from tgbitget.model.event import Commanded, Publish

RECORDED_WITHIN_SECONDS = 0.25


class CommandLog:
    def __init__(self, journal: Journal, clock: Clock, publish: Publish) -> None:
        self._journal = journal
        self._clock = clock
        self._publish = publish

    async def note(
        self,
        source: Source,
        name: CommandName,
        outcome: str,
        *,
        at: datetime | None = None,
        **about: Any,
    ) -> Command:
        """Recorded when it returns, unless the journal hangs or fails: what was asked is done all the same.

        *at*: when it was typed, where that may be long ago.
        """
        now = self._clock.now()
        at = now if at is None else min(at, now)
        command = Command(at=at, source=source, name=name, outcome=outcome, **about)
        self._publish(Commanded(command=command))
        await written(self._journal.record_command(command))
        return command


async def written(write: Awaitable[object]) -> bool:
    """Whether *write* ended well within a moment; it is made later, in its turn, when the disk hangs only now."""
    try:
        async with asyncio.timeout(RECORDED_WITHIN_SECONDS):
            await write
    except TimeoutError:
        logger.warning("The journal does not answer; the command holds all the same")
        return False
    except JournalError as e:
        logger.warning("The command is not in the journal: {}", e)
        return False
    return True
