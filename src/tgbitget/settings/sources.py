"""Where settings come from, and the refusal of unknown names and bad values.

Four places, the first wins: the environment (whoever started this process), the files of systemd's
`$CREDENTIALS_DIRECTORY` named like the variables, the operating system's keyring where `TGBITGET_KEYRING` says so, and
`.env` in the working directory. `places` has them.
"""

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsError,
)

from tgbitget.errors import ConfigError
from tgbitget.settings.machine import NESTED, PREFIX, BitgetSettings, Settings
from tgbitget.settings.places import CREDENTIALS, is_secret, places_of, variable_of

_EXPECTED = {
    "int_parsing": "expected a whole number",
    "decimal_parsing": "expected a number",
    "finite_number": "expected a number",
    "bool_parsing": "expected yes or no",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


class _MachineSettings(Settings):
    """Settings as the process finds them, in order of trust."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 -- the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, *places_of(Settings).values()


def load_settings(*, make_home: bool = True) -> Settings:
    """The settings of this machine. ConfigError names the variable that is wrong, never a secret's value.

    HOME is created for its owner alone, unless the caller only reads (*make_home* false).
    """
    _refuse_unknown_names()
    try:
        settings = _MachineSettings()
    except ValidationError as e:
        raise ConfigError(_problem(e.errors()[0])) from None
    except SettingsError as e:
        raise ConfigError(f"{CREDENTIALS}: {e}") from None
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(f".env cannot be read: {e}") from None
    _refuse_partial_keys(settings.bitget)
    if make_home:
        _make_home(settings.home)
    return settings


def setting_names() -> tuple[str, ...]:
    """Every variable that is a setting."""
    return tuple(_names(Settings, PREFIX))


def _names(model: type[BaseModel], prefix: str) -> Iterable[str]:
    for name, field in model.model_fields.items():
        part = field.annotation
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield from _names(part, f"{prefix}{name.upper()}{NESTED}")
        else:
            yield prefix + name.upper()


def _refuse_unknown_names() -> None:
    known = setting_names()
    for place, names in _given_names():
        for name in sorted(names):
            if name.upper().startswith(PREFIX) and name.upper() not in known:
                near = get_close_matches(name.upper(), known, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise ConfigError(f"{name} in {place} is not a setting{hint}")


def _given_names() -> Iterable[tuple[str, Iterable[str]]]:
    yield "the environment", list(os.environ)
    folder = os.environ.get(CREDENTIALS)
    if folder and Path(folder).is_dir():
        yield CREDENTIALS, [file.name for file in Path(folder).iterdir()]
    try:
        written = DotEnvSettingsSource(Settings).env_vars
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(f".env cannot be read: {e}") from None
    yield ".env", [name.upper() for name in written]


def _refuse_partial_keys(bitget: BitgetSettings) -> None:
    keys = ("api_key", "api_secret", "passphrase")
    missing = [name for name in keys if getattr(bitget, name) is None]
    if missing and len(missing) < len(keys):
        raise ConfigError(
            f"{variable_of(('bitget', missing[0]))} is missing; key, secret and passphrase belong together"
        )


def _make_home(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as e:
        raise ConfigError(f"{variable_of(('home',))}: cannot create {home}: {e.strerror}") from None


def _problem(details: ErrorDetails) -> str:
    path = details["loc"]
    if not path:
        return str(details.get("ctx", {}).get("error", details["msg"]))
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        problem = str(context["error"])
    elif kind in _EXPECTED:
        problem = _EXPECTED[kind].format(**context)
    elif kind in ("string_too_short", "too_short"):
        problem = _too_short(context)
    else:
        problem = details["msg"]
    return f"{variable_of(path)}: {problem}{_was(path, details['input'])}"


def _too_short(context: Mapping[str, Any]) -> str:
    least = context["min_length"]
    return "is empty" if least == 1 else f"expected at least {least} characters"


def _was(path: tuple[int | str, ...], value: Any) -> str:
    """The value, unless it is a secret or may hide one."""
    if _is_secret(path) or not isinstance(value, str | int | Path) or "@" in str(value):
        return ""
    return f', was "{value}"' if str(value).isprintable() else f", was {str(value)!r}"


def _is_secret(path: tuple[int | str, ...]) -> bool:
    model: Any = Settings
    field = None
    for name in path:
        field = getattr(model, "model_fields", {}).get(name)
        if field is None:
            return True  # what we do not know we do not print
        model = field.annotation
    return field is None or is_secret(field)
