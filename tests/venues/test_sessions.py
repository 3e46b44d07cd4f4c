"""The order line is dialled before an order needs it, and holds nothing back."""

import asyncio
import socket
from collections.abc import Iterator

from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.sessions import ORDER_CONNECTIONS
from venues.samples import MARKETS, count, limit, opened


def sockets(venue: BitgetVenue) -> Iterator[socket.socket]:
    """Of connections that wait for an order. There is no public way to them."""
    connector = venue._orders.session._session.connector
    for waiting in connector._conns.values():
        for protocol, _ in waiting:
            yield protocol.transport.get_extra_info("socket")


async def test_small_requests_are_not_held_back_for_more(bitget: BitgetSimulator) -> None:
    async with opened(bitget) as venue:
        no_delay = [
            one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for one in sockets(venue)
        ]
    assert no_delay == [1] * ORDER_CONNECTIONS


async def test_orders_go_out_on_connections_that_were_there(bitget: BitgetSimulator) -> None:
    async with opened(bitget) as venue:
        await venue.learn_setting(MARKETS[0])
        before = {one.fileno() for one in sockets(venue)}
        async with asyncio.TaskGroup() as tasks:
            for number in range(ORDER_CONNECTIONS):
                tasks.create_task(venue.place(limit(name=f"entry-{number}")))
        assert count(bitget, "place-order") == ORDER_CONNECTIONS
        assert {one.fileno() for one in sockets(venue)} == before
