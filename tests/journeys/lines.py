"""The contract's JSON lines of one run, as they come, and questions about them."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tgbitget.model.event import Event, event_json
from tgbitget.simulators.telegram import Channel, Message

LOOK_SECONDS = 0.02

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Posted:
    """A post of the simulated channel; `at` is when its author pressed the button."""

    channel: Channel
    message: Message
    at: float = field(default_factory=time.time)

    @property
    def id(self) -> int:
        return self.message.id

    @property
    def signal(self) -> str:
        return f"{self.channel.marked_id}/{self.message.id}"


class Lines:
    """Takes events as a printer does, or the lines that a process wrote."""

    def __init__(self) -> None:
        self.all: list[Line] = []
        self.why_it_ended: Callable[[], str | None] = lambda: None

    def handle(self, event: Event, /) -> None:
        self.add(event_json(event))

    def add(self, line: Line) -> None:
        self.all.append(line)

    def of(self, kind: str, post: Posted | None = None) -> list[Line]:
        return [
            line
            for line in self.all
            if line["event"] == kind and (post is None or line.get("signal") == post.signal)
        ]

    def decisions(self, post: Posted) -> list[Line]:
        return self.of("decision", post)

    def outcomes(self, *posts: Posted) -> list[str]:
        """Of all posts in the order in which they were decided, or of these, in theirs."""
        if not posts:
            return [line["outcome"] for line in self.of("decision")]
        return [line["outcome"] for post in posts for line in self.decisions(post)]

    def states(self, post: Posted) -> list[str]:
        """Each state that the trade went through, once in a row."""
        states = [line["state"] for line in self.of("position", post)]
        return [s for n, s in enumerate(states) if n == 0 or states[n - 1] != s]

    def trade(self, post: Posted) -> Line:
        """As it was last told."""
        told = self.of("position", post)
        assert told, f"nothing was told of a trade of {post.signal}: {self.brief()}"
        return told[-1]

    def state(self, post: Posted) -> str | None:
        told = self.of("position", post)
        return told[-1]["state"] if told else None

    def fills(self, post: Posted, role: str) -> list[Line]:
        return [line for line in self.of("fill", post) if line["role"] == role]

    def results(self, post: Posted) -> list[str]:
        return [line["result"] for line in self.of("placement", post)]

    @property
    def warnings(self) -> list[str]:
        return [line["text"] for line in self.of("warning")]

    async def ready(self) -> None:
        await self.until(lambda: bool(self.of("ready")), "ready")

    async def decision(self, post: Posted, revision: int = 0) -> Line:
        """The one line for this post in this revision, once it is there."""

        def found() -> list[Line]:
            return [d for d in self.decisions(post) if d["post"]["revision"] == revision]

        await self.until(lambda: bool(found()), f"a decision on {post.signal}, revision {revision}")
        return found()[0]

    async def reaches(self, post: Posted, state: str) -> Line:
        await self.until(lambda: self.state(post) == state, f"{post.signal} to be {state}")
        return self.trade(post)

    async def until(
        self, is_true: Callable[[], bool], what: str = "it", *, within: float = 12.0
    ) -> None:
        try:
            await eventually(is_true, what, within=within, broken=self.why_it_ended)
        except AssertionError as e:
            raise AssertionError(f"{e}; told were\n{self.brief()}") from None

    def brief(self) -> str:
        """What was told, for a failing test."""
        shown = ("event", "outcome", "rule", "reason", "result", "state", "role", "text")
        return "\n".join(
            " ".join(str(line[key]) for key in shown if line.get(key)) for line in self.all
        )


async def eventually(
    is_true: Callable[[], bool],
    what: str = "it",
    *,
    within: float = 12.0,
    broken: Callable[[], str | None] = lambda: None,
) -> None:
    """Waits for a condition; fails when it does not come true in time, or cannot any more."""
    end = time.monotonic() + within
    while not is_true():
        why = broken()
        assert why is None or is_true(), f"waited for {what}: {why}"
        assert time.monotonic() < end, f"waited {within:g} s for {what}, in vain"
        await asyncio.sleep(LOOK_SECONDS)
