"""P2: posts that Telegram does not push. How long until tgbitget has seen and decided them, in ten channels."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from tgbitget.bench import metric
from tgbitget.bench.coins import bases
from tgbitget.bench.errand import Errand, running
from tgbitget.bench.metric import NS_PER_MS, Bar, Effort, Result, Say
from tgbitget.bench.own import Machine, Own
from tgbitget.bench.side_telegram import POLL_SECONDS

CHANNELS: Final = 10
MEAN_MAX: Final = 0.6
WORST_MAX: Final = 1.2
TALK: Final = "Good morning traders, the market looks calm today, patience"


async def measure(effort: Effort, say: Say) -> Sequence[Result]:
    channels: dict[str, int] = {}
    rng = Random(2)  # noqa: S311 - moments for a measurement, no secret
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tgbitget-bench-")))
        say("P2: starting tgbitget with ten channels that push nothing")
        telegram = await stack.enter_async_context(running("side_telegram"))
        bitget = await stack.enter_async_context(running("side_bitget", "--coins", "1"))
        session = await telegram.do("account", name="own")
        for number in range(CHANNELS):
            name = f"quiet{number}"
            channels[name] = await telegram.do("channel", name=name, members=["own"], silent=True)
        machine = Machine(
            folder / "own",
            telegram=telegram,
            bitget=bitget.greeting,
            session=session,
            channels=list(channels),
            allow=bases(1),
        )
        await machine.sync_markets()
        own = await stack.enter_async_context(machine.listening())
        periods: list[list[float]] = []
        for number in range(effort.blocks):
            say(f"P2: block {number + 1} of {effort.blocks}")
            periods.append(await _block(telegram, own, channels, rng))
    seen = metric.figure("seen after, in poll periods", "×", periods)
    every = [one for block in periods for one in block]
    mean = sum(every) / len(every)
    assert seen.max is not None, "figures of samples have a maximum"
    return [
        Result(
            id="P2",
            title="Posts withheld from push, ten channels",
            bars=(
                Bar(name="mean, in poll periods", value=mean, most=MEAN_MAX),
                Bar(name="worst, in poll periods", value=seen.max, most=WORST_MAX),
            ),
            figures=(metric.once("floor: half a period", "×", 0.5), seen),
            notes=(
                f"the server names a period of {POLL_SECONDS} s; from the post's existence to the decision's line on "
                "tgbitget's output, so its own work is in it",
                "a plain Telethon script asks again after 15 minutes of silence, by its source; that is not waited for",
            ),
        )
    ]


async def _block(
    telegram: Errand, own: Own, channels: Mapping[str, int], rng: Random
) -> list[float]:
    """Each channel posts once, at moments that know nothing of its polls; how many periods later each was decided."""
    waits = sorted((rng.uniform(0, 2 * POLL_SECONDS), channel) for channel in channels)
    posted: dict[str, int] = {}
    passed = 0.0
    for wait, channel in waits:
        await asyncio.sleep(wait - passed)
        passed = wait
        sent = await telegram.do("post", channel=channel, text=TALK)
        posted[f"{channels[channel]}/{sent['id']}"] = sent["at"]
    await own.until(lambda: posted.keys() <= _decided(own).keys(), "decisions on all posts")
    decided = _decided(own)
    return [(decided[s] - at) / NS_PER_MS / 1000 / POLL_SECONDS for s, at in posted.items()]


def _decided(own: Own) -> dict[str, int]:
    return {line["signal"]: at for at, line in own.of("decision")}
