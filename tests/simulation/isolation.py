"""Each run in a process of its own, forked: what it leaves behind, killed lives above all, is the kernel's to clear away."""

import os
import pickle
import selectors
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

CHUNK = 1 << 16


def forked(jobs: Iterable[Callable[[], T]], *, at_once: int) -> Iterator[T]:
    """The results as they come, in any order. RuntimeError when a process ended without one."""
    waiting, started = iter(jobs), dict[int, int]()
    try:
        yield from _results(waiting, started, at_once)
    finally:
        for (
            pid,
            pipe,
        ) in started.items():  # whoever asked has seen enough; they clear up after themselves
            os.close(pipe)
            os.waitpid(pid, 0)


def _results(
    waiting: Iterator[Callable[[], T]], started: dict[int, int], at_once: int
) -> Iterator[T]:
    with selectors.DefaultSelector() as selector:
        running = sum(_start(selector, job, started) for job in islice(waiting, at_once))
        while running:
            for key, _ in selector.select():
                data = os.read(key.fd, CHUNK)
                key.data[1].append(data)
                if data:
                    continue
                selector.unregister(key.fd)
                os.close(key.fd)
                os.waitpid(key.data[0], 0)
                del started[key.data[0]]
                running -= 1
                running += sum(_start(selector, job, started) for job in islice(waiting, 1))
                yield _result(b"".join(key.data[1]))


def alone(job: Callable[[], T]) -> T:
    return next(forked([job], at_once=1))


def _start(
    selector: selectors.BaseSelector, job: Callable[[], object], started: dict[int, int]
) -> int:
    theirs, ours = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        os.close(ours)
        started[pid] = theirs
        selector.register(theirs, selectors.EVENT_READ, (pid, []))
        return 1
    try:
        try:
            answer: object = job()
        except BaseException:  # noqa: BLE001 -- told to the parent, whatever it was
            answer = _Failed(traceback.format_exc())
        with os.fdopen(ours, "wb") as pipe:
            pickle.dump(answer, pipe)
    finally:
        os._exit(0)


class _Failed:
    def __init__(self, text: str) -> None:
        self.text = text


def _result(data: bytes) -> T:  # type: ignore[type-var] # as the job's
    if not data:
        raise RuntimeError("a process ended without a result")
    answer = pickle.loads(data)  # noqa: S301 -- written by our own child
    if isinstance(answer, _Failed):
        raise RuntimeError(answer.text)  # noqa: TRY004 -- the child failed, no type is wrong
    return answer  # type: ignore[no-any-return]
