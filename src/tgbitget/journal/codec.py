"""Values to JSON and rows and back, exactly, by their declared types; nothing is pickled, nothing imported by name.

Decimals travel as plain digits, times as ISO UTC with microseconds (so that their text sorts), values in JSON carry
their class's name under `@`, which tells the members of a union apart.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache, lru_cache
from operator import attrgetter
from types import UnionType
from typing import Any, NewType, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from tgbitget.errors import JournalError
from tgbitget.model.event import utc_text
from tgbitget.model.market import Market
from tgbitget.model.money import exact

T = TypeVar("T")
SqlValue = str | int | float | bytes | None
_Decode = Callable[[Any], Any]
_Encode = Callable[[Any], Any]


class Row(Protocol):
    def __getitem__(self, column: str, /) -> Any: ...


_TAG = "@"
_MARKETS_MAX = 256  # whose JSON is kept: those that are traded in a day
_BROKEN = (ValueError, TypeError, KeyError, AttributeError, InvalidOperation)


def utc_stamp(moment: datetime) -> str:
    """`2026-01-31T12:00:00.000000Z`, always of the same length."""
    text = moment.astimezone(UTC).isoformat(timespec="microseconds")
    return text.removesuffix("+00:00") + "Z"


def told(name: str, value: Any) -> Any:
    """A column as those outside read it: of a time milliseconds are told, more is only kept for its order."""
    if isinstance(value, str) and (name in ("at", "date", "edited") or name.endswith("_at")):
        return utc_text(datetime.fromisoformat(value))
    return plain_text(value) if isinstance(value, bytes) else value


# JSON


def dump(value: Any) -> str:
    """Any value of the model as JSON text; ASCII, so that even half a surrogate pair survives."""
    text: str = _JSON[type(value)](value)
    return text


def load(hint: Any, text: str) -> Any:
    """The value that `dump` was given; *hint* may be a union."""
    try:
        return _decoder(hint)(json.loads(text))
    except _BROKEN as e:
        raise JournalError(f"a stored {_name(hint)} cannot be read: {e!r}") from e


# rows


@cache
def columns(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def to_row(value: Any) -> dict[str, SqlValue]:
    """One column a field; what has parts of its own is JSON text."""
    names, parts = _parts(_kind(value))
    return {name: _SQL[type(part)](part) for name, part in zip(names, parts(value), strict=True)}


def from_row(kind: Callable[..., T], row: Row) -> T:
    """The value of a row that has at least the columns of *kind*."""
    try:
        return kind(**{name: decode(row[name]) for name, decode in _column_decoders(kind)})
    except _BROKEN as e:
        raise JournalError(f"a stored {_name(kind)} cannot be read: {e!r}") from e


def sql_value(value: Any) -> SqlValue:
    stored: SqlValue = _SQL[type(value)](value)
    return stored


def sql_text(text: str) -> str | bytes:
    """SQLite takes UTF-8 only; a post with half a surrogate pair is kept as the bytes that give it back."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def plain_text(value: str | bytes) -> str:
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


# inside


class _ByType(dict[type, _Encode]):
    """How values of a type are stored; *make* says it of one that was not met before."""

    def __init__(self, known: dict[type, _Encode], make: Callable[[Any], _Encode]) -> None:
        super().__init__(known)
        self._make = make

    def __missing__(self, kind: type) -> _Encode:
        self[kind] = encode = self._make(kind)
        return encode


def _as_it_is(value: Any) -> Any:
    return value


def _quoted(text: Callable[[Any], str]) -> _Encode:
    return lambda value: f'"{text(value)}"'


def _array(values: Any) -> str:
    return f"[{','.join([_JSON[type(value)](value) for value in values])}]"


def _mapping(values: Any) -> str:
    told = [f"{_string(str(key))}:{_JSON[type(value)](value)}" for key, value in values.items()]
    return f"{{{','.join(told)}}}"


def _json_of(kind: Any) -> _Encode:
    if issubclass(kind, str):  # words of an enumeration
        return lambda word: _string(str(word))
    assert _is_object(kind), f"no way to store a {kind.__name__}"
    names, parts = _parts(kind)
    form = ",".join((f'{{"{_TAG}":"{kind.__name__}"', *(f'"{name}":%s' for name in names))) + "}"

    def encode(value: Any) -> str:
        return form % tuple([_JSON[type(part)](part) for part in parts(value)])

    # A plan carries its whole market, which is the same in many plans.
    return lru_cache(_MARKETS_MAX)(encode) if kind is Market else encode


def _sql_of(kind: Any) -> _Encode:
    return (lambda word: sql_text(str(word))) if issubclass(kind, str) else _json_of(kind)


