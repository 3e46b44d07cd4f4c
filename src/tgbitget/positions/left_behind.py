"""Orders of ours at the venue that no page of the journal knows, and whose they are: ids are derived, so a post tells. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from tgbitget.model.ids import ID_PREFIX, ClientOrderId, SignalId, VenueOrderId, client_order_id
from tgbitget.model.intent import Side
from tgbitget.model.market import is_spot_symbol
from tgbitget.model.money import Price
from tgbitget.model.order import Placed, StandingEntry, VenueOrder
from tgbitget.model.plan import LEGS_MAX, Leg, OrderSide, Role
from tgbitget.model.position import StopKind, VenueStop
from tgbitget.positions.found_legs import as_placed, found_leg
from tgbitget.positions.ledger import target_number
from tgbitget.positions.parts import AGAIN_SECONDS
from tgbitget.positions.shared import Place

# A moved stop and an edit take a number each; what was moved more often is told, and not recognised.
REPLACEMENTS_MAX = 20
# A part is closed for a later post: so many posts after its own are asked, and each try that a close has.
CLOSED_WITHIN_POSTS = 2000
CLOSE_TRIES_MAX = len(AGAIN_SECONDS) + 1
ADOPTED = "adopted: its orders stood at the exchange, and the journal did not know them"

OVER = "its orders were at the exchange already and have ended; this database did not know them"
COINS = (
    "it has bought coins already, and a spot trade that this database did not know is not led on"
)
CROWDED = "another trade stands on its position, with one stop for all of it"

# How far an order trails is not told with it, so one that trails is not taken over.
_LED = (StopKind.POSITION_STOP, StopKind.SIZED_STOP, StopKind.SIZED_TARGET)
_Listed = TypeVar("_Listed", VenueOrder, VenueStop)
_GUARDS = (StopKind.POSITION_STOP, StopKind.SIZED_STOP, StopKind.TRAILING)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOf:
    """What one signal left: entries that rest or whose position stands, and its stops and targets, as legs.

    Entries that say `why_not` are there to tell that it is not to be traded as if it were new.
    """

    signal: SignalId
    symbol: str
    side: Side
    entries: tuple[StandingEntry, ...]
    exits: tuple[Leg, ...]
    placed: tuple[Placed, ...]

    @property
    def why_not(self) -> str | None:
        """Why it cannot be led on."""
        return next((one.why_not for one in self.entries if one.why_not is not None), None)

    @property
    def stops(self) -> tuple[Price, ...]:
        prices = (leg.trigger_price for leg in self.exits if leg.role is Role.STOP)
        return tuple(price for price in prices if price is not None)

    @property
    def live_targets(self) -> tuple[int, ...]:
        targets = (leg for leg in self.exits if leg.role is Role.TAKE_PROFIT)
        return tuple(target_number(leg) for leg in targets)


class LeftBehind:
    """*entries* are plain and trigger orders, *rests* targets that rest as such, *stops* what waits for a price.

    *ended* are entries that ended and have nothing open, *closes* what closed a part of a position, *held* positions that no
    trade of the journal explains.
    *beside* are those where one of the journal's stands: whether another has room there, with a stop of its own amount.
    Orders that the journal knows are *known*, and left out.
    """

    def __init__(
        self,
        *,
        user_id: str,
        entries: Iterable[VenueOrder] = (),
        rests: Iterable[VenueOrder] = (),
        stops: Iterable[VenueStop] = (),
        ended: Iterable[VenueOrder] = (),
        closes: Iterable[VenueOrder] = (),
        held: Iterable[Place] = (),
        beside: Mapping[Place, bool] | None = None,
        known: Collection[ClientOrderId] = (),
    ) -> None:
        stops = tuple(stops)
        self._user_id = user_id
        self._entries = _by_id(entries, known)
        self._rests = _by_id(rests, known)
        self._ended = _by_id(ended, {*known, *self._entries})
        self._closes = _by_id(closes, known)
        self._stops = _by_id(stops, known)
        self._guarded = {(s.symbol, s.position_side) for s in stops if s.kind in _GUARDS}
        self._held = frozenset(held)
        self._beside = dict(beside or {})

    def of(self, signal: SignalId) -> LeftOf | None:
        """None where no entry of it is known: a stop alone says nothing of what it is for."""
        entries = self._entries_of(signal, self._entries)
        if not entries:
            over = self._over(signal)
            why_not = COINS if self._sells(signal) else OVER
            return _left_of(signal, over, (), why_not=why_not) if over else None
        side = _side_of(entries[0].order)
        found = (*self._exits_of(signal, side), *self._closes_of(signal, side))
        return _left_of(signal, entries, found, why_not=self._why_not(signal, entries))

    def of_known(self, signal: SignalId, symbol: str, side: Side) -> LeftOf:
        """What was ordered for a trade of the journal's after that was put back: stops and targets, and parts closed."""
        found = (*self._exits_of(signal, side), *self._closes_of(signal, side))
        return LeftOf(
            signal=signal,
            symbol=symbol,
            side=side,
            entries=(),
            exits=tuple(leg for leg, _ in found),
            placed=tuple(as_placed(leg.client_oid, venue_id) for leg, venue_id in found),
        )

    def claim(self, left: LeftOf) -> None:
        """It is led from now on."""
        for one in left.placed:
            self._entries.pop(one.client_oid, None)
            self._rests.pop(one.client_oid, None)
            self._stops.pop(one.client_oid, None)
            self._closes.pop(one.client_oid, None)
        self._held -= {(left.symbol, left.side)}

    @property
    def symbols(self) -> frozenset[str]:
        """Where anything of ours stands that is not known."""
        orders = frozenset(
            order.symbol for order in (*self._entries.values(), *self._rests.values())
        )
        return orders | {stop.symbol for stop in self._stops.values()}

    @property
    def resting(self) -> tuple[VenueOrder, ...]:
        """Entries of no known post that may still open a position."""
        return tuple(order for order in self._entries.values() if not order.status.is_final)

    @property
    def held(self) -> frozenset[Place]:
        """Positions that orders of ours opened or guard, and that nobody leads."""
        opened = {(order.symbol, _side_of(order)) for order in self._entries.values()}
        rests = {(order.symbol, _side_closed_by(order)) for order in self._rests.values()}
        guarded = {(stop.symbol, stop.position_side) for stop in self._stops.values()}
        return self._held & (opened | rests | guarded)

    @property
    def bare(self) -> frozenset[Place]:
        """Those of them that have no stop, whoever's."""
        return self.held - self._guarded

    @property
    def foreign(self) -> frozenset[str]:
        """Symbols with a position of which nothing is ours, and no trade stands on its other side."""
        known = {symbol for symbol, _ in self._beside}
        return frozenset(symbol for symbol, _ in self._held - self.held) - known

    @property
    def coins(self) -> frozenset[str]:
        """Spot symbols in which an order of ours would sell what nobody leads."""
        return frozenset(
            order.symbol for order in self._rests.values() if is_spot_symbol(order.symbol)
        )

    @property
    def beside(self) -> frozenset[str]:
        """Symbols with a stop or a target of ours on the position of a trade that the journal knows, and of no such trade."""
        rests = {(order.symbol, _side_closed_by(order)) for order in self._rests.values()}
        places = rests | {(stop.symbol, stop.position_side) for stop in self._stops.values()}
        return frozenset(symbol for symbol, _ in places & self._beside.keys())

    def _why_not(self, signal: SignalId, entries: Iterable[StandingEntry]) -> str | None:
        first = next(iter(entries)).order
        if is_spot_symbol(first.symbol):
            is_bought = any(one.order.filled for one in entries) or self._over(signal)
            return COINS if is_bought or self._sells(signal) else None
        is_crowded = not self._beside.get((first.symbol, _side_of(first)), True)
        return CROWDED if is_crowded else None

    def _sells(self, signal: SignalId) -> bool:
        """Whether an order of it waits to sell what it bought on spot."""
        if not self.coins:
            return False
        names = ("stop", *_numbered("target"))
        return any(oid in self._rests for name in names for _, oid in self._ids(signal, name))

    def _over(self, signal: SignalId) -> tuple[StandingEntry, ...]:
        """Every post that comes is asked this, so only for the first order that each of its entries had."""
        return self._entries_of(signal, self._ended, replacements=1)

    def _entries_of(
        self,
        signal: SignalId,
        known: Mapping[ClientOrderId, VenueOrder],
        *,
        replacements: int = REPLACEMENTS_MAX,
    ) -> tuple[StandingEntry, ...]:
        if not known:
            return ()
        return tuple(
            StandingEntry(oid=oid, name=name, replacement=number, order=known[oid])
            for name in _numbered("entry")
            for number, oid in self._ids(signal, name, replacements)
            if oid in known
        )

    def _exits_of(self, signal: SignalId, side: Side) -> Iterator[tuple[Leg, VenueOrderId]]:
        for name in ("stop", *_numbered("target")):
            for number, oid in self._ids(signal, name):
                stop, rest = self._stops.get(oid), self._rests.get(oid)
                if rest is not None:
                    leg = found_leg(
                        signal,
                        name,
                        number,
                        oid,
                        side,
                        rest.symbol,
                        rest.amount,
                        price=rest.price,
                        trigger=None if rest.price else rest.trigger_price,
                    )
                    yield leg, rest.venue_order_id
                elif stop is not None and stop.kind in _LED and stop.position_side is side:
                    leg = found_leg(
                        signal,
                        name,
                        number,
                        oid,
                        side,
                        stop.symbol,
                        stop.amount,
                        trigger=stop.trigger_price,
                    )
                    yield leg, stop.venue_order_id

    def _closes_of(self, signal: SignalId, side: Side) -> Iterator[tuple[Leg, VenueOrderId]]:
        """What later posts had closed of it: known, it is not closed again for them."""
        if not self._closes:
            return
        own = int(signal.rpartition("/")[2])
        for post in range(own + 1, own + 1 + CLOSED_WITHIN_POSTS):
            name = f"close-{post}"
            for number, oid in self._ids(signal, name, CLOSE_TRIES_MAX):
                if (order := self._closes.get(oid)) is not None:
                    leg = found_leg(signal, name, number, oid, side, order.symbol, order.amount)
                    yield leg, order.venue_order_id

    def _ids(
        self, signal: SignalId, name: str, replacements: int = REPLACEMENTS_MAX
    ) -> Iterator[tuple[int, ClientOrderId]]:
        for number in range(replacements):
            yield (
                number,
                client_order_id(user_id=self._user_id, signal=signal, leg=name, replacement=number),
            )


