"""CCXT's WebSocket of Bitget, with the raw pushes handed on: its own parsing loses client ids and flat positions."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from loguru import logger

from tgbitget.errors import VenueLocked, VenueUnreachable
from tgbitget.venues.ccxt_errors import one_line
from tgbitget.venues.ccxt_line import Addresses, Credentials, VenueTime, line_config, point_at
from tgbitget.venues.only_bitget import ccxt
from tgbitget.venues.sessions import Session

Row = Mapping[str, Any]
Channel = tuple[str, str]
"""Product type and channel: `("USDT-FUTURES", "orders")`."""

LOGIN_SECONDS = 10.0
SUBSCRIBE_SECONDS = (
    5.0  # Bitget confirms each channel; one that it does not confirm does not hold up the others
)


class Feed(ccxt.pro.bitget):  # type: ignore[misc]  # CCXT ships no types
    """One connection's life: `connect`, then `down` until it ends, then `close`. CCXT dials, logs in and pings."""

    timeout_on_exit = 0  # CCXT would sleep 0.25 s in close()

    def __init__(
        self,
        *,
        session: Session,
        credentials: Credentials,
        time: VenueTime,
        addresses: Addresses,
        is_demo: bool,
        ping_seconds: float,
        on_push: Callable[[Row], None],
    ) -> None:
        super().__init__(line_config(session, credentials, LOGIN_SECONDS))
        self._time = time
        self._on_push = on_push
        self._unconfirmed: set[Channel] = set()
        # Noticed as dead when no pong came for two pings: CCXT's own 30 s would mean 60 to 90 s.
        self.options["ws"] = {"keepAlive": int(ping_seconds * 1000)}
        point_at(self, addresses)
        if is_demo:
            self.enable_demo_trading(True)

    def seconds(self) -> int:
        """The venue's time, for the login."""
        return self._time.now_ms() // 1000

    def ws_dial_delay(self, url: str) -> float:  # noqa: ARG002 -- CCXT's signature
        """No waiting here: who dials again decides when."""
        return 0.0

    async def connect(self, channels: tuple[Channel, ...]) -> None:
        """Dial, log in, subscribe. VenueUnreachable; VenueLocked when the key is refused."""
        client = self.client(self._url)
        await self._log_in()
        # Rejected by CCXT when this connection ends, also when it did before this line.
        self._down = client.future("down")
        if client.closed():
            raise VenueUnreachable("Bitget's stream ended right after the login")
        await self._subscribe(client, channels)

    async def _log_in(self) -> None:
        try:
            async with asyncio.timeout(LOGIN_SECONDS):
                await self.authenticate({"url": self._url})
        except ccxt.AuthenticationError as error:
            raise VenueLocked(f"Bitget's stream refused the key: {one_line(error)}") from error
        except TimeoutError as error:
            raise VenueUnreachable("Bitget's stream did not answer the login") from error
        except ccxt.BaseError as error:
            raise VenueUnreachable(f"Bitget's stream: {one_line(error)}") from error

    async def _subscribe(self, client: Any, channels: tuple[Channel, ...]) -> None:
        self._unconfirmed = set(channels)
        self._confirmed = asyncio.get_running_loop().create_future()
        arguments = [
            {"instType": product, "channel": channel, "instId": "default"}
            for product, channel in channels
        ]
        try:
            await client.send({"op": "subscribe", "args": arguments})
        except ConnectionError as error:
            raise VenueUnreachable(f"Bitget's stream: {one_line(error)}") from error
        await asyncio.wait(
            {self._confirmed, self._down},
            timeout=SUBSCRIBE_SECONDS,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if self._unconfirmed and not self._down.done():
            logger.warning("Bitget's stream did not confirm {}", sorted(self._unconfirmed))

    async def down(self) -> None:
        """Returns when the connection is lost, or silent for too long; never before."""
        try:
            await self._down
        except ccxt.BaseError as error:
            logger.info("Bitget's stream ended: {}", one_line(error))

    def handle_message(self, client: Any, message: Any) -> None:
        if isinstance(message, Mapping) and "data" in message and "arg" in message:
            self._on_push(message)
            return
        if isinstance(message, Mapping):
            channel = _channel(message)
            if message.get("event") in ("subscribe", "error") and channel in self._unconfirmed:
                if message.get("event") == "error":
                    logger.warning("Bitget's stream has no {}: {}", channel, one_line(message))
                self._confirm(channel)
                return
        super().handle_message(client, message)

    def _confirm(self, channel: Channel) -> None:
        self._unconfirmed.discard(channel)
        if not self._unconfirmed and not self._confirmed.done():
            self._confirmed.set_result(None)

    @property
    def _url(self) -> str:
        group = "demo" if self.options.get("sandboxMode") else "ws"
        return str(self.urls["api"][group]["private"])


def _channel(message: Row) -> Channel:
    argument = message.get("arg")
    if not isinstance(argument, Mapping):
        return ("", "")
    return (str(argument.get("instType")), str(argument.get("channel")))
