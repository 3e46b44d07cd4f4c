"""messages.getHistory, search and replies, messages by id: what stands in a channel, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telethon.tl import functions, types

from . import views
from .account import Account
from .box import Box
from .calls import Answers, Call
from .channel import Channel
from .message import Message
from .refusal import Refusal
from .shelf import shelf_of

answers = Answers()

PAGE_MAX = 100


@answers(functions.messages.GetHistoryRequest)
def get_history(call: Call, request: Any) -> Any:
    owner = call.peer(request.peer)
    return _page(call, owner, _window(owner.box, request, request.offset_date), len(owner.box))


@answers(functions.messages.SearchRequest)
def search(call: Call, request: Any) -> Any:
    if not isinstance(request.filter, types.InputMessagesFilterEmpty):
        raise Refusal(400, f"UNSUPPORTED_BY_SIMULATOR_{type(request.filter).__name__}")
    sender = _sender_id(call, request.from_id)
    words = request.q.lower()

    def wanted(message: Message) -> bool:
        return (
            words in message.text.lower()
            and (sender is None or message.sender_id == sender)
            and (request.top_msg_id is None or _in_thread(message, request.top_msg_id))
            and (not _seconds(request.min_date) or message.date > request.min_date)
            and (not _seconds(request.max_date) or message.date < request.max_date)
        )

    return _filtered(call, call.peer(request.peer), request, None, wanted)


@answers(functions.messages.GetRepliesRequest)
def get_replies(call: Call, request: Any) -> Any:
    owner = call.peer(request.peer)
    return _filtered(
        call, owner, request, request.offset_date, lambda m: _in_thread(m, request.msg_id)
    )


@answers(functions.channels.GetMessagesRequest)
def get_channel_messages(call: Call, request: Any) -> Any:
    channel = call.channel(request.channel)
    ids = _ids(request.id)
    if not ids:
        raise Refusal(400, "MESSAGE_IDS_EMPTY")
    return types.messages.ChannelMessages(
        pts=channel.box.pts, count=len(ids), topics=[], **_by_id(call, channel, ids)
    )


@answers(functions.messages.GetMessagesRequest)
def get_messages(call: Call, request: Any) -> Any:
    return types.messages.Messages(topics=[], **_by_id(call, call.account, _ids(request.id)))


def _by_id(call: Call, owner: Account | Channel, ids: list[int]) -> dict[str, Any]:
    """In the order asked for; what is not there is empty."""
    found = [owner.box.get(one) for one in ids]
    fields = shelf_of(call, owner, [m for m in found if m is not None]).as_fields()
    shown = iter(fields["messages"])
    place = views.peer(owner)
    fields["messages"] = [
        types.MessageEmpty(id=one, peer_id=place) if m is None else next(shown)
        for one, m in zip(ids, found, strict=True)
    ]
    return fields


def _window(box: Box, request: Any, offset_date: Any) -> list[Message]:
    """Telegram's paging, newest first.

    The window begins at the newest message older than `offset_id` (else `offset_date`), moved by `add_offset`
    towards the past (negative: towards the present), and is `limit` long. Only then do `max_id` and `min_id`
    take from it.
    """
    if request.offset_id:
        older = box.position(request.offset_id)
    elif _seconds(offset_date):
        older = box.position_at(offset_date)
    else:
        older = len(box)
    end = older - request.add_offset
    start = end - min(request.limit, PAGE_MAX)
    return [m for m in box.between(start, end) if _within(m, request)]


def _within(message: Message, request: Any) -> bool:
    below = not request.max_id or message.id < request.max_id
    return bool(below and message.id > request.min_id)


def _filtered(
    call: Call,
    owner: Account | Channel,
    request: Any,
    offset_date: Any,
    wanted: Callable[[Message], bool],
) -> Any:
    """The same paging over those messages only that are wanted."""
    matching = Box()
    for message in owner.box.messages:
        if wanted(message):
            matching.add(message)
    return _page(call, owner, _window(matching, request, offset_date), len(matching))


def _page(call: Call, owner: Account | Channel, shown: list[Message], count: int) -> Any:
    fields = {"topics": [], **shelf_of(call, owner, shown).as_fields()}
    if isinstance(owner, Channel):
        return types.messages.ChannelMessages(pts=owner.box.pts, count=count, **fields)
    if len(shown) == count:
        return types.messages.Messages(**fields)
    return types.messages.MessagesSlice(count=count, **fields)


def _in_thread(message: Message, first: int) -> bool:
    return first in {message.thread, message.reply_to}


def _sender_id(call: Call, named: Any) -> int | None:
    if named is None:
        return None
    return call.account.id if call.is_self(named) else getattr(named, "user_id", 0)


def _ids(named: list[Any]) -> list[int]:
    if not all(isinstance(one, types.InputMessageID) for one in named):
        raise Refusal(400, "MESSAGE_ID_INVALID")
    return [one.id for one in named][:PAGE_MAX]


def _seconds(date: Any) -> int:
    return int(date.timestamp()) if date is not None else 0
