"""What a channel's later words change in a trade. Pure: an intent becomes wishes for the task that owns it."""

from decimal import Decimal
from fractions import Fraction

from tgbitget.model.intent import (
    CancelEntries,
    ClosePosition,
    FollowUp,
    Level,
    LevelUpdate,
    Unspecified,
    UpdateTrade,
)
from tgbitget.model.money import exact
from tgbitget.model.plan import OrderPlan, Refused, Target
from tgbitget.planning.entries import Rung
from tgbitget.planning.exits import targets
from tgbitget.positions.changes import CancelRest, Change, Close, MoveStop, NewTargets
from tgbitget.profile import Profile


def changes_for(
    intent: FollowUp,
    plan: OrderPlan,
    profile: Profile,
    *,
    message_id: int,
    cause: str | None = None,
) -> tuple[Change, ...] | Refused:
    """In the order in which they are to be done: the stop moves before a part is closed.

    *plan* is the trade's as it stands. Targets that lie where the trade does not win are refused, and with them all
    that the message asks: half of it may be a misreading too.
    """
    cause = cause or f"the channel said so in message {message_id}"
    levels = _levels(intent.update, plan, profile, cause)
    if isinstance(levels, Refused):
        return levels
    match intent:
        case ClosePosition(fraction=fraction):
            part = _fraction(fraction, profile)
            return (*levels, Close(key=str(message_id), cause=cause, fraction=part))
        case CancelEntries():
            return (*levels, CancelRest(cause=cause))
        case UpdateTrade():
            return levels


def _fraction(fraction: Decimal | Unspecified | None, profile: Profile) -> Decimal | None:
    if fraction is Unspecified.PART:
        return profile.follow_ups.close_fraction_default
    return fraction


def _levels(
    update: LevelUpdate | None, plan: OrderPlan, profile: Profile, cause: str
) -> tuple[Change, ...] | Refused:
    if update is None:
        return ()
    changes: list[Change] = []
    if update.stop_loss is not None:
        changes.append(MoveStop(to=update.stop_loss, cause=cause))
    if update.take_profits is not None:
        found = _targets(update.take_profits, plan, profile)
        if isinstance(found, Refused):
            return found
        changes.append(NewTargets(targets=found, cause=cause))
    return tuple(changes)


def _targets(
    levels: tuple[Level, ...], plan: OrderPlan, profile: Profile
) -> tuple[Target, ...] | Refused:
    entries = _rungs(plan)
    found = targets(
        levels=levels, section=profile.exits, side=plan.side, market=plan.market, entries=entries
    )
    if isinstance(found, Refused):
        return found
    for target in found:
        for entry in entries:
            if entry.expected and (target.price - entry.expected) * plan.side.sign <= 0:
                return Refused(
                    rule="tp_wrong_side",
                    reason=f"the target {exact(target.price)} is on the wrong side of the entry "
                    f"{exact(entry.expected)}",
                )
    return found


def _rungs(plan: OrderPlan) -> list[Rung]:
    """The plan's entries as planning saw them; one at market has no price that is known here."""
    rungs = []
    for leg in plan.entries:
        price = leg.price or leg.trigger_price
        weight = Fraction(leg.amount or 0) / Fraction(plan.amount)
        rungs.append(
            Rung(
                type=leg.type,
                expected=price,
                dearest=price or plan.stop,
                price=price,
                weight=weight,
            )
        )
    return rungs
