"""Settings to a connected Telethon client; dialling and hanging up."""

import asyncio
import importlib.util
import socket
import time
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import rsa
from pyasn1.error import PyAsn1Error  # type: ignore[import-untyped]  # what `rsa` raises
from telethon import TelegramClient
from telethon.crypto import rsa as server_keys
from telethon.tl import functions

from tgbitget.clock import Clock
from tgbitget.errors import ConfigError, NotAuthorised, Unreachable
from tgbitget.settings import Proxy, Settings, TelegramSettings
from tgbitget.telegram.answers import NOT_LOGGED_IN, ask, our_errors
from tgbitget.telegram.session import BAD_SESSION, KnownSession, Login, session_file

DIAL_SECONDS = 10.0
"""One attempt: a connection, perhaps a key exchange, one answer."""
DIALS_BEFORE_READY = 3
PAUSE_SECONDS = 1.0

_DEVICE = {"device_model": "tgbitget", "system_version": "1", "app_version": "1"}
"""What the owner sees under Devices. Never changes: a device that changes its name looks stolen."""
_DEFAULT_DC = 2


async def connect(
    settings: Settings, *, clock: Clock | None = None, dial_seconds: float = DIAL_SECONDS
) -> TelegramClient:
    """A client that is logged in; *clock* as for `keep_time`.

    ConfigError (a setting, the session file), NotAuthorised (nobody is logged in, or not any more), Unreachable after a
    few attempts. It does not reconnect by itself: `TelegramSource` dials again, others end.
    """
    session = stored_session(settings)
    if session.is_empty:
        raise NotAuthorised(NOT_LOGGED_IN)
    client = await dialled(settings, session, clock=clock, dial_seconds=dial_seconds)
    try:
        await ask(client, functions.updates.GetStateRequest(), timeout=dial_seconds)
    except BaseException:
        await hang_up(client)
        raise
    return client


async def dialled(
    settings: Settings,
    session: KnownSession,
    *,
    clock: Clock | None = None,
    dial_seconds: float = DIAL_SECONDS,
) -> TelegramClient:
    """A connected client, logged in or not."""
    client = await make_client(settings.telegram, session)
    if clock is not None:
        keep_time(client, clock)
    for attempt in range(1, DIALS_BEFORE_READY + 1):
        try:
            await dial(client, timeout=dial_seconds)
        except Unreachable:
            if attempt == DIALS_BEFORE_READY:
                raise
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            break
    return client


def keep_time(client: TelegramClient, clock: Clock) -> None:
    """Give it the true UTC that *clock* knows, where this machine's is behind: Telethon 1.45 ignores answers that seem to
    come from more than 30 s ahead, and Telegram corrects nobody who is less than 300 s behind."""
    client._sender._state.time_offset = round(clock.now().timestamp() - time.time())


async def dial(client: TelegramClient, *, timeout: float = DIAL_SECONDS) -> None:
    """One attempt; what was half made is taken down again."""
    try:
        with our_errors():
            async with asyncio.timeout(timeout):
                await client.connect()
        _still_wanted()
    except BaseException:
        await hang_up(client)
        raise


def _still_wanted() -> None:
    """Telethon connects within `asyncio.wait_for`, which up to Python 3.11 swallows a cancellation that comes as the
    connection does."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def hang_up(client: TelegramClient) -> None:
    """Also where the line is dead already: Telethon's loops of the old connection must end before a new one."""
    with suppress(OSError):
        await client.disconnect()
    sender = client._sender
    if sender._disconnected.done() and not sender._disconnected.cancelled():
        sender._disconnected.exception()  # looked at, so that asyncio does not report it as forgotten
    # What was not sent yet would go out with the next connection, though whoever asked was told that it failed.
    for request in sender._send_queue._deque:
        request.future.cancel()
    sender._send_queue._deque.clear()
    # A ping that the old line swallowed would end each new connection at its first minute.
    sender._ping = None


def stored_session(settings: Settings) -> KnownSession:
    """TELEGRAM__SESSION, else the session file; empty when nobody has logged in."""
    given = settings.telegram.session
    if given is None:
        file = session_file(settings)
        login = file.read()
        return KnownSession.of(login, file) if login else KnownSession(file=file)
    try:
        return KnownSession.of(Login(session=given.get_secret_value()), None)
    except BAD_SESSION:
        raise ConfigError("TGBITGET_TELEGRAM__SESSION is not a Telethon string session") from None


async def make_client(telegram: TelegramSettings, session: KnownSession) -> TelegramClient:
    """Not connected yet."""
    if telegram.api_id is None or telegram.api_hash is None:
        missing = "API_ID" if telegram.api_id is None else "API_HASH"
        raise ConfigError(
            f"TGBITGET_TELEGRAM__{missing} is missing: make an application at my.telegram.org"
        )
    if importlib.util.find_spec("cryptg") is None:
        raise ConfigError("the package cryptg is missing; without it a burst of posts stalls")
    if telegram.server_key is not None:
        _trust(telegram.server_key)
    if telegram.server is not None:
        address = await _address(telegram.server.host, telegram.server.port)
        dc = telegram.dc_id or session.dc_id or _DEFAULT_DC
        session.set_dc(dc, address, telegram.server.port)
    return TelegramClient(
        session,
        telegram.api_id,
        telegram.api_hash.get_secret_value(),
        proxy=_proxy(telegram.proxy),
        use_ipv6=":" in (session.server_address or ""),
        timeout=DIAL_SECONDS,
        # One attempt and no reconnecting: whoever holds the client decides, and knows what to ask for afterwards.
        auto_reconnect=False,
        connection_retries=0,
        retry_delay=0,
        request_retries=1,
        raise_last_call_error=True,
        flood_sleep_threshold=0,
        receive_updates=True,
        catch_up=False,
        **_DEVICE,
    )


def _trust(file: Path) -> None:
    """Telegram's own keys stay known; Telethon keeps one list for the process."""
    try:
        pem = file.read_bytes()
        if b"BEGIN PUBLIC KEY" in pem:
            pem = rsa.PublicKey.load_pkcs1_openssl_pem(pem).save_pkcs1()
        server_keys.add_key(pem, old=False)
    except (OSError, ValueError, TypeError, PyAsn1Error):
        raise ConfigError(
            f"TGBITGET_TELEGRAM__SERVER_KEY: {file} is no PEM file with an RSA public key"
        ) from None


async def _address(host: str, port: int) -> str:
    """As a number, for a string session holds no names."""
    try:
        return ip_address(host).compressed
    except ValueError:
        pass
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, family=socket.AF_INET
        )
    except OSError:
        raise Unreachable(f"TGBITGET_TELEGRAM__SERVER: no address for {host}") from None
    return str(found[0][4][0])


def _proxy(proxy: Proxy | None) -> dict[str, Any] | None:
    if proxy is None:
        return None
    return {
        "proxy_type": proxy.kind,
        "addr": proxy.host,
        "port": proxy.port,
        "rdns": True,
        "username": proxy.username,
        "password": proxy.password.get_secret_value() if proxy.password else None,
    }
