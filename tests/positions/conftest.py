"""A simulated Bitget whose SOL stands at 100, and a keeper that looks more often than in real life."""

from collections.abc import AsyncIterator

import pytest

from leaping import leaping_time, pytest_asyncio_loop_factories
from positions.led import BEGAN
from tgbitget.simulators.bitget import BitgetSimulator

__all__ = ["leaping_time", "pytest_asyncio_loop_factories"]  # pytest finds them here


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
    monkeypatch.setattr("tgbitget.positions.stop_asked.MOVE_AGAIN_SECONDS", 0.3)
    monkeypatch.setattr("tgbitget.positions.stop_asked.PLACE_AGAIN_SECONDS", 0.1)
    # In step with the stop, as in real life: the close of a bare position comes after it each time.
    monkeypatch.setattr("tgbitget.positions.leaving.AGAIN_SECONDS", 0.3)
    monkeypatch.setattr("tgbitget.positions.leaving.AGAIN_WITHOUT_STOP_SECONDS", 0.1)
    monkeypatch.setattr("tgbitget.positions.parts.AGAIN_SECONDS", (0.1, 0.1, 0.1, 0.1))
