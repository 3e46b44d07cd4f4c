"""The outcome of one post, and what to do once it is recorded."""

from tgbitget.deciding.adopting import adopt, left_of
from tgbitget.deciding.draft import Draft, Step
from tgbitget.deciding.editing import edit
from tgbitget.deciding.ground import Followed, Ground
from tgbitget.deciding.saying import take_text
from tgbitget.markets.directory import Found
from tgbitget.model.intent import OpenPosition
from tgbitget.model.post import Post
from tgbitget.model.reading import Read, Reading, Unclear
from tgbitget.planning.price_sense import settle
from tgbitget.profile import Profile


def decide(ground: Ground, post: Post, reading: Reading, followed: Followed) -> Step:
    account = ground.book.account
    draft = Draft(post, reading, followed.profile.name, account, ground.clock.now())
    if (adopted := adopt(ground, draft, post, reading, followed)) is not None:
        return adopted
    if post.revision > 0:
        edited = edit(ground, draft, post, reading, followed)
        if edited is not None:
            return edited
    return take_text(ground, draft, post, reading, followed)


def settled(ground: Ground, reading: Reading, profile: Profile) -> Reading:
    """One of several readings of the same numbers, where only that one fits the market's price."""
    if not isinstance(reading, Unclear) or not reading.drafts:
        return reading
    found = ground.resolve(reading.drafts[0], profile)
    if not isinstance(found, Found):
        return reading
    quote = ground.quote(found.market.symbol)
    intent = settle(reading.drafts, multiplier=found.multiplier, quote=quote)
    if intent is None:
        return reading
    return Read(intent=intent, parser=reading.parser or "", spans=reading.spans)


def stands_alone(ground: Ground, post: Post, reading: Reading) -> bool:
    """Whether it may change what an earlier post brought: then all of those are on the disk, and led, before it is decided.

    What only opens a trade of its own, or does nothing, needs to know what is used up, and no more.
    """
    changes = isinstance(reading, Read) and not isinstance(reading.intent, OpenPosition)
    return post.revision > 0 or changes or left_of(ground, post) is not None
