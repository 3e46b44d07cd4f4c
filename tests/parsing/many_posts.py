"""Asks the promises of as many posts as one likes:

    PYTHONPATH=tests .venv/bin/python -m parsing.many_posts 1000000 --seed 1 --processes 2

Prints each broken promise with its post, the slowest post, and how many were read as what. 1 when anything is broken, or
a post is slower than its bound thrice. `test_many_posts` asks some thousand; a seed and a number name the same post ever.
"""

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from random import Random

from parsing.posts import post
from parsing.promises import CHAIN, broken
from parsing.spoiling import spoilt
from parsing.writing import written

MILLISECONDS_MAX = 10
_TRIES = 4
_CHUNK = 5_000


@dataclass(slots=True)
class Tally:
    posts: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slow: list[tuple[float, int]] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.posts += other.posts
        self.kinds += other.kinds
        self.faults += other.faults
        self.slow = sorted([*self.slow, *other.slow], reverse=True)[:5]


def post_of(seed: int, number: int) -> tuple[str, tuple[str, ...]]:
    """The post of that number, and those it answers."""
    rng = Random(f"{seed}/{number}")  # noqa: S311 - posts for tests, no secret
    text = spoilt(written(rng), rng)
    return text, (written(rng),) if rng.random() < 0.1 else ()


def asked(seed: int, numbers: range) -> Tally:
    tally = Tally()
    for number in numbers:
        text, parents = post_of(seed, number)
        began = time.process_time()
        reading = CHAIN.read(post(text, *parents))
        took = time.process_time() - began
        fault = broken(text, *parents)
        if fault is not None:
            tally.faults.append(f"{seed}/{number}: {fault}: {text!r}")
        tally.posts += 1
        tally.kinds[type(reading).__name__] += 1
        tally.slow.append((took * 1e3, number))
    tally.slow = sorted(tally.slow, reverse=True)[:5]
    tally.slow = [(_surely(seed, number, took), number) for took, number in tally.slow]
    return tally


def _surely(seed: int, number: int, took: float) -> float:
    """The least of some tries, in milliseconds: a pause of the machine is not the post's."""
    text, parents = post_of(seed, number)
    answering = post(text, *parents)
    for _ in range(_TRIES):
        began = time.process_time()
        CHAIN.read(answering)
        took = min(took, (time.process_time() - began) * 1e3)
    return took


def tell(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("posts", type=int)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--processes", type=int, default=1)
    given = arguments.parse_args()
    chunks = [range(at, min(at + _CHUNK, given.posts)) for at in range(0, given.posts, _CHUNK)]
    whole = Tally()
    with ProcessPoolExecutor(given.processes) as pool:
        for tally in pool.map(asked, [given.seed] * len(chunks), chunks):
            whole.add(tally)
            tell(*tally.faults)
    tell(f"{whole.posts} posts, {dict(whole.kinds)}, {len(whole.faults)} promises broken")
    slowest = ", ".join(f"{took:.2f} ms ({given.seed}/{n})" for took, n in whole.slow)
    tell(f"slowest: {slowest}")
    return bool(whole.faults) or whole.slow[0][0] > MILLISECONDS_MAX


if __name__ == "__main__":
    sys.exit(main())
