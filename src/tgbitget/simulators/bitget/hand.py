"""The owner's own hand on the venue: what somebody does there, beside the API."""

from __future__ import annotations

from decimal import Decimal

from tgbitget.simulators.bitget import matching, plans
from tgbitget.simulators.bitget.entry import OrderRequest
from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.futures import PlanChange
from tgbitget.simulators.bitget.orders import (
    Hold,
    HoldMode,
    MarginMode,
    Order,
    Plan,
    PlanKind,
    Side,
    TriggerBy,
)
from tgbitget.simulators.bitget.plans import GuardRequest
from tgbitget.simulators.bitget.positions import Position

STOPS = {PlanKind.POSITION_LOSS, PlanKind.LOSS}


class Hand:
    """Modes are changed even where the venue would refuse it: to have them changed under us."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def open(
        self,
        symbol: str,
        side: str,
        size: Decimal,
        *,
        price: Decimal | None = None,
        stop: Decimal | None = None,
    ) -> Order:
        """Open a position, or rest an order; `side` is buy or sell."""
        traded = Side(side)
        hold = Hold.NET
        if self._exchange.desk.hold_mode is HoldMode.HEDGE:
            hold = Hold.LONG if traded is Side.BUY else Hold.SHORT
        request = OrderRequest(
            symbol=symbol, side=traded, size=size, hold=hold, price=price, stop=stop
        )
        with self._exchange.still():
            return self._exchange.futures.place(request)

    def close(self, symbol: str, side: str = "") -> list[Order]:
        with self._exchange.still():
            return self._exchange.futures.close(symbol, side)

    def cancel(self, order_id: str) -> None:
        """An order or a plan."""
        desk, futures = self._exchange.desk, self._exchange.futures
        with self._exchange.still():
            if order_id in desk.plans:
                plans.cancel(desk, desk.plans[order_id])
            else:
                futures.cancel(desk.orders[order_id].symbol, order_id)

    def move(self, order_id: str, price: Decimal) -> Plan | Order:
        """Another trigger for a plan, in place; a resting order is replaced by one of another id."""
        desk, futures = self._exchange.desk, self._exchange.futures
        with self._exchange.still():
            if order_id in desk.plans:
                plan = desk.plans[order_id]
                return futures.modify_plan(plan.symbol, plan.id, "", PlanChange(trigger=price))
            order = desk.orders[order_id]
            matching.cancel(desk, order, "modified")
            return futures.place(
                OrderRequest(
                    symbol=order.symbol,
                    side=order.side,
                    size=order.remaining,
                    hold=order.hold,
                    closing=order.closing,
                    price=price,
                    stop=order.stop,
                )
            )

    def drop_stops(self, symbol: str) -> list[Plan]:
        with self._exchange.still():
            return self._exchange.futures.cancel_plans(symbol, STOPS)

    def move_stop(self, symbol: str, trigger: Decimal) -> list[Plan]:
        with self._exchange.still():
            return [
                self._exchange.futures.modify_plan(symbol, plan.id, "", PlanChange(trigger=trigger))
                for plan in self._exchange.desk.waiting(symbol)
                if plan.kind in STOPS
            ]

    def set_stop(self, symbol: str, trigger: Decimal, size: Decimal | None = None) -> Plan:
        """A stop of the whole position, or of *size*."""
        position = self.position(symbol)
        request = GuardRequest(
            kind=PlanKind.POSITION_LOSS if size is None else PlanKind.LOSS,
            size=size,
            symbol=symbol,
            hold=position.hold,
            long=position.long,
            trigger=trigger,
            by=TriggerBy.LAST,
        )
        with self._exchange.still():
            return self._exchange.futures.guard(request)

    def position(self, symbol: str) -> Position:
        held = [p for p in self._exchange.desk.positions.values() if p.symbol == symbol]
        if len(held) != 1:
            raise LookupError(f"one position of {symbol} was expected, there are {len(held)}")
        return held[0]

    def set_hold_mode(self, mode: str) -> None:
        self._exchange.desk.hold_mode = HoldMode(mode)

    def set_margin_mode(self, symbol: str, mode: str) -> None:
        self._exchange.desk.settings_of(symbol).margin_mode = MarginMode(mode)

    def set_leverage(self, symbol: str, leverage: int) -> None:
        settings = self._exchange.desk.settings_of(symbol)
        settings.crossed_leverage = settings.long_leverage = settings.short_leverage = leverage
