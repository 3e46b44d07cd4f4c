"""Guards taken out one at a time: whoever looks for what they prevent must then find it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

from simulation.machine import swapped
from tgbitget.execution.executor import Executor
from tgbitget.execution.locks import SymbolLocks
from tgbitget.execution.reconcile import Reconciler
from tgbitget.intake.seen import Seen
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.pipeline import Pipeline
from tgbitget.positions.keeper import PositionKeeper

LATE_SECONDS = 0.5

Guard = Callable[[ExitStack], None]


def _journal(stack: ExitStack) -> None:
    """Decisions are written half a second after they were acted on."""
    decide = SqliteJournal.decide
    late: set[asyncio.Task[None]] = set()

    async def behind(self: SqliteJournal, *args: Any, **options: Any) -> None:
        async def write() -> None:
            await asyncio.sleep(LATE_SECONDS)
            await decide(self, *args, **options)

        late.add(asyncio.create_task(write()))

    stack.enter_context(swapped(SqliteJournal, "decide", behind))


def _resolver(stack: ExitStack) -> None:
    """A send without an answer is sent again, as if it had never been."""

    async def settle(*_: Any, **__: Any) -> None:
        await asyncio.sleep(LATE_SECONDS)

    stack.enter_context(swapped(Executor, "settle", settle))


def _absence(stack: ExitStack) -> None:
    """What the first question does not find was never sent."""
    settle = Reconciler.settle

    async def hasty(self: Reconciler, leg: Any, sent_at: Any) -> Any:
        with swapped(self, "_absent_after_seconds", 0.0):
            return await settle(self, leg, sent_at)

    stack.enter_context(swapped(Reconciler, "settle", hasty))


def _seen(stack: ExitStack) -> None:
    """What comes twice is taken twice."""

    def admit(self: Seen, post: Any, *, as_of: int) -> Any:
        return self._keep(post, as_of)

    stack.enter_context(swapped(Seen, "admit", admit))
    stack.enter_context(swapped(Pipeline, "_has_outcome", lambda *_: False))


def _watchdog(stack: ExitStack) -> None:
    """Nobody compares what we believe with what the venue says."""

    async def look_away(*_: Any) -> None:
        await asyncio.Event().wait()

    stack.enter_context(swapped(PositionKeeper, "_watch", look_away))


def _lock(stack: ExitStack) -> None:
    """Entries do not wait for what is unknown about their symbol."""

    async def free(*_: Any) -> None:
        return

    stack.enter_context(swapped(SymbolLocks, "free", free))
    stack.enter_context(swapped(SymbolLocks, "held", lambda *_: nullcontext()))


GUARDS: dict[str, Guard] = {
    "journal": _journal,
    "resolver": _resolver,
    "absence": _absence,
    "seen": _seen,
    "watchdog": _watchdog,
    "lock": _lock,
}


@contextmanager
def without(guard: str | None) -> Iterator[None]:
    with ExitStack() as stack:
        if guard is not None:
            GUARDS[guard](stack)
        yield
