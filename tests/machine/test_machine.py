"""Lives of trades on both simulators, over real sockets: always the same few; `python -m machine` has random ones."""

import logging

import pytest
from loguru import logger

from machine.machine import Trading
from machine.runs import live, ways

EXAMPLES = 12
STEPS = 16


@pytest.mark.timeout(300)
def test_whatever_happens_once_it_is_quiet_the_truths_hold() -> None:
    logger.remove()
    logging.getLogger("telethon").setLevel(logging.CRITICAL)
    live(Trading, ways(EXAMPLES, STEPS, shrinks=False, is_fixed=True))
