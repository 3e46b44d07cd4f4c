"""The simulated Telegram as a process: channels to be posted in, and a line that floor clients listen on."""

import asyncio
import struct
import time
from typing import Any

import cryptg

from tgbitget.bench.errand import Command, obey
from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator

KEY = bytes(range(32))
POLL_SECONDS = 1
_BLOCK = 16


class Side:
    def __init__(self, telegram: TelegramSimulator) -> None:
        self._telegram = telegram
        self._accounts: dict[str, Account] = {}
        self._channels: dict[str, Channel] = {}
        self._listeners: set[asyncio.StreamWriter] = set()

    def account(self, name: str) -> str:
        """A new account; the session of its device."""
        number = len(self._accounts) + 1
        account = self._telegram.add_account(phone=f"+1555{number:04}", first_name=name)
        self._accounts[name] = account
        return self._telegram.authorised_session(account)

    def channel(self, name: str, members: list[str], *, silent: bool = False) -> int:
        channel = self._telegram.add_channel(
            name, username=name, members=[self._accounts[member] for member in members]
        )
        channel.difference_timeout = POLL_SECONDS
        channel.silent = silent
        self._channels[name] = channel
        return channel.marked_id

    def post(self, channel: str, text: str, reply_to: int | None = None) -> dict[str, int]:
        """Its id, and when its bytes went out; or, in a silent channel, when it was there."""
        where = self._channels[channel]
        message = where.post(text, reply_to=reply_to)
        at = time.monotonic_ns() if where.silent else self._telegram.written_ns
        return {"id": message.id, "at": at}

    async def burst(self, channels: list[str], texts: list[str], seconds: float) -> dict[str, Any]:
        """All of them within so many seconds, evenly, by turns in the channels."""
        began = time.monotonic()
        ids: list[int] = []
        for number, text in enumerate(texts):
            due = began + seconds * number / len(texts)
            if (left := due - time.monotonic()) > 0:
                await asyncio.sleep(left)
            ids.append(self._channels[channels[number % len(channels)]].post(text).id)
        return {"began": int(began * 1e9), "ended": time.monotonic_ns(), "ids": ids}

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._listeners.add(writer)
        await reader.read()
        self._listeners.discard(writer)

    def whistle(self, text: str) -> dict[str, int]:
        """The post's bytes, encrypted as Telegram does, to whoever listens on the bare line."""
        data = text.encode()
        padded = data + bytes(-len(data) % _BLOCK)
        sealed = cryptg.encrypt_ige(padded, KEY, KEY)
        at = time.monotonic_ns()
        for writer in self._listeners:
            writer.write(struct.pack("<I", len(sealed)) + sealed)
        return {"id": 0, "at": at}


async def main() -> None:
    async with TelegramSimulator(difference_timeout=POLL_SECONDS) as telegram:
        side = Side(telegram)
        line = await asyncio.start_server(side.listen, "127.0.0.1", 0)
        greeting = {
            "address": telegram.address,
            "dc_id": telegram.dc_id,
            "public_key": telegram.public_key_pem,
            "bare_port": line.sockets[0].getsockname()[1],
        }
        commands: dict[str, Command] = {
            "account": side.account,
            "channel": side.channel,
            "post": side.post,
            "burst": side.burst,
            "whistle": side.whistle,
        }
        await obey(commands, greeting)
        line.close()


if __name__ == "__main__":
    asyncio.run(main())
