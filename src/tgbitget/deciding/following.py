"""A post that changes trades that stand: the one that it means, or all of its channel."""

from collections.abc import Iterable

from tgbitget.deciding.draft import Draft, Step
from tgbitget.deciding.ground import Followed, Ground
from tgbitget.model.ids import SignalId, signal_id
from tgbitget.model.intent import FollowUp
from tgbitget.model.plan import Outcome, Refused
from tgbitget.model.post import Post
from tgbitget.model.reading import Read
from tgbitget.positions.answered import Answered, answered
from tgbitget.positions.changes import Change
from tgbitget.positions.finder import Candidate, NotFound, every, find
from tgbitget.positions.follow_ups import changes_for

ASKED_MAX = 20  # as many trades as an owner can read in one message


def follow_up(
    ground: Ground, draft: Draft, post: Post, intent: FollowUp, reading: Read, followed: Followed
) -> Step:
    book = ground.book
    meant = every(post, intent, book.candidates()) if intent.is_all else ()
    if len(meant) > 1:
        return _each(ground, draft, post, intent, followed, meant)
    found = find(
        post,
        intent,
        book.candidates(),
        parent_symbol=reading.parent_symbol,
        username=followed.username,
        answered_at=lambda number: _answered(ground, post, number, followed),
    )
    if isinstance(found, NotFound):
        outcome = Outcome.UNCLEAR if found.reason == "ambiguous_trade" else Outcome.REFUSED
        asks = () if book.is_rehearsal else found.fitting[:ASKED_MAX]
        return Step(draft.ended(outcome, rule=found.reason, reason=found.detail, asks=asks))
    changes = changes_for(
        intent, book.plan_of(found.signal), followed.profile, message_id=post.message_id
    )
    if isinstance(changes, Refused):
        return Step(draft.refused(changes))
    return Step(draft.follows(found.signal), act=lambda: ground.change(found.signal, changes))


def _each(
    ground: Ground,
    draft: Draft,
    post: Post,
    intent: FollowUp,
    followed: Followed,
    meant: Iterable[Candidate],
) -> Step:
    asked: dict[SignalId, tuple[Change, ...]] = {}
    refused: list[Refused] = []
    for candidate in meant:
        plan = ground.book.plan_of(candidate.signal)
        changes = changes_for(intent, plan, followed.profile, message_id=post.message_id)
        if isinstance(changes, Refused):
            refused.append(changes)
        else:
            asked[candidate.signal] = changes
    if not asked:
        return Step(draft.refused(refused[0]))

    def change_each() -> None:
        for signal, changes in asked.items():
            ground.change(signal, changes)

    left = "; ".join(dict.fromkeys(by.reason for by in refused)) or None
    return Step(draft.follows_each(tuple(asked), reason=left), act=change_each)


def _answered(ground: Ground, post: Post, number: int, followed: Followed) -> Answered | None:
    parent = next((known for known in post.parents if known.message_id == number), None)
    revisions = ground.journal.revisions(signal_id(post.channel, number))
    return answered(parent, revisions, followed.parser.read)
