"""Commands to a running listener: one JSON line asks, one JSON line answers, over a Unix socket in HOME.

`{"command": "pause", "args": {}}` is answered by `{"ok": true, "result": {…}}` or `{"ok": false, "error": "…"}`.
"""

import asyncio
import json
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from loguru import logger

from tgbitget.errors import BadInput, TgbitgetError

SOCKET_NAME = "control.sock"
# What every system takes as a socket's address: macOS 103 bytes, Linux 107.
ADDRESS_BYTES_MAX = 103
LINE_BYTES_MAX = 65_536
LINE_SECONDS = 5.0  # a client writes its line at once; one that does not is no client of ours
ANSWER_SECONDS = 30.0  # closing everything takes a few round trips to the venue

Command = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Takes the arguments, answers what is to be shown. A TgbitgetError is the answer too; anything else is a bug."""


@asynccontextmanager
async def serving(home: Path, commands: Mapping[str, Command]) -> AsyncIterator[None]:
    """Answer while the block lasts; its end does not wait for commands under way. TgbitgetError: it cannot listen.

    The caller holds the instance lock: a socket that is there already is a dead one's.
    """
    path = home / SOCKET_NAME
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "asyncio runs each connection in a task of its own"
        talks.add(task)
        try:
            await _talk(reader, writer, commands)
        except asyncio.CancelledError:
            return  # by the end of the block only; asyncio would log it as a failed connection
        finally:
            talks.discard(task)

    _remove(path)
    listener = _bind(path)
    try:
        server = await asyncio.start_unix_server(talk, sock=listener, limit=LINE_BYTES_MAX)
        try:
            yield
        finally:
            server.close()
            for task in talks:
                task.cancel()
    finally:
        listener.close()
        _remove(path)


def ask(
    home: Path, command: str, *, timeout_seconds: float = ANSWER_SECONDS, **args: Any
) -> dict[str, Any] | None:
    """The listener's answer, or None when no listener runs in *home*. Blocks; for commands, not for tasks.

    TgbitgetError: the listener refused (its words), or did not answer.
    """
    address = _address(home / SOCKET_NAME)
    if address is None:
        return None
    line = json.dumps({"command": command, "args": args}).encode() + b"\n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_seconds)
        try:
            connection.connect(address)
            connection.sendall(line)
            answer = connection.makefile("rb").readline()
        except (ConnectionRefusedError, FileNotFoundError):
            return None
        except TimeoutError:
            raise TgbitgetError(
                f"the listener did not answer `{command}` within {timeout_seconds:g} s"
            ) from None
        except OSError as e:
            raise TgbitgetError(f"cannot ask the listener at {address}: {e.strerror or e}") from e
    return _result(command, answer)


def _result(command: str, answer: bytes) -> dict[str, Any]:
    if not answer:
        raise TgbitgetError(f"the listener gave no answer to `{command}`; its log may say why")
    told = json.loads(answer)
    if not told["ok"]:
        raise TgbitgetError(told["error"])
    return dict(told["result"])


# the listener's side


async def _talk(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, commands: Mapping[str, Command]
) -> None:
    try:
        async with asyncio.timeout(LINE_SECONDS):
            line = await reader.readline()
        if line:
            writer.write(json.dumps(await _answer(line, commands)).encode() + b"\n")
            await writer.drain()
    except ValueError:
        writer.write(_refusal(f"a command has at most {LINE_BYTES_MAX} bytes") + b"\n")
    except (TimeoutError, ConnectionError) as e:
        logger.debug("A command's connection ended early: {!r}", e)
    finally:
        writer.close()


async def _answer(line: bytes, commands: Mapping[str, Command]) -> dict[str, Any]:
    try:
        name, args = _read(line)
        command = commands.get(name)
        if command is None:
            known = ", ".join(sorted(commands))
            raise BadInput(f"there is no command {name!r}; known are {known}")
        return {"ok": True, "result": dict(await command(args))}
    except TgbitgetError as e:
        return {"ok": False, "error": str(e)}


def _read(line: bytes) -> tuple[str, Mapping[str, Any]]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        raise BadInput("a command is one line of JSON") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("command"), str):
        raise BadInput('a command is {"command": "…", "args": {…}}')
    args = asked.get("args", {})
    if not isinstance(args, dict):
        raise BadInput(f"args of {asked['command']!r} must be an object")
    return asked["command"], args


def _refusal(error: str) -> bytes:
    return json.dumps({"ok": False, "error": error}).encode()


# addresses


def _bind(path: Path) -> socket.socket:
    """A socket at *path*, or where a link at *path* leads, when the path is too long for one."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if _fits(path):
            listener.bind(str(path))
        else:
            short = Path(tempfile.mkdtemp(prefix="tgbitget-")) / SOCKET_NAME
            listener.bind(str(short))
            path.symlink_to(short)
        path.chmod(0o600)  # nobody can connect before it listens
    except OSError as e:
        listener.close()
        raise TgbitgetError(f"cannot listen for commands at {path}: {e.strerror or e}") from e
    return listener


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= ADDRESS_BYTES_MAX


def _address(path: Path) -> str | None:
    """Where to connect; None when nobody can listen there."""
    if path.is_symlink():
        return str(path.readlink())
    return str(path) if path.exists() and _fits(path) else None


def _remove(path: Path) -> None:
    """A socket of ours, with the short folder that it may stand in; anything else is in the way."""
    if path.is_symlink():
        short = path.readlink()
        path.unlink()
        with suppress(OSError):
            short.unlink(missing_ok=True)  # from 3.13 on asyncio does it
            short.parent.rmdir()
    elif path.is_socket():
        path.unlink()
    elif path.exists():
        raise TgbitgetError(f"{path} is in the way: it is not a socket")
