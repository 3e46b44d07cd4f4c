"""P3: an order after a long silence, with a network of 50 ms between us and the exchange."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tgbitget.bench import metric
from tgbitget.bench.coins import bases, market_post
from tgbitget.bench.errand import Errand, running
from tgbitget.bench.metric import NS_PER_MS, Bar, Effort, Result, Say
from tgbitget.bench.order_path import DEFAULTS, FLOOR, OURS, PLAIN, keys_of
from tgbitget.bench.own import Machine, Own

ONE_WAY_SECONDS: Final = 0.025
RATIO_MAX: Final = 1.1
FULL_SECONDS: Final = 60
USUAL_SECONDS: Final = 17
"""Longer than the 15 s after which CCXT's connections go cold."""

_BLOCKS_MAX: Final = 5
_BETWEEN_SECONDS: Final = 0.4
_ORDER_SECONDS: Final = 15.0

Order = Callable[[int], Awaitable[float]]
"""An order of the block of that number; milliseconds until its answer was there."""


async def measure(effort: Effort, say: Say) -> Sequence[Result]:
    seconds = effort.pick(USUAL_SECONDS, USUAL_SECONDS, FULL_SECONDS)
    blocks = effort.pick(1, min(effort.blocks, _BLOCKS_MAX), effort.blocks)
    coins = bases(blocks + 1)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tgbitget-bench-")))
        say("P3: starting everything behind a network of 50 ms")
        lanes = await _lanes(stack, folder, coins)
        for order in lanes.values():
            await order(blocks)
        taken: dict[str, list[list[float]]] = {name: [] for name in lanes}
        for number in range(blocks):
            say(f"P3: {seconds} s of silence, {number + 1} of {blocks}")
            await asyncio.sleep(seconds)
            for name, order in lanes.items():
                taken[name].append([await order(number)])
                await asyncio.sleep(_BETWEEN_SECONDS)
    round_trip = 2 * ONE_WAY_SECONDS * 1000
    ours = metric.ratio("tgbitget ÷ floor", taken[OURS], taken[FLOOR])
    trips = {name: [[ms / round_trip for ms in b] for b in of] for name, of in taken.items()}
    return [
        Result(
            id="P3",
            title=f"An order after {seconds} s of silence, 50 ms round trip",
            bars=(
                Bar(name="in round trips of the floor", value=ours.value.median, most=RATIO_MAX),
            ),
            figures=(
                *(metric.figure(name, "ms", of) for name, of in taken.items()),
                *(metric.figure(f"{name}, round trips", "×", of) for name, of in trips.items()),
                ours,
            ),
            notes=(
                "the scripts and the floor: from the call to the answer; tgbitget: from the post's bytes, through "
                "reading, planning and the journal, to the answer's line on its output",
                "the floor keeps one socket open and is what this proxy's round trip really takes",
                "without TLS, which the simulator does not offer: a cold connection costs a round trip or two more "
                "with it, a warm one nothing",
                *(
                    (f"silence of {seconds} s; --full waits {FULL_SECONDS} s",)
                    if seconds < FULL_SECONDS
                    else ()
                ),
            ),
        )
    ]


async def _lanes(stack: AsyncExitStack, folder: Path, coins: Sequence[str]) -> dict[str, Order]:
    telegram = await stack.enter_async_context(running("side_telegram"))
    lanes: dict[str, Order] = {}
    for name, module, options in (
        (FLOOR, "bare_client", ()),
        (PLAIN, "minimal_client", ()),
        (DEFAULTS, "minimal_client", ("--limiter",)),
    ):
        far = await _far(stack)
        client = await stack.enter_async_context(
            running(module, *keys_of(far[0].greeting, port=far[1]), *options)
        )
        lanes[name] = _by_call(client, coins)
    bitget, port = await _far(stack)
    session = await telegram.do("account", name=OURS)
    await telegram.do("channel", name=OURS, members=[OURS])
    machine = Machine(
        folder / "own",
        telegram=telegram,
        bitget={
            **bitget.greeting,
            "rest_url": f"http://127.0.0.1:{port}",
            "ws_url": f"ws://127.0.0.1:{port}",
        },
        session=session,
        channels=[OURS],
        allow=coins,
    )
    await machine.sync_markets()
    own = await stack.enter_async_context(machine.listening())
    lanes[OURS] = _by_post(telegram, own, coins)
    return lanes


async def _far(stack: AsyncExitStack) -> tuple[Errand, int]:
    """An exchange, and the port of the long way to it."""
    bitget = await stack.enter_async_context(running("side_bitget", "--coins", "50"))
    way = ("--port", str(bitget.greeting["port"]), "--seconds", str(ONE_WAY_SECONDS))
    proxy = await stack.enter_async_context(running("delay", *way))
    return bitget, proxy.greeting["port"]


def _by_call(client: Errand, coins: Sequence[str]) -> Order:
    async def order(number: int) -> float:
        return float(await client.do("order", base=coins[number]) / NS_PER_MS)

    return order


def _by_post(telegram: Errand, own: Own, coins: Sequence[str]) -> Order:
    async def order(number: int) -> float:
        heard = len(own.of("placement"))
        sent = await telegram.do("post", channel=OURS, text=market_post(coins[number]))
        await own.until(
            lambda: len(own.of("placement")) > heard, "the order's answer", seconds=_ORDER_SECONDS
        )
        return (own.of("placement")[heard][0] - int(sent["at"])) / NS_PER_MS

    return order
