"""The parts of a measurement over real sockets, as small as they can be: who answers, what is stamped, what is delayed."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from parsing.posts import post
from tgbitget.bench import stalls
from tgbitget.bench.coins import bases, limit_post, listed_market, market_post
from tgbitget.bench.delay import Proxy
from tgbitget.bench.errand import Errand, running
from tgbitget.bench.errors import BenchFailed
from tgbitget.bench.history import write
from tgbitget.bench.order_path import keys_of
from tgbitget.bench.own import Machine
from tgbitget.bench.reading import plain_parser
from tgbitget.bench.replay_client import decode, rehearse
from tgbitget.bench.stalls import Stalls
from tgbitget.model.intent import EntryKind, OpenPosition
from tgbitget.model.reading import Read
from tgbitget.profile import load_profile
from tgbitget.settings import Settings
from waiting import eventually

COIN = bases(1)[0]


@pytest.fixture
async def bitget() -> AsyncIterator[Errand]:
    async with running("side_bitget", "--coins", "2") as side:
        yield side


@pytest.fixture
async def telegram() -> AsyncIterator[Errand]:
    async with running("side_telegram") as side:
        yield side


def test_coins_have_names_of_their_own_and_no_more_than_there_are() -> None:
    assert len(set(bases(600))) == 600
    with pytest.raises(ValueError, match="asked were 1000"):
        bases(1000)


@pytest.mark.parametrize(
    ("text", "kind"),
    [(market_post(COIN), EntryKind.MARKET), (limit_post(COIN), EntryKind.LIMIT)],
)
def test_its_posts_are_read(text: str, kind: EntryKind) -> None:
    reading = plain_parser().read(post(text))
    assert isinstance(reading, Read)
    assert isinstance(reading.intent, OpenPosition)
    assert (reading.intent.symbol, reading.intent.entry.kind) == (COIN, kind)
    assert listed_market(COIN).id == f"{COIN}USDT"


async def test_the_floor_hears_a_post_and_sends_a_signed_order(
    telegram: Errand, bitget: Errand
) -> None:
    since = time.monotonic_ns()
    port = ("--bare-port", str(telegram.greeting["bare_port"]))
    async with running("bare_client", *keys_of(bitget.greeting), *port) as floor:
        posted = await telegram.do("whistle", text=market_post(COIN))
        answered = await floor.next_line()
        assert answered["answered"] == COIN
        (order,) = await bitget.do("orders", since=since)
    assert (order["symbol"], order["code"], order["reduces"]) == (f"{COIN}USDT", "00000", False)
    assert since < posted["at"] < order["at"] < answered["at"]
    assert await bitget.do("unguarded") == {"sum": 0, "worst": 0, "symbols": 1, "fills": 1}
    assert await bitget.do("flat") == 1
    assert await bitget.do("throttled") == 0


async def test_the_script_trades_a_post_with_its_stop(
    telegram: Errand, bitget: Errand, tmp_path: Path
) -> None:
    session = await telegram.do("account", name="script")
    await telegram.do("channel", name="script", members=["script"])
    options = (
        *("--session", session, "--server-key", telegram.greeting["public_key"]),
        *("--channel", "script", "--journal", str(tmp_path / "journal.sqlite3")),
    )
    async with running("minimal_client", *keys_of(bitget.greeting), *options) as script:
        posted = await telegram.do("post", channel="script", text=market_post(COIN))
        assert (await script.next_line())["answered"] == COIN
        orders = await bitget.do("orders", since=posted["at"])
    assert [order["code"] for order in orders] == ["00000"]
    assert (await bitget.do("unguarded"))["worst"] == 0


async def test_our_venue_sends_behind_questions_too(bitget: Errand) -> None:
    client = running("venue_client", *keys_of(bitget.greeting), "--bases", COIN)
    async with client as venue:
        assert await venue.do("order", base=COIN) > 0
        assert await venue.do("order_behind", base=COIN, queries=2) > 0
    assert len(await bitget.do("orders", since=0)) == 2


async def test_a_child_that_ends_is_told_in_a_sentence() -> None:
    with pytest.raises(BenchFailed, match="bare_client ended with 2"):
        async with running("bare_client"):
            pytest.fail("it has no keys")


async def test_the_long_way_delays_each_way_and_a_new_connection_more() -> None:
    seconds = 0.03

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(await asyncio.start_server(echo, "127.0.0.1", 0))
        proxy = Proxy(port=server.sockets[0].getsockname()[1], seconds=seconds)
        way = await stack.enter_async_context(
            await asyncio.start_server(proxy.take, "127.0.0.1", 0)
        )
        reader, writer = await asyncio.open_connection(*way.sockets[0].getsockname())
        taken = []
        for text in (b"one", b"two"):
            began = time.monotonic()
            writer.write(text)
            assert await reader.readexactly(3) == text
            taken.append(time.monotonic() - began)
        writer.close()
        await writer.wait_closed()
        await eventually(lambda: proxy.open == 0)
    # At least so long; how much longer is the machine's affair.
    assert taken[0] >= 4 * seconds
    assert taken[1] >= 2 * seconds
    assert proxy.connections == 1


async def test_stalls_are_noted_with_their_moments(tmp_path: Path) -> None:
    watch = Stalls()
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(watch.watch())
        await eventually(lambda: len(watch.late_us) >= 3)
        began = time.monotonic_ns()
        time.sleep(0.02)  # noqa: ASYNC251 -- the stall
        await eventually(lambda: watch.late_us[-1][0] > began)
        watching.cancel()
    file = tmp_path / "stalls.json"
    watch.write(file)
    assert max(stalls.read(file, since_ns=began, until_ns=time.monotonic_ns())) >= 18
    assert stalls.read(file, since_ns=0, until_ns=1) == []


async def test_a_history_is_written_decoded_and_rehearsed(tmp_path: Path) -> None:
    file = write(tmp_path / "posts.jsonl", 12)
    home = tmp_path / "home"
    home.mkdir()
    ran = await rehearse(str(home), str(file), [5, 12])
    assert ran["posts"] == 12
    assert set(ran["resident_kb"]) == {"5", "12"}
    assert decode(str(file)) > 0


async def test_the_machine_of_a_measurement_has_a_good_profile(
    telegram: Errand, bitget: Errand, tmp_path: Path
) -> None:
    machine = Machine(
        tmp_path / "own",
        telegram=telegram,
        bitget=bitget.greeting,
        session="",
        channels=["storm"],
        allow=[COIN],
        same_symbol="add",
    )
    settings = Settings(profiles=Path(machine.environment["TGBITGET_PROFILES"]))
    profile = load_profile("bench", settings)
    assert profile.market.allow == [COIN]
    assert profile.limits.orders_per_minute_max is None
    assert profile.signals.same_symbol == "add"
