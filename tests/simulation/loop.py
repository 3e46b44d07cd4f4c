"""An event loop without a machine beneath it: its clock jumps to the next timer, a seed decides who runs first.

Handles belong to a `Life` by their context. Those of a life that was killed never run again, which is what SIGKILL does:
no `finally`, no `except`, nothing. A kill may come before any step.
"""

import asyncio
import heapq
import random
from collections import deque
from collections.abc import Callable
from typing import Any

from simulation.life import LIFE, Life
from simulation.network import Network

# What running code takes of the time; it keeps stamps apart and ends whoever waits for the clock in a circle.
STEP_SECONDS = 2e-6
# So many steps at the same few moments are a circle.
STEPS_MAX = 3_000_000
# A commit that reached the disk.
DISK_SECONDS = (0.0005, 0.004)


class Stuck(Exception):
    """The run takes steps without end, or nothing will ever happen again."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs on no selector. `network` is all there is to connect to."""

    # asyncio's own: what is to be run, and the heap of what is to be run later.
    _ready: deque[Any]
    _scheduled: list[Any]

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.dice = random.Random(f"loop {seed}")  # noqa: S311 -- to be drawn again, not to be secret
        self.network = Network(self, seed)
        self.steps = 0
        self._now = 1000.0
        self.on_kill: Callable[[Life], None] = lambda _: None
        # All that there ever were: a task of a killed life must not be collected, for that would close its coroutine.
        self._numbers: dict[Any, int] = {}
        self._disks: dict[Any, float] = {}
        self.set_task_factory(self._make_task)

    def time(self) -> float:
        return self._now

    # running

    def _run_once(self) -> None:
        if not self._ready:
            self._jump()
        self._take_due()
        batch = list(self._ready)
        self._ready.clear()
        for handle in self._shuffled(batch):
            self._step(handle)

    def _jump(self) -> None:
        while self._scheduled and self._is_void(self._scheduled[0]):
            self._drop_first()
        if not self._scheduled:
            raise Stuck("nothing will ever happen again")
        self._now = max(self._now, self._scheduled[0].when())

    def _take_due(self) -> None:
        while self._scheduled and self._scheduled[0].when() <= self._now:
            handle = self._drop_first()
            if not self._is_void(handle):
                self._ready.append(handle)

    def _drop_first(self) -> Any:
        handle = heapq.heappop(self._scheduled)
        handle._scheduled = False
        return handle

    @staticmethod
    def _is_void(handle: Any) -> bool:
        return bool(handle._cancelled)

    def _shuffled(self, batch: list[Any]) -> list[Any]:
        """Tasks that are ready at the same time run in any order; all else in its own.

        Tasks are put in the order of their making first: sets, which asyncio keeps them in, have none.
        """
        places = [n for n, handle in enumerate(batch) if _task_of(handle) is not None]
        if len(places) > 1:
            steps = sorted(
                (batch[n] for n in places), key=lambda handle: self._numbers[_task_of(handle)]
            )
            self.dice.shuffle(steps)
            for place, handle in zip(places, steps, strict=True):
                batch[place] = handle
        return batch

    def _step(self, handle: Any) -> None:
        if handle._cancelled:
            return
        life = handle._context.get(LIFE)
        if life is not None:
            if life.kill_at is not None and life.steps >= life.kill_at and not life.is_dead:
                self.kill(life)
            if life.is_dead:
                return
            life.steps += 1
        self.steps += 1
        self._now += STEP_SECONDS
        if self.steps > STEPS_MAX:
            raise Stuck(f"{self.steps} steps")
        handle._run()

    def kill(self, life: Life) -> None:
        if not life.is_dead:
            life.is_dead = True
            self.network.forget(life)
            self.on_kill(life)

    def every_task(self) -> list[Any]:
        return list(self._numbers)

    def _make_task(self, loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> Any:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=loop, **options)
        self._numbers[task] = len(self._numbers)
        return task

    # what a loop offers

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override] # typeshed's type variables say no more
        """A thread's work is done in one step of the loop a moment later, in turn; killed before, it is not done."""
        done = self.create_future()

        def work() -> None:
            if done.cancelled():
                return
            try:
                result = func(*args)
            except Exception as error:  # noqa: BLE001 -- whatever it is, it is the caller's
                done.set_exception(error)
            else:
                done.set_result(result)

        at = max(self._disks.get(executor, 0.0), self._now + self.dice.uniform(*DISK_SECONDS))
        self._disks[executor] = at + STEP_SECONDS
        self.call_at(at, work)
        return done

    async def create_connection(
        self, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        sock = options.get("sock")
        if sock is None:
            sock = await self.network.dial(host, port)
        return self.network.attach(sock, protocol_factory())

    async def create_server(
        self, protocol_factory: Any, host: Any = None, port: Any = None, **_: Any
    ) -> Any:
        return self.network.listen(protocol_factory, host, port)

    async def create_unix_server(self, *_: Any, **__: Any) -> Any:
        """Commands of a person; nobody gives any here."""
        return self.network.listen(None, "unix", 0)

    def add_signal_handler(self, *_: Any) -> None:  # type: ignore[override] # likewise
        raise NotImplementedError

    def remove_signal_handler(self, _: int) -> bool:
        return False

    def _write_to_self(self) -> None:
        """There is nobody to wake."""

    def _process_events(self, event_list: Any) -> None:
        raise AssertionError("there is no selector")


def _task_of(handle: Any) -> Any:
    """The task whose next step this is; None for other callbacks."""
    owner = getattr(handle._callback, "__self__", None)
    return owner if isinstance(owner, asyncio.Task) else None
