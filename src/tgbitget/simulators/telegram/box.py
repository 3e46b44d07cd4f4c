"""A box of messages with its log of changes, counted by pts: one per channel, one per account."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from .message import Change, Kind, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The changes after some pts, oldest first, as far as the limit went."""

    changes: tuple[Change, ...]
    pts: int
    final: bool


class Box:
    """Messages in the order of their ids. Every change raises `pts` by its count, and none is forgotten."""

    def __init__(self) -> None:
        self.pts = 1  # Telegram's first state; 0 would mean "unknown"
        self.pts_known_min = 1  # differences from before are too long
        self.last_id = 0
        self._messages: dict[int, Message] = {}
        self._ids: list[int] = []
        self._changes: list[Change] = []

    def __len__(self) -> int:
        return len(self._messages)

    def get(self, id: int) -> Message | None:
        return self._messages.get(id)

    @property
    def messages(self) -> tuple[Message, ...]:
        """Oldest first."""
        return tuple(self._messages[one] for one in self._ids)

    @property
    def newest(self) -> Message | None:
        return self._messages[self._ids[-1]] if self._ids else None

    @property
    def last_change(self) -> Change | None:
        return self._changes[-1] if self._changes else None

    def change_of(self, id: int) -> Change:
        """The last change of this message."""
        for change in reversed(self._changes):
            if id in change.ids:
                return change
        raise LookupError(f"No message {id} was ever here")

    def add(self, message: Message) -> Change:
        if message.id <= self.last_id:
            raise ValueError(f"Message ids must rise: after {self.last_id} came {message.id}")
        self.last_id = message.id
        self._messages[message.id] = message
        self._ids.append(message.id)
        return self._log(Kind.NEW, (message.id,), message.date, message)

    def replace(self, message: Message, when: datetime) -> Change:
        if message.id not in self._messages:
            raise LookupError(f"No message {message.id} to edit")
        self._messages[message.id] = message
        return self._log(Kind.EDITED, (message.id,), when, message)

    def remove(self, ids: Iterable[int], when: datetime) -> Change | None:
        """None when none of them was there: Telegram then changes nothing either."""
        gone = tuple(one for one in dict.fromkeys(ids) if one in self._messages)
        if not gone:
            return None
        for one in gone:
            del self._messages[one]
            self._ids.pop(bisect_left(self._ids, one))
        return self._log(Kind.DELETED, gone, when, None)

    def since(self, pts: int, limit: int) -> Difference:
        start = bisect_right(self._changes, pts, key=attrgetter("pts"))
        changes = tuple(self._changes[start : start + limit])
        reached = changes[-1].pts if changes else max(pts, self.pts)
        return Difference(changes=changes, pts=reached, final=reached >= self.pts)

    def position(self, id: int) -> int:
        """How many messages are older than this id."""
        return bisect_left(self._ids, id)

    def position_at(self, date: datetime) -> int:
        """How many messages are older than this moment."""
        return bisect_left(self._ids, date, key=lambda one: self._messages[one].date)

    def between(self, start: int, end: int) -> list[Message]:
        """Messages by position, newest first."""
        return [self._messages[one] for one in reversed(self._ids[max(start, 0) : max(end, 0)])]

    def forget(self) -> None:
        """From here on a difference from an earlier pts is too long."""
        self.pts_known_min = self.pts

    def _log(
        self, kind: Kind, ids: tuple[int, ...], date: datetime, message: Message | None
    ) -> Change:
        self.pts += len(ids)
        change = Change(
            kind=kind, pts=self.pts, pts_count=len(ids), date=date, ids=ids, message=message
        )
        self._changes.append(change)
        return change
