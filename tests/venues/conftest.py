"""A simulated Bitget, and our venue on it."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.venues.bitget import BitgetVenue

from .samples import opened


@pytest.fixture
async def bitget() -> AsyncIterator[BitgetSimulator]:
    async with BitgetSimulator(equity="1000") as simulator:
        simulator.exchange.set_price("BTCUSDT", Decimal(57000), gap=True)
        simulator.exchange.set_price("ETHUSDT", Decimal(2500), gap=True)
        yield simulator


@pytest.fixture
async def venue(bitget: BitgetSimulator) -> AsyncIterator[BitgetVenue]:
    async with opened(bitget) as connected:
        yield connected