def _left_of(
    signal: SignalId,
    entries: tuple[StandingEntry, ...],
    found: tuple[tuple[Leg, VenueOrderId], ...],
    *,
    why_not: str | None,
) -> LeftOf:
    first = entries[0].order
    return LeftOf(
        signal=signal,
        symbol=first.symbol,
        side=_side_of(first),
        entries=tuple(replace(one, why_not=why_not) for one in entries),
        exits=tuple(leg for leg, _ in found),
        placed=(
            *(as_placed(one.oid, one.order.venue_order_id) for one in entries),
            *(as_placed(leg.client_oid, venue_id) for leg, venue_id in found),
        ),
    )


def _by_id(
    orders: Iterable[_Listed], known: Collection[ClientOrderId]
) -> dict[ClientOrderId, _Listed]:
    """Those of ours that are not known."""
    ours = ((order.client_oid, order) for order in orders)
    return {oid: order for oid, order in ours if oid and is_ours(oid) and oid not in known}


def _side_of(entry: VenueOrder) -> Side:
    return Side.LONG if entry.side is OrderSide.BUY else Side.SHORT


def _side_closed_by(order: VenueOrder) -> Side:
    return Side.LONG if order.side is OrderSide.SELL else Side.SHORT


def is_ours(oid: str | None) -> bool:
    return str(oid or "").startswith(ID_PREFIX)


def _numbered(kind: str) -> list[str]:
    return [f"{kind}-{number}" for number in range(1, LEGS_MAX + 1)]
