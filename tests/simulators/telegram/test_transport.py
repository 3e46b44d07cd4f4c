import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.network import (
    ConnectionTcpAbridged,
    ConnectionTcpFull,
    ConnectionTcpIntermediate,
    ConnectionTcpObfuscated,
)

from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator
from tgbitget.simulators.telegram.transport import (
    Abridged,
    Framing,
    Full,
    Intermediate,
    TransportError,
    detect,
)
from waiting import eventually

from .conftest import Connect, Seen

MODES = [
    pytest.param(ConnectionTcpFull, Full, id="full"),
    pytest.param(ConnectionTcpAbridged, Abridged, id="abridged"),
    pytest.param(ConnectionTcpIntermediate, Intermediate, id="intermediate"),
]

packets = st.lists(
    st.binary(min_size=1, max_size=200).map(lambda data: data * 4), min_size=1, max_size=5
)


@pytest.mark.parametrize(("connection", "framing"), MODES)
@given(sent=packets, cut=st.integers(1, 40))
def test_what_telethon_packs_is_unpacked_however_it_is_cut(
    connection: Any, framing: type[Framing], sent: list[bytes], cut: int
) -> None:
    codec = connection.packet_codec(None)
    stream = b"".join(codec.encode_packet(packet) for packet in sent)
    reading = framing()
    found = [
        packet
        for start in range(0, len(stream), cut)
        for packet in reading.feed(stream[start : start + cut])
    ]
    assert found == sent


@pytest.mark.parametrize(("connection", "framing"), MODES)
@given(sent=packets)
def test_what_is_packed_telethon_unpacks(
    connection: Any, framing: type[Framing], sent: list[bytes]
) -> None:
    async def read() -> list[bytes]:
        reader = asyncio.StreamReader()
        writing = framing()
        reader.feed_data(b"".join(writing.frame(packet) for packet in sent))
        codec = connection.packet_codec(None)
        return [await codec.read_packet(reader) for _ in sent]

    assert asyncio.run(read()) == sent


@pytest.mark.parametrize(("connection", "framing"), MODES)
async def test_each_transport_logs_in_and_is_pushed(
    owner: Account, channel: Channel, connect: Connect, connection: Any, framing: type[Framing]
) -> None:
    client = await connect(owner, connection=connection)
    seen = Seen(client)
    channel.post("x" * 4000)
    await eventually(lambda: seen.new == ["x" * 4000])


def test_the_first_bytes_wait_for_more() -> None:
    assert detect(b"\xee\xee") is None


def test_obfuscated_transports_are_refused_in_words() -> None:
    with pytest.raises(TransportError, match="full, abridged or intermediate"):
        detect(bytes(range(64, 128)))


@pytest.mark.parametrize(
    ("framing", "stream"),
    [
        pytest.param(Full(), b"\x10\0\0\0\x05\0\0\0abcd\0\0\0\0", id="a counter out of turn"),
        pytest.param(Full(), b"\x10\0\0\0\0\0\0\0abcd\0\0\0\0", id="a wrong checksum"),
        pytest.param(Full(), b"\xff\xff\xff\x7f\0\0\0\0", id="a length beyond reason"),
        pytest.param(Intermediate(), b"\xff\xff\xff\xff", id="a negative length"),
        pytest.param(Abridged(), b"\0", id="no length"),
    ],
)
def test_broken_packets_are_refused(framing: Framing, stream: bytes) -> None:
    with pytest.raises(TransportError):
        framing.feed(stream)


async def test_an_obfuscated_client_is_shut_out(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    with pytest.raises(ConnectionError):
        await connect(owner, connection=ConnectionTcpObfuscated, connection_retries=0)
    await eventually(lambda: telegram.connections == 0)


@given(noise=st.binary(min_size=1, max_size=300))
def test_noise_in_the_handshake_only_closes_that_connection(noise: bytes) -> None:
    async def knock() -> bytes:
        async with TelegramSimulator() as telegram:
            reader, writer = await asyncio.open_connection(telegram.host, telegram.port)
            padded = bytes(20) + noise
            writer.write(b"\xee\xee\xee\xee" + len(padded).to_bytes(4, "little") + padded)
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()
            return answer

    length, error = b"\x04\0\0\0", (-404).to_bytes(4, "little", signed=True)
    assert asyncio.run(knock()) == length + error


async def test_long_requests_arrive_gzipped(client: Any, owner: Account) -> None:
    text = "long note " * 400
    await client.send_message("me", text)
    assert owner.saved_messages()[0].text == text.rstrip()
