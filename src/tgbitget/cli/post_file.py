"""A file of posts, read with a bar on a terminal where it takes a while, and with its broken lines told."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tgbitget.intake.raw_post import Broken
    from tgbitget.model.post import Post

STDIN: Final = "-"
_BAR_FROM: Final = 2_000
"""Posts of fewer are read before a bar would have been seen."""
_CHUNK_BYTES: Final = 1 << 20
_DATE: Final = b'"date_unixtime"'
_STEP: Final = 100


def posts_of(file: str, *, with_bar: bool = False) -> "Iterator[Post | Broken]":
    """Posts of an export or of JSON lines, `-` for lines on stdin as they come; BadInput when it cannot be opened."""
    from tgbitget.intake.replay import read_posts

    posts = _stdin_posts() if file == STDIN else read_posts(Path(file))
    return _barred(posts, file) if with_bar and sys.stderr.isatty() else posts


def _barred(posts: "Iterator[Post | Broken]", file: str) -> "Iterator[Post | Broken]":
    total = None if file == STDIN else _about(Path(file))
    if total is not None and total < _BAR_FROM:
        yield from posts
        return
    with _bar(total) as advance:
        for at, item in enumerate(posts, 1):
            yield item
            if at % _STEP == 0:
                advance(at)


@contextmanager
def _bar(total: int | None) -> "Iterator[_Advance]":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("posts", total=total)

        def advance(done: int) -> None:
            bar.update(task, completed=done, total=max(total, done) if total else None)

        yield advance


def _about(file: Path) -> int | None:
    """How many posts the file holds, by its dates or else its lines; None when it cannot be told."""
    dates = lines = 0
    try:
        with file.open("rb") as opened:
            tail = b""
            while chunk := opened.read(_CHUNK_BYTES):
                dates += (tail + chunk).count(_DATE)
                lines += chunk.count(b"\n")
                tail = chunk[1 - len(_DATE) :]
    except OSError:
        return None  # whoever reads it says why
    return dates or lines


def _stdin_posts() -> "Iterator[Post | Broken]":
    """As they come: a line in, a line out."""
    import asyncio

    from tgbitget.intake.replay import read_stdin

    with asyncio.Runner() as runner:
        lines = read_stdin()

        async def following() -> "Post | Broken | None":
            return await anext(lines, None)

        while (item := runner.run(following())) is not None:
            yield item


if TYPE_CHECKING:
    from collections.abc import Callable

    _Advance = Callable[[int], None]
