"""How long positions stood without a stop that covers them, from the events alone.

A position is covered by a live `pos_loss`, or by live `loss_plan` orders of its side whose sizes
add up to it. A preset that has not become an order covers nothing: while an order is filled in
part and its preset waits for the rest, the position is bare, and counts as such.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from tgbitget.simulators.bitget.decimals import ZERO
from tgbitget.simulators.bitget.events import Event, PlanChanged, PositionChanged
from tgbitget.simulators.bitget.orders import Plan, PlanKind, Side

Key = tuple[str, str]  # symbol, hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """A stretch of time in which a position had no covering stop; `until` is open at first."""

    symbol: str
    since: int
    until: int | None


@dataclass(slots=True)
class Audit:
    bare: list[Bare] = field(default_factory=list)
    _sizes: dict[Key, tuple[bool, Decimal]] = field(default_factory=dict)
    _stops: dict[Key, dict[str, Plan]] = field(default_factory=dict)
    _open: dict[Key, int] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        if isinstance(event, PositionChanged):
            key = (event.symbol, event.hold)
            self._sizes[key] = (event.long, event.size)
            self._weigh(key, event.at)
        elif isinstance(event, PlanChanged) and event.plan.kind.stops_loss:
            plan = event.plan
            key = (plan.symbol, plan.hold.value)
            stops = self._stops.setdefault(key, {})
            if plan.live:
                stops[plan.id] = plan
            else:
                stops.pop(plan.id, None)
            self._weigh(key, event.at)

    def bare_ms(self, symbol: str, now: int) -> int:
        closed = sum(b.until - b.since for b in self.bare if b.until and b.symbol == symbol)
        open_since = [since for key, since in self._open.items() if key[0] == symbol]
        return closed + sum(now - since for since in open_since)

    def _weigh(self, key: Key, at: int) -> None:
        since = self._open.get(key)
        if self._is_bare(key):
            if since is None:
                self._open[key] = at
        elif since is not None:
            del self._open[key]
            if at > since:
                self.bare.append(Bare(symbol=key[0], since=since, until=at))

    def _is_bare(self, key: Key) -> bool:
        long, size = self._sizes.get(key, (True, ZERO))
        if not size:
            return False
        side = Side.SELL if long else Side.BUY
        stops = [plan for plan in self._stops.get(key, {}).values() if plan.side is side]
        if any(plan.kind is PlanKind.POSITION_LOSS for plan in stops):
            return False
        return sum((plan.size or ZERO for plan in stops), ZERO) < size
