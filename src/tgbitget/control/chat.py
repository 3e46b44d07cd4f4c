"""Commands that the owner types in Saved Messages. A push says that there is news; what it is, is looked up there."""

import asyncio
from datetime import datetime
from typing import Any

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.control.answers import Answers
from tgbitget.control.command_log import CommandLog, written
from tgbitget.control.messenger import Inbox
from tgbitget.control.replies import Replies
from tgbitget.control.typed import Misspelt, Typed, typed
from tgbitget.errors import BadInput, JournalError, NotAuthorised, TgbitgetError, Unreachable
from tgbitget.journal.journal import Journal
from tgbitget.model.command import CommandName, Source
from tgbitget.telegram.answers import Refused, Throttled
from tgbitget.telegram.saved_messages import Note

POLL_SECONDS = 15.0  # a push may be lost
LOOK_PAUSE_SECONDS = 0.3  # other private chats have news, too
AGE_SECONDS_MAX = 60.0
READ_FLAG = "saved_messages_read"


class Chat:
    """`hint` may be called at any time; `run` may be run again and goes on behind the last message that was read."""

    def __init__(
        self,
        inbox: Inbox,
        replies: Replies,
        answers: Answers,
        *,
        journal: Journal,
        log: CommandLog,
        clock: Clock,
    ) -> None:
        self._inbox = inbox
        self._replies = replies
        self._answers = answers
        self._journal = journal
        self._log = log
        self._clock = clock
        self._news = asyncio.Event()
        self._read = _known(journal)

    def hint(self) -> None:
        self._news.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._news.clear()
                try:
                    await self._look(tasks)
                except (Unreachable, NotAuthorised, Throttled, Refused) as e:
                    logger.warning("Saved Messages could not be read: {}", e)
                await self._wait()

    async def _wait(self) -> None:
        await self._clock.sleep(LOOK_PAUSE_SECONDS)
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return

    async def _look(self, tasks: asyncio.TaskGroup) -> None:
        """On the very first look, what stands there already is not for us."""
        is_first = self._read is None
        notes = await self._inbox.newer(self._read)
        for note in notes:
            self._read = note.id
            answer = None if is_first else await self._take(note)
            if answer is not None:
                tasks.create_task(self._say(answer))
        if is_first and self._read is None:
            self._read = 0
        if notes or is_first:
            await written(self._journal.set_flag(READ_FLAG, str(self._read)))

    async def _take(self, note: Note) -> str | None:
        if not note.is_typed:
            return None
        asked = typed(note.text)
        try:
            match asked:
                case None:
                    return await self._answer(note)
                case Misspelt(why=why):
                    raise BadInput(why)
                case Typed():
                    self._check_age(note.at)
                    return await self._replies.to(asked, reply_to=note.reply_to)
        except TgbitgetError as e:
            words = f"{_quoted(note)}: {e}"
            await self._log.note(Source.CHAT, CommandName.REFUSED, words, at=note.at)
            return f"Not done: {e}."

    async def _answer(self, note: Note) -> str | None:
        """A reply to a question is its answer; every other note is the owner's own business."""
        if note.reply_to is None:
            return None
        post = self._journal.signal_of_notice(note.reply_to)
        question = None if post is None else self._answers.question(post)
        return (
            None if question is None else await self._answers.take(question, note.text, at=note.at)
        )

    def _check_age(self, at: datetime) -> None:
        age = (self._clock.now() - at).total_seconds()
        if age > AGE_SECONDS_MAX:
            raise BadInput(
                f"it was typed {age:.0f} s ago, and a command counts for {AGE_SECONDS_MAX:.0f} s; type it again"
            )

    async def _say(self, words: str) -> None:
        try:
            await self._inbox.send(words)
        except (Unreachable, NotAuthorised, Throttled, Refused) as e:
            logger.warning("A command was not answered: {}", e)


def _known(journal: Journal) -> int | None:
    try:
        read = journal.flag(READ_FLAG)
    except JournalError as e:
        logger.warning("Where Saved Messages were read to is not known: {}", e)
        return None
    return None if read is None else int(read)


def _quoted(note: Note) -> Any:
    return repr(note.text[:60])
