"""What holding cost or brought: asked of the venue's bill, and shared among the trades that held when it fell due."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from loguru import logger

from tgbitget.errors import VenueError
from tgbitget.model.funding import Funding
from tgbitget.model.ids import SignalId
from tgbitget.positions.desk import Desk

# It falls due every few hours, and stands on the bill some seconds later.
FUNDING_SECONDS = 300.0
IDLE_SECONDS = 1.0
BILL_LAG_SECONDS = 30.0
_PRECISION = Decimal("1e-8")

HeldAt = Callable[[str, datetime], Mapping[SignalId | None, Decimal]]
"""What each trade had open on a symbol at a moment, shorts below 0; None: what was nobody's of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A trade's part of one settlement; `bill` names it, so that it counts once."""

    signal: SignalId
    bill: str
    amount: Decimal
    at: datetime


def shares(bills: Iterable[Funding], held_at: HeldAt) -> tuple[Share, ...]:
    """The bill does not name the side it is for: what long and short paid and got at one time is taken together.

    Their sum is the rate times what was held, shorts counted below zero; so each part of it is by what that trade held.
    """
    settled: defaultdict[tuple[str, datetime], list[Funding]] = defaultdict(list)
    for bill in bills:
        settled[(bill.symbol, bill.at.replace(second=0, microsecond=0))].append(bill)
    found: list[Share] = []
    for (symbol, minute), together in settled.items():
        at = min(bill.at for bill in together)
        held = held_at(symbol, at)
        whole = sum(held.values(), Decimal(0))
        if not whole:
            continue  # as much long as short: they paid each other
        net = sum((bill.amount for bill in together), Decimal(0))
        found += [
            Share(
                signal=signal,
                bill=f"{symbol} {minute.isoformat()}",
                amount=(net * amount / whole).quantize(_PRECISION),
                at=at,
            )
            for signal, amount in held.items()
            if signal is not None and amount
        ]
    return tuple(found)


class FundingBills:
    """Beside everything else: no order waits for it, and a bill that is not told is asked for again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def follow(self) -> None:
        """As long as trades hold something; each learns its part within a few minutes."""
        while True:
            if self._desk.shared.holders:
                await self.ask()
                await self._desk.clock.sleep(FUNDING_SECONDS)
            else:
                await self._desk.clock.sleep(IDLE_SECONDS)

    async def settle_last(self) -> None:
        """For a trade that just ended: once more, when the last bill has come."""
        await self._desk.clock.sleep(BILL_LAG_SECONDS)
        await self.ask()

    async def ask(self) -> None:
        shared = self._desk.shared
        since = shared.earliest
        if since is None:
            return
        try:
            bills = await self._desk.venue.funding(None, since)
        except VenueError as e:
            logger.warning("Could not ask what holding cost: {}", e)
            return
        for share in shares(bills, shared.held_at):
            ledger = shared.ledger(share.signal)
            if ledger is not None:
                ledger.note_funding(share.bill, share.amount, share.at)
