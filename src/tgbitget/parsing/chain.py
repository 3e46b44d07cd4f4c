"""Tries a profile's parsers in order; the first that knows a post wins, and none can bring the listener down."""

from collections.abc import Callable, Sequence
from typing import Final

from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear
from tgbitget.parsing.parser import Parser

TEXT_LENGTH_MAX = 4_096
"""Telegram's own bound on a message; whatever is longer did not come from there."""

PARSER_SECONDS_MAX = 0.1
"""Ten times what a parser promises: beyond it the listener's other channels would wait."""

_READINGS: Final = (NotASignal, Read, Unclear)
_LEFT: Final = NotASignal()
"""What is left when no parser says more."""


class Chain:
    """A parser made of parsers. `NotASignal` asks the next one; `Read` and `Unclear` end it.

    A parser that raises, answers with something else than a reading, or (where a stopwatch is given) takes too long,
    ends it as `Unclear` with the reason `parser_failed`: what it would have said is not known, so nobody may act.
    """

    def __init__(
        self,
        parsers: Sequence[tuple[str, Parser]],
        *,
        seconds: Callable[[], float] | None = None,
    ) -> None:
        self._parsers = tuple(parsers)
        self._seconds = seconds

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self._parsers)

    def read(self, post: Post, /) -> Reading:
        if len(post.text) > TEXT_LENGTH_MAX:
            return Unclear(
                reason="too_long",
                detail=f"a post has at most {TEXT_LENGTH_MAX} characters, was {len(post.text)}",
            )
        left = _LEFT
        for name, parser in self._parsers:
            reading = self._guarded(name, parser, post)
            if not isinstance(reading, NotASignal):
                return reading
            if reading.why:
                left = reading
        return left

    def answers(self, post: Post, /) -> tuple[tuple[str, Reading], ...]:
        """What each parser says for itself, also those that an earlier one leaves no turn; for people who ask why."""
        return tuple((name, self._guarded(name, parser, post)) for name, parser in self._parsers)

    def _guarded(self, name: str, parser: Parser, post: Post) -> Reading:
        began = self._seconds() if self._seconds else 0.0
        try:
            reading: object = parser.read(post)
        except Exception as e:  # noqa: BLE001 - foreign plugins may raise anything; a post never stops the listener
            return _failed(name, f"raised {type(e).__name__}: {e}")
        took = self._seconds() - began if self._seconds else 0.0
        if took > PARSER_SECONDS_MAX:
            return _failed(
                name, f"took {took * 1000:.0f} ms, the bound is {PARSER_SECONDS_MAX * 1000:.0f}"
            )
        if not isinstance(reading, _READINGS):
            return _failed(name, f"answered with {type(reading).__name__}, not a reading")
        return reading


def _failed(name: str, what: str) -> Unclear:
    return Unclear(reason="parser_failed", parser=name, detail=f"parser {name!r} {what}"[:300])
