"""Which trade does a follow-up mean? By reply, by link or number, by name; never by guess. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.intent import FollowUp, Side
from tgbitget.model.post import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A trade that a follow-up may mean; `base` is the coin as the venue names it (`1000BONK`)."""

    signal: SignalId
    channel: ChannelId
    message_id: int
    base: str
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """`reason` is `no_trade` or `ambiguous_trade`."""

    reason: str
    detail: str


# A private link carries the channel's id, so it cannot mean another channel's message of the same number.
_LINK = re.compile(r"t\.me/c/(\d{1,16})/(?:\d{1,12}/)?(\d{1,12})")


def find(
    post: Post,
    intent: FollowUp,
    candidates: Sequence[Candidate],
    *,
    parent_symbol: str | None = None,
) -> Candidate | NotFound:
    """The one trade that *post* means, among those of its channel.

    A reply or a link settles it, unless the post itself names another coin; a name settles it when just one trade
    fits; without any of them only a single open trade can be meant, and a reply to something else means none.
    """
    own = [c for c in candidates if c.channel == post.channel]
    answered = _answered(post)
    pointed = [c for c in own if c.message_id in answered]
    if pointed:
        nearest = min(pointed, key=lambda c: answered.index(c.message_id))
        if intent.symbol is not None and not _is_named(nearest, intent.symbol):
            return NotFound(
                reason="ambiguous_trade",
                detail=f"it answers the {nearest.base} trade and names {intent.symbol}",
            )
        return nearest
    named = intent.symbol or parent_symbol
    if named is None and answered:
        return NotFound(reason="no_trade", detail="the post that it answers opened no trade")
    fitting = [
        c for c in own if (named is None or _is_named(c, named)) and intent.side in (None, c.side)
    ]
    if len(fitting) == 1:
        return fitting[0]
    about = f" of {named}" if named else ""
    if not fitting:
        return NotFound(reason="no_trade", detail=f"no open trade{about} in this channel")
    return NotFound(reason="ambiguous_trade", detail=f"{len(fitting)} open trades{about} fit")


def _answered(post: Post) -> list[int]:
    """Message ids that the post points to, nearest first."""
    ids = [] if post.reply_to is None else [post.reply_to]
    for parent in post.parents:
        ids += (
            [parent.message_id] if parent.reply_to is None else [parent.message_id, parent.reply_to]
        )
    for text in (*post.links, post.text):
        ids += [int(number) for id_, number in _LINK.findall(text) if post.channel == f"-100{id_}"]
    return list(dict.fromkeys(ids))


def _is_named(candidate: Candidate, name: str) -> bool:
    return candidate.base == name or candidate.base.lstrip("0123456789") == name
