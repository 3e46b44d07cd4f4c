"""A decision in the making, and the step that carries it out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tgbitget.model.ids import SignalId
from tgbitget.model.plan import Decision, OrderPlan, Outcome, Refused
from tgbitget.model.post import Post
from tgbitget.model.reading import Reading
from tgbitget.model.trade import Trade
from tgbitget.positions.left_behind import ADOPTED, LeftOf
from tgbitget.positions.reshaped import Replanned

# Rules whose refusal has a word of its own among the outcomes.
_OUTCOME_OF_RULE = {"entry_age_seconds_max": Outcome.LATE, "duplicate": Outcome.DUPLICATE}


@dataclass(frozen=True, slots=True)
class Draft:
    """What every outcome of one post has in common."""

    post: Post
    reading: Reading
    profile: str
    account: str
    now: datetime

    def ended(
        self,
        outcome: Outcome,
        *,
        rule: str | None = None,
        reason: str | None = None,
        asks: tuple[SignalId, ...] = (),
    ) -> Decision:
        return self._decision(outcome, rule=rule, reason=reason, asks=asks)

    def refused(self, by: Refused) -> Decision:
        outcome = _OUTCOME_OF_RULE.get(by.rule, Outcome.REFUSED)
        return self._decision(outcome, rule=by.rule, reason=by.reason, skipped=by.skipped)

    def planned(self, plan: OrderPlan) -> Decision:
        return self._decision(Outcome.PLANNED, plan=plan, legs=plan.entries, skipped=plan.skipped)

    def adopts(self, plan: OrderPlan, left: LeftOf) -> Decision:
        """Planned, with what stands of it already."""
        legs = (*plan.entries, *left.exits)
        return self._decision(Outcome.PLANNED, plan=plan, legs=legs, reason=ADOPTED)

    def follows(self, trade: SignalId, *, reason: str | None = None) -> Decision:
        return self._decision(Outcome.PLANNED, trade=trade, reason=reason)

    def follows_each(self, trades: tuple[SignalId, ...], *, reason: str | None) -> Decision:
        return self._decision(Outcome.PLANNED, asks=trades, reason=reason)

    def replans(self, replanned: Replanned, *, reason: str | None) -> Decision:
        """The trade goes on with other entries."""
        return self._decision(
            Outcome.PLANNED,
            trade=replanned.plan.signal,
            plan=replanned.plan,
            legs=replanned.new,
            reason=reason,
        )

    def _decision(self, outcome: Outcome, **fields: Any) -> Decision:
        return Decision(
            post=self.post,
            reading=self.reading,
            outcome=outcome,
            decided_at=self.now,
            profile=self.profile,
            account=self.account,
            **fields,
        )


def _nothing() -> None:
    """What a decision that sends nothing does."""


@dataclass(frozen=True, slots=True)
class Step:
    """A decision, the trade it opens, and what to do once both are recorded."""

    decision: Decision
    trade: Trade | None = None
    act: Callable[[], object] = _nothing
