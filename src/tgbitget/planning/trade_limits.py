"""Limits of the trade itself: where its stop stands, and what it can win for what it can lose. Pure.

How far the liquidation is, is an estimate: the first tier of the maintenance margin, taken as half of the margin at the
market's highest leverage, and on cross margin the whole equity behind all trades. Fees and funding are left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Price, exact
from tgbitget.model.plan import OrderPlan, Refused, Target
from tgbitget.planning.scope import Check, Scope, short

OF_SHAPE = (
    "stop_distance_percent_min",
    "stop_distance_percent_max",
    "liquidation_distance_percent_min",
    "reward_risk_min",
)

_ONE = Decimal(1)
_HALF = Decimal("0.5")
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A trade as these limits see it. `entries` are where its orders should fill, `entry` their weighted average;
    `equity` and `total` (the notional of all trades with this one) matter on cross margin only."""

    plan: OrderPlan
    entry: Price
    entries: tuple[Price, ...]
    equity: Decimal | None
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDistancePercentMin:
    least: Decimal
    entry: Price
    stop: Price
    scope: str

    def refusal(self) -> Refused | None:
        percent = _distance_percent(self.entry, self.stop)
        if percent >= self.least:
            return None
        return Refused(
            rule="stop_distance_percent_min",
            reason=f"the stop {exact(self.stop)} is {short(percent)} % from the entry {exact(self.entry)}, "
            f"{exact(self.least)} needed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDistancePercentMax:
    most: Decimal
    entry: Price
    stop: Price
    scope: str

    def refusal(self) -> Refused | None:
        percent = _distance_percent(self.entry, self.stop)
        if percent <= self.most:
            return None
        return Refused(
            rule="stop_distance_percent_max",
            reason=f"the stop {exact(self.stop)} is {short(percent)} % from the entry {exact(self.entry)}, "
            f"{exact(self.most)} allowed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidationDistancePercentMin:
    """*percent* is how far the liquidation is from the entry that is farthest from the stop."""

    least: Decimal
    entry: Price
    stop: Price
    percent: Decimal
    scope: str

    def refusal(self) -> Refused | None:
        left = self.percent - _distance_percent(self.entry, self.stop)
        if left >= self.least:
            return None
        return Refused(
            rule="liquidation_distance_percent_min",
            reason=f"the liquidation is about {short(self.percent)} % from the entry {exact(self.entry)}, the stop "
            f"{exact(self.stop)} {short(_distance_percent(self.entry, self.stop))} %; "
            f"{exact(self.least)} % between them needed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardRiskMin:
    """Over all targets by their shares; a trade without targets names no reward."""

    least: Decimal
    entry: Price
    stop: Price
    targets: tuple[Target, ...]
    scope: str

    def refusal(self) -> Refused | None:
        gain = sum(
            (abs(t.price - self.entry) * t.share_percent / _WHOLE for t in self.targets), Decimal(0)
        )
        ratio = gain / abs(self.entry - self.stop)
        if ratio >= self.least:
            return None
        return Refused(
            rule="reward_risk_min",
            reason=f"the targets win {short(ratio)} times what the stop loses, {exact(self.least)} needed{self.scope}",
        )


def of_shape(within: Sequence[Scope], shape: Shape) -> Iterator[Check]:
    stop, side = shape.plan.stop, shape.plan.side
    nearest, farthest = _ends(shape.entries, side)
    liquidation = liquidation_percent(shape)
    for scope in within:
        limits, name = scope.limits, scope.name
        if (least := limits.stop_distance_percent_min) is not None:
            yield StopDistancePercentMin(least=least, entry=nearest, stop=stop, scope=name)
        if (most := limits.stop_distance_percent_max) is not None:
            yield StopDistancePercentMax(most=most, entry=farthest, stop=stop, scope=name)
        if (least := limits.liquidation_distance_percent_min) is not None and liquidation:
            yield LiquidationDistancePercentMin(
                least=least, entry=farthest, stop=stop, percent=liquidation, scope=name
            )
        if (least := limits.reward_risk_min) is not None:
            yield RewardRiskMin(
                least=least, entry=shape.entry, stop=stop, targets=shape.plan.targets, scope=name
            )


def liquidation_percent(shape: Shape) -> Decimal | None:
    """How far from an entry the position would be liquidated; None on spot, or on cross margin without an equity."""
    plan = shape.plan
    if plan.market.product is Product.SPOT:
        return None
    if plan.margin_mode is MarginMode.ISOLATED:
        behind = _ONE / plan.leverage
    elif shape.equity is None or shape.total <= 0:
        return None
    else:
        behind = shape.equity / shape.total
    return max(Decimal(0), behind - maintenance(plan.market)) * _WHOLE


def maintenance(market: Market) -> Decimal:
    """The share of a small position that must stay covered."""
    return _HALF / market.max_leverage


def _ends(entries: Sequence[Price], side: Side) -> tuple[Price, Price]:
    """The entry nearest to the stop, and the farthest."""
    low, high = min(entries), max(entries)
    return (low, high) if side is Side.LONG else (high, low)


def _distance_percent(entry: Price, stop: Price) -> Decimal:
    return abs(entry - stop) * _WHOLE / entry
