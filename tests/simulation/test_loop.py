"""The virtual loop and its network: time jumps, bytes arrive in order, the dead do nothing."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import TypeVar

import pytest

from simulation.isolation import alone
from simulation.life import LIFE, Life
from simulation.loop import Stuck, VirtualLoop
from simulation.network import Direction, Harm, How

T = TypeVar("T")
PORT = 80


def ran(seed: int, course: Callable[[VirtualLoop], Awaitable[T]]) -> T:
    """In a process of its own: the loop of the tests is none of its business."""

    def run() -> T:
        loop = VirtualLoop(seed)
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(course(loop))

    return alone(run)


def test_an_hour_takes_no_time() -> None:
    async def course(loop: VirtualLoop) -> float:
        await asyncio.sleep(3600)
        return loop.time()

    began = time.monotonic()
    assert ran(1, course) == pytest.approx(4600, abs=0.1)
    assert time.monotonic() - began < 20


def test_waiting_for_what_never_comes_is_said_and_does_not_hang() -> None:
    async def course(_: VirtualLoop) -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="nothing will ever happen again"):
        ran(1, course)
    assert issubclass(Stuck, Exception)


async def _order(loop: VirtualLoop) -> list[int]:
    order: list[int] = []

    async def one(number: int) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
            order.append(number)

    await asyncio.gather(*(one(number) for number in range(4)))
    assert loop.steps
    return order


def test_a_seed_decides_who_runs_first() -> None:
    assert ran(1, _order) == ran(1, _order)
    assert len({tuple(ran(seed, _order)) for seed in range(4)}) > 1


async def _echo(loop: VirtualLoop, harm: Harm | None, size: int) -> bytes:
    """What of so many bytes comes to a server and back before the line ends."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            writer.write(data)

    def protocol() -> asyncio.StreamReaderProtocol:
        reader = asyncio.StreamReader()
        return asyncio.StreamReaderProtocol(reader, serve)

    await loop.create_server(protocol, "127.0.0.1", PORT)
    if harm is not None:
        loop.network.harms.append(harm)
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    sent = bytes(n % 251 for n in range(size))
    for start in range(0, size, 100):
        writer.write(sent[start : start + 100])
    got = b""
    try:
        async with asyncio.timeout(5):
            while len(got) < size and (data := await reader.read(1000)):
                got += data
    except (TimeoutError, ConnectionResetError):
        got += b"!"
    assert sent.startswith(got.rstrip(b"!"))
    return got


@pytest.mark.parametrize("seed", range(3))
def test_bytes_arrive_whole_and_in_order(seed: int) -> None:
    assert len(ran(seed, lambda loop: _echo(loop, None, 5000))) == 5000


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("how", list(How))
def test_a_harmed_line_lets_so_many_bytes_pass_and_no_more(how: How, direction: Direction) -> None:
    harm = Harm(PORT, direction, 150, how)
    got = ran(2, lambda loop: _echo(loop, harm, 1000))
    assert got.endswith(b"!")
    assert len(got) - 1 <= 150


async def _killed(loop: VirtualLoop) -> list[str]:
    done: list[str] = []
    life = Life(1)

    async def lives() -> None:
        try:
            for number in range(10):
                await asyncio.sleep(1)
                done.append(f"step {number}")
        finally:
            done.append("last words")

    context = copy_context()
    context.run(LIFE.set, life)
    loop.on_kill = lambda life: done.append(f"life {life.number} killed")
    loop.create_task(lives(), context=context)
    await asyncio.sleep(2.5)
    life.kill_after(0)
    await asyncio.sleep(60)
    return done


def test_a_killed_life_has_no_last_words() -> None:
    assert ran(1, _killed) == ["step 0", "step 1", "life 1 killed"]
