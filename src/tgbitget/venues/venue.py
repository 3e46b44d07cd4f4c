"""What we need of a trading venue, in our words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from tgbitget.model.funding import Funding
from tgbitget.model.ids import VenueOrderId
from tgbitget.model.intent import MarginMode
from tgbitget.model.market import Market
from tgbitget.model.order import Fill, VenueOrder
from tgbitget.model.plan import Leg
from tgbitget.model.position import Account, Holding, VenuePosition, VenueStop
from tgbitget.model.trade import Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionsSnapshot:
    """All open positions of the account as pushed; one missing here is a hint that it is flat, not a proof."""

    positions: tuple[VenuePosition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconnected:
    """The stream is up, for the first time or again; what happened before is not pushed and must be asked for."""


VenueUpdate = VenueOrder | Fill | PositionsSnapshot | Reconnected


class Venue(Protocol):
    """A venue and our account there.

    Every method may raise VenueLocked (key, permission, account) and VenueThrottled (refused for pace, nothing was
    accepted). *Queries* raise VenueUnreachable otherwise and may be asked again. *Sends* (`place`, `cancel…`, `amend…`)
    raise VenueRejected on a definite refusal and OutcomeUnknown for everything else that is not a success; they are
    never repeated here. A returned None or empty tuple is the venue's own word, never a failed query.
    """

    @property
    def is_hedged(self) -> bool:
        """The account's hold mode, as last learnt: hedge, or one-way."""
        ...

    async def open(self) -> None:
        """Learn hold mode and account kind, sync the clock, warm the connections. NotAuthorised, Unreachable."""
        ...

    async def close(self) -> None: ...

    async def time(self) -> datetime: ...

    async def account(self) -> Account: ...

    async def markets(self) -> tuple[Market, ...]: ...

    async def quotes(self) -> Mapping[str, Quote]:
        """By symbol, all markets in one request."""
        ...

    async def prepare(self, market: Market, *, leverage: Decimal, mode: MarginMode) -> None:
        """Set what differs from what the venue has; no request when nothing does. Only while flat.

        VenueRejected when the venue does not allow it; may be repeated after anything else.
        """
        ...

    async def place(self, leg: Leg) -> VenueOrderId:
        """One signed request, the stop attached for entries. A close without an amount asks for the position first."""
        ...

    async def cancel(self, leg: Leg) -> None:
        """By client id. VenueRejected when the venue has no such live order."""
        ...

    async def amend_stop(self, leg: Leg, amended: Leg) -> None:
        """Change the stop attached to an entry that rests: *amended* is the leg with its new stop, one replacement on.

        The venue may replace a limit order: it is then found under the amended leg's client id, and while that is
        being done, or if it filled meanwhile, still under the old one. A trigger order keeps its client id.
        """
        ...

    async def cancel_stop(self, stop: VenueStop) -> None:
        """A stop that the venue made out of an attached one; VenueRejected when there is no such live stop."""
        ...

    async def amend_plan(self, amended: Leg) -> None:
        """Another trigger price and amount for a spot stop that waits, in place: it keeps its client id.

        A state to reach: repeated, it does no harm. VenueRejected when there is no such order, or not so.
        """
        ...

    async def order(self, leg: Leg) -> VenueOrder | None:
        """The order of this leg by its client id; None when the venue says that it has none (it may lag)."""
        ...

    async def children(self, leg: Leg) -> tuple[VenueOrderId, ...]:
        """Orders that the venue made from this plan order or its attached stop."""
        ...

    async def open_orders(self, symbol: str | None = None) -> tuple[VenueOrder, ...]:
        """All that are live, in full: plain, trigger orders, stops and targets, ours and others'."""
        ...

    async def history(self, symbol: str | None, since: datetime) -> tuple[VenueOrder, ...]:
        """Plain orders of this market, or of all, that ended, filled or cancelled, and were made after *since*."""
        ...

    async def stops(self, symbol: str | None = None) -> tuple[VenueStop, ...]:
        """Live stops and targets, ours and others'."""
        ...

    async def positions(self) -> tuple[VenuePosition, ...]: ...

    async def holdings(self) -> Mapping[str, Holding]:
        """The coins of the spot account by the venue's name; empty where spot is not traded."""
        ...

    async def fills(self, symbol: str, since: datetime) -> tuple[Fill, ...]: ...

    async def funding(self, symbol: str | None, since: datetime) -> tuple[Funding, ...]:
        """What holding futures cost or brought since then, of one symbol or of all; it is billed some time after it fell due."""
        ...

    async def run_updates(self, emit: Callable[[VenueUpdate], None]) -> None:
        """Until cancelled: hand on pushes, possibly late, twice and out of order (executions once per trade id);
        reconnect by itself and say so; keep the connections warm and the venue's time true.

        VenueLocked when the venue refuses the key.
        """
        ...
