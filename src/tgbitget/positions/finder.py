"""Which trade does a follow-up mean? By reply, by link or number, by name; never by guess. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.intent import FollowUp, Side
from tgbitget.model.post import Post
from tgbitget.positions.answered import Answered, AnsweredAt


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
    """`reason` is `no_trade`, `not_traded` (it answers a signal that we did not trade), or `ambiguous_trade` with the
    trades that it may mean."""

    reason: str
    detail: str
    fitting: tuple[SignalId, ...] = ()


_CHAIN_MAX = 30  # posts that are looked at on the way up
# A link carries the channel's id or its name, and perhaps a topic: it cannot mean another channel's message.
_LINK = re.compile(r"\bt(?:elegram)?\.me/c/(\d{1,16})/(?:\d{1,12}/)?(\d{1,12})", re.IGNORECASE)
_NAMED_LINK = re.compile(
    r"\bt(?:elegram)?\.me/(?!c/)([a-z]\w{3,31})/(?:\d{1,12}/)?(\d{1,12})", re.IGNORECASE | re.ASCII
)
# Only where it says that a post is meant: channels count their signals by numbers of their own.
_NUMBER = re.compile(r"\b(?:post|message|msg)\s*(?:no\.?|nr\.?|№|#)?\s*(\d{1,12})\b", re.IGNORECASE)


def find(
    post: Post,
    intent: FollowUp,
    candidates: Sequence[Candidate],
    *,
    parent_symbol: str | None = None,
    username: str | None = None,
    answered_at: AnsweredAt = lambda _: None,
) -> Candidate | NotFound:
    """The one trade that *post* means, among those of its channel, whose public name is *username*.

    A reply, a link or a post's number settles it, unless the post itself names another coin; a name settles it when
    just one trade fits; without any of them only a single open trade can be meant, and a reply to something else
    means none. A signal that was not traded keeps what answers it to itself; a follow-up leads on to what it answers.
    """
    own = [c for c in candidates if c.channel == post.channel]
    answered = _answered(post, username)
    nearest = _up(answered, own, intent, answered_at)
    if isinstance(nearest, Answered):
        return _not_ours(nearest, own, intent.symbol or nearest.symbol or parent_symbol)
    if nearest is not None:
        if intent.symbol is not None and not _is_named(nearest, intent.symbol):
            return NotFound(
                reason="ambiguous_trade",
                detail=f"it answers the {nearest.base} trade and names {intent.symbol}",
                fitting=_signals([nearest, *(c for c in own if _is_named(c, intent.symbol))]),
            )
        return nearest
    named = intent.symbol or parent_symbol or _symbol_of(answered, answered_at)
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
    return NotFound(
        reason="ambiguous_trade",
        detail=f"{len(fitting)} open trades{about} fit",
        fitting=_signals(fitting),
    )


def _up(
    answered: Sequence[int], own: Sequence[Candidate], intent: FollowUp, answered_at: AnsweredAt
) -> Candidate | Answered | None:
    """From the nearest post on, up what each of them answers, to the first that settles it."""
    chain, seen = list(answered), set[int]()
    while chain:
        number = chain.pop(0)
        if number in seen or len(seen) == _CHAIN_MAX:
            continue
        seen.add(number)
        for candidate in own:
            if candidate.message_id == number:
                return candidate
        found = answered_at(number)
        if found is None:
            continue
        for candidate in own:
            if candidate.signal == found.trade:
                return candidate
        is_other = None not in (intent.symbol, found.symbol) and intent.symbol != found.symbol
        if (found.trade is not None or found.is_signal) and not is_other:
            return found
        if found.reply_to is not None:
            chain.insert(0, found.reply_to)
    return None


def _symbol_of(answered: Sequence[int], answered_at: AnsweredAt) -> str | None:
    known = (answered_at(number) for number in answered[:_CHAIN_MAX])
    return next((found.symbol for found in known if found is not None and found.symbol), None)


def _not_ours(answered: Answered, own: Sequence[Candidate], named: str | None) -> NotFound:
    if answered.trade is None:
        why = f" ({answered.outcome})" if answered.outcome else ""
        about = f"the {named} signal" if named else "the signal"
        return NotFound(reason="not_traded", detail=f"{about} that it answers was not traded{why}")
    over = "the trade that it answers is over"
    fitting = [c for c in own if named is not None and _is_named(c, named)]
    if fitting:
        detail = f"{over}, and another of {named} stands"
        return NotFound(reason="ambiguous_trade", detail=detail, fitting=_signals(fitting))
    return NotFound(reason="no_trade", detail=over)


def every(post: Post, intent: FollowUp, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The trades of its channel that *post* means when it says "all trades": of the coin and side that it names."""
    return tuple(
        c
        for c in candidates
        if c.channel == post.channel
        and (intent.symbol is None or _is_named(c, intent.symbol))
        and intent.side in (None, c.side)
    )


def _signals(candidates: Sequence[Candidate]) -> tuple[SignalId, ...]:
    return tuple(candidate.signal for candidate in candidates)


def _answered(post: Post, username: str | None) -> list[int]:
    """Message ids that the post points to, nearest first."""
    ids = [] if post.reply_to is None else [post.reply_to]
    for parent in post.parents:
        ids += (
            [parent.message_id] if parent.reply_to is None else [parent.message_id, parent.reply_to]
        )
    for text in (*post.links, post.text):
        ids += [int(number) for id_, number in _LINK.findall(text) if post.channel == f"-100{id_}"]
        ids += [int(n) for name, n in _NAMED_LINK.findall(text) if name.lower() == username]
    ids += [int(number) for number in _NUMBER.findall(post.text)]
    return list(dict.fromkeys(ids))


def _is_named(candidate: Candidate, name: str) -> bool:
    return candidate.base == name or candidate.base.lstrip("0123456789") == name
