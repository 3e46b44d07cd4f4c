"""How long a loop keeps its tasks waiting: a task that wants to wake each millisecond, and how late it is."""

import asyncio
import json
import time
from pathlib import Path

WAKE_SECONDS = 0.001


class Stalls:
    """Lateness in microseconds, each with its moment on the machine's monotonic clock."""

    def __init__(self) -> None:
        self.late_us: list[tuple[int, int]] = []

    async def watch(self) -> None:
        """For ever."""
        while True:
            due = time.monotonic_ns() + int(WAKE_SECONDS * 1e9)
            await asyncio.sleep(WAKE_SECONDS)
            now = time.monotonic_ns()
            self.late_us.append((now, (now - due) // 1000))

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(self.late_us), encoding="ascii")


def read(file: Path, *, since_ns: int, until_ns: int) -> list[float]:
    """Milliseconds, of the moments in between."""
    noted = json.loads(file.read_text(encoding="ascii"))
    return [late / 1000 for at, late in noted if since_ns <= at <= until_ns]
