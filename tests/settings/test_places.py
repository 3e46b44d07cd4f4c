"""Where secrets come from, in order of trust, and who says so."""

import os
import sys
from pathlib import Path

import pytest

from tgbitget.errors import ConfigError
from tgbitget.settings import load_settings, secret_origins
from tgbitget.settings.places import secret_paths, variable_of

KEYRING = """
from keyring import errors

held = {held!r}

def get_password(service, name):
    if {fault!r}:
        raise errors.NoKeyringError({fault!r})
    return held.get((service, name))
"""
ERRORS = """
class KeyringError(Exception): pass
class NoKeyringError(KeyringError, RuntimeError): pass
"""


@pytest.fixture(autouse=True)
def _a_machine_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("TGBITGET_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TGBITGET_HOME", str(tmp_path / "home"))


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where a package named keyring is found, before any that is installed."""
    folder = tmp_path / "library"
    (folder / "keyring").mkdir(parents=True)
    for name in ("keyring", "keyring.errors"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(folder)
    return folder / "keyring"


def install(library: Path, held: dict[str, str], *, fault: str = "") -> None:
    named = {("tgbitget", f"TGBITGET_{name}"): secret for name, secret in held.items()}
    (library / "__init__.py").write_text(KEYRING.format(held=named, fault=fault))
    (library / "errors.py").write_text(ERRORS)


def test_the_keyring_gives_what_no_more_trusted_place_has(
    monkeypatch: pytest.MonkeyPatch, library: Path, tmp_path: Path
) -> None:
    install(
        library,
        {
            "BITGET__API_KEY": "key of the keyring",
            "BITGET__API_SECRET": "secret of the keyring",
            "BITGET__PASSPHRASE": "phrase of the keyring",
        },
    )
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "TGBITGET_BITGET__API_KEY").write_text("key of systemd")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    monkeypatch.setenv("TGBITGET_TELEGRAM__API_HASH", "hash of the environment")
    (tmp_path / ".env").write_text(
        "TGBITGET_KEYRING=yes\nTGBITGET_BITGET__PASSPHRASE=phrase of the file\n"
        "TGBITGET_TELEGRAM__SESSION_KEY=a session key of the file\n"
    )
    assert load_settings().secrets() == (
        "hash of the environment",
        "a session key of the file",
        "key of systemd",
        "secret of the keyring",
        "phrase of the keyring",
    )
    assert secret_origins() == {
        "TGBITGET_TELEGRAM__API_HASH": "the environment",
        "TGBITGET_BITGET__API_KEY": "systemd credentials",
        "TGBITGET_BITGET__API_SECRET": "the keyring",
        "TGBITGET_BITGET__PASSPHRASE": "the keyring",
        "TGBITGET_TELEGRAM__SESSION_KEY": ".env",
    }


def test_nobody_asks_a_keyring_that_is_not_wanted(library: Path) -> None:
    install(library, {"TELEGRAM__API_HASH": "hash"}, fault="must not be asked")
    assert load_settings().telegram.api_hash is None
    assert secret_origins() == {}


def test_without_the_package_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, library: Path
) -> None:
    (library / "__init__.py").write_text("raise ImportError('gone')")
    monkeypatch.setenv("TGBITGET_KEYRING", "yes")
    with pytest.raises(ConfigError, match=r"TGBITGET_KEYRING is yes, .* pip install keyring$"):
        load_settings()


def test_a_keyring_that_does_not_open_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, library: Path
) -> None:
    install(library, {}, fault="no backend\nwas found")
    monkeypatch.setenv("TGBITGET_KEYRING", "yes")
    with pytest.raises(ConfigError, match=r"^TGBITGET_KEYRING: .*: no backend was found$"):
        load_settings()


def test_a_keyring_that_is_neither_wanted_nor_not_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TGBITGET_KEYRING", "perhaps")
    with pytest.raises(ConfigError, match=r'^TGBITGET_KEYRING: expected yes or no, was "perhaps"'):
        load_settings()


def test_every_secret_may_lie_in_the_keyring() -> None:
    assert {variable_of(path).removeprefix("TGBITGET_") for path in secret_paths()} == {
        "TELEGRAM__API_HASH",
        "TELEGRAM__SESSION",
        "TELEGRAM__SESSION_KEY",
        "TELEGRAM__PROXY",
        "BITGET__API_KEY",
        "BITGET__API_SECRET",
        "BITGET__PASSPHRASE",
    }


def test_a_right_that_no_key_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TGBITGET_BITGET__ALLOW_KEY_RIGHTS", "transfer,everything")
    with pytest.raises(
        ConfigError,
        match=r'^TGBITGET_BITGET__ALLOW_KEY_RIGHTS: expected withdraw, .*, was "transfer,everything"',
    ):
        load_settings()


def test_rights_are_listed_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TGBITGET_BITGET__ALLOW_KEY_RIGHTS", " Transfer, withdraw,")
    assert load_settings().bitget.allowed_key_rights == {"transfer", "withdraw"}
