"""Funding of trades that ended before an earlier life had read their last bill: asked for once at a start."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from loguru import logger

from tgbitget.errors import VenueError
from tgbitget.journal.journal import OpenTrade
from tgbitget.model.event import TradeChanged
from tgbitget.model.funding import Funding
from tgbitget.model.ids import SignalId
from tgbitget.model.money import exact
from tgbitget.model.order import Fill
from tgbitget.model.plan import OrderSide
from tgbitget.model.trade import Trade
from tgbitget.positions import funding
from tgbitget.positions.coins import is_spot
from tgbitget.positions.desk import Desk
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.today import Today, midnight

ENDED_WITHIN = timedelta(days=1)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedTrade:
    """A trade of an earlier life, as its ledger has it again and as it was last told."""

    ended_at: datetime
    trade: Trade
    ledger: Ledger

    @property
    def began_at(self) -> datetime:
        return min(fill.at for fill in self.ledger.fills)


def ended_trade(ended_at: datetime, kept: OpenTrade, ledger: Ledger) -> EndedTrade | None:
    """None: nothing was held of it that is billed."""
    is_billed = ledger.has_fills and not is_spot(ledger.plan)
    return EndedTrade(ended_at=ended_at, trade=kept.trade, ledger=ledger) if is_billed else None


class LateBills:
    """A bill that cannot be read now is asked for at the next start, as long as its trade ended within a day."""

    def __init__(self, desk: Desk, today: Today) -> None:
        self._desk = desk
        self._today = today

    async def settle(self, ended: Sequence[EndedTrade]) -> None:
        if not ended:
            return
        await self._desk.clock.sleep(funding.BILL_LAG_SECONDS)
        try:
            bills = await self._desk.venue.funding(None, min(one.began_at for one in ended))
            for symbol in sorted({bill.symbol for bill in bills}):
                here = [one for one in ended if one.ledger.plan.market.symbol == symbol]
                if here:
                    await self._share(
                        symbol, here, [bill for bill in bills if bill.symbol == symbol]
                    )
        except VenueError as e:
            logger.warning("Could not ask what earlier trades cost to hold: {}", e)

    async def _share(
        self, symbol: str, ended: Sequence[EndedTrade], bills: Sequence[Funding]
    ) -> None:
        """The account's fills tell how much of the position was held by others: other trades, or the owner."""
        since = min(one.began_at for one in ended)
        theirs = [fill for fill in await self._desk.venue.fills(symbol, since) if fill.at >= since]
        every = [*self._ours_before(symbol, since), *theirs]

        def held_at(_symbol: str, moment: datetime) -> Mapping[SignalId | None, Decimal]:
            held: dict[SignalId | None, Decimal] = {
                one.trade.signal: one.ledger.amount_at(moment) * one.ledger.plan.side.sign
                for one in ended
            }
            return {**held, None: _net(every, moment) - sum(held.values(), Decimal(0))}

        by_signal = {one.trade.signal: one for one in ended}
        for share in funding.shares(bills, held_at):
            by_signal[share.signal].ledger.note_funding(share.bill, share.amount, share.at)
        for one in ended:
            await self._tell(one)

    def _ours_before(self, symbol: str, since: datetime) -> list[Fill]:
        fills = [fill for _, fill in self._desk.journal.fills_of_ended(symbol, _EVER)]
        for holder in self._desk.shared.holders:
            fills += [fill for fill in holder.fills if fill.symbol == symbol]
        return [fill for fill in fills if fill.at < since]

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


def _net(fills: Iterable[Fill], moment: datetime) -> Decimal:
    signed = (
        fill.amount if fill.side is OrderSide.BUY else -fill.amount
        for fill in fills
        if fill.at <= moment
    )
    return sum(signed, Decimal(0))
