"""Fills of one spot trade: its own orders', by their ids alone. What others sell of the same coin is not the trade's."""

from datetime import datetime

from loguru import logger

from tgbitget.errors import VenueError
from tgbitget.model.order import Fill
from tgbitget.model.plan import OrderSide, OrderType
from tgbitget.positions.coins import is_gone
from tgbitget.positions.desk import Desk
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.shares import in_order
from tgbitget.positions.telling import tell


class SpotFills:
    """*since* is when the signal was posted: no fill of ours is older."""

    def __init__(self, desk: Desk, ledger: Ledger, *, since: datetime) -> None:
        self._desk = desk
        self._ledger = ledger
        self._since = since
        self._strangers: dict[str, Fill] = {}

    async def take(self, fill: Fill) -> None:
        ledger = self._ledger
        is_here = fill.symbol == ledger.plan.market.symbol
        if not is_here or ledger.has(fill) or not await self._is_mine(fill):
            return
        if ledger.note_fill(fill):
            await tell(self._desk, ledger, fill)

    async def fetch(self) -> bool:
        """All since the start; False when the venue did not answer."""
        try:
            fills = await self._desk.venue.fills(self._ledger.plan.market.symbol, self._since)
        except VenueError as e:
            logger.warning("Could not ask for fills: {}", e)
            return False
        for fill in in_order(fills):
            await self.take(fill)
        return True

    def sale_of_others(self) -> Fill | None:
        """Of what somebody else sold of the coin, the latest."""
        sales = [fill for fill in self._strangers.values() if fill.side is OrderSide.SELL]
        return max(sales, key=lambda fill: fill.at, default=None)

    async def _is_mine(self, fill: Fill) -> bool:
        """Asked anew each time: which orders are ours may have become known since, after a restart above all."""
        if self._ledger.ordered(fill) or is_gone(fill):
            return True
        return fill.trade_id not in self._strangers and await self._find_parent(fill)

    async def _find_parent(self, fill: Fill) -> bool:
        """Whether a plan of ours that fired bore its order, which carries an id of the venue's own."""
        ledger = self._ledger
        plans = [leg for leg in ledger.placed() if leg.type is OrderType.TRIGGER]
        for leg in plans:
            if leg.side is not fill.side:
                continue
            try:
                children = await self._desk.venue.children(leg)
            except VenueError as e:
                logger.warning("Could not ask what became of {}: {}", leg.name, e)
                return False
            for child in children:
                ledger.link(child, leg)
            if ledger.ordered(fill):
                return True
        self._strangers[fill.trade_id] = fill
        return False
