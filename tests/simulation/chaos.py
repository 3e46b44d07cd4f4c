"""`python -m simulation.chaos`: the listener as a process, killed by SIGKILL again and again while a channel posts.

What the exchange has seen at the end is compared with an undisturbed run of the same posts.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from journeys.coin import Coin
from journeys.lines import Posted
from journeys.world import Running, World, market_long
from simulation.struck import CHAOS, POINTS
from simulation.tables import table
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.telegram import TelegramSimulator

POSTS_PER_LIFE = 5
TALK = ("good morning", "Bitcoin looks strong today", "thanks for the likes")
PROFILE: dict[str, Any] = {
    "size": {"kind": "fixed_quote", "value": "60"},
    "limits": {
        "open_positions_max": 50,
        "orders_per_minute_max": "off",
        "daily_loss_quote_max": "off",
        "entry_age_seconds_max": "off",
    },
    "signals": {"duplicate_hours": 0},
}
REACHED_SECONDS = 3.0
STARTS_STRUCK = 0.3
LOOK_SECONDS = 0.002
SETTLED_SECONDS = 90.0
COINS_MAX = 400


@dataclass(slots=True)
class Seen:
    """What the exchange and the journal know at the end of a run."""

    entries: dict[str, tuple[str, str, Decimal]] = field(default_factory=dict)
    sent_twice: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    bare_seconds_max: float = 0.0
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


class MortalWorld(World):
    """Its listeners are those that can be struck."""

    async def start(self, *arguments: str, module: str = "tgbitget", **environment: str) -> Process:
        mortal = "simulation.struck" if CHAOS in environment else module
        return await super().start(*arguments, module=mortal, **environment)


class Chaos:
    def __init__(self, world: World, posts: int, seed: int) -> None:
        self._world = world
        self._dice = random.Random(seed)  # noqa: S311 -- to be drawn again, not to be secret
        self._posts = posts
        self._coins = [coin for coin in _coins(world) if coin.began > Decimal("0.01")][:COINS_MAX]
        self._signals: list[Posted] = []
        self._said: list[Posted] = []
        self._closed: set[int] = set()
        self.kills: Counter[str] = Counter()

    async def undisturbed(self) -> Seen:
        async with self._life() as running:
            await running.ready()
            for chunk in self._chunks():
                self._say(chunk)
                await running.until(lambda: self._is_decided(running), "outcomes", within=30)
            await self._close_all(running)
        return await self._seen()

    async def killed(self, kills: int) -> Seen:
        """At every named point in turn, every second time at a random moment instead."""
        chunks = self._chunks()
        points = iter(self._points())
        async with self._life() as running:
            await running.ready()  # the channel is followed from where it ends now
        for number in range(kills):
            chunk = next(chunks, [])
            point = next(points) if number % 2 == 0 else ""
            if self._dice.random() < 0.3:
                self._say(chunk)
                chunk = []
            async with self._life(point) as running:
                await self._until_dead(running, chunk, point)
            self.kills[point.rpartition(" ")[0] or "at random"] += 1
        async with self._life() as running:
            await running.until(lambda: bool(running.of("ready")), "ready", within=SETTLED_SECONDS)
            for chunk in chunks:
                self._say(chunk)
            last = self._world.post("that was all")
            await running.decision(last)
            await self._close_all(running)
        return await self._seen()

    def _points(self) -> Iterator[str]:
        """All of them, the first, second or third time they come by; over and over."""
        while True:
            for point in self._dice.sample(POINTS, len(POINTS)):
                yield f"{point} {self._dice.randint(1, 3)}"

    async def _until_dead(self, running: Running, chunk: list[str], point: str) -> None:
        """A named point strikes by itself where the path leads by it; time strikes everywhere, in a start too."""
        is_early = not point and self._dice.random() < STARTS_STRUCK
        patience = self._dice.uniform(0.1, 2.0) if is_early else SETTLED_SECONDS
        await _while_alive(running, patience, until=lambda: bool(running.of("ready")))
        self._say(chunk)
        if not is_early:
            await _while_alive(running, REACHED_SECONDS if point else self._dice.uniform(0, 0.5))
        if running.process.returncode is None:
            await running.kill()

    # what is posted

    def _chunks(self) -> Iterator[list[str]]:
        for start in range(0, self._posts, POSTS_PER_LIFE):
            kinds = ["signal", "close"] + ["talk"] * (POSTS_PER_LIFE - 2)
            yield kinds[: self._posts - start]

    def _say(self, kinds: list[str]) -> None:
        for kind in kinds:
            number = len(self._said)
            if kind == "signal":
                coin = self._coin_of(len(self._signals))
                self._signals.append(self._world.post(market_long(coin)))
                self._said.append(self._signals[-1])
            elif kind == "close" and (opened := self._next_open()) is not None:
                self._said.append(self._world.reply(opened, "Close this trade now"))
            else:
                self._said.append(self._world.post(TALK[number % len(TALK)]))

    def _next_open(self) -> Posted | None:
        """The oldest trade that stands and was not told to close."""
        for number, post in enumerate(self._signals):
            if post.id not in self._closed and self._coin_of(number).size:
                self._closed.add(post.id)
                return post
        return None

    def _coin_of(self, number: int) -> Coin:
        return self._coins[number % len(self._coins)]

    async def _close_all(self, running: Running) -> None:
        """The last trades, too."""
        await running.until(lambda: not self._unsent(), "the entries", within=SETTLED_SECONDS)
        while (opened := self._next_open()) is not None:
            self._said.append(self._world.reply(opened, "Close this trade now"))
        await running.until(
            lambda: all(coin.is_flat for coin in self._coins), "the closes", within=SETTLED_SECONDS
        )

    def _unsent(self) -> list[str]:
        return [self._coin_of(n).base for n in range(len(self._signals)) if not self._coin_of(n).entries]  # fmt: skip

    def _is_decided(self, running: Running) -> bool:
        return len(running.of("decision")) == len(self._said)

    # what came of it

    def _life(self, point: str = "") -> Any:
        return self._world.process(is_ready=False, environment={CHAOS: point})

    async def _seen(self) -> Seen:
        seen = Seen(kills=self.kills)
        for coin in self._coins:
            for order in coin.entries:
                if order.client_id in seen.entries:
                    seen.sent_twice.append(order.client_id)
                seen.entries[order.client_id] = (coin.base, order.side.value, order.filled)
            if not coin.is_flat:
                seen.left.append(coin.base)
            seen.bare_seconds_max = max(seen.bare_seconds_max, coin.unguarded_seconds)
        listed = await self._world.run("signals", "list", "--all", "--limit", "5000", "--json")
        rows = [row for row in map(json.loads, listed.out.splitlines()) if "signal" in row]
        decided = Counter(row["signal"] for row in rows)
        seen.outcomes = Counter(row["outcome"] for row in rows)
        seen.undecided = [p.signal for p in self._said if decided[p.signal] != 1]
        return seen


async def _while_alive(
    running: Running, seconds: float, *, until: Callable[[], bool] = lambda: False
) -> None:
    end = time.monotonic() + seconds
    while running.process.returncode is None and time.monotonic() < end and not until():  # noqa: ASYNC110 -- a process, a clock and a list are looked at
        await asyncio.sleep(LOOK_SECONDS)


def _coins(world: World) -> list[Coin]:
    symbols = sorted(world.bitget.exchange.desk.contracts)
    return [world.coin(s.removesuffix("USDT")) for s in symbols if s.endswith("USDT")]


async def _run(posts: int, kills: int, seed: int) -> Seen:
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        began = time.monotonic()
        async with TelegramSimulator() as telegram, BitgetSimulator(equity="100000") as bitget:
            world = MortalWorld(telegram, bitget, Path(folder))
            world.profile(**PROFILE)
            chaos = Chaos(world, posts, seed)
            seen = await (chaos.killed(kills) if kills else chaos.undisturbed())
        seen.seconds = time.monotonic() - began
        return seen


def differences(calm: Seen, killed: Seen) -> list[str]:
    """What a run with kills did otherwise than one without."""
    lost = sorted(set(calm.entries) - set(killed.entries))
    more = sorted(set(killed.entries) - set(calm.entries))
    other = [oid for oid in set(calm.entries) & set(killed.entries) if calm.entries[oid] != killed.entries[oid]]  # fmt: skip
    named = {
        "lost": lost,
        "more": more,
        "other": other,
        "sent twice": killed.sent_twice,
        "left over": killed.left,
        "without one outcome": killed.undecided,
    }
    return [f"{what}: {', '.join(found[:5])}" for what, found in named.items() if found]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulation.chaos", description=__doc__)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    calm = asyncio.run(_run(asked.posts, 0, asked.seed))
    killed = asyncio.run(_run(asked.posts, asked.kills, asked.seed))
    rows = [
        ("", "undisturbed", "killed"),
        ("posts decided once", str(calm.outcomes.total()), str(killed.outcomes.total())),
        *(
            (f"  {outcome}", str(calm.outcomes[outcome]), str(killed.outcomes[outcome]))
            for outcome in sorted(calm.outcomes | killed.outcomes)
        ),
        ("entries", str(len(calm.entries)), str(len(killed.entries))),
        ("longest bare", f"{calm.bare_seconds_max:.2f} s", f"{killed.bare_seconds_max:.2f} s"),
        ("took", f"{calm.seconds:.0f} s", f"{killed.seconds:.0f} s"),
        *((f"killed {point}", "", str(count)) for point, count in sorted(killed.kills.items())),
    ]
    wrong = [*differences(calm, calm), *differences(calm, killed)]
    sys.stdout.write(f"{table(rows)}\n\n{chr(10).join(wrong) or 'no difference'}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
