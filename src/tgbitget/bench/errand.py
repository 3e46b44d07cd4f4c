"""Processes of a measurement: one JSON line asks, one answers. A loop of its own for each side of the wire."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import IO, Any, Final

from tgbitget.bench.errors import BenchFailed

LINE_MAX: Final = 2**24
ANSWER_SECONDS: Final = 60.0
ENDS_SECONDS: Final = 8.0

Command = Callable[..., Any]
Answer = dict[str, Any]


async def obey(commands: Mapping[str, Command], greeting: Mapping[str, Any]) -> None:
    """The side of the child: says *greeting*, then carries out one command a line, until its parent is gone."""
    reader = asyncio.StreamReader(limit=LINE_MAX)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    say(greeting)
    while line := await reader.readline():
        asked = json.loads(line)
        answer = commands[asked.pop("do")](**asked)
        if isinstance(answer, Awaitable):
            answer = await answer
        say({"answer": answer})


def say(what: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Errand:
    """A child that obeys. What it says at first is its `greeting`."""

    def __init__(self, process: Process, name: str) -> None:
        self._process = process
        self._name = name
        self._turn = asyncio.Lock()
        self.greeting: Answer = {}

    @property
    def pid(self) -> int:
        return self._process.pid

    async def do(self, command: str, **arguments: Any) -> Any:
        async with self._turn:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps({"do": command, **arguments}).encode() + b"\n")
            return (await self.next_line())["answer"]

    async def next_line(self) -> Answer:
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise BenchFailed(f"{self._name} gave no answer in {ANSWER_SECONDS:g} s") from None
        if not line:
            raise BenchFailed(f"{self._name} ended with {await self._process.wait()}")
        answer: Answer = json.loads(line)
        return answer

    def kill(self) -> None:
        self._process.kill()


@asynccontextmanager
async def running(
    module: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Errand]:
    """`python -m tgbitget.bench.MODULE`, up to its greeting; ended with the block."""
    process = await spawn("-m", f"tgbitget.bench.{module}", *arguments, environment=environment)
    errand = Errand(process, module)
    try:
        errand.greeting = await errand.next_line()
        yield errand
    finally:
        await _let_end(process)
        await end(process)


async def spawn(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    stderr: int | IO[bytes] | None = None,
) -> Process:
    """A Python of its own; nothing of the user's settings reaches it."""
    bare = {k: v for k, v in os.environ.items() if not k.startswith("TGBITGET_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=PIPE,
        stdout=PIPE,
        stderr=stderr,
        env={**bare, **(environment or {})},
        limit=LINE_MAX,
    )


async def _let_end(process: Process) -> None:
    """One that obeys ends with its input."""
    assert process.stdin is not None, "spawned with a pipe"
    process.stdin.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(ENDS_SECONDS):
            await process.wait()


async def end(process: Process) -> None:
    """What still runs is told to end, then killed."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(ENDS_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
