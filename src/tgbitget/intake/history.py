"""A channel's messages by page and by id: where a difference does not reach, and for the posts that a post answers."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any

from loguru import logger
from telethon.tl import functions, types

from tgbitget.clock import Clock
from tgbitget.errors import TgbitgetError
from tgbitget.intake.convert import names_of, post_of
from tgbitget.intake.difference import items_of_history, items_of_messages
from tgbitget.intake.inbox import Item
from tgbitget.intake.line import Line
from tgbitget.intake.pace import Pace
from tgbitget.model.post import Post, Via
from tgbitget.telegram.channel import FollowedChannel

PAGE = 100
"""Telegram gives no more at once."""


class History:
    def __init__(self, channel: FollowedChannel, *, line: Line, clock: Clock, pace: Pace) -> None:
        self._channel = channel
        self._line = line
        self._clock = clock
        self._pace = pace

    async def latest(self) -> Any:
        """The newest message, and the pts at which it was."""
        return await self._page(offset_id=0, add_offset=0, limit=1, min_id=0)

    async def after(self, top: Callable[[], int]) -> AsyncIterator[Iterable[Item]]:
        """All messages above the id that *top* says, oldest first; the caller takes each page in before the next."""
        while True:
            last = top()
            page = await self._page(offset_id=last + 1, add_offset=-PAGE, limit=PAGE, min_id=last)
            if not page.messages:
                return
            seen = self._clock.monotonic()
            yield items_of_history(page, self._channel.id, Via.BACKFILL, seen_monotonic=seen)

    async def again(self, ids: Sequence[int]) -> AsyncIterator[Iterable[Item]]:
        """These messages as they are now: edited, deleted, or unchanged."""
        for start in range(0, len(ids), PAGE):
            page = await self._messages(ids[start : start + PAGE])
            yield items_of_messages(
                page,
                self._channel.id,
                now=self._clock.now(),
                seen_monotonic=self._clock.monotonic(),
            )

    async def post(self, message_id: int) -> Post | None:
        """None when there is no such post, and when Telegram does not tell."""
        try:
            page = await self._messages([message_id])
        except TgbitgetError as error:
            logger.warning("Post {} of {} was not told: {}", message_id, self._channel.id, error)
            return None
        names = names_of(page)
        found = (post_of(m, self._channel.id, Via.BACKFILL, names) for m in page.messages)
        return next((post for post in found if post and post.message_id == message_id), None)

    async def _messages(self, ids: Sequence[int]) -> Any:
        request = functions.channels.GetMessagesRequest(
            channel=self._channel.input, id=[types.InputMessageID(one) for one in ids]
        )
        return await self._line.ask(request, timeout=self._pace.difference)

    async def _page(self, *, offset_id: int, add_offset: int, limit: int, min_id: int) -> Any:
        request = functions.messages.GetHistoryRequest(
            peer=self._channel.peer,
            offset_id=offset_id,
            offset_date=None,
            add_offset=add_offset,
            limit=limit,
            max_id=0,
            min_id=min_id,
            hash=0,
        )
        return await self._line.ask(request, timeout=self._pace.difference)
