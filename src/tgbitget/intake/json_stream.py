"""Reads a JSON file of any size piece by piece: objects and arrays are walked, only leaves are in memory."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

CHUNK_BYTES = 1 << 18
VALUE_CHARS_MAX = 1 << 22
"""One value is no longer; a text that is still not closed then is broken."""

_SPACE = re.compile(r"[ \t\r\n]*")


class BrokenJson(ValueError):
    """What stands here is not JSON; `line` says where."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


class JsonStream:
    """A position in a file. `members` and `elements` walk containers; between two steps the caller takes the value
    with `value` or walks on into it."""

    def __init__(self, file: BinaryIO, *, offset: int = 0, chunk_bytes: int = CHUNK_BYTES) -> None:
        self._file = file  # may be shared: every stream knows its own place in it
        self._place = offset
        self._chunk_bytes = chunk_bytes
        # Escaped, not replaced: the length in bytes must stay true, `offset` is counted with it.
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._text = ""
        self._at = 0
        self._bytes_before = offset
        self._lines_before = 0
        self._lines_before_start = 0 if offset == 0 else None
        self._start = offset
        self._ended = False
        self._started_at = 0

    @property
    def offset(self) -> int:
        """In bytes from the start of the file."""
        return self._bytes_before + len(_bytes(self._text[: self._at]))

    @property
    def line(self) -> int:
        """Where the last value began, counted from 1. Counted only when somebody asks."""
        if self._lines_before_start is None:
            self._lines_before_start = self._count_lines(self._start)
        within = self._text.count("\n", 0, self._started_at)
        return self._lines_before_start + self._lines_before + within + 1

    def peek(self) -> str:
        """The next character that is not space; empty at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]  # matches everywhere
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        self._started_at = self._at
        while True:
            try:
                found, end = _DECODER.raw_decode(self._text, self._at)
            except (json.JSONDecodeError, RecursionError) as error:
                if isinstance(error, RecursionError) or self._is_hopeless() or not self._fill():
                    raise BrokenJson(_reason(error), self.line) from None
                continue
            # A number that ends with the text may go on in the next piece.
            if end == len(self._text) and self._fill():
                continue
            self._at = end
            return found

    def members(self) -> Iterator[str]:
        """The keys of the object that stands here."""
        for _ in self._items("{", "}"):
            key = self.value()
            self._take(":")
            yield key

    def elements(self) -> Iterator[None]:
        """One step for each element of the array that stands here."""
        return self._items("[", "]")

    def more_elements(self) -> Iterator[None]:
        """Like `elements`, from a comma on."""
        return self._more("]")

    def skip_to(self, start: re.Pattern[str]) -> str:
        """Past something broken, to where *start* matches; the match, empty when there is none."""
        self._at += 1
        while True:
            found = start.search(self._text, self._at)
            if found:
                self._at = found.start()
                return found[0]
            # What is left may hold the first half of a match.
            self._at = max(self._at, len(self._text) - 256)
            if not self._fill():
                return ""

    def _items(self, opening: str, closing: str) -> Iterator[None]:
        self._take(opening)
        if self.peek() == closing:
            self._at += 1
            return
        yield
        yield from self._more(closing)

    def _more(self, closing: str) -> Iterator[None]:
        while self.peek() != closing:
            self._take(",")
            yield
        self._at += 1

    def _take(self, char: str) -> None:
        found = self.peek()
        if found != char:
            self._started_at = self._at
            raise BrokenJson(f"expected {char!r}, found {found!r}", self.line)
        self._at += 1

    def _is_hopeless(self) -> bool:
        return len(self._text) - self._at > VALUE_CHARS_MAX

    def _fill(self) -> bool:
        """Forget what was read and read on; False at the end of the file."""
        if self._ended:
            return False
        self._forget()
        self._file.seek(self._place)
        piece = self._file.read(self._chunk_bytes)
        self._place += len(piece)
        self._ended = not piece
        self._text += self._decode(piece, final=not piece)
        return not self._ended

    def _count_lines(self, end: int) -> int:
        self._file.seek(0)
        lines = 0
        while end > 0 and (piece := self._file.read(min(CHUNK_BYTES, end))):
            lines += piece.count(b"\n")
            end -= len(piece)
        return lines

    def _forget(self) -> None:
        past = self._text[: self._at]
        self._bytes_before += len(_bytes(past))
        self._lines_before += past.count("\n")
        self._text = self._text[self._at :]
        self._started_at = max(0, self._started_at - self._at)
        self._at = 0


_DECODER = json.JSONDecoder()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _reason(error: Exception) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
