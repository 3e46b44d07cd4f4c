import os
import stat
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from tgbitget.errors import ConfigError
from tgbitget.settings import Address, Settings, load_settings, setting_names


@pytest.fixture(autouse=True)
def _a_machine_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("TGBITGET_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TGBITGET_HOME", str(tmp_path / "home"))


def test_without_variables_everything_has_its_default() -> None:
    settings = load_settings()
    assert settings.model_dump() == Settings(home=settings.home).model_dump()
    assert not settings.live
    assert not settings.bitget.has_keys
    assert settings.secrets() == ()


def test_home_is_by_default_the_platforms_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TGBITGET_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(Path.cwd() / "data"))
    monkeypatch.setenv("HOME", str(Path.cwd()))
    home = load_settings(make_home=False).home
    assert home.name == "tgbitget"
    assert home.is_relative_to(Path.cwd())


def test_home_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    settings = load_settings()
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700
    assert settings.database_file == tmp_path / "home" / "tgbitget.sqlite3"


def test_who_only_reads_makes_no_home() -> None:
    assert not load_settings(make_home=False).home.exists()


def test_a_home_that_cannot_be_made_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TGBITGET_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(ConfigError, match=r"^TGBITGET_HOME: cannot create .*file/home"):
        load_settings()


def test_profiles_lie_here_then_in_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert load_settings().profile_folders == (Path("profiles"), tmp_path / "home" / "profiles")
    monkeypatch.setenv("TGBITGET_PROFILES", "elsewhere")
    assert load_settings().profile_folders == (tmp_path / "elsewhere",)


