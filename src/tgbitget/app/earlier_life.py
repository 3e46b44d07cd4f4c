"""What an earlier life of this listener left: its open trades are led on, with what the channel asked of them since."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from loguru import logger

from tgbitget.errors import ConfigError
from tgbitget.journal.journal import OpenTrade
from tgbitget.model.command import Command, CommandName
from tgbitget.model.event import Warned
from tgbitget.model.ids import SignalId, client_order_id
from tgbitget.model.intent import OpenPosition
from tgbitget.model.plan import Decision, OrderPlan, Outcome, Refused
from tgbitget.model.post import Deletion, Via
from tgbitget.model.reading import Read, Reading
from tgbitget.positions.changes import CancelRest, Change, Close, MoveStop
from tgbitget.positions.desk import Desk
from tgbitget.positions.edits import deletion_change, edit_changes
from tgbitget.positions.entering import EDITED
from tgbitget.positions.follow_ups import changes_for
from tgbitget.positions.keeper import PositionKeeper
from tgbitget.positions.late_bills import ENDED_WITHIN
from tgbitget.positions.recovery import recover
from tgbitget.positions.today import midnight
from tgbitget.profile import Profile, default_profile, load_profile
from tgbitget.settings import Settings


def lead_on(
    desk: Desk,
    keeper: PositionKeeper,
    kept: Iterable[OpenTrade],
    settings: Settings,
    profiles: Sequence[Profile],
) -> None:
    today = midnight(desk.clock.now())
    since = keeper.losses.since
    for ended_at, trade in desk.journal.ended_trades(since, account=desk.user_id):
        is_today = ended_at >= today
        before = desk.journal.realised_before(trade.signal, today) if is_today else Decimal(0)
        keeper.remember(ended_at, trade, before=before)
    ours = [one for one in kept if is_of(one, desk.user_id)]
    for other in kept:
        if other not in ours:
            text = f"{other.plan.signal} is open on another account and is not guarded from here"
            desk.publish(Warned(text=text, signal=other.plan.signal, is_urgent=True))

    def profile_named(name: str) -> Profile:
        return _profile(name, settings, profiles)

    recover(
        desk,
        keeper,
        ours,
        profile_named=profile_named,
        changes_of=lambda trade: _changes_of(trade, desk, profile_named(trade.profile)),
        ended=desk.journal.ended_in_full(desk.clock.now() - ENDED_WITHIN, account=desk.user_id),
    )


def is_of(kept: OpenTrade, user_id: str) -> bool:
    """Ids are derived from the account, so they tell whose a trade is."""
    first = kept.plan.entries[0]
    mine = client_order_id(
        user_id=user_id, signal=first.signal, leg=first.name, replacement=first.replacement
    )
    return first.client_oid == mine


def _profile(name: str, settings: Settings, profiles: Sequence[Profile]) -> Profile:
    """The profile that a trade was opened with, even when it is not followed any more."""
    for profile in profiles:
        if profile.name == name:
            return profile
    try:
        return load_profile(name, settings)
    except ConfigError as e:
        logger.warning("A trade of profile {} is led by the defaults: {}", name, e)
        return default_profile()


def _changes_of(kept: OpenTrade, desk: Desk, profile: Profile) -> list[Change]:
    """What was asked of a trade since it opened, in order; done or not, it is asked again."""
    signal = kept.plan.signal
    changes = changes_asked(kept.plan, profile, _asked_since(signal, desk))
    number = int(signal.rpartition("/")[2])
    if desk.journal.is_deleted(kept.trade.channel, number):
        deletion = Deletion(
            channel=kept.trade.channel,
            message_id=number,
            date=desk.clock.now(),
            via=Via.BACKFILL,
        )
        change = deletion_change(deletion, profile)
        changes += [change] if change is not None else []
    for command in desk.journal.commands(signal):
        changes += _by_hand(command, kept, desk, profile)
    return changes


def _asked_since(signal: SignalId, desk: Desk) -> list[Decision]:
    """Revisions of the post and what other posts asked of its trade, each once, in the order of their decisions."""
    others = (one for one in desk.journal.follow_ups(signal) if one.signal != signal)
    asked = (*desk.journal.revisions(signal), *others)
    return sorted(asked, key=lambda decision: decision.decided_at)


def changes_asked(plan: OrderPlan, profile: Profile, decisions: Iterable[Decision]) -> list[Change]:
    """What the channel asked of the trade of *plan*. What another plan took in, or the place of, is not asked again."""
    before: Reading | None = None
    changes: list[Change] = []
    for decision in decisions:
        reading, message_id = decision.reading, decision.post.message_id
        if decision.signal != plan.signal:
            if isinstance(reading, Read) and not isinstance(reading.intent, OpenPosition):
                asked = changes_for(reading.intent, plan, profile, message_id=message_id)
                changes += () if isinstance(asked, Refused) else asked
            continue
        if decision.plan is not None:
            is_anew = decision.trade is None
            changes = [] if is_anew else [one for one in changes if not _drops_some(one)]
        if decision.trade == plan.signal and decision.outcome is not Outcome.PLANNED:
            changes.append(CancelRest(cause=EDITED))
        elif decision.trade == plan.signal:
            again = edit_changes(before, reading, plan=plan, profile=profile, message_id=message_id)
            changes += () if isinstance(again, Refused) else map(_tighter, again.changes)
        before = reading
    return changes


def _drops_some(change: Change) -> bool:
    """A plan that came after it has the entries that are wanted."""
    return isinstance(change, CancelRest) and change.prices is not None


def _tighter(change: Change) -> Change:
    """Whatever loosened the stop then stands in the trade; the stop may have moved on since."""
    return replace(change, may_loosen=False) if isinstance(change, MoveStop) else change


def _by_hand(asked: Command, kept: OpenTrade, desk: Desk, profile: Profile) -> Sequence[Change]:
    """What the owner asked of a trade: a close, or which trade a post meant."""
    cause = f"the owner asked for it ({asked.source})"
    if asked.name is CommandName.CLOSE and asked.key is not None:
        return [Close(key=asked.key, cause=cause, fraction=asked.fraction)]
    if asked.name is not CommandName.ANSWER or asked.post is None:
        return []
    decision = desk.journal.revisions(asked.post)[-1]
    reading = decision.reading
    if not isinstance(reading, Read) or isinstance(reading.intent, OpenPosition):
        return []
    again = changes_for(reading.intent, kept.plan, profile, message_id=decision.post.message_id)
    return [] if isinstance(again, Refused) else again
