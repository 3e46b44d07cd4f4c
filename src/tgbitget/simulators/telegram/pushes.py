"""Pushes: each change to every session that listens to it, with its users and chats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from telethon.tl import types

from . import views
from .account import Account
from .channel import Channel
from .clock import ServerClock
from .envelope import serialise
from .message import Change
from .session import Session


class Pushes:
    """The sessions that are connected now, and what they are told unasked."""

    def __init__(self, clock: ServerClock) -> None:
        self.sessions: set[Session] = set()
        self.accounts: dict[int, Account] = {}  # by id; the world fills it
        self._clock = clock

    def listening(self, account: Account) -> list[Session]:
        return [s for s in self.sessions if s.receives_updates and s.device.account is account]

    def channel_changed(self, channel: Channel, change: Change) -> None:
        listeners = [s for s in self.sessions if s.receives_updates and _is_member(s, channel)]
        if not listeners:
            return
        update = views.update(change, channel)
        sender = self.accounts.get(change.message.sender_id or 0) if change.message else None
        for account, sessions in _by_account(listeners):
            users = [views.user(sender, account)] if sender else []
            self._push(sessions, self._updates(update, users, [views.chat(channel, account)]))

    def account_changed(self, account: Account, change: Change, origin: Session | None) -> None:
        sessions = [s for s in self.listening(account) if s is not origin]
        if sessions:
            update = views.update(change, account)
            self._push(sessions, self._updates(update, [views.user(account, account)], []))

    def membership_changed(self, channel: Channel, account: Account) -> None:
        update = types.UpdateChannel(channel_id=channel.id)
        self._push(
            self.listening(account), self._updates(update, [], [views.chat(channel, account)])
        )

    def login_token_accepted(self, session: Session) -> None:
        if session in self.sessions:
            self._push(
                [session],
                types.UpdateShort(update=types.UpdateLoginToken(), date=self._clock.now()),
            )

    def _updates(self, update: Any, users: list[Any], chats: list[Any]) -> Any:
        # Updates with a pts of their own need no place in the account's order: seq 0 says so.
        return types.Updates(
            updates=[update], users=users, chats=chats, date=self._clock.now(), seq=0
        )

    def _push(self, sessions: Iterable[Session], updates: Any) -> None:
        body = serialise(updates)
        for session in sessions:
            session.push(body)


def _is_member(session: Session, channel: Channel) -> bool:
    account = session.device.account
    return account is not None and account.id in channel.members


def _by_account(sessions: list[Session]) -> Iterator[tuple[Account, list[Session]]]:
    grouped: dict[int, tuple[Account, list[Session]]] = {}
    for session in sessions:
        account = session.device.account
        if account is not None:
            grouped.setdefault(account.id, (account, []))[1].append(session)
    yield from grouped.values()
