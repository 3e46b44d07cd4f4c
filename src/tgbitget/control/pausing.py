"""`pause` and `resume`: whether new entries are taken. A pause holds at once, whatever the journal's disk does."""

from typing import Any

from loguru import logger

from tgbitget.control.command_log import CommandLog, written
from tgbitget.errors import TgbitgetError
from tgbitget.journal.journal import Journal
from tgbitget.model.command import CommandName, Source
from tgbitget.model.event import Paused, Publish


class Pausing:
    def __init__(self, journal: Journal, log: CommandLog, publish: Publish) -> None:
        self._journal = journal
        self._log = log
        self._publish = publish

    @property
    def is_paused(self) -> bool:
        return self._journal.is_paused()

    async def set(self, *, is_paused: bool, source: Source) -> dict[str, Any]:
        """How it is and how it was. TgbitgetError: entries stay paused, for their release could not be written or was overtaken."""
        was = self._journal.is_paused()
        is_written = await written(self._journal.set_paused(is_paused))
        if not is_paused and not is_written:
            if was:
                # The release may still be written later; what is asked behind it has the last word.
                await written(self._journal.set_paused(True))
            raise TgbitgetError("the journal cannot be written; entries stay paused")
        if not is_paused and self._journal.is_paused():
            raise TgbitgetError("a pause was asked for meanwhile; entries stay paused")
        name = CommandName.PAUSE if is_paused else CommandName.RESUME
        await self._log.note(source, name, str(name))
        if was != is_paused:
            logger.info("New entries are {}", "paused" if is_paused else "allowed again")
            self._publish(Paused(is_paused=is_paused))
        return {"paused": is_paused, "was": was, "written": is_written}
