"""`python -m machine`: many random lives of trades, or those of one seed again; the first that breaks a promise tells its story."""

import argparse
import logging
import random
import sys
import time

from hypothesis import seed
from loguru import logger

from machine.machine import Trading
from machine.runs import live, ways

SEEDS = 1_000_000


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m machine", description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="how many (200)")
    parser.add_argument("--steps", type=int, default=20, help="of each, at most (20)")
    parser.add_argument("--seed", type=int, help="of the whole run (another one each time)")
    parser.add_argument("--shrink", action="store_true", help="look for a shorter story of it")
    asked = parser.parse_args(arguments)
    number = random.randrange(SEEDS) if asked.seed is None else asked.seed  # noqa: S311 -- to be drawn again, not to be secret
    logger.remove()
    for name in ("telethon", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    began, lives = time.monotonic(), 0

    class Counted(Trading):
        def teardown(self) -> None:
            nonlocal lives
            lives += 1
            super().teardown()

    try:
        live(seed(number)(Counted), ways(asked.examples, asked.steps, shrinks=asked.shrink))
    finally:
        took = time.monotonic() - began
        sys.stdout.write(f"seed {number}: {lives} lives in {took:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
