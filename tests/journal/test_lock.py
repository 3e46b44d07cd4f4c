"""Two processes never own one HOME."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tgbitget.errors import InstanceRunning, JournalError
from tgbitget.journal.lock import LOCK_NAME, InstanceLock

_HOLDER = """
import sys, time
from pathlib import Path
from tgbitget.journal.lock import InstanceLock
InstanceLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    with (
        InstanceLock(tmp_path),
        pytest.raises(
            InstanceRunning, match=rf"already running in .* \(pid {os.getpid()}, since 20"
        ),
    ):
        InstanceLock(tmp_path).acquire()


def test_it_is_free_again_when_it_was_released(tmp_path: Path) -> None:
    for _ in range(2):
        with InstanceLock(tmp_path):
            pass


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", _HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(InstanceRunning, match=f"pid {holder.pid}"):
            InstanceLock(tmp_path).acquire()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with InstanceLock(tmp_path):
            note = json.loads((tmp_path / LOCK_NAME).read_text())
            assert note["pid"] == os.getpid()


@pytest.mark.parametrize("note", [b"", b"{", b'{"pid": "\xff"}', b"[]", b'{"pid": {}}'])
def test_an_unreadable_note_is_not_repeated(tmp_path: Path, note: bytes) -> None:
    with InstanceLock(tmp_path):
        (tmp_path / LOCK_NAME).write_bytes(note)
        with pytest.raises(InstanceRunning, match=rf"already running in {tmp_path}$"):
            InstanceLock(tmp_path).acquire()


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with InstanceLock(tmp_path):
        assert stat.S_IMODE((tmp_path / LOCK_NAME).stat().st_mode) == 0o600


def test_a_missing_home_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"cannot lock .*gone/tgbitget\.lock: No such file"):
        InstanceLock(tmp_path / "gone").acquire()
