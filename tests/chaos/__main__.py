"""`python -m chaos`: a replay of posts under SIGKILL, and the same posts undisturbed; 1 when a promise was broken."""

import argparse
import asyncio
import sys
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from chaos.checks import Findings, Ran, check, compare
from chaos.course import AT_REST, Course, Kill, Unsettled, kills_of
from chaos.points import POINTS
from chaos.script import Script
from chaos.stories import check_stories
from journeys.canaries import KEYS
from journeys.world import World
from simulation.tables import table
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.telegram import TelegramSimulator

BAR = 30


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    with (
        TemporaryDirectory(prefix="chaos-")
        if asked.keep is None
        else nullcontext(asked.keep) as folder
    ):
        findings = asyncio.run(
            run(Path(folder), seed=asked.seed, posts=asked.posts, kills=asked.kills)
        )
    return 1 if findings.broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="by SIGKILL (200)")
    parser.add_argument("--posts", type=int, default=1000, help="over all channels (1000)")
    parser.add_argument("--seed", type=int, default=1, help="of posts and kills (1)")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="leave both runs' files in this empty folder"
    )
    return parser


async def run(folder: Path, *, seed: int, posts: int, kills: int) -> Findings:
    """Both runs, what is wrong with them, and the table of it."""
    rounds = max(1, min(kills, posts))
    began, findings = time.monotonic(), Findings()
    script = Script(seed=seed, posts=posts, rounds=rounds)
    async with asyncio.TaskGroup() as both:
        in_peace = both.create_task(_run(folder / "calm", script, [], seed))
        in_chaos = both.create_task(_run(folder / "chaos", script, kills_of(seed, kills), seed))
    calm, killed = in_peace.result(), in_chaos.result()
    quiet = Findings()
    check(calm, quiet)
    findings.broken += [f"undisturbed: {each}" for each in quiet.broken]
    check(killed, findings)
    compare(killed, calm, findings)
    await check_stories(killed, findings)
    done = killed.course.killed
    findings.want(done >= kills, f"{done} kills of {kills} were done")
    _figures(killed, findings, took=time.monotonic() - began)
    _say(table([(name, value) for name, value in findings.figures.items()]))
    kept = [f"seed {seed}: nothing broken"]
    _say("\n".join([f"broken: {each}" for each in findings.broken] or kept))
    return findings


async def _run(folder: Path, script: Script, kills: list[Kill], seed: int) -> Ran:
    folder.mkdir(parents=True)  # noqa: ASYNC240 -- nothing runs yet
    bar = _Bar("kills" if kills else "undisturbed", script.posts, len(kills))
    async with (
        TelegramSimulator() as telegram,
        BitgetSimulator(equity="100000", keys=KEYS) as bitget,
    ):
        world = World(telegram, bitget, folder)
        course = Course(world, script, kills=kills, seed=seed, step=bar.step)
        try:
            await course.run()
        except Unsettled as error:
            raise SystemExit(f"{bar.wiped()}seed {seed}: broken: {error}") from error
        _say(bar.wiped(), end="")
        return Ran(world, course)


def _figures(ran: Ran, findings: Findings, *, took: float) -> None:
    course = ran.course
    named = {point.name for point in POINTS}
    at_points = Counter({how: n for how, n in course.done.items() if how in named})
    findings.figures |= {
        "kills": str(course.killed),
        "at named points": f"{at_points.total()} at {len(at_points)} of {len(POINTS)}",
        **{f"kills {how}": str(n) for how, n in course.done.items() if how not in named},
        "starts": str(course.starts),
        "seconds down": f"{sum(b - a for a, b in course.down):.0f}",
        "took": f"{took:.0f} s, the undisturbed run beside it",
    }
    missed = sorted(named - set(at_points))
    if course.killed > 2 * len(POINTS) and missed:
        findings.figures["points not met"] = ", ".join(missed)
    assert AT_REST not in named


def _say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


class _Bar:
    """Of the run with kills, which takes longer: on stderr, where somebody looks; elsewhere a line now and then."""

    def __init__(self, name: str, posts: int, kills: int) -> None:
        self._name = name
        self._posts = posts
        self._kills = kills
        self._is_shown = sys.stderr.isatty() and kills > 0
        self._said = 0

    def step(self, posts: int, kills: int) -> None:
        done = f"{posts}/{self._posts} posts" + (
            f", {kills}/{self._kills} kills" if self._kills else ""
        )
        if self._is_shown:
            full = BAR * posts // self._posts
            sys.stderr.write(f"\r[{'#' * full}{'.' * (BAR - full)}] {self._name}: {done}")
        elif self._kills and posts * 10 // self._posts > self._said:
            self._said = posts * 10 // self._posts
            sys.stderr.write(f"{self._name}: {done}\n")
        sys.stderr.flush()

    def wiped(self) -> str:
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
        return ""


if __name__ == "__main__":
    sys.exit(main())
