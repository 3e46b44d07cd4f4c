"""P12: what it costs that a decision is on the disk before anything is sent."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tgbitget.app.every_channel import EveryChannel
from tgbitget.bench import metric
from tgbitget.bench.coins import bases, limit_post, listed_market
from tgbitget.bench.metric import NS_PER_MS, Bar, Effort, Result, Say
from tgbitget.bench.reading import plain_parser
from tgbitget.clock import FakeClock
from tgbitget.deciding.ground import Followed
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.markets.directory import Directory
from tgbitget.model.event import Decided, Event
from tgbitget.model.ids import ChannelId
from tgbitget.model.plan import Decision
from tgbitget.model.post import Arrival, Cursor, Post, Via
from tgbitget.pipeline import Pipeline
from tgbitget.positions.dry import Rehearsal
from tgbitget.profile import default_profile
from tgbitget.settings import AccountLimits

RATIO_MAX: Final = 2.0
_COMMITS: Final = 50
_BYTES: Final = b"x" * 500
_MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)


async def measure(effort: Effort, say: Say) -> Sequence[Result]:
    commits = effort.pick(10, _COMMITS, _COMMITS)
    synced: list[list[float]] = []
    durable: list[list[float]] = []
    fleeting: list[list[float]] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tgbitget-bench-")))
        full, off = SqliteJournal(folder / "full.sqlite3"), SqliteJournal(folder / "off.sqlite3")
        for journal in (full, off):
            await journal.open()
            stack.push_async_callback(journal.close)
        await _let_go(off)
        decision = await _planned(off)
        numbers = count(2)
        for number in range(effort.blocks):
            say(f"P12: block {number + 1} of {effort.blocks}")
            for taken in (synced, durable, fleeting):
                taken.append([])
            # By turns, each of them: a disk that others use changes its mind within a second.
            for _ in range(commits):
                synced[-1].append(_sync(folder / "plain"))
                durable[-1].append(await _commit(full, decision, next(numbers)))
                fleeting[-1].append(await _commit(off, decision, next(numbers)))
    cost = [
        [metric.percentile(d, 0.5) - metric.percentile(f, 0.5)]
        for d, f in zip(durable, fleeting, strict=True)
    ]
    ratio = metric.ratio("cost ÷ one sync", cost, synced)
    return [
        Result(
            id="P12",
            title="What durability costs",
            bars=(Bar(name="÷ one sync of the disk", value=ratio.value.median, most=RATIO_MAX),),
            figures=(
                metric.figure("a decision recorded, on the disk", "ms", durable),
                metric.figure("the same, not synced", "ms", fleeting),
                metric.figure("one sync of 500 bytes", "ms", synced),
                metric.figure("cost of durability", "ms", cost),
                ratio,
            ),
            notes=(
                "post, reading, decision and plan in one commit of the journal, with its thread and its queue; "
                "syncs are of the disk that holds the folder for temporary files",
            ),
        )
    ]


async def _let_go(journal: SqliteJournal) -> None:
    """No sync from now on. The product has no such switch, and shall have none."""
    await journal._on_thread(lambda: _set_off(journal._writer))


def _set_off(writer: sqlite3.Connection | None) -> None:
    assert writer is not None, "the journal is open"
    writer.execute("PRAGMA synchronous=OFF")


async def _planned(journal: SqliteJournal) -> Decision:
    """A set-up's decision, as the river makes it."""
    heard: list[Event] = []
    clock = FakeClock(_MOMENT)
    (base,) = bases(1)
    directory = Directory([listed_market(base)], origin="bench")
    pipeline = Pipeline(
        followed=EveryChannel(Followed(profile=default_profile(), parser=plain_parser())),
        directory=lambda: directory,
        book=Rehearsal(clock),
        journal=journal,
        clock=clock,
        publish=heard.append,
        limits=AccountLimits(),
    )
    post = Post(
        channel=ChannelId("-1001"),
        message_id=1,
        date=_MOMENT,
        text=limit_post(base),
        via=Via.REPLAY,
    )
    await pipeline.handle(Arrival(what=post))
    (decided,) = heard
    assert isinstance(decided, Decided), f"a post is decided, was {decided}"
    assert decided.decision.plan is not None, f"a set-up is planned, was {decided.decision}"
    # Its legs have ids of their own in the journal; a copy of it cannot record them again.
    return replace(decided.decision, legs=())


async def _commit(journal: SqliteJournal, decision: Decision, number: int) -> float:
    post = replace(decision.post, message_id=number)
    cursor = Cursor(channel=post.channel, pts=number, message_id=number)
    began = time.monotonic_ns()
    await journal.decide(replace(decision, post=post), cursor=cursor)
    taken = (time.monotonic_ns() - began) / NS_PER_MS
    await asyncio.sleep(0)
    return taken


def _sync(file: Path) -> float:
    with file.open("ab") as plain:
        began = time.monotonic_ns()
        plain.write(_BYTES)
        plain.flush()
        os.fsync(plain.fileno())
        return (time.monotonic_ns() - began) / NS_PER_MS
