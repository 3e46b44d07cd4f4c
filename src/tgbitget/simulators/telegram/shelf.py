"""Messages in an answer come with the users and chats that they name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from . import views
from .account import Account
from .calls import Call
from .channel import Channel
from .message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    messages: list[Any]
    chats: list[Any]
    users: list[Any]

    def as_fields(self) -> dict[str, Any]:
        return {"messages": self.messages, "chats": self.chats, "users": self.users}


def shelf_of(call: Call, owner: Account | Channel, shown: Iterable[Message]) -> Shelf:
    messages = tuple(shown)
    viewer = call.account
    if isinstance(owner, Channel):
        chats = [views.chat(owner, viewer)]
        senders = {m.sender_id for m in messages if m.sender_id is not None}
        users = [views.user(call.world.accounts[sender], viewer) for sender in senders]
    else:
        chats, users = [], [views.user(owner, viewer)]
    return Shelf(messages=[views.message(m, owner) for m in messages], chats=chats, users=users)
