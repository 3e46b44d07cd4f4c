"""What the live view knows: a value that each event makes anew. Pure; drawing it is `screen`'s work."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from statistics import median

from tgbitget.cli.words import harmless, outcome_line, reading_line
from tgbitget.model.event import (
    Commanded,
    Decided,
    Deleted,
    Event,
    Filled,
    Paused,
    Ready,
    SendEnded,
    Stopped,
    TradeChanged,
    Warned,
)
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.order import Placed, Rejected, Unknown
from tgbitget.model.plan import Decision, Outcome
from tgbitget.model.post import Post
from tgbitget.model.reading import Read
from tgbitget.model.trade import Trade, TradeState

POSTS_KEPT = 60
NOTES_KEPT = 20
ENDED_KEPT = 5
LATENCIES_KEPT = 200
CHANNELS_MAX = 500
TITLE_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLine:
    title: str
    posts: int = 0
    last: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLine:
    """One post with its outcome; `says` is the reading, or the post's own words where there is none."""

    at: datetime
    channel: ChannelId
    says: str
    outcome: Outcome | None
    became: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A warning, or a send that did not simply succeed."""

    at: datetime
    text: str
    is_urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    mode: str = ""
    venue: str = ""
    markets: int = 0
    is_paused: bool = False
    stopped: str | None = None
    channels: Mapping[ChannelId, ChannelLine] = field(default_factory=dict)
    posts: tuple[PostLine, ...] = ()  # newest first
    trades: Mapping[SignalId, Trade] = field(default_factory=dict)  # not final
    causes: Mapping[SignalId, str] = field(default_factory=dict)
    ended: tuple[tuple[Trade, str], ...] = ()  # the last closed ones with their cause, newest first
    closed: int = 0
    realised: Decimal = Decimal(0)
    notes: tuple[Note, ...] = ()  # newest first
    latencies: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        return bool(self.mode)

    def after(self, event: Event, now: datetime) -> "Board":
        """The board once *event* has happened, at *now*. Total: no event whatever raises."""
        match event:
            case Ready():
                return self._ready(event)
            case Decided():
                return self._decided(event.decision)
            case Deleted():
                return self._deleted(event)
            case SendEnded():
                return self._sent(event, now)
            case TradeChanged():
                return self._moved(event.trade, event.cause)
            case Warned():
                return self._noted(harmless(event.text), now, is_urgent=event.is_urgent)
            case Paused():
                return replace(self, is_paused=event.is_paused)
            case Stopped():
                return replace(self, stopped=event.reason)
            case Filled() | Commanded():
                return self  # the trade that it changes comes with an event of its own

    def latency_medians(self) -> dict[str, float]:
        return {name: median(values) for name, values in self.latencies.items()}

    def title_of(self, channel: ChannelId) -> str:
        line = self.channels.get(channel)
        return line.title if line else harmless(channel)

    def _ready(self, event: Ready) -> "Board":
        lines = {
            id_: ChannelLine(title=harmless(title)[:TITLE_LENGTH_MAX] or id_)
            for id_, title in event.channels
        }
        known = {
            id_: replace(line, title=lines[id_].title)
            for id_, line in self.channels.items()
            if id_ in lines
        }
        return replace(
            self,
            mode=event.mode,
            venue=event.venue,
            markets=event.markets,
            channels={**lines, **known},
            stopped=None,
        )

    def _decided(self, decision: Decision) -> "Board":
        post = decision.post
        is_read = isinstance(decision.reading, Read)
        line = PostLine(
            at=post.moment,
            channel=post.channel,
            says=reading_line(decision.reading) if is_read else harmless(post.text) or "(no text)",
            outcome=decision.outcome,
            became=outcome_line(decision),
        )
        return replace(
            self,
            channels=self._heard(post),
            posts=(line, *self.posts)[:POSTS_KEPT],
            latencies=self._timed(decision.timings_ms),
        )

    def _deleted(self, event: Deleted) -> "Board":
        what = event.deletion
        line = PostLine(
            at=what.date,
            channel=what.channel,
            says=f"post {what.message_id} deleted",
            outcome=None,
            became=harmless(event.change),
        )
        return replace(self, posts=(line, *self.posts)[:POSTS_KEPT])

    def _sent(self, event: SendEnded, now: datetime) -> "Board":
        match event.placement:
            case Placed():
                return self
            case Rejected(reason=reason):
                text = f"order of {event.signal} rejected: {harmless(reason)}"
                return self._noted(text, now, is_urgent=False)
            case Unknown(reason=reason):
                text = f"order of {event.signal} unknown, asking the venue: {harmless(reason)}"
                return self._noted(text, now, is_urgent=False)

    def _moved(self, trade: Trade, cause: str) -> "Board":
        others = {id_: one for id_, one in self.trades.items() if id_ != trade.signal}
        causes = {id_: one for id_, one in self.causes.items() if id_ in others}
        if not trade.state.is_final:
            return replace(
                self,
                trades={**others, trade.signal: trade},
                causes={**causes, trade.signal: harmless(cause)},
            )
        was_open = trade.state is TradeState.CLOSED
        return replace(
            self,
            trades=others,
            causes=causes,
            ended=(((trade, harmless(cause)), *self.ended) if was_open else self.ended)[
                :ENDED_KEPT
            ],
            closed=self.closed + was_open,
            realised=self.realised + (trade.realised if was_open else 0),
        )

    def _noted(self, text: str, now: datetime, *, is_urgent: bool) -> "Board":
        note = Note(at=now, text=text, is_urgent=is_urgent)
        return replace(self, notes=(note, *self.notes)[:NOTES_KEPT])

    def _heard(self, post: Post) -> dict[ChannelId, ChannelLine]:
        line = self.channels.get(post.channel) or ChannelLine(title=harmless(post.channel))
        last = post.moment if line.last is None else max(line.last, post.moment)
        heard = {**self.channels, post.channel: replace(line, posts=line.posts + 1, last=last)}
        return heard if len(heard) <= CHANNELS_MAX else dict(self.channels)

    def _timed(self, timings_ms: Mapping[str, float]) -> dict[str, tuple[float, ...]]:
        added = {
            name: (*self.latencies.get(name, ()), value)[-LATENCIES_KEPT:]
            for name, value in timings_ms.items()
        }
        return {**self.latencies, **added}
