"""P1 and P6: from the bytes of a post to the bytes of its order, and whether a stop stood from the first moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tgbitget.bench import metric
from tgbitget.bench.coins import bases, market_post
from tgbitget.bench.errand import Errand, running
from tgbitget.bench.errors import BenchFailed
from tgbitget.bench.metric import Bar, Effort, Figure, Result, Say
from tgbitget.bench.own import Machine, Own

JOURNALED_MAX: Final = 1.3
PLAIN_MAX: Final = 2.0
P99_MAX: Final = 2.0
GAP_SECONDS: Final = 0.15
"""Between two posts: an order path that sends faster than Bitget allows would be measured waiting for its turn."""

SETTLE_SECONDS: Final = 1.0
_WARM: Final = 3
_LOST_MAX: Final = 0.1

FLOOR, PLAIN, JOURNALED, DEFAULTS, OURS = (
    "floor",
    "script",
    "script + journal",
    "defaults",
    "tgbitget",
)


@dataclass(slots=True)
class Lane:
    """One client with an exchange of its own. *post* tells when the post's bytes went out."""

    name: str
    bitget: Errand
    post: Callable[[str], Awaitable[dict[str, int]]]
    own: Own | None = None
    taken_ns: list[list[int]] = field(default_factory=list)
    lost: int = 0

    async def block(self, coins: Sequence[str], *, counts: bool = True) -> None:
        """One post for each of the coins; then everything is closed again."""
        since, sent = time.monotonic_ns(), {}
        for coin in coins:
            sent[f"{coin}USDT"] = (await self.post(coin))["at"]
            await asyncio.sleep(GAP_SECONDS)
        arrived = {
            order["symbol"]: order["at"]
            for order in reversed(await self.bitget.do("orders", since=since))
            if order["endpoint"] == "place-order" and not order["reduces"]
        }
        await self.bitget.do("flat")
        await asyncio.sleep(SETTLE_SECONDS)
        if self.own is not None:
            # A coin whose last trade is not over is refused, as it should be.
            await self.own.until(self.own.is_flat, "the end of all trades")
        if counts:
            self.taken_ns.append([arrived[s] - at for s, at in sent.items() if s in arrived])
            self.lost += len(sent) - len(self.taken_ns[-1])


async def measure(effort: Effort, say: Say) -> Sequence[Result]:
    count = effort.pick(5, 15, 15)
    coins = bases(count)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tgbitget-bench-")))
        say("starting both simulators, the floor, the scripts and tgbitget")
        lanes, machine = await _lanes(stack, folder, coins)
        for lane in lanes:
            await lane.block(coins[:_WARM], counts=False)
            await lane.block(coins, counts=False)
        for number in range(effort.blocks):
            say(f"P1, P6: block {number + 1} of {effort.blocks}")
            # Another one begins each time: whoever comes first finds another machine than who comes last.
            turn = number % len(lanes)
            for lane in (*lanes[turn:], *lanes[:turn]):
                await lane.block(coins)
        for lane in lanes:
            asked = count * effort.blocks
            if lane.lost > asked * _LOST_MAX:
                why = lane.own.why_not() if lane.own is not None else "nobody says why"
                raise BenchFailed(f"{lane.name}: {lane.lost} of {asked} became no order: {why}")
        unguarded = await lanes[-1].bitget.do("unguarded")
        segments = await machine.segments()
    return [_order_path(lanes, segments), _unguarded(unguarded)]


async def _lanes(
    stack: AsyncExitStack, folder: Path, coins: Sequence[str]
) -> tuple[list[Lane], Machine]:
    telegram = await stack.enter_async_context(running("side_telegram"))
    lanes = [await _floor(stack, telegram)]
    for name, options in (
        (PLAIN, ()),
        (JOURNALED, ("--journal", str(folder / "script.sqlite3"))),
        (DEFAULTS, ("--limiter",)),
    ):
        lanes.append(await _script(stack, telegram, name, options))
    ours, machine = await _ours(stack, telegram, folder, coins)
    return [*lanes, ours], machine


async def _floor(stack: AsyncExitStack, telegram: Errand) -> Lane:
    bitget = await stack.enter_async_context(running("side_bitget"))
    port = str(telegram.greeting["bare_port"])
    arguments = ("--bare-port", port, *keys_of(bitget.greeting))
    await stack.enter_async_context(running("bare_client", *arguments))
    return Lane(
        name=FLOOR,
        bitget=bitget,
        post=lambda coin: telegram.do("whistle", text=market_post(coin)),
    )


