"""Telegram Desktop's export (`result.json`), one chat or all, as posts in the order of their dates.

An edited post stands in an export with its last text only, so it is one revision, dated when it was posted. An export
names neither user names nor topics. Of an export of everything, chats that were left (`left_chats`) are not read.
"""

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from tgbitget.intake.ancestry import POSTS_REMEMBERED_MAX, Memory, ancestors
from tgbitget.intake.json_stream import BrokenJson, JsonStream
from tgbitget.intake.links import links_of
from tgbitget.intake.raw_post import BadPost, Broken, clean, message_id, moment, optional_id
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Post, Via

_POSTS_REMEMBERED_MIN = 500
"""Of each chat, where many share what is remembered."""
_SMALL_CHUNK_BYTES = 1 << 14  # where many chats are read side by side

_NEXT_MESSAGE = re.compile(r',\s*\{\s*"id"\s*:|"messages"\s*:')
_PERSONS = frozenset({"personal_chat", "bot_chat", "saved_messages", "verify_codes", "replies"})
_BASIC_GROUP = "private_group"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chat:
    channel: ChannelId
    offset: int  # of its array of messages


def read_export(path: Path) -> Iterator[Post | Broken]:
    """Service messages are skipped. Several chats are merged by date, each read from its own place in the file."""
    chats: list[_Chat] = []
    for found in _survey(path):
        if isinstance(found, Broken):
            yield found
        else:
            chats.append(found)
    with path.open("rb") as file:
        if len(chats) == 1:
            yield from _posts(
                JsonStream(file, offset=chats[0].offset), chats[0], POSTS_REMEMBERED_MAX
            )
            return
        dated = [_dated(file, chat, place, len(chats)) for place, chat in enumerate(chats)]
        yield from (item for _, _, item in heapq.merge(*dated))


def _survey(path: Path) -> Iterator[_Chat | Broken]:
    """The chats of the file. Of a single one whose head comes first, as Desktop writes it, only the head is read."""
    with path.open("rb") as file:
        stream = JsonStream(file)
        try:
            yield from _chats(stream, path.stem, is_only=True)
        except (BrokenJson, BadPost) as error:
            yield Broken(line=stream.line, why=str(error))


def _chats(stream: JsonStream, name: str, *, is_only: bool) -> Iterator[_Chat]:
    head: dict[str, Any] = {}
    offset: int | None = None
    for key in stream.members():
        if key == "messages":
            stream.peek()
            offset = stream.offset
            if is_only and "id" in head and "type" in head:
                break
            for _ in _messages(stream):
                pass
        elif key == "chats" and is_only:
            yield from _chat_list(stream)
        else:
            head[key] = stream.value()
    if offset is not None:
        yield _Chat(channel=_channel(head, name), offset=offset)


def _chat_list(stream: JsonStream) -> Iterator[_Chat]:
    for key in stream.members():
        if key == "list":
            for _ in stream.elements():
                yield from _chats(stream, "chat", is_only=False)
        else:
            stream.value()


def _channel(head: dict[str, Any], name: str) -> ChannelId:
    """The export's bare id with Telegram's mark, so that a replay and a listener name signals alike."""
    bare, kind = head.get("id"), head.get("type")
    if bare is None:
        return ChannelId(clean(str(head.get("name") or name)))
    if isinstance(bare, bool) or not isinstance(bare, int):
        raise BadPost(f"a chat's id must be a number, was {bare!r}")
    if bare < 0 or kind in _PERSONS:
        return ChannelId(str(bare))
    return ChannelId(f"-{bare}" if kind == _BASIC_GROUP else f"-100{bare}")


