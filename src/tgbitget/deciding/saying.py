"""What a text says, taken as the first of its post."""

from tgbitget.deciding.draft import Draft, Step
from tgbitget.deciding.following import follow_up
from tgbitget.deciding.ground import Followed, Ground
from tgbitget.deciding.opening import open_trade
from tgbitget.model.intent import OpenPosition
from tgbitget.model.plan import Outcome
from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear


def take_text(
    ground: Ground, draft: Draft, post: Post, reading: Reading, followed: Followed
) -> Step:
    match reading:
        case NotASignal():
            return Step(draft.ended(Outcome.IGNORED, reason=reading.why))
        case Unclear():
            return Step(draft.ended(Outcome.UNCLEAR, reason=reading.detail or reading.reason))
        case Read(intent=intent):
            if isinstance(intent, OpenPosition):
                return open_trade(ground, draft, post, intent, followed)
            return follow_up(ground, draft, post, intent, reading, followed)
