"""CCXT's Bitget, held by the reins: it signs and sends one request at a time, and never waits, asks or repeats by itself."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from tgbitget.clock import Clock
from tgbitget.errors import OutcomeUnknown
from tgbitget.venues.ccxt_errors import (
    SUCCESS,
    Answered,
    code_of,
    one_line,
    read_error,
    send_error,
)
from tgbitget.venues.only_bitget import ccxt
from tgbitget.venues.sessions import Session

Row = Mapping[str, Any]
Call = Callable[[dict[str, Any]], Awaitable[Any]]
"""One endpoint of CCXT's implicit API: parameters in, the decoded body out."""

_WEBSOCKET_GROUPS = ("ws", "demo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A Bitget API key; `repr` shows nothing of it."""

    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where Bitget is. None: where CCXT knows it. Base URLs without a path."""

    rest_url: str | None = None
    ws_url: str | None = None


class VenueTime:
    """The venue's time in milliseconds, kept by the monotonic clock: neither a step of the machine's clock nor a
    correction of ours moves it, only `learn` does.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._origin_ms = clock.now().timestamp() * 1000 - clock.monotonic() * 1000

    def now_ms(self) -> int:
        return int(self._origin_ms + self._clock.monotonic() * 1000)

    def learn(self, venue_ms: int, *, round_trip_seconds: float) -> int:
        """Take *venue_ms*, which came half a round trip ago; return by how many milliseconds we were off."""
        off = venue_ms + int(round_trip_seconds * 500) - self.now_ms()
        self._origin_ms += off
        return off


def _silent_logger() -> logging.Logger:
    # CCXT logs each request with its headers at DEBUG: key, signature, passphrase.
    logger = logging.getLogger("ccxt.requests")
    logger.setLevel(logging.INFO)
    return logger


class Line(ccxt.async_support.bitget):  # type: ignore[misc]  # CCXT ships no types
    """One CCXT instance on one warm session. `lag_ms` dates its requests into the past."""

    timeout_on_exit = 0  # CCXT would sleep 0.25 s in close()

    def __init__(
        self,
        *,
        time: VenueTime,
        session: Session,
        addresses: Addresses,
        credentials: Credentials | None = None,
        is_demo: bool = False,
        lag_ms: int = 0,
        timeout_seconds: float = 5.0,
    ) -> None:
        super().__init__(line_config(session, credentials, timeout_seconds))
        self._time = time
        self._lag_ms = lag_ms
        point_at(self, addresses)
        if is_demo:
            self.enable_demo_trading(True)

    def nonce(self) -> int:
        return self._time.now_ms() - self._lag_ms

    async def privateSpotGetV2SpotTradePlanSubOrder(self, params: Row) -> Any:  # noqa: N802 -- CCXT's way to name an endpoint, of one that it does not know
        return await self.request(
            "v2/spot/trade/plan-sub-order", ["private", "spot"], "GET", dict(params)
        )

    def handle_errors(
        self,
        code: int,
        reason: str,
        url: str,
        method: str,
        headers: Row,
        body: str,
        response: object,
        request_headers: object,
        request_body: object,
    ) -> None:
        """Success is `00000` with an HTTP 200 and nothing else; all the rest is `Answered`, with all that was told."""
        venue_code = code_of(response)
        if code == HTTPStatus.OK and venue_code == SUCCESS:
            return
        kind: type[Exception] = self.httpExceptions.get(str(code), ccxt.BaseError)
        if venue_code is not None:
            try:
                super().handle_errors(
                    code,
                    reason,
                    url,
                    method,
                    headers,
                    body,
                    response,
                    request_headers,
                    request_body,
                )
            except ccxt.BaseError as error:
                kind = type(error)
        raise Answered(
            status=code,
            code=venue_code,
            text=_message(response, body),
            retry_after_seconds=_seconds(headers),
            ccxt_class=kind,
        )


def line_config(
    session: Session, credentials: Credentials | None, timeout_seconds: float
) -> dict[str, Any]:
    """CCXT's settings that never change: no limiter of its own, no probing, no repeats, exact numbers, no printing."""
    config: dict[str, Any] = {
        "enableRateLimit": False,
        "number": Decimal,
        "timeout": int(timeout_seconds * 1000),
        "verbose": False,
        "logger": _silent_logger(),
        "session": session,
        "ssl_context": False,  # the session has its own; CCXT would read the CA file again
        "options": {"uta": False, "maxRetriesOnFailure": 0, "timeDifference": 0},
    }
    if credentials is not None:
        config["apiKey"] = credentials.api_key
        config["secret"] = credentials.api_secret
        config["password"] = credentials.passphrase
    return config


def point_at(exchange: Any, addresses: Addresses) -> None:
    """Replace CCXT's hosts by ours, for REST and for all groups of WebSocket addresses."""
    api = exchange.urls["api"]
    if addresses.rest_url is not None:
        base = addresses.rest_url.rstrip("/")
        for group, address in list(api.items()):
            if isinstance(address, str):
                api[group] = base
    if addresses.ws_url is not None:
        base = addresses.ws_url.rstrip("/")
        for group in _WEBSOCKET_GROUPS:
            if group in api:
                api[group] = {
                    "public": f"{base}/v2/ws/public",
                    "private": f"{base}/v2/ws/private",
                    "utaPublic": f"{base}/v3/ws/public",
                    "utaPrivate": f"{base}/v3/ws/private",
                }


async def ask(call: Call, params: Row | None = None) -> Any:
    """The `data` of a query's answer. VenueUnreachable, VenueThrottled, VenueLocked."""
    try:
        answer = await call(dict(params or {}))
    except ccxt.BaseError as error:
        raise read_error(error) from error
    return answer.get("data")


async def send(call: Call, params: Row) -> Any:
    """The `data` of a send's answer. VenueRejected, VenueThrottled, VenueLocked, or OutcomeUnknown for all the rest."""
    try:
        answer = await call(dict(params))
    except ccxt.BaseError as error:
        raise send_error(error) from error
    return answer.get("data")


def order_id_of(data: object) -> str:
    """The venue's order id in a send's answer. Without a non-empty one the outcome is unknown, not a success."""
    order_id = data.get("orderId") if isinstance(data, Mapping) else None
    if not isinstance(order_id, str) or not order_id:
        raise OutcomeUnknown(f"Bitget accepted without an order id, was {one_line(data)}")
    return order_id


def rows_of(data: object, *keys: str) -> tuple[Row, ...]:
    """The list in a query's `data`, directly or under one of *keys*; Bitget writes an empty one as null."""
    if isinstance(data, Mapping):
        data = next((data[key] for key in keys if data.get(key) is not None), None)
    if not isinstance(data, list):
        return ()
    return tuple(row for row in data if isinstance(row, Mapping))


def _message(response: object, body: object) -> str:
    if isinstance(response, Mapping):
        return one_line(response.get("msg", response.get("err_msg", "")))
    return f"no JSON answer, was {one_line(body)!r}"


def _seconds(headers: Row) -> float | None:
    told = next((v for k, v in headers.items() if str(k).lower() == "retry-after"), None)
    try:
        seconds = float(str(told))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
