"""What the task of every trade works with."""

from collections import Counter, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from tgbitget.clock import Clock
from tgbitget.execution.executor import Executor
from tgbitget.journal.journal import Journal
from tgbitget.model.event import Publish
from tgbitget.model.ids import ChannelId
from tgbitget.model.trade import Quote
from tgbitget.positions.record import Record
from tgbitget.positions.shared import SharedPositions
from tgbitget.venues.venue import Venue

_MINUTE_SECONDS = 60.0


class SendLog:
    """Orders of the last minute, by channel; planned entries count from the decision on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sends: deque[tuple[float, ChannelId]] = deque()
        self._counts: Counter[ChannelId] = Counter()

    def note(self, channel: ChannelId, orders: int = 1) -> None:
        self._sends.extend([(self._clock.monotonic(), channel)] * orders)
        self._counts[channel] += orders

    def take_back(self, channel: ChannelId, orders: int) -> None:
        """Planned, and never sent: they were none."""
        kept: deque[tuple[float, ChannelId]] = deque()
        while self._sends and orders:
            last = self._sends.pop()
            if last[1] == channel:
                orders -= 1
                self._counts[channel] -= 1
            else:
                kept.appendleft(last)
        self._sends.extend(kept)

    def last_minute(self, channels: Collection[ChannelId] | None = None) -> int:
        """Of *channels*, or of all."""
        horizon = self._clock.monotonic() - _MINUTE_SECONDS
        while self._sends and self._sends[0][0] <= horizon:
            self._counts[self._sends.popleft()[1]] -= 1
        return sum(
            n for channel, n in self._counts.items() if channels is None or channel in channels
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`quote` gives a market's latest price; `user_id` is the venue's and part of every client order id."""

    venue: Venue
    executor: Executor
    journal: Journal
    clock: Clock
    publish: Publish
    quote: Callable[[str], Quote | None]
    user_id: str
    sends: SendLog
    record: Record
    shared: SharedPositions = field(default_factory=SharedPositions)
