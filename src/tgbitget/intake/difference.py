"""What an answer of Telegram's tells of one channel: posts, edits and deletions, in order. Pure but for names."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from telethon.tl import types

from tgbitget.intake.convert import Names, deletions_of, names_of, post_of
from tgbitget.intake.inbox import Item
from tgbitget.intake.pts import Pushed
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Deletion, Post, Via

_EDITED = (types.UpdateEditChannelMessage, types.UpdateNewChannelMessage)


def items_of_difference(
    answer: Any, channel: ChannelId, via: Via, *, now: datetime, seen_monotonic: float
) -> Iterator[Item]:
    """A slice of `updates.channelDifference`: new posts by id, then edits and deletions by pts, then its own pts.

    Of several edits of one message the last stands: an answer shows messages as they are now, not as they were.
    """
    names = names_of(answer)
    for message in sorted(answer.new_messages, key=lambda m: m.id):
        post = post_of(message, channel, via, names)
        yield Item(what=post, as_of=answer.pts, top=message.id, seen_monotonic=seen_monotonic)
    for pts, what in sorted(_others(answer, channel, via, names, now), key=lambda one: one[0]):
        yield Item(what=what, as_of=pts, seen_monotonic=seen_monotonic)
    yield Item(what=None, pts=answer.pts)


def _others(
    answer: Any, channel: ChannelId, via: Via, names: Names, now: datetime
) -> list[tuple[int, Post | Deletion]]:
    last: dict[int, tuple[int, Post | Deletion]] = {}
    for update in sorted(answer.other_updates, key=lambda u: getattr(u, "pts", 0) or 0):
        for what in whats_of(update, channel, via, names, now):
            last[what.message_id] = (update.pts, what)
    return list(last.values())


def items_of_history(
    page: Any, channel: ChannelId, via: Via, *, seen_monotonic: float
) -> Iterator[Item]:
    """A page of history, oldest first; each message completes the channel up to its id."""
    names = names_of(page)
    for message in sorted(page.messages, key=lambda m: m.id):
        post = post_of(message, channel, via, names)
        yield Item(what=post, as_of=page.pts, top=message.id, seen_monotonic=seen_monotonic)


def items_of_messages(
    page: Any, channel: ChannelId, *, now: datetime, seen_monotonic: float
) -> Iterator[Item]:
    """Messages read again by their ids: their text as it is now, or that they are gone."""
    names = names_of(page)
    for message in page.messages:
        what: Post | Deletion | None = post_of(message, channel, Via.BACKFILL, names)
        if isinstance(message, types.MessageEmpty):
            (what,) = deletions_of((message.id,), channel, Via.BACKFILL, now)
        yield Item(what=what, as_of=page.pts, seen_monotonic=seen_monotonic)


def pushed_of(
    update: Any, channel: ChannelId, names: Names, *, now: datetime, seen_monotonic: float
) -> Pushed:
    """An update as it was pushed. Without a count it moves nothing, but its pts may show a gap."""
    return Pushed(
        pts=update.pts or 0,
        count=getattr(update, "pts_count", 0) or 0,
        held_monotonic=seen_monotonic,
        whats=tuple(whats_of(update, channel, Via.PUSH, names, now)),
    )


def top_of(pushed: Pushed) -> int | None:
    """The message id up to which a push that follows on completes the channel."""
    posts = [what.message_id for what in pushed.whats if isinstance(what, Post)]
    return max(posts, default=None)


def whats_of(
    update: Any, channel: ChannelId, via: Via, names: Names, now: datetime
) -> Iterator[Post | Deletion]:
    if isinstance(update, _EDITED):
        post = post_of(update.message, channel, via, names)
        if post is not None:
            yield post
    elif isinstance(update, types.UpdateDeleteChannelMessages):
        yield from deletions_of(update.messages, channel, via, now)
