"""Without an override everything goes to Bitget's own hosts; with one, nothing does."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tgbitget.clock import SystemClock
from tgbitget.venues.ccxt_line import Addresses, Line, VenueTime, line_config
from tgbitget.venues.sessions import Session

BITGET = "bitget.com"


def hosts(urls: Any) -> Iterator[str]:
    """Of every address that a request or a stream can take."""
    if isinstance(urls, str):
        yield urlsplit(urls.replace("{hostname}", BITGET)).hostname or ""
    elif isinstance(urls, dict):
        for part in urls.values():
            yield from hosts(part)


def line(addresses: Addresses, session: Session, *, is_demo: bool) -> Line:
    return Line(
        time=VenueTime(SystemClock()), session=session, addresses=addresses, is_demo=is_demo
    )


@pytest.mark.parametrize("is_demo", [False, True], ids=["live", "demo"])
async def test_without_an_override_bitget_s_own_hosts_are_asked(is_demo: bool) -> None:
    async with Session() as session:
        own = line(Addresses(), session, is_demo=is_demo)
        found = set(hosts(own.urls["api"]))
        await own.close()
    assert found
    assert {host for host in found if host != BITGET and not host.endswith(f".{BITGET}")} == set()


@pytest.mark.parametrize("is_demo", [False, True], ids=["live", "demo"])
async def test_with_overrides_no_request_goes_elsewhere(is_demo: bool) -> None:
    there = Addresses(rest_url="http://127.0.0.1:1", ws_url="ws://127.0.0.1:1")
    async with Session() as session:
        other = line(there, session, is_demo=is_demo)
        found = set(hosts(other.urls["api"]))
        await other.close()
    assert found == {"127.0.0.1"}


async def test_ccxt_is_never_verbose_and_asks_nobody_by_itself() -> None:
    async with Session() as session:
        config = line_config(session, None, 5.0)
        assert config["verbose"] is False
        assert not config["logger"].isEnabledFor(10), "it would log signed headers at DEBUG"
        own = line(Addresses(), session, is_demo=False)
        assert own.verbose is False
        await own.close()
