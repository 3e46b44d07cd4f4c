"""The account's dialogues, and the names of a profile turned into channels that can be followed."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loguru import logger
from telethon import TelegramClient, errors, utils
from telethon.tl import functions, types

from tgbitget.errors import ConfigError
from tgbitget.telegram.answers import ChannelLost, Refused, Throttled, ask, our_errors
from tgbitget.telegram.channel import FollowedChannel, bare_id, followed
from tgbitget.telegram.session import SessionFile

_LINK = re.compile(r"^(?:https?://)?(?:www\.)?(?:t|telegram)\.me/", re.IGNORECASE)
_USERNAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{3,31}$")
_BATCH_MAX = 100  # channels in one channels.getChannels


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """One row of the account's list. Only channels and (super)groups can be followed."""

    id: int  # marked
    title: str
    kind: str  # channel, group, basic group, person, bot
    username: str | None
    members: int | None
    channel: FollowedChannel | None


async def list_dialogues(client: TelegramClient) -> tuple[Dialogue, ...]:
    """All of them, latest first. An expensive call for Telegram: once per command or start."""
    with our_errors():
        found = [_dialogue(dialog.entity) async for dialog in client.iter_dialogs()]
    channels = [one.channel for one in found if one.channel]
    await _remember(client, channels)
    return tuple(found)


async def resolve(
    client: TelegramClient, names: Sequence[str | int]
) -> dict[str | int, FollowedChannel]:
    """Each of a profile's names (`@name`, -100…, t.me links) with its channel.

    The session's own list is asked first, then the dialogues, at most once; a user name is looked up at Telegram only
    when both do not know it. ConfigError names what is unknown, left, or no channel.
    """
    keys = {name: parse_name(name) for name in names}
    known = await _still_ours(client, client.session.channels, keys.values())
    missing = [name for name, key in keys.items() if _find(known, key) is None]
    if missing:
        dialogues = await _dialogues_if_told(client, [keys[name] for name in missing])
        _refuse_what_is_no_channel(dialogues, {name: keys[name] for name in missing})
        known |= {one.channel.bare_id: one.channel for one in dialogues if one.channel}
    found: dict[str | int, FollowedChannel] = {}
    for name, key in keys.items():
        found[name] = _find(known, key) or await _looked_up(client, name, key)
    await _remember(client, found.values())
    return found


def known_channel(name: str, file: SessionFile) -> FollowedChannel | None:
    """The channel of that name among those that the stored login has met; Telegram is not asked. ConfigError."""
    login = file.read()
    met = {} if login is None else {channel.bare_id: channel for channel in login.channels}
    return _find(met, parse_name(name))


async def _dialogues_if_told(
    client: TelegramClient, missing: Iterable[int | str]
) -> tuple[Dialogue, ...]:
    """None of them where Telegram refuses the list: user names can be looked up one by one. For an id it must be told."""
    try:
        return await list_dialogues(client)
    except (Refused, Throttled) as error:
        if any(isinstance(key, int) for key in missing):
            raise
        logger.warning("Telegram does not list this account's channels: {}", error)
        return ()


def parse_name(name: str | int) -> int | str:
    """A channel's bare id, or a user name in small letters. ConfigError when it can be neither."""
    if isinstance(name, int):
        return _parse_id(name)
    text = _LINK.sub("", name.strip())
    is_link = text != name.strip()
    if is_link and text.startswith(("+", "joinchat/")):
        raise ConfigError(
            f"channel {name}: an invite link; join in Telegram, then use the id from `tgbitget channels list`"
        )
    if is_link:
        first, *rest = [part for part in text.split("?")[0].split("/") if part] or [""]
        text = rest[0] if first in ("c", "s") and rest else first
    text = text.removeprefix("@")
    if text.lstrip("-").isdigit() and text.isascii():
        return _parse_id(int(text))
    if not _USERNAME.match(text):
        raise ConfigError(f"channel {name}: neither a user name nor an id nor a t.me link")
    return text.lower()


