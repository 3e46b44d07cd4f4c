"""Migrations: numbered, whole or not at all, and a newer file is refused by name."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import fields
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database, Migrations

from tgbitget.errors import JournalError
from tgbitget.journal.connection import open_writer
from tgbitget.journal.schema import is_current, known, migrate, migrations
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.command import Command
from tgbitget.model.order import Fill
from tgbitget.model.plan import Leg
from tgbitget.model.post import Cursor, Deletion, Post
from tgbitget.model.trade import Trade

from . import samples


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    connection = open_writer(path)
    yield Database(connection, execute_plugins=False)
    connection.close()


def test_a_new_file_gets_every_migration_in_order_and_once(db: Database) -> None:
    migrate(db)
    migrate(db)
    assert [step.name for step in migrations.applied(db)] == list(known) == sorted(known)
    assert is_current(db)


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        pytest.param("posts", Post, id="posts"),
        pytest.param("deletions", Deletion, id="deletions"),
        pytest.param("cursors", Cursor, id="cursors"),
        pytest.param("legs", Leg, id="legs"),
        pytest.param("fills", Fill, id="fills"),
        pytest.param("trades", Trade, id="trades"),
        pytest.param("trade_changes", Trade, id="changes of trades"),
        pytest.param("commands", Command, id="commands"),
    ],
)
def test_each_field_has_its_column(db: Database, table: str, kind: Any) -> None:
    """A field that is new in the model needs a migration here."""
    migrate(db)
    wanted = {field.name for field in fields(kind)}
    assert wanted <= set(db.table(table).columns_dict)


def _shape(db: Database) -> dict[str, str]:
    """But for the record of migrations itself, which is there before the first."""
    rows = db.query("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%_migrations%'")
    return {row["name"]: row["sql"] for row in rows}


def _applied(db: Database) -> tuple[str, ...]:
    return tuple(step.name for step in migrations.applied(db))


def test_an_interrupted_migration_leaves_old_or_new_never_between(tmp_path: Path) -> None:
    """Interrupted at ever later steps of SQLite's machine, until one run gets through."""
    shapes = _shapes_after_each_migration(tmp_path / "good.db")
    met: set[int] = set()
    for step in count(1, 131):
        path = tmp_path / f"{step}.db"
        connection = open_writer(path)
        db = Database(connection, execute_plugins=False)
        connection.set_progress_handler(_interrupt_at(step), 1)
        try:
            migrate(db)
        except sqlite3.OperationalError:
            done = _applied(db)
            assert done == known[: len(done)]
            assert _shape(db) == shapes[len(done)]
            met.add(len(done))
            migrate(db)
        else:
            met.add(len(known))
        connection.set_progress_handler(None, 0)
        assert _applied(db) == known, "the next start goes on from there"
        connection.close()
        path.unlink()
        if len(known) in met:
            break
    assert met == set(range(len(known) + 1)), "interrupted before, between and inside"


def _interrupt_at(step: int) -> Callable[[], bool]:
    steps = count()
    return lambda: next(steps) == step


def _shapes_after_each_migration(path: Path) -> list[dict[str, str]]:
    connection = open_writer(path)
    db = Database(connection, execute_plugins=False)
    shapes: list[dict[str, str]] = []
    for name in (*known, None):
        if name is None:
            migrations.apply(db)
        else:
            migrations.apply(db, stop_before=name)
        shapes.append(_shape(db))
    connection.close()
    return shapes


def test_a_process_that_is_gone_amid_a_migration_leaves_the_old_schema(
    db: Database, path: Path, tmp_path: Path
) -> None:
    migrate(db)
    crashed = tmp_path / "crashed.db"
    steps = Migrations("tgbitget")

    @steps(name="0099_half")
    def half(db: Database) -> None:
        db.table("half").create({"id": int}, pk="id")
        shutil.copy(path, crashed)
        shutil.copy(f"{path}-wal", f"{crashed}-wal")
        raise InterruptedError

    with pytest.raises(InterruptedError):
        migrate(db, steps=steps)
    assert "half" not in db.table_names()
    connection = open_writer(crashed)
    left = Database(connection, execute_plugins=False)
    assert "half" not in left.table_names()
    assert _applied(left) == known
    connection.close()


def test_a_file_of_a_newer_tgbitget_is_refused_by_name_and_left_alone(path: Path) -> None:
    connection = open_writer(path)
    db = Database(connection, execute_plugins=False)
    migrate(db)
    newer = Migrations("tgbitget")
    newer(name="0042_of_tomorrow")(lambda db: db.table("tomorrow").create({"id": int}))
    newer.apply(db)
    connection.close()
    before = path.read_bytes()

    with pytest.raises(JournalError, match=r"written by a newer tgbitget .*0042_of_tomorrow"):
        asyncio.run(SqliteJournal(path).open())
    assert path.read_bytes() == before


async def test_what_is_recorded_survives_a_second_start(path: Path) -> None:
    for _ in range(2):
        journal = SqliteJournal(path)
        await journal.open()
        await journal.decide(samples.planned())
        await journal.close()
    journal = SqliteJournal(path)
    await journal.open()
    assert journal.recent_decisions(samples.NOON) == (samples.planned(),)
    await journal.close()
