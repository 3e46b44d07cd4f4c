"""The limits of a profile and of the account: each a small check that holds its numbers and refuses or does not. Pure.

`of_age` and `of_prices` are asked before a plan is made, `of_plan` of the finished one. A check that lacks a number
(deviation without a price) is not made; `unmakeable` names it. Limits that the contract does not name are not built yet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from tgbitget.model.intent import Side
from tgbitget.model.money import Notional, Price, exact
from tgbitget.model.plan import OrderPlan, Refused
from tgbitget.model.trade import Situation, Trade, Usage
from tgbitget.profile import LimitsSection
from tgbitget.settings import AccountLimits

_WHOLE = Decimal(100)
_CENT = Decimal("0.01")


Limits = LimitsSection | AccountLimits
"""The keys of `[limits]`, of a profile or of the account; None is off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose limits, and what counts against them. `name` ends a sentence."""

    limits: Limits
    usage: Usage
    name: str = ""


class Check(Protocol):
    def refusal(self) -> Refused | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAgeSecondsMax:
    most: Decimal
    age_seconds: float
    scope: str

    def refusal(self) -> Refused | None:
        if self.age_seconds <= self.most:
            return None
        return Refused(
            rule="entry_age_seconds_max",
            reason=f"the post is {self.age_seconds:.0f} s old, {exact(self.most)} allowed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDeviationPercentMax:
    most: Decimal
    entries: tuple[Price, ...]
    market_price: Price
    scope: str

    def refusal(self) -> Refused | None:
        for price in self.entries:
            percent = abs(price - self.market_price) * _WHOLE / self.market_price
            if percent > self.most:
                return Refused(
                    rule="price_deviation_percent_max",
                    reason=f"the entry {exact(price)} is {_short(percent)} % from the market's "
                    f"{exact(self.market_price)}, {exact(self.most)} allowed{self.scope}",
                )
        return None


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
    """Two signals on one symbol. `here` are its trades; a hold mode that is not known counts as one-way."""

    policy: str
    side: Side
    here: tuple[Trade, ...]
    is_hedged: bool

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
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionQuoteMax:
    """The whole position: what other signals hold on this side of the symbol counts too."""

    most: Decimal
    asked: Notional
    coin: str
    scope: str

    def refusal(self) -> Refused | None:
        if self.asked <= self.most:
            return None
        return Refused(
            rule="position_quote_max",
            reason=f"{_short(self.asked)} {self.coin} asked, {exact(self.most)} allowed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPositionsMax:
    most: int
    trades: int
    scope: str

    def refusal(self) -> Refused | None:
        if self.trades < self.most:
            return None
        return Refused(
            rule="open_positions_max",
            reason=f"{self.trades} trades are open, {self.most} allowed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyLossQuoteMax:
    most: Decimal
    lost: Decimal
    coin: str
    scope: str

    def refusal(self) -> Refused | None:
        if self.lost < self.most:
            return None
        return Refused(
            rule="daily_loss_quote_max",
            reason=f"{_short(self.lost)} {self.coin} lost since midnight UTC, {exact(self.most)} allowed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersPerMinuteMax:
    most: int
    sent: int
    planned: int
    scope: str

    def refusal(self) -> Refused | None:
        if self.sent + self.planned <= self.most:
            return None
        return Refused(
            rule="orders_per_minute_max",
            reason=f"{self.planned} orders after {self.sent} in 60 s, {self.most} allowed{self.scope}",
        )


def scopes(profile: Limits, account: Limits | None, situation: Situation) -> tuple[Scope, ...]:
    own = Scope(limits=profile, usage=situation.of_profile or situation.of_account)
    if account is None:
        return (own,)
    return own, Scope(limits=account, usage=situation.of_account, name=" in the account")


def of_age(within: Iterable[Scope], *, age_seconds: float) -> Iterator[Check]:
    for scope in within:
        if (most := scope.limits.entry_age_seconds_max) is not None:
            yield EntryAgeSecondsMax(most=most, age_seconds=age_seconds, scope=scope.name)


def of_prices(
    within: Iterable[Scope], *, entries: tuple[Price, ...], market_price: Price
) -> Iterator[Check]:
    """*entries* are the post's, in the market's unit."""
    for scope in within:
        if (most := scope.limits.price_deviation_percent_max) is not None:
            yield PriceDeviationPercentMax(
                most=most, entries=entries, market_price=market_price, scope=scope.name
            )


def of_plan(
    within: Iterable[Scope],
    *,
    plan: OrderPlan,
    notional: Decimal,
    situation: Situation,
    same_symbol: str,
) -> Iterator[Check]:
    """What must hold before the plan may be sent; *notional* is the most that it can cost."""
    market, trades = plan.market, situation.trades
    yield Paused(is_paused=situation.is_paused)
    yield ForeignPosition(symbol=market.symbol, foreign=situation.foreign)
    yield SameSymbol(
        policy=same_symbol,
        side=plan.side,
        here=tuple(trade for trade in trades if trade.symbol == market.symbol),
        is_hedged=situation.account is not None and situation.account.is_hedged,
    )
    asked = Notional(notional + held(trades, symbol=market.symbol, side=plan.side))
    for scope in within:
        yield from _of_usage(scope, coin=market.quote, asked=asked, orders=len(plan.entries))


def unmakeable(within: Iterable[Scope]) -> tuple[str, ...]:
    """The limits that are set and need the market's price."""
    is_set = any(scope.limits.price_deviation_percent_max is not None for scope in within)
    return ("price_deviation_percent_max",) if is_set else ()


def position_quote_max(within: Iterable[Scope]) -> Decimal | None:
    """The narrowest, or None when none is set."""
    bounds = (scope.limits.position_quote_max for scope in within)
    return min((most for most in bounds if most is not None), default=None)


def held(trades: Iterable[Trade], *, symbol: str, side: Side) -> Notional:
    """What trades that are not final have on this side of the symbol."""
    here = (trade.notional for trade in trades if (trade.symbol, trade.side) == (symbol, side))
    return Notional(sum(here, Decimal(0)))


def _of_usage(scope: Scope, *, coin: str, asked: Notional, orders: int) -> Iterator[Check]:
    limits, usage, name = scope.limits, scope.usage, scope.name
    if (quote_max := limits.position_quote_max) is not None:
        yield PositionQuoteMax(most=quote_max, asked=asked, coin=coin, scope=name)
    if (count_max := limits.open_positions_max) is not None:
        yield OpenPositionsMax(most=count_max, trades=len(usage.trades), scope=name)
    if (loss_max := limits.daily_loss_quote_max) is not None:
        yield DailyLossQuoteMax(most=loss_max, lost=-usage.realised_today, coin=coin, scope=name)
    if (pace_max := limits.orders_per_minute_max) is not None:
        yield OrdersPerMinuteMax(
            most=pace_max, sent=usage.orders_last_minute, planned=orders, scope=name
        )


def _short(amount: Decimal) -> str:
    return exact(amount.quantize(_CENT)) if amount >= _CENT else exact(amount)
