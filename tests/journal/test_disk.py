"""What a disk can do to the journal, from beneath: each write and each sync fails once, and the power goes at each of them."""

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from journal import disk as shim
from journal.disk import FULL, IOERR_FSYNC, IOERR_WRITE, Disk, beneath
from tgbitget.clock import FakeClock
from tgbitget.errors import JournalError
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.ids import VenueOrderId
from tgbitget.model.order import Placed
from tgbitget.model.plan import Role
from tgbitget.model.trade import TradeState

from . import samples
from .samples import NOON, SIGNAL

Step = Callable[[SqliteJournal], Awaitable[object]]

_ENTRY = samples.oid("entry-1")
STEPS: tuple[Step, ...] = (
    lambda j: j.decide(samples.planned(), cursor=samples.cursor(7), trade=samples.trade()),
    lambda j: j.record_placement(
        SIGNAL, Placed(client_oid=_ENTRY, venue_order_id=VenueOrderId("9"))
    ),
    lambda j: j.record_fill(SIGNAL, samples.fill("1", amount="0.001")),
    lambda j: j.record_trade(samples.trade(state=TradeState.OPEN, amount="0.001"), cause="filled"),
    lambda j: j.add_legs(SIGNAL, [samples.leg("close-1", role=Role.CLOSE)]),
    lambda j: j.record_trade(samples.trade(state=TradeState.CLOSED), cause="closed"),
    lambda j: j.decide(samples.ignored(8), cursor=samples.cursor(8)),
)
"""A trade's life, as the journal hears of it."""


@pytest.fixture(autouse=True)
def _library() -> None:
    try:
        shim.library()
    except OSError:
        pytest.skip("Python's SQLite is no shared library here")


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory where that can be: what is synced is counted here, and need not reach a real disk."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- a folder of its own is made in it
    with TemporaryDirectory(dir=memory) as name:
        yield Path(name)


def everything(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [line for line in connection.iterdump() if "_migrations" not in line]
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What the file holds before the first step and after each, and an empty file of today's schema."""

    states: list[list[str]]
    empty: Path


@pytest.fixture
def calm(folder: Path) -> Undisturbed:
    path, empty = folder / "calm.db", folder / "empty.db"

    async def run() -> list[list[str]]:
        journal = SqliteJournal(path, clock=FakeClock(NOON))
        await journal.open()
        await journal.close()
        shutil.copy(path, empty)
        await journal.open()
        states = [everything(path)]
        for step in STEPS:
            await step(journal)
            states.append(everything(path))
        await journal.close()
        return states

    return Undisturbed(asyncio.run(run()), empty)


async def steps_with_a_fault(
    calm: Undisturbed, path: Path, disk: Disk, *, after: int, error: int, lasts: bool
) -> bool:
    """Each step until it is taken, as those do who write; False when the fault lay behind all of them."""
    states = calm.states
    journal = SqliteJournal(path, clock=FakeClock(NOON))
    await journal.open()
    disk.fail_at(disk.count + after, error, is_lasting=lasts)
    for number, step in enumerate(STEPS):
        try:
            await step(journal)
        except JournalError:
            disk.heal()
            if journal.fault is not None:
                with pytest.raises(JournalError, match="must be opened anew"):
                    await step(journal)
                await journal.open()
            assert journal.fault is None
            # A commit may have been made that was said to have failed; half of one never.
            assert everything(path) in (states[number], states[number + 1])
            await step(journal)
    disk.heal()
    assert everything(path) == states[-1]
    await journal.close()
    return disk.hits > 0


@pytest.mark.parametrize(
    ("error", "lasts"),
    [
        pytest.param(FULL, True, id="the disk is full from there on"),
        pytest.param(IOERR_WRITE, False, id="one write fails"),
        pytest.param(IOERR_FSYNC, False, id="one sync fails"),
    ],
)
def test_at_whichever_write_or_sync_the_disk_fails_nothing_is_half_written_and_nothing_lost(
    folder: Path, calm: Undisturbed, error: int, lasts: bool
) -> None:
    met = 0
    for after in count(1):
        path = folder / str(after)
        shutil.copy(calm.empty, path)
        with beneath(path) as disk:
            run = steps_with_a_fault(calm, path, disk, after=after, error=error, lasts=lasts)
            if not asyncio.run(run):
                break
        met += 1
    assert met >= len(STEPS), "each commit was met at least once"


async def check_image(folder: Path, acknowledged: list[str], underway: list[str]) -> None:
    """What a start after the power loss finds: all that was acknowledged, and the commit underway whole or not at all."""
    path = folder / "journal.db"
    journal = SqliteJournal(path, clock=FakeClock(NOON))
    await journal.open()
    await journal.close()
    assert everything(path) in (acknowledged, underway)


@pytest.mark.parametrize("seed", [None, 1])
def test_whenever_the_power_fails_what_was_acknowledged_is_there(
    folder: Path, calm: Undisturbed, seed: int | None
) -> None:
    """All pages that were not synced are gone (no seed), or some of them have reached the disk, in no order."""
    dice = random.Random(seed)  # noqa: S311 -- to be drawn again, not to be secret
    survives = (lambda _: False) if seed is None else (lambda _: dice.random() < 0.5)
    images: list[tuple[Path, int]] = []

    async def run(path: Path) -> None:
        shutil.copy(calm.empty, path)
        with beneath(path) as disk:
            journal = SqliteJournal(path, clock=FakeClock(NOON))
            await journal.open()

            def keep(done: int) -> None:
                images.append((folder / f"image-{len(images)}", done))
                images[-1][0].mkdir()
                disk.image(images[-1][0], survives)

            for done, step in enumerate(STEPS):
                disk.on_step = lambda done=done: keep(done)
                await step(journal)
                disk.on_step = None
                keep(done + 1)
            await journal.close()

    asyncio.run(run(folder / "journal.db"))
    states = calm.states
    assert len(images) > 3 * len(STEPS)
    for image, done in images:
        asyncio.run(check_image(image, states[done], states[min(done + 1, len(STEPS))]))
