"""Fills of one trade: found to be its own, counted once, written down, told."""

from datetime import datetime

from loguru import logger

from tgbitget.errors import VenueError
from tgbitget.model.order import Fill
from tgbitget.model.plan import Leg, OrderSide
from tgbitget.positions.desk import Desk
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.shares import in_order, whole_id
from tgbitget.positions.telling import tell


class Fills:
    """A fill that no order of ours explains is asked about; it is a trade's own as `shares` says."""

    def __init__(self, desk: Desk, ledger: Ledger, *, since: datetime) -> None:
        self._desk = desk
        self._ledger = ledger
        self._shared = desk.shared
        self._shared.join(ledger, since)

    async def take(self, fill: Fill) -> None:
        """One that was pushed. Late, twice or out of order, it changes nothing in the end."""
        ledger = self._ledger
        if ledger.has(fill) or not self._may_be_mine(fill):
            return
        if ledger.ordered(fill):
            await self._count(fill)
        elif self._shared.owner_of(fill) is not None:
            return
        elif self._is_alone and fill.side is OrderSide.closing(ledger.plan.side):
            await self._take_exit(fill)
        else:
            await self.fetch(fill)

    async def fetch(self, pushed: Fill | None = None) -> bool:
        """All since the start; False when the venue did not answer."""
        fills = await self._ask(pushed)
        if fills is None:
            return False
        for fill in fills:
            if self._is_unexplained(fill) and not await self._find_parent(fill) and self._is_shared:
                return False  # whose it is cannot be said yet; the next look asks again
        for part in self._shared.share(self._ledger, fills):
            await self._count(part)
        return True

    async def _take_exit(self, fill: Fill) -> None:
        """Counted at once, for what it closed needs no stop any more; then asked about."""
        ledger = self._ledger
        if not ledger.note_fill(fill):
            return
        if not fill.is_forced:
            await self._find_parent(fill)
        mine: Fill | None = fill
        if not ledger.ordered(fill):
            fills = await self._ask(fill)
            if fills is not None:
                parts = self._shared.share(ledger, fills)
                mine = next((p for p in parts if whole_id(p) == whole_id(fill)), None)
        if mine is not fill:
            ledger.forget(fill)
            if mine is None or not ledger.note_fill(mine):
                return
        await tell(self._desk, ledger, mine)

    async def _count(self, fill: Fill) -> None:
        if self._ledger.note_fill(fill):
            await tell(self._desk, self._ledger, fill)

    async def _ask(self, pushed: Fill | None) -> list[Fill] | None:
        """In the order of time, with the one that was pushed: the venue's list may lag behind it."""
        ledger = self._ledger
        symbol = ledger.plan.market.symbol
        try:
            fills = await self._desk.venue.fills(symbol, self._shared.since(ledger))
        except VenueError as e:
            logger.warning("Could not ask for fills: {}", e)
            return None
        return in_order([*fills, *([] if pushed is None else [pushed])])

    async def _find_parent(self, fill: Fill) -> bool:
        """Orders that the venue made from a stop or target of ours carry ids of its own: ask whose child this is.

        False when the venue did not answer.
        """
        shared = self._shared
        async with shared.asking(fill):
            for book, leg in self._exits_near(fill):
                if shared.is_orphan(fill) or shared.owner_of(fill) is not None:
                    return True
                try:
                    children = await self._desk.venue.children(leg)
                except VenueError as e:
                    logger.warning("Could not ask what became of {}: {}", leg.name, e)
                    return shared.give_up(fill)
                for child in children:
                    book.link(child, leg)
            if shared.owner_of(fill) is None:
                shared.note_orphan(fill)
            return True

    def _exits_near(self, fill: Fill) -> list[tuple[Ledger, Leg]]:
        """Of all trades on the position, the nearest first."""
        return [
            (book, leg)
            for book in self._shared.together(self._ledger)
            for leg in book.exits_near(fill.price)
        ]

    def _is_unexplained(self, fill: Fill) -> bool:
        return (
            fill.side is OrderSide.closing(self._ledger.plan.side)
            and self._may_be_mine(fill)
            and not fill.is_forced
            and not self._shared.is_orphan(fill)
            and not self._shared.is_counted(self._ledger, fill)
            and self._shared.owner_of(fill) is None
        )

    def _may_be_mine(self, fill: Fill) -> bool:
        plan = self._ledger.plan
        return fill.symbol == plan.market.symbol and fill.position_side in (None, plan.side)

    @property
    def _is_shared(self) -> bool:
        others = (one for one in self._shared.together(self._ledger) if one is not self._ledger)
        return any(one.has_position or one.entries_rest for one in others)

    @property
    def _is_alone(self) -> bool:
        return not self._is_shared and not self._shared.by_hand(self._ledger)
