"""The spot desk: purses, orders and executions of one account, and the hand that writes them down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from tgbitget.simulators.bitget.events import (
    Event,
    Listener,
    PriceMoved,
    SpotBalanceChanged,
    SpotOrderChanged,
    SpotPlanChanged,
)
from tgbitget.simulators.bitget.markets import Pair
from tgbitget.simulators.bitget.orders import Execution
from tgbitget.simulators.bitget.prices import Tape
from tgbitget.simulators.bitget.refusals import Refusal
from tgbitget.simulators.bitget.spot_orders import Purse, SpotOrder, SpotPlan

CLIENT_ID_LIFE_MS = 6 * 3600 * 1000
FIRST_ID = 1_400_000_000_000_000_000


@dataclass(slots=True, kw_only=True)
class SpotDesk:
    pairs: dict[str, Pair]
    tapes: dict[str, Tape]
    now: Callable[[], int]
    filled_ids_reusable: bool = True  # documented so: an id counts while its order is unfilled
    purses: dict[str, Purse] = field(default_factory=dict)
    orders: dict[str, SpotOrder] = field(default_factory=dict)
    plans: dict[str, SpotPlan] = field(default_factory=dict)
    live_orders: dict[str, SpotOrder] = field(default_factory=dict)
    live_plans: dict[str, SpotPlan] = field(default_factory=dict)
    executions: list[Execution] = field(default_factory=list)
    client_ids: dict[str, str] = field(default_factory=dict)
    liquidity: dict[str, Decimal] = field(default_factory=dict)
    listeners: list[Listener] = field(default_factory=list)
    count: int = 0

    # Looking up

    def pair(self, symbol: str) -> Pair:
        pair = self.pairs.get(symbol)
        if pair is None:
            raise Refusal("40034", symbol)
        if pair.row["status"] != "online":
            raise Refusal("40309")
        return pair

    def tape(self, symbol: str) -> Tape:
        tape = self.tapes.get(symbol)
        if tape is None:
            raise Refusal("40034", symbol)
        return tape

    def purse(self, coin: str) -> Purse:
        return self.purses.setdefault(coin, Purse())

    def order(self, order_id: str, client_id: str) -> SpotOrder | None:
        return self.orders.get(order_id or self.client_ids.get(client_id, ""))

    def plan(self, order_id: str, client_id: str) -> SpotPlan | None:
        return self.plans.get(order_id or self.client_ids.get(client_id, ""))

    def resting(self, symbol: str | None = None) -> list[SpotOrder]:
        return [o for o in self.live_orders.values() if symbol in {None, o.symbol}]

    def waiting(self, symbol: str | None = None) -> list[SpotPlan]:
        return [p for p in self.live_plans.values() if symbol in {None, p.symbol}]

    # Writing down

    def next_id(self) -> str:
        self.count += 1
        return str(FIRST_ID + self.count)

    def claim(self, client_id: str, order_id: str) -> None:
        known_id = self.client_ids.get(client_id)
        known = self.orders.get(known_id or "") or self.plans.get(known_id or "")
        if known is not None and self._still_counts(known):
            raise Refusal("43118")
        self.client_ids[client_id] = order_id

    def _still_counts(self, known: SpotOrder | SpotPlan) -> bool:
        recent = known.created_at >= self.now() - CLIENT_ID_LIFE_MS
        return recent and (known.live or not self.filled_ids_reusable)

    def note_order(self, order: SpotOrder, fill: Execution | None = None) -> None:
        order.updated_at = self.now()
        self.orders[order.id] = order
        if order.live:
            self.live_orders[order.id] = order
        else:
            self.live_orders.pop(order.id, None)
        self.tell(SpotOrderChanged(at=order.updated_at, order=order, fill=fill))

    def note_plan(self, plan: SpotPlan) -> None:
        plan.updated_at = self.now()
        self.plans[plan.id] = plan
        if plan.live:
            self.live_plans[plan.id] = plan
        else:
            self.live_plans.pop(plan.id, None)
        self.tell(SpotPlanChanged(at=plan.updated_at, plan=plan))

    def note_balance(self, *coins: str) -> None:
        self.tell(SpotBalanceChanged(at=self.now(), coins=coins))

    def note_price(self, symbol: str) -> None:
        self.tell(PriceMoved(at=self.now(), product="spot", symbol=symbol))

    def tell(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)
