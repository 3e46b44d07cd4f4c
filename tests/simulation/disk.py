"""The disk beneath the journal: its n-th write fails, before, within or after the commit."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from tgbitget.journal.connection import transaction


class Fails(StrEnum):
    BEFORE = "before anything was written"
    WITHIN = "before its commit"
    AFTER = "after its commit"  # written, and said not to be


@dataclass(frozen=True, slots=True)
class DiskFault:
    how: Fails
    error: str  # SQLITE_IOERR_WRITE
    times: int


class Disk:
    def __init__(self) -> None:
        self.writes = 0
        self.hits = 0
        self._planned: dict[int, DiskFault] = {}

    def fail(self, fault: DiskFault, *, after: int) -> None:
        """After so many more writes, `fault.times` in a row."""
        for n in range(fault.times):
            self._planned[self.writes + after + 1 + n] = fault

    def heal(self) -> None:
        self._planned.clear()

    @contextmanager
    def transaction(self, connection: sqlite3.Connection) -> Iterator[None]:
        """As `connection.transaction`."""
        self.writes += 1
        fault = self._planned.pop(self.writes, None)
        if fault is None:
            with transaction(connection):
                yield
            return
        self.hits += 1
        with self._spoiled(fault, connection):
            yield

    @contextmanager
    def _spoiled(self, fault: DiskFault, connection: sqlite3.Connection) -> Iterator[None]:
        if fault.how is Fails.BEFORE:
            raise _error(fault.error)
        with transaction(connection):
            yield
            if fault.how is Fails.WITHIN:
                raise _error(fault.error)
        raise _error(fault.error)


def _error(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    return error
