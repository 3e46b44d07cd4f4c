"""A contract of the simulated exchange, as a journey speaks of it: where the price is, what was ordered, what is open."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from tgbitget.model.money import exact
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.orders import Execution, Order, Plan
from tgbitget.simulators.bitget.positions import Position
from tgbitget.simulators.bitget.rest import Recorded


class Priced(Protocol):
    """What a post can be written of: a coin's name, and prices as multiples of where the journey began."""

    @property
    def base(self) -> str: ...

    def at(self, times: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Coin:
    """`base` as posts write it. Prices are named as multiples of the price when the journey began."""

    bitget: BitgetSimulator
    base: str
    began: Decimal

    @property
    def symbol(self) -> str:
        return f"{self.base}USDT"

    def at(self, times: str) -> str:
        tick = self.bitget.exchange.desk.contracts[self.symbol].tick
        return exact((self.began * Decimal(times)).quantize(tick))

    def moves(self, times: str) -> None:
        """The market trades through everything on its way there."""
        self.bitget.exchange.set_price(self.symbol, Decimal(self.at(times)))

    # what was ordered

    @property
    def order_requests(self) -> list[Recorded]:
        """Requests for orders that the exchange looked at, answered or not, refused or not."""
        return [
            r
            for r in self.bitget.requests
            if r.method == "POST"
            and r.params.get("symbol") == self.symbol
            and r.endpoint in ("place-order", "place-plan-order")
        ]

    @property
    def entry_requests(self) -> list[Recorded]:
        return [r for r in self.order_requests if r.params.get("reduceOnly") not in ("YES", "yes")]

    @property
    def orders(self) -> list[Order]:
        return [o for o in self.bitget.orders if o.symbol == self.symbol]

    @property
    def entries(self) -> list[Order]:
        """Orders that opened or would have opened a position, however they ended."""
        return [o for o in self.orders if not o.closing and o.source == "normal"]

    @property
    def resting(self) -> list[Order]:
        return [o for o in self.entries if o.live]

    @property
    def plans(self) -> list[Plan]:
        """Stops, targets and trigger orders that wait at the venue."""
        return list(self.bitget.exchange.desk.live_plans.get(self.symbol, {}).values())

    @property
    def stops(self) -> list[Decimal]:
        """Where the stops of the whole position are."""
        return [p.trigger for p in self.plans if p.kind.stops_loss and p.kind.whole_position]

    @property
    def targets(self) -> list[Decimal]:
        return sorted(p.trigger for p in self.plans if p.kind.takes_profit)

    # what is open

    @property
    def position(self) -> Position | None:
        held = [p for p in self.bitget.exchange.desk.positions.values() if p.symbol == self.symbol]
        return next((p for p in held if p.size), None)

    @property
    def size(self) -> Decimal:
        return self.position.size if self.position is not None else Decimal(0)

    @property
    def is_flat(self) -> bool:
        """No position, and nothing that could make one or close one."""
        return not (self.size or self.resting or self.plans)

    @property
    def executions(self) -> list[Execution]:
        return [e for e in self.bitget.executions if e.symbol == self.symbol]

    @property
    def bought(self) -> Decimal:
        """What entries filled in all."""
        return sum((e.size for e in self.executions if not e.closing), Decimal(0))

    @property
    def unguarded_seconds(self) -> float:
        return self.bitget.unguarded_seconds(self.symbol)