def _dated(
    file: BinaryIO, chat: _Chat, place: int, chats: int
) -> Iterator[tuple[datetime, int, Post | Broken]]:
    """*place* decides between chats at the same second; what is broken comes right after the post before it."""
    when = datetime(1970, 1, 1, tzinfo=UTC)
    stream = JsonStream(file, offset=chat.offset, chunk_bytes=_SMALL_CHUNK_BYTES)
    for item in _posts(stream, chat, max(_POSTS_REMEMBERED_MIN, POSTS_REMEMBERED_MAX // chats)):
        when = item.date if isinstance(item, Post) else when
        yield when, place, item


def _posts(stream: JsonStream, chat: _Chat, memory_max: int) -> Iterator[Post | Broken]:
    memory = Memory(memory_max)
    for message in _messages(stream):
        if isinstance(message, Broken):
            yield message
            continue
        try:
            post = _post(message, chat.channel, memory)
        except BadPost as error:
            yield Broken(line=stream.line, why=str(error))
            continue
        known = memory.find(chat.channel, post.message_id) if post else None
        if post is None or (known and known.text == post.text):
            continue
        post = replace(post, revision=known.revision + 1) if known else post
        memory.add(post)
        yield post


def _messages(stream: JsonStream) -> Iterator[Any]:
    """The elements of the array that stands here. After a broken one it goes on with the next that can be found."""
    going_on = stream.elements()
    while True:
        try:
            for _ in going_on:
                yield stream.value()
        except BrokenJson as error:
            yield Broken(line=error.line, why=str(error))
        else:
            return
        if not stream.skip_to(_NEXT_MESSAGE).startswith(","):
            yield Broken(line=stream.line, why="nothing of this chat after here could be read")
            return
        going_on = stream.more_elements()


def _post(message: Any, channel: ChannelId, memory: Memory) -> Post | None:
    if not isinstance(message, dict):
        raise BadPost(f"a message must be an object, was {type(message).__name__}")
    if message.get("type", "message") != "message":
        return None
    text = clean(_plain(message.get("text", "")))
    reply_to = optional_id(message.get("reply_to_message_id"), field="reply_to_message_id")
    return Post(
        channel=channel,
        message_id=message_id(message.get("id"), field="id"),
        date=_moment(message, "date"),
        text=text,
        via=Via.REPLAY,
        edited=_moment(message, "edited") if _is_edited(message) else None,
        reply_to=reply_to,
        sender=_sender(message.get("from_id"), channel),
        links=links_of(text, _marked(message.get("text_entities"))),
        parents=ancestors(reply_to, lambda one: memory.find(channel, one)),
    )


def _plain(text: Any) -> str:
    """A string, or a list of strings and of objects with a `text`."""
    if isinstance(text, str):
        return text
    if not isinstance(text, list):
        raise BadPost(f"text must be a string or a list, was {type(text).__name__}")
    return "".join(str(p.get("text", "")) if isinstance(p, dict) else str(p) for p in text)


def _marked(entities: Any) -> Iterator[str]:
    for entity in entities if isinstance(entities, list) else ():
        if not isinstance(entity, dict):
            continue
        target = entity.get("href") if entity.get("type") == "text_link" else entity.get("text")
        if entity.get("type") in ("link", "text_link") and isinstance(target, str):
            yield clean(target)


def _is_edited(message: dict[str, Any]) -> bool:
    return bool(message.get("edited_unixtime") or message.get("edited"))


def _moment(message: dict[str, Any], field: str) -> datetime:
    """The seconds, where there are any: the date beside them is in the exporter's local time."""
    seconds = message.get(f"{field}_unixtime")
    if seconds is None:
        return moment(message.get(field), field=field)
    return moment(_number(seconds), field=f"{field}_unixtime")


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def _sender(from_id: Any, channel: ChannelId) -> str | None:
    """`user123`, `channel123`: as a listener sees it, who sees no sender where the channel itself speaks."""
    if not isinstance(from_id, str):
        return None
    if from_id.startswith("channel"):
        sender = f"-100{from_id.removeprefix('channel')}"
        return None if sender == channel else sender
    return from_id.removeprefix("user") or None
