"""What an answer of Bitget means: tables of its raw codes, one for reads and one for sends.

A send's code that stands in no table is an unknown outcome. CCXT's own exception class decides only where a read got no
code at all: CCXT files 40010 (a timeout at the venue) under authentication and knows no duplicate client ids.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp

from tgbitget.errors import (
    EndpointMissing,
    OutcomeUnknown,
    VenueError,
    VenueLocked,
    VenueRejected,
    VenueThrottled,
    VenueUnreachable,
)
from tgbitget.venues.only_bitget import ccxt

SUCCESS = "00000"

DUPLICATE_ID = frozenset({"25212", "40708", "40786", "43118", "45034", "50060"})
"""The venue has seen this client id: the first send probably landed."""

NEVER_DEFINITE = DUPLICATE_ID | {
    "25001",  # timed out
    "40010",  # timed out
    "40015",  # system error
    "40725",  # service error
    "45001",  # unknown error
}
"""After these an order may exist. They may stand in no table of refusals."""

ORDER_NOT_FOUND = frozenset(
    {
        "22001",
        "31007",
        "40109",
        "40768",
        "40819",
        "43001",
        "43020",
        "43025",
        "43033",
        "45057",
        "80011",
    }
)

NO_SUCH_ENDPOINT = frozenset({"404", "40404"})

UNIFIED_ACCOUNT = "40085"
CLASSIC_ACCOUNT = "40084"
CLOCK_IS_OFF = frozenset({"40004", "40005", "40008"})
WRONG_HOLD_MODE = "40774"
NO_POSITION = "22002"
NOTHING_TO_GUARD = "40891"
MARGIN_MODE_IS_FIXED = "45117"

LOCKED = {
    "40001": "the API key is empty",
    "40002": "the API secret is empty",
    "40003": "the signature is empty",
    "40006": "the API key is not known",
    "40009": "the signature is wrong: check the API secret",
    "40011": "the passphrase is empty",
    "40012": "the API key or its passphrase is wrong",
    "40013": "the user's status is abnormal",
    "40014": "the API key lacks a permission",
    "40016": "the user must bind a phone or an authenticator first",
    "40018": "the API key does not allow this IP address",
    "40031": "the account was cancelled",
    "40033": "the user may not trade",
    "40036": "the passphrase is wrong",
    "40037": "the API key does not exist",
    "40038": "the API key does not allow this IP address",
    "40040": "the API key's permissions are set wrong",
    UNIFIED_ACCOUNT: "the account is a unified one, and only classic accounts are supported",
    "40099": "the API key belongs to the other environment: demo keys and live keys are separate",
    "40301": "a permission has not been obtained",
    "40710": "the account's status is abnormal",
}
"""Key, permission or account: nothing that we ask will be done until a person changes something."""

THROTTLED = frozenset({"429"})
THROTTLED_READS = THROTTLED | {"1001", "50009"}

MARKET_IS_OTHERWISE = frozenset(
    {"22038", "40034", "40309", "40808", "41103", "45110", "45111", "45112", "45115"}
)
"""Refusals that say that a market is not listed any more, or not with the steps and bounds that we know."""

REJECTED = {
    # size and price
    "22038": "the amount is not a multiple of the step",
    "22047": "the price is outside the price limit",
    "40108": "the amount is wrong",
    "40706": "the price is wrong",
    "40808": "a number has too many decimals",
    "41103": "the price has too many decimals",
    "41117": "the price is outside the price limit",
    "45110": "the order's value is below the minimum",
    "45111": "the amount is below the minimum",
    "45112": "the amount is above the maximum",
    "45113": "the order's value is above the maximum",
    "45115": "the price is not a multiple of the tick",
    # balance
    "40711": "the contract account's balance is too low",
    "40712": "the margin is too low",
    "40754": "the balance is too low",
    "40762": "the order exceeds the balance",
    "43012": "the balance is too low",
    # stops and targets
    "25586": "the stop is already behind the price",
    "25588": "the stop is already behind the price",
    "31005": "the stop is already behind the price",
    "40832": "the target is on the wrong side of the price",
    NOTHING_TO_GUARD: "there is no position that a stop could guard",
    "40915": "the target is on the wrong side of the price",
    "40917": "the stop is on the wrong side of the price",
    "43011": "a parameter is not allowed",
    "45122": "the stop is on the wrong side of the price",
    # position, modes, leverage
    NO_POSITION: "there is no position to close",
    WRONG_HOLD_MODE: "the order fits the other hold mode (one-way, hedge)",
    "40797": "the leverage is above the maximum",
    "40920": "positions or orders forbid changing the hold mode",
    MARGIN_MODE_IS_FIXED: "positions or orders forbid changing the margin mode",
    "45119": "opening positions is not allowed",
    # market
    "40034": "the symbol does not exist",
    "40102": "the contract does not exist",
    "40200": "Bitget is being upgraded",
    "40308": "the contract is being maintained",
    "40309": "the contract was removed",
    "41114": "the pair is being maintained",
    "43115": "the pair is not open yet",
    # form
    "400172": "a parameter is wrong",
    "40004": "the request's time is out of bounds",
    "40005": "the request's time is wrong",
    "40007": "the content type is wrong",
    "40008": "the request's time is out of bounds",
    "40017": "a parameter is wrong",
    "40019": "a parameter is empty",
    "40020": "a parameter is wrong",
    "40305": "the client id has a wrong form",
    "40404": "the address does not exist",
    "40893": "a parameter is wrong",
    # cancels
    **dict.fromkeys(sorted(ORDER_NOT_FOUND), "there is no such live order"),
}
"""Definite refusals of a send: the venue said no, and nothing exists there."""

RETRY_AFTER_SECONDS_DEFAULT = 1.0  # Bitget counts its limits per second
_TEXT_MAX = 200


class Answered(ccxt.ExchangeError):  # type: ignore[misc]  # CCXT ships no types
    """Bitget, or something before it, answered otherwise than with success."""

    def __init__(
        self,
        *,
        status: int,
        code: str | None,
        text: str,
        retry_after_seconds: float | None = None,
        ccxt_class: type[Exception] = ccxt.ExchangeError,
    ) -> None:
        super().__init__(f"Bitget answered {code or 'without a code'} (HTTP {status}): {text}")
        self.status = status
        self.code = code
        self.retry_after_seconds = retry_after_seconds
        self.ccxt_class = ccxt_class


def code_of(answer: object) -> str | None:
    """The code in a decoded body, or None when there is none to read."""
    if not isinstance(answer, Mapping):
        return None
    code = answer.get("code", answer.get("err_code"))
    return str(code) if code is not None else None


def one_line(text: object) -> str:
    """Outside text, short and on one line."""
    line = " ".join(str(text).split())
    return line if len(line) <= _TEXT_MAX else line[:_TEXT_MAX] + "…"


def read_error(error: Exception) -> VenueError:
    """What a query's failure is: asking again is safe, unless the key, the account or the pace forbid it."""
    code, text = _code(error), _text(error)
    if code in LOCKED:
        return VenueLocked(f"Bitget {code}: {LOCKED[code]}", code=code)
    if code in THROTTLED_READS or _status(error) == HTTPStatus.TOO_MANY_REQUESTS:
        return VenueThrottled(text, code=code, retry_after_seconds=_retry_after(error))
    if code in NO_SUCH_ENDPOINT or (code is None and _status(error) == HTTPStatus.NOT_FOUND):
        return EndpointMissing(text, code=code or "404")
    if code is None:
        kind = error.ccxt_class if isinstance(error, Answered) else type(error)
        return _by_class(kind, error, text)
    return VenueUnreachable(text, code=code)