def test_the_environment_wins_over_credentials_and_these_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "TGBITGET_BITGET__API_KEY").write_text("key of systemd\n")
    (folder / "TGBITGET_BITGET__API_SECRET").write_text("secret of systemd\n")
    (folder / "another-service").write_text("not ours")
    (tmp_path / ".env").write_text(
        "TGBITGET_BITGET__API_KEY=key of the file\nTGBITGET_BITGET__API_SECRET=secret of the file\n"
        "TGBITGET_BITGET__PASSPHRASE='phrase of the file'\nSOMETHING_ELSE=1\n"
    )
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    monkeypatch.setenv("TGBITGET_BITGET__API_KEY", "key of the environment")
    assert load_settings().secrets() == (
        "key of the environment",
        "secret of systemd",
        "phrase of the file",
    )


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TGBITGET_TELEGRAM__API_ID", "")
    assert load_settings().telegram.api_id is None


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        pytest.param(
            {"TELEGRAM__APIID": "1"},
            "TGBITGET_TELEGRAM__APIID in the environment is not a setting; did you mean TGBITGET_TELEGRAM__API_ID?",
            id="a typo",
        ),
        pytest.param({"TELEGRAM": "{}"}, "TGBITGET_TELEGRAM in the env", id="a part at once"),
        pytest.param(
            {"TELEGRAM__API_ID": "abc"},
            'TGBITGET_TELEGRAM__API_ID: expected a whole number, was "abc"',
            id="no number",
        ),
        pytest.param(
            {"TELEGRAM__API_ID": "0"},
            'TGBITGET_TELEGRAM__API_ID: must be above 0, was "0"',
            id="too small",
        ),
        pytest.param(
            {"LIVE": "maybe"}, 'TGBITGET_LIVE: expected yes or no, was "maybe"', id="neither"
        ),
        pytest.param(
            {"TELEGRAM__SERVER": "somewhere"},
            'TGBITGET_TELEGRAM__SERVER: expected host:port, was "somewhere"',
            id="no port",
        ),
        pytest.param(
            {"TELEGRAM__SERVER": '{"host": "127.0.0.1", "port": 1}'},
            "TGBITGET_TELEGRAM__SERVER: expected host:port",
            id="JSON instead of an address",
        ),
        pytest.param(
            {"TELEGRAM__SERVER_KEY": "none.pem"},
            'TGBITGET_TELEGRAM__SERVER_KEY: expected a PEM file, was "none.pem"',
            id="a key that is not there",
        ),
        pytest.param(
            {"BITGET__REST_URL": "http://127.0.0.1:1/api"},
            "TGBITGET_BITGET__REST_URL: expected http://host:port",
            id="a path",
        ),
        pytest.param(
            {"LIMITS__TRADING_HOURS": "8 to 5"},
            'TGBITGET_LIMITS__TRADING_HOURS: expected a window such as "mon-fri 08:00-20:00", was "8 to 5"',
            id="no hours",
        ),
        pytest.param(
            {"BITGET__WS_URL": "http://127.0.0.1:1"},
            "TGBITGET_BITGET__WS_URL: expected ws://host:port",
            id="not a WebSocket",
        ),
        pytest.param(
            {"BITGET__API_KEY": "abc"},
            "TGBITGET_BITGET__API_SECRET is missing; key, secret and passphrase belong together",
            id="a third of a key",
        ),
        pytest.param(
            {"LIMITS__POSITION_QUOTE_MAX": "1e99"},
            "TGBITGET_LIMITS__POSITION_QUOTE_MAX: must be at most",
            id="an exponent",
        ),
        pytest.param(
            {"LIMITS__OPEN_POSITION_MAX": "1"},
            "TGBITGET_LIMITS__OPEN_POSITION_MAX in the environment is not a setting; "
            "did you mean TGBITGET_LIMITS__OPEN_POSITIONS_MAX?",
            id="a limit that is none",
        ),
        pytest.param(
            {"DATABASE": "postgresql://u:hunter2@h/d"},
            "TGBITGET_DATABASE is not built yet",
            id="database",
        ),
        pytest.param({"BUS": "redis://h"}, "TGBITGET_BUS is not built yet", id="bus"),
    ],
)
def test_what_is_wrong_is_named(
    variables: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"TGBITGET_{name}", value)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert str(caught.value).startswith(message)
    assert str(caught.value).count(", was") <= 1
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("TELEGRAM__PROXY", "ftp://joe:hunter2@h:1", id="proxy of another kind"),
        pytest.param("TELEGRAM__PROXY", "hunter2", id="proxy without a form"),
        pytest.param("TELEGRAM__SESSION", "\thunter2\t", id="one key alone"),
        pytest.param("TELEGRAM__SESSION_KEY", "hunter2", id="a session key that is too short"),
        pytest.param("BITGET__API_SECRET", "hunter2", id="a secret without its key"),
        pytest.param("BITGET__REST_URL", "http://joe:hunter2@127.0.0.1:1", id="a URL with a user"),
        pytest.param("TELEGRAM__SERVER", "joe:hunter2@127.0.0.1:1", id="a server with a user"),
        pytest.param("DATABASE", "postgresql://joe:hunter2@h/d", id="database"),
    ],
)
def test_no_secret_is_printed(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TGBITGET_{name}", value)
    shown = ""
    try:
        shown = repr(load_settings())
    except ConfigError as e:
        shown = f"{e} {e.__cause__!r} {e.__suppress_context__}"
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    ("name", "value", "is_ours"),
    [
        pytest.param("TELEGRAM__SERVER", "127.0.0.1:8443", True, id="loopback"),
        pytest.param("TELEGRAM__SERVER", "127.9.9.9:1", True, id="another loopback"),
        pytest.param("TELEGRAM__SERVER", "[::1]:1", True, id="IPv6 loopback"),
        pytest.param("TELEGRAM__SERVER", "localhost:1", True, id="localhost"),
        pytest.param("TELEGRAM__SERVER", "149.154.167.40:443", False, id="Telegram's test server"),
        pytest.param("TELEGRAM__SERVER", "0.0.0.0:1", False, id="any address"),
        pytest.param("TELEGRAM__SERVER", "localhost.evil.example:1", False, id="a look-alike"),
        pytest.param("BITGET__REST_URL", "http://127.0.0.1:1", True, id="REST here"),
        pytest.param("BITGET__REST_URL", "https://api.bitget.com", False, id="REST elsewhere"),
        pytest.param("BITGET__REST_URL", "http://[::ffff:127.0.0.1]:1", True, id="mapped loopback"),
        pytest.param("BITGET__REST_URL", "http://2130706433:1", False, id="a number as a name"),
        pytest.param("BITGET__WS_URL", "wss://ws.bitget.com", False, id="streams elsewhere"),
    ],
)
def test_other_machines_need_permission(
    name: str, value: str, is_ours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"TGBITGET_{name}", value)
    if is_ours:
        load_settings()
    else:
        with pytest.raises(ConfigError, match=f"^TGBITGET_{name} points to .*not this machine"):
            load_settings()
    monkeypatch.setenv("TGBITGET_ALLOW_FOREIGN_HOSTS", "yes")
    load_settings()


