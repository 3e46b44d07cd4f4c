"""Addresses of other servers and of a proxy, and which of them are this machine."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any, Literal
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """How to reach Telegram where it is not reachable."""

    kind: Literal["socks5", "http"]
    host: str
    port: int
    username: str | None = None
    password: SecretStr | None = None


def parse_address(value: Any) -> Any:
    """`host:port`, an IPv6 host in brackets."""
    if value is None or isinstance(value, Address):
        return value
    parts = _split(f"//{value.strip()}") if isinstance(value, str) else None
    if parts is None or parts.path or parts.query or "@" in value:
        raise ValueError("expected host:port")
    host, port = parts.hostname, parts.port
    if not host or port is None:
        raise ValueError("expected host:port")
    return Address(host=host, port=port)


def parse_proxy(value: Any) -> Any:
    """`socks5://user:password@host:port`; the text is a secret and stands in no message."""
    if value is None or isinstance(value, Proxy):
        return value
    parts = _split(value.strip()) if isinstance(value, str) else None
    if parts is None or not parts.hostname or parts.port is None or parts.path.strip("/"):
        raise ValueError("expected socks5://user:password@host:port or http://host:port")
    if parts.scheme not in ("socks5", "http"):
        raise ValueError("a proxy begins with socks5:// or http://")
    return Proxy(
        kind="socks5" if parts.scheme == "socks5" else "http",
        host=parts.hostname,
        port=parts.port,
        username=unquote(parts.username) if parts.username else None,
        password=SecretStr(unquote(parts.password)) if parts.password else None,
    )


def base_url(value: str, schemes: tuple[str, str]) -> str:
    """`scheme://host:port` without path, query or user; returned without a slash at its end."""
    expected = f"expected {schemes[0]}://host:port or {schemes[1]}://host, without a path"
    parts = _split(value.strip())
    if parts is None or parts.scheme not in schemes or not parts.hostname:
        raise ValueError(expected)
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(expected)
    return f"{parts.scheme}://{parts.netloc}"


def is_this_machine(host: str) -> bool:
    """Loopback by its number, or `localhost`; a name is never looked up."""
    if host.lower() == "localhost":
        return True
    try:
        number = ip_address(host)
    except ValueError:
        return False
    mapped = number.ipv4_mapped if isinstance(number, IPv6Address) else None
    return (mapped or number).is_loopback


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def _split(url: str) -> SplitResult | None:
    """None when it is no URL at all, its port included."""
    if not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return None if port == 0 else parts
