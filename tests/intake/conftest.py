"""A simulated Telegram, a client of ours, and a small world behind `deliver`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tgbitget.settings import Address, Settings, TelegramSettings
from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator
from tgbitget.telegram.client import connect, hang_up

from .world import World

Enter = Callable[[], Awaitable[Any]]


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramSimulator]:
    async with TelegramSimulator() as simulator:
        yield simulator
        assert not simulator.unknown_requests


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def owner(telegram: TelegramSimulator) -> Account:
    return telegram.add_account(phone="+15550001", first_name="Owner")


@pytest.fixture
def vip(telegram: TelegramSimulator, owner: Account) -> Channel:
    return telegram.add_channel("VIP", username="vip_signals", members=[owner])


@pytest.fixture
async def enter(
    telegram: TelegramSimulator, owner: Account, tmp_path: Path
) -> AsyncIterator[Enter]:
    """A new client of the owner's, as the application has it."""
    async with AsyncExitStack() as clients:

        async def enter() -> Any:
            settings = Settings(
                home=tmp_path,
                telegram=TelegramSettings(
                    api_id=1,
                    api_hash=SecretStr("hash"),
                    session=SecretStr(telegram.authorised_session(owner)),
                    server=Address(host=telegram.host, port=telegram.port),
                    dc_id=telegram.dc_id,
                ),
            )
            client = await connect(settings)
            clients.push_async_callback(hang_up, client)
            return client

        yield enter
