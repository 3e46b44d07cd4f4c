"""An MTProto session: one client's line with its numbering, its acknowledgements and its pushes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from telethon.tl import types

from .clock import ServerClock
from .device import Device
from .envelope import Inner, pack, seal, serialise, zipped

CONTAINER_MESSAGES_MAX = 100


class Session:
    """Lives as long as its connection. What it was pushed while it was gone is not sent again."""

    def __init__(
        self,
        *,
        id: int,
        device: Device,
        clock: ServerClock,
        salt: int,
        write: Callable[[bytes], None],
    ) -> None:
        self.id = id
        self.device = device
        self.salt = salt
        self.receives_updates = False
        self.unacknowledged: set[int] = set()
        self._clock = clock
        self._write = write
        self._content_sent = 0
        self._waiting: list[Inner] | None = None

    def push(self, updates: bytes) -> None:
        """Updates that nobody asked for; serialised, since many sessions get the same."""
        self.send(zipped(updates), content=True)

    def send(self, body: bytes, *, content: bool, answer: bool = False) -> None:
        """`content`: the client has to acknowledge it."""
        message = Inner(
            self._clock.next_message_id(answer=answer), self._sequence(content=content), body
        )
        if content:
            self.unacknowledged.add(message.id)
        if self._waiting is not None:
            self._waiting.append(message)
        else:
            self._seal(message)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is sent inside goes out in one container."""
        waiting: list[Inner] = []
        self._waiting = waiting
        try:
            yield
        finally:
            self._waiting = None
            for start in range(0, len(waiting), CONTAINER_MESSAGES_MAX):
                self._send_together(waiting[start : start + CONTAINER_MESSAGES_MAX])

    def acknowledge(self, message_ids: list[int]) -> None:
        self.send(serialise(types.MsgsAck(msg_ids=message_ids)), content=False)

    def _send_together(self, messages: list[Inner]) -> None:
        if len(messages) == 1:
            self._seal(messages[0])
            return
        container_id = self._clock.next_message_id(answer=False)
        self._seal(Inner(container_id, self._sequence(content=False), pack(messages)))

    def _seal(self, message: Inner) -> None:
        self._write(seal(self.device.key, self.salt, self.id, message))

    def _sequence(self, *, content: bool) -> int:
        number = 2 * self._content_sent + content
        self._content_sent += content
        return number
