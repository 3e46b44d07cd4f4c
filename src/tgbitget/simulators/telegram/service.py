"""Service messages: what MTProto itself asks, before any request of Telegram's."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from .envelope import Inner, parse, serialise
from .session import Session

SALT_SECONDS = 3600


def serve(session: Session, message: Inner) -> bool:
    """Answer a service message; False when it is none."""
    answer = _ANSWERS.get(int.from_bytes(message.body[:4], "little"))
    if answer is None:
        return False
    reply = answer(session, message.id, parse(message.body))
    if reply is not None:
        session.send(serialise(reply), content=False, answer=True)
    return True


def _acknowledged(session: Session, _id: int, acks: Any) -> None:
    session.unacknowledged.difference_update(acks.msg_ids)


def _pong(_session: Session, id: int, ping: Any) -> Any:
    return types.Pong(msg_id=id, ping_id=ping.ping_id)


def _salts(session: Session, id: int, asked: Any) -> Any:
    now = id >> 32
    one = types.FutureSalt(valid_since=now, valid_until=now + SALT_SECONDS, salt=session.salt)
    return types.FutureSalts(req_msg_id=id, now=now, salts=[one][: asked.num])


def _destroyed(session: Session, _id: int, asked: Any) -> Any:
    found = types.DestroySessionOk if asked.session_id == session.id else types.DestroySessionNone
    return found(session_id=asked.session_id)


def _nothing(_session: Session, _id: int, _message: Any) -> None:
    return None


_ANSWERS = {
    types.MsgsAck.CONSTRUCTOR_ID: _acknowledged,
    types.MsgsStateInfo.CONSTRUCTOR_ID: _nothing,
    functions.PingRequest.CONSTRUCTOR_ID: _pong,
    functions.PingDelayDisconnectRequest.CONSTRUCTOR_ID: _pong,
    functions.GetFutureSaltsRequest.CONSTRUCTOR_ID: _salts,
    functions.DestroySessionRequest.CONSTRUCTOR_ID: _destroyed,
}
