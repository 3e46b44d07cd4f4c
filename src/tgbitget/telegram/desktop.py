"""One message as Telegram Desktop writes it into `result.json`. Pictures and files are named, not fetched."""

import re
from datetime import UTC, datetime
from typing import Any

from telethon.tl import types

Json = dict[str, Any]

_MARKS = {
    types.MessageEntityBold: "bold",
    types.MessageEntityItalic: "italic",
    types.MessageEntityUnderline: "underline",
    types.MessageEntityStrike: "strikethrough",
    types.MessageEntityCode: "code",
    types.MessageEntityPre: "pre",
    types.MessageEntityUrl: "link",
    types.MessageEntityTextUrl: "text_link",
    types.MessageEntityMention: "mention",
    types.MessageEntityMentionName: "mention_name",
    types.MessageEntityHashtag: "hashtag",
    types.MessageEntityCashtag: "cashtag",
    types.MessageEntityBotCommand: "bot_command",
    types.MessageEntityEmail: "email",
    types.MessageEntityPhone: "phone",
    types.MessageEntitySpoiler: "spoiler",
    types.MessageEntityBlockquote: "blockquote",
    types.MessageEntityCustomEmoji: "custom_emoji",
    types.MessageEntityBankCard: "bank_card",
}
_NOT_INCLUDED = "(File not included. Change data exporting settings to download.)"
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def chat_kind(channel: Any) -> str:
    """Desktop's word for a chat, from Telegram's `Channel`."""
    return ("public_" if channel.username else "private_") + (
        "supergroup" if channel.megagroup or channel.gigagroup else "channel"
    )


def message_json(message: Any, names: dict[str, str]) -> Json | None:
    """None for a message that is no longer there. *names* are shown names by `user123`, `channel123`."""
    match message:
        case types.Message():
            return _post(message, names)
        case types.MessageService():
            return _service(message, names)
        case _:
            return None


def _post(message: Any, names: dict[str, str]) -> Json:
    found = {"id": message.id, "type": "message", **_time("date", message.date)}
    if message.edit_date and not message.edit_hide:
        found |= _time("edited", message.edit_date)
    found |= _who("from", message, names)
    if message.post_author:
        found["author"] = message.post_author
    if message.fwd_from:
        found["forwarded_from"] = message.fwd_from.from_name or _forwarded(message, names)
    answered = _reply_to(message)
    if answered is not None:
        found["reply_to_message_id"] = answered
    found |= _media(message.media)
    entities = text_entities(message.message or "", message.entities or ())
    return {**found, "text": _text(entities), "text_entities": entities}


def _service(message: Any, names: dict[str, str]) -> Json:
    action = type(message.action).__name__.removeprefix("MessageAction")
    return {
        "id": message.id,
        "type": "service",
        **_time("date", message.date),
        **_who("actor", message, names),
        "action": _WORD.sub("_", action).lower(),
        "text": "",
        "text_entities": [],
    }


def text_entities(text: str, entities: Any) -> list[Json]:
    """The text in pieces. Of marks that overlap, the outer one stands. Offsets count UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")

    def piece(start: int, end: int) -> str:
        return units[start * 2 : end * 2].decode("utf-16-le", "replace")

    found: list[Json] = []
    at = 0
    for entity in sorted(entities, key=lambda e: (e.offset, -e.length)):
        end = min(entity.offset + entity.length, len(units) // 2)
        if entity.offset < at or end <= entity.offset:
            continue
        if entity.offset > at:
            found.append({"type": "plain", "text": piece(at, entity.offset)})
        kind = _MARKS.get(type(entity), "unknown")
        found.append({"type": kind, "text": piece(entity.offset, end), **_target(entity)})
        at = end
    if at < len(units) // 2:
        found.append({"type": "plain", "text": piece(at, len(units) // 2)})
    return found


def _text(entities: list[Json]) -> Any:
    """A string where nothing is marked, else the pieces, plain ones as strings."""
    if all(entity["type"] == "plain" for entity in entities):
        return "".join(entity["text"] for entity in entities)
    return [entity["text"] if entity["type"] == "plain" else entity for entity in entities]


def _target(entity: Any) -> Json:
    match entity:
        case types.MessageEntityTextUrl(url=url):
            return {"href": url}
        case types.MessageEntityMentionName(user_id=user):
            return {"user_id": user}
        case types.MessageEntityPre(language=language):
            return {"language": language}
        case types.MessageEntityCustomEmoji(document_id=document):
            return {"document_id": str(document)}
        case _:
            return {}


def _time(name: str, when: datetime) -> Json:
    """Desktop writes local time; the seconds beside it are what counts."""
    text = when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    return {name: text, f"{name}_unixtime": str(int(when.timestamp()))}


def _who(field: str, message: Any, names: dict[str, str]) -> Json:
    peer = message.from_id or message.peer_id
    return {field: _name(peer, names), f"{field}_id": peer_text(peer)}


def _forwarded(message: Any, names: dict[str, str]) -> str | None:
    source = message.fwd_from.from_id
    return _name(source, names) if source else None


def _name(peer: Any, names: dict[str, str]) -> str | None:
    return names.get(peer_text(peer))


def peer_text(peer: Any) -> str:
    match peer:
        case types.PeerUser(user_id=number):
            return f"user{number}"
        case types.PeerChat(chat_id=number):
            return f"chat{number}"
        case _:
            return f"channel{peer.channel_id}"


def _reply_to(message: Any) -> int | None:
    """A topic's first message is where a post stands, not what it answers."""
    header = message.reply_to
    if not isinstance(header, types.MessageReplyHeader) or header.reply_to_peer_id:
        return None
    if header.forum_topic and header.reply_to_top_id is None:
        return None
    answered: int | None = header.reply_to_msg_id
    return answered


def _media(media: Any) -> Json:
    match media:
        case types.MessageMediaPhoto():
            return {"photo": _NOT_INCLUDED}
        case types.MessageMediaDocument():
            return {"file": _NOT_INCLUDED}
        case types.MessageMediaPoll(poll=poll):
            answers = [{"text": _words(answer.text)} for answer in poll.answers]
            return {"poll": {"question": _words(poll.question), "answers": answers}}
        case _:
            return {}


def _words(text: Any) -> str:
    return text if isinstance(text, str) else text.text
