"""P10: killed with a hundred orders open, how long until tgbitget guards them and takes posts again."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tgbitget.bench import metric
from tgbitget.bench.coins import bases, limit_post
from tgbitget.bench.errand import running, spawn
from tgbitget.bench.errors import BenchFailed
from tgbitget.bench.metric import NS_PER_MS, Bar, Effort, Result, Say
from tgbitget.bench.own import Machine, Own

ORDERS: Final = 100
COINS: Final = 20
RATIO_MAX: Final = 1.3
IMPORTS: Final = "import telethon, ccxt.async_support, pydantic; print('{}')"
OUR_IMPORTS: Final = "import tgbitget.cli.run, tgbitget.app.runs; print('{}')"
_FILL_SECONDS: Final = 120.0


async def measure(effort: Effort, say: Say) -> Sequence[Result]:
    orders = effort.pick(10, ORDERS, ORDERS)
    coins = bases(COINS)
    taken: dict[str, list[list[float]]] = {"imports": [], "our imports": [], "kill to ready": []}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tgbitget-bench-")))
        say(f"P10: starting tgbitget, and placing {orders} orders at the pace that is allowed")
        telegram = await stack.enter_async_context(running("side_telegram"))
        bitget = await stack.enter_async_context(running("side_bitget"))
        session = await telegram.do("account", name="own")
        await telegram.do("channel", name="restarts", members=["own"])
        machine = Machine(
            folder / "own",
            telegram=telegram,
            bitget=bitget.greeting,
            session=session,
            channels=["restarts"],
            allow=coins,
            same_symbol="add",
        )
        await machine.sync_markets()
        async with machine.listening() as own:
            texts = [limit_post(coins[n % COINS]) for n in range(orders)]
            await telegram.do("burst", channels=["restarts"], texts=texts, seconds=1.0)
            await own.until(
                lambda: _placed(own) >= orders, f"{orders} orders", seconds=_FILL_SECONDS
            )
            await own.kill()
        for number in range(effort.blocks):
            say(f"P10: block {number + 1} of {effort.blocks}")
            taken["imports"].append([await _imports(IMPORTS)])
            taken["our imports"].append([await _imports(OUR_IMPORTS)])
            began = time.monotonic_ns()
            async with machine.listening() as own:
                taken["kill to ready"].append([(own.of("ready")[0][0] - began) / NS_PER_MS])
                await own.kill()
            await asyncio.sleep(0.2)
    ratio = metric.ratio("kill to ready ÷ imports", taken["kill to ready"], taken["imports"])
    beyond = [
        [r - i for r, i in zip(ready, imports, strict=True)]
        for ready, imports in zip(taken["kill to ready"], taken["our imports"], strict=True)
    ]
    return [
        Result(
            id="P10",
            title=f"Killed with {orders} orders open, until ready",
            bars=(Bar(name="÷ imports alone", value=ratio.value.median, most=RATIO_MAX),),
            figures=(
                *(metric.figure(name, "ms", of) for name, of in taken.items()),
                metric.figure("beyond our imports", "ms", beyond),
                ratio,
            ),
            notes=(
                "from the start of the process to the `ready` line: journal read, every order and position asked for, "
                "channels resolved and followed, prices fresh; imports: Telethon, CCXT and pydantic as a script has them",
                "the round trips of loopback are in it; the journal holds these orders only, not a million posts",
            ),
        )
    ]


def _placed(own: Own) -> int:
    return sum(line["result"] == "placed" for _, line in own.of("placement"))


async def _imports(code: str) -> float:
    began = time.monotonic_ns()
    process = await spawn("-c", code)
    await process.communicate()
    if process.returncode:
        raise BenchFailed(f"{code!r} ended with {process.returncode}")
    return (time.monotonic_ns() - began) / NS_PER_MS
