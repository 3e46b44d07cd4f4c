"""A profile as a commented file: every key, what it means, and its value."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from textwrap import wrap
from typing import Any

from pydantic import BaseModel

from tgbitget.model.money import exact
from tgbitget.profile import Profile

_WIDTH = 100
_NOTHING: Mapping[str, str] = {}


def profile_text(profile: Profile, *, head: str, seen: Mapping[str, str] = _NOTHING) -> str:
    """TOML that loads to *profile* again; *head* becomes its first comment.

    *seen* says of a key (`exits.missing_stop`) what its value was chosen by.
    """
    lines = [*_comment(head), ""]
    lines += _keys(profile, only_sections=False)
    for name in Profile.model_fields:
        section = getattr(profile, name)
        if isinstance(section, BaseModel):
            lines += [
                "",
                f"[{name}]",
                *_keys(section, only_sections=True, seen=_of_section(seen, name)),
            ]
    return "\n".join(lines) + "\n"


def toml(value: Any) -> str:
    """Decimals in quotes, so that no reader makes floats of them."""
    match value:
        case None:
            return '"off"'
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return f'"{exact(value)}"'
        case list() | tuple():
            return f"[{', '.join(toml(item) for item in value)}]"
        case _:
            return _quoted(str(value))


def plain(profile: Profile) -> Mapping[str, Any]:
    """For JSON: Decimals as text, exact."""
    return {"name": profile.name, **_plain(profile.model_dump())}


def _of_section(seen: Mapping[str, str], section: str) -> Mapping[str, str]:
    return {
        key.removeprefix(f"{section}."): said
        for key, said in seen.items()
        if key.startswith(f"{section}.")
    }


def _keys(
    section: BaseModel, *, only_sections: bool, seen: Mapping[str, str] = _NOTHING
) -> Iterator[str]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if field.exclude or isinstance(value, BaseModel):
            continue
        yield from _comment(field.description or "") if only_sections or name == "mode" else ()
        yield from _comment(f"Seen: {seen[name]}.") if name in seen else ()
        yield f"{name} = {toml(value)}"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in wrap(text, _WIDTH - 2)]


def _quoted(text: str) -> str:
    if '"' in text or "\\" in text:
        return _literal(text)
    return json.dumps(text, ensure_ascii=False)


def _literal(text: str) -> str:
    """Expressions stay readable in single quotes, where those do not stand in them."""
    is_plain = "'" not in text and text.isprintable()
    return f"'{text}'" if is_plain else json.dumps(text, ensure_ascii=True)


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return exact(value)
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value
