"""Loguru's sinks, what is kept out of them, and the one way in for other libraries' logs.

Nothing that looks like a secret reaches a sink: the values we know, and what has the shape of a session, a phone number
or a signed header. Text from outside cannot forge a line or move a terminal's cursor: it stays on its line, escaped.
"""

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias
from urllib.parse import quote

from loguru import logger

from tgbitget.model.event import utc_text

if TYPE_CHECKING:
    from loguru import Message, Record

FILE_NAME = "tgbitget.log"
FILE_BYTES_MAX = 10_000_000
FILES_KEPT = 9
TEXT_MAX = (
    20_000  # of one record; a post has 4,096 characters, a traceback of a deep recursion has no end
)
_READ_MAX = 4 * TEXT_MAX  # cut once it is redacted: half a secret would not be known for one
SECRET_LENGTH_MIN = 4  # what is shorter would be found in every line, and is no secret

LOUD_LIBRARIES = ("telethon", "ccxt", "aiohttp", "asyncio")
"""Heard from WARNING on, whatever we log: below it they print packets and signed headers."""

TOLD_BY_US = "telethon.network"
"""How its line came and went: whoever dials says so in our words, once."""

HIDDEN = "[hidden]"

_SHAPES = (
    (re.compile(r"\b1[A-Za-z0-9_-]{300,}={0,2}"), HIDDEN),  # a Telethon string session
    (re.compile(r"(?<![\w.+])\+\d(?:[ ()-]{0,2}\d){7,14}(?![\w.%])"), HIDDEN),  # a phone number
    (re.compile(r"(?i)(ACCESS-(?:KEY|SIGN|PASSPHRASE)\W{1,6})[^\s\"',}]+"), rf"\1{HIDDEN}"),
    (
        re.compile(
            r"(?i)([\"']?(?:api_?key|api_?hash|api_?secret|secret|passphrase|password|phone_code_hash)"
            r"[\"']?\s{0,3}[=:]\s{0,3}[\"'])[^\"']+"
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(\w://[^\s/:@]{0,200}):[^\s/@]{1,200}@"), rf"\1:{HIDDEN}@"),
)
_COLOURS = {
    "WARNING": "\x1b[33m",
    "ERROR": "\x1b[31m",
    "CRITICAL": "\x1b[1;31m",
    "DEBUG": "\x1b[2m",
}
_PLAIN = "\x1b[0m"

Values: TypeAlias = Mapping[str, Any]


class Redactor:
    """Replaces secrets in any text: those it was given, in each way a log may write them, and those of known shape."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        written = {form for secret in secrets for form in _forms(secret)}
        longest_first = sorted(written, key=len, reverse=True)
        self._known = re.compile("|".join(re.escape(form) for form in longest_first) or r"(?!)")

    def __call__(self, text: str) -> str:
        text = self._known.sub(HIDDEN, text)
        for shape, replacement in _SHAPES:
            text = shape.sub(replacement, text)
        return text


def configure_logs(
    *,
    folder: Path | None = None,
    secrets: Iterable[str] = (),
    level: str = "WARNING",
    as_json: bool = False,
    stderr: TextIO | None = None,
    to_stderr: bool = True,
    debug: bool = False,
) -> Redactor:
    """Once, at start: stderr from *level* on, and a rotating file in *folder* from INFO on; *debug* lowers both.

    *as_json* makes the lines on stderr JSON. Without *to_stderr* a screen owns the terminal, and the file alone is written.
    """
    redactor = Redactor(secrets)
    logger.remove()
    logger.configure(patcher=lambda record: _redact(record, redactor))
    if to_stderr:
        sink = _JsonLines(stderr or sys.stderr) if as_json else _Lines(stderr or sys.stderr)
        _add(sink, "DEBUG" if debug else level)
    if folder is not None:
        _add_file(folder, "DEBUG" if debug else "INFO")
    _intercept_libraries()
    return redactor


def one_line(text: str) -> str:
    """*text* with whatever a terminal would obey, or a reader take for a new line, written as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _add(sink: "_Lines | _JsonLines | _FileLines", level: str) -> None:
    # diagnose would write the values of variables, secrets among them, into tracebacks
    logger.add(sink, level=level, format="{message}", diagnose=False, backtrace=False)


def _add_file(folder: Path, level: str) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as e:
        logger.warning("No log file: cannot create {}: {}", folder, e.strerror)
        return
    _add(_FileLines(folder / FILE_NAME), level)


class _Lines:
    """For people: time, level, what it is about, message; colours only on a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ

    def write(self, message: "Message") -> None:
        record = message.record
        text = _text(record, f"{record['time'].astimezone(UTC):%H:%M:%S}")
        colour = _COLOURS.get(record["level"].name, "") if self._coloured else ""
        self._stream.write(f"{colour}{text}{_PLAIN if colour else ''}\n")
        self._stream.flush()


class _JsonLines:
    """For programs: one object a line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, message: "Message") -> None:
        record = message.record
        values: Values = {
            "time": utc_text(record["time"]),
            "level": record["level"].name,
            "module": record["name"],
            "message": record["message"],
            **record["extra"],
        }
        self._stream.write(json.dumps(values, default=str) + "\n")
        self._stream.flush()


class _FileLines:
    def __init__(self, file: Path) -> None:
        self._file = _PrivateFile(
            file, maxBytes=FILE_BYTES_MAX, backupCount=FILES_KEPT, encoding="utf-8", delay=True
        )

    def write(self, message: "Message") -> None:
        record = message.record
        where = f"{utc_text(record['time'])} {record['name']}:{record['line']}"
        self._file.handle(logging.makeLogRecord({"msg": _text(record, where)}))

    def stop(self) -> None:
        """Called by loguru when the sink is removed."""
        with suppress(OSError):  # a full disk was told of already
            self._file.close()


class _PrivateFile(RotatingFileHandler):
    """Readable by its owner alone. A disk that is full is told once, in one line, and the program goes on."""

    _is_told = False

    def _open(self) -> Any:
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=_open_private)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 -- logging's name and signature
        if not self._is_told:
            self._is_told = True
            problem = sys.exc_info()[1]
            sys.stderr.write(f"tgbitget: the log cannot be written: {problem}\n")


class _Intercept(logging.Handler):
    """Other libraries' records become ours, and so pass the redaction."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # a library's format string does not fit its values
            text = str(record.msg)
        level: str | int = record.levelname if record.levelname in _LEVELS else record.levelno
        if record.name.startswith(TOLD_BY_US):
            level = "DEBUG"
        logger.bind(library=record.name).opt(exception=record.exc_info).log(level, "{}", text)


_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _intercept_libraries() -> None:
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, _Intercept)]:
        root.removeHandler(handler)
    root.addHandler(_Intercept())
    for name in LOUD_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)


def _redact(record: "Record", redactor: Redactor) -> None:
    """In place, before any sink sees it; a traceback becomes text here, for its exceptions may quote a secret."""
    record["message"] = redactor(record["message"][:_READ_MAX])[:TEXT_MAX]
    extra = record["extra"]
    for key, value in extra.items():
        extra[key] = redactor(str(value)[:_READ_MAX])[:TEXT_MAX]
    failure = record["exception"].value if record["exception"] else None
    if failure is not None:
        lines = traceback.format_exception(failure)
        extra["traceback"] = redactor("".join(lines)[-_READ_MAX:])[-TEXT_MAX:]
    record["exception"] = None


def _text(record: "Record", head: str) -> str:
    extra = dict(record["extra"])
    story = extra.pop("traceback", "")
    about = " ".join(f"{key}={one_line(value)}" for key, value in extra.items())
    line = f"{head} {record['level'].name:<7} {f'[{about}] ' if about else ''}{one_line(record['message'])}"
    told = "".join(f"\n    {one_line(row)}" for row in story.rstrip("\n").split("\n") if story)
    return line + told


def _forms(secret: str) -> set[str]:
    """A secret as it stands, in a URL, in JSON and in a Python string."""
    forms = {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    return {form for form in forms if len(form) >= SECRET_LENGTH_MIN}


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
