"""users.*, contacts.* and channels.*: who and what there is, joining and leaving."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from . import views
from .account import Account
from .calls import Answers, Call
from .channel import Channel
from .refusal import Refusal

answers = Answers()


@answers(functions.users.GetUsersRequest)
def get_users(call: Call, request: Any) -> list[Any]:
    me = call.account
    found = []
    for named in request.id:
        if call.is_self(named):
            found.append(views.user(me, me))
            continue
        account = call.world.accounts.get(getattr(named, "user_id", 0))
        if account is not None and views.access_hash(account, me) == named.access_hash:
            found.append(views.user(account, me))
        else:
            found.append(types.UserEmpty(id=getattr(named, "user_id", 0)))
    return found


@answers(functions.users.GetFullUserRequest)
def get_full_user(call: Call, request: Any) -> Any:
    if not call.is_self(request.id):
        raise Refusal(400, "USER_ID_INVALID")
    full = types.UserFull(
        id=call.account.id,
        settings=types.PeerSettings(),
        notify_settings=types.PeerNotifySettings(),
        common_chats_count=0,
    )
    return types.users.UserFull(
        full_user=full, chats=[], users=[views.user(call.account, call.account)]
    )


@answers(functions.contacts.ResolveUsernameRequest)
def resolve_username(call: Call, request: Any) -> Any:
    wanted = request.username.lower().removeprefix("@")
    me = call.account
    for channel in call.world.channels.values():
        if (channel.username or "").lower() == wanted:
            return types.contacts.ResolvedPeer(
                peer=views.peer(channel), chats=[views.chat(channel, me)], users=[]
            )
    for account in call.world.accounts.values():
        if (account.username or "").lower() == wanted:
            return types.contacts.ResolvedPeer(
                peer=views.peer(account), chats=[], users=[views.user(account, me)]
            )
    raise Refusal(400, "USERNAME_NOT_OCCUPIED")


@answers(functions.channels.GetChannelsRequest)
def get_channels(call: Call, request: Any) -> Any:
    found = [call.channel(named) for named in request.id]
    return types.messages.Chats(chats=[views.chat(channel, call.account) for channel in found])


@answers(functions.channels.GetFullChannelRequest)
def get_full_channel(call: Call, request: Any) -> Any:
    channel = call.channel(request.channel)
    newest = channel.box.newest
    full = types.ChannelFull(
        id=channel.id,
        about="",
        read_inbox_max_id=newest.id if newest else 0,
        read_outbox_max_id=0,
        unread_count=0,
        chat_photo=types.PhotoEmpty(id=0),
        notify_settings=types.PeerNotifySettings(),
        bot_info=[],
        pts=channel.box.pts,
        participants_count=len(channel.members),
    )
    return types.messages.ChatFull(
        full_chat=full, chats=[views.chat(channel, call.account)], users=[]
    )


@answers(functions.channels.GetParticipantRequest)
def get_participant(call: Call, request: Any) -> Any:
    channel = call.channel(request.channel)
    account = (
        call.account
        if call.is_self(request.participant)
        else _account_of(call, request.participant)
    )
    joined = channel.members.get(account.id)
    if joined is None:
        raise Refusal(400, "USER_NOT_PARTICIPANT")
    if account is call.account:
        participant = types.ChannelParticipantSelf(
            user_id=account.id, inviter_id=account.id, date=joined
        )
    else:
        participant = types.ChannelParticipant(user_id=account.id, date=joined)
    return types.channels.ChannelParticipant(
        participant=participant,
        chats=[views.chat(channel, call.account)],
        users=[views.user(account, call.account)],
    )


@answers(functions.channels.JoinChannelRequest)
def join_channel(call: Call, request: Any) -> Any:
    channel = call.channel(request.channel)
    if call.account.id in channel.members:
        raise Refusal(400, "USER_ALREADY_PARTICIPANT")
    channel.admit(call.account)
    return types.messages.ChatInviteJoinResultOk(updates=_membership(call, channel))


@answers(functions.channels.LeaveChannelRequest)
def leave_channel(call: Call, request: Any) -> Any:
    channel = call.channel(request.channel)
    if call.account.id not in channel.members:
        raise Refusal(400, "USER_NOT_PARTICIPANT")
    channel.leave(call.account)
    return _membership(call, channel)


def _membership(call: Call, channel: Channel) -> Any:
    return types.Updates(
        updates=[types.UpdateChannel(channel_id=channel.id)],
        users=[],
        chats=[views.chat(channel, call.account)],
        date=call.world.clock.now(),
        seq=0,
    )


def _account_of(call: Call, named: Any) -> Account:
    account = call.world.accounts.get(getattr(named, "user_id", 0))
    if account is None or views.access_hash(account, call.account) != named.access_hash:
        raise Refusal(400, "PARTICIPANT_ID_INVALID")
    return account
