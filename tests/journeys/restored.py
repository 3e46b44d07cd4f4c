"""A database that is put back to an earlier day: what was done since then is on no page of it."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from journeys.lines import Lines
from journeys.world import World
from tgbitget.profile import Profile


def save(home: Path, copy: Path) -> None:
    with closing(sqlite3.connect(home / "tgbitget.sqlite3")) as live:
        live.execute("VACUUM INTO ?", (str(copy),))


def restore(home: Path, copy: Path) -> None:
    for name in ("tgbitget.sqlite3-wal", "tgbitget.sqlite3-shm"):
        (home / name).unlink(missing_ok=True)
    shutil.copy(copy, home / "tgbitget.sqlite3")


@asynccontextmanager
async def forgotten(world: World, *profiles: Profile) -> AsyncIterator[Lines]:
    """A listener's life from its first start, of which the database then keeps nothing but where it began."""
    copy = world.folder / "earlier.sqlite3"
    async with world.listening(*profiles) as lines:
        save(world.home, copy)
        yield lines
    restore(world.home, copy)
