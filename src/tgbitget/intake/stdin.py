"""Lines from a pipe, without keeping the event loop or the end of the process waiting."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable

from tgbitget.intake.json_lines import LINE_BYTES_MAX

_PIECE_BYTES = 1 << 16
_LINES_MAX = 1000


async def stdin_lines(descriptor: int) -> AsyncIterator[bytes]:
    """Each line, without its end, until the writer closes.

    Read in a thread of its own that nobody joins: a pipe that stays open and silent must not hold up Ctrl-C.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()
    room = threading.Semaphore(_LINES_MAX)

    def hand_over(line: bytes | None) -> None:
        room.acquire()
        loop.call_soon_threadsafe(queue.put_nowait, line)

    threading.Thread(target=_pump, args=(descriptor, hand_over), daemon=True).start()
    while (line := await queue.get()) is not None:
        room.release()
        yield line


def _pump(descriptor: int, hand_over: Callable[[bytes | None], None]) -> None:
    """`os.read`, for a buffered reader would hold a lock that the interpreter wants at its end."""
    rest = b""
    try:
        while piece := os.read(descriptor, _PIECE_BYTES):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                hand_over(line)
            # A line that never ends is cut; the reader will name it.
            rest = rest[: LINE_BYTES_MAX + 1]
        if rest:
            hand_over(rest)
        hand_over(None)
    except RuntimeError:
        return  # the loop is closed: nobody listens any more
