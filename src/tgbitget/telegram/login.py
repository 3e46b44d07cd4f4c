"""Logging in by code, by second factor and by QR code. Who asks the person is somebody else's business."""

import asyncio
import base64
import io
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

import segno
from telethon import TelegramClient, errors, events, utils
from telethon.tl import functions, types

from tgbitget.errors import ConfigError, NotAuthorised, TgbitgetError, Unreachable
from tgbitget.settings import Settings
from tgbitget.telegram.answers import our_errors
from tgbitget.telegram.client import dialled, hang_up
from tgbitget.telegram.session import KEY_VARIABLE, KnownSession, session_file

_T = TypeVar("_T")

TRIES_MAX = 3
"""Wrong codes and passwords in a row; Telegram itself gets angry not much later."""
QR_CODES_MAX = 20
"""A QR code lives half a minute; after ten minutes nobody will scan it any more."""


class Person(Protocol):
    """Whoever sits before the terminal. Asked again after a wrong answer; `say` tells why."""

    async def phone(self) -> str: ...

    async def code(self, sent_to: str) -> str: ...

    async def password(self, hint: str | None) -> str: ...

    def show_qr(self, drawing: str, url: str, expires: datetime) -> None:
        """*drawing* is for a terminal; each call takes the place of the one before."""
        ...

    def say(self, line: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """The account that the session file now belongs to."""

    user_id: int
    name: str
    username: str | None


async def login(settings: Settings, person: Person, *, by_qr: bool = False) -> LoggedIn:
    """Log in and write the session file. The session that was there is left until the new one is complete.

    NotAuthorised when the person has no right answer, Unreachable, ConfigError; each in one line.
    """
    file = session_file(settings)
    client = await dialled(settings, KnownSession(file=file))
    try:
        with our_errors():
            user = await (_by_qr(client, person) if by_qr else _by_code(client, person))
        await asyncio.to_thread(client.session.keep)
    finally:
        await hang_up(client)
    name = " ".join(filter(None, (user.first_name, user.last_name))) or str(user.id)
    return LoggedIn(user_id=user.id, name=name, username=user.username)


def seal_session(settings: Settings) -> None:
    """Write the session file anew, sealed by the key of the settings. ConfigError: no key, no file, not to be read."""
    if settings.telegram.session_key is None:
        raise ConfigError(
            f"{KEY_VARIABLE} is not set; it is what the session would be encrypted with"
        )
    file = session_file(settings)
    login = file.read()
    if login is None:
        raise ConfigError(f"there is no session file {file.path}; run `tgbitget login`")
    file.write(login)


async def logout(client: TelegramClient) -> None:
    """End this session at Telegram and delete its file. Unreachable leaves both as they are."""
    with our_errors():
        if not await client.log_out():
            raise Unreachable("Telegram did not end the session; end it under Settings, Devices")


async def _by_code(client: TelegramClient, person: Person) -> Any:
    phone, sent = await _tried(person, lambda: _send_code(client, person), "phone number")
    where = _sent_to(sent)

    async def enter() -> Any:
        code = (await person.code(where)).strip()
        if not code:
            raise _Wrong(_WRONG[errors.PhoneCodeEmptyError])
        try:
            return await client.sign_in(phone, code, phone_code_hash=sent.phone_code_hash)
        except errors.SessionPasswordNeededError:
            return None

    user = await _tried(person, enter, "code")
    return user or await _by_password(client, person)


async def _send_code(client: TelegramClient, person: Person) -> tuple[str, Any]:
    phone = utils.parse_phone((await person.phone()).strip())
    if phone is None:
        raise _Wrong(_WRONG[errors.PhoneNumberInvalidError])
    return phone, await client.send_code_request(phone)


async def _by_password(client: TelegramClient, person: Person) -> Any:
    hint = (await client(functions.account.GetPasswordRequest())).hint

    async def enter() -> Any:
        password = await person.password(hint)
        if not password:
            raise _Wrong(_WRONG[errors.PasswordEmptyError])
        return await client.sign_in(password=password)

    return await _tried(person, enter, "password")


async def _by_qr(client: TelegramClient, person: Person) -> Any:
    """Telethon's own helper misses a scan that comes between two of its waits; this one asks again anyway."""
    scanned = asyncio.Event()

    async def on_scan(_: Any) -> None:
        scanned.set()

    client.add_event_handler(on_scan, events.Raw(types.UpdateLoginToken))
    try:
        for _ in range(QR_CODES_MAX):
            answer = await _asked(lambda: _token(client))
            if isinstance(answer, types.auth.LoginTokenSuccess):
                return await client._on_login(answer.authorization.user)
            _show(answer, person)
            with suppress(TimeoutError):
                await asyncio.wait_for(scanned.wait(), _seconds_to(answer.expires))
            scanned.clear()
    except errors.SessionPasswordNeededError:
        return await _by_password(client, person)
    finally:
        client.remove_event_handler(on_scan)
    raise NotAuthorised("nobody scanned the QR code; run `tgbitget login --qr` again")


async def _token(client: TelegramClient) -> Any:
    """A code to show, or, once it was scanned, the login."""
    request = functions.auth.ExportLoginTokenRequest(client.api_id, client.api_hash, [])
    answer = await client(request)
    if isinstance(answer, types.auth.LoginTokenMigrateTo):
        await client._switch_dc(answer.dc_id)
        answer = await client(functions.auth.ImportLoginTokenRequest(answer.token))
    return answer


def _show(token: Any, person: Person) -> None:
    text = base64.urlsafe_b64encode(token.token).decode().rstrip("=")
    url = f"tg://login?token={text}"
    person.show_qr(_drawing(url), url, token.expires)


_WRONG = {
    errors.PhoneNumberInvalidError: "that is not a phone number: write it as +49…",
    errors.PhoneCodeInvalidError: "wrong code",
    errors.PhoneCodeEmptyError: "no code",
    errors.PasswordHashInvalidError: "wrong password",
    errors.PasswordEmptyError: "no password",
}
_FINAL = {
    errors.PhoneCodeExpiredError: "the code has expired; run `tgbitget login` again",
    errors.PhoneNumberUnoccupiedError: "no Telegram account has this phone number; make one in Telegram's own app",
    errors.PhoneNumberBannedError: "Telegram has banned this phone number",
    errors.PhoneNumberFloodError: "too many logins with this phone number; try again tomorrow",
    errors.PhonePasswordFloodError: "too many wrong passwords; try again later",
    errors.ApiIdInvalidError: "TGBITGET_TELEGRAM__API_ID and __API_HASH do not belong together",
    errors.ApiIdPublishedFloodError: "TGBITGET_TELEGRAM__API_ID is a published one; make your own at my.telegram.org",
}


async def _tried(person: Person, step: Callable[[], Awaitable[_T]], what: str) -> _T:
    """A few times, as long as the answer was merely wrong."""
    for _ in range(TRIES_MAX):
        try:
            return await _asked(step)
        except _Wrong as wrong:
            person.say(str(wrong))
    raise NotAuthorised(f"no right {what} in {TRIES_MAX} tries; run `tgbitget login` again")


async def _asked(step: Callable[[], Awaitable[_T]]) -> _T:
    try:
        return await step()
    except errors.FloodWaitError as error:
        minutes = -(-error.seconds // 60)
        raise NotAuthorised(
            f"Telegram wants no login attempts for {minutes} minutes; try again then"
        ) from None
    except tuple(_WRONG) as error:
        raise _Wrong(_WRONG[type(error)]) from None
    except tuple(_FINAL) as error:
        raise NotAuthorised(_FINAL[type(error)]) from None


class _Wrong(TgbitgetError):
    """The person may try again."""


def _sent_to(sent: Any) -> str:
    """Where Telegram sent the code, in words."""
    match sent.type:
        case types.auth.SentCodeTypeApp():
            return "Telegram on your other devices"
        case types.auth.SentCodeTypeSms() | types.auth.SentCodeTypeFirebaseSms():
            return "a text message"
        case types.auth.SentCodeTypeCall() | types.auth.SentCodeTypeMissedCall():
            return "a phone call"
        case types.auth.SentCodeTypeEmailCode(email_pattern=pattern):
            return f"an e-mail to {pattern}"
        case _:
            return "one of your devices"


def _drawing(url: str) -> str:
    """For a terminal: two modules in the height of a line, dark on light whatever its colours."""
    drawing = io.StringIO()
    segno.make(url, error="l", micro=False).terminal(out=drawing, compact=True, border=2)
    return drawing.getvalue()


def _seconds_to(moment: datetime) -> float:
    """At least one, should this machine's clock be ahead."""
    return max(1.0, (moment - datetime.now(UTC)).total_seconds())
