"""From settings to a client that is logged in, and all that may be in the way."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from telethon.tl import functions, types

from tgbitget.clock import SystemClock
from tgbitget.errors import ConfigError, NotAuthorised, Unreachable
from tgbitget.settings import Address, Proxy, Settings
from tgbitget.simulators.telegram import Account, TelegramSimulator
from tgbitget.telegram import client as client_module
from tgbitget.telegram.answers import Refused, ServerTrouble, Throttled, ask
from tgbitget.telegram.client import (
    connect,
    dial,
    hang_up,
    keep_time,
    make_client,
    stored_session,
)
from tgbitget.telegram.session import Login, SessionFile

Enter = Callable[..., Awaitable[Any]]

GET_STATE = functions.updates.GetStateRequest


def changed(settings: Settings, **telegram: Any) -> Settings:
    own = settings.telegram.model_copy(update=telegram)
    return settings.model_copy(update={"telegram": own})


@pytest.fixture
def logged_in(telegram: TelegramSimulator, owner: Account, settings: Settings) -> Settings:
    session = telegram.authorised_session(owner)
    SessionFile(settings.session_file).write(Login(session=session))
    return settings


async def test_the_session_file_leads_to_a_client_that_is_logged_in(
    telegram: TelegramSimulator, owner: Account, logged_in: Settings
) -> None:
    client = await connect(logged_in)
    assert (await client.get_me()).id == owner.id
    assert telegram.devices(owner)[-1].model == "tgbitget"
    await hang_up(client)
    assert not client.is_connected()


async def test_a_string_session_needs_no_file(enter: Enter, owner: Account) -> None:
    client = await enter()
    assert (await client.get_me()).id == owner.id
    assert client.session.file is None


async def test_a_server_may_be_named_instead_of_numbered(
    logged_in: Settings, telegram: TelegramSimulator
) -> None:
    client = await connect(changed(logged_in, server=Address(host="localhost", port=telegram.port)))
    assert client.session.server_address == "127.0.0.1"
    await hang_up(client)


async def test_nobody_logged_in_is_said_without_dialling(settings: Settings) -> None:
    with pytest.raises(NotAuthorised, match="not logged in to Telegram: run `tgbitget login`"):
        await connect(settings)


async def test_a_revoked_login_is_said(
    telegram: TelegramSimulator, owner: Account, logged_in: Settings
) -> None:
    telegram.revoke(owner)
    with pytest.raises(NotAuthorised, match=r"ended from another device .*SessionRevoked"):
        await connect(logged_in)


async def test_a_duplicated_login_is_a_security_incident(
    telegram: TelegramSimulator, owner: Account, logged_in: Settings
) -> None:
    telegram.duplicate_keys(owner)
    with pytest.raises(NotAuthorised, match=r"AUTH_KEY_DUPLICATED.*somebody has a copy"):
        await connect(logged_in)


async def test_a_key_that_the_server_never_saw_is_not_authorised(settings: Settings) -> None:
    async with TelegramSimulator() as another:
        stranger = another.add_account(phone="+15559999")
        session = SecretStr(another.authorised_session(stranger))
        with pytest.raises(NotAuthorised):
            await connect(changed(settings, session=session))


async def test_a_server_that_is_down_is_unreachable(
    telegram: TelegramSimulator, logged_in: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAUSE_SECONDS", 0.01)
    telegram.stop_listening()
    with pytest.raises(Unreachable):
        await connect(logged_in)


async def test_a_server_that_is_silent_is_unreachable_in_bounded_time(
    telegram: TelegramSimulator, logged_in: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAUSE_SECONDS", 0.01)
    telegram.silence()
    with pytest.raises(Unreachable, match="did not answer in time"):
        await connect(logged_in, dial_seconds=0.1)


async def test_a_clock_that_was_set_back_between_two_dials_does_not_make_us_deaf(
    telegram: TelegramSimulator, logged_in: Settings, owner: Account
) -> None:
    client = await connect(logged_in)
    await hang_up(client)
    telegram.set_clock(100)  # ours is behind by so much
    with pytest.raises(Unreachable):
        await dial(client, timeout=0.5)
    await hang_up(client)
    clock = SystemClock()
    clock.sync(datetime.now(UTC) + timedelta(seconds=100))
    keep_time(client, clock)
    await dial(client)
    assert (await client.get_me()).id == owner.id
    await hang_up(client)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        pytest.param({"api_id": None}, "TGBITGET_TELEGRAM__API_ID is missing", id="api id"),
        pytest.param({"api_hash": None}, "TGBITGET_TELEGRAM__API_HASH is missing", id="api hash"),
    ],
)
async def test_a_missing_setting_is_named(
    logged_in: Settings, wrong: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        await connect(changed(logged_in, **wrong))


@pytest.mark.parametrize("text", ["x", "1abc", "1" + "A" * 352, "1" + "é" * 352])
def test_a_string_that_is_no_session_is_named_and_not_shown(settings: Settings, text: str) -> None:
    if text == "1" + "A" * 352:
        text = text[:-1]
    with pytest.raises(ConfigError, match="TGBITGET_TELEGRAM__SESSION is not a Telethon") as told:
        stored_session(changed(settings, session=SecretStr(text)))
    assert text not in str(told.value)


@pytest.mark.parametrize(
    "pem",
    [
        pytest.param("", id="empty"),
        pytest.param("words", id="words"),
        pytest.param(
            "-----BEGIN RSA PUBLIC KEY-----\nMIIB\n-----END RSA PUBLIC KEY-----", id="torn"
        ),
        pytest.param("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", id="other"),
    ],
)
async def test_a_wrong_server_key_is_named(logged_in: Settings, tmp_path: Path, pem: str) -> None:
    file = tmp_path / "wrong.pem"
    file.write_text(pem)
    with pytest.raises(ConfigError, match=r"TGBITGET_TELEGRAM__SERVER_KEY: .*wrong.pem is no PEM"):
        await connect(changed(logged_in, server_key=file))


async def test_a_proxy_is_handed_on_with_its_password(logged_in: Settings) -> None:
    proxy = Proxy(
        kind="socks5", host="10.0.0.1", port=1080, username="me", password=SecretStr("secret")
    )
    settings = changed(logged_in, proxy=proxy)
    client = await make_client(settings.telegram, stored_session(settings))
    assert client._proxy == {
        "proxy_type": "socks5",
        "addr": "10.0.0.1",
        "port": 1080,
        "rdns": True,
        "username": "me",
        "password": "secret",
    }


async def test_telegram_is_reached_through_a_proxy(
    telegram: TelegramSimulator, logged_in: Settings
) -> None:
    """A little HTTP proxy: it takes CONNECT with a password and passes bytes on."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        out_reader, out_writer = await asyncio.open_connection(telegram.host, telegram.port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pass_on(reader, out_writer), pass_on(out_reader, writer))

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            writer.write(piece)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        proxy = Proxy(
            kind="http", host="127.0.0.1", port=port, username="me", password=SecretStr("pw")
        )
        client = await connect(changed(logged_in, proxy=proxy))
        assert await client.get_me()
        await hang_up(client)
    assert asked[0].startswith(f"CONNECT {telegram.host}:{telegram.port}".encode())
    assert b"Proxy-Authorization: Basic bWU6cHc=" in asked[0]


