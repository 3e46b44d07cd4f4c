"""What an account can ask of the USDT futures; each request is carried out or refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from tgbitget.simulators.bitget import entry, margin, matching, path, plans
from tgbitget.simulators.bitget.bills import Bill
from tgbitget.simulators.bitget.decimals import ZERO, money
from tgbitget.simulators.bitget.desk import Desk, Replacement
from tgbitget.simulators.bitget.entry import OrderRequest
from tgbitget.simulators.bitget.orders import (
    Hold,
    HoldMode,
    MarginMode,
    Order,
    Plan,
    PlanKind,
    Side,
)
from tgbitget.simulators.bitget.plans import GuardRequest, PlanRequest
from tgbitget.simulators.bitget.positions import Position
from tgbitget.simulators.bitget.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """What `modify-plan-order` and `modify-tpsl-order` may change; nothing: leave it."""

    size: Decimal | None = None
    trigger: Decimal | None = None
    execute_price: Decimal | None = None
    callback: Decimal | None = None
    stop: Decimal | None = None
    target: Decimal | None = None


class Futures:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # Orders

    def place(self, request: OrderRequest) -> Order:
        order = entry.place(self.desk, request)
        path.settle(self.desk, request.symbol)
        return order

    def cancel(self, symbol: str, order_id: str = "", client_id: str = "") -> Order:
        order = self.desk.order(order_id, client_id)
        if order is None or order.symbol != symbol:
            raise Refusal("40768")
        if not order.live:
            raise Refusal("22001")
        matching.cancel(self.desk, order, "user")
        return order

    def cancel_all(self, symbol: str | None = None) -> list[Order]:
        symbols = [symbol] if symbol else list(self.desk.live_orders)
        orders = [order for each in symbols for order in self.desk.resting(each)]
        for order in orders:
            matching.cancel(self.desk, order, "user")
        return orders

    def modify(self, symbol: str, order_id: str, client_id: str, change: Replacement) -> Order:
        """Accept a change; `run_pending` carries it out, under the new client id."""
        order = self.desk.order(order_id, client_id)
        if order is None or order.symbol != symbol:
            raise Refusal("40768")
        if not order.live:
            raise Refusal("22001")
        if not change.client_id:
            raise Refusal("400172", "newClientOid")
        if change.client_id in self.desk.client_ids:
            raise Refusal("40786")
        self.desk.pending.append(replace(change, order_id=order.id))
        return order

    def run_pending(self) -> None:
        """Replace what was modified; an order that filled meanwhile stays as it is."""
        waiting, self.desk.pending[:] = self.desk.pending[:], []
        for change in waiting:
            order = self.desk.orders[change.order_id]
            if order.live:
                self._replace(order, change)

    def _replace(self, order: Order, change: Replacement) -> None:
        request = OrderRequest(
            symbol=order.symbol,
            side=order.side,
            size=change.size or order.remaining,
            hold=order.hold,
            closing=order.closing,
            price=change.price or order.price,
            force=order.force,
            client_id=change.client_id,
            stop=change.stop or order.stop,
            stop_execute=order.stop_execute,
            target=change.target or order.target,
            target_execute=order.target_execute,
            trigger_by=order.trigger_by,
        )
        try:
            entry.check(self.desk, request)
        except Refusal:
            return  # the original stays
        matching.cancel(self.desk, order, "modified")
        self.place(request)

    def close(self, symbol: str | None, hold_side: str = "") -> list[Order]:
        """Flash close at the market: everything, or one symbol, or one side of it."""
        held = [
            position
            for position in list(self.desk.positions.values())
            if symbol in {None, position.symbol} and hold_side in {"", position.side}
        ]
        if not held:
            raise Refusal("22002")
        return [self.close_position(position) for position in held]

    def close_position(self, position: Position, source: str = "flash_close") -> Order:
        for order in self.desk.resting(position.symbol):
            if order.closing and order.hold is position.hold:
                matching.cancel(self.desk, order, "flash_close")
        request = OrderRequest(
            symbol=position.symbol,
            side=Side.SELL if position.long else Side.BUY,
            size=position.size,
            hold=position.hold,
            closing=True,
        )
        order = entry.accept(self.desk, request, source=source)
        matching.take(self.desk, order)
        path.settle(self.desk, position.symbol)
        return order

    # Plans

    def place_plan(self, request: PlanRequest) -> Plan:
        plan = plans.place(self.desk, request)
        path.settle(self.desk, request.symbol)
        return plan

    def guard(self, request: GuardRequest) -> Plan:
        plan = plans.guard(self.desk, request)
        path.settle(self.desk, request.symbol)
        return plan

    def modify_plan(self, symbol: str, order_id: str, client_id: str, change: PlanChange) -> Plan:
        plan = self.desk.plan(order_id, client_id)
        if plan is None or not plan.live or plan.symbol != symbol:
            raise Refusal("43025")
        trigger = change.trigger or plan.trigger
        plans.check_change(self.desk, plan, trigger, change.size, change.execute_price)
        if trigger != plan.trigger and not plan.kind.guards_position:
            price = plans.price_of(self.desk.tape(symbol), plan.by)
            plan.fires_above = trigger >= price
        plan.trigger = trigger
        if change.size is not None and not plan.kind.whole_position:
            plan.size = change.size
        plan.execute_price = change.execute_price or plan.execute_price
        plan.callback = change.callback or plan.callback
        plan.stop = change.stop or plan.stop
        plan.target = change.target or plan.target
        self.desk.note_plan(plan)
        path.settle(self.desk, symbol)
        return plan

    def cancel_plan(
        self, symbol: str | None, kinds: set[PlanKind], order_id: str = "", client_id: str = ""
    ) -> Plan | None:
        """Nothing when there is no such plan of these kinds: the venue then says nothing."""
        plan = self.desk.plan(order_id, client_id)
        if plan is None or not plan.live or plan.kind not in kinds:
            return None
        if symbol not in {None, plan.symbol}:
            return None
        plans.cancel(self.desk, plan)
        return plan

    def cancel_plans(self, symbol: str | None, kinds: set[PlanKind]) -> list[Plan]:
        symbols = [symbol] if symbol else list(self.desk.live_plans)
        found = [p for each in symbols for p in self.desk.waiting(each) if p.kind in kinds]
        for plan in found:
            plans.cancel(self.desk, plan)
        return found

    # Modes

    def set_hold_mode(self, mode: HoldMode) -> None:
        if mode is not self.desk.hold_mode and self.desk.busy():
            raise Refusal("40920")
        self.desk.hold_mode = mode

    def set_margin_mode(self, symbol: str, mode: MarginMode) -> None:
        self.desk.contract(symbol)
        settings = self.desk.settings_of(symbol)
        if mode is not settings.margin_mode and self.desk.busy(symbol):
            raise Refusal("45117")
        settings.margin_mode = mode

    def set_leverage(
        self, symbol: str, *, both: int | None, long: int | None, short: int | None
    ) -> None:
        """`both` unless one side of an isolated hedge is meant."""
        contract, settings = self.desk.contract(symbol), self.desk.settings_of(symbol)
        for wanted in (both, long, short):
            if wanted is not None and not 1 <= wanted <= contract.leverage_max:
                raise Refusal("40797")
        crossed = settings.margin_mode is MarginMode.CROSSED
        hedged_isolated = not crossed and self.desk.hold_mode is HoldMode.HEDGE
        if hedged_isolated and both is not None:
            raise Refusal("400172", "holdSide")
        before = replace(settings)
        if crossed:
            settings.crossed_leverage = both or long or short or settings.crossed_leverage
        elif both is not None:
            settings.long_leverage = settings.short_leverage = both
        else:
            settings.long_leverage = long or settings.long_leverage
            settings.short_leverage = short or settings.short_leverage
        try:
            self._relever(symbol)
        except Refusal:
            self.desk.settings[symbol] = before
            raise

    def _relever(self, symbol: str) -> None:
        settings = self.desk.settings_of(symbol)
        held = [p for p in self.desk.positions.values() if p.symbol == symbol]
        before = [(p, p.leverage, p.margin) for p in held]
        for position in held:
            leverage = settings.leverage(long=position.long)
            if leverage != position.leverage:
                position.relever(leverage)
        if held and margin.free(self.desk) < ZERO:
            for position, leverage, kept in before:
                position.leverage, position.margin = leverage, kept
            raise Refusal("40762")
        for position in held:
            self.desk.note_position(position)

    def set_margin(self, symbol: str, hold: Hold, amount: Decimal) -> None:
        """Put margin into an isolated position, or take some out."""
        position = self.desk.position(symbol, hold)
        if position is None:
            raise Refusal("22002")
        if position.margin_mode is not MarginMode.ISOLATED:
            raise Refusal("40893", "marginMode")
        needed = money(position.size * position.entry / self.desk.contract(symbol).leverage_max)
        if amount > margin.free(self.desk) or position.margin + amount < needed:
            raise Refusal("40762")
        position.margin += amount
        self.desk.note_position(position)
        self.desk.note_balance()

    # What happens to an account

    def fund(self, symbol: str, rate: Decimal) -> None:
        """Funding is due: longs pay shorts when the rate is positive."""
        level = self.desk.tape(symbol).mark
        for position in self.desk.positions.values():
            if position.symbol == symbol:
                paid = money(position.size * level * rate)
                due = -paid if position.long else paid
                position.funding += due
                self.desk.ledger.funding += due
                self._bill(symbol, due)
                self.desk.note_position(position)
        self.desk.note_balance()
        path.settle(self.desk, symbol)

    def _bill(self, symbol: str, amount: Decimal) -> None:
        self.desk.bills.append(
            Bill(
                id=self.desk.next_id(),
                symbol=symbol,
                amount=amount,
                balance=self.desk.ledger.balance,
                at=self.desk.now(),
            )
        )
