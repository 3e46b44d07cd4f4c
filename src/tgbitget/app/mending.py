"""The journal is opened anew after its disk failed: until then nothing is written, and so nothing new is traded."""

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import JournalError
from tgbitget.journal.journal import Journal
from tgbitget.model.event import Publish, Warned

LOOK_SECONDS = 1.0
# Each attempt reads the whole file.
PAUSE_SECONDS_MAX = 30.0


async def keep_mended(journal: Journal, clock: Clock, publish: Publish) -> None:
    """For ever. Posts and trades wait for the journal by themselves; a full disk is no fault, it is tried again anyway."""
    pause = LOOK_SECONDS
    while True:
        await clock.sleep(pause)
        if journal.fault is None:
            pause = LOOK_SECONDS
            continue
        try:
            await journal.open()
        except JournalError as e:
            logger.warning("The journal cannot be opened anew yet: {}", e)
            pause = min(PAUSE_SECONDS_MAX, pause * 2)
        else:
            publish(
                Warned(
                    text="the journal was opened anew and is sound; new trades are recorded again"
                )
            )
