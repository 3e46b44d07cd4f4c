"""`bench --live` against both simulators: every way is measured, nothing is traded."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from journeys.world import World
from tgbitget.bench.live import Way, ways
from tgbitget.cli.bench_live import sentences, told
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.telegram import TelegramSimulator


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with TelegramSimulator() as telegram, BitgetSimulator() as bitget:
        yield World(telegram, bitget, tmp_path)


async def test_each_way_is_measured_and_nothing_is_traded(world: World) -> None:
    found = [way async for way in ways(world.settings(), asked=3, pause_seconds=0)]
    assert [way.name for way in found] == ["telegram", "bitget, public", "bitget, signed"]
    for way in found:
        assert way.fault is None
        assert len(way.round_trips_ms) == 3
    assert found[1].clock_off_ms is not None
    assert world.sends == 0
    assert {request.method for request in world.bitget.requests} == {"GET"}
    assert world.secrets_told() == []


async def test_what_is_not_set_up_is_said_and_the_rest_is_measured(world: World) -> None:
    settings = world.settings(bitget={"api_key": None})
    keyless = settings.model_copy(
        update={"bitget": settings.bitget.model_copy(update={"api_key": None})}
    )
    found = [way async for way in ways(keyless, asked=1, pause_seconds=0)]
    assert [bool(way.fault) for way in found] == [False, False, True]
    assert told(found[2]) == "not measured: no API key is set"


async def test_a_venue_that_cannot_be_reached_is_said(world: World) -> None:
    settings = world.settings()
    await world.bitget.stop()
    found = [way async for way in ways(settings, asked=1, pause_seconds=0)]
    assert [bool(way.fault) for way in found] == [False, True, True]
    assert sentences(found) == []


def test_a_far_venue_is_worth_a_sentence() -> None:
    near = Way(name="bitget, public", round_trips_ms=(20.0, 30.0), first_ms=60.0, clock_off_ms=-3)
    assert told(near) == (
        "30.0 ms p50, 30.0 ms p99, 30.0 ms max, the first, which connects, 60.0 ms, clock -3 ms off"
    )
    assert sentences([near]) == []
    assert "Tokyo" in sentences([Way(name="bitget, public", round_trips_ms=(240.0,))])[0]
