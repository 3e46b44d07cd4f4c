"""A rehearsal: decisions are made and remembered as if on an empty account, nothing is ever sent."""

from collections.abc import Callable, Collection
from dataclasses import replace

from tgbitget.clock import Clock
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.money import NOTHING, Notional
from tgbitget.model.plan import OrderPlan
from tgbitget.model.post import Post
from tgbitget.model.trade import Situation
from tgbitget.positions.changes import CancelRest, Change, Close, NewEntries
from tgbitget.positions.finder import Candidate
from tgbitget.positions.reshaping import Entries, EntryNow
from tgbitget.profile import Profile

# Follow-ups come within days; a channel's whole history must not pile up in memory.
REMEMBERED_MAX = 1000


class Rehearsal:
    """Each post meets an empty account: no equity, no prices, no other trades. Follow-ups find what was planned."""

    account = "dry-run"
    is_rehearsal = True

    def __init__(self, clock: Clock, *, is_paused: Callable[[], bool] = lambda: False) -> None:
        self._clock = clock
        self._is_paused = is_paused
        self._planned: dict[SignalId, tuple[OrderPlan, Candidate]] = {}

    def situation(self, symbol: str, channels: Collection[ChannelId]) -> Situation:  # noqa: ARG002 -- the port's shape
        return Situation(
            now=self._clock.now(), quote=None, account=None, is_paused=self._is_paused()
        )

    def candidates(self) -> tuple[Candidate, ...]:
        return tuple(candidate for _, candidate in self._planned.values())

    def plan_of(self, signal: SignalId) -> OrderPlan:
        return self._planned[signal][0]

    def hold(self, signal: SignalId) -> bool:  # noqa: ARG002 -- the port's shape
        """What a rehearsal plans counts as sent: each post is decided as if nothing were slow."""
        return False

    def entries_of(self, signal: SignalId) -> Entries:
        plan = self._planned[signal][0]
        return Entries(
            plan=plan,
            stop=plan.stop,
            now=tuple(EntryNow(leg=leg, left=leg.amount or NOTHING) for leg in plan.entries),
            has_position=False,
            may_be_more=True,
            replacements={leg.name: leg.replacement + 1 for leg in plan.entries},
        )

    def open(
        self,
        plan: OrderPlan,
        post: Post,
        profile: Profile,  # noqa: ARG002 -- the port's shape
        *,
        notional: Notional,  # noqa: ARG002 -- likewise
        age_seconds: float,  # noqa: ARG002 -- likewise
    ) -> None:
        candidate = Candidate(
            signal=plan.signal,
            channel=post.channel,
            message_id=post.message_id,
            base=plan.market.base,
            side=plan.side,
        )
        self._planned[plan.signal] = (plan, candidate)
        if len(self._planned) > REMEMBERED_MAX:
            del self._planned[next(iter(self._planned))]

    def change(self, signal: SignalId, change: Change) -> bool:
        """A trade that was closed or cancelled is over for what follows."""
        if isinstance(change, NewEntries) and signal in self._planned:
            plan, candidate = self._planned[signal]
            entries, leverage = change.entries, change.leverage
            self._planned[signal] = (replace(plan, entries=entries, leverage=leverage), candidate)
        is_end = isinstance(change, CancelRest) or (
            isinstance(change, Close) and change.fraction is None
        )
        if is_end:
            self._planned.pop(signal, None)
        return True
