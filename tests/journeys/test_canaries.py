"""The search for secrets at each journey's end finds what it is there to find."""

import pytest
from loguru import logger

from journeys.canaries import API_HASH, KEYS, PHONE, SESSION_KEY
from journeys.world import World


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        pytest.param("TGBITGET_BITGET__API_SECRET", KEYS.api_secret, id="exchange secret"),
        pytest.param("TGBITGET_TELEGRAM__API_HASH", API_HASH, id="api hash"),
        pytest.param("TGBITGET_TELEGRAM__SESSION_KEY", SESSION_KEY, id="session key"),
        pytest.param("phone", PHONE, id="phone"),
    ],
)
def test_a_secret_in_a_file_is_found(name: str, secret: str, world: World) -> None:
    file = world.home / "crash.txt"
    file.write_bytes(b"\x00" + f"it was {secret}, they say".encode())
    assert world.secrets_told() == [f"{name} in home/crash.txt"]
    file.unlink()


def test_a_part_of_the_session_is_found(world: World) -> None:
    session = world.environment["TGBITGET_TELEGRAM__SESSION"]
    file = world.folder / "export.json"
    file.write_text(session[100:-100])
    assert world.secrets_told() == ["TGBITGET_TELEGRAM__SESSION in export.json"]
    file.unlink()


async def test_a_secret_in_the_log_a_notice_or_an_output_is_found(world: World) -> None:
    logger.debug("Signed with {}", KEYS.api_secret)
    message = world.owner.write(f"the key is {KEYS.api_key}")
    world.canaries.plant({"TGBITGET_TELEGRAM__PROXY": "socks5://me:canary-proxy-1@h:1"})
    world.canaries.hear("the output of doctor", ["no answer from socks5://me:canary-proxy-1@h:1"])
    assert world.secrets_told() == [
        "TGBITGET_BITGET__API_KEY in a notice",
        "TGBITGET_BITGET__API_SECRET in the log",
        "TGBITGET_TELEGRAM__PROXY in the output of doctor",
    ]
    world.owner.delete(message.id)
    world.canaries.told.clear()
