"""P4: an order that is wanted while ten questions wait for their turn."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

from tgbitget.bench import metric
from tgbitget.bench.coins import bases
from tgbitget.bench.errand import running
from tgbitget.bench.metric import NS_PER_MS, Bar, Effort, Result, Say
from tgbitget.bench.order_path import DEFAULTS, OURS, keys_of

QUERIES: Final = 10
RATIO_MAX: Final = 1.2
_ORDERS: Final = 6
_SCRIPT_ORDERS: Final = 1
_GAP_SECONDS: Final = 0.2

Taken = dict[str, list[list[float]]]


async def measure(effort: Effort, say: Say) -> Sequence[Result]:
    coins = bases(_ORDERS)
    alone: Taken = {OURS: [], DEFAULTS: []}
    behind: Taken = {OURS: [], DEFAULTS: []}
    async with AsyncExitStack() as stack:
        say("P4: starting our venue and the script")
        lanes = {}
        for name, module, options in (
            (OURS, "venue_client", ("--bases", ",".join(coins))),
            (DEFAULTS, "minimal_client", ("--limiter",)),
        ):
            bitget = await stack.enter_async_context(running("side_bitget", "--coins", "50"))
            lanes[name] = await stack.enter_async_context(
                running(module, *keys_of(bitget.greeting), *options)
            )
            await lanes[name].do("order", base=coins[0])
            await lanes[name].do("order_behind", base=coins[0], queries=1)
        for number in range(effort.blocks):
            say(f"P4: block {number + 1} of {effort.blocks}")
            for name, lane in lanes.items():
                alone[name].append([])
                behind[name].append([])
                for base in coins[: _ORDERS if name == OURS else _SCRIPT_ORDERS]:
                    taken = await lane.do("order", base=base)
                    alone[name][-1].append(taken / NS_PER_MS)
                    await asyncio.sleep(_GAP_SECONDS)
                    taken = await lane.do("order_behind", base=base, queries=QUERIES)
                    behind[name][-1].append(taken / NS_PER_MS)
                    await asyncio.sleep(_GAP_SECONDS)
    ours = metric.ratio("tgbitget, behind ÷ alone", behind[OURS], alone[OURS])
    return [
        Result(
            id="P4",
            title=f"An order with {QUERIES} questions queued",
            bars=(Bar(name="behind ÷ alone", value=ours.value.median, most=RATIO_MAX),),
            figures=(
                metric.figure("tgbitget, alone", "ms", alone[OURS]),
                metric.figure("tgbitget, behind", "ms", behind[OURS]),
                metric.figure("defaults, alone", "ms", alone[DEFAULTS]),
                metric.figure("defaults, behind", "ms", behind[DEFAULTS]),
                ours,
            ),
            notes=(
                "from the wish to the answer, through the executor, its pace and the venue; the questions are for the "
                "positions, asked in the same moment",
                "of the ten, five go out at once, as Bitget allows in a second: our work for those shares the core "
                "with the order's",
            ),
        )
    ]
