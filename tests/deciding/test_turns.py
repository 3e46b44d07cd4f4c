"""Turns beside each other, and turns alone."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tgbitget.deciding.turns import Turns

ALONE = str.isupper
"""A turn's letter says how it is taken: `A` alone, `b` beside others."""


class Table:
    """Turns that are held until they are let go; `log` is who came in, and who went."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.log: list[str] = []
        self._held: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, *names: str) -> None:
        for name in names:
            self._held[name] = asyncio.Event()
            self._tasks[name] = asyncio.create_task(self._take(name))
        await _settled()

    async def go(self, *names: str) -> None:
        for name in names:
            self._held[name].set()
        await _settled()

    async def give_up(self, name: str) -> None:
        self._tasks[name].cancel()
        await _settled()

    async def _take(self, name: str) -> None:
        leave = await (self.turns.alone() if ALONE(name) else self.turns.beside())
        try:
            self.log.append(f"+{name}")
            await self._held[name].wait()
            self.log.append(f"-{name}")
        finally:
            leave()


async def _settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def come(*names: str) -> Callable[[Table], Awaitable[None]]:
    return lambda table: table.come(*names)


def go(*names: str) -> Callable[[Table], Awaitable[None]]:
    return lambda table: table.go(*names)


def give_up(name: str) -> Callable[[Table], Awaitable[None]]:
    return lambda table: table.give_up(name)


@pytest.mark.parametrize(
    ("steps", "log"),
    [
        pytest.param([come("a", "b"), go("b", "a")], "+a +b -b -a", id="beside each other"),
        pytest.param([come("a", "B"), go("a"), go("B")], "+a -a +B -B", id="alone after others"),
        pytest.param([come("A", "b"), go("A"), go("b")], "+A -A +b -b", id="others after it"),
        pytest.param([come("A", "B"), go("A"), go("B")], "+A -A +B -B", id="alone after alone"),
        pytest.param(
            [come("a", "B", "c"), go("a"), go("B"), go("c")],
            "+a -a +B -B +c -c",
            id="who comes later does not overtake one that waits to be alone",
        ),
        pytest.param(
            [come("a", "B", "c"), give_up("B"), go("a", "c")],
            "+a +c -a -c",
            id="one that gave up waiting holds up nobody",
        ),
        pytest.param(
            [come("a", "B"), give_up("a"), go("B")], "+a +B -B", id="one that was stopped is gone"
        ),
    ],
)
async def test_turns_are_taken_in_order(
    steps: list[Callable[[Table], Awaitable[None]]], log: str
) -> None:
    table = Table()
    for step in steps:
        await step(table)
    assert " ".join(table.log) == log
    assert not table.turns.are_taken


@pytest.mark.parametrize("name", ["a", "A"])
async def test_it_says_that_somebody_has_a_turn(name: str) -> None:
    table = Table()
    await table.come(name)
    assert table.turns.are_taken
    await table.go(name)
    assert not table.turns.are_taken
