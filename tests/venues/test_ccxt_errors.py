"""Every code and every CCXT class has its end; what is not listed is unknown on a send."""

import inspect

import ccxt
import pytest
from ccxt.base import errors as ccxt_base_errors
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.clock import SystemClock
from tgbitget.errors import (
    EndpointMissing,
    OutcomeUnknown,
    VenueError,
    VenueLocked,
    VenueRejected,
    VenueThrottled,
    VenueUnreachable,
)
from tgbitget.venues import ccxt_errors
from tgbitget.venues.ccxt_errors import Answered, read_error, send_error
from tgbitget.venues.ccxt_line import Addresses
from tgbitget.venues.public import PublicBitget

CCXT_CLASSES = sorted(
    (
        kind
        for _, kind in inspect.getmembers(ccxt_base_errors, inspect.isclass)
        if issubclass(kind, ccxt.BaseError)
    ),
    key=lambda kind: str(kind.__name__),
)
READS_BY_CLASS = {
    "AccountNotEnabled": VenueLocked,
    "AccountSuspended": VenueLocked,
    "AuthenticationError": VenueLocked,
    "PermissionDenied": VenueLocked,
    "RestrictedLocation": VenueUnreachable,
    "DDoSProtection": VenueThrottled,
    "RateLimitExceeded": VenueThrottled,
}


def answered(code: str | None, status: int = 400) -> Answered:
    return Answered(status=status, code=code, text="because")


def test_ccxt_has_the_classes_that_were_studied() -> None:
    assert len(CCXT_CLASSES) == 41


@pytest.mark.parametrize("kind", CCXT_CLASSES, ids=lambda kind: str(kind.__name__))
def test_a_send_that_ends_in_a_ccxt_class_alone_is_unknown(kind: type[Exception]) -> None:
    assert type(send_error(kind("bitget POST https://..."))) is OutcomeUnknown


@pytest.mark.parametrize("kind", CCXT_CLASSES, ids=lambda kind: str(kind.__name__))
def test_a_read_without_a_code_is_judged_by_its_ccxt_class(kind: type[Exception]) -> None:
    expected = READS_BY_CLASS.get(kind.__name__)
    if expected is None:
        expected = VenueLocked if issubclass(kind, ccxt.AuthenticationError) else VenueUnreachable
    assert type(read_error(kind("bitget GET https://..."))) is expected


@pytest.mark.parametrize("code", sorted(ccxt_errors.REJECTED))
def test_a_listed_refusal_of_a_send_is_definite(code: str) -> None:
    error = send_error(answered(code))
    assert type(error) is VenueRejected
    assert error.code == code


@pytest.mark.parametrize("code", sorted(ccxt_errors.LOCKED))
def test_key_permission_and_account_lock_reads_and_sends(code: str) -> None:
    assert type(send_error(answered(code))) is VenueLocked
    assert type(read_error(answered(code))) is VenueLocked


@pytest.mark.parametrize("code", sorted(ccxt_errors.NEVER_DEFINITE))
@pytest.mark.parametrize("status", [200, 400, 429, 500])
def test_these_codes_are_never_definite_whatever_the_http_status(code: str, status: int) -> None:
    assert type(send_error(answered(code, status))) is OutcomeUnknown


def test_no_code_stands_in_two_tables() -> None:
    tables: list[frozenset[str]] = [
        ccxt_errors.NEVER_DEFINITE,
        frozenset(ccxt_errors.LOCKED),
        frozenset(ccxt_errors.REJECTED),
        ccxt_errors.THROTTLED,
    ]
    assert len(frozenset().union(*tables)) == sum(len(table) for table in tables)


@pytest.mark.parametrize("code", sorted(ccxt_errors.REJECTED))
def test_a_read_that_is_refused_may_be_asked_again(code: str) -> None:
    assert isinstance(read_error(answered(code)), VenueUnreachable)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(answered("45110", 500), OutcomeUnknown, id="a refusal with a 500"),
        pytest.param(answered(None, 200), OutcomeUnknown, id="HTML or nothing with a 200"),
        pytest.param(answered(None, 502), OutcomeUnknown, id="502"),
        pytest.param(answered(None, 403), OutcomeUnknown, id="403 of a gateway"),
        pytest.param(answered("99999", 400), OutcomeUnknown, id="a code nobody listed"),
        pytest.param(answered("1001", 400), OutcomeUnknown, id="too frequent, somewhere inside"),
        pytest.param(answered("429", 429), VenueThrottled, id="429 with a body"),
        pytest.param(answered(None, 429), VenueThrottled, id="429 without one"),
        pytest.param(answered("40008", 400), VenueRejected, id="a lost request that came late"),
    ],
)
def test_sends(error: Answered, expected: type[VenueError]) -> None:
    assert type(send_error(error)) is expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(answered(None, 200), VenueUnreachable, id="HTML with a 200"),
        pytest.param(answered("40010", 400), VenueUnreachable, id="timed out at the venue"),
        pytest.param(answered("50009", 400), VenueThrottled, id="too frequent"),
        pytest.param(answered("40109", 400), VenueUnreachable, id="not found, where nobody asked"),
        pytest.param(answered("40404", 404), EndpointMissing, id="no such endpoint"),
        pytest.param(answered(None, 404), EndpointMissing, id="no such page"),
        pytest.param(
            Answered(status=401, code=None, text="", ccxt_class=ccxt.AuthenticationError),
            VenueLocked,
            id="401 without a code",
        ),
    ],
)
def test_reads(error: Answered, expected: type[VenueError]) -> None:
    assert type(read_error(error)) is expected


@given(code=st.from_regex(r"[0-9]{5,6}", fullmatch=True), status=st.sampled_from([200, 400, 404]))
def test_a_send_is_refused_only_by_listed_codes(code: str, status: int) -> None:
    listed = code in ccxt_errors.REJECTED or code in ccxt_errors.LOCKED
    error = send_error(answered(code, status))
    assert isinstance(error, VenueRejected | VenueLocked) == listed


def test_the_venue_says_how_long_to_wait() -> None:
    error = send_error(Answered(status=429, code="429", text="", retry_after_seconds=2.5))
    assert isinstance(error, VenueThrottled)
    assert error.retry_after_seconds == 2.5


def test_outside_text_stays_on_one_short_line() -> None:
    error = send_error(Answered(status=502, code=None, text="<html>\n" * 999))
    assert "\n" not in str(error)
    assert len(str(error)) < 300


async def test_a_refused_connection_is_told_by_host_and_port_not_by_a_repr() -> None:
    address = Addresses(rest_url="http://127.0.0.1:1")
    async with PublicBitget(clock=SystemClock(), addresses=address) as bitget:
        with pytest.raises(VenueUnreachable, match=r"^no connection to 127\.0\.0\.1:1 \("):
            await bitget.markets()
