"""What an account can ask of the spot market, and the way of its price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tgbitget.simulators.bitget import checks, spot_checks, spot_matching
from tgbitget.simulators.bitget.decimals import floor_to, text
from tgbitget.simulators.bitget.orders import Force, PlanStatus, Side, TriggerBy
from tgbitget.simulators.bitget.refusals import Refusal
from tgbitget.simulators.bitget.spot_desk import SpotDesk
from tgbitget.simulators.bitget.spot_orders import SpotOrder, SpotPlan

STEPS_MAX = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotRequest:
    """`size` is in quote for a market buy."""

    symbol: str
    side: Side
    size: Decimal
    price: Decimal | None = None
    force: Force = Force.GTC
    client_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotPlanRequest:
    symbol: str
    side: Side
    size: Decimal
    in_quote: bool
    trigger: Decimal
    by: TriggerBy
    execute_price: Decimal | None = None
    client_id: str = ""


class Spot:
    def __init__(self, desk: SpotDesk) -> None:
        self.desk = desk

    # Requests

    def place(self, request: SpotRequest) -> SpotOrder:
        order = self._accept(request)
        spot_matching.take(self.desk, order)
        self.settle(request.symbol)
        return order

    def cancel(self, symbol: str | None, order_id: str = "", client_id: str = "") -> SpotOrder:
        order = self.desk.order(order_id, client_id)
        if order is None or not order.live or symbol not in {None, order.symbol}:
            raise Refusal("43001")
        spot_matching.end(self.desk, order, "user")
        return order

    def replace(
        self, symbol: str, order_id: str, client_id: str, request: SpotRequest
    ) -> SpotOrder:
        """Cancel and place anew, in one."""
        old = self.cancel(symbol, order_id, client_id)
        return self.place(
            SpotRequest(
                symbol=symbol,
                side=old.side,
                size=request.size,
                price=request.price,
                force=old.force,
                client_id=request.client_id,
            )
        )

    def place_plan(self, request: SpotPlanRequest) -> SpotPlan:
        pair, tape = self.desk.pair(request.symbol), self.desk.tape(request.symbol)
        checks.client_id(request.client_id)
        spot_checks.price(pair, request.trigger, "triggerPrice")
        if request.execute_price is not None:
            spot_checks.price(pair, request.execute_price, "executePrice")
        spot_checks.size(pair, request.size, in_quote=request.in_quote)
        identity = self.desk.next_id()
        if request.client_id:
            self.desk.claim(request.client_id, identity)
        plan = SpotPlan(
            id=identity,
            client_id=request.client_id or identity,
            symbol=request.symbol,
            side=request.side,
            in_quote=request.in_quote,
            size=request.size,
            trigger=request.trigger,
            by=request.by,
            fires_above=request.trigger >= tape.last,
            execute_price=request.execute_price,
            created_at=self.desk.now(),
            updated_at=self.desk.now(),
            sequence=self.desk.count,
        )
        self.desk.note_plan(plan)
        self.settle(request.symbol)
        return plan

    def modify_plan(
        self,
        order_id: str,
        client_id: str,
        *,
        trigger: Decimal | None,
        size: Decimal | None,
        execute_price: Decimal | None,
    ) -> SpotPlan:
        plan = self.desk.plan(order_id, client_id)
        if plan is None or not plan.live:
            raise Refusal("43025")
        pair = self.desk.pair(plan.symbol)
        if trigger is not None:
            spot_checks.price(pair, trigger, "triggerPrice")
            plan.fires_above = trigger >= self.desk.tape(plan.symbol).last
        if size is not None:
            spot_checks.size(pair, size, in_quote=plan.in_quote)
        plan.trigger = trigger or plan.trigger
        plan.size = size or plan.size
        plan.execute_price = execute_price or plan.execute_price
        self.desk.note_plan(plan)
        self.settle(plan.symbol)
        return plan

    def cancel_plan(self, order_id: str = "", client_id: str = "") -> SpotPlan:
        plan = self.desk.plan(order_id, client_id)
        if plan is None or not plan.live:
            raise Refusal("43025")
        plan.status = PlanStatus.CANCELED
        self.desk.note_plan(plan)
        return plan

    def deposit(self, coin: str, amount: Decimal) -> None:
        self.desk.purse(coin).available += amount
        self.desk.note_balance(coin)

    # The price

    def move(self, symbol: str, price: Decimal, *, gap: bool = False) -> None:
        """Through everything between, in order; with `gap` over it."""
        tape = self.desk.tape(symbol)
        for _ in range(STEPS_MAX):
            step = None if gap else self._next(symbol, tape.last, price)
            tape.print(price if step is None else step, self.desk.now())
            self.settle(symbol)
            self.desk.note_price(symbol)
            if step is None:
                return
        raise RuntimeError(f"the price of {symbol} did not arrive at {price}")

    def settle(self, symbol: str) -> None:
        for _ in range(STEPS_MAX):
            if not (self._fire(symbol) or self._match(symbol)):
                return
        raise RuntimeError(f"{symbol} did not come to rest")

    def _next(self, symbol: str, start: Decimal, end: Decimal) -> Decimal | None:
        rising, spread = end > start, self.desk.tape(symbol).spread
        levels = [(plan.trigger, plan.fires_above) for plan in self.desk.waiting(symbol)]
        for order in self.desk.resting(symbol):
            if order.price is not None:
                buys = order.side is Side.BUY
                levels.append((order.price - spread if buys else order.price, not buys))
        between = [
            level
            for level, above in levels
            if above == rising and (start < level < end if rising else end < level < start)
        ]
        if not between:
            return None
        return min(between) if rising else max(between)

    def _fire(self, symbol: str) -> bool:
        last = self.desk.tape(symbol).last
        for plan in sorted(self.desk.waiting(symbol), key=lambda plan: plan.sequence):
            if last >= plan.trigger if plan.fires_above else last <= plan.trigger:
                self._execute(plan)
                return True
        return False

    def _execute(self, plan: SpotPlan) -> None:
        size = plan.size
        if plan.in_quote and plan.execute_price is not None:
            size = floor_to(size / plan.execute_price, self.desk.pair(plan.symbol).step)
        try:
            order = self._accept(
                SpotRequest(symbol=plan.symbol, side=plan.side, size=size, price=plan.execute_price)
            )
        except Refusal:
            plan.status = PlanStatus.FAILED
            self.desk.note_plan(plan)
            return
        plan.status, plan.execute_order_id = PlanStatus.EXECUTED, order.id
        self.desk.note_plan(plan)
        spot_matching.take(self.desk, order)

    def _match(self, symbol: str) -> bool:
        by_age = sorted(self.desk.resting(symbol), key=lambda order: order.sequence)
        return any(
            spot_matching.fill(
                self.desk,
                order,
                order.price or spot_matching.best(self.desk, order),
                maker=not order.market,
            )
            for order in by_age
            if spot_matching.crosses(self.desk, order)
        )

    # Orders

    def _accept(self, request: SpotRequest) -> SpotOrder:
        pair = self.desk.pair(request.symbol)
        checks.client_id(request.client_id)
        market = request.price is None
        in_quote = market and request.side is Side.BUY
        if request.price is not None:
            spot_checks.price(pair, request.price, "price")
        spot_checks.size(pair, request.size, in_quote=in_quote)
        at = request.price or self.desk.tape(request.symbol).last
        worth = request.size if in_quote else request.size * at
        if worth < pair.notional_min:
            raise Refusal("45110", text(pair.notional_min))
        coin = pair.quote if request.side is Side.BUY else pair.base
        held = worth if request.side is Side.BUY else request.size
        purse = self.desk.purse(coin)
        if held > purse.available:
            raise Refusal("43012")
        identity = self.desk.next_id()
        if request.client_id:
            self.desk.claim(request.client_id, identity)
        purse.available -= held
        purse.frozen += held
        order = SpotOrder(
            id=identity,
            client_id=request.client_id or identity,
            symbol=request.symbol,
            side=request.side,
            market=market,
            force=request.force,
            size=request.size,
            price=request.price,
            created_at=self.desk.now(),
            updated_at=self.desk.now(),
            frozen=held,
            sequence=self.desk.count,
        )
        self.desk.note_order(order)
        self.desk.note_balance(coin)
        return order