async def _script(
    stack: AsyncExitStack, telegram: Errand, name: str, options: Sequence[str]
) -> Lane:
    bitget = await stack.enter_async_context(running("side_bitget"))
    channel = name.replace(" + ", "_")
    session = await telegram.do("account", name=name)
    await telegram.do("channel", name=channel, members=[name])
    await stack.enter_async_context(
        running(
            "minimal_client",
            *keys_of(bitget.greeting),
            *("--session", session, "--server-key", telegram.greeting["public_key"]),
            *("--channel", channel, *options),
        )
    )
    return Lane(name=name, bitget=bitget, post=poster(telegram, channel))


async def _ours(
    stack: AsyncExitStack, telegram: Errand, folder: Path, coins: Sequence[str]
) -> tuple[Lane, Machine]:
    bitget = await stack.enter_async_context(running("side_bitget", "--rate-limits"))
    session = await telegram.do("account", name=OURS)
    await telegram.do("channel", name=OURS, members=[OURS])
    machine = Machine(
        folder / "own",
        telegram=telegram,
        bitget=bitget.greeting,
        session=session,
        channels=[OURS],
        allow=coins,
    )
    await machine.sync_markets()
    own = await stack.enter_async_context(machine.listening())
    return Lane(name=OURS, bitget=bitget, post=poster(telegram, OURS), own=own), machine


def poster(telegram: Errand, channel: str) -> Callable[[str], Awaitable[dict[str, int]]]:
    return lambda coin: telegram.do("post", channel=channel, text=market_post(coin))


def keys_of(greeting: dict[str, Any], *, port: int | None = None) -> tuple[str, ...]:
    return (
        *("--port", str(port or greeting["port"])),
        *("--api-key", greeting["api_key"]),
        *("--api-secret", greeting["api_secret"]),
        *("--passphrase", greeting["passphrase"]),
    )


def _order_path(lanes: Sequence[Lane], segments: Sequence[Figure]) -> Result:
    ms = metric.in_ms({lane.name: lane.taken_ns for lane in lanes})
    ours = ms[OURS]
    ratios: dict[str, Figure] = {
        other: metric.ratio(f"÷ {other}", ours, ms[other])
        for other in (FLOOR, PLAIN, JOURNALED, DEFAULTS)
    }
    lost = sum(lane.lost for lane in lanes)
    return Result(
        id="P1",
        title="Post bytes to order bytes, warm, durable",
        bars=(
            Bar(name=f"÷ {JOURNALED}", value=ratios[JOURNALED].value.median, most=JOURNALED_MAX),
            Bar(name=f"÷ {PLAIN}", value=ratios[PLAIN].value.median, most=PLAIN_MAX),
            Bar(
                name=f"p99 ÷ {JOURNALED}",
                value=metric.p99_ratio(ours, ms[JOURNALED]),
                most=P99_MAX,
            ),
        ),
        figures=(
            *(metric.figure(lane.name, "ms", ms[lane.name]) for lane in lanes),
            *segments,
            *ratios.values(),
        ),
        notes=(
            "from the moment when the simulated Telegram writes a post's bytes to the moment when the simulated "
            f"Bitget has read the order's; a post each {GAP_SECONDS * 1000:.0f} ms, all on loopback, without TLS",
            "script: Telethon and CCXT with three expressions, CCXT's limiter off; defaults: the same with it on",
            "of which: by `tgbitget stats`, over all posts of this run; the answer is not in P1, and the time that bytes "
            "take from one process to the other's task is in P1 alone",
            *((f"{lost} posts became no order and are not counted",) if lost else ()),
        ),
    )


def _unguarded(ours: dict[str, float]) -> Result:
    return Result(
        id="P6",
        title="Time that positions stood without a stop",
        bars=(Bar(name="worst position", value=ours["worst"] * 1000, most=0.0, unit="ms"),),
        figures=(
            metric.once("all positions together", "ms", ours["sum"] * 1000),
            metric.once("fills that were looked at", "", ours["fills"]),
        ),
        notes=("from the exchange's own log of positions and stops, over the orders of P1",),
    )
