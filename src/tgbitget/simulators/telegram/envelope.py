"""MTProto 2.0 envelopes: encryption, containers, gzip. Bytes in, bytes out."""

from __future__ import annotations

import gzip
import os
import struct
import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from telethon.errors import TypeNotFoundError
from telethon.extensions import BinaryReader
from telethon.tl import TLObject

from .keys import AuthKey, decrypt_ige, encrypt_ige

CONTAINER = 0x73F1F8DC
GZIP_PACKED = 0x3072CFA1
RPC_RESULT = 0xF35C6D01
VECTOR = 0x1CB5C415
TRUE, FALSE = struct.pack("<I", 0x997275B5), struct.pack("<I", 0xBC799737)

GZIP_FROM_BYTES = 1024  # below, packing costs more than it saves
UNPACKED_BYTES_MAX = 1 << 24
PADDING_BYTES_MIN, PADDING_BYTES_MAX = 12, 1024
CONSTRUCTOR_BYTES = 4
CONTAINER_HEAD_BYTES, CONTAINED_HEAD_BYTES = 8, 16

# What Telethon's reader raises on bytes that are no TL object.
_UNREADABLE = (struct.error, BufferError, ValueError, LookupError, RuntimeError, TypeError)


class EnvelopeError(Exception):
    """The packet was not made with the key it names, or is damaged."""


@dataclass(frozen=True, slots=True)
class Inner:
    """One message inside a packet."""

    id: int
    sequence: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A client's packet, decrypted."""

    salt: int
    session_id: int
    message: Inner


def seal(key: AuthKey, salt: int, session_id: int, message: Inner) -> bytes:
    plain = (
        struct.pack("<qqqii", salt, session_id, message.id, message.sequence, len(message.body))
        + message.body
    )
    plain += os.urandom(-(len(plain) + 12) % 16 + 12)
    message_key = sha256(key.secret[96:128] + plain).digest()[8:24]
    aes_key, vector = key.cipher(message_key, from_client=False)
    return key.id + message_key + encrypt_ige(plain, aes_key, vector)


def unseal(key: AuthKey, packet: bytes) -> Opened:
    message_key, cipher = packet[8:24], packet[24:]
    if not cipher or len(cipher) % 16:
        raise EnvelopeError(
            f"An encrypted packet must come in blocks of 16 bytes, had {len(cipher)} bytes"
        )
    aes_key, vector = key.cipher(message_key, from_client=True)
    plain = decrypt_ige(cipher, aes_key, vector)
    if sha256(key.secret[88:120] + plain).digest()[8:24] != message_key:
        raise EnvelopeError("The packet does not match its message key")
    salt, session_id, message_id, sequence, length = struct.unpack_from("<qqqii", plain)
    padding = len(plain) - 32 - length
    if length < 0 or not PADDING_BYTES_MIN <= padding <= PADDING_BYTES_MAX:
        raise EnvelopeError(
            f"Padding must be {PADDING_BYTES_MIN} to {PADDING_BYTES_MAX} bytes, was {padding}"
        )
    return Opened(salt, session_id, Inner(message_id, sequence, plain[32 : 32 + length]))


def unpack(message: Inner) -> list[Inner]:
    """The messages of a container, or the message itself; unzipped."""
    body = _unzipped(message.body)
    if _constructor(body) != CONTAINER:
        return [Inner(message.id, message.sequence, body)]
    if len(body) < CONTAINER_HEAD_BYTES:
        raise EnvelopeError("A container ends before its count")
    (count,) = struct.unpack_from("<i", body, CONSTRUCTOR_BYTES)
    position, found = CONTAINER_HEAD_BYTES, []
    for _ in range(count):
        if len(body) < position + CONTAINED_HEAD_BYTES:
            raise EnvelopeError("A container ends before its last message")
        message_id, sequence, length = struct.unpack_from("<qii", body, position)
        position += CONTAINED_HEAD_BYTES
        if length < 0:
            raise EnvelopeError(f"A message cannot have {length} bytes")
        found.append(Inner(message_id, sequence, _unzipped(body[position : position + length])))
        position += length
    return found


def pack(messages: list[Inner]) -> bytes:
    """A container's body."""
    parts = [struct.pack("<Ii", CONTAINER, len(messages))]
    parts += (struct.pack("<qii", m.id, m.sequence, len(m.body)) + m.body for m in messages)
    return b"".join(parts)


def rpc_result(request_id: int, result: bytes) -> bytes:
    return struct.pack("<Iq", RPC_RESULT, request_id) + zipped(result)


def zipped(body: bytes) -> bytes:
    """The body, gzip_packed where that is worth it."""
    if len(body) < GZIP_FROM_BYTES:
        return body
    packed: bytes = struct.pack("<I", GZIP_PACKED) + TLObject.serialize_bytes(
        gzip.compress(body, 1)
    )
    return packed if len(packed) < len(body) else body


def serialise(value: Any) -> bytes:
    """A TL object, a bool, or a vector of TL objects."""
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, list):
        return struct.pack("<Ii", VECTOR, len(value)) + b"".join(serialise(item) for item in value)
    body: bytes = value._bytes()
    return body


def parse(body: bytes) -> Any:
    """The TL object that the body is; `UnknownConstructor` when the schema does not have it."""
    return parse_start(body)[0]


def parse_start(body: bytes) -> tuple[Any, int]:
    """The TL object at the body's start, and how many bytes it took."""
    reader = BinaryReader(body)
    try:
        return reader.tgread_object(), reader.tell_position()
    except TypeNotFoundError as e:
        raise UnknownConstructor(e.invalid_constructor_id) from e
    except _UNREADABLE as e:
        raise EnvelopeError(f"A message of {len(body)} bytes cannot be read") from e


class UnknownConstructor(Exception):
    """Telethon's layer has no such constructor."""

    def __init__(self, id: int) -> None:
        super().__init__(f"Unknown constructor {id:08x}")
        self.id = id


def _constructor(body: bytes) -> int:
    if len(body) < CONSTRUCTOR_BYTES:
        raise EnvelopeError(f"A message must begin with a constructor, was {body.hex()!r}")
    return int.from_bytes(body[:CONSTRUCTOR_BYTES], "little")


def _unzipped(body: bytes) -> bytes:
    if _constructor(body) != GZIP_PACKED:
        return body
    reader = BinaryReader(body)
    reader.read_int()
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(reader.tgread_bytes(), UNPACKED_BYTES_MAX)
    except (zlib.error, *_UNREADABLE) as e:
        raise EnvelopeError(f"A gzipped message of {len(body)} bytes cannot be unpacked") from e
    if unpacker.unconsumed_tail:
        raise EnvelopeError(f"A message unpacks to more than {UNPACKED_BYTES_MAX} bytes")
    return unpacked
