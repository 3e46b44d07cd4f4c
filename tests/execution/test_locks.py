"""A symbol is free when nobody holds it any more."""

import asyncio

import pytest

from tgbitget.execution.locks import SymbolLocks


async def test_a_free_symbol_does_not_keep_anybody_waiting() -> None:
    locks = SymbolLocks()
    async with asyncio.timeout(0.1):
        await locks.free("BTC")
    assert not locks.is_held("BTC")


async def test_whoever_waits_goes_when_the_last_holder_is_done() -> None:
    locks = SymbolLocks()
    with locks.held("BTC"):
        with locks.held("BTC"):
            waiting = asyncio.create_task(locks.free("BTC"))
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
        assert locks.is_held("BTC")
        assert not locks.is_held("ETH")
    async with asyncio.timeout(0.1):
        await waiting
    assert not locks.is_held("BTC")


async def test_a_holder_that_fails_lets_go() -> None:
    locks = SymbolLocks()
    with pytest.raises(KeyError), locks.held("BTC"):
        raise KeyError
    assert not locks.is_held("BTC")


async def test_a_symbol_held_again_keeps_waiting_whoever_waits() -> None:
    locks = SymbolLocks()
    with locks.held("BTC"):
        waiting = asyncio.create_task(locks.free("BTC"))
        await asyncio.sleep(0)
    with locks.held("BTC"):
        for _ in range(3):
            await asyncio.sleep(0)
        assert not waiting.done()
    async with asyncio.timeout(0.1):
        await waiting
