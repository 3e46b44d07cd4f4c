"""Pushes become updates; a line that is lost or silent is dialled again, and that is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest
from aiohttp import web

from tgbitget.clock import SystemClock
from tgbitget.errors import VenueLocked
from tgbitget.model.intent import Side
from tgbitget.model.market import Product
from tgbitget.model.money import Price
from tgbitget.model.order import Fill, OrderStatus, VenueOrder
from tgbitget.model.plan import OrderSide
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.orders import HoldMode
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.ccxt_line import Addresses, Credentials, VenueTime
from tgbitget.venues.listing import Listing
from tgbitget.venues.stream import Stream
from tgbitget.venues.venue import PositionsSnapshot, Reconnected, VenueUpdate
from waiting import eventually

from .samples import BTC, MARKETS, SPOT_BTC, D, close, count, leg, limit, oid, opened, stop, trigger

T = TypeVar("T", bound=VenueUpdate)
PING_SECONDS = 0.1


class Heard(list[VenueUpdate]):
    """What the stream told, by kind."""

    def of(self, kind: type[T]) -> list[T]:
        return [update for update in self if isinstance(update, kind)]

    def fills(self) -> list[Fill]:
        return self.of(Fill)

    def order(self, client_oid: str) -> VenueOrder | None:
        """As told last."""
        told = [each for each in self.of(VenueOrder) if each.client_oid == client_oid]
        return told[-1] if told else None

    def connections(self) -> int:
        return len(self.of(Reconnected))


@asynccontextmanager
async def following(venue: BitgetVenue) -> AsyncIterator[Heard]:
    heard = Heard()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(venue.run_updates(heard.append))
        await eventually(heard.connections)
        yield heard
        task.cancel()


@pytest.fixture
async def pushed(bitget: BitgetSimulator) -> AsyncIterator[tuple[BitgetVenue, Heard]]:
    async with opened(bitget, ping_seconds=PING_SECONDS) as venue, following(venue) as heard:
        yield venue, heard


async def test_an_entry_is_told_from_live_to_position(pushed: tuple[BitgetVenue, Heard]) -> None:
    venue, heard = pushed
    await venue.place(leg())
    await eventually(lambda: heard.of(PositionsSnapshot)[-1].positions)
    await eventually(lambda: len(heard.of(VenueOrder)) >= 3)
    order = heard.order(oid("entry-1"))
    assert order is not None
    assert (order.status, order.filled, order.average) == (
        OrderStatus.FILLED,
        D("0.01"),
        D(57000),
    )
    (fill,) = heard.fills()
    assert (fill.client_oid, fill.side, fill.amount) == (oid("entry-1"), OrderSide.BUY, D("0.01"))
    assert (fill.fee, fill.fee_coin) == (D("0.342"), "USDT")
    (position,) = heard.of(PositionsSnapshot)[-1].positions
    assert (position.symbol, position.side, position.amount) == (BTC, Side.LONG, D("0.01"))


async def test_flat_is_told_as_no_positions(pushed: tuple[BitgetVenue, Heard]) -> None:
    venue, heard = pushed
    await venue.place(leg())
    await eventually(lambda: heard.of(PositionsSnapshot)[-1].positions)
    await venue.place(close())
    await eventually(lambda: not heard.of(PositionsSnapshot)[-1].positions)


async def test_hedge_mode_tells_the_direction_traded(bitget: BitgetSimulator) -> None:
    bitget.exchange.futures.set_hold_mode(HoldMode.HEDGE)
    async with opened(bitget) as venue, following(venue) as heard:
        await venue.place(leg())
        await venue.place(close())
        await eventually(lambda: len(heard.fills()) == 2)
        assert [fill.side for fill in heard.fills()] == [OrderSide.BUY, OrderSide.SELL]
        closed = heard.order(oid("close-1"))
        assert closed is not None
        assert (closed.side, closed.reduce_only) == (OrderSide.SELL, True)


async def test_plan_orders_and_stops_are_told(
    bitget: BitgetSimulator, pushed: tuple[BitgetVenue, Heard]
) -> None:
    venue, heard = pushed
    await venue.place(trigger())
    await eventually(lambda: heard.order(oid("entry-1")))
    bitget.exchange.set_price("BTCUSDT", D(58000))
    await eventually(heard.fills)
    triggered = heard.order(oid("entry-1"))
    assert triggered is not None
    assert (triggered.status, triggered.filled) == (OrderStatus.FILLED, D(0))
    await venue.place(stop("56000"))
    await eventually(lambda: heard.order(oid("stop")))
    guard = heard.order(oid("stop"))
    assert guard is not None
    assert (guard.trigger_price, guard.side, guard.reduce_only) == (
        D(56000),
        OrderSide.SELL,
        True,
    )


async def test_an_execution_is_told_once_although_pushed_twice(
    bitget: BitgetSimulator, pushed: tuple[BitgetVenue, Heard]
) -> None:
    venue, heard = pushed
    bitget.faults.pushes.duplicate = True
    await venue.place(leg())
    await venue.place(close())
    await eventually(lambda: len(heard.fills()) == 2)
    await eventually(lambda: not heard.of(PositionsSnapshot)[-1].positions)
    assert len({fill.trade_id for fill in heard.fills()}) == len(heard.fills()) == 2


async def test_pushes_out_of_order_are_all_told(
    bitget: BitgetSimulator, pushed: tuple[BitgetVenue, Heard]
) -> None:
    venue, heard = pushed
    bitget.faults.pushes.reorder = 3
    await venue.place(leg())
    await eventually(heard.fills)
    await eventually(
        lambda: {o.status for o in heard.of(VenueOrder)} >= {OrderStatus.LIVE, OrderStatus.FILLED}
    )


async def test_spot_is_told(pushed: tuple[BitgetVenue, Heard]) -> None:
    venue, heard = pushed
    await venue.place(leg(symbol=SPOT_BTC, stop_loss=None, price=Price(D(57000))))
    await eventually(heard.fills)
    (fill,) = heard.fills()
    assert (fill.symbol, fill.amount, fill.fee_coin) == (SPOT_BTC, D("0.01"), "BTC")
    assert fill.fee > 0


async def test_a_lost_line_is_dialled_again_and_told(
    bitget: BitgetSimulator, pushed: tuple[BitgetVenue, Heard]
) -> None:
    venue, heard = pushed
    bitget.drop_connections()
    await eventually(lambda: heard.connections() == 2)
    await venue.place(limit())
    await eventually(lambda: heard.order(oid("entry-1")))


async def test_a_silent_line_is_noticed_by_its_missing_pongs(
    bitget: BitgetSimulator, pushed: tuple[BitgetVenue, Heard]
) -> None:
    _, heard = pushed
    bitget.faults.pushes.mute_pongs = True
    await eventually(lambda: heard.connections() == 2)
    bitget.faults.pushes.mute_pongs = False


async def test_a_quiet_line_with_pongs_stays(pushed: tuple[BitgetVenue, Heard]) -> None:
    _, heard = pushed
    loop = asyncio.get_running_loop()
    started = loop.time()
    await eventually(lambda: loop.time() > started + 6 * PING_SECONDS)
    assert heard.connections() == 1


async def test_an_outage_does_not_end_the_dialling(bitget: BitgetSimulator) -> None:
    async with opened(bitget) as venue, following(venue) as heard:
        await bitget.stop()
        again = BitgetSimulator(port=bitget.port, exchange=bitget.exchange)
        async with again:
            await eventually(lambda: heard.connections() == 2)
            await venue.place(limit())
            await eventually(lambda: heard.order(oid("entry-1")))


async def test_a_line_that_ends_right_after_the_login_is_dialled_again() -> None:
    dialled = []

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        dialled.append(await socket.receive_json())
        await socket.send_json({"event": "login", "code": 0})
        if len(dialled) % 2:
            await socket.receive_json()
        await socket.close()
        return socket

    app = web.Application()
    app.router.add_get("/v2/ws/private", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    clock = SystemClock()
    stream = Stream(
        credentials=Credentials(api_key="a", api_secret="b", passphrase="c"),
        time=VenueTime(clock),
        clock=clock,
        addresses=Addresses(ws_url=f"ws://127.0.0.1:{runner.addresses[0][1]}"),
        products=frozenset(Product),
        listing=Listing(MARKETS),
    )
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(stream.run(Heard().append))
        await eventually(lambda: len(dialled) >= 4)
        running.cancel()
    await runner.cleanup()


@pytest.mark.parametrize("wrong", ["api_key", "api_secret", "passphrase"])
async def test_a_refused_key_ends_the_stream(wrong: str, bitget: BitgetSimulator) -> None:
    right = {
        "api_key": bitget.api_key,
        "api_secret": bitget.api_secret,
        "passphrase": bitget.passphrase,
    }
    clock = SystemClock()
    stream = Stream(
        credentials=Credentials(**{**right, wrong: "another"}),
        time=VenueTime(clock),
        clock=clock,
        addresses=Addresses(rest_url=bitget.rest_url, ws_url=bitget.ws_url),
        products=frozenset(Product),
        listing=Listing(MARKETS),
    )
    with pytest.raises(VenueLocked, match="refused the key"):
        await stream.run(Heard().append)


async def test_the_connections_are_kept_warm(bitget: BitgetSimulator) -> None:
    async with opened(bitget, warm_seconds=0.02) as venue, following(venue):
        asked = count(bitget, "time")
        await eventually(lambda: count(bitget, "time") >= asked + 6)


async def test_a_venue_that_does_not_answer_the_regular_call_is_asked_again(
    bitget: BitgetSimulator,
) -> None:
    async with opened(bitget, warm_seconds=0.02) as venue, following(venue):
        bitget.faults.next("time", then="502", times=3)
        asked = count(bitget, "time")
        await eventually(lambda: count(bitget, "time") >= asked + 9)
