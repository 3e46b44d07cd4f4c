"""Whose limits are asked, and what counts against them; the words in which limits refuse. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from tgbitget.model.ids import SignalId
from tgbitget.model.intent import Side
from tgbitget.model.money import Notional, exact
from tgbitget.model.plan import Refused
from tgbitget.model.trade import Halt, Situation, Trade, Usage
from tgbitget.profile import LimitsSection
from tgbitget.settings import AccountLimits

ACCOUNT = ""
"""The key of the whole account's scope; a profile's is its name."""

_CENT = Decimal("0.01")

Limits = LimitsSection | AccountLimits
"""The keys of `[limits]`, of a profile or of the account; None is off."""


class Check(Protocol):
    def refusal(self) -> Refused | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """`name` ends a sentence. `start_equity` is the account's before today's profit or loss, None when not known."""

    limits: Limits
    usage: Usage
    key: str = ACCOUNT
    name: str = ""
    at_risk: Mapping[SignalId, Notional] = field(default_factory=dict)
    halt: Halt | None = None
    start_equity: Decimal | None = None
    resumed_at: datetime | None = None

    @property
    def lost_today(self) -> Decimal:
        return -self.usage.realised_today


def scopes(
    profile: Limits, account: Limits | None, situation: Situation, *, profile_name: str = "default"
) -> tuple[Scope, ...]:
    """The profile's, and the account's beside it."""
    own = _scope(profile, situation.of_profile or situation.of_account, situation, profile_name, "")
    if account is None:
        return (own,)
    return own, _scope(account, situation.of_account, situation, ACCOUNT, " in the account")


def held(trades: Iterable[Trade], *, symbol: str, side: Side) -> Notional:
    """What trades that are not final have on this side of the symbol."""
    here = (trade.notional for trade in trades if (trade.symbol, trade.side) == (symbol, side))
    return Notional(sum(here, Decimal(0)))


def short(amount: Decimal) -> str:
    """For a sentence: cents, and more places only for less than one."""
    return exact(amount.quantize(_CENT)) if amount >= _CENT else exact(amount)


def _scope(limits: Limits, usage: Usage, situation: Situation, key: str, name: str) -> Scope:
    account = situation.account
    return Scope(
        limits=limits,
        usage=usage,
        key=key,
        name=name,
        at_risk=situation.at_risk,
        halt=next((halt for halt in situation.halts if halt.scope == key), None),
        start_equity=None if account is None else account.equity - situation.realised_today,
        resumed_at=situation.resumed_at,
    )
