"""The addresses that an API key is bound to, as Bitget lists them. A list that lets nearly everyone in is none."""

import re
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

# Of a binding list one may expect an address, a provider's block at most.
_V4_MOST = 2**24
_V6_MOST = 2**96
_V4_IN_V6 = IPv6Network("::ffff:0:0/96")


def bound_to(told: object) -> tuple[str, ...] | None:
    """One text, several with commas. None: not told; empty: from any, or what is listed cannot be read."""
    if not isinstance(told, str):
        return None
    listed = tuple(one for one in re.split(r"[,;\s]+", told) if one)
    try:
        networks = [_network(one) for one in listed]
    except ValueError:
        return ()
    return () if _is_open(networks) else listed


def _network(text: str) -> IPv4Network | IPv6Network:
    network = ip_network(text, strict=False)
    if isinstance(network, IPv6Network) and network.subnet_of(_V4_IN_V6):
        inner = int(network.network_address) & 0xFFFF_FFFF
        network = IPv4Network((inner, network.prefixlen - _V4_IN_V6.prefixlen))
    if network.network_address.is_unspecified:
        return ip_network(f"{network.network_address}/0")
    return network


def _is_open(networks: list[IPv4Network | IPv6Network]) -> bool:
    v4 = collapse_addresses(one for one in networks if isinstance(one, IPv4Network))
    v6 = collapse_addresses(one for one in networks if isinstance(one, IPv6Network))
    return (
        sum(one.num_addresses for one in v4) > _V4_MOST
        or sum(one.num_addresses for one in v6) > _V6_MOST
    )
