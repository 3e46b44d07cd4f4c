"""What a measurement gives back: figures with their spread, and bars that were met or not."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from tgbitget.bench.spread import Spread

Say = Callable[[str], None]
"""Tells a person how far it is."""

NS_PER_MS: Final = 1e6
_P99: Final = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured. `is_full`: as long as the bar says, however long that takes."""

    blocks: int = 5
    posts: int | None = None
    """For reading alone; None: what the other two say."""
    is_quick: bool = False
    is_full: bool = False

    def pick(self, quick: Any, usual: Any, full: Any) -> Any:
        return full if self.is_full else quick if self.is_quick else usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number: the median of the blocks and how far they differ; p99 and max over all samples, where there are any."""

    name: str
    unit: str
    value: Spread
    p99: float | None = None
    max: float | None = None
    samples: int = 0

    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"name": self.name, "unit": self.unit, **self.value.json(4)}
        if self.samples:
            told |= {"p99": self.p99, "max": self.max, "samples": self.samples}
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A figure of the table that the measurement is held to: at most, or at least, so much."""

    name: str
    value: float
    most: float | None = None
    least: float | None = None
    unit: str = "×"

    @property
    def is_met(self) -> bool:
        return (self.most is None or self.value <= self.most) and (
            self.least is None or self.value >= self.least
        )

    @property
    def limit(self) -> float:
        limit = self.most if self.most is not None else self.least
        assert limit is not None, f"{self.name} is held to nothing"
        return limit

    def json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "most": self.most,
            "least": self.least,
            "unit": self.unit,
            "met": self.is_met,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`notes` say what was measured how, what is left out, and what was scaled down. `details` are for programs."""

    id: str
    title: str
    bars: Sequence[Bar]
    figures: Sequence[Figure]
    notes: Sequence[str] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        return all(bar.is_met for bar in self.bars)

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "met": self.is_met,
            **self.details,
            "bars": [bar.json() for bar in self.bars],
            "figures": [figure.json() for figure in self.figures],
            "notes": list(self.notes),
        }


Measure = Callable[[Effort, Say], Awaitable[Sequence[Result]]]

Blocks = Sequence[Sequence[float]]
"""The samples of each block."""


def percentile(values: Sequence[float], share: float) -> float:
    """By nearest rank: a value that was measured."""
    if not values:
        raise ValueError("a percentile needs one value at least, there were none")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def p99(values: Sequence[float]) -> float:
    return percentile(values, _P99)


def figure(name: str, unit: str, blocks: Blocks) -> Figure:
    every = [value for block in blocks for value in block]
    return Figure(
        name=name,
        unit=unit,
        value=Spread.of([median(block) for block in blocks if block]),
        p99=p99(every),
        max=max(every),
        samples=len(every),
    )


def ratio(name: str, ours: Blocks, theirs: Blocks) -> Figure:
    """Block by block, for what else the machine did falls on both."""
    pairs = [(one, other) for one, other in zip(ours, theirs, strict=True) if one and other]
    return Figure(
        name=name,
        unit="×",
        value=Spread.of([median(one) / median(other) for one, other in pairs]),
    )


def p99_ratio(ours: Blocks, theirs: Blocks) -> float:
    return p99([v for b in ours for v in b]) / p99([v for b in theirs for v in b])


def once(name: str, unit: str, value: float) -> Figure:
    return Figure(name=name, unit=unit, value=Spread.of([value]))


def in_ms(taken_ns: Mapping[str, Sequence[Sequence[int]]]) -> dict[str, list[list[float]]]:
    return {
        name: [[ns / NS_PER_MS for ns in block] for block in blocks]
        for name, blocks in taken_ns.items()
    }
