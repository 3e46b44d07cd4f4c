"""Every setting with its documentation, and where in HOME what lies."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Self

from platformdirs import user_data_path
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from tgbitget.settings.hosts import (
    Address,
    Proxy,
    base_url,
    host_of,
    is_this_machine,
    parse_address,
    parse_proxy,
)
from tgbitget.settings.limits import AccountLimits, Amount

PREFIX = "TGBITGET_"
NESTED = "__"

SESSION_KEY_LENGTH_MIN = 16  # what is shorter is soon guessed


def _stripped(value: Any) -> Any:
    """What is pasted brings spaces; what a file holds, a line's end."""
    return value.strip() if isinstance(value, str) else value


KEY_RIGHTS = ("withdraw", "transfer", "sub-accounts", "peer-to-peer")
"""What a key may do beside reading and trading, and what no key of ours needs."""

OTHER_RIGHT = "other:"
"""Before Bitget's own name of a right that has none of ours."""


def _listed(value: str) -> list[str]:
    return [name.strip().lower() for name in value.split(",") if name.strip()]


def _absolute(value: Any) -> Any:
    return Path(value).expanduser().absolute() if isinstance(value, str | Path) else value


Secret = Annotated[SecretStr, BeforeValidator(_stripped), Field(min_length=1)]
Folder = Annotated[Path, BeforeValidator(_absolute)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TelegramSettings(_Part):
    api_id: int | None = Field(
        None, gt=0, description="Of your own application, from my.telegram.org."
    )
    api_hash: Secret | None = Field(None, description="Of the same application. Secret.")
    session: Secret | None = Field(
        None,
        description="A Telethon string session, instead of the session file in HOME. It is the account. Secret.",
    )
    session_key: Secret | None = Field(
        None,
        min_length=SESSION_KEY_LENGTH_MIN,
        description="Encrypts the session file: any text of at least 16 characters. Secret.",
    )
    server: Annotated[Address | None, BeforeValidator(parse_address)] = Field(
        None, description="Another data centre, `host:port`: a test server or the simulator."
    )
    server_key: Folder | None = Field(
        None, description="A PEM file with that server's RSA public key."
    )
    dc_id: int | None = Field(None, ge=1, description="The number of that data centre.")
    proxy: Annotated[Proxy | None, BeforeValidator(parse_proxy)] = Field(
        None,
        description="`socks5://user:password@host:port` or `http://…`, for countries that need one. Secret.",
    )

    @field_validator("server_key")
    @classmethod
    def _is_a_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("expected a PEM file")
        return value


class BitgetSettings(_Part):
    api_key: Secret | None = Field(None, description="Of a key that may read and trade. Secret.")
    api_secret: Secret | None = Field(None, description="Of the same key. Secret.")
    passphrase: Secret | None = Field(None, description="Of the same key. Secret.")
    allow_key_rights: str = Field(
        "",
        description="Rights beside trading that the key may have and still trade live, by name: `withdraw`, "
        "`transfer`, `sub-accounts`, `peer-to-peer`, or `other:` and Bitget's name of it; several with commas.",
    )
    allow_any_address: bool = Field(
        default=False,
        description="`yes`: the key may trade live although it works from any address.",
    )
    rest_url: str | None = Field(
        None, description="Another host for requests, `http://host:port` without a path."
    )
    ws_url: str | None = Field(
        None, description="Another host for the streams, `ws://host:port` without a path."
    )

    @field_validator("allow_key_rights")
    @classmethod
    def _rights_are_known(cls, value: str) -> str:
        for right in _listed(value):
            if right not in KEY_RIGHTS and not right.startswith(OTHER_RIGHT):
                raise ValueError(f"expected {', '.join(KEY_RIGHTS)}, {OTHER_RIGHT}NAME")
        return value

    @property
    def allowed_key_rights(self) -> frozenset[str]:
        return frozenset(_listed(self.allow_key_rights))

    @field_validator("rest_url")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        return None if value is None else base_url(value, ("http", "https"))

    @field_validator("ws_url")
    @classmethod
    def _websocket(cls, value: str | None) -> str | None:
        return None if value is None else base_url(value, ("ws", "wss"))

    @property
    def has_keys(self) -> bool:
        """All three of them are there."""
        return None not in (self.api_key, self.api_secret, self.passphrase)


class Settings(BaseSettings):
    """All of it, frozen. `load_settings` reads it from the machine; this class itself looks nowhere.

    Tests name the values they need: `Settings(home=tmp_path)`.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=NESTED,
        env_ignore_empty=True,
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",  # unknown names are refused by load_settings, which knows what they were meant to be
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    home: Folder = Field(
        default_factory=lambda: user_data_path("tgbitget", appauthor=False),
        description="Database, session, caches and logs; created for you alone (0700). "
        "Default: the platform's folder for user data.",
    )
    profiles: Folder | None = Field(
        None, description="Folder of profiles. Default: `./profiles`, then `HOME/profiles`."
    )
    telegram: TelegramSettings = TelegramSettings()
    bitget: BitgetSettings = BitgetSettings()
    live: bool = Field(default=False, description="`yes`: live mode is allowed, like `--live`.")
    limits: AccountLimits = AccountLimits()
    answer_minutes_max: int = Field(
        240,
        ge=1,
        description="How long you may take to say which trade a post meant; afterwards it changes nothing.",
    )
    owner_silence_hours_max: Amount | None = Field(
        None,
        description="No new entries once no command of yours came for so many hours; you are asked beforehand.",
    )
    allow_foreign_hosts: bool = Field(
        default=False,
        description="`yes`: TELEGRAM__SERVER, BITGET__REST_URL and BITGET__WS_URL may point to other machines.",
    )
    keyring: bool = Field(
        default=False,
        description="`yes`: secrets are looked for in the operating system's keyring, too.",
    )
    database: str | None = Field(
        None, description="`postgresql://…`, for scale-out. Refused until it is built."
    )
    bus: str | None = Field(
        None, description="`redis://…`, for scale-out. Refused until it is built."
    )

    @model_validator(mode="after")
    def _not_built(self) -> Self:
        for name, instead in (("database", "SQLite in TGBITGET_HOME"), ("bus", "one process")):
            if getattr(self, name) is not None:
                variable = PREFIX + name.upper()
                raise ValueError(f"{variable} is not built yet; leave it unset to use {instead}")
        return self

    @model_validator(mode="after")
    def _hosts_are_ours(self) -> Self:
        for variable, host in self._other_hosts():
            if not is_this_machine(host) and not self.allow_foreign_hosts:
                raise ValueError(
                    f"{variable} points to {host}, which is not this machine; your keys would go there. "
                    "Set TGBITGET_ALLOW_FOREIGN_HOSTS=yes if that is meant"
                )
        return self

    def _other_hosts(self) -> Iterator[tuple[str, str]]:
        if self.telegram.server is not None:
            yield f"{PREFIX}TELEGRAM__SERVER", self.telegram.server.host
        if self.bitget.rest_url is not None:
            yield f"{PREFIX}BITGET__REST_URL", host_of(self.bitget.rest_url)
        if self.bitget.ws_url is not None:
            yield f"{PREFIX}BITGET__WS_URL", host_of(self.bitget.ws_url)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 -- the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)

    @property
    def profile_folders(self) -> tuple[Path, ...]:
        """Where profiles lie; the first folder that has a name wins."""
        if self.profiles is not None:
            return (self.profiles,)
        return (Path("profiles"), self.home / "profiles")

    @property
    def database_file(self) -> Path:
        return self.home / "tgbitget.sqlite3"

    @property
    def session_file(self) -> Path:
        """The Telegram login; whoever has it is the account."""
        return self.home / "telegram.session"

    @property
    def devices_file(self) -> Path:
        """The account's devices that `doctor` has seen."""
        return self.home / "devices.json"

    @property
    def markets_file(self) -> Path:
        """What can be traded, as of the last sync."""
        return self.home / "markets.json"

    @property
    def paper_file(self) -> Path:
        """The simulated account of `paper` mode, between runs."""
        return self.home / "paper.json"

    @property
    def logs_folder(self) -> Path:
        return self.home / "logs"

    def secrets(self) -> tuple[str, ...]:
        """Every secret value, for redaction; they go nowhere else."""
        telegram, bitget = self.telegram, self.bitget
        known = [telegram.api_hash, telegram.session, telegram.session_key]
        known += [telegram.proxy.password] if telegram.proxy else []
        known += [bitget.api_key, bitget.api_secret, bitget.passphrase]
        return tuple(secret.get_secret_value() for secret in known if secret is not None)
