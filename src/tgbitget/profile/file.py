"""A file becomes a profile, or a list of faults that name file, line, key and value."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tgbitget.errors import ConfigError
from tgbitget.profile.keys import Profile, TelegramSection
from tgbitget.profile.place import line_of
from tgbitget.profile.words import shown

FILE_BYTES_MAX = 200_000  # a profile is a page; what is larger is some other file

Path_ = tuple[int | str, ...]

_EXPECTED = {
    "bool_type": "expected true or false",
    "string_type": "expected text in quotes",
    "list_type": "expected a list",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
}


class HasProfileFolders(Protocol):
    """What of the settings is needed here: where profiles lie, the first folder wins."""

    @property
    def profile_folders(self) -> tuple[Path, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong in a profile's file."""

    file: Path
    line: int | None
    key: str
    problem: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{place}: {self.key}: {self.problem}" if self.key else f"{place}: {self.problem}"


def load_profile(name: str | Path, settings: HasProfileFolders) -> Profile:
    """The profile of this name, or of this file when *name* is a path. ConfigError names what is wrong."""
    file = find_profile(name, settings.profile_folders)
    profile, faults = _read(file)
    if profile is None:
        more = len(faults) - 1
        tail = f" (and {more} more: see `tgbitget profiles check {name}`)" if more else ""
        raise ConfigError(f"{faults[0]}{tail}")
    return profile


def profile_faults(file: Path) -> tuple[Fault, ...]:
    """All that is wrong in *file*, by line; empty when it is a good profile."""
    _, faults = _read(file)
    return faults


def default_profile() -> Profile:
    """Every key at its default and no channel of its own: for a replay, whatever channels the file holds."""
    return Profile(telegram=TelegramSection.model_construct(channels=[]))


def find_profile(name: str | Path, folders: Sequence[Path]) -> Path:
    """The file of a profile's name; a path stands for itself."""
    if isinstance(name, Path) or "/" in name or name.endswith(".toml"):
        return Path(name)
    known = profile_files(folders)
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    looked = " or ".join(str(folder) for folder in folders)
    raise ConfigError(f"there is no profile {shown(name)} in {looked}{hint}")


def profile_files(folders: Iterable[Path]) -> dict[str, Path]:
    """Every profile by name; of two with the same name, that of the first folder."""
    found: dict[str, Path] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.toml")):
            found.setdefault(file.stem, file)
    return found


def check_channels(profiles: Iterable[Profile]) -> None:
    """A channel stands in one profile only. ConfigError names the channel and both profiles."""
    owners: dict[str, str] = {}
    for profile in profiles:
        for channel in profile.telegram.channels:
            owner = owners.setdefault(str(channel).casefold(), profile.name)
            if owner != profile.name:
                raise ConfigError(
                    f'channel {channel} stands in the profiles "{owner}" and "{profile.name}"; '
                    "one of them must let it go"
                )


def _read(file: Path) -> tuple[Profile | None, tuple[Fault, ...]]:
    text = ""
    try:
        text = _text(file)
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as e:
        return None, (_syntax_fault(file, text, e),)
    except (OSError, ValueError) as e:
        return None, (Fault(file=file, line=None, key="", problem=_reason(e)),)
    faults = [_own_name(file, text)] if "name" in data else []
    try:
        profile = Profile.model_validate({**data, "name": file.stem})
    except ValidationError as e:
        faults += [_fault(file, text, details) for details in e.errors()]
        return None, tuple(sorted(faults, key=_by_line))
    return (None, tuple(faults)) if faults else (profile, ())


def _by_line(fault: Fault) -> float:
    """What has no line, because it is missing, comes last."""
    return fault.line or inf


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        data = opened.read(FILE_BYTES_MAX + 1)
    if len(data) > FILE_BYTES_MAX:
        raise ValueError(f"a profile is at most {FILE_BYTES_MAX} bytes long")
    return data.decode("utf-8-sig")


def _reason(error: OSError | ValueError) -> str:
    match error:
        case FileNotFoundError():
            return "there is no such file"
        case OSError():
            return f"cannot be read: {error.strerror}"
        case UnicodeDecodeError():
            return f"is not UTF-8 text, byte {error.start} is {error.object[error.start]:#04x}"
        case _:
            return str(error)


def _syntax_fault(file: Path, text: str, error: tomllib.TOMLDecodeError) -> Fault:
    # "Invalid value (at line 3, column 8)", or "(at end of document)"
    problem, _, place = str(error).removesuffix(")").rpartition(" (at ")
    digits = place.removeprefix("line ").partition(",")[0]
    line = int(digits) if digits.isdigit() else len(text.splitlines())
    return Fault(
        file=file, line=line, key="", problem=f"is not TOML: {problem[:1].lower()}{problem[1:]}"
    )


def _own_name(file: Path, text: str) -> Fault:
    return Fault(
        file=file,
        line=line_of(text, ("name",)),
        key="name",
        problem="unknown key; a profile is named by its file",
    )


def _fault(file: Path, text: str, details: ErrorDetails) -> Fault:
    path = details["loc"]
    return Fault(
        file=file, line=line_of(text, path), key=_dotted(path), problem=_problem(path, details)
    )


def _problem(path: Path_, details: ErrorDetails) -> str:
    value, context = details["input"], details.get("ctx", {})
    kind = details["type"]
    match kind:
        case "extra_forbidden":
            return f"unknown key{_key_hint(path)}"
        case "missing":
            return "[telegram] channels is missing, the one key without a default"
        case "literal_error":
            return (
                f"expected {context['expected']}, was {shown(value)}{_choice_hint(value, context)}"
            )
        case "value_error":
            return str(context["error"])
        case "model_type":
            return f"expected a section, [{_dotted(path)}], was {shown(value)}"
        case "too_short":
            return f"expected at least {context['min_length']}, was {context['actual_length']}"
        case "too_long":
            return f"expected at most {context['max_length']}, was more"
        case "string_too_long":
            return f"expected at most {context['max_length']} characters, was {len(value)}"
        case _ if kind in _EXPECTED:
            expected = _EXPECTED[kind].format(**context)
            return f"{expected}, was {shown(value)}"
        case _:
            return f"{details['msg']}, was {shown(value)}"


def _choice_hint(value: Any, context: dict[str, Any]) -> str:
    choices = [word for word in context["expected"].split("'") if word.strip(" ,or")]
    near = get_close_matches(value, choices, n=1) if isinstance(value, str) else []
    return f'; did you mean "{near[0]}"?' if near else ""


def _key_hint(path: Path_) -> str:
    """Where an unknown key probably belongs: a near name in its section, or the same name elsewhere."""
    key = str(path[-1])
    sections = _keys()
    here = sections.get(str(path[0])) if len(path) > 1 else [*sections, "mode"]
    if near := get_close_matches(key, here or [], n=1):
        return f'; did you mean "{near[0]}"?'
    owners = [section for section, keys in sections.items() if key in keys]
    return f"; {key} belongs in [{owners[0]}]" if owners else ""


def _keys() -> dict[str, list[str]]:
    """Every section with its keys."""
    return {
        name: list(field.annotation.model_fields)
        for name, field in Profile.model_fields.items()
        if isinstance(field.annotation, type) and hasattr(field.annotation, "model_fields")
    }


def _dotted(path: Path_) -> str:
    """`exits.split[2]` of ("exits", "split", 2)."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")
