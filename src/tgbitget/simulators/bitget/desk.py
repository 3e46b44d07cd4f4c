"""The futures desk: everything the venue keeps of one account, and the hand that writes it down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from tgbitget.simulators.bitget.bills import Bill
from tgbitget.simulators.bitget.decimals import ZERO
from tgbitget.simulators.bitget.events import (
    BalanceChanged,
    Event,
    Listener,
    OrderChanged,
    PlanChanged,
    PositionChanged,
    PriceMoved,
)
from tgbitget.simulators.bitget.markets import Contract
from tgbitget.simulators.bitget.orders import (
    Execution,
    Hold,
    HoldMode,
    MarginMode,
    Order,
    Plan,
    TriggerBy,
)
from tgbitget.simulators.bitget.positions import ClosedPosition, Position
from tgbitget.simulators.bitget.prices import Tape
from tgbitget.simulators.bitget.refusals import Refusal

LEVERAGE_DEFAULT = 20
FIRST_ID = 1_300_000_000_000_000_000
CLIENT_ID_LIFE_MS = 6 * 3600 * 1000


@dataclass(slots=True, kw_only=True)
class Rules:
    """How the venue behaves where its documentation leaves it open, and cues about it."""

    presets_with_each_fill: bool = True  # otherwise only when the order is filled completely
    preset_trigger: TriggerBy = TriggerBy.LAST
    filled_ids_reusable: bool = False  # a client id is free again once its order is filled
    price_band: bool = True
    presets_lost: int = 0  # so many of the next orders lose their attached stop
    moving_plans_refused: str = ""  # the code with which orders that trail are refused


@dataclass(slots=True, kw_only=True)
class SymbolSettings:
    margin_mode: MarginMode = MarginMode.CROSSED
    crossed_leverage: int = LEVERAGE_DEFAULT
    long_leverage: int = LEVERAGE_DEFAULT
    short_leverage: int = LEVERAGE_DEFAULT

    def leverage(self, *, long: bool) -> int:
        if self.margin_mode is MarginMode.CROSSED:
            return self.crossed_leverage
        return self.long_leverage if long else self.short_leverage


@dataclass(slots=True, kw_only=True)
class Ledger:
    """`balance` is always `start + realised - fees + funding`."""

    start: Decimal
    realised: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        return self.start + self.realised - self.fees + self.funding


@dataclass(slots=True, kw_only=True)
class Replacement:
    """A modified order, accepted but not yet done: Bitget replaces it a moment later."""

    order_id: str
    client_id: str
    size: Decimal | None
    price: Decimal | None
    stop: Decimal | None
    target: Decimal | None


@dataclass(slots=True, kw_only=True)
class Desk:
    contracts: dict[str, Contract]
    tapes: dict[str, Tape]
    ledger: Ledger
    now: Callable[[], int]
    rules: Rules = field(default_factory=Rules)
    hold_mode: HoldMode = HoldMode.ONE_WAY
    settings: dict[str, SymbolSettings] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    live_orders: dict[str, dict[str, Order]] = field(default_factory=dict)
    live_plans: dict[str, dict[str, Plan]] = field(default_factory=dict)
    positions: dict[tuple[str, Hold], Position] = field(default_factory=dict)
    executions: list[Execution] = field(default_factory=list)
    history: list[ClosedPosition] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    client_ids: dict[str, str] = field(default_factory=dict)
    pending: list[Replacement] = field(default_factory=list)
    liquidity: dict[str, Decimal] = field(default_factory=dict)
    listeners: list[Listener] = field(default_factory=list)
    count: int = 0

    # Looking up

    def contract(self, symbol: str) -> Contract:
        contract = self.contracts.get(symbol)
        if contract is None:
            raise Refusal("40034", symbol)
        if contract.row["symbolStatus"] == "off":
            raise Refusal("40309")
        return contract

    def tape(self, symbol: str) -> Tape:
        tape = self.tapes.get(symbol)
        if tape is None:
            raise Refusal("40034", symbol)
        return tape

    def settings_of(self, symbol: str) -> SymbolSettings:
        return self.settings.setdefault(symbol, SymbolSettings())

    def position(self, symbol: str, hold: Hold) -> Position | None:
        return self.positions.get((symbol, hold))

    def resting(self, symbol: str) -> list[Order]:
        return list(self.live_orders.get(symbol, {}).values())

    def waiting(self, symbol: str) -> list[Plan]:
        return list(self.live_plans.get(symbol, {}).values())

    def order(self, order_id: str, client_id: str) -> Order | None:
        return self.orders.get(order_id or self.client_ids.get(client_id, ""))

    def plan(self, order_id: str, client_id: str) -> Plan | None:
        return self.plans.get(order_id or self.client_ids.get(client_id, ""))

    def busy(self, symbol: str | None = None) -> bool:
        """Whether there are positions or open orders, on one symbol or at all."""
        orders = (
            self.resting(symbol) if symbol else [o for d in self.live_orders.values() for o in d]
        )
        held = [key for key in self.positions if symbol in {None, key[0]}]
        return bool(orders or held)

    # Writing down

    def next_id(self) -> str:
        self.count += 1
        return str(FIRST_ID + self.count)

    def claim(self, client_id: str, order_id: str) -> None:
        """Bind a client id, or refuse it because another order has it."""
        known = self.client_ids.get(client_id)
        if known is not None and not self._free_again(known):
            raise Refusal("40786")
        self.client_ids[client_id] = order_id

    def _free_again(self, order_id: str) -> bool:
        known: Order | Plan | None = self.orders.get(order_id) or self.plans.get(order_id)
        if known is None or known.created_at < self.now() - CLIENT_ID_LIFE_MS:
            return True
        return self.rules.filled_ids_reusable and not known.live

    def note_order(self, order: Order, fill: Execution | None = None) -> None:
        order.updated_at = self.now()
        live = self.live_orders.setdefault(order.symbol, {})
        self.orders[order.id] = order
        if order.live:
            live[order.id] = order
        else:
            live.pop(order.id, None)
        self.tell(OrderChanged(at=order.updated_at, order=order, fill=fill))

    def note_plan(self, plan: Plan) -> None:
        plan.updated_at = self.now()
        live = self.live_plans.setdefault(plan.symbol, {})
        self.plans[plan.id] = plan
        if plan.live:
            live[plan.id] = plan
        else:
            live.pop(plan.id, None)
        self.tell(PlanChanged(at=plan.updated_at, plan=plan))

    def note_position(self, position: Position) -> None:
        position.updated_at = self.now()
        self.tell(
            PositionChanged(
                at=position.updated_at,
                symbol=position.symbol,
                hold=position.hold.value,
                long=position.long,
                size=position.size,
            )
        )

    def note_balance(self) -> None:
        self.tell(BalanceChanged(at=self.now()))

    def note_price(self, symbol: str) -> None:
        self.tell(PriceMoved(at=self.now(), product="futures", symbol=symbol))

    def tell(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)
