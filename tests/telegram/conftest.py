"""A simulated Telegram, and settings that lead to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tgbitget.settings import Address, Settings, TelegramSettings
from tgbitget.simulators.telegram import Account, TelegramSimulator
from tgbitget.telegram.client import connect, hang_up

PHONE = "+15550001"

Enter = Callable[..., Awaitable[Any]]


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramSimulator]:
    async with TelegramSimulator() as simulator:
        yield simulator
        assert not simulator.unknown_requests


@pytest.fixture
def owner(telegram: TelegramSimulator) -> Account:
    return telegram.add_account(phone=PHONE, first_name="Owner", username="owner_name")


@pytest.fixture
def settings(telegram: TelegramSimulator, tmp_path: Path) -> Settings:
    """Of a machine on which nobody has logged in."""
    key = tmp_path / "server.pem"
    key.write_text(telegram.public_key_pem)
    return Settings(
        home=tmp_path / "home",
        telegram=TelegramSettings(
            api_id=1,
            api_hash=SecretStr("hash"),
            server=Address(host=telegram.host, port=telegram.port),
            server_key=key,
            dc_id=telegram.dc_id,
        ),
    )


@pytest.fixture
async def enter(
    telegram: TelegramSimulator, owner: Account, settings: Settings
) -> AsyncIterator[Enter]:
    """A client of ours that is logged in, with a string session."""
    async with AsyncExitStack() as clients:

        async def enter(account: Account = owner) -> Any:
            session = SecretStr(telegram.authorised_session(account))
            own = settings.telegram.model_copy(update={"session": session})
            client = await connect(settings.model_copy(update={"telegram": own}))
            clients.push_async_callback(hang_up, client)
            return client

        yield enter
