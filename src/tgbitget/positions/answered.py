"""What became of the posts that a follow-up answers: a trade of ours, a signal that was not traded, or neither. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tgbitget.model.ids import SignalId
from tgbitget.model.intent import OpenPosition
from tgbitget.model.plan import Decision, Outcome
from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """`trade` is the one that the post opened or changed, over or not; `symbol` the coin that it names, if any.

    Without a trade, `is_signal` says whether it set one up that we did not take. `reply_to` leads on up the chain.
    """

    trade: SignalId | None = None
    is_signal: bool = False
    symbol: str | None = None
    outcome: Outcome | None = None
    reply_to: int | None = None


AnsweredAt = Callable[[int], Answered | None]
"""By a message's number in the channel; None: nothing is known of it."""


def answered(
    parent: Post | None, revisions: Sequence[Decision], read: Callable[[Post], Reading]
) -> Answered | None:
    """*revisions* are what was decided of that post; *parent* is the post, where it came with the one that answers it.

    It is read anew, for what nobody decided on (it is older than we are, its author is not followed) may be a signal.
    """
    post = revisions[-1].post if revisions else parent
    if post is None:
        return None
    reading, outcome = read(post), revisions[-1].outcome if revisions else None
    if any(decision.plan is not None and decision.trade is None for decision in revisions):
        return Answered(trade=post.signal, symbol=_symbol(reading), outcome=outcome)
    changed = next((d.trade for d in reversed(revisions) if d.trade is not None), None)
    if changed is not None:
        return Answered(trade=changed, symbol=_symbol(reading), outcome=outcome)
    return Answered(
        # Another post's signal once more: what answers it means that trade, by the coin's name.
        is_signal=_sets_up(reading, post) and outcome is not Outcome.DUPLICATE,
        symbol=_symbol(reading),
        outcome=outcome,
        reply_to=post.reply_to,
    )


def _sets_up(reading: Reading, post: Post) -> bool:
    match reading:
        case Read(intent=intent):
            return isinstance(intent, OpenPosition)
        case Unclear():
            # What is unclear in a reply is mostly a follow-up itself; its own parent decides.
            return post.reply_to is None
        case NotASignal():
            return False


def _symbol(reading: Reading) -> str | None:
    match reading:
        case Read(intent=intent):
            return intent.symbol
        case Unclear(symbol=symbol):
            return symbol
        case NotASignal():
            return None
