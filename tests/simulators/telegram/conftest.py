"""A simulated Telegram and real Telethon clients that talk to it over TCP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from telethon import TelegramClient, events
from telethon.crypto import rsa
from telethon.sessions import StringSession

from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator

Connect = Callable[..., Awaitable[Any]]

PHONE = "+15550001"


async def once(client: Any, request: Any) -> Any:
    """Ask without Telethon's habit to sleep two seconds and ask again after a server error."""
    return await client._sender.send(request)


class Seen:
    """What a client's event handlers were told, in order."""

    def __init__(self, client: Any) -> None:
        self.new: list[str] = []
        self.edited: list[str] = []
        self.deleted: list[int] = []
        self.messages: list[Any] = []
        client.add_event_handler(self._new, events.NewMessage())
        client.add_event_handler(self._edited, events.MessageEdited())
        client.add_event_handler(self._deleted, events.MessageDeleted())

    async def _new(self, event: Any) -> None:
        self.new.append(event.raw_text)
        self.messages.append(event.message)

    async def _edited(self, event: Any) -> None:
        self.edited.append(event.raw_text)
        self.messages.append(event.message)

    async def _deleted(self, event: Any) -> None:
        self.deleted += event.deleted_ids


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramSimulator]:
    async with TelegramSimulator() as simulator:
        yield simulator
        assert not simulator.unknown_requests


@pytest.fixture
def owner(telegram: TelegramSimulator) -> Account:
    return telegram.add_account(phone=PHONE, first_name="Owner")


@pytest.fixture
def channel(telegram: TelegramSimulator, owner: Account) -> Channel:
    return telegram.add_channel("VIP Signals", username="vip_signals", members=[owner])


@pytest.fixture
async def connect(telegram: TelegramSimulator) -> AsyncIterator[Connect]:
    """Connect a client: as the account, or as somebody new who has no key yet."""
    async with AsyncExitStack() as clients:

        async def connect(account: Account | None = None, **options: Any) -> Any:
            if account is not None:
                session = StringSession(telegram.authorised_session(account))
            else:
                rsa.add_key(telegram.public_key_pem, old=False)
                session = StringSession()
                session.set_dc(telegram.dc_id, telegram.host, telegram.port)
            client = TelegramClient(session, 1, "hash", retry_delay=0.02, **options)
            clients.push_async_callback(client.disconnect)
            await client.connect()
            return client

        yield connect


@pytest.fixture
async def client(connect: Connect, owner: Account, channel: Channel) -> Any:
    """The owner's client, which knows the channel and its pts."""
    client = await connect(owner)
    await client.get_dialogs()
    return client
