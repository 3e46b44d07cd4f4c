"""One process at a time owns a HOME: a lock that dies with its holder."""

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from tgbitget.errors import InstanceRunning, JournalError

LOCK_NAME = "tgbitget.lock"
_NOTE_MAX = 200  # bytes: what a holder writes about itself


class InstanceLock:
    """`with InstanceLock(home):` before anything in *home* is touched. InstanceRunning names who holds it.

    The kernel drops the lock when the process ends, however it ends; the file stays and means nothing by itself.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / LOCK_NAME
        self._file: int | None = None

    def acquire(self) -> None:
        file = self._open()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(file)
            os.close(file)
            raise InstanceRunning(
                f"tgbitget is already running in {self._path.parent}{holder}"
            ) from None
        except OSError as e:
            os.close(file)
            raise JournalError(f"cannot lock {self._path}: {e.strerror}") from e
        self._file = file
        self._note()

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> "InstanceLock":
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as e:
            raise JournalError(f"cannot lock {self._path}: {e.strerror}") from e

    def _note(self) -> None:
        """Who holds it; only the message of the next one reads this, so a full disk does not matter."""
        assert self._file is not None, "noted before it was locked"
        since = datetime.now(UTC).isoformat(timespec="seconds")
        note = json.dumps({"pid": os.getpid(), "since": since}).encode()
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, note, 0)
        except OSError:
            return


def _holder(file: int) -> str:
    """` (pid 12, since …)`, or nothing when its holder has not written that yet."""
    try:
        note = json.loads(os.pread(file, _NOTE_MAX, 0))
        return f" (pid {int(note['pid'])}, since {str(note['since'])[:25]})"
    except (OSError, ValueError, TypeError, KeyError):
        return ""
