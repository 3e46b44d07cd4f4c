"""`python -m simulation`: many seeds, one seed with its story, or the guards taken out one by one."""

import argparse
import sys
import time
from collections.abc import Iterable
from functools import partial

from simulation.isolation import alone, forked
from simulation.mutations import GUARDS
from simulation.run import Report, simulate, warm_up
from simulation.tables import summary, table

BAR = 30
STORY_LINES = 60


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    warm_up()
    if asked.replay is not None:
        return _replay(asked)
    if asked.without is not None:
        return _without(asked)
    seeds = range(asked.start, asked.start + asked.seeds)
    broken = _many(seeds, asked.jobs, story=asked.story)
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many (200)")
    parser.add_argument("--from", dest="start", type=int, default=1, help="the first of them (1)")
    parser.add_argument("--jobs", type=int, default=2, help="at once (2)")
    parser.add_argument("--replay", type=int, metavar="SEED", help="one seed, with its story")
    parser.add_argument("--story", action="store_true", help="the whole story, not its end")
    parser.add_argument(
        "--logs", action="store_true", help="with --replay: the listener's logs too"
    )
    parser.add_argument(
        "--without",
        metavar="GUARD",
        choices=[*GUARDS, "each"],
        help=f"take out a guard, count the seeds until that is found: {', '.join(GUARDS)}, or each",
    )
    return parser


def _replay(asked: argparse.Namespace) -> int:
    guard = asked.without if asked.without in GUARDS else None
    report = alone(partial(simulate, asked.replay, guard_removed=guard, logs=asked.logs))
    _say("\n".join(report.story if asked.story else report.story[-STORY_LINES:]))
    what = report.broken or "nothing broken"
    _say(f"seed {report.seed}, {report.simulated_seconds:.0f} s, {report.fingerprint}: {what}")
    return 1 if report.broken else 0


def _many(seeds: range, jobs: int, *, story: bool) -> list[Report]:
    began = time.monotonic()
    reports: list[Report] = []
    with _Bar(len(seeds)) as bar:
        for report in forked((partial(simulate, seed) for seed in seeds), at_once=jobs):
            if report.broken:
                bar.say(_brief(report, story=story))
            report.story.clear()
            reports.append(report)
            bar.step(sum(r.broken is not None for r in reports))
    broken = [report for report in reports if report.broken]
    _say(summary(reports, took=time.monotonic() - began))
    if broken:
        named = ", ".join(str(r.seed) for r in sorted(broken, key=lambda r: r.seed))
        _say(f"broken: {named}; see one with --replay SEED")
    return broken


def _without(asked: argparse.Namespace) -> int:
    """Each guard's table line: the seeds until somebody missed it, and what they found."""
    guards = list(GUARDS) if asked.without == "each" else [asked.without]
    seeds = range(asked.start, asked.start + asked.seeds)
    rows = [("guard removed", "seeds until found", "found")]
    for guard in guards:
        found = _first_broken(guard, seeds, asked.jobs)
        sys.stderr.write(f"{guard}: {found[0] if found else 'not found'}\n")
        rows.append((guard, *found) if found else (guard, f"not in {len(seeds)}", ""))
    _say(table(rows))
    return 0 if all(row[2] for row in rows) else 1


def _first_broken(guard: str, seeds: Iterable[int], jobs: int) -> tuple[str, str] | None:
    waiting = (partial(simulate, seed, guard_removed=guard) for seed in seeds)
    for count, report in enumerate(forked(waiting, at_once=jobs), 1):
        if report.broken:
            return str(count), f"seed {report.seed}: {report.broken}"[:110]
    return None


def _brief(report: Report, *, story: bool) -> str:
    shown = report.story if story else [line for line in report.story if "fault: " in line]
    return "\n".join([f"seed {report.seed}: {report.broken}", *shown])


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class _Bar:
    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._is_shown = sys.stderr.isatty()

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        self._wipe()

    def step(self, broken: int) -> None:
        self._done += 1
        if self._is_shown:
            full = BAR * self._done // self._total
            bar = "#" * full + "." * (BAR - full)
            sys.stderr.write(f"\r[{bar}] {self._done}/{self._total} seeds, {broken} broken")
            sys.stderr.flush()

    def say(self, text: str) -> None:
        self._wipe()
        _say(text)

    def _wipe(self) -> None:
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")


if __name__ == "__main__":
    sys.exit(main())
