"""A machine of its own for each test, and `tgbitget` on it, run in this process."""

import io
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

import pytest
from loguru import logger

from tgbitget.cli.frame import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    code: int
    out: str
    err: str


class Tgbitget(Protocol):
    def __call__(self, *arguments: str, stdin: str | bytes | TextIO = "") -> Ran: ...


@pytest.fixture
def tgbitget(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Tgbitget]:
    for name in [name for name in os.environ if name.startswith("TGBITGET_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setenv("TGBITGET_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    hook, handlers = sys.excepthook, list(logging.getLogger().handlers)

    def command(*arguments: str, stdin: str | bytes | TextIO = "") -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        typed = io.TextIOWrapper(io.BytesIO(given)) if isinstance(given, bytes) else given
        monkeypatch.setattr(sys, "stdin", typed)
        code = run(arguments)
        said = capsys.readouterr()
        return Ran(code=code, out=said.out, err=said.err)

    yield command
    sys.excepthook = hook
    logger.remove()
    for handler in logging.getLogger().handlers[:]:
        if handler not in handlers and type(handler).__module__ == "tgbitget.logs":
            logging.getLogger().removeHandler(handler)


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    """The folder of profiles, with one in it."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "vip.toml").write_text('[telegram]\nchannels = ["@vip_signals"]\n')
    return folder
