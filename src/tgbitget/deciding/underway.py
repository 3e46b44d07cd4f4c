"""Decisions on their way to the disk: what they allow counts already for those made meanwhile."""

from collections.abc import Collection
from dataclasses import replace

from tgbitget.deciding.draft import Step
from tgbitget.model.ids import ChannelId
from tgbitget.model.plan import Decision
from tgbitget.model.trade import Situation
from tgbitget.positions.exposure import at_risk
from tgbitget.positions.ledger import Ledger


class Underway:
    """Empty but for the moments that a commit takes."""

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def add(self, step: Step) -> None:
        """A step without a plan counts for nothing."""
        if step.decision.plan is not None:
            self._steps.append(step)

    def remove(self, step: Step) -> None:
        self._steps = [one for one in self._steps if one is not step]

    def decisions(self) -> tuple[Decision, ...]:
        return tuple(step.decision for step in self._steps)

    def added_to(self, situation: Situation, channels: Collection[ChannelId]) -> Situation:
        """*situation* as it will stand; *channels* are those of `of_profile`."""
        for step in self._steps:
            situation = _with(situation, step, channels)
        return situation


def _with(situation: Situation, step: Step, channels: Collection[ChannelId]) -> Situation:
    trade, plan = step.trade, step.decision.plan
    if trade is None or plan is None:  # a rehearsal uses nothing up
        return situation
    ledger = Ledger(plan, channel=trade.channel, notional=trade.notional)
    orders, own = len(plan.entries), situation.of_profile
    if own is not None and trade.channel in channels:
        own = replace(
            own,
            trades=(*own.trades, trade),
            orders_last_minute=own.orders_last_minute + orders,
        )
    return replace(
        situation,
        trades=(*situation.trades, trade),
        at_risk={**situation.at_risk, trade.signal: at_risk(ledger)},
        unshared=situation.unshared if plan.sizes_stop else situation.unshared | {trade.signal},
        orders_last_minute=situation.orders_last_minute + orders,
        of_profile=own,
    )
