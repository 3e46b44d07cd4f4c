from telethon import TelegramClient
from telethon.sessions import StringSession

from tgbitget.simulators.telegram import Account, TelegramSimulator

from .conftest import PHONE, Connect


async def test_the_code_logs_in(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    client = await connect()
    assert await client.get_me() is None
    await client.send_code_request(PHONE)
    me = await client.sign_in(PHONE, telegram.login_code(PHONE))
    assert (me.id, me.first_name, me.phone, me.is_self) == (owner.id, "Owner", "15550001", True)


async def test_a_login_survives_in_its_session_string(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    client = await connect()
    await client.send_code_request(PHONE)
    await client.sign_in(PHONE, telegram.login_code(PHONE))
    again = TelegramClient(StringSession(client.session.save()), 1, "hash")
    await client.disconnect()
    await again.connect()
    assert (await again.get_me()).id == owner.id
    await again.disconnect()
