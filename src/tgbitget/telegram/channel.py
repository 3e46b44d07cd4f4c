"""A channel or group as Telegram wants it named: by its id, and by the hash that this account has for it."""

from dataclasses import dataclass
from typing import Any

from telethon.tl import types

from tgbitget.model.ids import ChannelId

_MARK = 1_000_000_000_000
"""Telegram's bots and Telethon name channel 1234 `-1000000001234`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedChannel:
    """`bare_id` is Telegram's own, without mark; `access_hash` holds for this account only."""

    bare_id: int
    access_hash: int
    title: str
    username: str | None = None

    @property
    def id(self) -> ChannelId:
        return ChannelId(str(marked_id(self.bare_id)))

    @property
    def input(self) -> Any:
        return types.InputChannel(channel_id=self.bare_id, access_hash=self.access_hash)

    @property
    def peer(self) -> Any:
        return types.InputPeerChannel(channel_id=self.bare_id, access_hash=self.access_hash)


def marked_id(bare_id: int) -> int:
    return -_MARK - bare_id


def bare_id(marked: int) -> int | None:
    """None when *marked* is a person's or a basic group's."""
    return -marked - _MARK if marked < -_MARK else None


def followed(channel: Any) -> FollowedChannel | None:
    """None for what cannot be followed: persons, basic groups, channels that we see only in part."""
    if not isinstance(channel, types.Channel) or channel.min or channel.access_hash is None:
        return None
    return FollowedChannel(
        bare_id=channel.id,
        access_hash=channel.access_hash,
        title=channel.title,
        username=channel.username or _first_username(channel),
    )


def _first_username(channel: Any) -> str | None:
    active = (name.username for name in channel.usernames or () if name.active)
    return next(active, None)
