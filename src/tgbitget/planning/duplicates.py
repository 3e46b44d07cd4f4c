"""Is this the same signal again: another channel's copy, or a re-post after a deletion? Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from tgbitget.model.money import Price, exact
from tgbitget.model.plan import Decision, OrderPlan, Outcome, Refused
from tgbitget.profile import SignalsSection

_WHOLE = Decimal(100)
_SECONDS_PER_HOUR = 3600


def refusal(
    plan: OrderPlan,
    *,
    account: str,
    recent: Sequence[Decision],
    section: SignalsSection,
    now: datetime,
) -> Refused | None:
    """*recent* are decisions of any channel; only trades of other messages that were planned on *account* count.

    Levels that both name are compared: first entry, stop, and the targets in order.
    """
    since = now - timedelta(seconds=float(section.duplicate_hours * _SECONDS_PER_HOUR))
    if not section.duplicate_hours:
        return None
    for decision in recent:
        earlier = decision.plan
        if (
            decision.outcome is Outcome.PLANNED
            and earlier is not None
            and decision.account == account
            and decision.signal != plan.signal
            and decision.decided_at >= since
            and _is_same(plan, earlier, section.duplicate_percent)
        ):
            minutes = int((now - decision.decided_at).total_seconds() // 60)
            return Refused(
                rule="duplicate",
                reason=f"the same as {decision.signal} {minutes} min ago: {plan.market.id} {plan.side}, "
                f"levels within {exact(section.duplicate_percent)} %",
            )
    return None


def _is_same(plan: OrderPlan, earlier: OrderPlan, percent: Decimal) -> bool:
    if (plan.market.symbol, plan.side) != (earlier.market.symbol, earlier.side):
        return False
    pairs = zip(_levels(plan), _levels(earlier), strict=False)
    return all(_is_close(one, other, percent) for one, other in pairs)


def _levels(plan: OrderPlan) -> tuple[Price | None, ...]:
    first = plan.entries[0]
    return (
        plan.stop,
        first.price or first.trigger_price,
        *(target.price for target in plan.targets),
    )


def _is_close(one: Price | None, other: Price | None, percent: Decimal) -> bool:
    """An entry at market has no price, and differs from none."""
    return one is None or other is None or abs(one - other) * _WHOLE <= other * percent
