"""What earlier trades say about the next one: those that ended in the last weeks, and halts after a daily loss."""

import json
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import JournalError
from tgbitget.journal.journal import Journal
from tgbitget.model.ids import ChannelId
from tgbitget.model.trade import Halt, Trade
from tgbitget.planning.halts import holds

REMEMBERED_DAYS = 30
REMEMBERED_MAX = (
    2000  # a month's trades of a busy account; a streak or a rest needs the latest only
)


class Losses:
    """Halts hold from the moment they are told, also where they cannot be written."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._ended: deque[Trade] = deque(maxlen=REMEMBERED_MAX)
        self._halts: dict[str, Halt] = {}

    def recall(self, scopes: Iterable[str]) -> None:
        """What an earlier life recorded for these scopes."""
        for scope in scopes:
            written = self._journal.flag(_flag(scope))
            if written is not None:
                self._halts[scope] = _read(scope, written)

    def remember(self, closed_at: datetime, trade: Trade) -> None:
        self._ended.append(replace(trade, closed_at=closed_at))

    @property
    def since(self) -> datetime:
        """How far back it looks."""
        return self._clock.now() - timedelta(days=REMEMBERED_DAYS)

    def ended(self, channels: Collection[ChannelId] | None = None) -> tuple[Trade, ...]:
        """Oldest first; of *channels*, or of all."""
        return tuple(t for t in self._ended if channels is None or t.channel in channels)

    @property
    def halts(self) -> tuple[Halt, ...]:
        """Those that hold now."""
        now, resumed_at = self._clock.now(), self._journal.resumed_at()
        return tuple(h for h in self._halts.values() if holds(h, now=now, resumed_at=resumed_at))

    async def halt(self, halt: Halt) -> None:
        self._halts[halt.scope] = halt
        try:
            await self._journal.set_flag(_flag(halt.scope), _written(halt))
        except JournalError as e:
            logger.error("The halt holds until the next start only, it was not written: {}", e)


def _flag(scope: str) -> str:
    return f"halt:{scope}"


def _written(halt: Halt) -> str:
    until = None if halt.until is None else halt.until.isoformat()
    return json.dumps({"reason": halt.reason, "at": halt.at.isoformat(), "until": until})


def _read(scope: str, written: str) -> Halt:
    kept = json.loads(written)
    until = kept["until"]
    return Halt(
        scope=scope,
        reason=kept["reason"],
        at=datetime.fromisoformat(kept["at"]),
        until=None if until is None else datetime.fromisoformat(until),
    )
