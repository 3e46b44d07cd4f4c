"""What an edit or a deletion of a traded post changes. Pure: two readings become the smallest change, or a refusal."""

from dataclasses import dataclass, replace

from tgbitget.model.intent import AtTarget, LevelUpdate, OpenPosition, UpdateTrade
from tgbitget.model.money import Percent, Price
from tgbitget.model.plan import OrderPlan, Refused
from tgbitget.model.post import Deletion
from tgbitget.model.reading import Read, Reading
from tgbitget.planning.safer import Changes, compare
from tgbitget.positions.changes import CancelRest, Change, Close, MoveStop
from tgbitget.positions.follow_ups import changes_for
from tgbitget.profile import Profile
from tgbitget.settings import AccountLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What is done, and in sentences what of the new text is not. What it asks beside that needs to be planned first."""

    changes: tuple[Change, ...] = ()
    left: tuple[str, ...] = ()
    asks_entries: bool = False
    asks_leverage: bool = False


# A farther stop would go past them unseen: the amount was found with the old one.
_BOUND_BY_STOP = (
    "risk_quote_max",
    "stop_distance_percent_max",
    "liquidation_distance_percent_min",
    "reward_risk_min",
)


def edit_changes(
    before: Reading | None,
    after: Reading,
    *,
    plan: OrderPlan,
    profile: Profile,
    message_id: int,
    account_limits: AccountLimits | None = None,
) -> Edited | Refused:
    """What the new text asks of the trade that the old one opened; nothing when no level changed.

    An edit is never a second order. A nearer stop, other targets and dropped entries are taken, under `apply` also a
    farther stop: while the trade has the post's own stop still, and where no limit was measured by it; and then other
    entries and another leverage may be planned. Another side or coin is refused by name.
    """
    if not isinstance(after, Read):
        return Edited()
    if profile.follow_ups.edits == "ignore":
        return Refused(rule="edits", reason="edits = ignore")
    if not isinstance(after.intent, OpenPosition):
        changes = changes_for(after.intent, plan, profile, message_id=message_id)
        return changes if isinstance(changes, Refused) else Edited(changes=changes)
    old = before.intent if isinstance(before, Read) else None
    if not isinstance(old, OpenPosition):
        return Refused(rule="edits", reason="the text before the edit was read as no set-up")
    may_loosen = _may_loosen(old, plan, profile, account_limits)
    found = compare(
        old,
        after.intent,
        standing_stop=plan.stop,
        may_loosen=may_loosen,
        may_reshape=profile.follow_ups.edits == "apply",
    )
    changes = _taken(found, plan, profile, message_id)
    if isinstance(changes, Refused):
        return changes
    asks = found.moves_entries or found.changes_leverage
    if found.refused and not changes and not asks:
        return Refused(rule="edits", reason="; ".join(found.refused))
    return Edited(
        changes=changes,
        left=found.refused,
        asks_entries=found.moves_entries,
        asks_leverage=found.changes_leverage,
    )


def _may_loosen(
    old: OpenPosition, plan: OrderPlan, profile: Profile, account_limits: AccountLimits | None
) -> bool:
    """Rules or the channel may have moved the stop since: an edit of the old text does not take that back."""
    if profile.follow_ups.edits != "apply" or profile.size.kind == "risk_percent":
        return False
    limits = [one for one in (profile.limits, account_limits) if one is not None]
    if any(getattr(one, name) is not None for one in limits for name in _BOUND_BY_STOP):
        return False
    stop = old.stop_loss
    if stop is None or isinstance(stop, Percent):
        return False
    return plan.market.stop_price(stop, plan.side) == plan.stop


def deletion_change(deletion: Deletion, profile: Profile) -> Change | None:
    """What the profile does when a traded post is taken back."""
    cause = f"the channel deleted message {deletion.message_id}"
    match profile.follow_ups.deletions:
        case "ignore":
            return None
        case "cancel-unfilled":
            return CancelRest(cause=cause)
        case "close":
            return Close(key="deleted", cause=cause)


def _taken(
    found: Changes, plan: OrderPlan, profile: Profile, message_id: int
) -> tuple[Change, ...] | Refused:
    cause = f"message {message_id} was edited"
    dropped: tuple[Change, ...] = ()
    if found.dropped:
        side = plan.side
        prices = frozenset(plan.market.entry_price(price, side) for price in found.dropped)
        dropped = (CancelRest(cause=cause, prices=prices),)
    update = LevelUpdate(stop_loss=_stop_price(found, plan), take_profits=found.targets)
    if update == LevelUpdate():
        return dropped
    levels = changes_for(
        UpdateTrade(update=update), plan, profile, message_id=message_id, cause=cause
    )
    if isinstance(levels, Refused):
        return levels
    return (*dropped, *(_loosened(change, plan) for change in levels))


def _loosened(change: Change, plan: OrderPlan) -> Change:
    """`compare` lets a farther stop through only where it may be one."""
    if not isinstance(change, MoveStop) or isinstance(change.to, AtTarget):
        return change
    return replace(change, may_loosen=(change.to - plan.stop) * plan.side.sign < 0)


def _stop_price(found: Changes, plan: OrderPlan) -> Price | None:
    """A new distance in percent counts from the plan's entries as the old one did."""
    if not isinstance(found.stop, Percent):
        return found.stop
    prices = [leg.price or leg.trigger_price for leg in plan.entries]
    named = [price for price in prices if price is not None]
    if not named:
        return None
    worst = min(named) if plan.side.sign > 0 else max(named)
    return Price(worst - plan.side.sign * abs(found.stop.of(worst)))
