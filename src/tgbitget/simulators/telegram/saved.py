"""messages.sendMessage and its kin, for Saved Messages: the one place where a reader writes."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from . import views
from .account import Account
from .calls import Answers, Call
from .refusal import Refusal
from .settings import TEXT_LENGTH_MAX

answers = Answers()


@answers(functions.messages.SendMessageRequest)
def send_message(call: Call, request: Any) -> Any:
    me = _own(call, request.peer)
    _check_text(request.message)
    if request.schedule_date is not None:
        raise Refusal(400, "UNSUPPORTED_BY_SIMULATOR_schedule_date")
    if request.random_id in me.random_ids:
        raise Refusal(500, "RANDOM_ID_DUPLICATE")
    me.random_ids.add(request.random_id)
    message, change = me.write_with_change(
        request.message,
        reply_to=getattr(request.reply_to, "reply_to_msg_id", None),
        entities=request.entities or (),
        origin=call.session,
    )
    return types.UpdateShortSentMessage(
        out=True,
        id=message.id,
        pts=change.pts,
        pts_count=change.pts_count,
        date=message.date,
        entities=request.entities,
    )


@answers(functions.messages.EditMessageRequest)
def edit_message(call: Call, request: Any) -> Any:
    me = _own(call, request.peer)
    _check_text(request.message)
    old = me.box.get(request.id)
    if old is None:
        raise Refusal(400, "MESSAGE_ID_INVALID")
    if (old.text, list(old.entities)) == (request.message, request.entities or []):
        raise Refusal(400, "MESSAGE_NOT_MODIFIED")
    change = me.edit(
        request.id, request.message, entities=request.entities or (), origin=call.session
    )
    return types.Updates(
        updates=[views.update(change, me)],
        users=[views.user(me, me)],
        chats=[],
        date=call.world.clock.now(),
        seq=0,
    )


@answers(functions.messages.DeleteMessagesRequest)
def delete_messages(call: Call, request: Any) -> Any:
    change = call.account.delete(*request.id, origin=call.session)
    return types.messages.AffectedMessages(
        pts=call.account.box.pts, pts_count=change.pts_count if change else 0
    )


def _own(call: Call, named: Any) -> Account:
    peer = call.peer(named)
    if not isinstance(peer, Account):
        # Readers of a channel may not write; that groups let them is left out.
        raise Refusal(403, "CHAT_WRITE_FORBIDDEN")
    return peer


def _check_text(text: str | None) -> None:
    if not text:
        raise Refusal(400, "MESSAGE_EMPTY")
    if len(text.encode("utf-16-le")) // 2 > TEXT_LENGTH_MAX:
        raise Refusal(400, "MESSAGE_TOO_LONG")
