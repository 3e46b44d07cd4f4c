"""The owner's own hand on the spot market: coins sold, moved and brought, plans cancelled and changed."""

from __future__ import annotations

from decimal import Decimal

from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.orders import Side
from tgbitget.simulators.bitget.spot import SpotRequest
from tgbitget.simulators.bitget.spot_orders import SpotOrder


class SpotHand:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def buy(self, symbol: str, cost: Decimal) -> SpotOrder:
        return self._trade(symbol, Side.BUY, cost)

    def sell(self, symbol: str, size: Decimal, price: Decimal | None = None) -> SpotOrder:
        """At market, or resting at *price*."""
        return self._trade(symbol, Side.SELL, size, price)

    def withdraw(self, coin: str, amount: Decimal) -> None:
        with self._exchange.still():
            self._exchange.spot.deposit(coin, -amount)

    def deposit(self, coin: str, amount: Decimal) -> None:
        with self._exchange.still():
            self._exchange.spot.deposit(coin, amount)

    def drop_plans(self, symbol: str) -> None:
        with self._exchange.still():
            for plan in self._exchange.spot_desk.waiting(symbol):
                self._exchange.spot.cancel_plan(plan.id)

    def change_plans(
        self, symbol: str, *, trigger: Decimal | None = None, size: Decimal | None = None
    ) -> None:
        with self._exchange.still():
            for plan in self._exchange.spot_desk.waiting(symbol):
                self._exchange.spot.modify_plan(
                    plan.id, "", trigger=trigger, size=size, execute_price=None
                )

    def _trade(
        self, symbol: str, side: Side, size: Decimal, price: Decimal | None = None
    ) -> SpotOrder:
        with self._exchange.still():
            request = SpotRequest(symbol=symbol, side=side, size=size, price=price)
            return self._exchange.spot.place(request)
