"""Posts as JSON lines: `{"channel": …, "message_id": …, "date": …, "text": …, "reply_to": …, "edited": …}`.

A line that repeats a message with another text is its edit; one with the same text is a copy and is skipped.
"""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import replace
from sys import intern
from typing import Any, BinaryIO

from tgbitget.intake.ancestry import POSTS_REMEMBERED_MAX, Memory, ancestors
from tgbitget.intake.links import links_of
from tgbitget.intake.raw_post import (
    BadPost,
    Broken,
    clean,
    message_id,
    moment,
    optional_id,
    optional_moment,
)
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Post, Via

LINE_BYTES_MAX = 1 << 20


class LineReader:
    """Turns lines into posts, one after the other; knows the last of all channels, *posts_max* at most."""

    def __init__(self, posts_max: int = POSTS_REMEMBERED_MAX) -> None:
        self._memory = Memory(posts_max)

    def read(self, number: int, line: bytes) -> Post | Broken | None:
        """None for an empty line and for a copy."""
        if not line.strip():
            return None
        try:
            return self._new(_post(_fields(line)))
        except BadPost as error:
            return Broken(line=number, why=str(error))

    def _new(self, post: Post) -> Post | None:
        known = self._memory.find(post.channel, post.message_id)
        if known is not None:
            if known.text == post.text:
                return None
            post = replace(post, revision=known.revision + 1, date=known.date)
        self._memory.add(post)
        parents = ancestors(post.reply_to, lambda one: self._memory.find(post.channel, one))
        return replace(post, parents=parents) if parents else post


def read_lines(file: BinaryIO) -> Iterator[Post | Broken]:
    reader = LineReader()
    for number, line in enumerate(_lines(file), 1):
        item = reader.read(number, line)
        if item is not None:
            yield item


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """No line is longer in memory than the maximum; one that is, is broken."""
    while line := file.readline(LINE_BYTES_MAX + 1):
        rest = line
        while len(rest) > LINE_BYTES_MAX and not rest.endswith(b"\n"):
            rest = file.readline(LINE_BYTES_MAX + 1)
        yield line


def _fields(line: bytes) -> dict[str, Any]:
    if len(line) > LINE_BYTES_MAX:
        raise BadPost(f"longer than {LINE_BYTES_MAX} bytes")
    try:
        found = json.loads(line.removeprefix(BOM_UTF8).decode(errors="replace"))
    except json.JSONDecodeError as error:
        raise BadPost(f"not JSON: {error.msg} at column {error.colno}") from None
    except (RecursionError, ValueError) as error:  # nested too deeply; a number of too many digits
        raise BadPost(f"not JSON: {error}") from None
    if not isinstance(found, dict):
        raise BadPost(f"must be an object, was {type(found).__name__}")
    return found


def _post(fields: dict[str, Any]) -> Post:
    text = fields.get("text")
    if not isinstance(text, str):
        raise BadPost(f"text must be a string, was {type(text).__name__}")
    text = clean(text)
    return Post(
        channel=_channel(fields.get("channel")),
        message_id=message_id(fields.get("message_id"), field="message_id"),
        date=moment(fields.get("date"), field="date"),
        text=text,
        via=Via.REPLAY,
        edited=optional_moment(fields.get("edited"), field="edited"),
        reply_to=optional_id(fields.get("reply_to"), field="reply_to"),
        links=links_of(text, ()),
    )


def _channel(value: Any) -> ChannelId:
    if isinstance(value, int) and not isinstance(value, bool):
        return ChannelId(intern(str(value)))  # one text for all posts of a channel
    if not isinstance(value, str) or not value:
        raise BadPost(f"channel must be a name or an id, was {value!r}")
    return ChannelId(clean(value))
