"""The limits of a profile and of the account, in the order in which they are asked: each a small check that holds its
numbers and refuses or does not. Pure.

`of_age`, `of_hours` and `of_prices` are asked before a plan is made, `of_plan` of the finished one. A check that lacks
a number (deviation without a price) is not made; `unmakeable` names it.

scope          whose limits, and what counts against them
trade_limits   the stop's distances, reward to risk
usage_limits   trades, notional, risk, losses, orders
market_limits  deviation, spread, turnover, sudden moves
time_limits    age, hours, coins that rest, losses in a row
halts          a daily loss that ends the day
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from tgbitget.model.ids import SignalId
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.market import Product
from tgbitget.model.money import Notional, Price
from tgbitget.model.plan import OrderPlan, Refused
from tgbitget.model.trade import Quote, Situation, Trade
from tgbitget.planning.market_limits import of_market, of_prices
from tgbitget.planning.market_limits import unmakeable as unmakeable_of_market
from tgbitget.planning.scope import Check, Limits, Scope, held, scopes
from tgbitget.planning.time_limits import of_age, of_hours, of_rest
from tgbitget.planning.trade_limits import OF_SHAPE, Shape, of_shape
from tgbitget.planning.usage_limits import Asked, of_use

__all__ = [
    "Check",
    "Limits",
    "Priced",
    "Scope",
    "held",
    "of_age",
    "of_hours",
    "of_plan",
    "of_prices",
    "position_quote_max",
    "price_age_seconds_max",
    "scopes",
    "unmakeable",
    "unmeasurable",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A finished plan with the prices that it should fill at: `entry` their weighted average, None when not known.

    `notional` is the most that it can cost, `risk` what it loses at its stop.
    """

    plan: OrderPlan
    notional: Notional
    risk: Notional
    entry: Price | None
    entries: tuple[Price, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    is_paused: bool

    def refusal(self) -> Refused | None:
        if not self.is_paused:
            return None
        return Refused(
            rule="paused", reason="new entries are paused; `tgbitget resume` allows them"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignPosition:
    symbol: str
    foreign: frozenset[str]

    def refusal(self) -> Refused | None:
        if self.symbol not in self.foreign:
            return None
        return Refused(
            rule="foreign_position",
            reason=f"{self.symbol} holds a position or stop that is not ours",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SameSymbol:
    """Two signals on one symbol. `here` are its trades; a hold mode that is not known counts as one-way.

    `unshared` are trades with a stop of the whole position: it would close what another one adds.
    """

    policy: str
    side: Side
    here: tuple[Trade, ...]
    is_hedged: bool
    unshared: frozenset[SignalId]

    def refusal(self) -> Refused | None:
        opposite = next((trade for trade in self.here if trade.side is not self.side), None)
        if opposite is not None and not self.is_hedged:
            return Refused(
                rule="opposite_side",
                reason=f"{opposite.signal} is {opposite.side} on {opposite.symbol}, "
                f"and the account holds one side at a time",
            )
        if not self.here:
            return None
        first = self.here[0]
        taken = f"{first.signal} has a trade on {first.symbol}"
        if self.policy == "refuse":
            return Refused(rule="same_symbol", reason=taken)
        if self.policy == "separate" and not self.is_hedged:
            return Refused(rule="same_symbol", reason=f"{taken}; apart from it needs hedge mode")
        same = [trade for trade in self.here if trade.side is self.side]
        if not same:
            return None
        blocking = next((trade for trade in same if trade.signal in self.unshared), same[0])
        taken = f"{blocking.signal} is {blocking.side} on {blocking.symbol}"
        if self.policy == "separate":
            return Refused(
                rule="same_symbol", reason=f"{taken} already; only the other side is apart"
            )
        if blocking.signal in self.unshared:
            reason = f"{taken}, with a stop of the whole position, so nothing is added to it"
            return Refused(rule="same_symbol", reason=reason)
        return None


def of_plan(
    within: tuple[Scope, ...],
    priced: Priced,
    *,
    situation: Situation,
    quote: Quote | None,
    same_symbol: str,
) -> Iterator[Check]:
    """What must hold before the plan may be sent."""
    plan, trades = priced.plan, situation.trades
    market = plan.market
    yield Paused(is_paused=situation.is_paused)
    yield ForeignPosition(symbol=market.symbol, foreign=situation.foreign)
    yield SameSymbol(
        policy=same_symbol,
        side=plan.side,
        here=tuple(trade for trade in trades if trade.symbol == market.symbol),
        is_hedged=situation.account is not None and situation.account.is_hedged,
        unshared=situation.unshared,
    )
    yield from _of_shape(within, priced, situation)
    if quote is not None:
        yield from of_market(within, quote=quote, coin=market.quote)
    beside = held(trades, symbol=market.symbol, side=plan.side)
    asked = Asked(
        coin=market.quote,
        notional=priced.notional,
        position=Notional(priced.notional + beside),
        risk=priced.risk,
        orders=len(plan.entries),
    )
    for scope in within:
        yield from of_use(scope, asked)
        yield from of_rest(scope, symbol=market.symbol, now=situation.now)


def unmakeable(
    within: tuple[Scope, ...],
    *,
    quote: Quote | None,
    situation: Situation,
    margin_mode: MarginMode,
    product: Product,
) -> tuple[str, ...]:
    """The limits that are set and need something that is not known."""
    missing = list(unmakeable_of_market(within, quote))
    if situation.account is None:
        missing += _set(within, "daily_loss_percent_max")
        if margin_mode is MarginMode.CROSS and product is not Product.SPOT:
            missing += _set(within, "liquidation_distance_percent_min")
    return tuple(missing)


def unmeasurable(within: tuple[Scope, ...]) -> tuple[str, ...]:
    """The limits that are set and measure from an entry whose price is not known."""
    return tuple(name for key in OF_SHAPE for name in _set(within, key))


def position_quote_max(within: Iterable[Scope]) -> Decimal | None:
    """The narrowest, or None when none is set."""
    bounds = (scope.limits.position_quote_max for scope in within)
    return min((most for most in bounds if most is not None), default=None)


def price_age_seconds_max(within: Iterable[Limits | None]) -> Decimal | None:
    """The narrowest, or None when none is set."""
    bounds = (one.price_age_seconds_max for one in within if one is not None)
    return min((most for most in bounds if most is not None), default=None)


def _of_shape(within: tuple[Scope, ...], priced: Priced, situation: Situation) -> Iterator[Check]:
    """A rehearsal at market has no price to measure from."""
    if priced.entry is None:
        return
    is_cross = priced.plan.margin_mode is MarginMode.CROSS
    behind = situation.trades if is_cross else ()
    others = sum((trade.notional for trade in behind), Decimal(0))
    shape = Shape(
        plan=priced.plan,
        entry=priced.entry,
        entries=priced.entries,
        equity=None if situation.account is None else situation.account.equity,
        total=priced.notional + others,
    )
    yield from of_shape(within, shape)


def _set(within: Iterable[Scope], name: str) -> tuple[str, ...]:
    return (name,) if any(getattr(scope.limits, name) is not None for scope in within) else ()
