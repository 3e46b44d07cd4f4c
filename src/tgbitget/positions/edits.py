"""What an edit or a deletion of a traded post changes. Pure: two readings become the smallest change, or a refusal."""

from tgbitget.model.intent import LevelUpdate, OpenPosition, UpdateTrade
from tgbitget.model.money import Percent, Price
from tgbitget.model.plan import OrderPlan, Refused
from tgbitget.model.post import Deletion
from tgbitget.model.reading import Read, Reading
from tgbitget.planning.safer import Changes, compare
from tgbitget.positions.changes import CancelRest, Change, Close
from tgbitget.positions.follow_ups import changes_for
from tgbitget.profile import Profile


def edit_changes(
    before: Reading | None,
    after: Reading,
    *,
    plan: OrderPlan,
    profile: Profile,
    message_id: int,
) -> tuple[Change, ...] | Refused:
    """What the new text asks of the trade that the old one opened; nothing when no level changed.

    An edit is never a second order. A nearer stop, other targets and dropped entries are taken; what would risk more
    (a farther stop, other entries, another side or coin) is refused by name, under `apply` too: the orders that stand
    were sized for the old text. A lower leverage changes nothing that is open.
    """
    if not isinstance(after, Read):
        return ()
    if profile.follow_ups.edits == "ignore":
        return Refused(rule="edits", reason="edits = ignore")
    if not isinstance(after.intent, OpenPosition):
        return changes_for(after.intent, plan, profile, message_id=message_id)
    old = before.intent if isinstance(before, Read) else None
    if not isinstance(old, OpenPosition):
        return Refused(rule="edits", reason="the text before the edit was read as no set-up")
    found = compare(old, after.intent, standing_stop=plan.stop)
    changes = _taken(found, plan, profile, message_id)
    if found.refused and not changes:
        return Refused(rule="edits", reason="; ".join(found.refused))
    return changes


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
    return levels if isinstance(levels, Refused) else (*dropped, *levels)


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
