from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tgbitget.clock import FakeClock
from tgbitget.journal.sqlite import SqliteJournal

from .samples import NOON


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture
async def journal(path: Path, clock: FakeClock) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal(path, clock=clock)
    await journal.open()
    yield journal
    await journal.close()
