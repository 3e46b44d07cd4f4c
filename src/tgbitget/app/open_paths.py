"""What others may change or read where our settings lie: they would decide whom our keys are shown to, or have them."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tgbitget.settings import Settings, secret_origins

ENV = Path(".env")
_WRITABLE_BY_OTHERS = 0o022
_READABLE_BY_OTHERS = 0o077
_ROOT = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPath:
    about: str
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.what}: {self.do}"


def open_paths(settings: Settings) -> Iterator[OpenPath]:
    """Of HOME, and of `.env` in the working directory."""
    for about, path in (("home", settings.home), (ENV.name, ENV)):
        if not path.exists():
            continue
        found, where = path.stat(), path.absolute()
        if found.st_uid not in (os.geteuid(), _ROOT):
            what = f"{where} belongs to another user ({found.st_uid})"
            yield OpenPath(about=about, what=what, do="chown it, or use one of your own")
        elif stat.S_IMODE(found.st_mode) & _WRITABLE_BY_OTHERS:
            what = f"{where} can be written by others"
            yield OpenPath(about=about, what=what, do=f"chmod go-w {where}")


def is_private(path: Path) -> bool:
    return not stat.S_IMODE(path.stat().st_mode) & _READABLE_BY_OTHERS


def secrets_open_to_others() -> Iterator[OpenPath]:
    """An `.env` that others may read, and that secrets of ours come from."""
    if not ENV.exists() or is_private(ENV):
        return
    held = [name for name, place in secret_origins().items() if place == ENV.name]
    if held:
        what = f"{ENV.absolute()} is open to others, and holds {', '.join(held)}"
        do = f"chmod 600 {ENV}; make new ones, if others use this machine"
        yield OpenPath(about=ENV.name, what=what, do=do)
