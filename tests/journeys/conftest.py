"""A world for each journey, and a look at its end that nothing went unguarded or unanswered."""

import logging
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from loguru import logger

from journeys.canaries import KEYS
from journeys.coin import Coin
from journeys.impatient import make_impatient
from journeys.world import World
from leaping import leaping_time, pytest_asyncio_loop_factories
from tgbitget.app import listener
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.telegram import TelegramSimulator

__all__ = ["leaping_time", "pytest_asyncio_loop_factories"]  # pytest finds them here


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """Shown for a journey that failed."""
    logger.remove()
    shown = logger.add(sys.stderr, level="DEBUG", diagnose=False)
    logging.getLogger("telethon").setLevel(logging.CRITICAL)
    yield
    logger.remove(shown)


@pytest.fixture(autouse=True)
def _short_goodbye(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener in this process does not wait for its last notices; they have journeys of their own."""
    monkeypatch.setattr(listener, "NOTICES_SECONDS", 0.05)


@pytest.fixture
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a listener in this process; see `impatient`."""
    make_impatient(monkeypatch.setattr)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """At its end no secret that it holds was told, in whatever a journey leaves: canaries."""
    async with (
        TelegramSimulator() as telegram,
        BitgetSimulator(equity="1000", keys=KEYS) as bitget,
    ):
        world = World(telegram, bitget, tmp_path)
        logged = logger.add(
            lambda text: world.canaries.hear("the log", (text,)),
            level="DEBUG",
            format="{message} {extra}\n{exception}",
            diagnose=False,
        )
        yield world
        with suppress(ValueError):  # a journey that configures logs takes all sinks away
            logger.remove(logged)
        assert not telegram.unknown_requests
        assert not bitget.unknown_requests
        assert world.secrets_told() == []


@pytest.fixture
def sol(world: World) -> Coin:
    return world.coin("SOL")


@pytest.fixture
def eth(world: World) -> Coin:
    return world.coin("ETH")
