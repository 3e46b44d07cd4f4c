"""The listener as a process whose lives begin, end and are cut off; a supervisor starts it again each time."""

import asyncio
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any

from simulation.life import LIFE, Life
from simulation.loop import VirtualLoop
from tgbitget.app.runs import listen
from tgbitget.app.stopping import Stop
from tgbitget.errors import ConfigError, TgbitgetError
from tgbitget.journal.lock import InstanceLock
from tgbitget.model.event import Event, event_json
from tgbitget.profile import Profile
from tgbitget.settings import Settings

RESTART_SECONDS = 2.0

Tell = Callable[[str], None]


class KernelLock(InstanceLock):
    """The kernel drops the lock of a process that was killed; `held` is by whom."""

    held: list[tuple[Life | None, InstanceLock]]

    def acquire(self) -> None:
        super().acquire()
        self.held.append((LIFE.get(), self))


class Listener:
    """One HOME's listener. `down` are the stretches of time in which none ran."""

    def __init__(
        self, loop: VirtualLoop, settings: Settings, profiles: list[Profile], *, tell: Tell
    ) -> None:
        self._loop = loop
        self._settings = settings
        self._profiles = profiles
        self._tell = tell
        self._stop = Stop()
        self._task: asyncio.Task[int] | None = None
        self._restarts: list[asyncio.TimerHandle] = []
        self._numbers = 0
        self.life: Life | None = None
        self.events: list[tuple[int, dict[str, Any]]] = []
        self._doubts: dict[str, float] = {}
        self._doubted: list[tuple[float, float, str]] = []
        self.down: list[tuple[float, float]] = []
        self._down_since: float | None = loop.time()
        self._down_for = RESTART_SECONDS
        self._is_over = False
        self.on_refusal: Callable[[str], None] = lambda _: None  # the owner has to mend it
        self.kills = 0

    # its life

    def start(self) -> None:
        self._numbers += 1
        life = self.life = Life(self._numbers)
        if self._down_since is not None:
            self.down.append((self._down_since, self._loop.time()))
            self._down_since = None
        context = copy_context()
        context.run(LIFE.set, life)
        self._stop = Stop()
        running = listen(
            self._settings,
            self._profiles,
            dry_run=False,
            live=True,
            printer=_Printer(self, life.number),
            stop=self._stop,
        )
        self._tell(f"life {life.number} of the listener begins")
        self._task = self._loop.create_task(running, context=context)
        self._task.add_done_callback(self._ended)

    def kill(self, *, after_steps: int, down_seconds: float) -> None:
        """By SIGKILL, before one of its next steps."""
        if self.life is not None and self.is_up:
            self._down_for = down_seconds
            self.life.kill_after(after_steps)

    def spare(self) -> None:
        """A kill that has not come yet does not come."""
        if self.life is not None:
            self.life.kill_at = None

    def was_killed(self, life: Life) -> None:
        """The loop's word, at that very step."""
        self.kills += 1
        now = self._loop.time()
        # The next life asks before it sends.
        self._doubted += [(since, now, oid) for oid, since in self._doubts.items()]
        self._doubts.clear()
        self._tell(f"life {life.number} was killed at its step {life.steps}")
        for owner, lock in KernelLock.held:
            if owner is life:
                lock.release()
        self._begin_again(self._down_for)

    def ask_to_stop(self) -> None:
        self._stop.set("end")

    @property
    def is_up(self) -> bool:
        return (
            self._task is not None
            and not self._task.done()
            and not (self.life and self.life.is_dead)
        )

    async def end(self) -> None:
        """For good, as by SIGTERM."""
        self._is_over = True
        for restart in self._restarts:
            restart.cancel()
        if self.is_up and self._task is not None:
            self._stop.set("end")
            await asyncio.wait({self._task})

    def _ended(self, task: "asyncio.Task[int]") -> None:
        self.spare()  # what it left behind may still take steps
        error = None if task.cancelled() else task.exception()
        if error is not None and not _is_ours(error):
            self.events.append(
                (self._numbers, {"event": "crash", "text": repr(error), "error": error})
            )
        self._tell(f"life {self._numbers} ended: {error!r}")
        for refusal in _refusals(error):
            self.on_refusal(str(refusal))
        self._begin_again(RESTART_SECONDS)

    def _begin_again(self, seconds: float) -> None:
        self._down_since = self._loop.time()
        if not self._is_over:
            self._restarts.append(self._loop.call_later(seconds, self.start))

    # what it tells

    def take(self, number: int, event: Event) -> None:
        line = event_json(event)
        self.events.append((number, line))
        if line["event"] == "placement":
            self._note_doubt(line["client_oid"], line["result"])
        self._tell(f"life {number}: {brief(line)}")

    def _note_doubt(self, client_oid: str, result: str) -> None:
        now = self._loop.time()
        if result == "unknown":
            self._doubts.setdefault(client_oid, now)
        elif client_oid in self._doubts:
            self._doubted.append((self._doubts.pop(client_oid), now, client_oid))

    def unknowns(self) -> list[tuple[float, float, str]]:
        """From when to when nobody knew what had become of a send, and its client id."""
        return self._doubted

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [line for _, line in self.events if line["event"] == kind]


class _Printer:
    def __init__(self, listener: Listener, number: int) -> None:
        self._listener = listener
        self._number = number

    def handle(self, event: Event, /) -> None:
        self._listener.take(self._number, event)


def _is_ours(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_is_ours(each) for each in error.exceptions)
    return isinstance(error, TgbitgetError)


def _refusals(error: BaseException | None) -> Iterator[ConfigError]:
    """Starts that ended with what their owner has to mend."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _refusals(each)
    elif isinstance(error, ConfigError):
        yield error


def brief(line: dict[str, Any]) -> str:
    """One line of JSON as a short sentence."""
    match line["event"]:
        case "decision":
            post = line["post"]
            return f"{line['signal']} rev {post['revision']} {line['outcome']} {line.get('rule') or ''} {line.get('reason') or ''} via {post['via']}"
        case "position":
            return f"{line['signal']} {line['symbol']} {line['state']} {line['amount']} stop {line.get('stop')} ({line.get('cause')})"
        case "placement" | "fill":
            shown = ("signal", "client_oid", "result", "role", "amount", "price", "reason", "code")
            return f"{line['event']} " + " ".join(str(line[k]) for k in shown if line.get(k))
        case "warning":
            return f"WARNING {line['text']}"
        case kind:
            return str(kind)
