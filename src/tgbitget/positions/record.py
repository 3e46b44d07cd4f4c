"""What a trade's task writes down. Exits go on when the journal cannot be written: a position is not left for a full disk."""

from collections.abc import Awaitable

from loguru import logger

from tgbitget.errors import JournalError
from tgbitget.journal.journal import Journal
from tgbitget.model.event import Publish, Warned
from tgbitget.model.ids import SignalId
from tgbitget.model.order import Fill, Placement
from tgbitget.model.plan import Leg
from tgbitget.model.trade import Trade


class Record:
    """Entries are in the journal before their task begins; what comes after is written when it can be.

    What is missing then is asked of the venue at the next start. It stands in for the journal where the executor writes. The owner hears of it once, until it works again.
    """

    def __init__(self, journal: Journal, publish: Publish) -> None:
        self._journal = journal
        self._publish = publish
        self._is_failing = False

    async def exit_leg(self, leg: Leg) -> None:
        await self._write(self._journal.add_legs(leg.signal, (leg,)))

    async def fill(self, signal: SignalId, fill: Fill) -> None:
        await self._write(self._journal.record_fill(signal, fill))

    async def record_placement(self, signal: SignalId, placement: Placement) -> None:
        await self._write(self._journal.record_placement(signal, placement))

    async def trade(self, trade: Trade, *, cause: str) -> None:
        await self._write(self._journal.record_trade(trade, cause=cause))

    async def _write(self, write: Awaitable[object]) -> None:
        try:
            await write
        except JournalError as e:
            logger.error("Not written: {}", e)
            if not self._is_failing:
                self._publish(
                    Warned(
                        text=f"the journal cannot be written ({e}); no new trades, open ones are guarded on",
                        is_urgent=True,
                    )
                )
            self._is_failing = True
        else:
            self._is_failing = False
