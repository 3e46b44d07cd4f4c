"""The places that hold settings, in order of trust; the OS keyring among them; and which place each secret came from."""

import importlib
import os
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
)

from tgbitget.errors import ConfigError
from tgbitget.settings.machine import NESTED, PREFIX, Settings

CREDENTIALS = "CREDENTIALS_DIRECTORY"
KEYRING_SERVICE = "tgbitget"
"""The name under which the keyring holds our secrets, each as the password of the user named like its variable."""

Path = tuple[str, ...]
"""Names of fields, from the outermost in: `("bitget", "api_key")`."""

_BOOL = TypeAdapter(bool)


def places_of(model: type[BaseSettings]) -> dict[str, PydanticBaseSettingsSource]:
    """By name, the most trusted one first."""
    dotenv = DotEnvSettingsSource(model)
    credentials = NestedSecretsSettingsSource(
        SecretsSettingsSource(model),
        secrets_dir=os.environ.get(CREDENTIALS),
        secrets_dir_missing="ok",
    )
    return {
        "the environment": EnvSettingsSource(model),
        "systemd credentials": credentials,
        "the keyring": KeyringSource(model, less_trusted=dotenv),
        ".env": dotenv,
    }


def secret_origins() -> dict[str, str]:
    """Of every secret that is set on this machine, by its variable: the name of the place that gave it."""
    found: dict[str, str] = {}
    state: dict[str, Any] = {}
    for name, place in places_of(Settings).items():
        place._set_current_state(state)
        held = place()
        for path in secret_paths():
            if _at(held, path) is not None:
                found.setdefault(variable_of(path), name)
        state = _merged(held, state)
    return found


def secret_paths() -> Iterator[Path]:
    """Every setting that is a secret."""
    for path, field in _fields(Settings, ()):
        if is_secret(field):
            yield path


def is_secret(field: FieldInfo) -> bool:
    return "Secret" in (field.description or "") or "SecretStr" in str(field.annotation)


def variable_of(path: tuple[int | str, ...]) -> str:
    return PREFIX + NESTED.join(str(name).upper() for name in path)


class KeyringSource(PydanticBaseSettingsSource):
    """The operating system's keyring, asked only where `TGBITGET_KEYRING` says so, and only for what no more trusted
    place has. ConfigError when it cannot be asked.
    """

    def __init__(self, model: type[BaseSettings], *, less_trusted: DotEnvSettingsSource) -> None:
        super().__init__(model)
        self._less_trusted = less_trusted

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 -- the signature is pydantic's
        return None, field_name, False  # what is asked for stands in nested models; see __call__

    def __call__(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if not self._is_wanted():
            return found
        for path in secret_paths():
            if _at(self.current_state, path) is None and (secret := _ask(variable_of(path))):
                _put(found, path, secret)
        return found

    def _is_wanted(self) -> bool:
        wanted = self.current_state.get("keyring", self._less_trusted().get("keyring", False))
        try:
            return _BOOL.validate_python(wanted)
        except ValidationError:
            return False  # Settings will say what is wrong with it


def _ask(variable: str) -> str | None:
    try:
        keyring = importlib.import_module("keyring")
        errors = importlib.import_module("keyring.errors")
    except ImportError:
        raise ConfigError(
            f"{PREFIX}KEYRING is yes, but the Python package keyring is not installed: pip install keyring"
        ) from None
    try:
        return keyring.get_password(KEYRING_SERVICE, variable)  # type: ignore[no-any-return]  # loaded by name
    except (errors.KeyringError, OSError) as e:
        reason = " ".join(str(e).split()) or type(e).__name__
        raise ConfigError(f"{PREFIX}KEYRING: the keyring cannot be asked: {reason}") from None


def _fields(model: type[BaseModel], above: Path) -> Iterator[tuple[Path, FieldInfo]]:
    for name, field in model.model_fields.items():
        part = field.annotation
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield from _fields(part, (*above, name))
        else:
            yield (*above, name), field


def _at(held: Mapping[str, Any], path: Path) -> Any:
    value: Any = held
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value or None


def _put(held: dict[str, Any], path: Path, value: Any) -> None:
    for name in path[:-1]:
        held = held.setdefault(name, {})
    held[path[-1]] = value


def _merged(less: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """*more* over *less*, section by section."""
    both = dict(less)
    for name, value in more.items():
        under = both.get(name)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            both[name] = _merged(under, value)
        else:
            both[name] = value
    return both
