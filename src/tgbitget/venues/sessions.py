"""HTTP sessions of ours, kept warm: a cold connection costs two round trips and more in front of an order."""

import ssl
from functools import cache
from typing import Any, Self

import aiohttp
import certifi

KEEPALIVE_SECONDS = 300.0  # aiohttp drops idle connections after 15 s
DNS_SECONDS = 300  # aiohttp asks again after 10 s
WARM_SECONDS = 8.0  # well inside what servers and middle boxes allow an idle connection
CONNECTIONS_MAX = 20
ORDER_CONNECTIONS = 4
"""Orders that go out at once without dialling first."""


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes 14 ms."""
    return ssl.create_default_context(cafile=certifi.where())


class Session:
    """What CCXT needs of an aiohttp session, without redirects: a key is shown to the host that we dialled only."""

    def __init__(self) -> None:
        connector = aiohttp.TCPConnector(
            ssl=_certificates(),
            keepalive_timeout=KEEPALIVE_SECONDS,
            ttl_dns_cache=DNS_SECONDS,
            limit=CONNECTIONS_MAX,
        )
        self._session = aiohttp.ClientSession(connector=connector)

    @property
    def headers(self) -> Any:
        """CCXT adds them to each request."""
        return self._session.headers

    def get(self, url: Any, **options: Any) -> Any:
        return self._session.get(url, **options, allow_redirects=False)

    def post(self, url: Any, **options: Any) -> Any:
        return self._session.post(url, **options, allow_redirects=False)

    def ws_connect(self, url: Any, **options: Any) -> Any:
        return self._session.ws_connect(url, **options)

    async def close(self) -> None:
        await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
