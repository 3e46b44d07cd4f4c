"""Limits of time: how old the post is, hours of trading, coins that rest after a trade, losses in a row. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import takewhile

from tgbitget.model.market import short_symbol
from tgbitget.model.money import exact
from tgbitget.model.plan import Refused
from tgbitget.model.trade import Trade, TradeState
from tgbitget.model.trading_hours import is_open
from tgbitget.planning.scope import Check, Scope

_SECONDS_PER_MINUTE = 60
_SECONDS_PER_HOUR = 3600


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
class TradingHours:
    hours: str
    now: datetime
    scope: str

    def refusal(self) -> Refused | None:
        if is_open(self.hours, self.now):
            return None
        return Refused(
            rule="trading_hours",
            reason=f"it is {self.now:%a %H:%M} UTC, entries are allowed {self.hours}{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooldown:
    """*since* is when a trade of the coin ended, for the last time; `rule` says which limit asks."""

    rule: str
    least: Decimal
    symbol: str
    since: datetime
    now: datetime
    scope: str

    def refusal(self) -> Refused | None:
        minutes = Decimal((self.now - self.since).total_seconds()) / _SECONDS_PER_MINUTE
        if minutes >= self.least:
            return None
        return Refused(
            rule=self.rule,
            reason=f"a trade of {short_symbol(self.symbol)} ended {int(minutes)} min ago, "
            f"{exact(self.least)} needed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LosingStreakMax:
    """*lost* are the latest trades that lost, with no winner between; `pause_hours` None: until the owner resumes."""

    most: int
    lost: int
    last: datetime
    pause_hours: Decimal | None
    now: datetime
    scope: str

    def refusal(self) -> Refused | None:
        if self.lost < self.most or self._is_over():
            return None
        until = "until `tgbitget resume`"
        if self.pause_hours is not None:
            until = f"for {exact(self.pause_hours)} h after the last"
        return Refused(
            rule="losing_streak_max",
            reason=f"{self.lost} trades in a row lost, {self.most} end the entries {until}{self.scope}",
        )

    def _is_over(self) -> bool:
        if self.pause_hours is None:
            return False
        return self.now >= self.last + timedelta(
            seconds=float(self.pause_hours * _SECONDS_PER_HOUR)
        )


def of_age(within: Iterable[Scope], *, age_seconds: float) -> Iterator[Check]:
    for scope in within:
        if (most := scope.limits.entry_age_seconds_max) is not None:
            yield EntryAgeSecondsMax(most=most, age_seconds=age_seconds, scope=scope.name)


def of_hours(within: Iterable[Scope], *, now: datetime) -> Iterator[Check]:
    for scope in within:
        if (hours := scope.limits.trading_hours) is not None:
            yield TradingHours(hours=hours, now=now, scope=scope.name)


def of_rest(scope: Scope, *, symbol: str, now: datetime) -> Iterator[Check]:
    """What trades that ended say about the next one."""
    limits, ended = scope.limits, [trade for trade in scope.usage.ended if _was_open(trade)]
    here = [trade for trade in ended if trade.symbol == symbol]
    yield from _cooldown(
        "cooldown_minutes_min", limits.cooldown_minutes_min, here, scope=scope, now=now
    )
    lost_here = [trade for trade in here if trade.realised < 0]
    yield from _cooldown(
        "loss_cooldown_minutes_min",
        limits.loss_cooldown_minutes_min,
        lost_here,
        scope=scope,
        now=now,
    )
    if (most := limits.losing_streak_max) is not None:
        counted = [t for t in ended if scope.resumed_at is None or _ended_at(t) > scope.resumed_at]
        lost = list(takewhile(lambda trade: trade.realised < 0, reversed(counted)))
        if lost:
            yield LosingStreakMax(
                most=most,
                lost=len(lost),
                last=_ended_at(lost[0]),
                pause_hours=limits.losing_streak_pause_hours,
                now=now,
                scope=scope.name,
            )


def _cooldown(
    rule: str, least: Decimal | None, here: list[Trade], *, scope: Scope, now: datetime
) -> Iterator[Check]:
    if least is not None and here:
        since = max(map(_ended_at, here))
        yield Cooldown(
            rule=rule,
            least=least,
            symbol=here[0].symbol,
            since=since,
            now=now,
            scope=scope.name,
        )


def _was_open(trade: Trade) -> bool:
    """A trade that never filled neither won nor lost."""
    return trade.state is TradeState.CLOSED


def _ended_at(trade: Trade) -> datetime:
    assert trade.closed_at is not None, f"{trade.signal} is over, but not since when"
    return trade.closed_at
