"""Watches the day's losses: what was lost too much halts new entries, though it be won back before the next post."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from tgbitget.clock import Clock
from tgbitget.model.event import Publish, Warned
from tgbitget.model.ids import ChannelId
from tgbitget.model.trade import Halt, Situation
from tgbitget.planning.halts import due, holding
from tgbitget.planning.scope import ACCOUNT, Scope, scopes
from tgbitget.positions.losses import Losses
from tgbitget.profile import MarketSection, Profile
from tgbitget.settings import AccountLimits

LOOK_SECONDS = 0.5


class HasLosses(Protocol):
    """What of the keeper is needed here."""

    @property
    def losses(self) -> Losses: ...

    def situation(self, symbol: str, channels: Collection[ChannelId]) -> Situation: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    profile: Profile
    channels: Collection[ChannelId]


class Halting:
    """`run` for ever. Halts of an earlier life hold from the construction on."""

    def __init__(
        self,
        keeper: HasLosses,
        *,
        watched: Sequence[Watched],
        limits: AccountLimits,
        clock: Clock,
        publish: Publish,
    ) -> None:
        self._keeper = keeper
        self._watched = watched
        self._limits = limits
        self._clock = clock
        self._publish = publish
        keeper.losses.recall([ACCOUNT, *(one.profile.name for one in watched)])

    async def run(self) -> None:
        while True:
            await self.look()
            await self._clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        for one in self._watched:
            for scope in self._scopes(one):
                halt = due(scope, coin=one.profile.market.quote, now=self._clock.now())
                if halt is not None:
                    await self._keeper.losses.halt(halt)
                    self._publish(Warned(text=_told(halt), is_urgent=True))

    def holding(self) -> tuple[str, ...]:
        """Why new entries are refused now, whatever is posted, as sentences; empty: losses refuse none."""
        now = self._clock.now()
        return tuple(
            dict.fromkeys(
                f"{refused.rule}: {refused.reason}{_whose(scope)}"
                for one in self._watched
                for scope in self._scopes(one)
                for refused in holding(scope, coin=one.profile.market.quote, now=now)
            )
        )

    def holds_all(self) -> bool:
        """Whether losses leave no profile that may enter now."""
        now = self._clock.now()
        return bool(self._watched) and all(
            any(
                any(holding(scope, coin=one.profile.market.quote, now=now))
                for scope in self._scopes(one)
            )
            for one in self._watched
        )

    def _scopes(self, one: Watched) -> tuple[Scope, ...]:
        situation = self._keeper.situation(_any_of(one.profile.market), one.channels)
        return scopes(one.profile.limits, self._limits, situation, profile_name=one.profile.name)


def _any_of(section: MarketSection) -> str:
    """No market, but of the account that the profile trades with."""
    settled = "" if section.product == "spot" else f":{section.quote}"
    return f"*/{section.quote}{settled}"


def _whose(scope: Scope) -> str:
    """The account's sentences say so themselves."""
    return f", profile {scope.key}" if scope.key != ACCOUNT else ""


def _told(halt: Halt) -> str:
    whose = f"profile {halt.scope}" if halt.scope else "the account"
    until = "midnight UTC" if halt.until is not None else "`tgbitget resume`"
    return f"{whose} takes no new entries until {until}: {halt.reason}"
