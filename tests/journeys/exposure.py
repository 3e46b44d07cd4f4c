"""What an account could lose money with, by the simulated exchange's own book, looked at with everything that happens."""

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.decimals import ZERO
from tgbitget.simulators.bitget.events import Event, OrderChanged, PlanChanged, PositionChanged
from tgbitget.simulators.bitget.orders import Order, PlanKind
from tgbitget.simulators.bitget.positions import Position


@dataclass(slots=True)
class Exposure:
    """The highest that each measure came to, over these symbols."""

    bitget: BitgetSimulator
    symbols: Collection[str]
    looks: int = 0
    most: dict[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bitget.exchange.listen(self._hear)

    def _hear(self, event: Event) -> None:
        if isinstance(event, OrderChanged | PlanChanged | PositionChanged):
            self.look()

    def look(self) -> None:
        self.looks += 1
        each = {symbol: self._notional(symbol) for symbol in self.symbols}
        self._note("position", max(each.values()))
        self._note("total", sum(each.values(), ZERO))
        self._note("count", Decimal(sum(notional > 0 for notional in each.values())))
        self._note("risk", sum((self._risk(symbol) for symbol in self.symbols), ZERO))
        self._note("leverage", Decimal(max((o.leverage for o in self._resting()), default=0)))
        held = self.bitget.exchange.desk.positions.values()
        self._note("leverage", Decimal(max((p.leverage for p in held if p.size), default=0)))

    def _note(self, name: str, value: Decimal) -> None:
        self.most[name] = max(value, self.most.get(name, ZERO))

    def _notional(self, symbol: str) -> Decimal:
        """What is open at its entry, and all that may still fill at its limit."""
        held = (p.size * p.entry for p in self._positions(symbol))
        waiting = (o.remaining * (o.price or self._last(symbol)) for o in self._resting(symbol))
        plans = (
            (plan.size or ZERO) * plan.trigger
            for plan in self.bitget.exchange.desk.live_plans.get(symbol, {}).values()
            if plan.kind is PlanKind.NORMAL and not plan.closing
        )
        return sum((*held, *waiting, *plans), ZERO)

    def _risk(self, symbol: str) -> Decimal:
        """To the stop that stands at the venue; an order carries its own."""
        plans = self.bitget.exchange.desk.live_plans.get(symbol, {}).values()
        stops = [plan.trigger for plan in plans if plan.kind.stops_loss]
        risk = ZERO
        for position in self._positions(symbol):
            if stops:
                stop = min(stops) if position.long else max(stops)
                away = position.entry - stop if position.long else stop - position.entry
                risk += max(ZERO, away) * position.size
        for order in self._resting(symbol):
            if order.stop is not None and order.price is not None:
                risk += abs(order.price - order.stop) * order.remaining
        return risk

    def _positions(self, symbol: str) -> list[Position]:
        held = self.bitget.exchange.desk.positions.values()
        return [p for p in held if p.symbol == symbol and p.size]

    def _resting(self, symbol: str | None = None) -> list[Order]:
        books = self.bitget.exchange.desk.live_orders
        live = [order for book in books.values() for order in book.values()]
        return [o for o in live if not o.closing and symbol in (None, o.symbol)]

    def _last(self, symbol: str) -> Decimal:
        return self.bitget.exchange.desk.tapes[symbol].last
