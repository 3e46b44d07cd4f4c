import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from telethon import TelegramClient
from telethon.sessions import StringSession

from waiting import eventually

from .conftest import Seen


async def answers(process: Process, count: int) -> list[str]:
    assert process.stdout is not None
    return [(await process.stdout.readline()).decode().rstrip("\n") for _ in range(count)]


async def test_typed_lines_become_posts_of_a_channel(tmp_path: Path) -> None:
    key_file = tmp_path / "key.pem"
    command = ["-m", "tgbitget.simulators.telegram", "--key-file", str(key_file)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    facts = dict(
        line.split(maxsplit=1) for line in await answers(process, 6) if "dc id" not in line
    )
    await answers(process, 6)  # the help
    assert key_file.read_text().startswith("-----BEGIN RSA PUBLIC KEY-----")
    client = TelegramClient(StringSession(facts["session"]), 1, "hash")
    await client.connect()
    seen = Seen(client)

    process.stdin.write(b"LONG BTC\n/edit 1 LONG ETH\n/edit one\n/nonsense\n/delete 9\n")
    await eventually(lambda: seen.edited == ["LONG ETH"])
    assert seen.new == ["LONG BTC"]
    said = await answers(process, 4)
    assert said[:2] == ["post 1", "A number is needed here, was 'one'"]
    assert "No command /nonsense" in said[2]
    assert "(9,)" in said[3]

    await client.send_message("me", "read")
    process.stdin.write(b"/saved\n/quit\n")
    assert await answers(process, 1) == ["1: read"]
    assert await process.wait() == 0
    await client.disconnect()
