"""Watching the exchange in between: how long each position stood bare."""

from collections.abc import Callable
from dataclasses import replace

from simulation.checks import unexcused
from simulation.watching import Leaving
from tgbitget.simulators.bitget.audit import Audit
from tgbitget.simulators.bitget.events import Event


class Watch:
    """By the loop's clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._audit = Audit()
        self._leaving = Leaving()
        self._excused: list[tuple[str | None, float, float]] = []

    def hear(self, event: Event) -> None:
        now = self._clock()
        self._audit.hear(replace(event, at=int(now * 1000)))
        self._leaving.hear(event, now)

    def excuse(
        self, seconds: float, *, symbol: str | None = None, since: float | None = None
    ) -> None:
        """What is bare in the next *seconds* has a cause outside."""
        now = self._clock()
        self._excused.append((symbol, now if since is None else since, now + seconds))

    def bare(self) -> dict[str, float]:
        """By symbol, the longest stretch without a covering stop that nothing excuses."""
        now = self._clock()
        stretches = [(b.symbol, b.since / 1000, (b.until or 0) / 1000) for b in self._audit.bare]
        stretches += [(key[0], since / 1000, now) for key, since in self._audit._open.items()]
        longest: dict[str, float] = {}
        for symbol, since, until in stretches:
            excused = [(a, b) for of, a, b in self._excused if of in (None, symbol)]
            excused += self._leaving.stretches(symbol, now)
            left = unexcused((since, until), excused)
            longest[symbol] = max(left, longest.get(symbol, 0.0))
        return longest
