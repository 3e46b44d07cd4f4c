"""Play Telegram from a terminal: each line typed becomes a post of one channel."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from .channel import Channel
from .server import TelegramSimulator

HELP = """Type a post and press Enter, or
  /edit ID text   /delete ID   /reply ID text   /react ID   /photo caption
  /burst N        /gap text    /drop            /silence    /speak
  /code           the login code that was sent last
  /saved          what the account has in Saved Messages
  /quit"""


def main() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(_arguments()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tgbitget.simulators.telegram", description=__doc__
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--dc-id", type=int, default=2)
    parser.add_argument("--phone", default="+15550001", help="the account's phone number")
    parser.add_argument("--password", help="its second factor; none if left out")
    parser.add_argument("--channel", default="VIP Signals", help="the channel's title")
    parser.add_argument("--username", default="vip_signals", help="the channel's user name")
    parser.add_argument(
        "--key-file", type=Path, help="where to write the public key (default: a new file)"
    )
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    async with TelegramSimulator(port=arguments.port, dc_id=arguments.dc_id) as telegram:
        owner = telegram.add_account(
            phone=arguments.phone, first_name="Owner", password=arguments.password
        )
        channel = telegram.add_channel(
            arguments.channel, username=arguments.username, members=[owner]
        )
        key_file = _write_key(telegram, arguments.key_file)
        _say(f"server   {telegram.address}")
        _say(f"dc id    {telegram.dc_id}")
        _say(f"key      {key_file}")
        _say(f"phone    {arguments.phone}")
        _say(f"session  {telegram.authorised_session(owner)}")
        _say(f"channel  @{arguments.username}  {channel.marked_id}")
        _say(HELP)
        desk = _Desk(telegram, channel, arguments.phone)
        lines = _typed_lines()
        while (line := await lines.get()) and desk.obey(line.rstrip("\n")):
            pass


def _typed_lines() -> asyncio.Queue[str]:
    """Lines from stdin, and an empty one at its end.

    A daemon thread reads them, so that Ctrl-C need not wait for the next; unbuffered, for a buffered stdin that
    is being read cannot be closed at exit.
    """
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with (
            contextlib.suppress(RuntimeError),  # the loop has ended meanwhile
            open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as typed,
        ):
            line = b"\n"
            while line:
                line = typed.readline()
                loop.call_soon_threadsafe(lines.put_nowait, line.decode(errors="replace"))

    threading.Thread(target=read, daemon=True).start()
    return lines


def _write_key(telegram: TelegramSimulator, wanted: Path | None) -> Path:
    path = wanted or Path(tempfile.mkdtemp(prefix="telegram-simulator-")) / "public_key.pem"
    path.write_text(telegram.public_key_pem)
    return path


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class _Desk:
    """Turns lines into cues."""

    def __init__(self, telegram: TelegramSimulator, channel: Channel, phone: str) -> None:
        self._telegram = telegram
        self._channel = channel
        self._phone = phone
        self._commands: dict[str, Callable[[str], object]] = {
            "edit": self._edit,
            "delete": lambda rest: channel.delete(_number(rest)),
            "react": lambda rest: channel.react(_number(rest)),
            "reply": self._reply,
            "photo": lambda rest: self._posted(channel.photo(rest).id),
            "gap": lambda rest: self._posted(channel.gap(rest).id),
            "burst": lambda rest: channel.burst(_number(rest)),
            "drop": lambda _: telegram.drop(),
            "silence": lambda _: telegram.silence(),
            "speak": lambda _: telegram.speak(),
            "code": lambda _: _say(telegram.login_code(phone)),
            "saved": lambda _: self._show_saved(),
            "help": lambda _: _say(HELP),
        }

    def obey(self, line: str) -> bool:
        """False when it is time to go."""
        if line == "/quit":
            return False
        try:
            self._carry_out(line)
        except (LookupError, ValueError) as e:
            _say(f"{e}")
        return True

    def _carry_out(self, line: str) -> None:
        if not line.startswith("/"):
            if line:
                self._posted(self._channel.post(line).id)
            return
        name, _, rest = line[1:].partition(" ")
        command = self._commands.get(name)
        if command is None:
            raise LookupError(f"No command /{name}; there are {', '.join(self._commands)}, quit")
        command(rest)

    def _edit(self, rest: str) -> None:
        number, _, text = rest.partition(" ")
        self._channel.edit(_number(number), text)

    def _reply(self, rest: str) -> None:
        number, _, text = rest.partition(" ")
        self._posted(self._channel.post(text, reply_to=_number(number)).id)

    def _posted(self, number: int) -> None:
        _say(f"post {number}")

    def _show_saved(self) -> None:
        owner = self._telegram.world.account_by_phone(self._phone)
        for note in owner.saved_messages() if owner else ():
            _say(f"{note.id}: {note.text}")


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"A number is needed here, was {text!r}")
    return int(text)


if __name__ == "__main__":
    main()
