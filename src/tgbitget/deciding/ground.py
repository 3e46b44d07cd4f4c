"""What a decision is made of, beside the post itself: how its channel is read, the markets, the trades that stand."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.deciding.underway import Underway
from tgbitget.journal.journal import Decisions
from tgbitget.markets.directory import Directory, Resolution
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.intent import OpenPosition
from tgbitget.model.market import Product
from tgbitget.model.money import Notional
from tgbitget.model.plan import Decision, OrderPlan, Refused
from tgbitget.model.post import Post
from tgbitget.model.trade import Quote, Situation
from tgbitget.parsing.parser import Parser
from tgbitget.positions.changes import Change
from tgbitget.positions.finder import Candidate
from tgbitget.positions.left_behind import LeftBehind, LeftOf
from tgbitget.positions.reshaping import Entries
from tgbitget.profile import Profile
from tgbitget.settings import AccountLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A channel that is read: its profile and the parser made of it."""

    profile: Profile
    parser: Parser
    username: str | None = None  # the channel's public name, in lower case


class Heir(Protocol):
    """Who takes over orders of ours that the journal does not know, once a post tells whose they are."""

    @property
    def left(self) -> LeftBehind: ...

    def take_over(
        self, plan: OrderPlan, left: LeftOf, post: Post, profile: Profile, *, notional: Notional
    ) -> None:
        """Lead what a plan in the journal adopts; returns at once, and sends none of its entries."""
        ...


class Book(Protocol):
    """The trades that stand, and where decisions are carried out: the keeper, or a rehearsal that sends nothing."""

    @property
    def account(self) -> str:
        """Whose orders these are: the venue's user id, or `dry-run`."""
        ...

    @property
    def is_rehearsal(self) -> bool: ...

    def situation(self, symbol: str, channels: Collection[ChannelId]) -> Situation: ...

    def candidates(self) -> tuple[Candidate, ...]: ...

    def plan_of(self, signal: SignalId) -> OrderPlan: ...

    def open(
        self,
        plan: OrderPlan,
        post: Post,
        profile: Profile,
        *,
        notional: Notional,
        age_seconds: float,
    ) -> None:
        """Carry out a plan that is in the journal; returns at once."""
        ...

    def change(self, signal: SignalId, change: Change) -> bool: ...

    def hold(self, signal: SignalId) -> bool:
        """Whether nothing of that trade was sent. Then nothing is, until it is opened anew or its rest is cancelled."""
        ...

    def entries_of(self, signal: SignalId) -> Entries: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """*followed* maps channels to how they are read; *directory* gives the markets as of now; *may_enter* says why no
    entry may be made at all; *heir* leads what an earlier life left and this journal does not know."""

    followed: Mapping[ChannelId, Followed]
    directory: Callable[[], Directory]
    book: Book
    journal: Decisions
    clock: Clock
    limits: AccountLimits
    may_enter: Callable[[], Refused | None]
    heir: Heir | None
    underway: Underway = field(default_factory=Underway)

    def resolve(self, intent: OpenPosition, profile: Profile) -> Resolution:
        return self.directory().resolve(
            intent.symbol,
            quote=intent.quote or profile.market.quote,
            product=Product(profile.market.product),
        )

    def quote(self, symbol: str) -> Quote | None:
        return self.book.situation(symbol, ()).quote

    def situation(self, symbol: str, profile: Profile) -> Situation:
        """What stands, and what is on its way to the disk."""
        channels = tuple(id_ for id_, other in self.followed.items() if other.profile is profile)
        return self.underway.added_to(self.book.situation(symbol, channels), channels)

    def stands(self, signal: SignalId) -> bool:
        return any(candidate.signal == signal for candidate in self.book.candidates())

    def change(self, signal: SignalId, changes: Iterable[Change]) -> None:
        for change in changes:
            if not self.book.change(signal, change):
                logger.info("{} is over; nothing to change", signal)

    def recent(self) -> tuple[Decision, ...]:
        """What this account was given in the last hours, over all channels."""
        hours = max(f.profile.signals.duplicate_hours for f in self.followed.values())
        if not hours:
            return ()
        since = self.clock.now() - timedelta(hours=float(hours))
        known = (*self.journal.recent_decisions(since), *self.underway.decisions())
        ours = [one for one in known if one.account == self.book.account]
        # An edit may have put another in its place.
        last = {one.signal: one for one in ours if one.plan is not None}
        return tuple(one for one in ours if one.plan is None or last[one.signal] is one)
