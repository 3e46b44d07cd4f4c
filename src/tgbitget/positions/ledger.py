"""What one trade's orders have done so far, and what should stand at the venue now. No I/O, no clock."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from tgbitget.model.ids import ChannelId, ClientOrderId, VenueOrderId
from tgbitget.model.intent import Side
from tgbitget.model.money import NOTHING, Notional, Price, Quantity
from tgbitget.model.order import Fill, OrderStatus, Placed, Placement, Rejected, VenueOrder
from tgbitget.model.plan import Leg, OrderPlan, OrderSide, OrderType, Role, Target
from tgbitget.model.trade import Trade, TradeState
from tgbitget.positions.by_hand import CODE as BY_HAND
from tgbitget.positions.by_hand import ByHand
from tgbitget.positions.coins import coin_fee, is_gone, is_spot, sellable
from tgbitget.positions.earnings import average_entry, earned
from tgbitget.positions.shares import whole_id

T = TypeVar("T")

TAKEN_BACK = "cancelled before it was sent"
"""The reason of an entry that did not go out because it was not to rest any more: no fault of anybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTarget:
    """A take profit that should stand: how much of the position it closes, and where."""

    number: int
    price: Price
    amount: Quantity


class Ledger:
    """One trade: its plan, its legs, how each stands, its fills. Owned and changed by one task only.

    A leg is *pending* until its send ended, *live* while the venue has it, *done* after. Fills come once (by the
    venue's trade id), orders as often as the venue likes.
    """

    def __init__(self, plan: OrderPlan, *, channel: ChannelId, notional: Notional) -> None:
        self.plan = plan
        self.channel = channel
        self.notional = notional
        self.on_change: Callable[[], None] = lambda: None  # neither raises nor waits
        self._stop = plan.stop
        self.targets = plan.targets
        self.reached: set[int] = set()
        self.activated: set[int] = set()  # reached, and followed by an order that trails
        self.held_back: frozenset[ClientOrderId] = frozenset()  # entries that wait for room
        self.best: Price | None = None
        self.causes: list[str] = []  # what moved the trade since it was last told, in words
        self.by_hand = ByHand()
        self.planned = {leg.client_oid for leg in plan.entries}  # of every plan: sent by themselves
        self.amended_to: dict[ClientOrderId, Price] = {}  # entries amended in place: their stop now
        self._is_written_off = False
        self._legs: dict[ClientOrderId, Leg] = {}
        self._placements: dict[ClientOrderId, Placement] = {}
        self._done: dict[ClientOrderId, OrderStatus] = {}
        self._told_filled: dict[ClientOrderId, Quantity] = {}
        self._fills: dict[str, Fill] = {}  # by the venue's id of the whole fill
        self._funding: dict[str, tuple[Decimal, datetime]] = {}
        self._venue_ids: dict[VenueOrderId, ClientOrderId] = {}
        self._born_stops: dict[VenueOrderId, ClientOrderId] = {}
        self._stops_seen: dict[ClientOrderId, tuple[Price, Quantity | None]] = {}
        self._reckoned: dict[object, object] = {}
        self.add_legs(plan.entries)

    @property
    def stop(self) -> Price:
        """As it stands, or as the entries carry it."""
        return self._stop

    @stop.setter
    def stop(self, price: Price) -> None:
        self._changed()
        self._stop = price

    # what happened

    def add_legs(self, legs: Iterable[Leg]) -> None:
        self._changed()
        for leg in legs:
            self._legs.setdefault(leg.client_oid, leg)

    def replan(self, plan: OrderPlan, notional: Notional) -> None:
        """Its entries are wanted from now on, and no others."""
        self._changed()
        self.plan, self.notional = plan, notional
        self.planned |= {leg.client_oid for leg in plan.entries}
        self.add_legs(plan.entries)

    def note_placement(self, placement: Placement) -> None:
        self._changed()
        self._placements[placement.client_oid] = placement
        if isinstance(placement, Placed):
            self._venue_ids[placement.venue_order_id] = placement.client_oid
        elif isinstance(placement, Rejected):
            self._done.setdefault(placement.client_oid, OrderStatus.CANCELLED)
            self._note_dropped(placement)

    def note_order(self, order: VenueOrder) -> Leg | None:
        """Take in what the venue says of one of our orders; return its leg when this ended it."""
        oid = self._oid_of(order)
        if oid is None:
            return None
        self._changed()
        self._venue_ids[order.venue_order_id] = oid
        told = max(order.filled, self._told_filled.get(oid, NOTHING))
        self._told_filled[oid] = told
        if not order.status.is_final or oid in self._done or self.awaits_child(order):
            return None
        self.end(oid, order.status)
        return self._legs[oid]

    def awaits_child(self, order: VenueOrder) -> Leg | None:
        """A plan that fired has traded nothing itself: the order that it bore does, and must be asked for."""
        leg = self.leg_of(order)
        if leg is None or not self._is_plan(leg):
            return None
        return leg if order.status is OrderStatus.FILLED and order.parent is None else None

    def end(self, oid: ClientOrderId, status: OrderStatus) -> None:
        """The order is no longer live; a take profit that filled is a target reached."""
        self._changed()
        self._done[oid] = status
        leg = self._legs[oid]
        if leg.role is Role.TAKE_PROFIT and status is OrderStatus.FILLED:
            number = target_number(leg)
            self.reached.add(number)
            self.causes.append(
                f"target {self.place_of(number)} sold"
                if number in self.activated
                else f"target {self.reached_place} reached"
            )

    def note_stop(self, leg: Leg, price: Price, amount: Quantity | None) -> None:
        """Where and of how much the venue has this stop of ours, which it may not be as it was sent."""
        self._stops_seen[leg.client_oid] = (price, amount)

    def note_fill(self, fill: Fill) -> bool:
        """False when this fill is not new or not this trade's."""
        if whole_id(fill) in self._fills or not self._is_mine(fill):
            return False
        self._changed()
        self._fills[whole_id(fill)] = fill
        if fill.side is OrderSide.opening(self.plan.side):
            self._is_written_off = False
        self._end_if_full(fill)
        return True

    def forget(self, fill: Fill) -> None:
        """It was counted before it was known to be another's."""
        self._changed()
        self._fills.pop(whole_id(fill), None)

    def note_funding(self, bill: str, amount: Decimal, at: datetime) -> None:
        """This trade's share of what holding the position brought or (below 0) cost; told again, it counts once."""
        self._changed()
        self._funding[bill] = (amount, at)

    def write_off(self) -> None:
        """The venue says twice that nothing is open: whatever no fill explains is not there any more."""
        is_open = self.has_position
        self._changed()
        self._is_written_off = is_open

    def link(self, child: VenueOrderId, parent: Leg) -> None:
        """The venue made order *child* out of our leg: a stop's or target's execution, or an entry's attached stop."""
        self._changed()
        if parent.role is Role.ENTRY and not _is_trigger_entry(parent):
            self._born_stops[child] = parent.client_oid
        else:
            self._venue_ids[child] = parent.client_oid

    # how it stands

    def once(self, what: object, reckon: Callable[[], T]) -> T:
        """What *reckon* gives, asked again only after the trade has changed: each post asks it of all trades."""
        if what not in self._reckoned:
            self._reckoned[what] = reckon()
        known: T = self._reckoned[what]  # type: ignore[assignment]  # each name has one type
        return known

    def leg_named(self, name: str) -> Leg | None:
        """The live or pending leg of this name."""
        return next((leg for leg in self.standing() if leg.name == name), None)

    @property
    def client_oids(self) -> Iterable[ClientOrderId]:
        """Of every leg that there ever was."""
        return self._legs.keys()

    def knows(self, order: VenueOrder) -> bool:
        return self._oid_of(order) is not None

    def has(self, fill: Fill) -> bool:
        """Whether this fill, or our part of it, is counted."""
        return whole_id(fill) in self._fills

    def leg(self, oid: ClientOrderId) -> Leg:
        return self._legs[oid]

    def leg_of(self, order: VenueOrder) -> Leg | None:
        return self._legs.get(self._oid_of(order) or ClientOrderId(""))

    def ordered(self, fill: Fill) -> bool:
        """Whether one of our legs caused this fill."""
        return self._leg_of(fill) is not None or fill.venue_order_id in self._born_stops

    def standing(self, *roles: Role) -> list[Leg]:
        """Legs that may exist at the venue: pending, live or unknown."""
        return [
            leg
            for oid, leg in self._legs.items()
            if oid not in self._done and (not roles or leg.role in roles)
        ]

    def placed(self, *roles: Role) -> list[Leg]:
        return [
            leg
            for leg in self.standing(*roles)
            if isinstance(self._placements.get(leg.client_oid), Placed)
        ]

    def stops(self) -> list[Leg]:
        """Stops of ours that the venue has, as it was last seen to have them; one that trails is none of them."""
        fixed = (leg for leg in self.placed(Role.STOP) if leg.trail_percent is None)
        return [self._as_seen(leg) for leg in fixed]

    def ended_stop(self, oid: ClientOrderId | None) -> Leg | None:
        """A stop of ours that counts as gone, not as one that fired."""
        leg = None if oid is None else self._legs.get(oid)
        is_gone = leg is not None and self._done.get(leg.client_oid) is OrderStatus.CANCELLED
        return leg if leg is not None and is_gone and leg.role is Role.STOP else None

    def revive(self, leg: Leg, venue_order_id: VenueOrderId) -> None:
        """The venue has it, though it counted as gone."""
        del self._done[leg.client_oid]
        self.note_placement(Placed(client_oid=leg.client_oid, venue_order_id=venue_order_id))

    def refused(self, name: str) -> Leg | None:
        """The last leg of this name, where the venue refused it by a code: nothing of it exists there."""
        last = next((leg for leg in reversed(self._legs.values()) if leg.name == name), None)
        placement = None if last is None else self._placements.get(last.client_oid)
        is_refused = isinstance(placement, Rejected) and placement.code is not None
        return last if is_refused else None

    def reopen(self, leg: Leg) -> None:
        """A leg that was refused is sent again."""
        self._changed()
        self._done.pop(leg.client_oid, None)
        self._placements.pop(leg.client_oid, None)

    def legs_of(self, *roles: Role) -> list[Leg]:
        """Every leg of these roles that there ever was."""
        return [leg for leg in self._legs.values() if leg.role in roles]

    def unsettled(self, *roles: Role) -> list[Leg]:
        """Legs of which nobody knows yet whether the venue has them."""
        return [
            leg
            for leg in self.standing(*roles)
            if not isinstance(self._placements.get(leg.client_oid), Placed)
        ]

    def is_sent(self, leg: Leg) -> bool:
        """Whether a send of this leg has ended, however it did."""
        return leg.client_oid in self._placements

    def was_placed(self, leg: Leg) -> bool:
        return isinstance(self._placements.get(leg.client_oid), Placed)

    def cancelled(self, *roles: Role) -> list[Leg]:
        """Legs that ended otherwise than filled."""
        return [
            leg
            for oid, leg in self._legs.items()
            if self._done.get(oid) is OrderStatus.CANCELLED and leg.role in roles
        ]

    def filled_by(self, *legs: Leg) -> Quantity:
        known = self._filled_by_leg()
        return Quantity(sum((known.get(leg.client_oid, NOTHING) for leg in legs), Decimal(0)))

    def taken_by(self, *legs: Leg) -> Quantity:
        """What these orders have filled, as far as anybody said so: their fills may be told later than their end."""
        known = self._filled_by_leg()
        every = (
            leg.amount
            if leg.amount is not None and self._done.get(leg.client_oid) is OrderStatus.FILLED
            else max(
                known.get(leg.client_oid, NOTHING), self._told_filled.get(leg.client_oid, NOTHING)
            )
            for leg in legs
        )
        return Quantity(sum(every, Decimal(0)))

    def named(self, name: str) -> list[Leg]:
        """Every leg that this name ever had."""
        return [leg for leg in self._legs.values() if leg.name == name]

    def role_of(self, fill: Fill) -> Role:
        """What kind of order a fill belongs to; an exit that none of our orders explains is a close by hand."""
        leg = self._leg_of(fill)
        if leg is not None:
            return leg.role
        if fill.venue_order_id in self._born_stops:
            return Role.STOP
        return Role.ENTRY if fill.side is OrderSide.opening(self.plan.side) else Role.CLOSE

    def cause_of(self, fill: Fill) -> ClientOrderId | None:
        """The client id of the order that caused it; of an attached stop, its entry's."""
        leg = self._leg_of(fill)
        return leg.client_oid if leg else self._born_stops.get(fill.venue_order_id, fill.client_oid)

    def exits_near(self, price: Price) -> list[Leg]:
        """Legs out of which the venue may have made an exit, the one nearest to *price* first."""
        levels = [
            (leg.stop_loss if leg.role is Role.ENTRY else leg.trigger_price, leg)
            for oid, leg in self._legs.items()
            if isinstance(self._placements.get(oid), Placed)
        ]
        near = sorted(
            ((abs(level - price), -number) for number, (level, _) in enumerate(levels) if level),
        )
        return [levels[-number][1] for _, number in near]

    @property
    def has_fills(self) -> bool:
        return bool(self._fills)

    @property
    def fills(self) -> list[Fill]:
        return list(self._fills.values())

    @property
    def filled(self) -> Quantity:
        """What entries filled in all, less what the venue kept of it."""
        return Quantity(self._sum(OrderSide.opening(self.plan.side)) - self._kept)

    @property
    def left(self) -> Quantity:
        """What exits filled in all."""
        return self._sum(OrderSide.closing(self.plan.side))

    @property
    def amount(self) -> Quantity:
        """What is open now, by our fills."""
        return self.once("amount", self._amount)

    def _amount(self) -> Quantity:
        if self._is_written_off:
            return NOTHING
        return sellable(self.plan.market, max(NOTHING, self.filled - self.left))

    def amount_at(self, moment: datetime) -> Decimal:
        """What was open then, by our fills."""
        opens = OrderSide.opening(self.plan.side)
        before = (fill for fill in self._fills.values() if fill.at <= moment)
        signed = (fill.amount if fill.side is opens else -fill.amount for fill in before)
        return sum(signed, Decimal(0))

    @property
    def entry(self) -> Price | None:
        return average_entry(self.plan.side, self._fills.values())

    @property
    def funding(self) -> Decimal:
        return sum((amount for amount, _ in self._funding.values()), Decimal(0))

    @property
    def realised(self) -> Decimal:
        """Profit of what was closed, less all fees paid, with what funding brought; in quote coin."""
        return earned(self.plan.side, self.fills, self.plan.market) + self.funding

    def realised_before(self, moment: datetime) -> Decimal:
        """What of it stood then already."""
        return self.once(("before", moment), lambda: self._realised_before(moment))

    def _realised_before(self, moment: datetime) -> Decimal:
        fills = [fill for fill in self._fills.values() if fill.at < moment]
        funding = (amount for amount, at in self._funding.values() if at < moment)
        return earned(self.plan.side, fills, self.plan.market) + sum(funding, Decimal(0))

    @property
    def misses_fills(self) -> bool:
        """The venue told of more filled than the fills that came: some must be asked for."""
        known = self._filled_by_leg()
        is_missing = any(told > known.get(oid, NOTHING) for oid, told in self._told_filled.items())
        return is_missing and not self._is_written_off

    @property
    def misses_exits(self) -> bool:
        """Of what the venue told to be sold or bought back, fills are missing: less is open than is known here."""
        known = self._filled_by_leg()
        return not self._is_written_off and any(
            told > known.get(oid, NOTHING)
            for oid, told in self._told_filled.items()
            if self._legs[oid].role is not Role.ENTRY
        )

    @property
    def exposure(self) -> Quantity:
        """What may be open: entries as far as orders or fills tell, less what fills took away."""
        return self.once("exposure", self._exposure)

    def _exposure(self) -> Quantity:
        if self._is_written_off:
            return NOTHING
        known = self._filled_by_leg()
        opened = sum(
            (
                max(self._told_filled.get(oid, NOTHING), known.get(oid, NOTHING))
                for oid, leg in self._legs.items()
                if leg.role is Role.ENTRY
            ),
            Decimal(0),
        )
        return sellable(self.plan.market, max(NOTHING, opened - self._kept - self.left))

    @property
    def has_position(self) -> bool:
        return self.exposure > 0

    def count(self, name: str) -> int:
        """How many legs of this name there were: the next one's `replacement`."""
        return sum(leg.name == name for leg in self._legs.values())

    def set_targets(self, targets: tuple[Target, ...]) -> None:
        """New ones count on from the old: a target that was reached stays reached, whatever replaces it."""
        last = max((target.number for target in self.targets), default=0)
        self.targets = tuple(
            replace(target, number=last + place) for place, target in enumerate(targets, start=1)
        )

    def place_of(self, number: int) -> int:
        """From 1; the number itself of one that is no target any more."""
        numbers = [target.number for target in self.targets]
        return numbers.index(number) + 1 if number in numbers else number

    @property
    def reached_place(self) -> int:
        """The place among the present targets of the farthest one reached; 0: none."""
        places = [
            place
            for place, target in enumerate(self.targets, 1)
            if target.number in self.reached | self.activated
        ]
        return max(places, default=0)

    @property
    def is_past_targets(self) -> bool:
        """The last of them was reached; one that somebody took away is waited for no more."""
        numbers = {target.number for target in self.targets}
        met = numbers & (self.reached | self.activated)
        return bool(met) and not numbers - met - self.by_hand.dropped

    @property
    def is_flat_again(self) -> bool:
        """What was open is closed; whatever still stands must go."""
        return bool(self.filled) and not self.has_position

    @property
    def is_filling(self) -> bool:
        """Nothing is known to be open, but something may be at any moment: at market, or on an unknown way."""
        return not self.has_position and any(
            leg.type is OrderType.MARKET
            or not isinstance(self._placements.get(leg.client_oid), Placed)
            for leg in self.standing(Role.ENTRY)
            if leg.client_oid not in self.held_back
        )

    @property
    def entries_rest(self) -> bool:
        return bool(self.standing(Role.ENTRY))

    @property
    def state(self) -> TradeState:
        if self.has_position:
            return TradeState.OPEN
        if self.entries_rest:
            sent = any(self.is_sent(leg) for leg in self.standing(Role.ENTRY))
            return TradeState.RESTING if sent else TradeState.PENDING
        if self.filled:
            return TradeState.CLOSED
        ends = [self._placements.get(leg.client_oid) for leg in self.legs_of(Role.ENTRY)]
        has_failed = all(
            isinstance(end, Rejected) and not end.reason.endswith(TAKEN_BACK) for end in ends
        )
        return TradeState.FAILED if has_failed else TradeState.CANCELLED

    def trade(self) -> Trade:
        return self.once("trade", self._trade)

    def _trade(self) -> Trade:
        return Trade(
            signal=self.plan.signal,
            channel=self.channel,
            symbol=self.plan.market.symbol,
            side=self.plan.side,
            state=self.state,
            notional=self.notional,
            amount=self.amount,
            entry=self.entry,
            stop=self.stop,
            realised=self.realised,
            funding=self.funding,
            opened_at=min((fill.at for fill in self._fills.values()), default=None),
        )

    # inside

    def _changed(self) -> None:
        self._reckoned.clear()
        self.on_change()

    def _note_dropped(self, placement: Rejected) -> None:
        leg = self._legs.get(placement.client_oid)
        if placement.code == BY_HAND and leg is not None and leg.role is Role.TAKE_PROFIT:
            self.by_hand.dropped.add(target_number(leg))

    def _is_plan(self, leg: Leg) -> bool:
        """A stop of a position takes it along by itself; on spot it is an order like a trigger entry."""
        return _is_trigger_entry(leg) or (is_spot(self.plan) and leg.type is OrderType.TRIGGER)

    def _as_seen(self, leg: Leg) -> Leg:
        if leg.client_oid not in self._stops_seen:
            return leg
        price, amount = self._stops_seen[leg.client_oid]
        return replace(leg, trigger_price=price, amount=amount)

    def _oid_of(self, order: VenueOrder) -> ClientOrderId | None:
        if order.client_oid in self._legs:
            return order.client_oid
        oid = self._venue_ids.get(order.venue_order_id)
        if oid is None and order.parent is not None:
            oid = self._venue_ids.get(order.parent)
        return oid

    def _leg_of(self, fill: Fill) -> Leg | None:
        if fill.client_oid in self._legs:
            return self._legs[fill.client_oid]
        oid = self._venue_ids.get(fill.venue_order_id)
        return None if oid is None else self._legs[oid]

    def _is_mine(self, fill: Fill) -> bool:
        """Ours by id; or it takes away from the position, whoever ordered that: the trade follows the venue.

        Coins lie among others of their kind: what somebody else sells need not be this trade's.
        """
        if self._leg_of(fill) is not None or is_gone(fill):
            return True
        if is_spot(self.plan):
            return False
        if fill.position_side not in (None, self.plan.side):
            return False
        entries = self._of(OrderSide.opening(self.plan.side))
        is_exit = fill.side is OrderSide.closing(self.plan.side) and self.amount > 0
        is_later = any(fill.at >= entry.at for entry in entries)
        return is_exit and is_later and fill.symbol == self.plan.market.symbol

    def _end_if_full(self, fill: Fill) -> None:
        """An order of which all has filled is done, whether or not that is told of the order too."""
        leg = self._leg_of(fill)
        if leg is None or leg.amount is None or leg.client_oid in self._done:
            return
        if self._filled_by_leg()[leg.client_oid] >= leg.amount:
            self.end(leg.client_oid, OrderStatus.FILLED)

    def _filled_by_leg(self) -> Mapping[ClientOrderId, Quantity]:
        return self.once("filled by leg", self._reckon_filled)

    def _reckon_filled(self) -> Mapping[ClientOrderId, Quantity]:
        known: dict[ClientOrderId, Quantity] = {}
        for fill in self._fills.values():
            leg = self._leg_of(fill)
            if leg is not None:
                sum_so_far = known.get(leg.client_oid, NOTHING)
                known[leg.client_oid] = Quantity(sum_so_far + fill.amount)
        return known

    @property
    def _kept(self) -> Decimal:
        """Of the coins that entries bought, what the venue took for itself."""
        return sum((coin_fee(fill, self.plan.market) for fill in self._fills.values()), Decimal(0))

    def _of(self, side: OrderSide) -> list[Fill]:
        return [fill for fill in self._fills.values() if fill.side is side]

    def _sum(self, side: OrderSide) -> Quantity:
        return Quantity(sum((fill.amount for fill in self._of(side)), Decimal(0)))


def _is_trigger_entry(leg: Leg) -> bool:
    return leg.role is Role.ENTRY and leg.type is OrderType.TRIGGER


def target_number(leg: Leg) -> int:
    """3 of `target-3`."""
    return int(leg.name.rpartition("-")[2])


def is_losing(side: Side, price: Price, stop: Price) -> bool:
    """Whether the market has passed *stop* already: an order there would be refused."""
    return price <= stop if side is Side.LONG else price >= stop
