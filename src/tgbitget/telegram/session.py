"""The login: as Telethon's string, or in a file of ours. Whoever has either one is the account, unless it is sealed."""

import json
import os
import stat
import struct
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from telethon.sessions import StringSession

from tgbitget.errors import ConfigError
from tgbitget.settings import Settings
from tgbitget.telegram.channel import FollowedChannel
from tgbitget.telegram.sealing import Seal, WrongKey

VERSION = 1
KEY_VARIABLE = "TGBITGET_TELEGRAM__SESSION_KEY"
BAD_SESSION = (ValueError, IndexError, struct.error)
"""What Telethon's StringSession raises for a string that is none."""
_OWNER_ONLY = 0o600
_FILE_BYTES_MAX = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What is kept between runs: the string session, and the channels that this account has a hash for."""

    session: str
    channels: tuple[FollowedChannel, ...] = ()


class SessionFile:
    """A file for its owner alone: written whole or not at all, refused when others could have read it.

    With a *key* whatever is written is sealed; what lies there unsealed is still read.
    """

    def __init__(self, path: Path, key: str | None = None) -> None:
        self.path = path
        self._seal = None if key is None else Seal(key)

    def read(self) -> Login | None:
        """None when nobody has logged in."""
        content = self._content()
        return None if content is None else self._parsed(content)

    @property
    def is_sealed(self) -> bool:
        """Whether there is one that needs its key. ConfigError."""
        content = self._content()
        try:
            return content is not None and "sealed" in json.loads(content)
        except (ValueError, TypeError):
            return False

    def _content(self) -> bytes | None:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = "is a symbolic link" if self.path.is_symlink() else error.strerror
            raise ConfigError(f"session file {self.path}: {reason}") from None
        with os.fdopen(descriptor, "rb") as file:
            self._refuse_others(os.fstat(descriptor))
            return file.read(_FILE_BYTES_MAX)

    def write(self, login: Login) -> None:
        channels = [asdict(channel) for channel in login.channels]
        content: dict[str, Any] = {
            "version": VERSION,
            "session": login.session,
            "channels": channels,
        }
        if self._seal is not None:
            sealed = self._seal.close(json.dumps(content).encode())
            content = {"version": VERSION, "sealed": sealed}
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(temporary, flags, _OWNER_ONLY), "w", encoding="utf-8") as file:
                json.dump(content, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise ConfigError(f"session file {self.path}: {error.strerror}") from None

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)

    def _refuse_others(self, found: os.stat_result) -> None:
        mode = stat.S_IMODE(found.st_mode)
        if not stat.S_ISREG(found.st_mode):
            raise ConfigError(f"session file {self.path} is not a file")
        if mode & 0o077:
            raise ConfigError(
                f"session file {self.path} is open to others (mode {mode:04o}); whoever read it is you on Telegram: "
                "end that session under Settings, Devices, or, if nobody did, `chmod 600` it"
            )
        if found.st_uid != os.geteuid():
            raise ConfigError(f"session file {self.path} belongs to another user ({found.st_uid})")

    def _parsed(self, content: bytes) -> Login:
        try:
            fields = self._opened(json.loads(content))
            channels = tuple(FollowedChannel(**channel) for channel in fields["channels"])
            login = Login(session=fields["session"], channels=channels)
            StringSession(login.session)
        except WrongKey:
            raise ConfigError(
                f"session file {self.path}: {KEY_VARIABLE} does not open it; set the key that it was sealed with, "
                "or run `tgbitget login` for a new one"
            ) from None
        except (*BAD_SESSION, TypeError, KeyError) as error:
            raise ConfigError(
                f"session file {self.path} is not one of ours ({type(error).__name__}): run `tgbitget login`"
            ) from None
        return login

    def _opened(self, fields: Any) -> Any:
        if "sealed" not in fields:
            return fields
        if self._seal is None:
            raise ConfigError(
                f"session file {self.path} is encrypted: set {KEY_VARIABLE}, or run `tgbitget login` for a new one"
            )
        return json.loads(self._seal.open(fields["sealed"]))


def session_file(settings: Settings) -> SessionFile:
    """The one in HOME, sealed where the settings have a key."""
    key = settings.telegram.session_key
    return SessionFile(settings.session_file, None if key is None else key.get_secret_value())


class KnownSession(StringSession):  # type: ignore[misc]  # Telethon has no types
    """A string session that knows channels, and the file it came from, if any.

    Telethon writes to its sessions on every update and answer. Here that is nothing: what a follower needs of a
    channel stands in `channels`, everything else stays in the client's own memory.
    """

    def __init__(self, string: str | None = None, *, file: SessionFile | None = None) -> None:
        super().__init__(string)
        self.file = file
        self.channels: dict[int, FollowedChannel] = {}

    @classmethod
    def of(cls, login: Login, file: SessionFile | None) -> "KnownSession":
        session = cls(login.session, file=file)
        session.channels = {channel.bare_id: channel for channel in login.channels}
        return session

    @property
    def is_empty(self) -> bool:
        return self.auth_key is None

    def learn(self, channels: Iterable[FollowedChannel]) -> bool:
        """Whether anything about them is new."""
        before = dict(self.channels)
        self.channels.update((channel.bare_id, channel) for channel in channels)
        return self.channels != before

    def keep(self) -> None:
        """Write the file, where there is one. ConfigError when it cannot be written."""
        if self.file is not None:
            self.file.write(Login(session=self.save(), channels=tuple(self.channels.values())))

    def process_entities(self, tlo: Any) -> None:
        """Telethon calls this with every answer and update."""

    def delete(self) -> None:
        """Telethon calls this at logout."""
        if self.file is not None:
            self.file.delete()
