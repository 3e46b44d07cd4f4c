"""A simulated Bitget whose SOL stands at 100, and a keeper that looks more often than in real life."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from leaping import LeapingLoop, factories, tell_everybody
from positions.led import BEGAN
from tgbitget.simulators.bitget import BitgetSimulator


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tenths of a second are counted here; a crowded machine must not take them."""
    return factories()


@pytest.fixture(autouse=True)
async def _leaping(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    if isinstance(loop, LeapingLoop):
        tell_everybody(loop.clock, monkeypatch.setattr)


@pytest.fixture
async def bitget() -> AsyncIterator[BitgetSimulator]:
    async with BitgetSimulator(equity="1000") as simulator:
        simulator.exchange.set_price("SOLUSDT", BEGAN, gap=True)
        yield simulator


@pytest.fixture
def watchful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds become tenths: how often the venue is asked, the clock ticks, and what was refused is tried again."""
    monkeypatch.setattr("tgbitget.positions.keeper.WATCH_SECONDS", 0.3)
    monkeypatch.setattr("tgbitget.positions.keeper.TICK_SECONDS", 0.1)
    monkeypatch.setattr("tgbitget.positions.watchdog.LAG_SECONDS", 0.05)
    monkeypatch.setattr("tgbitget.positions.attached.FIRST_PAUSE_SECONDS", 0.2)
    monkeypatch.setattr("tgbitget.positions.protection.MOVE_AGAIN_SECONDS", 0.3)
    monkeypatch.setattr("tgbitget.positions.protection.PLACE_AGAIN_SECONDS", 0.1)
    # In step with the stop, as in real life: the close of a bare position comes after it each time.
    monkeypatch.setattr("tgbitget.positions.leaving.AGAIN_SECONDS", 0.3)
    monkeypatch.setattr("tgbitget.positions.leaving.AGAIN_WITHOUT_STOP_SECONDS", 0.1)
    monkeypatch.setattr("tgbitget.positions.parts.AGAIN_SECONDS", (0.1, 0.1, 0.1, 0.1))
