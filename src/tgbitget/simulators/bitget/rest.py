"""The REST side: each request is checked, met by its fault, carried out, answered, recorded."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_plus

from aiohttp import web
from loguru import logger

from tgbitget.simulators.bitget import (
    keys,
    rest_account,
    rest_market,
    rest_orders,
    rest_plans,
    rest_spot,
)
from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.faults import TOO_MANY, Fault, Faults, Then
from tgbitget.simulators.bitget.keys import Keys
from tgbitget.simulators.bitget.limits import Limits
from tgbitget.simulators.bitget.params import Params
from tgbitget.simulators.bitget.refusals import Refusal
from tgbitget.simulators.bitget.routes import Handler, Visitor

PUBLIC: dict[str, Handler] = rest_market.ROUTES
PRIVATE: dict[str, Handler] = {
    **rest_account.ROUTES,
    **rest_orders.ROUTES,
    **rest_plans.ROUTES,
    **rest_spot.ROUTES,
}
UNIFIED_TOO = {"GET /api/v3/account/settings", "GET /api/v2/spot/account/info"}
RECORDED_MAX = 20_000  # a paper account runs for weeks
ANSWER_RECORDED_MAX = 2_000
POSITIONS = {"all-position", "single-position"}
FUTURES_WRITE, SPOT_WRITE = "coow", "stow"
PAGE = "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"


@dataclass(slots=True, kw_only=True)
class Recorded:
    """A request as it came, and how it was answered; status 0: it was not."""

    at: int
    method: str
    path: str
    params: dict[str, Any]
    headers: dict[str, str]
    status: int = 0
    code: str = ""
    accepted: bool = False
    fault: str = ""
    answer: str = ""  # the body, its beginning at least
    arrived_ns: int = field(default_factory=time.monotonic_ns)
    """By the machine's monotonic clock, which other processes read too."""

    @property
    def endpoint(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(slots=True, kw_only=True)
class Answer:
    status: int
    code: str
    body: str


@dataclass
class Rest:
    exchange: Exchange
    keys: Keys
    faults: Faults
    clock: Callable[[], int]
    visitor: Callable[[], Visitor]
    rate_limits: bool = False
    requests: list[Recorded] = field(default_factory=list)
    unknown: list[Recorded] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        routes = PUBLIC.keys() | PRIVATE.keys()
        self.faults.endpoints = frozenset(route.partition(" ")[2] for route in routes)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        record = Recorded(
            at=self.clock(),
            method=request.method,
            path=request.path,
            params={},
            headers=dict(request.headers),
        )
        self._record(record)
        fault = self.faults.meet(request.path)
        if fault is None:
            return self._web(record, self._answer(request, body, record))
        record.fault = fault.code or fault.then.value
        with suppress(Refusal):
            record.params = _asked(request, body)  # known, whatever becomes of it
        if fault.delay:
            await asyncio.sleep(fault.delay)
        answer: Answer | None = None
        if fault.accept:
            answer = self._answer(request, body, record)
        return await self._spoiled(request, record, fault, answer)

    def _record(self, record: Recorded) -> None:
        self.requests.append(record)
        if len(self.requests) > RECORDED_MAX:
            del self.requests[: RECORDED_MAX // 2]

    def _answer(self, request: web.Request, body: str, record: Recorded) -> Answer:
        try:
            data = self._carry_out(request, body, record)
        except Refusal as refusal:
            return self._refusal(refusal)
        record.accepted = True
        return self._envelope(200, "00000", "success", data)

    def _carry_out(self, request: web.Request, body: str, record: Recorded) -> Any:
        route = f"{request.method} {request.path}"
        handler = PUBLIC.get(route) or PRIVATE.get(route)
        record.params = _asked(request, body)
        if handler is None:
            self.unknown.append(record)
            logger.error("The simulated Bitget has no {}", route)
            raise Refusal("40404")
        if self.faults.maintenance:
            raise Refusal("40200")
        if self.rate_limits and not self.limits.admits(request.path, self.clock()):
            raise Refusal("429")
        if route in PRIVATE:
            self._admit(request, route, body)
        with self.exchange.still():
            self._look_away(route, record.params)
            data = handler(self.exchange, Params(record.params), self.visitor())
        if record.endpoint in POSITIONS:
            data = [row for row in data if row["symbol"] not in self.faults.missing_positions]
        if self.exchange.desk.pending:
            self._replace_soon()
        return data

    def _admit(self, request: web.Request, route: str, body: str) -> None:
        query = request.rel_url.raw_query_string
        keys.check_request(
            self.keys,
            request.headers,
            method=request.method,
            target=request.path + (f"?{unquote_plus(query)}" if query else ""),
            body=body,
            now=self.clock(),
        )
        visitor = self.visitor()
        if visitor.unified and route not in UNIFIED_TOO:
            raise Refusal("40085")
        needed = _authority(route)
        if needed and needed not in visitor.authorities:
            raise Refusal("40014")

    def _look_away(self, route: str, params: dict[str, Any]) -> None:
        """Late visibility: an order that exists is not found yet."""
        if not (self.faults.invisible_asks or self.faults.invisible_seconds):
            return
        order_id, client_id = str(params.get("orderId", "")), str(params.get("clientOid", ""))
        if route == f"GET {rest_orders.ORDER}/detail":
            order = self.exchange.desk.order(order_id, client_id)
            if order is not None and self.faults.hides(order, self.exchange.now()):
                raise Refusal("40109")
        if route == f"GET {rest_spot.TRADE}/orderInfo":
            spot_order = self.exchange.spot_desk.order(order_id, client_id)
            if spot_order is not None and self.faults.hides(spot_order, self.exchange.now()):
                raise Refusal("43001")

    def _replace_soon(self) -> None:
        """Bitget replaces a modified order after it has answered."""
        loop = asyncio.get_running_loop()
        loop.call_later(self.faults.replace_delay, self.exchange.run_pending)

    async def _spoiled(
        self, request: web.Request, record: Recorded, fault: Fault, answer: Answer | None
    ) -> web.StreamResponse:
        if fault.code is not None:
            refusal = Refusal(fault.code)
            return self._web(record, self._refusal(refusal, status=fault.status))
        match fault.then:
            case Then.ANSWER if answer is not None:
                return self._web(record, answer)
            case Then.BAD_GATEWAY:
                record.status = 502
                return web.Response(status=502, text=PAGE, content_type="text/html")
            case Then.HTML:
                record.status = 200
                return web.Response(status=200, text=PAGE, content_type="text/html")
            case Then.EMPTY:
                record.status = 200
                return web.Response(status=200, text="")
            case Then.NO_DATA:
                return self._web(record, self._envelope(200, "00000", "success", None))
            case Then.NO_ID if answer is not None:
                body = json.loads(answer.body)
                body["data"]["orderId"] = None
                return self._web(record, replace(answer, body=json.dumps(body)))
            case Then.CUT:
                return await self._cut(request, answer)
            case Then.HANG:
                await self._hang(request)
            case Then.DROP | Then.ANSWER | Then.NO_ID:  # what was not accepted has no answer
                pass
        _reset(request)
        return web.Response(status=500)

    async def _cut(self, request: web.Request, answer: Answer | None) -> web.StreamResponse:
        body = (answer.body if answer else PAGE).encode()
        response = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        if request.transport is not None:
            request.transport.close()
        return response

    async def _hang(self, request: web.Request) -> None:
        while not (self.stopping.is_set() or request.transport is None):
            if request.transport.is_closing():
                return
            await asyncio.sleep(0.02)

    def _refusal(self, refusal: Refusal, status: int = 400) -> Answer:
        if refusal.code == "429":
            status = TOO_MANY
        if refusal.code == "40404":
            status = 404
        return self._envelope(status, refusal.code, refusal.message, None)

    def _envelope(self, status: int, code: str, message: str, data: Any) -> Answer:
        body = {"code": code, "msg": message, "requestTime": self.clock(), "data": data}
        return Answer(status=status, code=code, body=json.dumps(body))

    def _web(self, record: Recorded, answer: Answer) -> web.Response:
        record.status, record.code = answer.status, answer.code
        record.answer = answer.body[:ANSWER_RECORDED_MAX]
        return web.Response(status=answer.status, text=answer.body, content_type="application/json")


def _asked(request: web.Request, body: str) -> dict[str, Any]:
    return dict(request.query) if request.method == "GET" else _json(body)


def _json(body: str) -> dict[str, Any]:
    """Numbers stay as they were written: 61000.070 keeps its decimals."""
    try:
        parsed = json.loads(body, parse_float=Decimal) if body else {}
    except ValueError as error:
        raise Refusal("40020", "body") from error
    if not isinstance(parsed, dict):
        raise Refusal("40020", "body")
    return parsed


def _authority(route: str) -> str:
    if not route.startswith("POST "):
        return ""
    return SPOT_WRITE if "/spot/" in route else FUTURES_WRITE


def _reset(request: web.Request) -> None:
    """The connection is gone, without a word."""
    if request.transport is not None:
        request.transport.abort()