def send_error(error: Exception) -> VenueError:
    """What a send's failure is: a listed refusal, a refusal for pace, or an unknown outcome."""
    code, text, status = _code(error), _text(error), _status(error)
    if code in NEVER_DEFINITE or status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return OutcomeUnknown(text, code=code)
    if code in THROTTLED or status == HTTPStatus.TOO_MANY_REQUESTS:
        return VenueThrottled(text, code=code, retry_after_seconds=_retry_after(error))
    if code in LOCKED:
        return VenueLocked(f"Bitget {code}: {LOCKED[code]}", code=code)
    if code in REJECTED:
        return VenueRejected(f"{REJECTED[code]} ({text})", code=code)
    return OutcomeUnknown(text, code=code)


def item_error(code: str | None, text: str) -> VenueError:
    """What a failure inside a successful answer is (the `failureList` of a cancel): a send's, on its code."""
    return send_error(Answered(status=200, code=code, text=one_line(text)))


_LOCKED_CLASSES = (ccxt.AuthenticationError,)
_THROTTLED_CLASSES = (ccxt.DDoSProtection, ccxt.RateLimitExceeded)


def _by_class(kind: type[Exception], error: Exception, text: str) -> VenueError:
    if issubclass(kind, _LOCKED_CLASSES):
        return VenueLocked(text)
    if issubclass(kind, _THROTTLED_CLASSES):
        return VenueThrottled(text, retry_after_seconds=_retry_after(error))
    return VenueUnreachable(text)


def _code(error: Exception) -> str | None:
    return error.code if isinstance(error, Answered) else None


def _status(error: Exception) -> int | None:
    return error.status if isinstance(error, Answered) else None


def _retry_after(error: Exception) -> float:
    told: Any = error.retry_after_seconds if isinstance(error, Answered) else None
    return RETRY_AFTER_SECONDS_DEFAULT if told is None else float(told)


def _text(error: Exception) -> str:
    if isinstance(error, Answered):
        return one_line(error)
    match error.__cause__:
        case aiohttp.ClientConnectorDNSError() as cause:
            return f"the name {cause.host} is not known here (no network, or no name server)"
        case aiohttp.ClientConnectorError() as cause:
            return one_line(
                f"no connection to {cause.host}:{cause.port} ({cause.os_error.strerror})"
            )
        case None:
            return one_line(f"{type(error).__name__} {error}")
        case cause:
            return one_line(f"{type(error).__name__} {error}: {cause!r}")
