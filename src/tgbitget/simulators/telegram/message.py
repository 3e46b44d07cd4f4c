"""Messages as they stand now, and what happened to them: values that never change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A post of a channel or a message of a private chat, in its present revision."""

    id: int
    date: datetime
    text: str = ""
    entities: tuple[Any, ...] = ()  # telethon.tl.types.MessageEntity…
    reply_to: int | None = None
    thread: int | None = None  # the forum topic, or the first message of the thread in a group
    in_forum: bool = False
    sender_id: int | None = None  # an account's; None where the channel itself speaks
    author: str | None = None  # the signature under a broadcast post
    media: Any = None  # telethon.tl.types.MessageMedia…
    action: Any = None  # telethon.tl.types.MessageAction…: a service message
    album: int | None = None
    forwarded_from: str | None = None  # whose words these are, where somebody passed them on
    edited: datetime | None = None
    edit_hidden: bool = False  # the last edit changed no text: reactions, views
    reactions: int = 0
    revisions: tuple[str, ...] = ()  # earlier texts, oldest first


class Kind(Enum):
    NEW = "new"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step of a box. `pts` is the state after it, `pts_count` how many steps it is."""

    kind: Kind
    pts: int
    pts_count: int
    date: datetime
    ids: tuple[int, ...]
    message: Message | None  # as it was right after the change; None for a deletion
