"""What must be true when nothing is under way, by the exchange's own book and by the journal on the disk."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from machine.ground import EQUITY, Ground
from machine.ways import OPEN_MAX
from tgbitget.simulators.bitget.orders import Order, Plan, Side
from tgbitget.simulators.bitget.positions import Position

ZERO = Decimal(0)
OVER = ("closed", "cancelled", "failed")
HALF_A_CENT = Decimal("0.000001")

Place = tuple[str, bool]
"""A symbol as the exchange writes it, and whether the position is a long one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A trade as the journal has it. `shares` its position: its stop is of exactly what it holds."""

    signal: str
    symbol: str
    is_long: bool
    state: str
    amount: Decimal
    stop: Decimal
    realised: Decimal
    shares: bool
    is_spot: bool

    @property
    def place(self) -> Place:
        return self.symbol, self.is_long


@dataclass(slots=True)
class Hand:
    """What the owner did at the exchange, as far as it changes what must be true."""

    mixed: set[Place] = field(default_factory=set)
    """Positions with a part that is the owner's."""
    is_unaccounted: bool = False
    """The account has a part that no trade has: the owner's, or a funding whose bill nobody was there to read."""
    aimed: set[str] = field(default_factory=set)
    """Trades whose targets were touched."""
    moved: set[str] = field(default_factory=set)
    """Attached stops, by id, that the owner moved: they bear no id of ours, and their price was what told them."""


