"""A new text of a post that is traded: what it changes of its trade."""

from dataclasses import replace

from tgbitget.deciding.draft import Draft, Step
from tgbitget.deciding.ground import Followed, Ground
from tgbitget.deciding.saying import take_text
from tgbitget.markets.directory import Found
from tgbitget.model.ids import SignalId
from tgbitget.model.intent import OpenPosition
from tgbitget.model.plan import Outcome, Refused
from tgbitget.model.post import Post
from tgbitget.model.reading import Read, Reading
from tgbitget.positions.changes import CancelRest
from tgbitget.positions.edits import Edited, edit_changes
from tgbitget.positions.entering import EDITED
from tgbitget.positions.reshaped import Asked, replanned

NO_TRADE_NOW = "the edited text sets up no trade"


def edit(
    ground: Ground, draft: Draft, post: Post, reading: Reading, followed: Followed
) -> Step | None:
    """None where the profile lets it count as a post of its own."""
    policy, book = followed.profile.follow_ups.edits, ground.book
    if not ground.stands(post.signal):
        if policy == "apply" or not isinstance(reading, Read):
            return None
        reason = f"edits = {policy}: an edit opens no trade"
        return Step(draft.ended(Outcome.REFUSED, rule="edits", reason=reason))
    before = ground.journal.latest_post(post.channel, post.message_id)
    old = followed.parser.read(before) if before is not None else None
    if policy != "ignore" and not _says_the_same(old, reading) and book.hold(post.signal):
        return _unsent(ground, draft, post, reading, followed)
    edited = edit_changes(
        old,
        reading,
        plan=book.plan_of(post.signal),
        profile=followed.profile,
        message_id=post.message_id,
        account_limits=ground.limits,
    )
    if isinstance(edited, Refused):
        return Step(draft.refused(edited))
    if edited.asks_entries or edited.asks_leverage:
        return _other_entries(ground, draft, post, reading, edited, followed)
    return _edited(ground, draft, post.signal, edited)


def _edited(ground: Ground, draft: Draft, signal: SignalId, edited: Edited) -> Step:
    left = f"not taken: {'; '.join(edited.left)}" if edited.left else None
    if not edited.changes and left is not None:
        return Step(draft.ended(Outcome.REFUSED, rule="edits", reason="; ".join(edited.left)))
    if not edited.changes:
        return Step(draft.ended(Outcome.IGNORED, reason="the edit changes no level"))
    decision = draft.follows(signal, reason=left)
    return Step(decision, act=lambda: ground.change(signal, edited.changes))


def _unsent(ground: Ground, draft: Draft, post: Post, reading: Reading, followed: Followed) -> Step:
    """Nothing of the old text was sent, and nothing is any more: the new one is traded in its place, if any is."""
    if isinstance(reading, Read) and not isinstance(reading.intent, OpenPosition):
        step = Step(draft.ended(Outcome.REFUSED, rule="edits", reason=NO_TRADE_NOW))
    else:
        step = take_text(ground, draft, post, reading, followed)
    if step.decision.outcome is Outcome.PLANNED:
        return step
    cause = f"{EDITED}, and is not traded now: {step.decision.reason}"
    return Step(
        replace(step.decision, trade=post.signal),
        act=lambda: ground.change(post.signal, (CancelRest(cause=cause),)),
    )


def _other_entries(
    ground: Ground, draft: Draft, post: Post, reading: Reading, edited: Edited, followed: Followed
) -> Step:
    """Of a trade that stands; what of them cannot be had leaves the rest of the edit standing."""
    assert isinstance(reading, Read), "only what was read asks for entries"
    assert isinstance(reading.intent, OpenPosition), "only a set-up has entries"
    found, profile = ground.book.entries_of(post.signal), followed.profile
    resolved = ground.resolve(reading.intent, profile)
    if (held := ground.may_enter()) is not None or not isinstance(resolved, Found):
        reason = held.reason if held is not None else "the market is not known now"
        left = (*edited.left, f"other entries: {reason}")
        return _edited(ground, draft, post.signal, replace(edited, left=left))
    asked = Asked(
        post=post,
        intent=reading.intent,
        edited=edited,
        multiplier=resolved.multiplier,
        situation=ground.situation(found.plan.market.symbol, profile),
        profile=profile,
        account_limits=ground.limits,
        user_id=ground.book.account,
    )
    new = replanned(asked, found)
    if isinstance(new, Refused):
        left = (*edited.left, new.reason)
        return _edited(ground, draft, post.signal, replace(edited, left=left))
    left = (*edited.left, *new.left)
    changes = (*edited.changes, new.change(f"message {post.message_id} was edited"))
    return Step(
        draft.replans(new, reason=f"not taken: {'; '.join(left)}" if left else None),
        trade=None if found.trade is None else replace(found.trade, notional=new.notional),
        act=lambda: ground.change(post.signal, changes),
    )


def _says_the_same(old: Reading | None, new: Reading) -> bool:
    return isinstance(old, Read) and isinstance(new, Read) and old.intent == new.intent
