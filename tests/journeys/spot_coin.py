"""A pair of the simulated exchange, as a journey speaks of it: its price, what was bought of it, the plans that sell it."""

from dataclasses import dataclass
from decimal import Decimal

from tgbitget.model.money import exact
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.orders import Execution, Side
from tgbitget.simulators.bitget.rest import Recorded
from tgbitget.simulators.bitget.spot_orders import SpotOrder, SpotPlan


@dataclass(frozen=True, slots=True)
class SpotCoin:
    """Prices are named as multiples of the price when the journey began."""

    bitget: BitgetSimulator
    base: str
    began: Decimal

    @property
    def symbol(self) -> str:
        return f"{self.base}USDT"

    def at(self, times: str) -> str:
        tick = self.bitget.exchange.spot_desk.pairs[self.symbol].tick
        return exact((self.began * Decimal(times)).quantize(tick))

    def moves(self, times: str, *, gap: bool = False) -> None:
        price = Decimal(self.at(times))
        self.bitget.exchange.set_price(self.symbol, price, product="spot", gap=gap)

    @property
    def size(self) -> Decimal:
        """All that the account has of it, whoever bought it."""
        purse = self.bitget.exchange.spot_desk.purse(self.base)
        return purse.available + purse.frozen

    @property
    def plans(self) -> list[SpotPlan]:
        return self.bitget.exchange.spot_desk.waiting(self.symbol)

    @property
    def stops(self) -> list[tuple[Decimal, Decimal]]:
        """Trigger and size of what sells when the price falls."""
        return [(p.trigger, p.size) for p in self.plans if p.side is Side.SELL]

    @property
    def orders(self) -> list[SpotOrder]:
        placed = self.bitget.exchange.spot_desk.orders.values()
        return [order for order in placed if order.symbol == self.symbol]

    @property
    def resting(self) -> list[SpotOrder]:
        return [order for order in self.orders if order.live]

    @property
    def executions(self) -> list[Execution]:
        done = self.bitget.exchange.spot_desk.executions
        return [e for e in done if e.symbol == self.symbol]

    def total(self, side: Side) -> Decimal:
        return sum((e.size for e in self.executions if e.side is side), Decimal(0))

    @property
    def bought(self) -> Decimal:
        return self.total(Side.BUY)

    @property
    def sold(self) -> Decimal:
        return self.total(Side.SELL)

    @property
    def order_requests(self) -> list[Recorded]:
        return [
            r
            for r in self.bitget.requests
            if r.method == "POST" and r.endpoint in ("place-order", "place-plan-order")
        ]

    @property
    def bare_seconds(self) -> float:
        return self.bitget.unguarded_spot_seconds(self.symbol)

    @property
    def oversold(self) -> Decimal:
        return self.bitget.exchange.spot_audit.oversold.get(self.symbol, Decimal(0))