async def test_a_proxy_that_is_down_is_unreachable(
    logged_in: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAUSE_SECONDS", 0.01)
    with pytest.raises(Unreachable):
        await connect(changed(logged_in, proxy=Proxy(kind="socks5", host="127.0.0.1", port=1)))


# Questions.


async def test_a_flood_wait_is_for_this_question_only(
    telegram: TelegramSimulator, enter: Enter
) -> None:
    client = await enter()
    telegram.flood_wait(GET_STATE, 300, times=1)
    with pytest.raises(Throttled, match="wait 300 s") as told:
        await ask(client, GET_STATE())
    assert told.value.seconds == 300
    await ask(client, GET_STATE())


async def test_trouble_of_telegrams_own_is_told_at_once(
    telegram: TelegramSimulator, enter: Enter
) -> None:
    client = await enter()
    telegram.fail(GET_STATE, 500, "HISTORY_GET_FAILED", times=1)
    asked = telegram.requests.count(GET_STATE)
    with pytest.raises(ServerTrouble):
        await ask(client, GET_STATE())
    assert telegram.requests.count(GET_STATE) == asked + 1


async def test_any_other_refusal_is_told(telegram: TelegramSimulator, enter: Enter) -> None:
    client = await enter()
    telegram.fail(GET_STATE, 400, "PEER_ID_INVALID", times=1)
    with pytest.raises(Refused):
        await ask(client, GET_STATE())


async def test_no_answer_is_unreachable(telegram: TelegramSimulator, enter: Enter) -> None:
    client = await enter()
    telegram.hang(GET_STATE, times=1)
    with pytest.raises(Unreachable, match="did not answer in time"):
        await ask(client, GET_STATE(), timeout=0.05)


async def test_a_line_that_breaks_is_unreachable_and_cancels_nobody(
    telegram: TelegramSimulator, enter: Enter
) -> None:
    client = await enter()
    telegram.drop_answer(GET_STATE)
    with pytest.raises(Unreachable):
        await ask(client, GET_STATE())
    with pytest.raises(Unreachable):
        await ask(client, GET_STATE())


async def test_what_was_never_sent_is_not_sent_with_the_next_connection(
    telegram: TelegramSimulator, enter: Enter
) -> None:
    client = await enter()
    asked = telegram.requests.count(functions.users.GetUsersRequest)
    question = functions.users.GetUsersRequest(id=[types.InputUserSelf()])
    waiting = asyncio.create_task(ask(client, question))
    await asyncio.sleep(0)
    await hang_up(client)
    with pytest.raises(Unreachable):
        await waiting
    await dial(client)
    await ask(client, GET_STATE())
    assert telegram.requests.count(functions.users.GetUsersRequest) == asked


async def test_a_ping_that_was_swallowed_does_not_end_the_next_connection(enter: Enter) -> None:
    client = await enter()
    client._sender._ping = 1
    await hang_up(client)
    await dial(client)
    client._sender._keepalive_ping(2)
    await ask(client, GET_STATE())
    assert client._sender._ping is None


async def test_a_cancellation_that_telethon_swallows_still_counts(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await enter()
    await hang_up(client)
    is_waiting = asyncio.Event()

    async def swallow() -> None:
        is_waiting.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    monkeypatch.setattr(client, "connect", swallow)
    dialling = asyncio.create_task(dial(client))
    await is_waiting.wait()
    dialling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dialling
