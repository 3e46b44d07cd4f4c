"""Posts from a file instead of Telegram: an export of Telegram Desktop, or JSON lines in a file or on stdin."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from loguru import logger

from tgbitget.clock import FakeClock
from tgbitget.errors import BadInput
from tgbitget.intake.export_file import read_export
from tgbitget.intake.json_lines import LineReader, read_lines
from tgbitget.intake.raw_post import Broken
from tgbitget.intake.source import Deliver
from tgbitget.intake.stdin import stdin_lines
from tgbitget.model.event import Publish, Warned
from tgbitget.model.post import Arrival, Post

STDIN = "-"
SNIFFED_BYTES = 4096
_BREATH_POSTS = 100  # a long file must not starve fills and the live view

_EXPORT_KEYS = (
    "name|type|id|messages|about|chats|left_chats|personal_information|profile_pictures|contacts"
    "|frequent_contacts|sessions|web_sessions|other_data|stories"
)
_EXPORT = re.compile(rb'\s*\{\s*"(?:' + _EXPORT_KEYS.encode() + rb')"\s*:')


def read_posts(path: Path) -> Iterator[Post | Broken]:
    """All posts of a file, in its order (several chats: by date), each with the posts it answers.

    Raises BadInput when the file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            head = file.read(SNIFFED_BYTES).removeprefix(b"\xef\xbb\xbf")
            if not _EXPORT.match(head):
                file.seek(0)
                yield from read_lines(file)
                return
        yield from read_export(path)
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror or error}") from None


async def read_stdin() -> AsyncIterator[Post | Broken]:
    """JSON lines as they come in."""
    reader, number = LineReader(), 0
    async for line in stdin_lines(sys.stdin.fileno()):
        number += 1
        item = reader.read(number, line)
        if item is not None:
            yield item


class ReplaySource:
    """Keeps the port of `source`. The clock follows the posts; a JournalError ends the run, which may be repeated.

    `broken` counts the lines that were named and skipped.
    """

    def __init__(self, file: Path | str, *, clock: FakeClock, publish: Publish) -> None:
        self._file = file
        self._clock = clock
        self._publish = publish
        self.broken = 0
        self.posts = 0

    async def run(self, deliver: Deliver) -> None:
        if str(self._file) == STDIN:
            async for item in read_stdin():
                await self._take(item, deliver)
            return
        for item in read_posts(Path(self._file)):
            await self._take(item, deliver)
            if self.posts % _BREATH_POSTS == 0:
                await asyncio.sleep(0)

    async def _take(self, item: Post | Broken, deliver: Deliver) -> None:
        if isinstance(item, Broken):
            self.broken += 1
            name = "stdin" if str(self._file) == STDIN else Path(self._file).name
            logger.info("Line {} of {} was skipped: {}", item.line, name, item.why)
            self._publish(Warned(text=f"{name} line {item.line}: {item.why}; skipped"))
            return
        self.posts += 1
        self._clock.move_to(item.moment)
        await deliver(Arrival(what=item, seen_monotonic=self._clock.monotonic()))
