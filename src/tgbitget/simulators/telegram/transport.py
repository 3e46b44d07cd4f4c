"""How packets lie on a TCP stream: MTProto's full, abridged and intermediate transports."""

from __future__ import annotations

import struct
from typing import Protocol
from zlib import crc32

FULL_HEAD, FULL_OVERHEAD = 8, 12  # length and counter; with the checksum behind
LENGTH_BYTES = 4
LONG = 0x7F  # the abridged length byte of a packet that needs more
PACKET_BYTES_MAX = 1 << 21  # Telegram closes the connection somewhat above one megabyte


class TransportError(Exception):
    """The bytes are no MTProto transport; the connection is closed."""


class Framing(Protocol):
    """Packets to bytes and back; `feed` keeps what is not a whole packet yet."""

    def feed(self, data: bytes) -> list[bytes]: ...

    def frame(self, payload: bytes) -> bytes: ...


def detect(start: bytes) -> tuple[Framing, bytes] | None:
    """Tell the transport from a connection's first bytes; also what is left of them.

    None until there are enough of them. Obfuscated transports look random and end as a `TransportError`.
    """
    if start[:1] == b"\xef":
        return Abridged(), start[1:]
    if len(start) < FULL_HEAD:
        return None
    if start[:4] == b"\xee\xee\xee\xee":
        return Intermediate(), start[4:]
    length, sequence = struct.unpack_from("<ii", start)
    if sequence == 0 and FULL_OVERHEAD <= length <= PACKET_BYTES_MAX:
        return Full(), start
    raise TransportError(
        f"First bytes must be a full, abridged or intermediate transport, were {start[:8].hex()}"
    )


def _checked(length: int) -> int:
    if not 0 < length <= PACKET_BYTES_MAX:
        raise TransportError(f"A packet must have 1 to {PACKET_BYTES_MAX} bytes, had {length}")
    return length


class Full:
    """Length, counter and CRC32 around each packet; Telethon's default."""

    def __init__(self) -> None:
        self._buffer = b""
        self._sent = 0
        self._received = 0

    def feed(self, data: bytes) -> list[bytes]:
        buffer = self._buffer + data
        start, packets = 0, []
        while len(buffer) - start >= FULL_HEAD:
            length, counter = struct.unpack_from("<ii", buffer, start)
            if _checked(length) < FULL_OVERHEAD or counter != self._received:
                raise TransportError(
                    f"Expected packet {self._received}, was {counter} of {length} bytes"
                )
            end = start + length
            if end > len(buffer):
                break
            packet = buffer[start : end - 4]
            if crc32(packet) != struct.unpack_from("<I", buffer, end - 4)[0]:
                raise TransportError(f"Packet {counter} has a wrong checksum")
            packets.append(packet[FULL_HEAD:])
            self._received += 1
            start = end
        self._buffer = buffer[start:]
        return packets

    def frame(self, payload: bytes) -> bytes:
        head = struct.pack("<ii", len(payload) + FULL_OVERHEAD, self._sent) + payload
        self._sent += 1
        return head + struct.pack("<I", crc32(head))


class Abridged:
    """One length byte, in words of four bytes; four of them for long packets."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        buffer = self._buffer + data
        start, packets = 0, []
        while start < len(buffer):
            head, words = 1, buffer[start]
            if words == LONG:
                if len(buffer) - start < LENGTH_BYTES:
                    break
                head, words = 4, int.from_bytes(buffer[start + 1 : start + 4], "little")
            end = start + head + _checked(words * 4)
            if end > len(buffer):
                break
            packets.append(buffer[start + head : end])
            start = end
        self._buffer = buffer[start:]
        return packets

    def frame(self, payload: bytes) -> bytes:
        words = len(payload) // 4
        head = bytes([words]) if words < LONG else b"\x7f" + words.to_bytes(3, "little")
        return head + payload


class Intermediate:
    """Four bytes of length before each packet."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        buffer = self._buffer + data
        start, packets = 0, []
        while len(buffer) - start >= LENGTH_BYTES:
            end = start + 4 + _checked(struct.unpack_from("<i", buffer, start)[0])
            if end > len(buffer):
                break
            packets.append(buffer[start + 4 : end])
            start = end
        self._buffer = buffer[start:]
        return packets

    def frame(self, payload: bytes) -> bytes:
        return struct.pack("<i", len(payload)) + payload
