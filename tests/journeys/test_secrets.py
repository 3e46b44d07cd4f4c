"""Secrets are in no log, no line, no file and no notice, whatever goes wrong and however much is told."""

import shutil
import signal
from collections.abc import Mapping

from journeys.coin import Coin
from journeys.world import World

API_HASH = "5f0c1d2e3b4a59687766554433221100"
SAID_BY_NOBODY = ("API_HASH", "SESSION", "API_KEY", "API_SECRET", "PASSPHRASE")


def secrets_of(world: World, changed: Mapping[str, str]) -> dict[str, str]:
    known = {**world.environment, **changed}
    return {name: value for name, value in known.items() if name.endswith(SAID_BY_NOBODY)}


def found_in(secrets: Mapping[str, str], texts: Mapping[str, str]) -> list[str]:
    return [
        f"{name} in {where}" for name, s in secrets.items() for where, t in texts.items() if s in t
    ]


def files_of(world: World) -> dict[str, str]:
    """Everything in HOME, whatever it is; the session file alone is there to hold one."""
    files = [f for f in world.home.rglob("*") if f.is_file() and f.name != "telegram.session"]
    return {file.name: file.read_bytes().decode(errors="replace") for file in files}


async def test_a_listener_that_tells_every_step_tells_no_secret(world: World, sol: Coin) -> None:
    changed = {"TGBITGET_TELEGRAM__API_HASH": API_HASH}
    arguments = ("--live", "--debug")
    async with world.process(arguments=arguments, environment=changed) as running:
        post = world.market_long(sol)
        await running.reaches(post, "open")
        world.telegram.drop()
        world.bitget.drop_connections()
        await running.decision(world.post("still there?"))
        await running.until(lambda: bool(world.notices), "the owner to be told")
        texts = files_of(world)
        assert await running.ends(signal.SIGTERM) == 0
    texts |= files_of(world)
    assert {"tgbitget.sqlite3", "tgbitget.log"} <= texts.keys()
    texts |= {
        "stderr": "\n".join(running.errors),
        "stdout": "\n".join(map(str, running.all)),
        "notices": "\n".join(world.notices),
    }
    assert "DEBUG" in texts["stderr"], "it did not tell every step"
    headers = ("ACCESS-", "PAPTRADING", "fetch Request")  # CCXT and aiohttp could tell them
    assert [word for word in headers if any(word in text for text in texts.values())] == []
    assert found_in(secrets_of(world, changed), texts) == []


async def test_not_even_a_traceback_shows_a_mistyped_key(world: World) -> None:
    changed = {
        "TGBITGET_BITGET__PASSPHRASE": "mistyped-0f9e8d7c",
        "TGBITGET_TELEGRAM__API_HASH": API_HASH,
    }
    world.profile()
    ran = await world.run("listen", "--profile", "vip", "--live", "--debug", **changed)
    assert ran.code == 3
    assert "Traceback" in ran.err
    texts = {**files_of(world), "stdout": ran.out, "stderr": ran.err}
    assert found_in(secrets_of(world, changed), texts) == []


KEYRING = """
import os
def get_password(service, name):
    return {"TGBITGET_BITGET__PASSPHRASE": "HELD", "TGBITGET_TELEGRAM__API_HASH": "HELD-hash"}.get(name)
"""
ERRORS = "class KeyringError(Exception): pass"


async def test_what_the_keyring_holds_is_used_and_not_told(world: World) -> None:
    package = world.folder / "library" / "keyring"
    package.mkdir(parents=True)
    held = world.bitget.passphrase
    (package / "__init__.py").write_text(
        KEYRING.replace("HELD-hash", API_HASH).replace("HELD", held)
    )
    (package / "errors.py").write_text(ERRORS)
    world.profile()
    ran = await world.run(
        "doctor",
        "--profile",
        "vip",
        PYTHONPATH=str(package.parent),
        TGBITGET_KEYRING="yes",
        TGBITGET_BITGET__PASSPHRASE="",
        TGBITGET_TELEGRAM__API_HASH="",
    )
    assert "from the keyring: TELEGRAM__API_HASH, BITGET__PASSPHRASE" in ran.out, ran.out + ran.err
    assert "accepted; 1000 USDT equity" in ran.out
    assert held not in ran.out + ran.err
    shutil.rmtree(package.parent)
