"""Orders of ours at the venue that no page of the journal knows, and whose they are: ids are derived, so a post tells. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tgbitget.model.ids import ID_PREFIX, ClientOrderId, SignalId, VenueOrderId, client_order_id
from tgbitget.model.intent import Side
from tgbitget.model.money import NOTHING, Price, Quantity
from tgbitget.model.order import Fill, Placed, StandingEntry, VenueOrder
from tgbitget.model.plan import LEGS_MAX, Leg, OrderSide, OrderType, Role
from tgbitget.model.position import StopKind, VenueStop
from tgbitget.positions.ledger import target_number
from tgbitget.positions.shares import in_order

# A moved stop and an edit take a number each; what was moved more often is told, and not recognised.
REPLACEMENTS_MAX = 20
ADOPTED = "adopted: its orders stood at the exchange, and the journal did not know them"

# How far an order trails is not told with it, so one that trails is not taken over.
_LED = (StopKind.POSITION_STOP, StopKind.SIZED_STOP, StopKind.SIZED_TARGET)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOf:
    """What one signal left: entries that rest or whose position stands, and its stops and targets, as legs."""

    signal: SignalId
    symbol: str
    side: Side
    entries: tuple[StandingEntry, ...]
    exits: tuple[Leg, ...]
    placed: tuple[Placed, ...]

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

    *held* are symbols with a position that no trade of the journal explains.
    """

    def __init__(
        self,
        *,
        user_id: str,
        entries: Iterable[VenueOrder] = (),
        rests: Iterable[VenueOrder] = (),
        stops: Iterable[VenueStop] = (),
        held: Iterable[str] = (),
    ) -> None:
        self._user_id = user_id
        self._entries = {o.client_oid: o for o in entries if o.client_oid and is_ours(o.client_oid)}
        self._rests = {o.client_oid: o for o in rests if o.client_oid and is_ours(o.client_oid)}
        self._stops = {s.client_oid: s for s in stops if s.client_oid and is_ours(s.client_oid)}
        self._held = frozenset(held)

    def of(self, signal: SignalId) -> LeftOf | None:
        """None where no entry of it is known: a stop alone says nothing of what it is for."""
        entries = tuple(self._entries_of(signal)) if self._entries else ()
        if not entries:
            return None
        first = entries[0].order
        side = Side.LONG if first.side is OrderSide.BUY else Side.SHORT
        found = tuple(self._exits_of(signal, side))
        return LeftOf(
            signal=signal,
            symbol=first.symbol,
            side=side,
            entries=entries,
            exits=tuple(leg for leg, _ in found),
            placed=(
                *(_placed(one.oid, one.order.venue_order_id) for one in entries),
                *(_placed(leg.client_oid, venue_id) for leg, venue_id in found),
            ),
        )

    def claim(self, left: LeftOf) -> None:
        """It is led from now on."""
        for one in left.placed:
            self._entries.pop(one.client_oid, None)
            self._rests.pop(one.client_oid, None)
            self._stops.pop(one.client_oid, None)
        self._held -= {left.symbol}

    @property
    def resting(self) -> tuple[VenueOrder, ...]:
        """Entries of no known post that may still open a position."""
        return tuple(order for order in self._entries.values() if not order.status.is_final)

    @property
    def held(self) -> frozenset[str]:
        """Symbols with a position that orders of ours opened or guard, and that nobody leads."""
        orders = [*self._entries.values(), *self._rests.values()]
        ours = {order.symbol for order in orders} | {stop.symbol for stop in self._stops.values()}
        return self._held & ours

    @property
    def foreign(self) -> frozenset[str]:
        """Symbols with a position of which nothing is ours."""
        return self._held - self.held

    def _entries_of(self, signal: SignalId) -> Iterator[StandingEntry]:
        for name in _numbered("entry"):
            for number, oid in self._ids(signal, name):
                if oid in self._entries:
                    yield StandingEntry(
                        oid=oid, name=name, replacement=number, order=self._entries[oid]
                    )

    def _exits_of(self, signal: SignalId, side: Side) -> Iterator[tuple[Leg, VenueOrderId]]:
        for name in ("stop", *_numbered("target")):
            for number, oid in self._ids(signal, name):
                stop, rest = self._stops.get(oid), self._rests.get(oid)
                if rest is not None and rest.price is not None:
                    leg = _leg(
                        signal, name, number, oid, side, rest.symbol, rest.amount, price=rest.price
                    )
                    yield leg, rest.venue_order_id
                elif stop is not None and stop.kind in _LED and stop.position_side is side:
                    leg = _leg(
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

    def _ids(self, signal: SignalId, name: str) -> Iterator[tuple[int, ClientOrderId]]:
        for number in range(REPLACEMENTS_MAX):
            yield (
                number,
                client_order_id(user_id=self._user_id, signal=signal, leg=name, replacement=number),
            )


def is_ours(oid: str | None) -> bool:
    return str(oid or "").startswith(ID_PREFIX)


def still_open(fills: Iterable[Fill]) -> frozenset[VenueOrderId]:
    """The orders that opened what is open now: whatever came before the position was last flat is over."""
    by_side: dict[Side | None, list[Fill]] = {}
    for fill in in_order(fills):
        by_side.setdefault(fill.position_side, []).append(fill)
    return frozenset().union(*map(_still_open, by_side.values()))


def _still_open(fills: Iterable[Fill]) -> set[VenueOrderId]:
    """Of one position; where the venue names no side, the first fill from flat says which it is."""
    opened: set[VenueOrderId] = set()
    held, opens = NOTHING, OrderSide.BUY
    for fill in fills:
        if not held:
            opened = set()
            side = fill.position_side
            opens = fill.side if side is None else OrderSide.opening(side)
        if fill.side is opens:
            held = Quantity(held + fill.amount)
            opened.add(fill.venue_order_id)
        else:
            held = Quantity(max(NOTHING, held - fill.amount))
    return opened if held else set()


def _leg(
    signal: SignalId,
    name: str,
    number: int,
    oid: ClientOrderId,
    side: Side,
    symbol: str,
    amount: Quantity | None,
    *,
    price: Price | None = None,
    trigger: Price | None = None,
) -> Leg:
    return Leg(
        signal=signal,
        name=name,
        client_oid=oid,
        role=Role.STOP if name == "stop" else Role.TAKE_PROFIT,
        symbol=symbol,
        side=OrderSide.closing(side),
        position_side=side,
        type=OrderType.TRIGGER if price is None else OrderType.LIMIT,
        amount=amount,
        price=price,
        trigger_price=trigger,
        reduce_only=True,
        replacement=number,
    )


def _placed(oid: ClientOrderId, venue_id: VenueOrderId) -> Placed:
    return Placed(client_oid=oid, venue_order_id=venue_id)


def _numbered(kind: str) -> list[str]:
    return [f"{kind}-{number}" for number in range(1, LEGS_MAX + 1)]
