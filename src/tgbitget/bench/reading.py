"""How many posts one core reads: the parsers of a plain profile against six expressions over the same posts.

Six searches for coin, side, entry, targets, stop and leverage are the least that any reader of posts does. Both go over
the same posts, by turns, block for block, so that whatever else the machine does falls on both; the ratio is the result,
and posts a second are this machine's. The clock is the processor's.
"""

import gc
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tgbitget.bench.hard_posts import HARD_POSTS
from tgbitget.bench.metric import Bar, Figure, Result
from tgbitget.bench.posts import SHARES, traffic
from tgbitget.bench.spread import Spread
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Post, Via
from tgbitget.parsing import registry
from tgbitget.parsing.parser import Parser
from tgbitget.profile import Profile

NAME: Final = "reading"
RATIO_MAX: Final = 15
POSTS_A_SECOND_MIN: Final = 20_000
WORST_MS_MAX: Final = 10

_EXPRESSIONS: Final = (
    re.compile(r"[#$]?([A-Z0-9]{2,15})\s?[/-]?\s?(USDT|USDC|USD)\b"),
    re.compile(r"\b(long|short|buy|sell)\b", re.IGNORECASE),
    re.compile(r"(?:entry|enter)[^\d\n]*([\d.,]+)(?:\s*[-–]\s*([\d.,]+))?", re.IGNORECASE),
    re.compile(r"(?:tp|target)s?\s*\d*[^\d\n]*([\d.,]+)", re.IGNORECASE),
    re.compile(r"(?:sl|stop[ -]?loss|stop)[^\d\n]*([\d.,]+)", re.IGNORECASE),
    re.compile(r"(\d{1,3})\s?x\b", re.IGNORECASE),
)
_TRIES: Final = 3
"""The worst of a post is the best of so many tries: a pause of the machine is not the post's."""

Stopwatch = Callable[[], float]
"""Seconds of processor time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Of one kind of posts: microseconds for a post, ours and the floor's."""

    kind: str
    share_percent: int
    floor_us: Spread
    reading_us: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingBench:
    posts: int
    blocks: int
    floor_us: Spread
    reading_us: Spread
    ratio: Spread
    paces: tuple[Pace, ...]
    worst_usual_ms: float
    worst_hard_ms: float
    worst_hard: str

    @property
    def posts_a_second(self) -> float:
        return 1e6 / self.reading_us.median

    def result(self) -> Result:
        return Result(
            id="P7",
            title="Reading",
            bars=(
                Bar(name="÷ six expressions", value=self.ratio.median, most=RATIO_MAX),
                Bar(
                    name="posts a second",
                    value=self.posts_a_second,
                    least=POSTS_A_SECOND_MIN,
                    unit="",
                ),
                Bar(
                    name="worst usual post", value=self.worst_usual_ms, most=WORST_MS_MAX, unit="ms"
                ),
                Bar(name="worst hard post", value=self.worst_hard_ms, most=WORST_MS_MAX, unit="ms"),
            ),
            figures=(
                Figure(name="a post", unit="µs", value=self.reading_us),
                Figure(name="six expressions", unit="µs", value=self.floor_us),
                Figure(name="reading ÷ six expressions", unit="×", value=self.ratio),
                *(
                    Figure(name=f"a post of {pace.kind}", unit="µs", value=pace.reading_us)
                    for pace in self.paces
                ),
            ),
            notes=(
                f"{self.posts:,} posts of a channel's day, processor time of one core; the hardest of the hard posts: "
                f"{self.worst_hard}",
            ),
            details=self.json(),
        )

    def json(self) -> dict[str, Any]:
        return {
            "metric": NAME,
            "posts": self.posts,
            "blocks": self.blocks,
            "ratio": self.ratio.json(),
            "ratio_max": RATIO_MAX,
            "posts_a_second": round(self.posts_a_second),
            "posts_a_second_min": POSTS_A_SECOND_MIN,
            "reading_us": self.reading_us.json(),
            "floor_us": self.floor_us.json(),
            "kinds": [
                {
                    "kind": pace.kind,
                    "share_percent": pace.share_percent,
                    "reading_us": pace.reading_us.json(),
                    "floor_us": pace.floor_us.json(),
                }
                for pace in self.paces
            ],
            "worst_usual_ms": round(self.worst_usual_ms, 3),
            "worst_hard_ms": round(self.worst_hard_ms, 3),
            "worst_hard": self.worst_hard,
            "worst_ms_max": WORST_MS_MAX,
        }