class Truths:
    """`first_wrong` names the first thing that is not as it must be."""

    def __init__(self, ground: Ground, hand: Hand) -> None:
        self._ground = ground
        self._hand = hand
        self._stops: dict[str, Decimal] = {}

    def first_wrong(self) -> str | None:
        ground = self._ground
        why = ground.lines[-1].why_it_ended()
        assert why is None, f"the listener is gone: {why}"
        trades = self.trades()
        looks: tuple[Callable[[list[Told]], Iterator[str]], ...] = (
            self._outcomes,
            self._sends,
            self._amounts,
            self._stops_stand,
            self._targets_add_up,
            self._nothing_is_left,
            self._prices,
            self._coins,
            self._money,
        )
        return next((wrong for look in looks for wrong in look(trades)), None)

    # the journal

    def trades(self) -> list[Told]:
        sized = {
            signal: '"sizes_stop":true' in value
            for signal, value in self._ground.ask("SELECT signal, value FROM plans")
        }
        rows = self._ground.ask(
            "SELECT signal, symbol, side, state, amount, stop, realised FROM trades"
        )
        return [
            Told(
                signal=signal,
                symbol=symbol.partition(":")[0].replace("/", ""),
                is_long=side == "long",
                state=state,
                amount=Decimal(amount),
                stop=Decimal(stop or 0),
                realised=Decimal(realised),
                shares=sized.get(signal, False),
                is_spot=":" not in symbol,
            )
            for signal, symbol, side, state, amount, stop, realised in rows
        ]

    def _legs(self) -> dict[str, tuple[str, str]]:
        return {
            oid: (signal, role)
            for oid, signal, role in self._ground.ask("SELECT client_oid, signal, role FROM legs")
        }

    def _outcomes(self, _: list[Told]) -> Iterator[str]:
        """I1, the first half: the text of now has an outcome."""
        rows = self._ground.ask(
            "SELECT signal, text FROM decisions JOIN posts USING (channel, message_id, revision)"
            " ORDER BY revision"
        )
        decided = dict(rows)
        for post in self._ground.said:
            standing = next((m for m in post.channel.messages if m.id == post.id), None)
            if standing is not None and decided.get(post.signal) != standing.text:
                yield f"no outcome of {post.signal}"

    def _sends(self, trades: list[Told]) -> Iterator[str]:
        known = {trade.signal for trade in trades}
        last = dict(self._ground.ask("SELECT client_oid, result FROM placements ORDER BY id"))
        for oid, (signal, _) in self._legs().items():
            if last.get(oid) == "unknown":
                yield f"nobody knows what became of {oid} of {signal}"
            if signal not in known:
                yield f"{signal} is no trade yet"
        for trade in trades:
            if trade.state in ("pending", "planned", "closing"):
                yield f"{trade.signal} is {trade.state}"
        standing = sum(trade.state not in OVER for trade in trades)
        if standing > OPEN_MAX:
            yield f"{standing} trades stand"

    # futures

    def positions(self) -> dict[Place, Position]:
        held = self._ground.bitget.exchange.desk.positions.values()
        return {(p.symbol, p.long): p for p in held if p.size}

    def _amounts(self, trades: list[Told]) -> Iterator[str]:
        """I4: what we believe is what the venue has."""
        ours: defaultdict[Place, Decimal] = defaultdict(Decimal)
        for trade in _on_contracts(trades):
            ours[trade.place] += trade.amount
            if trade.state in OVER and trade.amount:
                yield f"{trade.signal} is {trade.state} with {trade.amount}"
        positions = self.positions()
        for place in {*ours, *positions}:
            open_now = positions[place].size if place in positions else ZERO
            if ours[place] > open_now:
                yield f"{_named(place)}: {ours[place]} is believed, {open_now} is open"
            if ours[place] < open_now and place not in self._hand.mixed:
                yield f"{_named(place)}: {ours[place]} is believed, {open_now} is open"

    def _stops_stand(self, trades: list[Told]) -> Iterator[str]:
        """Each trade's stop is at its price, of what it holds; there is none at another price."""
        plans, leaving = self._plans(), self.leaving()
        for trade in _open(trades):
            if trade.place in leaving:
                continue
            here = [p for p in plans if _place(p) == trade.place and p.kind.stops_loss]
            mine = [p for p in here if p.trigger == trade.stop]
            covered = sum((p.size or ZERO for p in mine), ZERO)
            is_whole = any(p.kind.whole_position for p in mine)
            if not is_whole and covered < trade.amount:
                yield f"{trade.signal}: at {trade.stop} a stop of {covered} stands, {trade.amount} is open"
            wanted = {t.stop for t in _open(trades) if t.place == trade.place}
            if odd := {p.trigger for p in here if p.id not in self._hand.moved} - wanted:
                yield f"{_named(trade.place)}: a stop stands at {odd}, wanted are {wanted}"
            if not is_whole and all(t.shares for t in _open(trades) if t.place == trade.place):
                total = sum((p.size or ZERO for p in here), ZERO)
                each = sum((t.amount for t in _open(trades) if t.place == trade.place), ZERO)
                least = self._ground.bitget.exchange.desk.contracts[trade.symbol].size_min
                if total > max(each, least * len(wanted)):
                    yield f"{_named(trade.place)}: stops of {total} for {each}"

    def loosened(self, trades: list[Told], *, may: set[str]) -> str | None:
        """By what the trades say of themselves: a stop goes one way only, *may* aside."""
        for trade in _open(trades):
            before = self._stops.get(trade.signal, trade.stop)
            is_looser = trade.stop < before if trade.is_long else trade.stop > before
            if is_looser and trade.signal not in may:
                return f"{trade.signal}: the stop went from {before} to {trade.stop}"
            self._stops[trade.signal] = trade.stop
        return None

    def _targets_add_up(self, trades: list[Told]) -> Iterator[str]:
        legs = self._legs()
        aims: defaultdict[str, Decimal] = defaultdict(Decimal)
        for plan in self._plans():
            signal, role = legs.get(plan.client_id, ("", ""))
            if role == "take_profit":
                aims[signal] += plan.size or ZERO
        for order in self._orders():
            signal, role = legs.get(order.client_id, ("", ""))
            if role == "take_profit":
                aims[signal] += order.remaining
        leaving = self.leaving()
        for trade in _open(trades):
            aimed = aims.pop(trade.signal, ZERO)
            is_wrong = aimed > trade.amount or (
                aimed < trade.amount and trade.signal not in self._hand.aimed
            )
            if is_wrong and not self._is_too_small(trade) and trade.place not in leaving:
                yield f"{trade.signal}: targets of {aimed} for {trade.amount}"
        for signal, aimed in aims.items():
            yield f"{signal}: targets of {aimed} for nothing"

    def _is_too_small(self, trade: Told) -> bool:
        contract = self._ground.bitget.exchange.desk.contracts[trade.symbol]
        value = trade.amount * self._ground.price(trade.symbol) * Decimal("0.9")
        return trade.amount < contract.size_min or value < contract.notional_min

    def _nothing_is_left(self, trades: list[Told]) -> Iterator[str]:
        legs = self._legs()
        over = {trade.signal for trade in trades if trade.state in OVER}
        every: list[Order | Plan] = [*self._orders(), *self._plans()]
        for each in every:
            oid = each.client_id
            if isinstance(each, Plan) and each.parent_order_id:
                parent = self._ground.bitget.exchange.desk.orders.get(each.parent_order_id)
                oid = parent.client_id if parent is not None else oid
            if oid in legs and legs[oid][0] in over:
                yield f"{oid} rests for {legs[oid][0]}, which is over"
        for place in {_place(plan) for plan in self._plans() if plan.kind.guards_position}:
            if place not in self.positions():
                yield f"a stop or target of {_named(place)} guards nothing"

    def _prices(self, trades: list[Told]) -> Iterator[str]:
        """Where anything can be traded, nothing is open beyond its stop."""
        desk = self._ground.bitget.exchange.desk
        for trade in _open(trades):
            if trade.symbol in desk.liquidity:
                continue
            price = self._ground.price(trade.symbol)
            if price < trade.stop if trade.is_long else price > trade.stop:
                yield f"{trade.signal} is open beyond its stop {trade.stop}, at {price}"

    def _money(self, trades: list[Told]) -> Iterator[str]:
        """Where nothing is open, what the trades made is what the account made."""
        if self._hand.is_unaccounted or _open(trades):
            return  # the venue counts an average over trades, and anew from each time that it was flat
        made = sum((trade.realised for trade in _on_contracts(trades)), ZERO)
        real = self._ground.bitget.exchange.desk.ledger.balance - EQUITY
        if abs(made - real) > HALF_A_CENT:
            yield f"{made} was made by what is told, {real} by the account"

    # spot

    def _coins(self, trades: list[Told]) -> Iterator[str]:
        desk = self._ground.bitget.exchange.spot_desk
        coins = [trade for trade in trades if trade.is_spot]
        for symbol in {trade.symbol for trade in coins}:
            purse = desk.purse(symbol.removesuffix("USDT"))
            held = purse.available + purse.frozen
            mine = [t for t in coins if t.symbol == symbol and t.state == "open"]
            ours = sum((t.amount for t in mine), ZERO)
            if ours > held:
                yield f"{symbol} spot: {ours} is believed, {held} is there"
            plans = [p for p in desk.waiting(symbol) if p.side is Side.SELL]
            resting = sum(
                (
                    order.remaining
                    for order in desk.orders.values()
                    if order.symbol == symbol and order.live and order.side is Side.SELL
                ),
                ZERO,
            )
            stopped = sum((p.size for p in plans), ZERO) + resting
            if stopped != ours:
                yield f"{symbol} spot: stops of {stopped} for {ours}"
            if odd := {p.trigger for p in plans} - {t.stop for t in mine}:
                yield f"{symbol} spot: a stop stands at {odd}"
            price = desk.tapes[symbol].last
            for trade in mine:
                if price < trade.stop and symbol not in desk.liquidity:
                    yield f"{trade.signal} holds coins beyond its stop {trade.stop}, at {price}"
            if sold := self._ground.bitget.exchange.spot_audit.oversold.get(symbol):
                yield f"{symbol} spot: {sold} of the owner's coins were sold"

    # the venue

    def leaving(self) -> set[Place]:
        """Positions with a close at market that waits for somebody who trades: their stop may have fired."""
        waiting = [order for order in self._orders() if order.closing and order.market]
        return {(order.symbol, order.long_side) for order in waiting}

    def _plans(self) -> list[Plan]:
        live = self._ground.bitget.exchange.desk.live_plans.values()
        return [plan for plans in live for plan in plans.values()]

    def _orders(self) -> list[Order]:
        live = self._ground.bitget.exchange.desk.live_orders.values()
        return [order for orders in live for order in orders.values()]

    # at the end of it all

    def once(self) -> Iterator[str]:
        """I1 and I2: never two outcomes of a revision, never two entries of a leg, never more than was planned."""
        told = Counter(
            (line["signal"], line["post"]["revision"]) for line in self._ground.of("decision")
        )
        yield from (f"{key} was decided {n} times" for key, n in told.items() if n > 1)
        bitget = self._ground.bitget
        entries: list[tuple[str, bool]] = [
            (order.client_id, bool(order.live or order.filled))
            for order in bitget.orders
            if not order.closing and order.client_id.startswith("tg")
        ]
        entries += [
            (order.client_id, bool(order.live or order.filled))
            for order in bitget.exchange.spot_desk.orders.values()
            if order.side is Side.BUY and order.client_id.startswith("tg")
        ]
        taken = Counter(oid for oid, stands in entries if stands)
        yield from (f"{oid} was taken {n} times" for oid, n in taken.items() if n > 1)
        amounts = {
            oid: (signal, name, Decimal(amount or "Infinity"))
            for oid, signal, name, amount in self._ground.ask(
                "SELECT client_oid, signal, name, amount FROM legs"
            )
        }
        filled: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for order in bitget.orders:
            if order.closing or not order.client_id.startswith("tg"):
                continue
            if order.client_id not in amounts:
                yield f"{order.client_id} of {order.symbol} is no leg of ours"
                continue
            signal, name, amount = amounts[order.client_id]
            filled[signal, name] += order.filled
            if filled[signal, name] > amount:
                yield f"{signal} {name}: {filled[signal, name]} of {amount} filled"


def _on_contracts(trades: list[Told]) -> list[Told]:
    return [trade for trade in trades if not trade.is_spot]


def _open(trades: list[Told]) -> list[Told]:
    return [trade for trade in _on_contracts(trades) if trade.state == "open"]


def _place(plan: Plan) -> Place:
    return plan.symbol, plan.side is Side.SELL


def _named(place: Place) -> str:
    return f"{place[0]} {'long' if place[1] else 'short'}"
