"""Many timings as few numbers: by channel and segment, how old posts were, and which path saw them first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tgbitget.bench.metric import p99, percentile
from tgbitget.journal.timings import SEGMENTS, Sighting, Timed
from tgbitget.model.event import utc_text
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Via

EDGES_MS: Final = (0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000)
"""Of a histogram's steps, each about three times the last one."""

_MS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Of one segment, in milliseconds."""

    p50: float
    p99: float
    max: float
    samples: int

    @classmethod
    def of(cls, values_ms: Sequence[float]) -> "Shares | None":
        if not values_ms:
            return None
        return cls(
            p50=percentile(values_ms, 0.5),
            p99=p99(values_ms),
            max=max(values_ms),
            samples=len(values_ms),
        )

    def json(self) -> dict[str, Any]:
        told = {"p50_ms": self.p50, "p99_ms": self.p99, "max_ms": self.max}
        return {**{k: round(v, 3) for k, v in told.items()}, "samples": self.samples}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStats:
    """`sent`, `answered` and `whole` are of posts that became an order; *whole* is from the socket to the order's leaving.

    `age` counts what was pushed or polled as it was posted, not what was read up on after a pause.
    """

    channel: ChannelId | None  # None: all
    posts: int
    first_by: dict[str, int]
    segments: dict[str, Shares | None]
    whole: Shares | None
    age: Shares | None
    later: dict[str, Shares | None]
    """By the paths, first and second: how far behind the second was."""

    def json(self) -> dict[str, Any]:
        return {
            "channel": self.channel,
            "posts": self.posts,
            "first_by": self.first_by,
            "segments": {name: _told(shares) for name, shares in self.segments.items()},
            "whole": _told(self.whole),
            "age": _told(self.age),
            "later": {name: _told(shares) for name, shares in self.later.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Histograms count values up to each edge, the last one all beyond."""

    since: datetime
    all: ChannelStats
    channels: tuple[ChannelStats, ...]
    whole_counts: tuple[int, ...]
    age_counts: tuple[int, ...]

    def json(self) -> dict[str, Any]:
        return {
            "since": utc_text(self.since),
            "all": self.all.json(),
            "channels": [channel.json() for channel in self.channels],
            "histogram_edges_ms": list(EDGES_MS),
            "whole": list(self.whole_counts),
            "age": list(self.age_counts),
        }


def summary(found: Sequence[Timed], second: Sequence[Sighting], *, since: datetime) -> Stats:
    channels = sorted({one.channel for one in found})
    return Stats(
        since=since,
        all=_of(None, found, second),
        channels=tuple(
            _of(
                channel,
                [one for one in found if one.channel == channel],
                [one for one in second if one.channel == channel],
            )
            for channel in channels
        ),
        whole_counts=counted(_wholes(found)),
        age_counts=counted(_ages(found)),
    )


def counted(values_ms: Iterable[float]) -> tuple[int, ...]:
    """How many lie up to each edge and above the one before; the last: beyond all."""
    counts = [0] * (len(EDGES_MS) + 1)
    for value in values_ms:
        counts[next((n for n, edge in enumerate(EDGES_MS) if value <= edge), len(EDGES_MS))] += 1
    return tuple(counts)


def _of(
    channel: ChannelId | None, found: Sequence[Timed], second: Sequence[Sighting]
) -> ChannelStats:
    pairs = sorted({(str(one.first), str(one.second)) for one in second})
    return ChannelStats(
        channel=channel,
        posts=len(found),
        first_by=dict(Counter(str(one.via) for one in found)),
        segments={name: Shares.of(_segment(found, name)) for name in SEGMENTS},
        whole=Shares.of(_wholes(found)),
        age=Shares.of(_ages(found)),
        later={
            f"{first}, then {later}": Shares.of(
                [o.behind_us / 1000 for o in second if (o.first, o.second) == (first, later)]
            )
            for first, later in pairs
        },
    )


def _segment(found: Sequence[Timed], name: str) -> list[float]:
    return [one.taken_us[name] / 1000 for one in found if name in one.taken_us]


def _wholes(found: Sequence[Timed]) -> list[float]:
    return [
        sum(us for name, us in one.taken_us.items() if name != "answered") / 1000
        for one in found
        if "sent" in one.taken_us
    ]


def _ages(found: Sequence[Timed]) -> list[float]:
    return [max(0.0, one.age / _MS) for one in found if one.via is not Via.BACKFILL]


def _told(shares: Shares | None) -> dict[str, Any] | None:
    return None if shares is None else shares.json()
