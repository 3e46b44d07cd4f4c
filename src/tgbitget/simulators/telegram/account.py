"""An account: its Saved Messages, and its owner typing on another device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from .box import Box
from .clock import ServerClock
from .message import Change, Message
from .srp import Verifier

if TYPE_CHECKING:
    from .session import Session


class AccountPublisher(Protocol):
    """Takes an account's changes to its own sessions, except the one that made them."""

    def account_changed(self, account: Account, change: Change, origin: Session | None) -> None: ...


class Account:
    """One user. The box is its common message box: here that is Saved Messages alone."""

    def __init__(
        self,
        *,
        id: int,
        phone: str,
        first_name: str,
        username: str | None,
        password: str | None,
        clock: ServerClock,
        publisher: AccountPublisher,
    ) -> None:
        self.id = id
        self.phone = phone
        self.first_name = first_name
        self.username = username
        self.verifier = Verifier(password) if password is not None else None
        self.box = Box()
        self.random_ids: set[int] = set()
        self._clock = clock
        self._publisher = publisher

    def saved_messages(self) -> tuple[Message, ...]:
        """What the owner sees in Saved Messages, oldest first; `revisions` has the earlier texts."""
        return self.box.messages

    def write(
        self,
        text: str,
        *,
        reply_to: int | None = None,
        entities: Sequence[Any] = (),
        origin: Session | None = None,
        date: datetime | None = None,
        forwarded_from: str | None = None,
    ) -> Message:
        """The owner writes to Saved Messages, or forwards somebody's words there; without `origin`, from a device
        that is not here."""
        return self.write_with_change(
            text,
            reply_to=reply_to,
            entities=entities,
            origin=origin,
            date=date,
            forwarded_from=forwarded_from,
        )[0]

    def write_with_change(
        self,
        text: str,
        *,
        reply_to: int | None,
        entities: Sequence[Any],
        origin: Session | None,
        date: datetime | None = None,
        forwarded_from: str | None = None,
    ) -> tuple[Message, Change]:
        message = Message(
            id=self.box.last_id + 1,
            date=date or self._clock.now(),
            forwarded_from=forwarded_from,
            text=text,
            entities=tuple(entities),
            reply_to=reply_to,
            sender_id=self.id,
        )
        change = self.box.add(message)
        self._publisher.account_changed(self, change, origin)
        return message, change

    def edit(
        self, id: int, text: str, *, entities: Sequence[Any] = (), origin: Session | None = None
    ) -> Change:
        old = self.box.get(id)
        if old is None:
            raise LookupError(f"No message {id} in Saved Messages")
        when = self._clock.now()
        new = replace(
            old,
            text=text,
            entities=tuple(entities),
            edited=when,
            revisions=(*old.revisions, old.text),
        )
        change = self.box.replace(new, when)
        self._publisher.account_changed(self, change, origin)
        return change

    def delete(self, *ids: int, origin: Session | None = None) -> Change | None:
        change = self.box.remove(ids, self._clock.now())
        if change is not None:
            self._publisher.account_changed(self, change, origin)
        return change

    def too_long_difference(self) -> None:
        """updates.getDifference from any pts before now is answered with differenceTooLong."""
        self.box.forget()
