"""Limits of what is in use: trades, notional, what is at risk, losses, orders. Trades in flight and resting count. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tgbitget.model.money import Notional, exact
from tgbitget.model.plan import Refused
from tgbitget.model.trade import Halt
from tgbitget.planning.scope import Check, Scope, short

_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a plan adds: its notional, all that its side of the symbol holds then, what its stop loses, its orders."""

    coin: str
    notional: Notional
    position: Notional
    risk: Notional
    orders: int


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
            reason=f"{short(self.asked)} {self.coin} asked, {exact(self.most)} allowed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalQuoteMax:
    most: Decimal
    asked: Notional
    used: Notional
    coin: str
    scope: str

    def refusal(self) -> Refused | None:
        if self.asked + self.used <= self.most:
            return None
        return Refused(
            rule="total_quote_max",
            reason=f"{short(self.asked)} {self.coin} asked beside {short(self.used)} in other trades, "
            f"{exact(self.most)} allowed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskQuoteMax:
    most: Decimal
    asked: Notional
    used: Notional
    coin: str
    scope: str

    def refusal(self) -> Refused | None:
        if self.asked + self.used <= self.most:
            return None
        return Refused(
            rule="risk_quote_max",
            reason=f"the stop loses {short(self.asked)} {self.coin}, those of other trades {short(self.used)}, "
            f"{exact(self.most)} allowed{self.scope}",
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
            reason=f"{short(self.lost)} {self.coin} lost since midnight UTC, {exact(self.most)} allowed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyLossPercentMax:
    """In percent of the account's equity before today."""

    most: Decimal
    lost: Decimal
    equity: Decimal
    coin: str
    scope: str

    def refusal(self) -> Refused | None:
        if self.lost <= 0 or self.lost * _WHOLE < self.most * self.equity:
            return None
        return Refused(
            rule="daily_loss_percent_max",
            reason=f"{short(self.lost)} {self.coin} of {short(self.equity)} lost since midnight UTC, "
            f"{exact(self.most)} % allowed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Halted:
    """After a daily loss, whatever was won back since."""

    halt: Halt

    def refusal(self) -> Refused | None:
        until = "until midnight UTC" if self.halt.until else "until `tgbitget resume`"
        return Refused(rule="daily_loss_halt", reason=f"no new entries {until}: {self.halt.reason}")


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


def of_use(scope: Scope, asked: Asked) -> Iterator[Check]:
    limits, usage, name, coin = scope.limits, scope.usage, scope.name, asked.coin
    if (most := limits.position_quote_max) is not None:
        yield PositionQuoteMax(most=most, asked=asked.position, coin=coin, scope=name)
    if (count_max := limits.open_positions_max) is not None:
        yield OpenPositionsMax(most=count_max, trades=len(usage.trades), scope=name)
    if (most := limits.total_quote_max) is not None:
        used = Notional(sum((trade.notional for trade in usage.trades), Decimal(0)))
        yield TotalQuoteMax(most=most, asked=asked.notional, used=used, coin=coin, scope=name)
    if (most := limits.risk_quote_max) is not None:
        used = used_risk(scope)
        yield RiskQuoteMax(most=most, asked=asked.risk, used=used, coin=coin, scope=name)
    yield from of_losses(scope, coin=coin)
    if scope.halt is not None:
        yield Halted(halt=scope.halt)
    if (pace_max := limits.orders_per_minute_max) is not None:
        sent = usage.orders_last_minute
        yield OrdersPerMinuteMax(most=pace_max, sent=sent, planned=asked.orders, scope=name)


def of_losses(scope: Scope, *, coin: str) -> Iterator[Check]:
    """What a halt begins with; a share of the equity needs one."""
    limits, lost, name = scope.limits, scope.lost_today, scope.name
    if (most := limits.daily_loss_quote_max) is not None:
        yield DailyLossQuoteMax(most=most, lost=lost, coin=coin, scope=name)
    if (most := limits.daily_loss_percent_max) is not None and scope.start_equity is not None:
        yield DailyLossPercentMax(
            most=most, lost=lost, equity=scope.start_equity, coin=coin, scope=name
        )


def used_risk(scope: Scope) -> Notional:
    """What the stops of the trades lose; one of which that is not known counts whole."""
    risks = (scope.at_risk.get(trade.signal, trade.notional) for trade in scope.usage.trades)
    return Notional(sum(risks, Decimal(0)))
