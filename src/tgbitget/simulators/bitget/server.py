"""Bitget on loopback: one port for REST and WebSocket, the exchange and its cues behind it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal
from typing import Self

from aiohttp import web

from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.faults import Faults
from tgbitget.simulators.bitget.hand import Hand
from tgbitget.simulators.bitget.keys import Keys
from tgbitget.simulators.bitget.markets import Row
from tgbitget.simulators.bitget.orders import Execution, Order
from tgbitget.simulators.bitget.rest import Recorded, Rest
from tgbitget.simulators.bitget.routes import Visitor
from tgbitget.simulators.bitget.spot_hand import SpotHand
from tgbitget.simulators.bitget.streams import Streams

USER_ID = "7000000001"
AUTHORITIES = ("coor", "cpor", "stor", "smor", "coow", "cpow", "stow")


class BitgetSimulator:
    """`async with BitgetSimulator() as bitget:` serves until the block ends.

    The exchange is public: prices are moved and state is read there, in the same loop.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        equity: Decimal | str = "1000",
        spot_balances: dict[str, Decimal | str] | None = None,
        keys: Keys | None = None,
        unified: bool = False,
        rate_limits: bool = False,
        ips: str = "127.0.0.1",
        authorities: tuple[str, ...] = AUTHORITIES,
        user_id: str = USER_ID,
        contracts: Iterable[Row] | None = None,
        pairs: Iterable[Row] | None = None,
        prices: dict[str, Decimal] | None = None,
        spot_prices: dict[str, Decimal] | None = None,
        exchange: Exchange | None = None,
        clock: Callable[[], int] | None = None,
    ) -> None:
        self._wall = clock or _wall_clock
        self.clock_offset_ms = 0
        self.unified, self.ips, self.authorities = unified, ips, authorities
        self.user_id = user_id
        self.keys = keys or Keys()
        self.exchange = exchange or Exchange(
            now=self.now,
            equity=Decimal(equity),
            spot_balances={c: Decimal(v) for c, v in (spot_balances or {"USDT": "1000"}).items()},
            contracts=contracts,
            pairs=pairs,
            prices=prices,
            spot_prices=spot_prices,
        )
        self.faults = Faults()
        self.by_hand = Hand(self.exchange)
        self.spot_by_hand = SpotHand(self.exchange)
        self.streams = Streams(self.exchange, self.keys, self.faults, self.now, user_id)
        self._rest = Rest(
            exchange=self.exchange,
            keys=self.keys,
            faults=self.faults,
            clock=self.now,
            visitor=self._visitor,
            rate_limits=rate_limits,
        )
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None

    # Where and who

    @property
    def port(self) -> int:
        return self._port

    @property
    def rest_url(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def ws_url(self) -> str:
        return f"ws://{self._host}:{self._port}"

    @property
    def api_key(self) -> str:
        return self.keys.api_key

    @property
    def api_secret(self) -> str:
        return self.keys.api_secret

    @property
    def passphrase(self) -> str:
        return self.keys.passphrase

    def now(self) -> int:
        """The venue's clock, in milliseconds; `clock_offset_ms` sets it wrong."""
        return self._wall() + self.clock_offset_ms

    # What was seen

    @property
    def requests(self) -> list[Recorded]:
        return self._rest.requests

    @property
    def unknown_requests(self) -> list[Recorded]:
        return self._rest.unknown

    @property
    def orders(self) -> list[Order]:
        return list(self.exchange.desk.orders.values())

    @property
    def executions(self) -> list[Execution]:
        return [*self.exchange.desk.executions, *self.exchange.spot_desk.executions]

    @property
    def rate_limits(self) -> bool:
        return self._rest.rate_limits

    @rate_limits.setter
    def rate_limits(self, on: bool) -> None:
        self._rest.rate_limits = on

    def unguarded_seconds(self, symbol: str) -> float:
        """How long positions of this symbol stood without a covering stop, so far."""
        return self.exchange.unguarded_ms(symbol) / 1000

    def unguarded_spot_seconds(self, symbol: str) -> float:
        """How long coins that orders by the API bought stood without a stop that sells them, so far."""
        return self.exchange.unguarded_spot_ms(symbol) / 1000

    # Running

    async def start(self) -> None:
        """Serve; after a stop, again at the same port."""
        self._rest.stopping.clear()
        app = web.Application()
        for path, private in (("/v2/ws/public", False), ("/v2/ws/private", True)):
            app.router.add_get(path, self._stream(private=private))
        app.router.add_route("*", "/{path:.*}", self._rest.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        self._rest.stopping.set()
        await self.streams.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def drop_connections(self) -> None:
        """Reset every socket: REST keep-alives and streams."""
        if self._runner is None or self._runner.server is None:
            return
        for connection in self._runner.server.connections:
            if connection.transport is not None:
                connection.transport.abort()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _stream(self, *, private: bool) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            return await self.streams.serve(request, private=private)

        return serve

    def _visitor(self) -> Visitor:
        return Visitor(
            user_id=self.user_id,
            ips=self.ips,
            authorities=self.authorities,
            unified=self.unified,
        )


def _wall_clock() -> int:
    return time.time_ns() // 1_000_000
