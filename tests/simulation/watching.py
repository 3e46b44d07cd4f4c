"""Watching the exchange while it trades: who leaves, which stops move where, how many positions there are."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from tgbitget.simulators.bitget.events import Event, OrderChanged, PlanChanged, PositionChanged
from tgbitget.simulators.bitget.orders import Plan, PlanKind


class Leaving:
    """When an order to close was live: a stop that has fired guards no more, its order waits for somebody who trades."""

    def __init__(self) -> None:
        self._live: dict[str, tuple[str, float]] = {}
        self._over: list[tuple[str, float, float]] = []

    def hear(self, event: Event, now: float) -> None:
        if not isinstance(event, OrderChanged) or not event.order.closing:
            return
        order = event.order
        if order.live:
            self._live.setdefault(order.id, (order.symbol, now))
        elif order.id in self._live:
            symbol, since = self._live.pop(order.id)
            self._over.append((symbol, since, now))

    def stretches(self, symbol: str, now: float) -> list[tuple[float, float]]:
        over = [(since, until) for of, since, until in self._over if of == symbol]
        return over + [(since, now) for of, since in self._live.values() if of == symbol]


@dataclass(slots=True, kw_only=True)
class Loosened:
    """A stop that went the other way, from where it had stood since `best_since`; `until`: back there, or closed."""

    symbol: str
    client_id: str
    best: Decimal
    best_since: float
    trigger: Decimal
    at: float
    until: float | None = None

    def __str__(self) -> str:
        return f"{self.symbol} from {self.best} to {self.trigger}"


class Ratchet:
    """The stop of a whole position only ever comes nearer. `loosened` is what went the other way."""

    def __init__(self) -> None:
        self._best: dict[tuple[str, str], tuple[Decimal, float]] = {}
        self.loosened: list[Loosened] = []

    def hear(self, event: Event, now: float) -> None:
        match event:
            case PositionChanged(symbol=symbol, hold=hold) if not event.size:
                self._best.pop((symbol, hold), None)
                self._end(symbol, now)
            case PlanChanged(plan=plan) if plan.live and plan.kind is PlanKind.POSITION_LOSS:
                self._take(plan, now)

    def _take(self, plan: Plan, now: float) -> None:
        key, is_long = (plan.symbol, plan.hold.value), not plan.fires_above
        best, since = self._best.get(key, (plan.trigger, now))
        if (plan.trigger < best) if is_long else (plan.trigger > best):
            self.loosened.append(
                Loosened(
                    symbol=plan.symbol,
                    client_id=plan.client_id,
                    best=best,
                    best_since=since,
                    trigger=plan.trigger,
                    at=now,
                )
            )
            return
        self._end(plan.symbol, now)
        self._best[key] = (plan.trigger, since if plan.trigger == best else now)

    def _end(self, symbol: str, now: float) -> None:
        for one in self.loosened:
            if one.symbol == symbol and one.until is None:
                one.until = now


class Crowd:
    """How many symbols have a position or an entry that rests; `most` at once."""

    def __init__(self) -> None:
        self._sizes: dict[tuple[str, str], Decimal] = {}
        self._orders: defaultdict[str, set[str]] = defaultdict(set)
        self.most = 0

    def hear(self, event: Event) -> None:
        match event:
            case PositionChanged():
                self._sizes[event.symbol, event.hold] = event.size
            case OrderChanged(order=order) if not order.closing and order.live:
                self._orders[order.symbol].add(order.id)
            case OrderChanged(order=order):
                self._orders[order.symbol].discard(order.id)
            case _:
                return
        held = {symbol for (symbol, _), size in self._sizes.items() if size}
        self.most = max(self.most, len(held | {s for s, ids in self._orders.items() if ids}))
