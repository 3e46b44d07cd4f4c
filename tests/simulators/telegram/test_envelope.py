import gzip
import logging
import struct
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.crypto import AuthKey as TelethonAuthKey
from telethon.network.mtprotostate import MTProtoState
from telethon.tl import TLObject, functions, types

from tgbitget.simulators.telegram.clock import ServerClock
from tgbitget.simulators.telegram.envelope import (
    CONTAINER,
    GZIP_PACKED,
    EnvelopeError,
    Inner,
    UnknownConstructor,
    pack,
    parse,
    seal,
    serialise,
    unpack,
    unseal,
    zipped,
)
from tgbitget.simulators.telegram.keys import AuthKey, new_auth_key

bodies = st.binary(min_size=1, max_size=300).map(lambda data: data * 4)


def telethons(key: AuthKey) -> Any:
    return MTProtoState(TelethonAuthKey(key.secret), defaultdict(lambda: logging.getLogger("none")))


@given(body=bodies, salt=st.integers(-(2**63), 2**63 - 1))
def test_what_telethon_seals_is_unsealed(body: bytes, salt: int) -> None:
    key = new_auth_key()
    client = telethons(key)
    client.salt = salt
    data = struct.pack("<qii", 4, 1, len(body)) + body
    opened = unseal(key, client.encrypt_message_data(data))
    assert (opened.salt, opened.session_id) == (salt, client.id)
    assert opened.message == Inner(4, 1, body)


@given(text=st.text(max_size=2000))
def test_what_is_sealed_telethon_unseals(text: str) -> None:
    key = new_auth_key()
    client = telethons(key)
    said = types.help.InviteText(message=text)
    now = ServerClock().next_message_id(answer=False)
    packet = seal(key, 0, client.id, Inner(now, 1, serialise(said)))
    assert client.decrypt_message_data(packet).obj == said


@given(place=st.integers(8, 150), change=st.integers(1, 255))
def test_a_packet_with_any_byte_changed_is_refused(place: int, change: int) -> None:
    key = new_auth_key()
    client = telethons(key)
    packet = bytearray(client.encrypt_message_data(struct.pack("<qii", 4, 1, 100) + bytes(100)))
    packet[place] ^= change
    with pytest.raises(EnvelopeError):
        unseal(key, bytes(packet))


@given(parts=st.lists(bodies, min_size=2, max_size=5))
def test_containers_and_gzip_are_unpacked(parts: list[bytes]) -> None:
    inner = [Inner(4 * n, n, struct.pack("<I", 0x12345678) + part) for n, part in enumerate(parts)]
    packed = [Inner(one.id, one.sequence, zipped(one.body)) for one in inner]
    assert unpack(Inner(99, 0, pack(packed))) == inner


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(struct.pack("<I", CONTAINER), id="a container without a count"),
        pytest.param(struct.pack("<Ii", CONTAINER, 3), id="a container without its messages"),
        pytest.param(
            struct.pack("<Iiqii", CONTAINER, 1, 4, 1, 2) + b"ab", id="a message of two bytes"
        ),
        pytest.param(
            struct.pack("<Iiqii", CONTAINER, 2**31 - 1, 4, 1, -16),
            id="a message of negative length",
        ),
        pytest.param(struct.pack("<I", GZIP_PACKED), id="gzip without data"),
        pytest.param(struct.pack("<I", GZIP_PACKED) + b"\x03abc", id="gzip of something else"),
        pytest.param(
            struct.pack("<I", GZIP_PACKED)
            + TLObject.serialize_bytes(gzip.compress(bytes((1 << 24) + 1))),
            id="a bomb",
        ),
    ],
)
def test_damaged_messages_are_refused(body: bytes) -> None:
    with pytest.raises(EnvelopeError):
        unpack(Inner(4, 1, body))


@given(cut=st.integers(5, 40))
def test_a_request_that_ends_too_early_is_refused(cut: int) -> None:
    request = functions.messages.SendMessageRequest(types.InputPeerSelf(), "x" * 40, random_id=1)
    with pytest.raises(EnvelopeError):
        parse(bytes(request)[:cut])


def test_an_unknown_constructor_is_named() -> None:
    with pytest.raises(UnknownConstructor, match="00000001"):
        parse(struct.pack("<I", 1))


@given(offsets=st.lists(st.floats(-10, 10), min_size=2, max_size=5))
def test_message_ids_never_repeat(offsets: list[float]) -> None:
    clock = ServerClock()
    ids = []
    for offset in offsets:
        clock.offset = offset
        ids += [clock.next_message_id(answer=bool(n % 2)) for n in range(20)]
        answers, others = ids[-19::2], ids[-20::2]
        assert {one % 4 for one in answers} == {1}
        assert {one % 4 for one in others} == {3}
    steady = [clock.next_message_id(answer=False) for _ in range(50)]
    assert steady == sorted(set(steady))
