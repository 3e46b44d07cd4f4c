"""The server's clock, which can be set wrong on cue."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class ServerClock:
    """UTC by this machine's clock plus `offset` seconds; message ids and dates follow it."""

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset
        self._last_id = 0

    def time(self) -> float:
        return time.time() + self.offset

    def now(self) -> datetime:
        """Telegram's dates are whole seconds."""
        return datetime.fromtimestamp(int(self.time()), UTC)

    def next_message_id(self, *, answer: bool) -> int:
        """Strictly rising while the clock does; ends in 01 for an answer and in 11 for anything else."""
        now = self.time()
        new = (int(now) << 32) | (int((now % 1) * (1 << 30)) << 2)
        # After the clock was set back, ids go back too, as a real server's would.
        if new <= self._last_id < new + (1 << 33):
            new = (self._last_id & ~3) + 4
        self._last_id = new | (1 if answer else 3)
        return self._last_id