def measure(
    *, count: int = 2_000, blocks: int = 7, seed: int = 0, stopwatch: Stopwatch = time.process_time
) -> ReadingBench:
    """Reads *count* posts of a channel's day in each of *blocks*, after one block that does not count."""
    parser = plain_parser()
    posts = _by_kind(traffic(count, seed=seed))
    taken: dict[str, list[tuple[float, float]]] = {kind: [] for kind in posts}
    for block in range(blocks + 1):
        gc.collect()
        for kind, those in posts.items():
            floor, reading = _both(those, parser, stopwatch, is_floor_first=block % 2 == 0)
            if block:
                taken[kind].append((floor, reading))
    usual = [post for those in posts.values() for post in those]
    hard = {name: _worst([_post(text)], parser, stopwatch) for name, text in HARD_POSTS.items()}
    worst_hard = max(hard, key=lambda name: hard[name])
    floors, readings = _sums(taken, 0), _sums(taken, 1)
    return ReadingBench(
        posts=len(usual),
        blocks=blocks,
        floor_us=_per_post(floors, len(usual)),
        reading_us=_per_post(readings, len(usual)),
        ratio=Spread.of([r / f for r, f in zip(readings, floors, strict=True)]),
        paces=tuple(_pace(kind, taken[kind], len(those)) for kind, those in posts.items()),
        worst_usual_ms=_worst(usual, parser, stopwatch) * 1e3,
        worst_hard_ms=hard[worst_hard] * 1e3,
        worst_hard=worst_hard,
    )


def plain_parser() -> Parser:
    """The chain of a profile that changes nothing about parsing."""
    registry.load(())
    profile = Profile.model_validate({"name": "bench", "telegram": {"channels": ["@bench"]}})
    return registry.make_chain(profile)


def _by_kind(posts: Sequence[tuple[str, str]]) -> dict[str, list[Post]]:
    kinds: dict[str, list[Post]] = {}
    for kind, text in posts:
        kinds.setdefault(kind, []).append(_post(text))
    return kinds


def _post(text: str) -> Post:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Post(channel=ChannelId("-1001"), message_id=1, date=moment, text=text, via=Via.REPLAY)


def _both(
    posts: Sequence[Post], parser: Parser, stopwatch: Stopwatch, *, is_floor_first: bool
) -> tuple[float, float]:
    if is_floor_first:
        floor = _floor(posts, stopwatch)
        return floor, _reading(posts, parser, stopwatch)
    reading = _reading(posts, parser, stopwatch)
    return _floor(posts, stopwatch), reading


def _floor(posts: Sequence[Post], stopwatch: Stopwatch) -> float:
    began = stopwatch()
    for post in posts:
        for expression in _EXPRESSIONS:
            expression.search(post.text)
    return stopwatch() - began


def _reading(posts: Sequence[Post], parser: Parser, stopwatch: Stopwatch) -> float:
    began = stopwatch()
    for post in posts:
        parser.read(post)
    return stopwatch() - began


def _worst(posts: Sequence[Post], parser: Parser, stopwatch: Stopwatch) -> float:
    """Seconds of the slowest post."""
    return max(min(_reading([post], parser, stopwatch) for _ in range(_TRIES)) for post in posts)


def _sums(taken: Mapping[str, Sequence[tuple[float, float]]], which: int) -> list[float]:
    """Of each block, all kinds together."""
    return [sum(kinds[which] for kinds in block) for block in zip(*taken.values(), strict=True)]


def _per_post(seconds: Sequence[float], posts: int) -> Spread:
    return Spread.of([taken / posts * 1e6 for taken in seconds])


def _pace(kind: str, taken: Sequence[tuple[float, float]], posts: int) -> Pace:
    return Pace(
        kind=kind,
        share_percent=SHARES[kind],
        floor_us=_per_post([floor for floor, _ in taken], posts),
        reading_us=_per_post([reading for _, reading in taken], posts),
    )
