"""Telegram counts a channel's changes by `pts`; what is pushed either follows on what we have, or shows that
something is missing. Pure."""

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from tgbitget.model.post import Deletion, Post

HELD_MAX = 1_000
"""Pushes that wait for what is missing before them; more are left to the difference."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Pushed:
    """One update. `pts` is the count after it, `count` how many changes it is."""

    pts: int
    count: int
    held_monotonic: float = field(compare=False, default=0.0)
    whats: tuple[Post | Deletion, ...] = field(compare=False, default=())


class Place(Enum):
    NEXT = auto()
    KNOWN = auto()
    BEYOND_A_GAP = auto()


class PtsLine:
    """How far one channel is complete, and the pushes beyond that."""

    def __init__(self) -> None:
        self.pts: int | None = None
        self._held: list[Pushed] = []

    @property
    def has_gap(self) -> bool:
        return bool(self._held)

    @property
    def oldest_monotonic(self) -> float | None:
        """Since when the longest-waiting push waits."""
        return min((pushed.held_monotonic for pushed in self._held), default=None)

    def place_of(self, pushed: Pushed) -> Place:
        if self.pts is None or pushed.pts - pushed.count > self.pts:
            return Place.BEYOND_A_GAP
        return Place.KNOWN if pushed.pts <= self.pts else Place.NEXT

    def hold(self, pushed: Pushed) -> bool:
        """False when too many wait already."""
        if len(self._held) >= HELD_MAX:
            return False
        insort(self._held, pushed)
        return True

    def reach(self, pts: int) -> None:
        """All up to *pts* is there. It never goes back."""
        self.pts = max(self.pts or 0, pts)

    def following(self) -> Iterator[Pushed]:
        """The held pushes that now follow on, in order; those that are known by now are dropped.

        The caller calls `reach` with each before it takes the next.
        """
        waiting, self._held = self._held, []
        for pushed in waiting:
            match self.place_of(pushed):
                case Place.NEXT:
                    yield pushed
                case Place.BEYOND_A_GAP:
                    self._held.append(pushed)
                case Place.KNOWN:
                    continue

    def start_over(self, pts: int) -> None:
        """The server knows nothing of the pts we had."""
        self.pts = pts

    def release(self) -> list[Pushed]:
        """All held pushes, gap or not."""
        released, self._held = self._held, []
        return released
