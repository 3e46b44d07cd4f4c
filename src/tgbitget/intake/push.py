"""What Telegram pushes, taken from Telethon's update loop: the faster source, never the only one.

Telethon loses and delays pushes (a gap costs it half a second, one channel's difference holds up all others), so nothing
here is relied upon: the followers ask for themselves.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from telethon import TelegramClient, events
from telethon.tl import types

from tgbitget.intake.follower import Follower

_WITH_MESSAGE = (types.UpdateNewChannelMessage, types.UpdateEditChannelMessage)
# The rest carry a pts too: without them the next post would seem to come after a gap.
_WITH_CHANNEL = (
    types.UpdateDeleteChannelMessages,
    types.UpdateReadChannelInbox,
    types.UpdatePinnedChannelMessages,
    types.UpdateChannelWebPage,
)
_CHANGED = (types.UpdateChannel, types.UpdateChannelTooLong)
_TYPES = (*_WITH_MESSAGE, *_WITH_CHANNEL, *_CHANGED)


class Push:
    """Hands each channel's updates to its follower, by numeric id: a name would be looked up at the first update."""

    def __init__(self, client: TelegramClient, followers: Iterable[Follower]) -> None:
        self._client = client
        self._followers = {follower.channel.bare_id: follower for follower in followers}

    @contextmanager
    def listening(self) -> Iterator[None]:
        self._client.add_event_handler(self._take, events.Raw(_TYPES))
        try:
            yield
        finally:
            self._client.remove_event_handler(self._take)

    async def _take(self, update: Any) -> None:
        """Runs without waiting: Telethon starts handlers in order, and cancels those that run when it hangs up."""
        follower = self._followers.get(_channel_of(update))
        if follower is None:
            return
        if isinstance(update, _CHANGED):
            follower.look()
        else:
            follower.take_push(update)


def _channel_of(update: Any) -> int:
    place = update.message.peer_id if isinstance(update, _WITH_MESSAGE) else update
    return int(getattr(place, "channel_id", 0))
