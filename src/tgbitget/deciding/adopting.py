"""A post whose orders stand already, though the journal does not know it: they are led on, and sent never again."""

from tgbitget.deciding.draft import Draft, Step
from tgbitget.deciding.ground import Followed, Ground
from tgbitget.deciding.opening import pending
from tgbitget.markets.directory import Found
from tgbitget.model.intent import OpenPosition
from tgbitget.model.money import Price
from tgbitget.model.plan import Outcome, Refused
from tgbitget.model.post import Post
from tgbitget.model.reading import Read, Reading
from tgbitget.planning.adopted import adopted_plan
from tgbitget.positions.left_behind import LeftOf


def left_of(ground: Ground, post: Post) -> LeftOf | None:
    """What an earlier life left of a post that has no outcome here."""
    heir = ground.heir
    if heir is None or (left := heir.left.of(post.signal)) is None:
        return None
    is_known = ground.journal.latest_revision(post.channel, post.message_id) is not None
    return None if is_known else left


def adopt(
    ground: Ground, draft: Draft, post: Post, reading: Reading, followed: Followed
) -> Step | None:
    """None for every other post. What cannot be led is refused, never planned as if it were new."""
    heir, left = ground.heir, left_of(ground, post)
    if heir is None or left is None or not isinstance(reading, Read):
        return None
    if not isinstance(reading.intent, OpenPosition):
        return None
    found = ground.resolve(reading.intent, followed.profile)
    if not isinstance(found, Found):
        return Step(draft.ended(Outcome.UNCLEAR, rule=found.code, reason=found.sentence))
    quote = ground.quote(found.market.symbol)
    outcome = adopted_plan(
        post=post,
        intent=reading.intent,
        market=found.market,
        multiplier=found.multiplier,
        quote=quote,
        profile=followed.profile,
        entries=left.entries,
        stops=left.stops,
        live_targets=left.live_targets,
        now=draft.now,
    )
    if isinstance(outcome, Refused):
        return Step(draft.refused(outcome))
    notional = outcome.notional(quote.price if quote else Price(outcome.stop))
    return Step(
        draft.adopts(outcome, left),
        trade=pending(outcome, post, notional),
        act=lambda: heir.take_over(outcome, left, post, followed.profile, notional=notional),
    )
