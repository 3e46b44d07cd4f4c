"""What a replayed file says of one message, checked field by field."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

TEXT_CHARS_MAX = 65_536
"""Telegram's longest is 4,096; a file may hold anything."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FAR = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A line that cannot be read, by number, and why."""

    line: int
    why: str


class BadPost(ValueError):
    """A field is missing or wrong; the text names it and its value."""


def message_id(value: Any, *, field: str) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 1 << 53:
        raise BadPost(f"{field} must be a number above 0, was {_shown(value)}")
    return value


def optional_id(value: Any, *, field: str) -> int | None:
    return None if value is None else message_id(value, field=field)


def moment(value: Any, *, field: str) -> datetime:
    """ISO 8601 or seconds since 1970; a time without a zone is taken as UTC."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            found = datetime.fromtimestamp(value, UTC)
        else:
            found = datetime.fromisoformat(value)
    except (TypeError, ValueError, OverflowError, OSError):
        raise BadPost(f"{field} must be a time, was {_shown(value)}") from None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    if not _EPOCH <= found < _FAR:
        raise BadPost(f"{field} must lie between 1970 and 2100, was {_shown(value)}")
    return found.astimezone(UTC)


def optional_moment(value: Any, *, field: str) -> datetime | None:
    return None if value is None else moment(value, field=field)


def clean(text: str) -> str:
    """Without halves of characters (lone surrogates), which no database and no terminal takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text[:TEXT_CHARS_MAX]


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004 -- one line of a message
