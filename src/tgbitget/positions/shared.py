"""Who stands on each position: one trade, or several that share it, and somebody's own hand beside them."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from weakref import WeakValueDictionary

from tgbitget.model.ids import SignalId
from tgbitget.model.intent import Side
from tgbitget.model.money import NOTHING, Quantity
from tgbitget.model.order import Fill
from tgbitget.model.plan import OrderSide, Role
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.shares import Shared, share_out, whole_id

# A venue that does not say whose child an order is may say so a look later; nobody waits for it for ever.
ASKED_MAX = 5

Place = tuple[str, Side]
"""A symbol and the side of the position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    ledger: Ledger
    since: datetime


class SharedPositions:
    """Ledgers are only read here, each by its own task's leave: whose a fill is follows from all of them."""

    def __init__(self) -> None:
        self._standing: dict[SignalId, _Standing] = {}
        self._of_symbol: defaultdict[str, dict[SignalId, Ledger]] = defaultdict(dict)
        self._past: defaultdict[str, dict[str, Quantity]] = defaultdict(
            dict
        )  # by symbol, then fill: what of it was counted by trades that are over
        self._gone: defaultdict[Place, list[Fill]] = defaultdict(list)
        self._by_hand: dict[Place, Shared] = {}
        self._kept: dict[str, SignalId] = {}
        self._orphans: set[str] = set()
        self._unanswered: defaultdict[str, int] = defaultdict(int)
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    # who stands

    def join(self, ledger: Ledger, since: datetime) -> None:
        """*since*: no fill of this trade is older."""
        self._standing[ledger.plan.signal] = _Standing(ledger=ledger, since=since)
        self._of_symbol[ledger.plan.market.symbol][ledger.plan.signal] = ledger

    def leave(self, ledger: Ledger) -> None:
        """What this trade had of a fill stays its own, for those who still stand there."""
        self._standing.pop(ledger.plan.signal, None)
        symbol, place = ledger.plan.market.symbol, _place(ledger)
        self._of_symbol[symbol].pop(ledger.plan.signal, None)
        if self._of_symbol[symbol]:
            self.remember(ledger.plan.side, ledger.fills)
        else:
            del self._of_symbol[symbol]
            self._past.pop(symbol, None)
            for side in Side:
                self._gone.pop((symbol, side), None)
        if not self.together(ledger):
            self._by_hand.pop(place, None)

    def remember(self, side: Side, fills: Iterable[Fill]) -> None:
        """Fills of a trade that is over."""
        for fill in fills:
            past = self._past[fill.symbol]
            past[whole_id(fill)] = Quantity(past.get(whole_id(fill), NOTHING) + fill.amount)
            self._gone[(fill.symbol, side)].append(fill)

    def together(self, ledger: Ledger) -> list[Ledger]:
        """All trades on the position of *ledger*, itself included while it stands, in the order of their decisions."""
        side = ledger.plan.side
        return [one for one in self._here(ledger) if one.plan.side is side]

    def others(self, ledger: Ledger) -> list[Ledger]:
        """Other trades of its symbol, on either side."""
        return [one for one in self._here(ledger) if one is not ledger]

    def _here(self, ledger: Ledger) -> Collection[Ledger]:
        return self._of_symbol.get(ledger.plan.market.symbol, {}).values()

    def is_in_use(self, ledger: Ledger) -> bool:
        """Whether another trade of ours stands on its symbol already, or is about to."""
        return any(
            one.has_position or any(one.is_sent(leg) for leg in one.standing(Role.ENTRY))
            for one in self.others(ledger)
        )

    def since(self, ledger: Ledger) -> datetime:
        """When the oldest trade there began."""
        here = self.together(ledger)
        return min(self._standing[one.plan.signal].since for one in here)

    def ledger(self, signal: SignalId) -> Ledger | None:
        one = self._standing.get(signal)
        return None if one is None else one.ledger

    @property
    def holders(self) -> list[Ledger]:
        """Trades with something open."""
        return [one.ledger for one in self._standing.values() if one.ledger.amount > 0]

    @property
    def earliest(self) -> datetime | None:
        """Since when any of those that filled stood."""
        filled = (one.since for one in self._standing.values() if one.ledger.filled)
        return min(filled, default=None)

    # how much

    def total(self, ledger: Ledger) -> Quantity:
        """What our trades on this position have open together."""
        return Quantity(sum((one.amount for one in self.together(ledger)), Decimal(0)))

    def by_hand(self, ledger: Ledger) -> Quantity:
        """What somebody else has open on this position, as far as fills tell."""
        found = self._by_hand.get(_place(ledger))
        return NOTHING if found is None else found.by_hand

    def is_left_to_others(self, ledger: Ledger) -> bool:
        """Whether the position stands on without this trade: with another of ours, or with somebody's own part."""
        others = (one for one in self.together(ledger) if one is not ledger)
        return self.by_hand(ledger) > 0 or any(one.has_position for one in others)

    @property
    def mixed(self) -> frozenset[str]:
        """Symbols on which a trade of ours and somebody's hand share a position."""
        return frozenset(symbol for (symbol, _), found in self._by_hand.items() if found.by_hand)

    def held_at(self, symbol: str, moment: datetime) -> dict[SignalId | None, Decimal]:
        """What each trade had open then, shorts below 0; under None what was not of any that stands."""
        held: dict[SignalId | None, Decimal] = {
            signal: one.ledger.amount_at(moment) * one.ledger.plan.side.sign
            for signal, one in self._standing.items()
            if one.ledger.plan.market.symbol == symbol
        }
        others: Decimal = NOTHING
        for side in Side:
            others += side.sign * self._by_hand_at((symbol, side), moment)
            for fill in self._gone[(symbol, side)]:
                if fill.at <= moment:
                    others += fill.amount if fill.side is OrderSide.BUY else -fill.amount
        return {**held, None: others}

    def _by_hand_at(self, place: Place, moment: datetime) -> Quantity:
        found = self._by_hand.get(place)
        before = () if found is None else found.by_hand_from
        return next((amount for at, amount in reversed(before) if at <= moment), NOTHING)

    # whose a fill is

    def keep(self, ledger: Ledger) -> None:
        """What an earlier life counted as this trade's stays its own: which order of ours bore the venue's, is not kept."""
        for fill in ledger.fills:
            if fill.trade_id == whole_id(fill):  # of a part, the others' shares have to follow
                self._kept[fill.trade_id] = ledger.plan.signal

    def owner_of(self, fill: Fill) -> SignalId | None:
        """The trade one of whose orders caused it."""
        kept = self._kept.get(whole_id(fill))
        if kept in self._standing:
            return kept
        owners = (s for s, one in self._standing.items() if one.ledger.ordered(fill))
        return next(owners, None)

    def share(self, ledger: Ledger, fills: Sequence[Fill]) -> tuple[Fill, ...]:
        """What of *fills*, all of the symbol since the oldest trade there, belongs to this one."""
        place = _place(ledger)
        shared = share_out(
            (fill for fill in fills if fill.symbol == place[0]),
            side=place[1],
            holders=[one.plan.signal for one in self.together(ledger)],
            owner_of=self.owner_of,
            past=self._past[place[0]],
        )
        self._by_hand[place] = shared
        return shared.parts.get(ledger.plan.signal, ())

    def is_counted(self, ledger: Ledger, fill: Fill) -> bool:
        """Whether a trade, on the position of *ledger* or over, has it among its own already."""
        if whole_id(fill) in self._past[fill.symbol]:
            return True
        return any(one.has(fill) for one in self.together(ledger))

    def asking(self, fill: Fill) -> asyncio.Lock:
        """Held while the venue is asked for a fill's parent: one trade asks for all."""
        return self._asking.setdefault(whole_id(fill), asyncio.Lock())

    def is_orphan(self, fill: Fill) -> bool:
        """Whether the venue was asked already, and no order of ours caused it."""
        return whole_id(fill) in self._orphans

    def give_up(self, fill: Fill) -> bool:
        """The venue did not say whose child it is; asked so often in vain, it counts as nobody's: a trade has to end."""
        self._unanswered[whole_id(fill)] += 1
        if self._unanswered[whole_id(fill)] < ASKED_MAX:
            return False
        self.note_orphan(fill)
        return True

    def note_orphan(self, fill: Fill) -> None:
        self._orphans.add(whole_id(fill))


def _place(ledger: Ledger) -> Place:
    return ledger.plan.market.symbol, ledger.plan.side
