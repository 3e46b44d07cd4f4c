"""A few seeds of the whole: the same seed is the same run, new seeds break nothing, a missing guard is found."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from simulation.found import FOUND
from simulation.isolation import forked
from simulation.mutations import GUARDS
from simulation.run import Report, simulate, warm_up
from simulation.tables import summary

FRESH = 5
TESTS = Path(__file__).parent.parent
# Within so many seeds each missing guard shows; `--without each` says how many it takes.
SHOWS_WITHIN = 6
QUICKLY_FOUND = ("watchdog",)


def _ran(seeds: Iterator[int] | range, *, without: str | None = None) -> Iterator[Report]:
    warm_up()
    yield from forked((partial(simulate, seed, guard_removed=without) for seed in seeds), at_once=2)


def _told(report: Report) -> str:
    story = "\n".join(report.story[-40:])
    return (
        f"seed {report.seed}: {report.broken}; python -m simulation --replay {report.seed}\n{story}"
    )


def test_a_fresh_window_of_seeds_breaks_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    first = int(time.time()) % 10_000_000
    began = time.monotonic()
    reports = list(_ran(range(first, first + FRESH)))
    with capsys.disabled():
        sys.stdout.write(f" seeds {first} to {first + FRESH - 1} ")
    assert not [_told(report) for report in reports if report.broken]
    told = summary(reports, took=time.monotonic() - began)
    assert f"{FRESH} ({first} to {first + FRESH - 1})" in told
    assert all(report.drawn.total() >= 3 for report in reports), told


@pytest.mark.parametrize("seed", [pytest.param(seed, id=what) for seed, what in FOUND.items()])
def test_what_was_found_once_stays_mended(seed: int) -> None:
    (report,) = _ran(range(seed, seed + 1))
    assert report.broken is None, _told(report)


def test_a_seed_is_one_run_whatever_the_process() -> None:
    here, again = (next(_ran(range(3, 4))).fingerprint for _ in range(2))
    assert here == again
    assert f", {here}: " in _replayed(seed=3, hash_seed="7")


def _replayed(*, seed: int, hash_seed: str) -> str:
    ran = subprocess.run(  # noqa: S603 -- ourselves
        [sys.executable, "-m", "simulation", "--replay", str(seed)],
        env={**os.environ, "PYTHONPATH": str(TESTS), "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not ran.stderr
    return ran.stdout.splitlines()[-1]


@pytest.mark.parametrize("guard", QUICKLY_FOUND)
def test_without_a_guard_something_breaks(guard: str) -> None:
    assert guard in GUARDS
    reports = _ran(range(1, SHOWS_WITHIN + 1), without=guard)
    assert any(report.broken for report in islice(reports, SHOWS_WITHIN))
