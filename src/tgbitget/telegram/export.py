"""A channel's history into a file as Telegram Desktop would write it; resumable, in bounded memory.

While it runs, messages are lines in `FILE.part`, oldest first. A run that was broken off goes on behind the last whole
line. When all are there, `FILE` is written in one go and the part is deleted. What was edited or deleted between two runs
stands as the first one saw it.
"""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO

from telethon import TelegramClient
from telethon.tl import functions, types
from telethon.utils import get_display_name

from tgbitget.errors import ConfigError, Unreachable
from tgbitget.telegram.answers import Throttled, ask
from tgbitget.telegram.channel import FollowedChannel
from tgbitget.telegram.client import dial, hang_up
from tgbitget.telegram.desktop import Json, chat_kind, message_json, peer_text

PAGE = 100
"""Telegram gives no more at once."""
PAUSE_SECONDS = 1.0
"""Between pages, as Telethon itself does: history is among the calls that Telegram counts."""
FAILURES_MAX = 5
"""In a row; then the run ends, and the next one goes on."""
_FAILURE_PAUSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportProgress:
    """`total` is Telegram's count, which includes messages that were deleted. `waiting_seconds`: Telegram asked for it."""

    done: int
    total: int
    waiting_seconds: float | None = None


Report = Callable[[ExportProgress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What an earlier run left: how many messages, and the last one's id."""

    done: int = 0
    last_id: int = 0


async def export(
    client: TelegramClient,
    channel: FollowedChannel,
    file: Path,
    report: Report,
    *,
    pause_seconds: float = PAUSE_SECONDS,
) -> int:
    """Writes *file* and returns how many messages it has. Unreachable leaves the part for the next run."""
    part = file.with_name(file.name + ".part")
    full = await ask(client, functions.channels.GetFullChannelRequest(channel.input))
    chat = next(c for c in full.chats if c.id == channel.bare_id)
    head = {"name": chat.title, "type": chat_kind(chat), "id": chat.id}
    try:
        state = _resume(part, head)
        with _private(part, "a") as lines:
            if not state.last_id and not lines.tell():
                _write_line(lines, head)
            done = await _Pages(client, channel, report, pause_seconds).copy(lines, state)
        await asyncio.to_thread(_finish, part, file)
    except OSError as error:
        raise ConfigError(f"cannot write {file}: {error.strerror or error}") from None
    return done


class _Pages:
    """History from the oldest message to the newest, a page at a time."""

    def __init__(
        self,
        client: TelegramClient,
        channel: FollowedChannel,
        report: Report,
        pause_seconds: float,
    ) -> None:
        self._client = client
        self._channel = channel
        self._report = report
        self._pause_seconds = pause_seconds
        self._done = 0
        self._total = 0

    async def copy(self, lines: TextIO, state: _Part) -> int:
        self._done = state.done
        last_id = state.last_id
        while page := await self._after(last_id):
            names = _names(page)
            for message in reversed(page.messages):
                found = message_json(message, names)
                if found is not None:
                    _write_line(lines, found)
                    self._done += 1
            last_id = page.messages[0].id
            lines.flush()
            self._report(ExportProgress(done=self._done, total=max(self._total, self._done)))
            await asyncio.sleep(self._pause_seconds)
        return self._done

    async def _after(self, last_id: int) -> Any:
        """The next page, newest first, or None at the end. Patient with flood waits and with a line that breaks."""
        request = functions.messages.GetHistoryRequest(
            peer=self._channel.peer,
            offset_id=last_id + 1,
            offset_date=None,
            add_offset=-PAGE,
            limit=PAGE,
            max_id=0,
            min_id=last_id,
            hash=0,
        )
        failures = 0
        while True:
            try:
                page = await ask(self._client, request)
            except Throttled as error:
                await self._wait(error.seconds)
            except Unreachable:
                failures += 1
                if failures == FAILURES_MAX:
                    raise
                await asyncio.sleep(_FAILURE_PAUSE_SECONDS * failures * self._pause_seconds)
                await self._dial_again()
            else:
                self._total = getattr(page, "count", self._total)
                return page if page.messages else None

    async def _wait(self, seconds: float) -> None:
        self._report(
            ExportProgress(
                done=self._done, total=max(self._total, self._done), waiting_seconds=seconds
            )
        )
        await asyncio.sleep(seconds)

    async def _dial_again(self) -> None:
        await hang_up(self._client)
        try:
            await dial(self._client)
        except Unreachable:
            return  # the next question fails and counts


def _names(page: Any) -> dict[str, str]:
    users = {peer_text(types.PeerUser(user.id)): get_display_name(user) for user in page.users}
    chats = {peer_text(types.PeerChannel(chat.id)): chat.title for chat in page.chats}
    return users | chats


def _private(file: Path, mode: Literal["a", "x"]) -> TextIO:
    """What others wrote, and who follows them: for the owner alone."""
    return open(
        file, mode, encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)
    )


def _write_line(lines: TextIO, content: Json) -> None:
    lines.write(json.dumps(content, ensure_ascii=False) + "\n")


def _resume(part: Path, head: Json) -> _Part:
    """Reads an earlier part line by line, and cuts off a torn last one."""
    if not part.exists():
        return _Part()
    done, last_id, whole = 0, 0, 0
    with part.open("rb") as lines:
        first = lines.readline()
        if first.endswith(b"\n") and json.loads(first).get("id") != head["id"]:
            raise ConfigError(
                f"{part} belongs to another channel; delete it or choose another file"
            )
        whole = len(first) if first.endswith(b"\n") else 0
        for line in lines:
            if not line.endswith(b"\n"):
                break
            done, last_id, whole = done + 1, json.loads(line)["id"], whole + len(line)
    os.truncate(part, whole)
    return _Part(done=done, last_id=last_id)


def _finish(part: Path, file: Path) -> None:
    """Desktop's form, a message at a time: lines become elements."""
    temporary = file.with_name(file.name + ".new")
    temporary.unlink(missing_ok=True)
    with (
        part.open(encoding="utf-8") as lines,
        _private(temporary, "x") as out,
    ):
        head = json.dumps(json.loads(next(lines)), ensure_ascii=False, indent=1)
        out.write(head.removesuffix("\n}") + ',\n "messages": [')
        for number, line in enumerate(lines):
            message = json.dumps(json.loads(line), ensure_ascii=False, indent=1)
            out.write((",\n  " if number else "\n  ") + message.replace("\n", "\n  "))
        out.write("\n ]\n}\n")
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(file)
    part.unlink()
