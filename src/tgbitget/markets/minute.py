"""Where each price was within the last minute, from what we saw ourselves."""

from collections import deque
from collections.abc import Mapping

from tgbitget.model.money import Price
from tgbitget.model.trade import Quote

WINDOW_SECONDS = 60.0
SAMPLES_MAX = 31  # memory stays bounded, however often the source answers
_SAMPLE_SECONDS = WINDOW_SECONDS / (SAMPLES_MAX - 1)


class MinuteHistory:
    """A sample of all prices every two seconds. A price that was seen once only says nothing of a move."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, Mapping[str, Price]]] = deque(maxlen=SAMPLES_MAX)

    def note(self, quotes: Mapping[str, Quote], *, at: float) -> None:
        """*at* is monotonic."""
        if not self._samples or at - self._samples[-1][0] >= _SAMPLE_SECONDS:
            self._samples.append((at, {symbol: quote.price for symbol, quote in quotes.items()}))

    def extremes(self, symbol: str, *, at: float) -> tuple[Price, Price] | None:
        """The lowest and the highest of the minute before *at*."""
        seen = [
            prices[symbol]
            for sampled_at, prices in self._samples
            if at - sampled_at <= WINDOW_SECONDS and symbol in prices
        ]
        return (min(seen), max(seen)) if len(seen) > 1 else None
