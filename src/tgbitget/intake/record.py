"""What intake needs of the journal: where it stopped reading, and what has an outcome."""

from typing import Protocol

from tgbitget.journal.journal import OpenTrade
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Cursor, Post, Via


class Record(Protocol):
    """The part of the journal's port that a follower uses. Each may raise JournalError."""

    async def move_cursor(self, cursor: Cursor) -> None: ...

    async def record_sighting(
        self, channel: ChannelId, message_id: int, via: Via, *, behind_us: int
    ) -> None: ...

    def cursor(self, channel: ChannelId) -> Cursor | None: ...

    def latest_post(self, channel: ChannelId, message_id: int) -> Post | None: ...

    def is_deleted(self, channel: ChannelId, message_id: int) -> bool: ...

    def open_trades(self) -> tuple[OpenTrade, ...]: ...
