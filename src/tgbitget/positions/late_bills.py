"""Funding of trades that ended before an earlier life had read their last bill: asked for once at a start."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from loguru import logger

from tgbitget.journal.journal import OpenTrade
from tgbitget.model.event import TradeChanged
from tgbitget.model.money import exact
from tgbitget.model.trade import Trade
from tgbitget.positions.coins import is_spot
from tgbitget.positions.desk import Desk
from tgbitget.positions.funding import FundingBills
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.today import Today, midnight

ENDED_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedTrade:
    """A trade of an earlier life, as its ledger has it again and as it was last told."""

    ended_at: datetime
    trade: Trade
    ledger: Ledger


def ended_trade(ended_at: datetime, kept: OpenTrade, ledger: Ledger) -> EndedTrade | None:
    """None: nothing was held of it that is billed."""
    is_billed = ledger.has_fills and not is_spot(ledger.plan)
    return EndedTrade(ended_at=ended_at, trade=kept.trade, ledger=ledger) if is_billed else None


class LateBills:
    """Until they are settled, these trades keep their names on their positions, with nothing open."""

    def __init__(self, desk: Desk, bills: FundingBills, today: Today) -> None:
        self._desk = desk
        self._bills = bills
        self._today = today
        self._ended: list[EndedTrade] = []

    def await_bill_of(self, ended: Iterable[EndedTrade]) -> None:
        for one in ended:
            self._desk.shared.join(one.ledger, min(fill.at for fill in one.ledger.fills))
            self._ended.append(one)

    async def settle(self) -> None:
        """A bill that cannot be read now is asked for at the next start, as long as it is young."""
        try:
            if self._ended:
                await self._bills.settle_last(first=self._learn_who_held)
            for one in self._ended:
                await self._tell(one)
        finally:
            for one in self._ended:
                self._desk.shared.leave(one.ledger)
            self._ended.clear()

    async def _learn_who_held(self, billed: frozenset[str]) -> None:
        """Somebody's own part of a position pays its own; only its fills tell of it. VenueError."""
        shared = self._desk.shared
        asked = {one.ledger.plan.market.symbol for one in self._ended} & billed
        for symbol in sorted(asked):
            here = [one.ledger for one in self._ended if one.ledger.plan.market.symbol == symbol]
            fills = await self._desk.venue.fills(symbol, min(shared.since(one) for one in here))
            for ledger in here:
                shared.share(ledger, sorted(fills, key=lambda fill: fill.at))

    async def _tell(self, ended: EndedTrade) -> None:
        ledger, before = ended.ledger, ended.trade
        missed: Decimal = ledger.funding - before.funding
        if not ledger.funding or not missed:
            return
        trade = replace(before, funding=ledger.funding, realised=before.realised + missed)
        earlier = ledger.realised_before(midnight(self._desk.clock.now()))
        self._today.remember(ended.ended_at, trade, before=earlier)
        cause = f"funding {exact(missed)}"
        logger.info("{} ended before its last bill came: {}", trade.signal, cause)
        await self._desk.record.trade(trade, cause=cause)
        self._desk.publish(TradeChanged(trade=trade, cause=cause))
