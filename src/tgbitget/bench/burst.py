"""P5 and P13: a thousand signals in a second. What is recorded, at what pace orders go out, and what the loop bears."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tgbitget.bench import metric, stalls
from tgbitget.bench.coins import bases, limit_post, market_post
from tgbitget.bench.errand import Errand, running
from tgbitget.bench.errors import BenchFailed
from tgbitget.bench.metric import NS_PER_MS, Bar, Effort, Result, Say
from tgbitget.bench.own import Machine, Own
from tgbitget.bench.watched import FILE

SIGNALS: Final = 1_000
CHANNELS: Final = 10
RESTING: Final = 24
EXITS: Final = 6
"""So many coins are prepared before: 30, as for any user."""

ALLOWED_A_SECOND: Final = 10
RECORDED_SECONDS_MAX: Final = 0.5
PACE_LEAST: Final = 95.0
EXIT_MS_MAX: Final = 200.0
STALL_MS_MAX: Final = 5.0
WORST_STALL_MS_MAX: Final = 20.0
WINDOW_SECONDS: Final = 10.0
_P999: Final = 0.999
_STEP_SECONDS: Final = 1.5
_STALE_SECONDS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Stormed:
    began_ns: int
    ended_ns: int
    recorded_ns: int
    outcomes: Counter[str]
    entries: list[int]
    exits: list[int]
    exits_ms: list[float]
    throttled: int
    stale: int
    until_ns: int


async def measure(effort: Effort, say: Say) -> Sequence[Result]:
    signals = effort.pick(100, SIGNALS, SIGNALS)
    coins = bases(RESTING + EXITS)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tgbitget-bench-")))
        say("P5, P13: starting tgbitget with ten channels, and a watch on its loop")
        telegram = await stack.enter_async_context(running("side_telegram"))
        bitget = await stack.enter_async_context(running("side_bitget", "--rate-limits"))
        session = await telegram.do("account", name="own")
        channels = [f"storm{n}" for n in range(CHANNELS)]
        for channel in (*channels, "exits"):
            await telegram.do("channel", name=channel, members=["own"])
        machine = Machine(
            folder / "own",
            telegram=telegram,
            bitget=bitget.greeting,
            session=session,
            channels=[*channels, "exits"],
            allow=coins,
            same_symbol="add",
            entry_age_seconds_max=_STALE_SECONDS,
        )
        await machine.sync_markets()
        idle_file, own_file = folder / "idle.json", folder / "own.json"
        async with running("watched", environment={FILE: str(idle_file)}):
            listening = machine.listening(
                module="tgbitget.bench.watched", environment={FILE: str(own_file)}
            )
            async with listening as own:
                say(f"P5, P13: {signals} signals in a second, then {WINDOW_SECONDS:g} s of orders")
                stormed = await _storm(telegram, bitget, own, channels, coins, signals)
        span = {"since_ns": stormed.began_ns, "until_ns": stormed.until_ns}
        own_late = stalls.read(own_file, **span)
        idle_late = stalls.read(idle_file, **span)
    return [_burst(stormed, signals), _loop(own_late, idle_late)]


async def _storm(
    telegram: Errand,
    bitget: Errand,
    own: Own,
    channels: Sequence[str],
    coins: Sequence[str],
    signals: int,
) -> Stormed:
    held = {}
    for base in coins[RESTING:]:
        sent = await telegram.do("post", channel="exits", text=market_post(base))
        held[base] = sent["id"]
    await own.until(lambda: len(own.of("fill")) >= EXITS, "the positions that will be closed")
    await asyncio.sleep(_STEP_SECONDS)
    heard = len(own.of("decision"))
    texts = [limit_post(coins[n % RESTING]) for n in range(signals)]
    since = time.monotonic_ns()
    storm = asyncio.create_task(
        telegram.do("burst", channels=list(channels), texts=texts, seconds=1.0)
    )
    burst = await storm
    closes: dict[str, int] = {}
    for base, post in held.items():
        sent = await telegram.do("post", channel="exits", text=f"Close {base} now", reply_to=post)
        closes[f"{base}USDT"] = sent["at"]
        await asyncio.sleep(_STEP_SECONDS)
    wanted = heard + signals + len(closes)
    await own.until(lambda: len(own.of("decision")) >= wanted, "decisions on all signals")
    end = burst["began"] / 1e9 + _STALE_SECONDS + 2
    await asyncio.sleep(max(0.0, end - time.monotonic()))
    orders = await bitget.do("orders", since=since)
    closed = {
        order["symbol"]: order["at"]
        for order in reversed(orders)
        if order["reduces"] and order["at"] > closes.get(order["symbol"], order["at"])
    }
    if missing := sorted(closes.keys() - closed.keys()):
        raise BenchFailed(f"no order closed {', '.join(missing)}")
    decided = own.of("decision")[heard:]
    of_storm = [(at, line) for at, line in decided if line["trade"] is None]
    return Stormed(
        began_ns=burst["began"],
        ended_ns=burst["ended"],
        recorded_ns=max(at for at, _ in of_storm),
        outcomes=Counter(line["outcome"] for _, line in decided),
        entries=[one["at"] for one in orders if not one["reduces"] and one["code"] == "00000"],
        exits=list(closed.values()),
        exits_ms=[(closed[symbol] - at) / NS_PER_MS for symbol, at in closes.items()],
        throttled=await bitget.do("throttled"),
        stale=_stale(own),
        until_ns=time.monotonic_ns(),
    )


def _stale(own: Own) -> int:
    placements: list[dict[str, Any]] = [line for _, line in own.of("placement")]
    return sum("entry_age_seconds_max" in (line["reason"] or "") for line in placements)


def _burst(stormed: Stormed, signals: int) -> Result:
    until = stormed.began_ns + int(WINDOW_SECONDS * 1e9)
    sent = sum(at <= until for at in stormed.entries)
    closed = sum(at <= until for at in stormed.exits)
    pace = 100 * (sent + closed) / (ALLOWED_A_SECOND * WINDOW_SECONDS)
    recorded = (stormed.recorded_ns - stormed.ended_ns) / 1e9
    gaps = [(b - a) / NS_PER_MS for a, b in zip(stormed.entries, stormed.entries[1:], strict=False)]
    planned = stormed.outcomes["planned"]
    return Result(
        id="P5",
        title=f"{signals:,} signals in a second",
        bars=(
            Bar(name="all recorded after", value=recorded, most=RECORDED_SECONDS_MAX, unit="s"),
            Bar(name="pace of orders, of what is allowed", value=pace, least=PACE_LEAST, unit="%"),
            Bar(name="refused for pace (429)", value=stormed.throttled, most=0, unit=""),
            Bar(
                name="an exit overtakes in, p99",
                value=metric.p99(stormed.exits_ms),
                most=EXIT_MS_MAX,
                unit="ms",
            ),
        ),
        figures=(
            metric.once("signals recorded as planned", "", planned),
            metric.once("entries sent within 10 s", "", sent),
            metric.once("closes among them", "", closed),
            metric.once("entries expired as too old", "", stormed.stale),
            metric.figure("between two entries", "ms", [gaps or [0.0]]),
            metric.figure("from a close's post to its order", "ms", [stormed.exits_ms]),
        ),
        notes=(
            f"over {RESTING} prepared coins in {CHANNELS} channels, entries that rest; {EXITS} positions are closed by "
            "posts meanwhile; recorded: the decision's line was heard, which comes after the commit",
            f"allowed are {ALLOWED_A_SECOND} orders a second, counted over {WINDOW_SECONDS:g} s instead of the 100 s "
            f"that all would take; entries may be {_STALE_SECONDS} s old here, and older ones have to expire",
            f"outcomes: {', '.join(f'{n} {name}' for name, n in stormed.outcomes.most_common())}",
        ),
    )


def _loop(own: Sequence[float], idle: Sequence[float]) -> Result:
    return Result(
        id="P13",
        title="Stalls of the loop under P5",
        bars=(
            Bar(
                name="p99.9",
                value=metric.percentile(own, _P999),
                most=STALL_MS_MAX,
                unit="ms",
            ),
            Bar(name="worst", value=max(own), most=WORST_STALL_MS_MAX, unit="ms"),
        ),
        figures=(
            metric.figure("tgbitget's loop late by", "ms", [own]),
            metric.figure("an idle process late by", "ms", [idle]),
            metric.once("idle, p99.9", "ms", metric.percentile(idle, _P999)),
        ),
        notes=(
            "how late a task is that wants to wake each millisecond, in tgbitget's own loop, from the first signal to the "
            "last order; the idle process beside it shows what the machine does to anybody",
        ),
    )
