"""Logging in by code, by password and by QR code; wrong answers; logging out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from telethon.tl import functions

from tgbitget.errors import NotAuthorised
from tgbitget.settings import Settings
from tgbitget.simulators.telegram import Account, TelegramSimulator
from tgbitget.telegram.client import connect, hang_up
from tgbitget.telegram.login import login, logout

PHONE = "+15550001"


@dataclass
class Somebody:
    """Answers from lists; what is left over when they end is the last answer."""

    telegram: TelegramSimulator
    phones: list[str] = field(default_factory=lambda: [PHONE])
    wrong_codes: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    on_qr: Callable[[str], None] = lambda url: None
    said: list[str] = field(default_factory=list)
    drawings: list[str] = field(default_factory=list)
    sent_to: str = ""

    async def phone(self) -> str:
        return self.phones.pop(0) if len(self.phones) > 1 else self.phones[0]

    async def code(self, sent_to: str) -> str:
        self.sent_to = sent_to
        return self.wrong_codes.pop(0) if self.wrong_codes else self.telegram.login_code(PHONE)

    async def password(self, hint: str | None) -> str:
        return self.passwords.pop(0)

    def show_qr(self, drawing: str, url: str, expires: datetime) -> None:
        self.drawings.append(drawing)
        self.on_qr(url)

    def say(self, line: str) -> None:
        self.said.append(line)


@pytest.fixture
def person(telegram: TelegramSimulator) -> Somebody:
    return Somebody(telegram)


async def who_is_logged_in(settings: Settings) -> int:
    client = await connect(settings)
    me = await client.get_me()
    await hang_up(client)
    return int(me.id)


async def test_login_by_code_writes_the_session_file(
    person: Somebody, settings: Settings, owner: Account
) -> None:
    found = await login(settings, person)
    assert (found.user_id, found.name, found.username) == (owner.id, "Owner", "owner_name")
    assert person.sent_to == "Telegram on your other devices"
    assert await who_is_logged_in(settings) == owner.id


async def test_login_with_a_second_factor(
    telegram: TelegramSimulator, person: Somebody, settings: Settings
) -> None:
    owner = telegram.add_account(phone=PHONE, password="open sesame")
    person.passwords = ["wrong", "", "open sesame"]
    assert (await login(settings, person)).user_id == owner.id
    assert person.said == ["wrong password", "no password"]
    assert await who_is_logged_in(settings) == owner.id


async def test_a_wrong_code_is_asked_for_again(
    person: Somebody, settings: Settings, owner: Account
) -> None:
    person.wrong_codes = ["00000", " "]
    assert (await login(settings, person)).user_id == owner.id
    assert person.said == ["wrong code", "no code"]


async def test_after_three_wrong_codes_login_ends_and_leaves_no_file(
    person: Somebody, settings: Settings, owner: Account
) -> None:
    person.wrong_codes = ["0", "1", "2"]
    with pytest.raises(NotAuthorised, match="no right code in 3 tries"):
        await login(settings, person)
    assert not settings.session_file.exists()


async def test_what_is_no_phone_number_is_asked_for_again(
    person: Somebody, settings: Settings, owner: Account
) -> None:
    person.phones = ["my phone", "+1", PHONE]
    assert (await login(settings, person)).user_id == owner.id
    assert person.said == ["that is not a phone number: write it as +49…"] * 2


async def test_a_number_without_account_is_said(
    telegram: TelegramSimulator, settings: Settings
) -> None:
    person = Somebody(telegram)
    with pytest.raises(NotAuthorised, match="no Telegram account has this phone number"):
        await login(settings, person)


async def test_a_flood_wait_at_login_is_one_clear_line(
    telegram: TelegramSimulator, person: Somebody, settings: Settings, owner: Account
) -> None:
    telegram.flood_wait(functions.auth.SendCodeRequest, 3600)
    with pytest.raises(NotAuthorised, match="no login attempts for 60 minutes"):
        await login(settings, person)


async def test_login_by_qr_code(
    telegram: TelegramSimulator, person: Somebody, settings: Settings, owner: Account
) -> None:
    person.on_qr = lambda url: telegram.scan_qr_code(owner)
    assert (await login(settings, person, by_qr=True)).user_id == owner.id
    (drawing,) = person.drawings
    assert len(drawing.splitlines()) > 10
    assert await who_is_logged_in(settings) == owner.id


async def test_login_by_qr_code_and_second_factor(
    telegram: TelegramSimulator, person: Somebody, settings: Settings
) -> None:
    owner = telegram.add_account(phone=PHONE, password="open sesame")
    person.passwords = ["open sesame"]
    person.on_qr = lambda url: telegram.scan_qr_code(owner)
    assert (await login(settings, person, by_qr=True)).user_id == owner.id


async def test_a_qr_code_that_expires_is_replaced(
    telegram: TelegramSimulator, person: Somebody, settings: Settings, owner: Account
) -> None:
    telegram.set_clock(-29.5)  # its codes, made for 30 s, are old here after half a second

    def scan_the_second(url: str) -> None:
        if len(person.drawings) == 2:
            telegram.scan_qr_code(owner)

    person.on_qr = scan_the_second
    assert (await login(settings, person, by_qr=True)).user_id == owner.id
    assert len(set(person.drawings)) == 2


async def test_logout_ends_the_session_and_deletes_the_file(
    telegram: TelegramSimulator, person: Somebody, settings: Settings, owner: Account
) -> None:
    await login(settings, person)
    await logout(await connect(settings))
    assert not settings.session_file.exists()
    assert telegram.requests.count(functions.auth.LogOutRequest) == 1
    with pytest.raises(NotAuthorised, match="not logged in"):
        await connect(settings)
