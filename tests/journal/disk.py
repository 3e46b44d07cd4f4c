"""The disk beneath SQLite, by its own file system layer: what was synced is known, and any write or sync can be made to fail.

SQLite's virtual file system is replaced for the whole process by one that passes everything on to the real one. That
takes the library that Python's own `sqlite3` uses; where it is not a shared one, there is nothing to stand beneath.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OK, FULL = 0, 13
IOERR_WRITE, IOERR_FSYNC = 10 | 3 << 8, 10 | 4 << 8

_POINTER, _INT, _INT64 = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_WRITE = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT, _INT64)
_TRUNCATE = ctypes.CFUNCTYPE(_INT, _POINTER, _INT64)
_SYNC = ctypes.CFUNCTYPE(_INT, _POINTER, _INT)
_CLOSE = ctypes.CFUNCTYPE(_INT, _POINTER)
_OPEN = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _POINTER, _INT, ctypes.POINTER(_INT))


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`."""

    _fields_ = [
        ("version", _INT),
        ("close", _CLOSE),
        ("read", _POINTER),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        *((f"other_{n}", _POINTER) for n in range(13)),
    ]


class _File(ctypes.Structure):
    _fields_ = [("methods", ctypes.POINTER(_Methods))]


class _System(ctypes.Structure):
    """`sqlite3_vfs`."""

    _fields_ = [
        ("version", _INT),
        ("file_size", _INT),
        ("path_max", _INT),
        ("next", _POINTER),
        ("name", ctypes.c_char_p),
        ("data", _POINTER),
        ("open", _OPEN),
        *((f"other_{n}", _POINTER) for n in range(16)),
    ]


@dataclass(slots=True)
class _Kept:
    """A file: what a power loss leaves for sure, and what was written since."""

    synced: bytearray = field(default_factory=bytearray)
    unsynced: list[tuple[int, bytes | None]] = field(default_factory=list)  # None: cut off there

    def sync(self) -> None:
        for change in self.unsynced:
            _apply(self.synced, change)
        self.unsynced.clear()

    def after_power_loss(self, survives: "Survives") -> bytes:
        image = bytearray(self.synced)
        for n, change in enumerate(self.unsynced):
            if survives(n):
                _apply(image, change)
        return bytes(image)


Survives = Callable[[int], bool]
"""Whether the n-th change since the last sync reached the disk after all."""


class Disk:
    """Counts writes and syncs. `fail_at` breaks one of them, and all that follow until `heal`, or that one alone."""

    def __init__(self) -> None:
        self.count = 0
        self.files: dict[str, _Kept] = {}
        self._fails_at: int | None = None
        self._error = OK
        self._is_lasting = True
        self.hits = 0
        self.on_step: Callable[[], None] | None = None

    def fail_at(self, count: int, error: int, *, is_lasting: bool = True) -> None:
        """IOERR_FSYNC breaks syncs, the others writes; counted are all of them."""
        self._fails_at, self._error, self._is_lasting = count, error, is_lasting

    def heal(self) -> None:
        self._fails_at = None

    def image(self, folder: Path, survives: Survives = lambda _: False) -> None:
        """Writes into *folder* what lies on the disk if the power fails now."""
        for name, kept in self.files.items():
            (folder / Path(name).name).write_bytes(kept.after_power_loss(survives))

    # as SQLite calls it

    def write(self, name: str, offset: int, data: bytes) -> int:
        if error := self._step(is_sync=False):
            return error
        self.files[name].unsynced.append((offset, data))
        return OK

    def sync(self, name: str) -> int:
        if error := self._step(is_sync=True):
            return error
        self.files[name].sync()
        return OK

    def truncate(self, name: str, size: int) -> None:
        self.files[name].unsynced.append((size, None))

    def _step(self, *, is_sync: bool) -> int:
        self.count += 1
        if self.on_step is not None:
            self.on_step()
        if self._fails_at is None or self.count < self._fails_at:
            return OK
        if is_sync is not (self._error == IOERR_FSYNC):
            return OK
        self.hits += 1
        if not self._is_lasting:
            self._fails_at = None
        return self._error


def _apply(image: bytearray, change: tuple[int, bytes | None]) -> None:
    offset, data = change
    if data is None:
        del image[offset:]
        return
    image.extend(b"\0" * (offset - len(image)))
    image[offset : offset + len(data)] = data


@contextmanager
def beneath(path: Path) -> Iterator[Disk]:
    """Beneath the database *path* and its log, for connections that are opened meanwhile. OSError: there is no shared library."""
    sqlite = library()
    real = sqlite.sqlite3_vfs_find(None)
    layer = _Layer(real.contents, str(path))
    sqlite.sqlite3_vfs_register(ctypes.byref(layer.system), 1)
    try:
        yield layer.disk
    finally:
        sqlite.sqlite3_vfs_unregister(ctypes.byref(layer.system))
        sqlite.sqlite3_vfs_register(real, 1)


def library() -> ctypes.CDLL:
    """SQLite as Python's own module uses it. OSError."""
    sqlite = ctypes.CDLL("libsqlite3.so.0")
    sqlite.sqlite3_vfs_find.restype = ctypes.POINTER(_System)
    sqlite.sqlite3_vfs_register.argtypes = [ctypes.POINTER(_System), _INT]
    sqlite.sqlite3_vfs_unregister.argtypes = [ctypes.POINTER(_System)]
    with Path("/proc/self/maps").open() as maps:
        if "libsqlite3" not in maps.read():
            raise OSError("Python's SQLite is no shared library")
    return sqlite


class _Layer:
    def __init__(self, real: _System, path: str) -> None:
        self.disk = Disk()
        self._real = real
        self._watched = {path, f"{path}-wal"}
        self._names: dict[int, str] = {}
        self._methods: dict[int, tuple[_Methods, _Methods]] = {}
        self.system = _System.from_buffer_copy(real)
        self.system.name = b"beneath"
        self.system.open = _OPEN(self._open)

    def _open(self, system: int, name: int | None, file: int, flags: int, told: Any) -> int:
        result = int(self._real.open(ctypes.addressof(self._real), name, file, flags, told))
        # SQLite keeps the name's address, and reads on behind its end: it is passed on as it came.
        path = ctypes.string_at(name).decode() if name else ""
        opened = ctypes.cast(file, ctypes.POINTER(_File)).contents
        if result == OK and path in self._watched and opened.methods:
            kept = self.disk.files.setdefault(path, _Kept())
            if not kept.unsynced and not kept.synced:
                kept.synced.extend(Path(path).read_bytes())
            self._names[file] = path
            opened.methods = ctypes.pointer(self._between(opened.methods.contents))
        return result

    def _between(self, real: _Methods) -> _Methods:
        """The file's own methods, with ours in front of four of them."""
        key = ctypes.addressof(real)
        if key not in self._methods:
            ours = _Methods.from_buffer_copy(real)

            def write(file: int, data: int, size: int, offset: int) -> int:
                error = self.disk.write(self._names[file], offset, ctypes.string_at(data, size))
                return error or int(real.write(file, data, size, offset))

            def truncate(file: int, size: int) -> int:
                self.disk.truncate(self._names[file], size)
                return int(real.truncate(file, size))

            def sync(file: int, flags: int) -> int:
                return self.disk.sync(self._names[file]) or int(real.sync(file, flags))

            ours.write, ours.truncate, ours.sync = _WRITE(write), _TRUNCATE(truncate), _SYNC(sync)
            self._methods[key] = (ours, real)
        return self._methods[key][0]
