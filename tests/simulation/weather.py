"""How faults are drawn: of the table in `faults`, some for each seed, and whether anything met them."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.run import Run

Met = Callable[[], bool]
"""Asked at the end: whether anything came its way."""

Draw = Callable[["Run", random.Random], tuple[str, Met] | None]
"""Spoils something and says what, or finds nothing to spoil."""

TABLE: dict[str, tuple[int, Draw]] = {}
"""By name: how likely it is beside the others, and what does it."""


def fault(name: str, *, weight: int = 4) -> Callable[[Draw], Draw]:
    def register(draw: Draw) -> Draw:
        assert name not in TABLE, f"two faults are called {name}"
        TABLE[name] = (weight, draw)
        return draw

    return register


@dataclass(frozen=True, slots=True)
class Drawn:
    name: str
    at: float
    was_met: Met


class Weather:
    def __init__(self, run: "Run", seed: int) -> None:
        self._run = run
        self.dice = random.Random(f"weather {seed}")  # noqa: S311 -- to be drawn again, not to be secret
        self.drawn: list[Drawn] = []

    def strike(self) -> bool:
        """False: there was nothing to spoil."""
        names = list(TABLE)
        name = self.dice.choices(names, weights=[TABLE[n][0] for n in names])[0]
        done = TABLE[name][1](self._run, self.dice)
        if done is None:
            return False
        what, was_met = done
        self._run.tell(f"fault: {name}: {what}")
        self.drawn.append(Drawn(name, self._run.loop.time(), was_met))
        return True

    @property
    def counts(self) -> Counter[str]:
        return Counter(each.name for each in self.drawn)

    @property
    def met(self) -> Counter[str]:
        return Counter(each.name for each in self.drawn if each.was_met())

    def clear(self) -> None:
        run = self._run
        run.bitget.faults.clear()
        run.bitget.clock_offset_ms = 0
        run.bitget.rate_limits = False
        run.bitget.exchange.rules.presets_lost = 0
        run.telegram.clear_faults()
        run.telegram.speak()
        run.telegram.line_refuses(False)
        for channel in run.channels:
            channel.silent = False
            channel.push_delay_seconds = 0.0
        run.listener.spare()
        run.disk.heal()
        run.loop.network.harms.clear()
        run.loop.network.end_silence()
        run.tell("the weather clears")
