import asyncio
from datetime import timedelta
from typing import Any

import pytest
from telethon import TelegramClient, errors, functions, types
from telethon.crypto import rsa
from telethon.sessions import StringSession

from tgbitget.simulators.telegram import Account, TelegramSimulator, new_server_key
from waiting import eventually

from .conftest import PHONE, Connect

SECRET_PHONE = "+15550002"
PASSWORD = "correct horse"


@pytest.fixture
def guarded(telegram: TelegramSimulator) -> Account:
    """An account with a second factor."""
    return telegram.add_account(phone=SECRET_PHONE, first_name="Guarded", password=PASSWORD)


async def signed_in_by_code(telegram: TelegramSimulator, client: Any, phone: str) -> Any:
    await client.send_code_request(phone)
    return await client.sign_in(phone, telegram.login_code(phone))


async def test_the_code_logs_in(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    client = await connect()
    assert await client.get_me() is None
    me = await signed_in_by_code(telegram, client, PHONE)
    assert (me.id, me.first_name, me.phone, me.is_self) == (owner.id, "Owner", "15550001", True)


async def test_a_login_survives_in_its_session_string(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    client = await connect()
    await signed_in_by_code(telegram, client, PHONE)
    again = TelegramClient(StringSession(client.session.save()), 1, "hash")
    await client.disconnect()
    await again.connect()
    assert (await again.get_me()).id == owner.id
    await again.disconnect()


async def test_a_second_factor_is_asked_and_taken(
    telegram: TelegramSimulator, guarded: Account, connect: Connect
) -> None:
    client = await connect()
    with pytest.raises(errors.SessionPasswordNeededError):
        await signed_in_by_code(telegram, client, SECRET_PHONE)
    assert await client.get_me() is None
    assert (await client.sign_in(password=PASSWORD)).id == guarded.id


async def test_a_wrong_password_is_refused_and_may_be_tried_again(
    telegram: TelegramSimulator, guarded: Account, connect: Connect
) -> None:
    client = await connect()
    with pytest.raises(errors.SessionPasswordNeededError):
        await signed_in_by_code(telegram, client, SECRET_PHONE)
    with pytest.raises(errors.PasswordHashInvalidError):
        await client.sign_in(password="wrong")
    assert (await client.sign_in(password=PASSWORD)).id == guarded.id


async def test_a_wrong_code_is_refused_and_may_be_tried_again(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    client = await connect()
    await client.send_code_request(PHONE)
    wrong = "00000" if telegram.login_code(PHONE) != "00000" else "11111"
    with pytest.raises(errors.PhoneCodeInvalidError):
        await client.sign_in(PHONE, wrong)
    assert (await client.sign_in(PHONE, telegram.login_code(PHONE))).id == owner.id


async def test_a_newer_code_voids_the_one_before(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    client = await connect()
    first = await client.send_code_request(PHONE)
    code = telegram.login_code(PHONE)
    await client.send_code_request(PHONE)
    with pytest.raises(errors.PhoneCodeExpiredError):
        await client.sign_in(PHONE, code, phone_code_hash=first.phone_code_hash)


async def test_an_unknown_phone_would_have_to_sign_up(
    telegram: TelegramSimulator, connect: Connect
) -> None:
    client = await connect()
    with pytest.raises(errors.PhoneNumberUnoccupiedError):
        await signed_in_by_code(telegram, client, "+15559999")


@pytest.mark.parametrize(
    ("api_id", "phone", "error"),
    [
        pytest.param(0, PHONE, errors.ApiIdInvalidError, id="no application"),
        pytest.param(1, "12", errors.PhoneNumberInvalidError, id="no phone"),
    ],
)
async def test_a_code_is_refused_for_nonsense(
    connect: Connect, api_id: int, phone: str, error: type[Exception]
) -> None:
    client = await connect()
    request = functions.auth.SendCodeRequest(phone, api_id, "hash", types.CodeSettings())
    with pytest.raises(error):
        await client(request)


async def test_a_scanned_qr_code_logs_in(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    client = await connect()
    shown = await client.qr_login()
    assert shown.url.startswith("tg://login?token=")
    waiting = asyncio.create_task(shown.wait(5))
    await asyncio.sleep(0)  # the handler is there now
    telegram.scan_qr_code(owner)
    assert (await waiting).id == owner.id
    assert (await client.get_me()).id == owner.id


async def test_a_scanned_qr_code_asks_for_the_second_factor_too(
    telegram: TelegramSimulator, guarded: Account, connect: Connect
) -> None:
    client = await connect()
    shown = await client.qr_login()
    waiting = asyncio.create_task(shown.wait(5))
    await asyncio.sleep(0)
    telegram.scan_qr_code(guarded)
    with pytest.raises(errors.SessionPasswordNeededError):
        await waiting
    assert (await client.sign_in(password=PASSWORD)).id == guarded.id


async def test_another_client_scans_the_qr_code(owner: Account, connect: Connect) -> None:
    phone, client = await connect(owner), await connect()
    shown = await client.qr_login()
    waiting = asyncio.create_task(shown.wait(5))
    await asyncio.sleep(0)
    await phone(functions.auth.AcceptLoginTokenRequest(shown.token))
    assert (await waiting).id == owner.id
    with pytest.raises(errors.AuthTokenInvalidError):
        await phone(functions.auth.AcceptLoginTokenRequest(shown.token))


async def test_no_qr_code_no_scan(telegram: TelegramSimulator, owner: Account) -> None:
    with pytest.raises(LookupError, match="No QR code"):
        telegram.scan_qr_code(owner)


async def test_logging_out_forgets_the_device(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    client = await connect(owner)
    assert len(telegram.devices(owner)) == 1
    assert await client.log_out()
    assert telegram.devices(owner) == []


async def test_devices_are_listed_and_ended_from_another(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    first, second = await connect(owner, device_model="Phone"), await connect(owner)
    listed = (await second(functions.account.GetAuthorizationsRequest())).authorizations
    (phone,) = (one for one in listed if one.device_model == "Phone")
    assert [one.current for one in listed].count(True) == 1
    await second(functions.account.ResetAuthorizationRequest(phone.hash))
    with pytest.raises(errors.SessionRevokedError):
        await first(functions.updates.GetStateRequest())
    assert (await second.get_me()).id == owner.id


async def test_a_server_with_another_key_is_not_trusted() -> None:
    async with TelegramSimulator(key=new_server_key()) as telegram:
        session = StringSession()
        session.set_dc(telegram.dc_id, telegram.host, telegram.port)
        client = TelegramClient(session, 1, "hash", connection_retries=0, retry_delay=0)
        with pytest.raises(ConnectionError, match="auth_key generation failed"):
            await client.connect()
        rsa.add_key(telegram.public_key_pem, old=False)
        await client.connect()
        await client.disconnect()


async def test_an_unknown_session_is_told_so(telegram: TelegramSimulator, owner: Account) -> None:
    async with TelegramSimulator(port=0) as other:
        stranger = other.add_account(phone=PHONE)
        session = StringSession(other.authorised_session(stranger))
        session.set_dc(telegram.dc_id, telegram.host, telegram.port)
        client = TelegramClient(session, 1, "hash", connection_retries=0, retry_delay=0)
        with pytest.raises(errors.AuthKeyNotFound):
            await client.connect()
        with pytest.raises(errors.AuthKeyNotFound):
            await client.disconnected
        await client.disconnect()
        await eventually(lambda: telegram.connections == 0)


def test_a_session_needs_a_port() -> None:
    telegram = TelegramSimulator()
    account = telegram.add_account(phone=PHONE)
    with pytest.raises(RuntimeError, match="start the simulator"):
        telegram.authorised_session(account)


def test_one_phone_has_one_account() -> None:
    telegram = TelegramSimulator()
    telegram.add_account(phone=PHONE)
    with pytest.raises(ValueError, match="already an account"):
        telegram.add_account(phone="1 555 00 01")


async def test_a_code_is_cancelled(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    client = await connect()
    sent = await client.send_code_request(PHONE)
    await client(functions.auth.CancelCodeRequest(PHONE, sent.phone_code_hash))
    with pytest.raises(LookupError, match="No code was sent"):
        telegram.login_code(PHONE)


async def test_an_old_qr_code_cannot_be_scanned(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    phone, client = await connect(owner), await connect()
    shown = await client.qr_login()
    first = shown.token
    await shown.recreate()
    with pytest.raises(errors.AuthTokenInvalidError):
        await phone(functions.auth.AcceptLoginTokenRequest(first))
    (waiting,) = telegram.world.login_tokens.values()
    waiting.expires -= timedelta(minutes=1)
    with pytest.raises(errors.AuthTokenExpiredError):
        await phone(functions.auth.AcceptLoginTokenRequest(shown.token))


async def test_a_second_factor_is_asked_of_nobody_who_gave_no_code(
    telegram: TelegramSimulator, guarded: Account, connect: Connect
) -> None:
    client = await connect()
    with pytest.raises(errors.AuthKeyUnregisteredError):
        await client(functions.account.GetPasswordRequest())
    proof = types.InputCheckPasswordSRP(srp_id=1, A=b"a", M1=b"m")
    with pytest.raises(errors.AuthKeyUnregisteredError):
        await client(functions.auth.CheckPasswordRequest(proof))


async def test_a_proof_is_good_for_one_question(
    telegram: TelegramSimulator, guarded: Account, connect: Connect
) -> None:
    client = await connect()
    with pytest.raises(errors.SessionPasswordNeededError):
        await signed_in_by_code(telegram, client, SECRET_PHONE)
    asked = await client(functions.account.GetPasswordRequest())
    wrong = types.InputCheckPasswordSRP(srp_id=asked.srp_id, A=bytes(256), M1=bytes(32))
    with pytest.raises(errors.PasswordHashInvalidError):
        await client(functions.auth.CheckPasswordRequest(wrong))
    with pytest.raises(errors.SrpIdInvalidError):
        await client(functions.auth.CheckPasswordRequest(wrong))


async def test_a_given_port_is_taken_or_refused(telegram: TelegramSimulator) -> None:
    with pytest.raises(OSError, match="in use"):
        await TelegramSimulator(port=telegram.port).start()
