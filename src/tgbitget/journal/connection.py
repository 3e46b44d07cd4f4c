"""Opening the journal's file, transactions on it, and what its errors mean."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tgbitget.errors import Contradiction, JournalError

# How long a write waits for another process's lock (a person with the sqlite3 shell; a backup does not lock).
BUSY_SECONDS = 2.0
# A commit that also has to bring the log's pages into the main file takes ten times as long: `tidy` does that in idle
# moments, and this, 40 MB, is for when there are none.
_LOG_PAGES_MAX = 10_000
_STATEMENTS = 256  # every statement of ours stays prepared

_CAUSES = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "the file or its folder is read-only",
    "SQLITE_BUSY": "another process holds it locked",
    "SQLITE_LOCKED": "another process holds it locked",
    "SQLITE_CANTOPEN": "the file cannot be opened; does its folder exist, and is it ours?",
    "SQLITE_PERM": "the file may not be opened",
    "SQLITE_IOERR": "the disk reported an input/output error",
    "SQLITE_CORRUPT": "the file is damaged; restore a backup, or move it away to begin anew",
    "SQLITE_NOTADB": "the file is not a database; move it away to begin anew",
}
# After these nothing written before can be relied on until the file was opened and checked again.
_SHAKEN = ("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB")
_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED")


def open_writer(path: Path) -> sqlite3.Connection:
    """The one writing connection, to be used by the thread that opened it. sqlite3.Error, OSError."""
    # Before SQLite makes it readable to all; its -wal and -shm take the same mode.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=_STATEMENTS
    )
    try:
        _set_up(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def open_reader(path: Path, *, timeout_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Sees every commit, writes and checkpoints nothing."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=timeout_seconds,
        isolation_level=None,
        cached_statements=_STATEMENTS,
    )
    connection.row_factory = sqlite3.Row
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it, durable when the block is left, or none of it."""
    if connection.in_transaction:  # even the last one's end failed
        connection.execute("ROLLBACK")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def check(connection: sqlite3.Connection) -> None:
    """JournalError names the first thing found damaged. Reads the whole file."""
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise JournalError(f"the file is damaged: {verdict}")


def journal_error(path: Path, doing: str, error: Exception) -> JournalError:
    """One line: what could not be done to which file, and why."""
    kind = Contradiction if _code(error).startswith("SQLITE_CONSTRAINT") else JournalError
    return kind(f"cannot {doing} the journal {path}: {_cause(error)}")


def is_shaken(error: BaseException) -> bool:
    """Whether the file must be opened anew before anything is written again."""
    return _code(error).startswith(_SHAKEN)


def is_hopeless(error: BaseException) -> bool:
    """Whether the next write would fail just as this one did: a lock has been waited for already."""
    return is_shaken(error) or _code(error).startswith(_LOCKED)


def _set_up(connection: sqlite3.Connection) -> None:
    connection.row_factory = sqlite3.Row
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise JournalError(f"its file system has no shared memory for a write-ahead log ({mode})")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA fullfsync=ON")  # macOS: fsync alone stops at the drive's cache
    connection.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES_MAX}")
    connection.execute("PRAGMA mmap_size=0")  # a mapped page turns an I/O error into a crash
    connection.execute("PRAGMA foreign_keys=ON")


def _cause(error: Exception) -> str:
    code = _code(error)
    for prefix, words in _CAUSES.items():
        if code.startswith(prefix):
            return words
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)


def _code(error: BaseException) -> str:
    return getattr(error, "sqlite_errorname", None) or ""
