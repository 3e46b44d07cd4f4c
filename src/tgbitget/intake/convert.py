"""Telegram's messages and updates as posts and deletions."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from telethon import utils
from telethon.tl import types

from tgbitget.intake.links import links_of
from tgbitget.intake.raw_post import clean
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Deletion, Post, Via

Names = Mapping[int, Any]
"""Users and chats by marked id, as far as Telegram sent them along."""


def names_of(answer: Any) -> Names:
    return {utils.get_peer_id(one): one for one in (*answer.users, *answer.chats)}


def post_of(message: Any, channel: ChannelId, via: Via, names: Names) -> Post | None:
    """None for what is no post: "message pinned" and the like, and a message that is gone.

    Revision 0: which one it is, only who knows the earlier ones can say.
    """
    if not isinstance(message, types.Message) or message.date is None:
        return None
    text = clean(message.message or "")
    reply_to, topic = _reply(message.reply_to)
    sender = None if message.from_id is None else utils.get_peer_id(message.from_id)
    return Post(
        channel=channel,
        message_id=message.id,
        date=message.date,
        text=text,
        via=via,
        edited=message.edit_date,
        reply_to=reply_to,
        sender=None if sender is None else str(sender),
        sender_name=_username(names.get(sender)) if sender is not None else None,
        topic=topic,
        links=links_of(text, _marked(text, message.entities or ())),
    )


def deletions_of(
    ids: Iterable[int], channel: ChannelId, via: Via, now: datetime
) -> Iterator[Deletion]:
    """Telegram does not say when: *now* is when we learnt of it."""
    return (Deletion(channel=channel, message_id=one, date=now, via=via) for one in ids)


def _reply(header: Any) -> tuple[int | None, int | None]:
    """What the post answers, and the forum topic it stands in.

    The first message of a topic is where a post stands, not what it answers; a post of another chat is not known here.
    """
    if not isinstance(header, types.MessageReplyHeader):
        return None, None
    topic = (header.reply_to_top_id or header.reply_to_msg_id) if header.forum_topic else None
    if header.reply_to_peer_id is not None or header.reply_to_msg_id == topic:
        return None, topic
    return header.reply_to_msg_id, topic


def _username(entity: Any) -> str | None:
    name = getattr(entity, "username", None)
    return f"@{name}" if name else None


def _marked(text: str, entities: Iterable[Any]) -> Iterator[str]:
    """Offsets count UTF-16 units."""
    for entity in entities:
        if isinstance(entity, types.MessageEntityTextUrl):
            yield clean(entity.url)
        elif isinstance(entity, types.MessageEntityUrl):
            units = text.encode("utf-16-le")
            start, end = entity.offset * 2, (entity.offset + entity.length) * 2
            yield units[start:end].decode("utf-16-le", "replace")
