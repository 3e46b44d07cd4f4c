"""Medians with their spread: what blocks taken in turns agree on, and how far they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Of one number measured in several blocks."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        if not values:
            raise ValueError("a spread needs one value at least, there were none")
        return cls(median=median(values), low=min(values), high=max(values))

    def json(self, digits: int = 3) -> dict[str, float]:
        return {
            "median": round(self.median, digits),
            "low": round(self.low, digits),
            "high": round(self.high, digits),
        }
