"""One TCP connection: transport, key exchange, encryption, salts, sessions."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import time
from collections.abc import Callable

from telethon.tl import types

from .device import Device
from .envelope import (
    EnvelopeError,
    Inner,
    Opened,
    UnknownConstructor,
    parse,
    serialise,
    unpack,
    unseal,
)
from .handshake import Handshake, HandshakeError
from .keys import ServerKey
from .line import Line
from .rpc import Rpc
from .service import serve
from .session import Session
from .transport import Framing, TransportError, detect
from .world import World

log = logging.getLogger(__name__)

AGE_SECONDS_MAX, AHEAD_SECONDS_MAX = 300, 30  # of a message's id, by the server's clock
ID_TOO_OLD, ID_TOO_NEW, ID_ODD, WRONG_SALT = 16, 17, 18, 48  # bad_msg_notification
UNKNOWN_KEY = struct.pack("<i", -404)  # a whole packet, as HTTP's code
KEY_ID_BYTES = 8


class Connection(asyncio.Protocol):
    """A client at the door. It knows one session at a time, as clients do."""

    def __init__(self, *, world: World, rpc: Rpc, key: Callable[[], ServerKey], line: Line) -> None:
        self._world = world
        self._rpc = rpc
        self._line = line
        self._handshake = Handshake(key, world.clock)
        self._framing: Framing | None = None
        self._start = b""
        self._transport: asyncio.Transport | None = None
        self._swallowed = False
        self.session: Session | None = None

    # The socket.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._line.connected(self)
        if self._line.refuses:
            self.drop()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._line.disconnected(self)
        self._forget_session()
        self._transport = None

    def data_received(self, data: bytes) -> None:
        if self._line.silent:
            self._swallowed = True
            return
        try:
            for packet in self._packets(data):
                self._receive(packet)
        except (TransportError, EnvelopeError, HandshakeError, UnknownConstructor) as e:
            log.warning("Connection closed: %s", e)
            self._refuse_key()

    def drop(self, *, reset: bool = True) -> None:
        """Close, by RST or by FIN."""
        transport = self._transport
        if transport is None:
            return
        self._forget_session()
        if reset:
            linger_for_nothing = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, linger_for_nothing
            )
            transport.abort()
        else:
            transport.close()

    def silence_ended(self) -> None:
        """What was swallowed is gone; a line that lost bytes is of no use any more."""
        if self._swallowed:
            self.drop()

    def _packets(self, data: bytes) -> list[bytes]:
        if self._framing is None:
            self._start += data
            found = detect(self._start)
            if found is None:
                return []
            self._framing, data = found
        return self._framing.feed(data)

    def _write(self, payload: bytes) -> None:
        if self._line.silent:
            self._swallowed = True
        elif (
            self._transport is not None
            and self._framing is not None
            and not self._transport.is_closing()
        ):
            framed = self._framing.frame(payload)
            self._line.written_ns = time.monotonic_ns()
            self._transport.write(framed)

    # Packets.

    def _receive(self, packet: bytes) -> None:
        key_id = packet[:KEY_ID_BYTES]
        if len(key_id) < KEY_ID_BYTES:
            raise TransportError(f"A packet must begin with a key id, was {packet.hex()}")
        if not any(key_id):
            self._exchange_keys(packet)
            return
        device = self._world.devices.get(key_id)
        if device is None:
            self._refuse_key()
            return
        self._receive_encrypted(device, unseal(device.key, packet))

    def _exchange_keys(self, packet: bytes) -> None:
        answer = self._handshake.answer(parse(packet[20:]))
        if self._handshake.made is not None:
            self._world.add_device(self._handshake.made)
            self._handshake.made = None
        body = serialise(answer)
        self._write(
            struct.pack("<qqi", 0, self._world.clock.next_message_id(answer=True), len(body)) + body
        )

    def _receive_encrypted(self, device: Device, opened: Opened) -> None:
        message = opened.message
        session = self._session_of(device, opened)
        with session.together():
            fault = self._fault_of(message)
            if fault:
                bad = types.BadMsgNotification(
                    bad_msg_id=message.id, bad_msg_seqno=message.sequence, error_code=fault
                )
                session.send(serialise(bad), content=False)
            elif opened.salt != self._world.salt:
                session.salt = self._world.salt
                bad = types.BadServerSalt(
                    bad_msg_id=message.id,
                    bad_msg_seqno=message.sequence,
                    error_code=WRONG_SALT,
                    new_server_salt=session.salt,
                )
                session.send(serialise(bad), content=False)
            else:
                self._greet(session, message.id)
                for inner in unpack(message):
                    self._carry_out(session, inner)

    def _session_of(self, device: Device, opened: Opened) -> Session:
        if self.session is None or (self.session.id, self.session.device) != (
            opened.session_id,
            device,
        ):
            self._forget_session()
            self.session = Session(
                id=opened.session_id,
                device=device,
                clock=self._world.clock,
                salt=self._world.salt,
                write=self._write,
            )
        return self.session

    def _greet(self, session: Session, message_id: int) -> None:
        """The first message that gets through makes the session."""
        if session in self._world.pushes.sessions:
            return
        self._world.pushes.sessions.add(session)
        new = types.NewSessionCreated(
            first_msg_id=message_id,
            unique_id=self._world.clock.next_message_id(answer=False),
            server_salt=session.salt,
        )
        session.send(serialise(new), content=True)

    def _fault_of(self, message: Inner) -> int | None:
        if message.id % 4:
            return ID_ODD
        age = self._world.clock.time() - (message.id >> 32)
        if age > AGE_SECONDS_MAX:
            return ID_TOO_OLD
        return ID_TOO_NEW if age < -AHEAD_SECONDS_MAX else None

    # Messages.

    def _carry_out(self, session: Session, message: Inner) -> None:
        if not serve(session, message):
            self._rpc.receive(session, message.id, message.body, self.drop)

    def _refuse_key(self) -> None:
        self._write(UNKNOWN_KEY)
        self.drop(reset=False)

    def _forget_session(self) -> None:
        if self.session is not None:
            self._world.pushes.sessions.discard(self.session)
            self.session = None
