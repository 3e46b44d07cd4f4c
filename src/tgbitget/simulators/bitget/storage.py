"""Dataclasses to JSON-able values and back, by their type hints: so a state survives a restart."""

from __future__ import annotations

import types
from collections import deque
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def pack(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case Decimal():
            return str(value)
        case dict():
            return [[pack(key), pack(each)] for key, each in value.items()]
        case list() | tuple() | deque():
            return [pack(each) for each in value]
        case _ if is_dataclass(value):
            return {f.name: pack(getattr(value, f.name)) for f in fields(value)}
        case _:
            return value


def unpack(hint: type[T], raw: Any) -> T:
    result: T = _unpack(hint, raw)
    return result


def _unpack(hint: Any, raw: Any) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return None if raw is None else _unpack(next(a for a in args if a is not type(None)), raw)
    if origin is dict:
        return {_unpack(args[0], key): _unpack(args[1], each) for key, each in raw}
    if origin is tuple:
        return tuple(_unpack(each, item) for each, item in zip(args, raw, strict=True))
    if origin is list:
        return [_unpack(args[0], item) for item in raw]
    if isinstance(hint, type) and issubclass(hint, Enum | Decimal):
        return hint(raw)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        known = {f.name for f in fields(hint)}
        return hint(**{name: _unpack(hints[name], raw[name]) for name in raw if name in known})
    return raw
