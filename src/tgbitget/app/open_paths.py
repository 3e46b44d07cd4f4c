"""What others may change where our settings and our journal lie: they would decide whom our keys are shown to."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tgbitget.settings import Settings

ENV = Path(".env")
_WRITABLE_BY_OTHERS = 0o022
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