@cache
def _parts(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of its fields, and what reads them all at once."""
    names = columns(kind)
    if len(names) > 1:
        return names, attrgetter(*names)
    return names, lambda value: tuple(getattr(value, name) for name in names)


_string = json.encoder.encode_basestring_ascii
_JSON = _ByType(
    {
        type(None): lambda _: "null",
        bool: lambda value: "true" if value else "false",
        int: str,
        float: json.dumps,
        str: _string,
        Decimal: _quoted(exact),
        datetime: _quoted(utc_stamp),
        tuple: _array,
        list: _array,
        dict: _mapping,
    },
    _json_of,
)
_SQL = _ByType(
    {
        **dict.fromkeys((type(None), bool, int, float), _as_it_is),
        str: sql_text,
        Decimal: exact,
        datetime: utc_stamp,
        tuple: _array,
        list: _array,
        dict: _mapping,
    },
    _sql_of,
)


def _kind(value: Any) -> Any:  # Any, because mypy does not take a type for hashable
    return type(value)


@cache
def _column_decoders(kind: Any) -> tuple[tuple[str, _Decode], ...]:
    hints = get_type_hints(kind)
    return tuple((name, _column_decoder(hints[name])) for name in columns(kind))


def _column_decoder(hint: Any) -> _Decode:
    decode = _decoder(hint)
    if _has_parts(hint):
        return lambda stored: None if stored is None else decode(json.loads(stored))
    return lambda stored: decode(plain_text(stored) if isinstance(stored, bytes) else stored)


def _has_parts(hint: Any) -> bool:
    if get_origin(hint) in (Union, UnionType):
        return any(_has_parts(member) for member in get_args(hint))
    return get_origin(hint) in (tuple, dict) or _is_object(hint)


@cache
def _decoder(hint: Any) -> _Decode:
    if isinstance(hint, NewType):
        return _decoder(hint.__supertype__)
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _union_decoder(get_args(hint))
    if origin is tuple:
        item = _decoder(get_args(hint)[0])
        return lambda plain: tuple(item(part) for part in plain)
    if origin is dict:
        item = _decoder(get_args(hint)[1])
        return lambda plain: {key: item(part) for key, part in plain.items()}
    if _is_object(hint):
        return _object_decoder(hint)
    simple: _Decode = _SIMPLE.get(hint, hint)
    return simple


def _object_decoder(kind: Any) -> _Decode:
    def decode(plain: Any) -> Any:
        if plain[_TAG] != kind.__name__:
            raise ValueError(f"expected a {kind.__name__}, was a {plain[_TAG]}")
        # The hints are looked up at the first use: a class may name itself.
        decoders = _field_decoders(kind)
        return kind(**{name: decoders[name](part) for name, part in plain.items() if name != _TAG})

    return decode


@cache
def _field_decoders(kind: Any) -> dict[str, _Decode]:
    hints = get_type_hints(kind)
    return {name: _decoder(hints[name]) for name in columns(kind)}


def _union_decoder(members: tuple[Any, ...]) -> _Decode:
    parts = [member for member in members if member is not type(None)]
    objects: dict[str, _Decode] = {_name(m): _decoder(m) for m in parts if _is_object(m)}
    words = {str(word): word for part in parts if _is_words(part) for word in part}
    rest = [part for part in parts if not _is_object(part) and not _is_words(part)]
    assert len(rest) <= 1, f"cannot tell {members} apart"

    def decode(plain: Any) -> Any:
        if plain is None:
            return None
        if isinstance(plain, dict) and _TAG in plain:
            return objects[plain[_TAG]](plain)
        if isinstance(plain, str) and plain in words:
            return words[plain]
        if not rest:
            raise ValueError(f"{plain!r} is none of {', '.join([*objects, *words])}")
        return _decoder(rest[0])(plain)

    return decode


def _is_object(hint: Any) -> bool:
    return is_dataclass(hint)


def _is_words(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StrEnum)


def _is(kind: type) -> _Decode:
    def decode(plain: Any) -> Any:
        if not isinstance(plain, kind):
            raise TypeError(f"expected {kind.__name__}, was {plain!r}")
        return plain

    return decode


def _decimal(plain: Any) -> Decimal:
    if not isinstance(plain, str):
        raise TypeError(f"an amount is text, was {plain!r}")
    return Decimal(plain)


_SIMPLE: dict[Any, _Decode] = {
    Decimal: _decimal,
    datetime: datetime.fromisoformat,
    str: _is(str),
    int: _is(int),
    float: float,
    bool: bool,
}


def _name(hint: Any) -> str:
    return getattr(hint, "__name__", None) or str(hint).replace("tgbitget.model.", "")
