"""What Telegram pushes, taken where Telethon queues it: the faster source, never the only one.

Telethon's own update loop would hand it out later, or never: behind a gap it waits half a second and then asks for the
difference itself; while it asks for one channel's, all others wait; and when that fails (a flood wait), it throws away what
it held. A follower orders and completes its channel by itself, so its updates do not pass there at all.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from telethon import TelegramClient
from telethon.tl import types

from tgbitget.intake.convert import names_of
from tgbitget.intake.follower import Follower

_WITH_MESSAGE = (types.UpdateNewChannelMessage, types.UpdateEditChannelMessage)
# The rest count too: without them the next post would seem to come after a gap.
_WITH_CHANNEL = (
    types.UpdateDeleteChannelMessages,
    types.UpdateReadChannelInbox,
    types.UpdatePinnedChannelMessages,
    types.UpdateChannelWebPage,
)
_COUNTED = (*_WITH_MESSAGE, *_WITH_CHANNEL)
_CHANGED = (types.UpdateChannel, types.UpdateChannelTooLong)


class Push:
    """Hands each channel's updates to its follower, by numeric id. *on_private* hears that a private chat has news."""

    def __init__(
        self,
        client: TelegramClient,
        followers: Iterable[Follower],
        *,
        on_private: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._on_private = on_private
        self._followers = {follower.channel.bare_id: follower for follower in followers}

    @contextmanager
    def listening(self) -> Iterator[None]:
        queue = self._client._updates_queue
        leave_to_telethon = queue.put_nowait

        def put_nowait(updates: Any) -> None:
            if not self._take(updates):
                leave_to_telethon(updates)

        queue.put_nowait = put_nowait
        try:
            yield
        finally:
            del queue.put_nowait  # the class's own shows again

    def _take(self, updates: Any) -> bool:
        """Whether all of it was ours. Runs in Telethon's reading loop: no waiting, no raising."""
        match updates:
            case types.Updates() | types.UpdatesCombined():
                ours = [self._take_one(one, updates) for one in sorted(updates.updates, key=_start)]
                return all(ours) and not updates.seq
            case types.UpdateShort():
                return self._take_one(updates.update, None)
            case types.UpdateShortMessage():
                self._on_private()
                return False
            case types.UpdatesTooLong():
                for follower in self._followers.values():
                    follower.look()
                return False
            case _:
                return False

    def _take_one(self, update: Any, container: Any) -> bool:
        if isinstance(update, types.UpdateNewMessage):
            self._on_private()
        follower = self._followers.get(_channel_of(update))
        if follower is None:
            return False
        if isinstance(update, _COUNTED):
            follower.take_push(update, names_of(container) if container else {})
        elif isinstance(update, _CHANGED):
            follower.look()
        return isinstance(update, _COUNTED)


def _start(update: Any) -> int:
    """Telegram may put "read up to here" before the post that it counts in."""
    return (getattr(update, "pts", 0) or 0) - (getattr(update, "pts_count", 0) or 0)


def _channel_of(update: Any) -> int:
    place = update.message.peer_id if isinstance(update, _WITH_MESSAGE) else update
    return int(getattr(place, "channel_id", 0) or 0)
