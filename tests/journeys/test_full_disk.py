"""The disk takes nothing more while the listener runs: nothing is traded that is not recorded, what is open stays guarded."""

import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from journeys.coin import Coin
from journeys.world import Running, World

Full = Callable[[World, Running], "Iterator[None]"]


@contextmanager
def failing_disk(world: World, running: Running) -> Iterator[None]:
    """Each write fails with an error of its own kind: no file of that process may grow."""
    no_room, most = (1, resource.RLIM_INFINITY), (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, no_room)
    yield
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, most)


@contextmanager
def full_disk(world: World, running: Running) -> Iterator[None]:
    """Every block of the file system that HOME lies on is taken."""
    filler = world.home / "filler"
    with filler.open("wb", buffering=0) as file:
        size = 1 << 16
        while size:
            try:
                file.write(b"\0" * size)
            except OSError:
                size //= 2
    yield
    filler.unlink()


@pytest.fixture
def small_home(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB, for HOME."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:  # noqa: S603 -- our own words
        pytest.skip("only root may mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607 -- likewise


async def check_it_waits_and_goes_on(
    world: World, sol: Coin, full: Callable[..., "object"], home: Path
) -> None:
    eth = world.coin("ETH")
    world.home = home
    async with world.process() as running:
        post = world.market_long(sol)
        await running.reaches(post, "open")
        with full(world, running):  # type: ignore[attr-defined] # both are context managers
            missed = world.market_long(eth)
            await running.until(lambda: bool(running.warnings), "it to be said")
            assert missed.signal in " ".join(running.warnings)
            sol.moves("1.021")  # target 1: the stop has to move all the same
            await running.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
            assert not eth.order_requests
            assert not running.decisions(missed)
            assert not (await world.run("signals", "list", "--json")).code
        assert (await running.decision(missed))["outcome"] == "planned"
        await running.reaches(missed, "open")
        sol.moves("1.041")
        await running.reaches(post, "closed")
        assert not [line for line in running.errors if "Traceback" in line]
    story = await world.run("explain", str(world.vip.marked_id), str(post.id), "--json")
    states = [c["state"] for c in story.lines if c["kind"] == "trade"]
    assert states[-1] == "closed"
    assert len(eth.entry_requests) == len(sol.entry_requests) == 1
    assert sol.unguarded_seconds == eth.unguarded_seconds == 0


async def test_a_disk_that_fails_for_a_while(world: World, sol: Coin) -> None:
    await check_it_waits_and_goes_on(world, sol, failing_disk, world.home)


async def test_a_disk_that_is_full_for_a_while(world: World, sol: Coin, small_home: Path) -> None:
    await check_it_waits_and_goes_on(world, sol, full_disk, small_home)


async def test_a_disk_that_is_full_from_the_start_is_named(world: World, small_home: Path) -> None:
    world.home = small_home
    world.profile()
    with full_disk(world, None):  # type: ignore[arg-type] # nothing runs yet
        ran = await world.run("listen", "--profile", "vip", "--live", "--json")
    assert ran.code == 1
    assert "the disk is full" in ran.err
    assert "Traceback" not in ran.err


async def test_a_kill_while_the_disk_is_full_loses_no_post(
    world: World, sol: Coin, small_home: Path
) -> None:
    world.home = small_home
    async with world.process() as first:
        await first.decision(world.post("hello"))
        with full_disk(world, first):
            post = world.market_long(sol)
            await first.until(lambda: bool(first.warnings), "it to be said")
            await first.kill()
    assert not sol.order_requests
    async with world.process() as second:
        assert (await second.decision(post))["outcome"] == "planned"
        await second.reaches(post, "open")
    assert sol.bought == Decimal("0.8")


async def test_a_home_on_a_read_only_file_system_is_named(world: World, small_home: Path) -> None:
    world.home = small_home
    world.profile()
    remount = ["mount", "-o", "remount,ro", str(small_home)]
    subprocess.run(remount, check=True)  # noqa: ASYNC221, S603 -- it takes a millisecond; our own words
    ran = await world.run("listen", "--profile", "vip", "--live", "--json")
    assert ran.code == 1, ran.err
    assert str(small_home) in ran.err
    assert "Traceback" not in ran.err
    assert len([line for line in ran.err.splitlines() if line.startswith("tgbitget: ")]) == 1
