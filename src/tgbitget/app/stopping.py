"""How a listener is asked to stop: Ctrl-C, SIGTERM, or a caller that has seen enough."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from loguru import logger

INTERRUPTED = 130
DONE = 0

# Whatever hangs, a disk or a lookup in a thread: by then the process has ended.
ENDS_SECONDS = 4.3

_CODES = {signal.SIGINT: INTERRUPTED, signal.SIGTERM: DONE}


class Stop:
    """Set once; `code` is what the process then ends with, `reason` what `stopped` says."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.code = DONE
        self.reason = "end"

    def set(self, reason: str = "end", code: int = DONE) -> None:
        if not self._event.is_set():
            self.reason, self.code = reason, code
            self._event.set()

    async def wait(self) -> None:
        await self._event.wait()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM stop; a second one ends the process the hard way, as it did before."""
        loop = asyncio.get_running_loop()
        try:
            for number in _CODES:
                loop.add_signal_handler(number, self._take, number)
        except (NotImplementedError, RuntimeError, ValueError):
            logger.debug("Signals are not ours to take here")
        try:
            yield
        finally:
            for number in _CODES:
                loop.remove_signal_handler(number)

    def _take(self, number: signal.Signals) -> None:
        logger.info("{} came; stopping", signal.Signals(number).name)
        asyncio.get_running_loop().remove_signal_handler(number)
        self.set("signal", _CODES[number])
        _end_by_force(self.code)


def _end_by_force(code: int) -> None:
    """Unless it has ended by then. What was committed stays; what was being sent is asked for by the next start."""
    # Not even a line is written first: that could be what hangs.
    timer = threading.Timer(ENDS_SECONDS, os._exit, (code,))
    timer.daemon = True
    timer.start()
