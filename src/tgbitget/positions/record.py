"""What a trade's task writes down. Exits go on when the journal cannot be written: a position is not left for a full disk."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from loguru import logger

from tgbitget.errors import Contradiction, JournalError
from tgbitget.journal.journal import Journal
from tgbitget.model.event import Publish, Warned
from tgbitget.model.ids import SignalId
from tgbitget.model.order import Fill, Placement
from tgbitget.model.plan import Leg
from tgbitget.model.trade import Trade

# A commit takes milliseconds. A disk that hangs is waited for once; until it answers again, a moment for each write.
PATIENCE_SECONDS = 0.25
STUCK_PATIENCE_SECONDS = 0.05
# A disk that takes nothing for hours must not take the memory too; the oldest are left to the next start.
OWED_MAX = 5_000

Write = Callable[[], Awaitable[object]]


class Record:
    """Entries are in the journal before their task begins; what comes after is written when it can be.

    What could not be written is owed, in order, until `catch_up`; what is still missing at the next start is asked of
    the venue then. It stands in for the journal where the executor writes. The owner hears of it once, until it works
    again.
    """

    def __init__(self, journal: Journal, publish: Publish) -> None:
        self._journal = journal
        self._publish = publish
        self._is_failing = False
        self._is_stuck = False
        self._owed: deque[Write] = deque(maxlen=OWED_MAX)

    async def exit_leg(self, leg: Leg) -> None:
        await self._write(lambda: self._journal.add_legs(leg.signal, (leg,)))

    async def fill(self, signal: SignalId, fill: Fill) -> None:
        await self._write(lambda: self._journal.record_fill(signal, fill))

    async def record_placement(self, signal: SignalId, placement: Placement) -> None:
        await self._write(lambda: self._journal.record_placement(signal, placement))

    async def trade(self, trade: Trade, *, cause: str) -> None:
        await self._write(lambda: self._journal.record_trade(trade, cause=cause))

    async def catch_up(self) -> None:
        """Write what is owed, as far as the journal takes it. Twice does no harm: a write may fail after its commit."""
        if not self._owed:
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while self._owed:
                    await _or_never(self._owed[0])
                    self._owed.popleft()
        except (TimeoutError, JournalError) as e:
            logger.debug("{} writes are owed to the journal: {}", len(self._owed), e)
        else:
            self._is_failing = False

    async def _write(self, write: Write) -> None:
        """A write that is not waited for any more is still made, in its turn."""
        if self._owed:  # nothing overtakes: an order's end needs the order
            self._owed.append(write)
            return
        patience = STUCK_PATIENCE_SECONDS if self._is_stuck else PATIENCE_SECONDS
        try:
            async with asyncio.timeout(patience):
                await _or_never(write)
        except TimeoutError:
            self._is_stuck = True
            self._tell(f"it gave no answer for {patience:g} s")
        except JournalError as e:
            self._owed.append(write)
            self._tell(str(e))
        else:
            self._is_failing = self._is_stuck = False

    def _tell(self, why: str) -> None:
        logger.error("Not written: {}", why)
        if not self._is_failing:
            text = f"the journal cannot be written ({why}); no new trades, open ones are guarded on"
            self._publish(Warned(text=text, is_urgent=True))
        self._is_failing = True


async def _or_never(write: Write) -> None:
    """What contradicts the journal would be refused each time, and all that is owed behind it would wait for it."""
    try:
        await write()
    except Contradiction as e:
        logger.error("Never written: {}", e)
