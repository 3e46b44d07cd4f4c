"""Posts from Telegram: a follower per channel, pushes in between, one watched connection."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from loguru import logger
from telethon import TelegramClient

from tgbitget.clock import Clock
from tgbitget.errors import NotAuthorised
from tgbitget.intake.door import Door
from tgbitget.intake.follower import Follower
from tgbitget.intake.line import Line
from tgbitget.intake.pace import FAST_CHANNELS_MAX, FastPoll, Pace
from tgbitget.intake.push import Push
from tgbitget.intake.record import Record
from tgbitget.intake.source import Deliver
from tgbitget.model.event import Publish, Warned
from tgbitget.model.ids import ChannelId
from tgbitget.telegram.channel import FollowedChannel

_NEVER = Decimal(0)


class TelegramSource:
    """Keeps the port of `source`. The client is connected and logged in; from `run` on its connection is ours.

    `run` never gives up on a connection. It ends with NotAuthorised when the login is gone: revoked, or seen at two
    addresses at once.
    """

    def __init__(
        self,
        client: TelegramClient,
        channels: Sequence[FollowedChannel],
        *,
        journal: Record,
        clock: Clock,
        publish: Publish,
        fast_poll: Mapping[ChannelId, FastPoll] | None = None,
        pace: Pace | None = None,
        on_private: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._on_private = on_private
        self._channels = channels
        self._journal = journal
        self._clock = clock
        self._publish = publish
        self._pace = pace or Pace()
        self._polls = _paced(channels, fast_poll or {}, publish)
        self._is_following = asyncio.Event()
        self._followers: list[Follower] = []

    async def following(self) -> None:
        """Returns once each channel was read from its cursor to its end, or cannot be read for now (and that was said)."""
        await self._is_following.wait()

    async def drained(self) -> None:
        """What was read of every channel has its outcome."""
        for follower in self._followers:
            await follower.drained()

    async def run(self, deliver: Deliver) -> None:
        """A second run begins again where the journal says."""
        line = Line(self._client, clock=self._clock, pace=self._pace, publish=self._publish)
        followers = [self._follower(channel, line) for channel in self._channels]
        self._followers = followers
        door = Door(deliver)
        try:
            with Push(self._client, followers, on_private=self._on_private).listening():
                async with asyncio.TaskGroup() as tasks:
                    for follower in followers:
                        tasks.create_task(follower.run(door.pass_on))
                    tasks.create_task(self._keep(line, followers))
                    tasks.create_task(self._tell_when_following(followers))
        except BaseExceptionGroup as group:
            raise _cause(group) from group

    def _follower(self, channel: FollowedChannel, line: Line) -> Follower:
        return Follower(
            channel,
            line=line,
            journal=self._journal,
            clock=self._clock,
            publish=self._publish,
            fast_poll=self._polls[channel.id],
            pace=self._pace,
        )

    async def _tell_when_following(self, followers: Sequence[Follower]) -> None:
        for follower in followers:
            await follower.is_following.wait()
        self._is_following.set()

    async def _keep(self, line: Line, followers: Sequence[Follower]) -> None:
        """When nothing more can be read, what was read still gets its outcome."""
        try:
            await line.keep()
        except NotAuthorised:
            try:
                async with asyncio.timeout(self._pace.drain):
                    for follower in followers:
                        await follower.drained()
            except TimeoutError:
                logger.error(
                    "Posts that were read have no outcome; the next start reads them again"
                )
            raise


def _paced(
    channels: Sequence[FollowedChannel], wanted: Mapping[ChannelId, FastPoll], publish: Publish
) -> dict[ChannelId, FastPoll]:
    """What each profile wants, for the first ten that want it."""
    polls: dict[ChannelId, FastPoll] = {}
    fast = 0
    slow: FastPoll = _NEVER
    for channel in channels:
        poll = wanted.get(channel.id, "auto")
        fast += poll == "auto" or poll > 0
        polls[channel.id] = poll if fast <= FAST_CHANNELS_MAX else slow
    if fast > FAST_CHANNELS_MAX:
        publish(
            Warned(text=f"{fast} channels want a fast poll, {FAST_CHANNELS_MAX} of them get it")
        )
    return polls


def _cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The login's end before anything else that happened with it; a single error as itself."""
    found, _ = group.split(NotAuthorised)
    leaf: BaseException = found or group
    while isinstance(leaf, BaseExceptionGroup) and (found or len(leaf.exceptions) == 1):
        leaf = leaf.exceptions[0]
    return leaf
