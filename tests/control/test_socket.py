"""Commands to a listener, over a real Unix socket."""

import asyncio
import json
import socket
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tgbitget.control.socket import LINE_BYTES_MAX, SOCKET_NAME, Command, ask, serving
from tgbitget.errors import BadInput, TgbitgetError


async def status(args: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"paused": False, **args}


async def refuse(args: Mapping[str, Any]) -> Mapping[str, Any]:
    raise BadInput(f"no position in {args['symbol']}")


COMMANDS: Mapping[str, Command] = {"status": status, "positions close": refuse}


async def asked(home: Path, command: str, **args: Any) -> dict[str, Any] | None:
    return await asyncio.to_thread(ask, home, command, **args)


async def raw(home: Path, line: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(home / SOCKET_NAME))
    writer.write(line)
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_a_command_is_answered_with_its_result(tmp_path: Path) -> None:
    async with serving(tmp_path, COMMANDS):
        assert await asked(tmp_path, "status", verbose=True) == {"paused": False, "verbose": True}
        assert await asked(tmp_path, "status") == {"paused": False}


async def test_a_refusal_arrives_in_its_own_words(tmp_path: Path) -> None:
    async with serving(tmp_path, COMMANDS):
        with pytest.raises(TgbitgetError, match="no position in ETH"):
            await asked(tmp_path, "positions close", symbol="ETH")


async def test_an_unknown_command_is_told_the_known_ones(tmp_path: Path) -> None:
    async with serving(tmp_path, COMMANDS):
        with pytest.raises(
            TgbitgetError, match="no command 'stat'; known are positions close, status"
        ):
            await asked(tmp_path, "stat")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        pytest.param(b"pause\n", "one line of JSON", id="plain words"),
        pytest.param(b"\xff\xfe\n", "one line of JSON", id="no UTF-8"),
        pytest.param(b"[" * 30_000 + b"\n", "one line of JSON", id="very deep"),
        pytest.param(b"[]\n", 'is {"command"', id="a list"),
        pytest.param(b'{"command": 1}\n', 'is {"command"', id="a number for a name"),
        pytest.param(
            b'{"command": "status", "args": []}\n', "must be an object", id="a list of args"
        ),
        pytest.param(b"x" * (LINE_BYTES_MAX + 1), "at most 65536 bytes", id="too long"),
    ],
)
async def test_what_is_no_command_is_answered_by_an_error(
    tmp_path: Path, line: bytes, error: str
) -> None:
    async with serving(tmp_path, COMMANDS):
        answer = json.loads(await raw(tmp_path, line))
        assert answer["ok"] is False
        assert error in answer["error"]
        assert await asked(tmp_path, "status") == {"paused": False}, "and it goes on listening"


async def test_the_socket_is_for_its_owner_alone_and_goes_with_the_listener(tmp_path: Path) -> None:
    path = tmp_path / SOCKET_NAME
    async with serving(tmp_path, COMMANDS):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


async def test_without_a_listener_there_is_no_answer(tmp_path: Path) -> None:
    assert await asked(tmp_path, "status") is None


async def test_the_socket_of_a_dead_listener_is_no_listener_and_makes_room(tmp_path: Path) -> None:
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(tmp_path / SOCKET_NAME))
    dead.close()
    assert await asked(tmp_path, "status") is None
    async with serving(tmp_path, COMMANDS):
        assert await asked(tmp_path, "status") == {"paused": False}


async def test_a_home_with_a_long_path_works_by_a_short_one(tmp_path: Path) -> None:
    home = tmp_path / ("long-" * 40)
    home.mkdir()
    async with serving(home, COMMANDS):
        short = (home / SOCKET_NAME).readlink()
        assert stat.S_IMODE(short.stat().st_mode) == 0o600
        assert stat.S_IMODE(short.parent.stat().st_mode) == 0o700
        assert await asked(home, "status") == {"paused": False}
    assert not short.parent.exists()
    assert await asked(home, "status") is None


async def test_what_a_killed_listener_left_at_a_short_path_is_cleared_away(tmp_path: Path) -> None:
    home = tmp_path / ("long-" * 40)
    home.mkdir()
    left = tmp_path / "left"
    left.mkdir()
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(left / SOCKET_NAME))
    dead.close()
    (home / SOCKET_NAME).symlink_to(left / SOCKET_NAME)
    assert await asked(home, "status") is None
    async with serving(home, COMMANDS):
        assert await asked(home, "status") == {"paused": False}
        assert not left.exists()


async def test_a_file_in_the_way_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / SOCKET_NAME).write_text("mine")
    with pytest.raises(TgbitgetError, match=r"control\.sock is in the way"):
        async with serving(tmp_path, COMMANDS):
            pass
    assert (tmp_path / SOCKET_NAME).read_text() == "mine"


async def test_a_listener_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    async def hang(args: Mapping[str, Any]) -> Mapping[str, Any]:
        await asyncio.Event().wait()
        return {}

    async with serving(tmp_path, {"hang": hang, "status": status}):
        with pytest.raises(TgbitgetError, match=r"did not answer `hang` within 0\.05 s"):
            await asyncio.to_thread(ask, tmp_path, "hang", timeout_seconds=0.05)
        assert await asked(tmp_path, "status") == {"paused": False}, "others do not wait for it"


async def test_the_end_of_the_listener_does_not_wait_for_a_command(tmp_path: Path) -> None:
    began = asyncio.Event()

    async def hang(args: Mapping[str, Any]) -> Mapping[str, Any]:
        began.set()
        await asyncio.Event().wait()
        return {}

    async with serving(tmp_path, {"hang": hang}):
        asking = asyncio.create_task(asked(tmp_path, "hang"))
        await began.wait()
    with pytest.raises(TgbitgetError, match="gave no answer"):
        await asking


async def test_after_the_block_nobody_answers(tmp_path: Path) -> None:
    async with serving(tmp_path, COMMANDS):
        assert await asked(tmp_path, "status") == {"paused": False}
    assert await asked(tmp_path, "status") is None


async def test_a_client_that_says_nothing_harms_nobody(tmp_path: Path) -> None:
    async with serving(tmp_path, COMMANDS):
        _, silent = await asyncio.open_unix_connection(str(tmp_path / SOCKET_NAME))
        assert await asked(tmp_path, "status") == {"paused": False}
        silent.close()
        await silent.wait_closed()
