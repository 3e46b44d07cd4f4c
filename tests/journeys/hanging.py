"""`tgbitget` on a disk that hangs: as soon as `hangs` lies in its HOME, no write to the journal ends any more."""

import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tgbitget.journal import together
from tgbitget.journal.connection import transaction

SIGN = "hangs"


@contextmanager
def hanging(connection: sqlite3.Connection) -> Iterator[None]:
    if (Path(os.environ["TGBITGET_HOME"]) / SIGN).exists():
        threading.Event().wait()
    with transaction(connection):
        yield


if __name__ == "__main__":
    setattr(together, "transaction", hanging)  # noqa: B010 -- the name is imported there, and frozen for mypy
    from tgbitget.cli import main

    sys.exit(main())
