"""The server: sockets, and the cues by which a test or a user plays Telegram."""

from __future__ import annotations

import asyncio
import secrets
import socket
from typing import Any, Self

from telethon.crypto import AuthKey as TelethonAuthKey
from telethon.sessions import StringSession

from . import dialogs, differences, history, login, peers, saved, settings
from .account import Account
from .calls import merged
from .channel import Channel
from .clock import ServerClock
from .connection import Connection
from .device import Device
from .faults import Fault
from .keys import ServerKey, default_server_key
from .line import Line
from .pushes import Pushes
from .refusal import Refusal, flood_wait
from .requests import RequestLog, RequestType
from .rpc import Rpc
from .world import World, digits_of

ANSWERS = merged(
    login.answers,
    settings.answers,
    peers.answers,
    dialogs.answers,
    history.answers,
    differences.answers,
    saved.answers,
)


class TelegramSimulator:
    """A Telegram on loopback. Accounts and channels may be added before it starts; its cues work at any time."""

    def __init__(
        self,
        *,
        dc_id: int = 2,
        host: str = "127.0.0.1",
        port: int = 0,
        key: ServerKey | None = None,
        difference_timeout: int = 30,
    ) -> None:
        self.host = host
        self.port = port
        self.dc_id = dc_id
        self._key = key
        self.clock = ServerClock()
        pushes = Pushes(self.clock)
        self.world = World(
            clock=self.clock, pushes=pushes, dc_id=dc_id, difference_timeout=difference_timeout
        )
        self.add_account = self.world.add_account
        self.add_channel = self.world.add_channel
        self._rpc = Rpc(self.world, ANSWERS)
        self._line = Line()
        self._server: asyncio.Server | None = None
        self._port_holder: socket.socket | None = None

    # Life.

    async def start(self) -> None:
        self._port_holder = _held_port(self.host, self.port)
        self.port = self._port_holder.getsockname()[1]
        self.world.address = (self.host, self.port)
        await self.accept()

    async def stop(self) -> None:
        self.stop_listening()
        await self._line.close()
        if self._port_holder is not None:
            self._port_holder.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # How to reach it.

    @property
    def key(self) -> ServerKey:
        self._key = self._key or default_server_key()
        return self._key

    @property
    def public_key_pem(self) -> str:
        """For `telethon.crypto.rsa.add_key(pem, old=False)`."""
        return self.key.public_pem

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    # Logging in.

    def login_code(self, phone: str) -> str:
        """The code last sent to this phone."""
        code = self.world.codes.get(digits_of(phone))
        if code is None:
            raise LookupError(f"No code was sent to {phone}")
        return code.code

    def authorised_session(self, account: Account) -> str:
        """A Telethon StringSession that is logged in already: a new device of this account."""
        if self.port == 0:
            raise RuntimeError("A session names the server's port: start the simulator first")
        session = StringSession()
        session.set_dc(self.dc_id, self.host, self.port)
        session.auth_key = TelethonAuthKey(self.world.add_device(account=account).key.secret)
        return str(session.save())

    def scan_qr_code(self, account: Account) -> None:
        """The owner scans the QR code that was shown last."""
        waiting = [t for t in self.world.login_tokens.values() if t.accepted_by is None]
        if not waiting:
            raise LookupError("No QR code waits to be scanned")
        self.world.accept(waiting[-1], account)

    def add_device(
        self,
        account: Account,
        *,
        model: str,
        country: str = "",
        ip: str = "127.0.0.1",
        system: str = "unknown",
        app_version: str = "unknown",
    ) -> Device:
        """Somebody logs in with this account elsewhere, and stays silent."""
        device = self.world.add_device(account=account)
        device.model, device.country, device.ip = model, country, ip
        device.system, device.app_version = system, app_version
        return device

    def devices(self, account: Account) -> list[Device]:
        return self.world.devices_of(account)

    def revoke(self, account: Account, *, error: str = "SESSION_REVOKED") -> None:
        """All its devices are logged out; they learn of it by their next request. Or AUTH_KEY_UNREGISTERED."""
        for device in self.devices(account):
            device.log_out(Refusal(401, error))

    def duplicate_keys(self, account: Account) -> None:
        """Telegram saw its keys at two addresses: they are dead for good."""
        for device in self.devices(account):
            device.dead = Refusal(406, "AUTH_KEY_DUPLICATED")

    # What was asked.

    @property
    def requests(self) -> RequestLog:
        return self._rpc.requests

    @property
    def unknown_requests(self) -> list[str]:
        """Names of requests that the simulator does not know; a test wants none."""
        return self._rpc.unknown_requests

    def listening(self, account: Account) -> int:
        """How many of its sessions are pushed updates now."""
        return len(self.world.pushes.listening(account))

    @property
    def connections(self) -> int:
        return len(self._line.connections)

    @property
    def written_ns(self) -> int:
        """When bytes last went out, by the machine's monotonic clock: right after a post, when its pushes did."""
        return self._line.written_ns

    # How requests go wrong.

    def fail(
        self,
        request: RequestType | None,
        code: int,
        name: str,
        *,
        channel: Channel | None = None,
        times: int | None = None,
    ) -> Fault:
        """Refuse requests of this kind (all, for None) with an error of Telegram's: 500, "HISTORY_GET_FAILED"."""
        return self._rpc.faults.add(
            request, channel=channel, times=times, refusal=Refusal(code, name)
        )

    def flood_wait(
        self,
        request: RequestType | None,
        seconds: int,
        *,
        channel: Channel | None = None,
        times: int | None = 1,
    ) -> Fault:
        return self._rpc.faults.add(
            request, channel=channel, times=times, refusal=flood_wait(seconds)
        )

    def delay(
        self,
        request: RequestType | None,
        seconds: float,
        *,
        channel: Channel | None = None,
        times: int | None = None,
    ) -> Fault:
        """Carried out at once, answered later."""
        return self._rpc.faults.add(request, channel=channel, times=times, delay_seconds=seconds)

    def hang(
        self,
        request: RequestType | None,
        *,
        channel: Channel | None = None,
        times: int | None = None,
    ) -> Fault:
        """Carried out, never answered."""
        return self._rpc.faults.add(request, channel=channel, times=times, hangs=True)

    def drop_answer(
        self, request: RequestType | None, *, channel: Channel | None = None, times: int | None = 1
    ) -> Fault:
        """Carried out, and then the connection is reset instead of an answer."""
        return self._rpc.faults.add(request, channel=channel, times=times, drops=True)

    def clear_faults(self) -> None:
        self._rpc.faults.clear()

    # How the line goes wrong.

    def drop(self, *, reset: bool = True) -> None:
        """Close every connection, by RST or by FIN. New ones are welcome."""
        self._line.drop(reset=reset)

    def refuse(self) -> None:
        """Listen, but reset every new connection, until `accept`."""
        self._line.refuses = True

    def stop_listening(self) -> None:
        """New connections are refused by the machine itself, until `accept`. Open ones stay."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def accept(self) -> None:
        """Listen, on the same port as before."""
        self._line.refuses = False
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(
                self._new_connection, self.host, self.port, reuse_address=True
            )

    def silence(self) -> None:
        """A black hole: connections stay and open, every byte in either direction is lost, until `speak`."""
        self._line.silent = True

    def speak(self) -> None:
        """The silence ends. Connections that lost bytes in it are reset."""
        self._line.speak()

    def rotate_salt(self) -> None:
        """The next packet with the old salt is answered with bad_server_salt."""
        self.world.salt = secrets.randbits(63)

    def set_clock(self, offset_seconds: float) -> None:
        """The server's clock differs from the machine's by so much."""
        self.clock.offset = offset_seconds

    def _new_connection(self) -> Any:
        return Connection(world=self.world, rpc=self._rpc, key=lambda: self.key, line=self._line)


def _held_port(host: str, port: int) -> socket.socket:
    """A socket that is bound and never listens: while we refuse connections, nobody else gets the port."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        holder.bind((host, port))
    except OSError:
        holder.close()
        raise
    return holder
