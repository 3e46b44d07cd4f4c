"""updates.*: the state, and what happened since one that the client remembers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from telethon.tl import functions, types

from . import views
from .account import Account
from .box import Difference
from .calls import Answers, Call
from .channel import Channel
from .message import Change, Kind
from .refusal import Refusal
from .shelf import Shelf, shelf_of

answers = Answers()

SLICE_MAX = 100
TOO_LONG_MESSAGES = 20  # how many of the latest come with a difference that is too long


@answers(functions.updates.GetStateRequest)
def get_state(call: Call, _request: Any) -> Any:
    return state_of(call)


def state_of(call: Call, pts: int | None = None) -> Any:
    now = call.world.clock.now()
    return types.updates.State(
        pts=pts or call.account.box.pts, qts=0, date=now, seq=1, unread_count=0
    )


@answers(functions.updates.GetDifferenceRequest)
def get_difference(call: Call, request: Any) -> Any:
    """The account's own messages; of channels only which of them have moved since the date."""
    me = call.account
    _check_pts(request.pts, me.box.pts)
    if request.pts < me.box.pts_known_min:
        return types.updates.DifferenceTooLong(pts=me.box.pts)
    found = me.box.since(request.pts, SLICE_MAX)
    moved = (
        [c for c in call.world.channels_of(me) if _moved(c, request.date)] if found.final else []
    )
    if not found.changes and not moved:
        return types.updates.DifferenceEmpty(date=call.world.clock.now(), seq=1)
    shelf = _new_messages(call, me, found)
    too_long = [types.UpdateChannelTooLong(channel_id=c.id, pts=c.box.pts) for c in moved]
    fields = {
        "new_messages": shelf.messages,
        "new_encrypted_messages": [],
        "other_updates": [*_other_updates(me, found.changes), *too_long],
        "chats": [views.chat(c, me) for c in moved],
        "users": shelf.users,
    }
    state = state_of(call, found.pts)
    if found.final:
        return types.updates.Difference(**fields, state=state)
    return types.updates.DifferenceSlice(**fields, intermediate_state=state)


@answers(functions.updates.GetChannelDifferenceRequest)
def get_channel_difference(call: Call, request: Any) -> Any:
    channel = call.channel(request.channel)
    box = channel.box
    _check_pts(request.pts, box.pts)
    timeout = (
        call.world.difference_timeout
        if channel.difference_timeout is None
        else channel.difference_timeout
    )
    if request.pts < box.pts_known_min:
        return _too_long(call, channel, timeout)
    found = box.since(request.pts, max(1, min(request.limit, SLICE_MAX)))
    if not found.changes:
        return types.updates.ChannelDifferenceEmpty(pts=box.pts, final=True, timeout=timeout)
    shelf = _new_messages(call, channel, found)
    return types.updates.ChannelDifference(
        pts=found.pts,
        new_messages=shelf.messages,
        other_updates=_other_updates(channel, found.changes),
        chats=shelf.chats,
        users=shelf.users,
        final=found.final,
        timeout=timeout,
    )


def _too_long(call: Call, channel: Channel, timeout: int) -> Any:
    latest = channel.box.between(len(channel.box) - TOO_LONG_MESSAGES, len(channel.box))
    return types.updates.ChannelDifferenceTooLong(
        dialog=views.dialog(channel),
        final=True,
        timeout=timeout,
        **shelf_of(call, channel, latest).as_fields(),
    )


def _new_messages(call: Call, owner: Account | Channel, found: Difference) -> Shelf:
    """As they stand now; what was deleted meanwhile is only in the other updates."""
    new = [change.ids[0] for change in found.changes if change.kind is Kind.NEW]
    return shelf_of(call, owner, [m for one in new if (m := owner.box.get(one)) is not None])


def _other_updates(owner: Account | Channel, changes: Iterable[Change]) -> list[Any]:
    return [
        views.update(change, owner)
        for change in changes
        if change.kind is Kind.DELETED
        or (change.kind is Kind.EDITED and owner.box.get(change.ids[0]) is not None)
    ]


def _moved(channel: Channel, since: Any) -> bool:
    change = channel.box.last_change
    return change is not None and since is not None and change.date >= since


def _check_pts(asked: int, known: int) -> None:
    if asked <= 0:
        raise Refusal(400, "PERSISTENT_TIMESTAMP_EMPTY")
    if asked > known:
        raise Refusal(400, "PERSISTENT_TIMESTAMP_INVALID")
