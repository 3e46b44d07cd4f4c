"""From nothing to a traded signal: logging in as a person does, then listening with that session."""

import asyncio

import pytest

from journeys.coin import Coin
from journeys.world import World


async def answered(world: World, phone: str, *, password: str | None = None) -> tuple[int, str]:
    """`tgbitget login`, its questions answered as they come."""
    process = await world.start("login", TGBITGET_TELEGRAM__SESSION="")
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None

    async def answer(question: str, words: str) -> None:
        assert process.stdin is not None
        assert process.stderr is not None
        async with asyncio.timeout(15):
            said = (await process.stderr.readuntil(b": ")).decode()
        assert question in said
        process.stdin.write(f"{words}\n".encode())

    await answer("Phone", phone)
    await world.until(lambda: has_code(world, phone), "a code")
    await answer("Code", world.telegram.login_code(phone))
    if password is not None:
        await answer("Password", password)
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, (out + err).decode()


def has_code(world: World, phone: str) -> bool:
    try:
        world.telegram.login_code(phone)
    except LookupError:
        return False
    return True


@pytest.mark.parametrize("password", [None, "correct horse"], ids=["by code", "second factor"])
async def test_a_fresh_login_then_a_traded_signal(
    world: World, sol: Coin, password: str | None
) -> None:
    phone = "+15550002"
    account = world.telegram.add_account(phone=phone, first_name="Fresh", password=password)
    world.vip.admit(account)
    code, said = await answered(world, phone, password=password)
    assert code == 0, said
    assert "Logged in as Fresh" in said
    session = world.home / "telegram.session"
    assert session.stat().st_mode & 0o777 == 0o600

    async with world.process(environment={"TGBITGET_TELEGRAM__SESSION": ""}) as running:
        post = world.market_long(sol)
        await running.reaches(post, "open")
    assert len(sol.entry_requests) == 1
    assert account.saved_messages()


async def test_a_wrong_code_is_asked_again(world: World) -> None:
    phone = "+15550003"
    world.telegram.add_account(phone=phone, first_name="Fresh")
    process = await world.start("login", TGBITGET_TELEGRAM__SESSION="")
    assert process.stdin is not None
    process.stdin.write(f"{phone}\n00000\n".encode())
    await world.until(lambda: has_code(world, phone), "a code")
    process.stdin.write(f"{world.telegram.login_code(phone)}\n".encode())
    out, err = await process.communicate()
    assert process.returncode == 0, err
    assert b"wrong code" in err
    assert b"Logged in as Fresh" in out


async def test_nobody_to_answer_ends_with_one_line(world: World) -> None:
    ran = await world.run("login", TGBITGET_TELEGRAM__SESSION="")
    assert ran.code == 3
    assert ran.err.strip().splitlines()[-1].startswith("tgbitget: ")
    assert not (world.home / "telegram.session").exists()
