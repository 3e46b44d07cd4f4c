"""The newest price that is known of a market: a fill proves one, between two polls. No clock of its own."""

from datetime import datetime

from tgbitget.model.money import Price
from tgbitget.model.trade import Quote


class Traded:
    """The last execution that was told of; *now* is monotonic."""

    def __init__(self) -> None:
        self._price: Price | None = None
        self._at = float("-inf")

    def note(self, price: Price, *, at: datetime, seen_at: datetime, now: float) -> None:
        """*at* is the venue's time of it: one that is told late is no news."""
        traded_at = now - max(0.0, (seen_at - at).total_seconds())
        if traded_at >= self._at:
            self._price, self._at = price, traded_at

    def newest(self, polled: Quote | None, *, now: float) -> Quote | None:
        """What was polled, unless an execution came after it. Where nobody polls any more, one execution is too little."""
        if polled is None or self._price is None or self._at <= now - polled.age_seconds:
            return polled
        return Quote(price=self._price, age_seconds=now - self._at)
