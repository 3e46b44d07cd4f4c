"""What the journal's commits leave to be done, done while no post waits for one."""

from collections.abc import Callable

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import JournalError
from tgbitget.journal.journal import Journal

EVERY_SECONDS = 2.0


async def tidy_when_idle(journal: Journal, clock: Clock, is_idle: Callable[[], bool]) -> None:
    """For ever."""
    while True:
        await clock.sleep(EVERY_SECONDS)
        if not is_idle():
            continue
        try:
            await journal.tidy()
        except JournalError as error:
            logger.warning("{}", error)
