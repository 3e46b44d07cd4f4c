"""The spot market of one account: purses, orders, trigger orders, matching at its price."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from tgbitget.simulators.bitget import checks
from tgbitget.simulators.bitget.decimals import ZERO, floor_to, money, places, text
from tgbitget.simulators.bitget.events import (
    Event,
    Listener,
    PriceMoved,
    SpotBalanceChanged,
    SpotOrderChanged,
    SpotPlanChanged,
)
from tgbitget.simulators.bitget.markets import Pair
from tgbitget.simulators.bitget.orders import (
    Execution,
    Force,
    Hold,
    PlanStatus,
    Side,
    Status,
    TriggerBy,
)
from tgbitget.simulators.bitget.prices import Tape
from tgbitget.simulators.bitget.refusals import Refusal
from tgbitget.simulators.bitget.spot_orders import Purse, SpotOrder, SpotPlan

CLIENT_ID_LIFE_MS = 6 * 3600 * 1000
FIRST_ID = 1_400_000_000_000_000_000
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


@dataclass(slots=True, kw_only=True)
class Spot:
    pairs: dict[str, Pair]
    tapes: dict[str, Tape]
    now: Callable[[], int]
    filled_ids_reusable: bool = True  # documented so: an id counts while its order is unfilled
    purses: dict[str, Purse] = field(default_factory=dict)
    orders: dict[str, SpotOrder] = field(default_factory=dict)
    plans: dict[str, SpotPlan] = field(default_factory=dict)
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
        return [o for o in self.orders.values() if o.live and symbol in {None, o.symbol}]

    def waiting(self, symbol: str | None = None) -> list[SpotPlan]:
        return [p for p in self.plans.values() if p.live and symbol in {None, p.symbol}]

    # Requests

    def place(self, request: SpotRequest) -> SpotOrder:
        order = self._accept(request)
        self._take(order)
        self.settle(request.symbol)
        return order

    def cancel(self, symbol: str | None, order_id: str = "", client_id: str = "") -> SpotOrder:
        order = self.order(order_id, client_id)
        if order is None or not order.live or symbol not in {None, order.symbol}:
            raise Refusal("43001")
        self._end(order, "user")
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
        pair, tape = self.pair(request.symbol), self.tape(request.symbol)
        checks.client_id(request.client_id)
        self._check_price(pair, request.trigger, "triggerPrice")
        if request.execute_price is not None:
            self._check_price(pair, request.execute_price, "executePrice")
        self._check_size(pair, request.size, in_quote=request.in_quote)
        identity = self._next_id()
        if request.client_id:
            self._claim(request.client_id, identity)
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
            created_at=self.now(),
            updated_at=self.now(),
            sequence=self.count,
        )
        self._note_plan(plan)
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
        plan = self.plan(order_id, client_id)
        if plan is None or not plan.live:
            raise Refusal("43025")
        pair = self.pair(plan.symbol)
        if trigger is not None:
            self._check_price(pair, trigger, "triggerPrice")
            plan.fires_above = trigger >= self.tape(plan.symbol).last
        if size is not None:
            self._check_size(pair, size, in_quote=plan.in_quote)
        plan.trigger = trigger or plan.trigger
        plan.size = size or plan.size
        plan.execute_price = execute_price or plan.execute_price
        self._note_plan(plan)
        self.settle(plan.symbol)
        return plan

    def cancel_plan(self, order_id: str = "", client_id: str = "") -> SpotPlan:
        plan = self.plan(order_id, client_id)
        if plan is None or not plan.live:
            raise Refusal("43025")
        plan.status = PlanStatus.CANCELED
        self._note_plan(plan)
        return plan

    def deposit(self, coin: str, amount: Decimal) -> None:
        self.purse(coin).available += amount
        self._note_balance(coin)

    # The price

    def move(self, symbol: str, price: Decimal, *, gap: bool = False) -> None:
        """Through everything between, in order; with `gap` over it."""
        tape = self.tape(symbol)
        for _ in range(STEPS_MAX):
            step = None if gap else self._next(symbol, tape.last, price)
            tape.print(price if step is None else step, self.now())
            self.settle(symbol)
            self._tell(PriceMoved(at=self.now(), product="spot", symbol=symbol))
            if step is None:
                return
        raise RuntimeError(f"the price of {symbol} did not arrive at {price}")

    def settle(self, symbol: str) -> None:
        for _ in range(STEPS_MAX):
            if not (self._fire(symbol) or self._match(symbol)):
                return
        raise RuntimeError(f"{symbol} did not come to rest")

    def _next(self, symbol: str, start: Decimal, end: Decimal) -> Decimal | None:
        rising, spread = end > start, self.tape(symbol).spread
        levels = [(plan.trigger, plan.fires_above) for plan in self.waiting(symbol)]
        for order in self.resting(symbol):
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
        last = self.tape(symbol).last
        for plan in sorted(self.waiting(symbol), key=lambda plan: plan.sequence):
            if last >= plan.trigger if plan.fires_above else last <= plan.trigger:
                self._execute(plan)
                return True
        return False

    def _execute(self, plan: SpotPlan) -> None:
        size = plan.size
        if plan.in_quote and plan.execute_price is not None:
            size = floor_to(size / plan.execute_price, self.pair(plan.symbol).step)
        try:
            order = self._accept(
                SpotRequest(symbol=plan.symbol, side=plan.side, size=size, price=plan.execute_price)
            )
        except Refusal:
            plan.status = PlanStatus.FAILED
            self._note_plan(plan)
            return
        plan.status, plan.execute_order_id = PlanStatus.EXECUTED, order.id
        self._note_plan(plan)
        self._take(order)

    def _match(self, symbol: str) -> bool:
        by_age = sorted(self.resting(symbol), key=lambda order: order.sequence)
        return any(
            self._fill(order, order.price or self._best(order), maker=not order.market)
            for order in by_age
            if self._crosses(order)
        )

    # Orders

    def _accept(self, request: SpotRequest) -> SpotOrder:
        pair = self.pair(request.symbol)
        checks.client_id(request.client_id)
        market = request.price is None
        in_quote = market and request.side is Side.BUY
        if request.price is not None:
            self._check_price(pair, request.price, "price")
        self._check_size(pair, request.size, in_quote=in_quote)
        at = request.price or self.tape(request.symbol).last
        worth = request.size if in_quote else request.size * at
        if worth < pair.notional_min:
            raise Refusal("45110", text(pair.notional_min))
        coin = pair.quote if request.side is Side.BUY else pair.base
        held = worth if request.side is Side.BUY else request.size
        purse = self.purse(coin)
        if held > purse.available:
            raise Refusal("43012")
        identity = self._next_id()
        if request.client_id:
            self._claim(request.client_id, identity)
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
            created_at=self.now(),
            updated_at=self.now(),
            frozen=held,
            sequence=self.count,
        )
        self._note_order(order)
        self._note_balance(coin)
        return order

    def _take(self, order: SpotOrder) -> None:
        crosses = self._crosses(order)
        if order.force is Force.POST_ONLY and crosses:
            self._end(order, "post_only_as_taker")
            return
        limit = self.liquidity.get(order.symbol)
        short = limit is not None and limit < order.remaining
        if order.force is Force.FOK and (short or not crosses):
            self._end(order, "not_filled_completely")
            return
        if crosses:
            self._fill(order, self._best(order), maker=False)
        if order.live and order.force is Force.IOC:
            self._end(order, "not_filled_immediately")

    def _best(self, order: SpotOrder) -> Decimal:
        tape = self.tape(order.symbol)
        return tape.ask if order.side is Side.BUY else tape.bid

    def _crosses(self, order: SpotOrder) -> bool:
        if order.price is None:
            return True
        best = self._best(order)
        return order.price >= best if order.side is Side.BUY else order.price <= best

    def _fill(self, order: SpotOrder, price: Decimal, *, maker: bool) -> bool:
        pair = self.pairs[order.symbol]
        size = order.remaining
        if order.in_quote:
            size = floor_to(size / price, pair.step)
        limit = self.liquidity.get(order.symbol)
        if limit is not None:
            size = min(size, limit)
            self.liquidity[order.symbol] = limit - size
        if size <= ZERO:
            if order.in_quote and limit is None:
                self._finish(order)
            return False
        spent, got = self.purse(pair.quote), self.purse(pair.base)
        worth = size * price
        rate = pair.maker_rate if maker else pair.taker_rate
        if order.side is Side.BUY:
            # A limit buy froze its own price; what a better one saves goes back.
            held = worth if order.in_quote or order.price is None else size * order.price
            fee, fee_coin = money(size * rate), pair.base
            spent.frozen -= held
            spent.available += held - worth
            got.available += size - fee
            order.frozen -= held
        else:
            fee, fee_coin = money(worth * rate), pair.quote
            got.frozen -= size
            order.frozen -= size
            spent.available += worth - fee
        order.filled += size
        order.quote_filled += worth
        order.fee += fee
        order.status = Status.PARTIAL if order.remaining else Status.FILLED
        fill = Execution(
            id=self._next_id(),
            order_id=order.id,
            client_id=order.client_id,
            symbol=order.symbol,
            side=order.side,
            hold=Hold.NET,
            closing=False,
            size=size,
            price=price,
            fee=fee,
            profit=ZERO,
            maker=maker,
            market=order.market,
            at=self.now(),
            product="spot",
            fee_coin=fee_coin,
        )
        self.executions.append(fill)
        if order.in_quote and order.remaining < pair.step * price:
            self._release(order)
            order.status = Status.FILLED
        self._note_order(order, fill)
        self._note_balance(pair.base, pair.quote)
        return True

    def _finish(self, order: SpotOrder) -> None:
        """A market buy whose rest buys no further step: what is left goes back."""
        self._release(order)
        order.status = Status.FILLED if order.filled else Status.CANCELED
        self._note_order(order)

    def _end(self, order: SpotOrder, reason: str) -> None:
        self._release(order)
        order.status, order.cancel_reason = Status.CANCELED, reason
        self._note_order(order)
        pair = self.pairs[order.symbol]
        self._note_balance(pair.quote if order.side is Side.BUY else pair.base)

    def _release(self, order: SpotOrder) -> None:
        pair = self.pairs[order.symbol]
        purse = self.purse(pair.quote if order.side is Side.BUY else pair.base)
        purse.frozen -= order.frozen
        purse.available += order.frozen
        order.frozen = ZERO

    def _check_price(self, pair: Pair, value: Decimal, name: str) -> None:
        if value <= ZERO:
            raise Refusal("43011", f"{name} <= 0")
        if places(value) > pair.price_places:
            detail = f"{name} checkBDScale error value={value} checkScale={pair.price_places}"
            raise Refusal("40808", detail)

    def _check_size(self, pair: Pair, value: Decimal, *, in_quote: bool) -> None:
        allowed = pair.quote_places if in_quote else pair.size_places
        if value <= ZERO:
            raise Refusal("43011", "size <= 0")
        if places(value) > allowed:
            detail = f"size checkBDScale error value={value} checkScale={allowed}"
            raise Refusal("40808", detail)
        if not in_quote and value < pair.size_min:
            raise Refusal("45111")

    # Writing down

    def _next_id(self) -> str:
        self.count += 1
        return str(FIRST_ID + self.count)

    def _claim(self, client_id: str, order_id: str) -> None:
        known_id = self.client_ids.get(client_id)
        known = self.orders.get(known_id or "") or self.plans.get(known_id or "")
        if known is not None and self._still_counts(known):
            raise Refusal("43118")
        self.client_ids[client_id] = order_id

    def _still_counts(self, known: SpotOrder | SpotPlan) -> bool:
        recent = known.created_at >= self.now() - CLIENT_ID_LIFE_MS
        return recent and (known.live or not self.filled_ids_reusable)

    def _note_order(self, order: SpotOrder, fill: Execution | None = None) -> None:
        order.updated_at = self.now()
        self.orders[order.id] = order
        self._tell(SpotOrderChanged(at=order.updated_at, order=order, fill=fill))

    def _note_plan(self, plan: SpotPlan) -> None:
        plan.updated_at = self.now()
        self.plans[plan.id] = plan
        self._tell(SpotPlanChanged(at=plan.updated_at, plan=plan))

    def _note_balance(self, *coins: str) -> None:
        self._tell(SpotBalanceChanged(at=self.now(), coins=coins))

    def _tell(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)
