"""Secrets that no journey may tell anybody, and the search for them wherever a journey leaves a text."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tgbitget.simulators.bitget import Keys

KEYS = Keys(
    api_key="bg_canary_3f9a51c7",
    api_secret="canary-secret-7be04d92",
    passphrase="canary-words-c81f6a35",
)
API_HASH = "ca9a2y5f0c1d2e3b4a59687766554433"
PHONE = "+15557046125"
SESSION_KEY = "canary-session-key-90d2e7"

SECRETS = ("API_HASH", "SESSION", "SESSION_KEY", "API_KEY", "API_SECRET", "PASSPHRASE", "PROXY")
# Shorter ones are no canaries: they stand in innocent words.
LENGTH_MIN = 8
# Of a long one a part would be enough to be missed if the whole was looked for.
PART = 40
HOLDS_THEM = frozenset({"telegram.session", ".env"})


@dataclass(slots=True)
class Canaries:
    """What was planted, and every text that was told; files are looked through at the end."""

    planted: dict[str, str] = field(default_factory=lambda: {"phone": PHONE.removeprefix("+")})
    told: list[tuple[str, str]] = field(default_factory=list)

    def plant(self, environment: Mapping[str, str]) -> None:
        for name, value in environment.items():
            if name.startswith("TGBITGET_") and name.endswith(SECRETS) and len(value) >= LENGTH_MIN:
                self.planted[f"{name} {value[-3:]}"] = _part(value)

    def hear(self, where: str, texts: Iterable[str]) -> None:
        self.told.extend((where, text) for text in texts)

    def found(self, folder: Path) -> list[str]:
        """What was told, and where; secrets are named, not shown."""
        texts = [*self.told, *_files(folder)]
        return sorted(
            {
                f"{name.split()[0]} in {where}"
                for where, text in texts
                for name, secret in self.planted.items()
                if secret in text
            }
        )


def _part(secret: str) -> str:
    if "://" in secret:  # of a proxy the password alone is one
        return secret.partition("://")[2].rpartition("@")[0].rpartition(":")[2] or secret
    start = max(0, (len(secret) - PART) // 2)
    return secret[start : start + PART]


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink() and file.name not in HOLDS_THEM:
            with suppress(OSError):  # a journey may take its disk away, or a file may just be going
                text = file.read_bytes().decode(errors="replace")
                yield str(file.relative_to(folder)), text
