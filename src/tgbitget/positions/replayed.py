"""Old posts traded now, on paper: decisions are made in the posts' time, orders live in ours."""

from collections.abc import Collection
from dataclasses import replace

from tgbitget.clock import Clock
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.money import Notional
from tgbitget.model.plan import OrderPlan
from tgbitget.model.post import Post
from tgbitget.model.trade import Situation
from tgbitget.positions.changes import Change
from tgbitget.positions.finder import Candidate
from tgbitget.positions.keeper import PositionKeeper
from tgbitget.positions.reshaping import Entries
from tgbitget.profile import Profile


class ReplayedBook:
    """The keeper's book as it looks at the time of the post: *posts* is the clock that follows them."""

    is_rehearsal = False

    def __init__(self, keeper: PositionKeeper, *, posts: Clock, ours: Clock) -> None:
        self._keeper = keeper
        self._posts = posts
        self._ours = ours

    @property
    def account(self) -> str:
        return self._keeper.account

    def situation(self, symbol: str, channels: Collection[ChannelId]) -> Situation:
        return replace(self._keeper.situation(symbol, channels), now=self._posts.now())

    def candidates(self) -> tuple[Candidate, ...]:
        return self._keeper.candidates()

    def plan_of(self, signal: SignalId) -> OrderPlan:
        return self._keeper.plan_of(signal)

    def hold(self, signal: SignalId) -> bool:
        return self._keeper.hold(signal)

    def entries_of(self, signal: SignalId) -> Entries:
        return self._keeper.entries_of(signal)

    def open(
        self,
        plan: OrderPlan,
        post: Post,
        profile: Profile,
        *,
        notional: Notional,
        age_seconds: float,
    ) -> None:
        """Its entries may rest as long from now on as they could have rested then."""
        ahead = self._ours.now() - self._posts.now()
        expires_at = None if plan.expires_at is None else plan.expires_at + ahead
        shifted = replace(plan, expires_at=expires_at)
        self._keeper.open(shifted, post, profile, notional=notional, age_seconds=age_seconds)

    def change(self, signal: SignalId, change: Change) -> bool:
        return self._keeper.change(signal, change)