def _parse_id(number: int) -> int:
    if number > 0:
        return number
    bare = bare_id(number)
    if bare is None:
        raise ConfigError(
            f"channel {number}: not the id of a channel or supergroup, those begin with -100; "
            "a basic group must be upgraded first"
        )
    return bare


def _find(known: Mapping[int, FollowedChannel], key: int | str) -> FollowedChannel | None:
    if isinstance(key, int):
        return known.get(key)
    return next((c for c in known.values() if (c.username or "").lower() == key), None)


async def _still_ours(
    client: TelegramClient, known: Mapping[int, FollowedChannel], keys: Iterable[int | str]
) -> dict[int, FollowedChannel]:
    """Of the channels that the session knows those asked for, as Telegram has them now; those we left are missing."""
    wanted = [channel for key in keys if (channel := _find(known, key))]
    found: dict[int, FollowedChannel] = {}
    for start in range(0, len(wanted), _BATCH_MAX):
        batch = [channel.input for channel in wanted[start : start + _BATCH_MAX]]
        try:
            answer = await ask(client, functions.channels.GetChannelsRequest(id=batch))
        except (ChannelLost, Refused, Throttled):
            continue  # one of them is gone, and Telegram does not say which: the dialogues will tell
        ours = (followed(chat) for chat in answer.chats if not getattr(chat, "left", False))
        found |= {channel.bare_id: channel for channel in ours if channel}
    return found


def _refuse_what_is_no_channel(
    dialogues: Iterable[Dialogue], missing: Mapping[str | int, int | str]
) -> None:
    for one in dialogues:
        number, username = bare_id(one.id) or one.id, (one.username or "").lower() or None
        for name, key in missing.items():
            if one.channel is not None or key not in (number, username):
                continue
            if one.kind in ("channel", "group"):
                raise ConfigError(f"channel {name}: this account is not in “{one.title}” any more")
            raise ConfigError(f"channel {name}: “{one.title}” is a {one.kind}, not a channel")


async def _looked_up(client: TelegramClient, name: str | int, key: int | str) -> FollowedChannel:
    """The last resort, and only for names: Telegram counts these calls."""
    if isinstance(key, int):
        raise ConfigError(
            f"channel {name} is not among this account's channels: join it in Telegram, or correct the id "
            "(`tgbitget channels list`)"
        )
    try:
        answer = await ask(client, functions.contacts.ResolveUsernameRequest(username=key))
    except Throttled as error:
        raise ConfigError(
            f"channel {name}: Telegram looks up no more names for {error.seconds:g} s; use the id"
        ) from None
    except Refused as error:
        if isinstance(error.cause, errors.UsernameNotOccupiedError | errors.UsernameInvalidError):
            raise ConfigError(f"channel {name}: there is nobody of that name") from None
        raise
    if not isinstance(answer.peer, types.PeerChannel):
        raise ConfigError(f"channel {name}: a person or a bot, not a channel")
    chat = next(c for c in answer.chats if c.id == answer.peer.channel_id)
    channel = followed(chat)
    if channel is None or chat.left:
        raise ConfigError(f"channel {name}: this account has not joined it; join it in Telegram")
    return channel


async def _remember(client: TelegramClient, channels: Iterable[FollowedChannel]) -> None:
    if client.session.learn(channels):
        await asyncio.to_thread(client.session.keep)


def _dialogue(entity: Any) -> Dialogue:
    channel = None if getattr(entity, "left", False) else followed(entity)
    return Dialogue(
        id=utils.get_peer_id(entity),
        title=utils.get_display_name(entity),
        kind=_kind(entity),
        username=channel.username if channel else getattr(entity, "username", None),
        members=getattr(entity, "participants_count", None),
        channel=channel,
    )


def _kind(entity: Any) -> str:
    match entity:
        case types.Channel() | types.ChannelForbidden():
            return "group" if entity.megagroup else "channel"
        case types.Chat() | types.ChatForbidden():
            return "basic group"
        case types.User(bot=True):
            return "bot"
        case _:
            return "person"
