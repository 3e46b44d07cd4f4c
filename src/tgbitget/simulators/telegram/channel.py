"""A channel, a group or a forum: what its people do in it, and how its pushes are disturbed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, Protocol

from telethon.tl import types

from .account import Account
from .box import Box
from .clock import ServerClock
from .media import photo
from .message import Change, Message

Kind = Literal["broadcast", "group", "forum"]


class ChannelPublisher(Protocol):
    """Takes a channel's changes to the sessions that listen."""

    def channel_changed(self, channel: Channel, change: Change) -> None: ...

    def membership_changed(self, channel: Channel, account: Account) -> None: ...


class Channel:
    """One channel. Its methods are cues: each does what people, or a bad day at Telegram, would do."""

    def __init__(
        self,
        *,
        id: int,
        title: str,
        username: str | None,
        kind: Kind,
        clock: ServerClock,
        publisher: ChannelPublisher,
    ) -> None:
        self.id = id
        self.title = title
        self.username = username
        self.kind = kind
        self.created = clock.now()
        self.box = Box()
        self.members: dict[int, datetime] = {}  # account id to the day it joined
        self.banned: set[int] = set()
        self.silent = False  # on cue: nothing is pushed, only differences and history tell
        self.push_delay_seconds = 0.0  # on cue: Telegram's fan-out to subscribers takes its time
        self.difference_timeout: int | None = None  # seconds; None: the server's
        self._clock = clock
        self._publisher = publisher
        self._held: list[Change] | None = None
        self._albums = 0

    @property
    def marked_id(self) -> int:
        """The id by which bots and Telethon name it: -100… ."""
        return -1_000_000_000_000 - self.id

    @property
    def messages(self) -> tuple[Message, ...]:
        """What stands in it now, oldest first."""
        return self.box.messages

    # What people do.

    def post(
        self,
        text: str = "",
        *,
        reply_to: int | None = None,
        topic: int | None = None,
        entities: Sequence[Any] = (),
        date: datetime | None = None,
        sender: Account | None = None,
        author: str | None = None,
        media: Any = None,
        lost: bool = False,
    ) -> Message:
        """A new post. `lost`: it happened, but its push never arrives."""
        return self._add(
            lost=lost,
            text=text,
            entities=tuple(entities),
            reply_to=reply_to,
            thread=topic if topic is not None else self._thread(reply_to),
            in_forum=self.kind == "forum" and (topic is not None or reply_to is not None),
            date=date or self._clock.now(),
            sender_id=sender.id if sender else None,
            author=author,
            media=media,
        )

    def photo(self, caption: str = "", **rest: Any) -> Message:
        """A post with a picture; only its placeholder, the picture itself cannot be fetched."""
        return self.post(caption, media=photo(self._clock.now()), **rest)

    def album(self, captions: Sequence[str]) -> tuple[Message, ...]:
        """Pictures that Telegram shows as one post; usually only one has a caption."""
        self._albums += 1
        when = self._clock.now()
        return tuple(
            self._add(
                text=caption, date=when, media=photo(when), album=self.id * 1000 + self._albums
            )
            for caption in captions
        )

    def service_message(self, action: Any = None) -> Message:
        """That a message was pinned, unless another `MessageAction…` is given."""
        return self._add(date=self._clock.now(), action=action or types.MessageActionPinMessage())

    def topic(self, title: str) -> int:
        """A new topic of a forum; returns its id."""
        return self.service_message(
            types.MessageActionTopicCreate(title=title, icon_color=0x6FB9F0)
        ).id

    def edit(
        self, id: int, text: str, *, entities: Sequence[Any] = (), lost: bool = False
    ) -> Message:
        old = self._standing(id)
        when = self._clock.now()
        new = replace(
            old,
            text=text,
            entities=tuple(entities),
            edited=when,
            edit_hidden=False,
            revisions=(*old.revisions, old.text),
        )
        self._publish(self.box.replace(new, when), lost=lost)
        return new

    def react(self, id: int) -> Message:
        """One more reaction: an edit that changes no text."""
        old = self._standing(id)
        when = self._clock.now()
        new = replace(old, reactions=old.reactions + 1, edited=old.edited or when, edit_hidden=True)
        self._publish(self.box.replace(new, when))
        return new

    def delete(self, *ids: int, lost: bool = False) -> None:
        change = self.box.remove(ids, self._clock.now())
        if change is None:
            raise LookupError(f"None of the messages {ids} is in {self.title!r}")
        self._publish(change, lost=lost)

    def burst(self, texts: int | Iterable[str]) -> tuple[Message, ...]:
        """Many posts at once; a number makes that many, "1" to "n"."""
        if isinstance(texts, int):
            texts = (str(n) for n in range(1, texts + 1))
        return tuple(self.post(text) for text in texts)

    def rename(self, title: str) -> Message:
        self.title = title
        return self.service_message(types.MessageActionChatEditTitle(title=title))

    # Who is in it.

    def admit(self, account: Account) -> None:
        """The account joins, or is let in again."""
        self.banned.discard(account.id)
        self.members.setdefault(account.id, self._clock.now())
        self._publisher.membership_changed(self, account)

    def leave(self, account: Account) -> None:
        self.members.pop(account.id, None)
        self._publisher.membership_changed(self, account)

    def kick(self, account: Account) -> None:
        """Thrown out for good: every request about the channel ends in CHANNEL_PRIVATE."""
        self.banned.add(account.id)
        self.leave(account)

    def is_readable_by(self, account: Account) -> bool:
        """Public channels are open to all but the banned."""
        return account.id not in self.banned and (
            self.username is not None or account.id in self.members
        )

    # How its pushes are disturbed.

    def gap(self, text: str = "") -> Message:
        """A post whose push is lost: the next one shows a gap in pts."""
        return self.post(text, lost=True)

    def push_again(self, id: int) -> None:
        """The last update about this message arrives a second time."""
        self._publisher.channel_changed(self, self.box.change_of(id))

    @contextmanager
    def out_of_order(self) -> Iterator[None]:
        """What happens inside is pushed at the end, last first."""
        held: list[Change] = []
        self._held = held
        try:
            yield
        finally:
            self._held = None
            for change in reversed(held):
                self._publisher.channel_changed(self, change)

    def too_long_difference(self) -> None:
        """Differences from any pts before now are answered with channelDifferenceTooLong."""
        self.box.forget()

    def _add(self, *, lost: bool = False, **fields: Any) -> Message:
        message = Message(id=self.box.last_id + 1, **fields)
        self._publish(self.box.add(message), lost=lost)
        return message

    def _standing(self, id: int) -> Message:
        message = self.box.get(id)
        if message is None:
            raise LookupError(f"No message {id} in {self.title!r}")
        return message

    def _thread(self, reply_to: int | None) -> int | None:
        """In groups an answer to an answer names the first message of the thread."""
        answered = (
            self.box.get(reply_to) if reply_to is not None and self.kind != "broadcast" else None
        )
        if answered is None:
            return None
        return answered.thread or answered.reply_to

    def _publish(self, change: Change, *, lost: bool = False) -> None:
        if lost or self.silent:
            return
        if self._held is not None:
            self._held.append(change)
        elif self.push_delay_seconds:
            loop = asyncio.get_running_loop()
            loop.call_later(self.push_delay_seconds, self._publisher.channel_changed, self, change)
        else:
            self._publisher.channel_changed(self, change)
