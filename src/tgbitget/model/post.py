"""What a channel posted, changed or deleted, and how far we have read it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tgbitget.model.ids import ChannelId, SignalId, signal_id


class Via(StrEnum):
    PUSH = "push"
    POLL = "poll"
    BACKFILL = "backfill"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message of a channel in one revision; a change of text is a revision, nothing else is.

    `text` is what was written, possibly empty (a picture, a poll). `links` are the targets of links in the text.
    `parents` are the posts it answers, nearest first, as far as they are known.
    """

    channel: ChannelId
    message_id: int
    date: datetime
    text: str
    via: Via
    revision: int = 0
    edited: datetime | None = None
    reply_to: int | None = None
    sender: str | None = None  # numeric id as text
    sender_name: str | None = None  # @username, where there is one
    topic: int | None = None
    links: tuple[str, ...] = ()
    parents: "tuple[Post, ...]" = ()

    def __post_init__(self) -> None:
        if self.date.tzinfo is None:
            raise ValueError(f"post {self.channel}/{self.message_id} has a date without a zone")
        if self.revision < 0:
            raise ValueError(f"revision counts from 0, was {self.revision}")

    @property
    def signal(self) -> SignalId:
        return signal_id(self.channel, self.message_id)

    @property
    def moment(self) -> datetime:
        """When this text was written: the edit's time for a revision."""
        return self.edited if self.revision and self.edited else self.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A message that the channel took back."""

    channel: ChannelId
    message_id: int
    date: datetime
    via: Via

    @property
    def signal(self) -> SignalId:
        return signal_id(self.channel, self.message_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a channel has been read: Telegram's `pts` and the highest message id that has an outcome.

    Moved in the transaction that records the outcome, never before.
    """

    channel: ChannelId
    pts: int
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A post or deletion on its way in, what the cursor becomes once it has an outcome, and when it was seen.

    `seen_monotonic` is in seconds of the clock that stamped it.
    """

    what: Post | Deletion
    cursor: Cursor | None = None
    seen_monotonic: float = 0.0
