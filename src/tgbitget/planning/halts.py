"""A daily loss that ends the day's entries, whatever is won back afterwards; and all that losses refuse now. Pure."""

from datetime import datetime, timedelta

from tgbitget.model.plan import Refused
from tgbitget.model.trade import Halt
from tgbitget.planning.scope import Check, Scope
from tgbitget.planning.time_limits import of_rest
from tgbitget.planning.usage_limits import Halted, of_losses


def due(scope: Scope, *, coin: str, now: datetime) -> Halt | None:
    """The halt that begins now, None when the scope wants none, has one, or has not lost so much."""
    policy = scope.limits.daily_loss_halt
    if policy is None or scope.halt is not None:
        return None
    refused = next((r for check in of_losses(scope, coin=coin) if (r := check.refusal())), None)
    if refused is None:
        return None
    until = _next_midnight(now) if policy == "midnight" else None
    return Halt(scope=scope.key, reason=refused.reason, at=now, until=until)


def holding(scope: Scope, *, coin: str, now: datetime) -> tuple[Refused, ...]:
    """What earlier trades keep from being entered, whatever is posted: a halt, a loss, a streak, coins that rest."""
    ended = dict.fromkeys(trade.symbol for trade in scope.usage.ended)
    checks: list[Check] = [] if scope.halt is None else [Halted(halt=scope.halt)]
    checks += of_losses(scope, coin=coin)
    for symbol in ended or [""]:
        checks += of_rest(scope, symbol=symbol, now=now)
    refused = (check.refusal() for check in checks)
    return tuple(dict.fromkeys(one for one in refused if one is not None))


def holds(halt: Halt, *, now: datetime, resumed_at: datetime | None) -> bool:
    """Neither its time nor the owner has ended it."""
    if halt.until is not None and now >= halt.until:
        return False
    return resumed_at is None or resumed_at < halt.at


def _next_midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
