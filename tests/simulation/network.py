"""TCP in memory: seeded latencies, packets that come in pieces, lines that are cut or fall silent at any byte."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from simulation.life import LIFE, Life

if TYPE_CHECKING:
    from simulation.loop import VirtualLoop

LATENCY_SECONDS = (0.0004, 0.02)
PIECES = 0.08
"""So often what was written at once arrives in two pieces."""
FIRST_PORT = 40_000


class Direction(StrEnum):
    TO_SERVER = "to the server"
    TO_CLIENT = "to the client"


class How(StrEnum):
    CUT = "cut"  # both ends learn that the connection is gone
    SILENT = (
        "silent"  # nobody learns anything; every byte after this one is lost, in both directions
    )


@dataclass(slots=True)
class Harm:
    """What happens to a line once so many more bytes have passed in that direction."""

    port: int
    direction: Direction
    after: int
    how: How
    is_spent: bool = False


class Sock:
    """As much of a socket as its users ask for."""

    family, type, proto = 2, 1, 6

    def __init__(self, name: tuple[str, int], peer: tuple[str, int] | None = None) -> None:
        self._name, self._peer = name, peer
        self.line: Line | None = None

    def getsockname(self) -> tuple[str, int]:
        return self._name

    def getpeername(self) -> tuple[str, int]:
        if self._peer is None:
            raise OSError("not connected")
        return self._peer

    def setsockopt(self, *_: Any) -> None: ...

    def getsockopt(self, *_: Any) -> int:
        return 0

    def fileno(self) -> int:
        return -1

    def close(self) -> None: ...


@dataclass(eq=False)
class Line:
    """One connection; `client` and `server` are its ends."""

    port: int
    is_cut: bool = False
    is_silent: bool = False
    ends: list["End"] = field(default_factory=list)


class End(asyncio.Transport):
    """One end of a line. What is written arrives at the other end later, in order."""

    def __init__(
        self,
        network: "Network",
        line: Line,
        sock: Sock,
        protocol: Any,
        *,
        direction: Direction,
        life: Life | None,
    ) -> None:
        super().__init__({"socket": sock, "sockname": sock.getsockname(), "peername": sock._peer})
        self.peer: End | None = None
        self.life = life
        self.direction = direction
        self._network = network
        self._line = line
        self._protocol = protocol
        self._context: Context = copy_context()
        self._arrives = 0.0
        self._is_closing = False
        self._is_lost = False
        self._is_paused = False
        self._held: list[tuple[Callable[..., object], tuple[Any, ...]]] = []

    # what its protocol calls

    def write(self, data: Any) -> None:
        if self._is_closing or self._is_lost or not data:
            return
        for piece in self._network.pieces(bytes(data)):
            self._send(piece)

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(bytes(each) for each in list_of_data))

    def write_eof(self) -> None:
        self._is_closing = True
        self._tell_peer(_eof)

    def can_write_eof(self) -> bool:
        return True

    def close(self) -> None:
        if self._is_closing:
            return
        self._is_closing = True
        self._tell_peer(_eof)
        self._lose(None)

    def abort(self) -> None:
        self._is_closing = True
        self._tell_peer(_reset)
        self._lose(None)

    def is_closing(self) -> bool:
        return self._is_closing

    def pause_reading(self) -> None:
        self._is_paused = True

    def resume_reading(self) -> None:
        self._is_paused = False
        held, self._held = self._held, []
        for action, args in held:
            self._soon(action, *args)

    def is_reading(self) -> bool:
        return not self._is_paused and not self._is_closing

    def set_protocol(self, protocol: Any) -> None:
        self._protocol = protocol

    def get_protocol(self) -> Any:
        return self._protocol

    def get_write_buffer_size(self) -> int:
        return 0

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return (16_384, 65_536)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    # on the way

    def _send(self, data: bytes) -> None:
        harm = self._network.harm_of(self._line, self.direction, len(data))
        if harm is not None:
            data = data[: harm.after]
        if data and not self._line.is_silent:
            self._later(_data, data)
        if harm is not None and harm.how is How.SILENT:
            self._line.is_silent = True
        elif harm is not None:
            self._line.is_cut = True
            self._later(_reset)
            if self.peer is not None:
                self._soon(_reset)

    def _tell_peer(self, what: Callable[["End"], None]) -> None:
        if not self._line.is_silent:
            self._later(what)

    def _later(self, action: Callable[..., object], *args: Any) -> None:
        """At the peer, after all that was sent before."""
        peer = self.peer
        if peer is None:
            return
        loop = self._network.loop
        self._arrives = max(self._arrives + 1e-6, loop.time() + self._network.latency())
        loop.call_at(self._arrives, peer._arrive, action, *args, context=peer._context)

    def _soon(self, action: Callable[..., object], *args: Any) -> None:
        self._network.loop.call_soon(self._arrive, action, *args, context=self._context)

    def _arrive(self, action: Callable[..., object], *args: Any) -> None:
        if self._is_lost:
            return
        if self._is_paused and action is not _reset:
            self._held.append((action, args))
            return
        action(self, *args)

    def _lose(self, error: Exception | None) -> None:
        if not self._is_lost:
            self._is_lost = True
            self._is_closing = True
            self._network.ended(self)
            self._network.loop.call_soon(
                self._protocol.connection_lost, error, context=self._context
            )

    def vanish(self) -> None:
        """Its process was killed: the kernel resets the connection."""
        self._is_lost = self._is_closing = True
        self._tell_peer(_reset)
        self._network.ended(self)


def _data(end: End, data: bytes) -> None:
    if not end._is_closing:
        end._protocol.data_received(data)


def _eof(end: End) -> None:
    if not end._protocol.eof_received():
        end.close()


def _reset(end: End) -> None:
    end._lose(ConnectionResetError(104, "Connection reset by peer"))


class Listening:
    """A server: whoever dials its port gets a line to a new protocol of its making."""

    def __init__(self, network: "Network", factory: Any, sock: Sock) -> None:
        self.network = network
        self.factory = factory
        self.context = copy_context()
        self.sockets = [sock]

    def close(self) -> None:
        self.network.closed(self)

    async def wait_closed(self) -> None: ...

    def is_serving(self) -> bool:
        return True

    async def start_serving(self) -> None: ...

    def get_loop(self) -> Any:
        return self.network.loop


class Network:
    """All lines of one run, and what is going to happen to them."""

    def __init__(self, loop: "VirtualLoop", seed: int) -> None:
        self.loop = loop
        self.dice = random.Random(f"network {seed}")  # noqa: S311 -- to be drawn again, not to be secret
        self.harms: list[Harm] = []
        self.met: list[Harm] = []
        self._servers: dict[int, Listening] = {}
        self._ends: dict[End, None] = {}
        self._ports = iter(range(FIRST_PORT, 1_000_000))

    # what the loop asks

    async def dial(self, host: Any, port: Any) -> Sock:
        await asyncio.sleep(self.latency() * 2)
        if port not in self._servers:
            raise ConnectionRefusedError(111, f"Connect call failed ('{host}', {port})")
        sock = Sock((str(host), next(self._ports)), (str(host), port))
        sock.line = Line(port)
        return sock

    def attach(self, sock: Sock, protocol: Any) -> tuple[End, Any]:
        line = sock.line
        assert line is not None, "it was dialled"
        server = self._servers.get(line.port)
        if server is None:
            raise ConnectionRefusedError(111, f"Connect call failed ({line.port})")
        end = End(self, line, sock, protocol, direction=Direction.TO_SERVER, life=LIFE.get())
        other_sock = Sock(sock.getpeername(), sock.getsockname())
        self._ends[end] = None

        def accept() -> None:
            other = End(
                self, line, other_sock, server.factory(), direction=Direction.TO_CLIENT, life=None
            )
            end.peer, other.peer = other, end
            line.ends = [end, other]
            self._ends[other] = None
            other._protocol.connection_made(other)

        server.context.copy().run(accept)
        protocol.connection_made(end)
        return end, protocol

    def listen(self, factory: Any, host: Any, port: Any) -> Listening:
        server = Listening(self, factory, Sock((str(host), port)))
        if factory is not None:
            assert port, "a port has to be named here"
            assert port not in self._servers, f"port {port} is taken"
            self._servers[port] = server
        return server

    def closed(self, server: Listening) -> None:
        self._servers = {port: one for port, one in self._servers.items() if one is not server}

    def ended(self, end: End) -> None:
        self._ends.pop(end, None)

    def forget(self, life: Life) -> None:
        for end in [end for end in self._ends if end.life is life]:
            end.vanish()

    # how it behaves

    def latency(self) -> float:
        return self.dice.uniform(*LATENCY_SECONDS)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if len(data) > 1 and self.dice.random() < PIECES:
            at = self.dice.randrange(1, len(data))
            yield data[:at]
            yield data[at:]
        else:
            yield data

    def harm_of(self, line: Line, direction: Direction, length: int) -> Harm | None:
        """The harm that these bytes meet, counted down by those that pass."""
        if line.is_cut or line.is_silent:
            return None
        for harm in self.harms:
            if harm.port == line.port and harm.direction is direction:
                if harm.after < length:
                    self.harms.remove(harm)
                    self.met.append(harm)
                    return harm
                harm.after -= length
        return None

    def end_silence(self) -> None:
        """Lines that lost bytes are of no use any more: they are reset."""
        for end in list(self._ends):
            if end._line.is_silent:
                _reset(end)
