"""How one account sees users, channels and messages: Telegram's own objects."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from telethon.tl import types

from .account import Account
from .channel import Channel
from .device import Device
from .message import Change, Kind, Message

_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def access_hash(what: Account | Channel, viewer: Account) -> int:
    """Each account has its own hash for each peer, as with Telegram."""
    digest = sha256(f"{type(what).__name__} {what.id} seen by {viewer.id}".encode()).digest()
    return int.from_bytes(digest[:8], "little", signed=True)


def user(account: Account, viewer: Account) -> Any:
    itself = account is viewer
    return types.User(
        id=account.id,
        is_self=itself,
        access_hash=access_hash(account, viewer),
        first_name=account.first_name,
        username=account.username,
        phone=account.phone if itself else None,
        status=types.UserStatusRecently(),
    )


def chat(channel: Channel, viewer: Account) -> Any:
    if viewer.id in channel.banned:
        return types.ChannelForbidden(
            id=channel.id,
            access_hash=access_hash(channel, viewer),
            title=channel.title,
            broadcast=channel.kind == "broadcast",
            megagroup=channel.kind != "broadcast",
        )
    joined = channel.members.get(viewer.id)
    return types.Channel(
        id=channel.id,
        title=channel.title,
        photo=types.ChatPhotoEmpty(),
        date=joined or channel.created,
        left=joined is None,
        broadcast=channel.kind == "broadcast",
        megagroup=channel.kind != "broadcast",
        forum=channel.kind == "forum",
        access_hash=access_hash(channel, viewer),
        username=channel.username,
        participants_count=len(channel.members),
    )


def authorization(device: Device, *, current: bool = False) -> Any:
    """One line of the list of active sessions."""
    return types.Authorization(
        hash=0 if current else device.hash,
        current=current,
        device_model=device.model,
        platform="",
        system_version=device.system,
        api_id=device.api_id,
        app_name="",
        app_version=device.app_version,
        date_created=device.created,
        date_active=device.active,
        ip=device.ip,
        country=device.country,
        region="",
    )


def peer(owner: Account | Channel) -> Any:
    if isinstance(owner, Channel):
        return types.PeerChannel(channel_id=owner.id)
    return types.PeerUser(user_id=owner.id)


def message(shown: Message, owner: Account | Channel) -> Any:
    """A message of this channel, or of this account's Saved Messages."""
    place = peer(owner)
    posted = isinstance(owner, Channel) and owner.kind == "broadcast"
    sender = types.PeerUser(user_id=shown.sender_id) if shown.sender_id is not None else None
    if shown.action is not None:
        return types.MessageService(
            id=shown.id,
            peer_id=place,
            date=shown.date,
            action=shown.action,
            post=posted,
            from_id=sender,
        )
    return types.Message(
        id=shown.id,
        peer_id=place,
        date=shown.date,
        message=shown.text,
        post=posted,
        from_id=sender,
        saved_peer_id=None if isinstance(owner, Channel) else place,
        reply_to=_reply(shown),
        media=shown.media,
        entities=list(shown.entities) or None,
        views=1 if posted else None,
        forwards=0 if posted else None,
        edit_date=shown.edited,
        edit_hide=shown.edit_hidden,
        post_author=shown.author,
        grouped_id=shown.album,
        fwd_from=_forward(shown),
        reactions=_reactions(shown.reactions),
    )


def update(change: Change, owner: Account | Channel) -> Any:
    """The update that tells of this change, with the message as it was then."""
    counted = {"pts": change.pts, "pts_count": change.pts_count}
    if change.message is None:
        ids = list(change.ids)
        if isinstance(owner, Channel):
            return types.UpdateDeleteChannelMessages(channel_id=owner.id, messages=ids, **counted)
        return types.UpdateDeleteMessages(messages=ids, **counted)
    in_channel = isinstance(owner, Channel)
    if change.kind is Kind.NEW:
        new = types.UpdateNewChannelMessage if in_channel else types.UpdateNewMessage
        return new(message=message(change.message, owner), **counted)
    edited = types.UpdateEditChannelMessage if in_channel else types.UpdateEditMessage
    return edited(message=message(change.message, owner), **counted)


def dialog(owner: Account | Channel) -> Any:
    newest = owner.box.newest
    return types.Dialog(
        peer=peer(owner),
        top_message=newest.id if newest else 0,
        read_inbox_max_id=newest.id if newest else 0,
        read_outbox_max_id=0,
        unread_count=0,
        unread_mentions_count=0,
        unread_reactions_count=0,
        unread_poll_votes_count=0,
        notify_settings=types.PeerNotifySettings(),
        pts=owner.box.pts if isinstance(owner, Channel) else None,
    )


def dialog_date(owner: Account | Channel) -> datetime:
    newest = owner.box.newest
    if newest:
        return newest.date
    return owner.created if isinstance(owner, Channel) else _LONG_AGO


def _reply(shown: Message) -> Any:
    answered = shown.reply_to if shown.reply_to is not None else shown.thread
    if answered is None:
        return None
    return types.MessageReplyHeader(
        reply_to_msg_id=answered,
        forum_topic=shown.in_forum,
        reply_to_top_id=shown.thread if shown.thread != answered else None,
    )


def _forward(shown: Message) -> Any:
    if shown.forwarded_from is None:
        return None
    return types.MessageFwdHeader(date=shown.date, from_name=shown.forwarded_from)


def _reactions(count: int) -> Any:
    if not count:
        return None
    thumb = types.ReactionEmoji(emoticon="\N{THUMBS UP SIGN}")
    return types.MessageReactions(results=[types.ReactionCount(reaction=thumb, count=count)])
