"""The exchange as one thing: futures and spot of one account, their prices, their state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tgbitget.simulators.bitget import path
from tgbitget.simulators.bitget.audit import Audit
from tgbitget.simulators.bitget.bills import Bill
from tgbitget.simulators.bitget.decimals import ZERO, round_to
from tgbitget.simulators.bitget.desk import Desk, Ledger, Rules, SymbolSettings
from tgbitget.simulators.bitget.events import Listener, PlanChanged, PositionChanged
from tgbitget.simulators.bitget.futures import Futures
from tgbitget.simulators.bitget.markets import Row, Snapshot, contract, pair, snapshot
from tgbitget.simulators.bitget.orders import Execution, HoldMode, Order, Plan
from tgbitget.simulators.bitget.positions import ClosedPosition, Position
from tgbitget.simulators.bitget.prices import Tape
from tgbitget.simulators.bitget.refusals import Refusal
from tgbitget.simulators.bitget.spot import Spot
from tgbitget.simulators.bitget.spot_audit import SpotAudit
from tgbitget.simulators.bitget.spot_desk import SpotDesk
from tgbitget.simulators.bitget.spot_orders import Purse, SpotOrder, SpotPlan
from tgbitget.simulators.bitget.storage import pack, unpack

DUMP_VERSION = 1


@dataclass(kw_only=True)
class _TapeState:
    last: Decimal
    mark_apart: Decimal | None
    spread: Decimal
    funding_rate: Decimal
    moved_at: int


@dataclass(kw_only=True)
class _State:
    """Everything of `Exchange.dump`, by name."""

    ledger: Ledger
    rules: Rules
    hold_mode: HoldMode
    settings: dict[str, SymbolSettings]
    orders: list[Order]
    plans: list[Plan]
    positions: list[Position]
    executions: list[Execution]
    history: list[ClosedPosition]
    client_ids: dict[str, str]
    count: int
    tapes: dict[str, _TapeState]
    purses: dict[str, Purse]
    spot_orders: list[SpotOrder]
    spot_plans: list[SpotPlan]
    spot_executions: list[Execution]
    spot_client_ids: dict[str, str]
    spot_count: int
    spot_tapes: dict[str, _TapeState] = field(default_factory=dict)
    bills: list[Bill] = field(default_factory=list)


class Exchange:
    """Pure: it neither waits nor looks at a clock; `now` is handed in, in milliseconds."""

    def __init__(
        self,
        *,
        now: Callable[[], int],
        equity: Decimal = Decimal(1000),
        spot_balances: dict[str, Decimal] | None = None,
        contracts: Iterable[Row] | None = None,
        pairs: Iterable[Row] | None = None,
        prices: dict[str, Decimal] | None = None,
        spot_prices: dict[str, Decimal] | None = None,
    ) -> None:
        known = snapshot()
        self._clock = now
        self._instant: int | None = None
        listed = {row["symbol"]: contract(row) for row in contracts or known.contracts.rows}
        spot_listed = {row["symbol"]: pair(row) for row in pairs or known.spot.rows}
        self.desk = Desk(
            contracts=listed,
            tapes=_tapes(listed, prices, known, spot=False, at=now()),
            ledger=Ledger(start=equity),
            now=self.now,
        )
        self.futures = Futures(self.desk)
        self.spot_desk = SpotDesk(
            pairs=spot_listed,
            tapes=_tapes(spot_listed, spot_prices, known, spot=True, at=now()),
            now=self.now,
        )
        self.spot = Spot(self.spot_desk)
        for coin, amount in (spot_balances or {}).items():
            self.spot_desk.purse(coin).available = amount
        self.audit = Audit()
        self.listen(self.audit.hear)
        self.spot_audit = SpotAudit(
            pairs=self.spot_desk.pairs, tapes=self.spot_desk.tapes, purse=self.spot_desk.purse
        )
        self.listen(self.spot_audit.hear)

    @property
    def rules(self) -> Rules:
        return self.desk.rules

    def now(self) -> int:
        return self._clock() if self._instant is None else self._instant

    @contextmanager
    def still(self) -> Iterator[None]:
        """What is done inside happens at one instant."""
        if self._instant is not None:
            yield
            return
        self._instant = self._clock()
        try:
            yield
        finally:
            self._instant = None

    def listen(self, listener: Listener) -> None:
        self.desk.listeners.append(listener)
        self.spot_desk.listeners.append(listener)

    # Prices

    def set_price(
        self, symbol: str, price: Decimal, *, product: str | None = None, gap: bool = False
    ) -> None:
        """Move last to `price`, through every trigger between; with `gap` it jumps.

        Without a product both the contract and the pair of that name move.
        """
        if symbol not in self.desk.tapes and symbol not in self.spot_desk.tapes:
            raise Refusal("40034", symbol)
        with self.still():
            if product in {None, "futures"} and (symbol in self.desk.tapes or product):
                path.move(self.desk, symbol, price, gap=gap)
            if product in {None, "spot"} and (symbol in self.spot_desk.tapes or product):
                on_tick = round_to(price, self.spot_desk.pair(symbol).tick)
                self.spot.move(symbol, on_tick, gap=gap)

    def set_mark(self, symbol: str, price: Decimal | None) -> None:
        """Set the mark price apart from last; with nothing it follows again."""
        with self.still():
            path.move_mark(self.desk, symbol, price)

    def set_spread(self, symbol: str, spread: Decimal) -> None:
        """Bid is last, ask is last plus this."""
        self.desk.tape(symbol).spread = spread

    def set_liquidity(self, symbol: str, size: Decimal | None) -> None:
        """So much may be traded from now on, then orders wait; with nothing, without bound."""
        with self.still():
            for market in (self.desk, self.spot_desk):
                if size is None:
                    market.liquidity.pop(symbol, None)
                else:
                    market.liquidity[symbol] = size
            if symbol in self.desk.tapes:
                path.settle(self.desk, symbol)
            if symbol in self.spot_desk.tapes:
                self.spot.settle(symbol)

    def fund(self, symbol: str, rate: Decimal) -> None:
        with self.still():
            self.futures.fund(symbol, rate)

    def run_pending(self) -> None:
        with self.still():
            self.futures.run_pending()

    def delist(self, symbol: str) -> None:
        """The contract is gone from the listing; orders are refused with 40309."""
        self.set_status(symbol, "off")

    def set_status(self, symbol: str, status: str) -> None:
        """`normal`, `maintain`, `limit_open`, `off`: as `symbolStatus` of the contract."""
        row = {**self.desk.contracts[symbol].row, "symbolStatus": status}
        self.desk.contracts[symbol] = contract(row)

    def list_contract(self, row: Row, price: Decimal) -> None:
        """A new contract, or a changed one, its precision say."""
        listed = contract(row)
        self.desk.contracts[listed.symbol] = listed
        if listed.symbol not in self.desk.tapes:
            tape = Tape(symbol=listed.symbol, last=price)
            tape.print(price, self.now())
            self.desk.tapes[listed.symbol] = tape

    def unguarded_ms(self, symbol: str) -> int:
        return self.audit.bare_ms(symbol, self.now())

    def unguarded_spot_ms(self, symbol: str) -> int:
        return self.spot_audit.bare_ms(symbol, self.now())

    # State

    def dump(self) -> dict[str, Any]:
        """The whole account and its prices, JSON-able; listings and candles are not in it."""
        desk, spot = self.desk, self.spot_desk
        state = _State(
            ledger=desk.ledger,
            rules=desk.rules,
            hold_mode=desk.hold_mode,
            settings=desk.settings,
            orders=list(desk.orders.values()),
            plans=list(desk.plans.values()),
            positions=list(desk.positions.values()),
            executions=desk.executions,
            history=desk.history,
            client_ids=desk.client_ids,
            count=desk.count,
            tapes={symbol: _tape_state(tape) for symbol, tape in desk.tapes.items()},
            purses=spot.purses,
            spot_orders=list(spot.orders.values()),
            spot_plans=list(spot.plans.values()),
            spot_executions=spot.executions,
            spot_client_ids=spot.client_ids,
            spot_count=spot.count,
            spot_tapes={symbol: _tape_state(tape) for symbol, tape in spot.tapes.items()},
            bills=desk.bills,
        )
        return {"version": DUMP_VERSION, "state": pack(state)}

    @classmethod
    def load(
        cls,
        dumped: dict[str, Any],
        *,
        now: Callable[[], int],
        contracts: Iterable[Row] | None = None,
        pairs: Iterable[Row] | None = None,
    ) -> Exchange:
        """The exchange as it was dumped; the listings are today's."""
        if dumped.get("version") != DUMP_VERSION:
            raise ValueError(
                f"a dump of version {DUMP_VERSION} is needed, was {dumped.get('version')}"
            )
        exchange = cls(now=now, contracts=contracts, pairs=pairs)
        exchange._restore(unpack(_State, dumped["state"]))
        return exchange

    def roll_back(self, dumped: dict[str, Any]) -> None:
        """Undo everything since a dump, as venues have done: fills and orders vanish.

        Ids are not used again, and positions and balance are pushed as they are now.
        """
        count, spot_count = self.desk.count, self.spot_desk.count
        with self.still():
            gone = list(self.desk.positions.values())
            self._restore(unpack(_State, dumped["state"]))
            self.desk.count, self.spot_desk.count = count, spot_count
            for position in gone:
                if (position.symbol, position.hold) not in self.desk.positions:
                    position.size = ZERO
                    self.desk.note_position(position)
            for position in self.desk.positions.values():
                self.desk.note_position(position)
            self.desk.note_balance()

    def _restore(self, state: _State) -> None:
        desk, spot = self.desk, self.spot_desk
        desk.ledger, desk.rules, desk.hold_mode = state.ledger, state.rules, state.hold_mode
        desk.settings, desk.client_ids, desk.count = state.settings, state.client_ids, state.count
        desk.executions, desk.history = state.executions, state.history
        desk.bills = state.bills
        desk.orders = {order.id: order for order in state.orders}
        desk.plans = {plan.id: plan for plan in state.plans}
        desk.positions = {(p.symbol, p.hold): p for p in state.positions}
        desk.pending.clear()
        desk.live_orders.clear()
        desk.live_plans.clear()
        for order in state.orders:
            if order.live:
                desk.live_orders.setdefault(order.symbol, {})[order.id] = order
        for plan in state.plans:
            if plan.live:
                desk.live_plans.setdefault(plan.symbol, {})[plan.id] = plan
        spot.purses, spot.client_ids, spot.count = (
            state.purses,
            state.spot_client_ids,
            state.spot_count,
        )
        spot.executions = state.spot_executions
        spot.orders = {order.id: order for order in state.spot_orders}
        spot.live_orders = {order.id: order for order in state.spot_orders if order.live}
        spot.live_plans = {plan.id: plan for plan in state.spot_plans if plan.live}
        spot.plans = {plan.id: plan for plan in state.spot_plans}
        _restore_tapes(desk.tapes, state.tapes)
        _restore_tapes(spot.tapes, state.spot_tapes)
        self._tell_the_audit(state)

    def _tell_the_audit(self, state: _State) -> None:
        for plan in state.plans:
            if plan.live:
                self.audit.hear(PlanChanged(at=self.now(), plan=plan))
        for position in state.positions:
            self.audit.hear(
                PositionChanged(
                    at=self.now(),
                    symbol=position.symbol,
                    hold=position.hold.value,
                    long=position.long,
                    size=position.size,
                )
            )


def _tapes(
    listed: Iterable[str],
    prices: dict[str, Decimal] | None,
    known: Snapshot,
    *,
    spot: bool,
    at: int,
) -> dict[str, Tape]:
    defaults = known.spot.prices if spot else known.contracts.prices
    tapes = {}
    for symbol in listed:
        price = (prices or {}).get(symbol) or defaults.get(symbol) or Decimal(1)
        tapes[symbol] = Tape(symbol=symbol, last=price)
        tapes[symbol].print(price, at)
    return tapes


def _tape_state(tape: Tape) -> _TapeState:
    return _TapeState(
        last=tape.last,
        mark_apart=tape.mark_apart,
        spread=tape.spread,
        funding_rate=tape.funding_rate,
        moved_at=tape.moved_at,
    )


def _restore_tapes(tapes: dict[str, Tape], states: dict[str, _TapeState]) -> None:
    for symbol, state in states.items():
        tape = tapes.setdefault(symbol, Tape(symbol=symbol, last=state.last))
        tape.last, tape.mark_apart = state.last, state.mark_apart
        tape.spread, tape.funding_rate = state.spread, state.funding_rate
        tape.candles.clear()
        tape.print(state.last, state.moved_at)
