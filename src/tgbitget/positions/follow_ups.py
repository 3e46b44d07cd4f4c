"""What a channel's later words change in a trade. Pure: an intent becomes wishes for the task that owns it."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from tgbitget.model.intent import (
    CancelEntries,
    ClosePosition,
    FollowUp,
    LevelUpdate,
    Unspecified,
    UpdateTrade,
)
from tgbitget.model.plan import OrderPlan, Refused
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
) -> tuple[Change, ...]:
    """In the order in which they are to be done: the stop moves before a part is closed."""
    cause = cause or f"the channel said so in message {message_id}"
    return tuple(_changes(intent, plan, profile, message_id, cause))


def _changes(
    intent: FollowUp, plan: OrderPlan, profile: Profile, message_id: int, cause: str
) -> Iterator[Change]:
    if intent.update is not None:
        yield from _levels(intent.update, plan, profile, cause)
    match intent:
        case ClosePosition(fraction=fraction):
            yield Close(key=str(message_id), cause=cause, fraction=_fraction(fraction, profile))
        case CancelEntries():
            yield CancelRest(cause=cause)
        case UpdateTrade():
            pass


def _fraction(fraction: Decimal | Unspecified | None, profile: Profile) -> Decimal | None:
    if fraction is Unspecified.PART:
        return profile.follow_ups.close_fraction_default
    return fraction


def _levels(update: LevelUpdate, plan: OrderPlan, profile: Profile, cause: str) -> Iterator[Change]:
    if update.stop_loss is not None:
        yield MoveStop(to=update.stop_loss, cause=cause)
    if update.take_profits is not None:
        found = targets(
            levels=update.take_profits,
            section=profile.exits,
            side=plan.side,
            market=plan.market,
            entries=_rungs(plan),
        )
        if not isinstance(found, Refused):
            yield NewTargets(targets=found, cause=cause)


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
