"""How long coins that orders by the API bought stood without a stop that sells them, from the events alone.

What an order with a client id of its own bought counts, and what the orders bore that such plans placed; what it sold
is taken off, and so is what is not in the account any more: an owner's hand takes the owner's own coins first. Covered is
what live sell plans below the price add up to. What is below the venue's minimum at the last price cannot be sold by
anybody and counts as nothing. Orders without a client id are the owner's hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from tgbitget.simulators.bitget.audit import Bare
from tgbitget.simulators.bitget.decimals import ZERO, floor_to
from tgbitget.simulators.bitget.events import (
    Event,
    SpotBalanceChanged,
    SpotOrderChanged,
    SpotPlanChanged,
)
from tgbitget.simulators.bitget.markets import Pair
from tgbitget.simulators.bitget.orders import Execution, Side
from tgbitget.simulators.bitget.prices import Tape
from tgbitget.simulators.bitget.spot_orders import Purse, SpotOrder, SpotPlan


@dataclass(slots=True)
class SpotAudit:
    pairs: dict[str, Pair]
    tapes: dict[str, Tape]
    purse: Callable[[str], Purse]
    bare: list[Bare] = field(default_factory=list)
    held: dict[str, Decimal] = field(default_factory=dict)
    oversold: dict[str, Decimal] = field(default_factory=dict)
    """What the API sold beyond what it had bought: coins that were the owner's."""
    _stops: dict[str, dict[str, SpotPlan]] = field(default_factory=dict)
    _born: set[str] = field(default_factory=set)
    _open: dict[str, int] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        if isinstance(event, SpotPlanChanged):
            self._plan(event.plan)
            self._weigh(event.plan.symbol, event.at)
        elif isinstance(event, SpotOrderChanged) and event.fill is not None:
            self._fill(event.order, event.fill)
            self._weigh(event.order.symbol, event.at)
        elif isinstance(event, SpotBalanceChanged):
            for symbol in [s for s in self.held if self.pairs[s].base in event.coins]:
                self._clamp(symbol)
                self._weigh(symbol, event.at)

    def bare_ms(self, symbol: str, now: int) -> int:
        closed = sum(b.until - b.since for b in self.bare if b.until and b.symbol == symbol)
        since = self._open.get(symbol)
        return closed if since is None else closed + now - since

    def _plan(self, plan: SpotPlan) -> None:
        if plan.execute_order_id and plan.client_id != plan.id:
            self._born.add(plan.execute_order_id)
        stops = self._stops.setdefault(plan.symbol, {})
        if plan.live and plan.side is Side.SELL and not plan.fires_above:
            stops[plan.id] = plan
        else:
            stops.pop(plan.id, None)

    def _fill(self, order: SpotOrder, fill: Execution) -> None:
        symbol = order.symbol
        before = self.held.get(symbol, ZERO)
        is_by_api = order.client_id != order.id or order.id in self._born
        if order.side is Side.BUY:
            self.held[symbol] = before + (fill.size - fill.fee if is_by_api else ZERO)
            return
        if is_by_api:
            after = before - fill.size
            if after < 0:
                self.oversold[symbol] = self.oversold.get(symbol, ZERO) - after
            self.held[symbol] = max(ZERO, after)
        self._clamp(symbol)

    def _clamp(self, symbol: str) -> None:
        purse = self.purse(self.pairs[symbol].base)
        there = purse.available + purse.frozen
        self.held[symbol] = min(self.held.get(symbol, ZERO), there)

    def _weigh(self, symbol: str, at: int) -> None:
        since = self._open.get(symbol)
        if self._is_bare(symbol):
            if since is None:
                self._open[symbol] = at
        elif since is not None:
            del self._open[symbol]
            if at > since:
                self.bare.append(Bare(symbol=symbol, since=since, until=at))

    def _is_bare(self, symbol: str) -> bool:
        pair = self.pairs[symbol]
        held = floor_to(self.held.get(symbol, ZERO), pair.step)
        if held < pair.size_min or held * self.tapes[symbol].last < pair.notional_min:
            return False
        stops = self._stops.get(symbol, {}).values()
        return sum((plan.size for plan in stops), ZERO) < held