def test_addresses_and_proxies_become_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TGBITGET_TELEGRAM__SERVER", "127.0.0.1:8443")
    monkeypatch.setenv("TGBITGET_TELEGRAM__PROXY", " socks5://joe:p%40ss@proxy.example:1080\n")
    monkeypatch.setenv("TGBITGET_BITGET__REST_URL", "http://127.0.0.1:9000/")
    settings = load_settings()
    assert settings.telegram.server == Address(host="127.0.0.1", port=8443)
    proxy = settings.telegram.proxy
    assert proxy is not None
    assert (proxy.kind, proxy.host, proxy.port) == ("socks5", "proxy.example", 1080)
    assert (proxy.username, proxy.password) == ("joe", SecretStr("p@ss"))
    assert settings.bitget.rest_url == "http://127.0.0.1:9000"
    assert settings.secrets() == ("p@ss",)


def test_limits_of_the_account_are_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TGBITGET_LIMITS__POSITION_QUOTE_MAX", "250.10")
    monkeypatch.setenv("TGBITGET_LIMITS__OPEN_POSITIONS_MAX", "3")
    limits = load_settings().limits
    assert limits.position_quote_max == Decimal("250.10")
    assert limits.open_positions_max == 3
    assert limits.daily_loss_quote_max is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"TGBITGET_LIFE=yes\n", r"^TGBITGET_LIFE in \.env is not .*_LIVE", id="typo"),
        pytest.param(b"\xff\xfe", r"^\.env cannot be read", id="no text"),
    ],
)
def test_a_bad_env_file_is_named(content: bytes, message: str) -> None:
    Path(".env").write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        load_settings()


def test_an_unknown_credential_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "TGBITGET_BITGET__KEY").write_text("x")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(ConfigError, match=r"^TGBITGET_BITGET__KEY in CREDENTIALS_DIRECTORY is not"):
        load_settings()


def test_every_setting_of_the_contract_is_one() -> None:
    expected = """HOME PROFILES LIVE ALLOW_FOREIGN_HOSTS DATABASE BUS
        TELEGRAM__API_ID TELEGRAM__API_HASH TELEGRAM__SESSION TELEGRAM__SERVER TELEGRAM__SERVER_KEY
        TELEGRAM__DC_ID TELEGRAM__PROXY BITGET__API_KEY BITGET__API_SECRET BITGET__PASSPHRASE
        BITGET__REST_URL BITGET__WS_URL
        LIMITS__OPEN_POSITIONS_MAX LIMITS__POSITION_QUOTE_MAX LIMITS__ENTRY_AGE_SECONDS_MAX
        LIMITS__PRICE_DEVIATION_PERCENT_MAX LIMITS__DAILY_LOSS_QUOTE_MAX LIMITS__ORDERS_PER_MINUTE_MAX"""
    assert {f"TGBITGET_{name}" for name in expected.split()} <= set(setting_names())
