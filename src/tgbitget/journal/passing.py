"""The journal of a rehearsal: in memory, as much of it as later posts may still ask for, and gone with it."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Final

from tgbitget.journal.journal import End, nothing
from tgbitget.journal.recent import RecentDecisions
from tgbitget.model.ids import ChannelId, SignalId, signal_id
from tgbitget.model.plan import Decision, Outcome
from tgbitget.model.post import Cursor, Deletion, Post
from tgbitget.model.trade import Trade

# Weeks of a busy channel: copies, edits and answers come within hours and days.
PLANS_MAX: Final = 500
# What was refused, unclear or a follow-up: what answers it is about it, and about no other trade.
OTHERS_MAX: Final = 1000
# What answers talk mostly brings it along; only what a link leads to must still be here.
TALK_MAX: Final = 500
_PAGE: Final = 256


class PassingJournal:
    """Keeps the promises of `journal.Decisions`, but for how long.

    Which posts have an outcome is known of all; what it was, of the last *plans_max* that opened a trade, of the last
    *talk_max* that were ignored and of the last *others_max* of the rest.
    """

    fault: str | None = None

    def __init__(
        self,
        *,
        plans_max: int = PLANS_MAX,
        others_max: int = OTHERS_MAX,
        talk_max: int = TALK_MAX,
    ) -> None:
        self._plans = _Latest(plans_max)
        self._others = _Latest(others_max)
        self._talk = _Latest(talk_max)
        self._ended = _Numbers()
        self._cursors: dict[ChannelId, Cursor] = {}
        self._recent = RecentDecisions(self._planned_since)

    async def decide(
        self,
        decision: Decision,
        *,
        cursor: Cursor | None = None,
        trade: Trade | None = None,
        end: End = nothing,
    ) -> None:
        assert trade is None, "a rehearsal opens no trade"
        signal = decision.signal
        earlier = self.revisions(signal)
        is_new = all(known.post.revision != decision.post.revision for known in earlier)
        if is_new:
            revisions = sorted((*earlier, decision), key=lambda one: one.post.revision)
            self._keep(signal, decision, tuple(revisions))
        self._advance(cursor)
        end(is_new)

    async def delete(
        self,
        deletion: Deletion,  # noqa: ARG002 -- the port's shape; no file tells of deletions
        *,
        change: str,  # noqa: ARG002 -- likewise
        cursor: Cursor | None = None,
    ) -> None:
        self._advance(cursor)

    async def move_cursor(self, cursor: Cursor) -> None:
        self._cursors[cursor.channel] = cursor

    def cursor(self, channel: ChannelId) -> Cursor | None:
        return self._cursors.get(channel)

    def latest_revision(self, channel: ChannelId, message_id: int) -> int | None:
        """Of a post whose outcome is forgotten: 0."""
        post = self.latest_post(channel, message_id)
        if post is not None:
            return post.revision
        return 0 if self._ended.has(channel, message_id) else None

    def latest_post(self, channel: ChannelId, message_id: int) -> Post | None:
        revisions = self.revisions(signal_id(channel, message_id))
        return revisions[-1].post if revisions else None

    def recent_decisions(self, since: datetime) -> tuple[Decision, ...]:
        return self._recent.since(since)

    def revisions(self, signal: SignalId) -> tuple[Decision, ...]:
        return self._plans.get(signal) or self._others.get(signal) or self._talk.get(signal) or ()

    # inside

    def _keep(self, signal: SignalId, newest: Decision, revisions: tuple[Decision, ...]) -> None:
        if len(revisions) > 1:
            for kept in (self._others, self._talk):
                kept.pop(signal, None)
        self._place_of(revisions).put(signal, revisions)
        self._ended.add(newest.post.channel, newest.post.message_id)
        if newest.outcome is Outcome.PLANNED:
            self._recent.add(newest)

    def _place_of(self, revisions: tuple[Decision, ...]) -> "_Latest":
        if any(decision.plan is not None for decision in revisions):
            return self._plans
        is_talk = all(decision.outcome is Outcome.IGNORED for decision in revisions)
        return self._talk if is_talk else self._others

    def _advance(self, cursor: Cursor | None) -> None:
        if cursor is None:
            return
        known = self._cursors.get(cursor.channel, cursor)
        self._cursors[cursor.channel] = Cursor(
            channel=cursor.channel,
            pts=max(known.pts, cursor.pts),
            message_id=max(known.message_id, cursor.message_id),
        )

    def _planned_since(self, since: datetime) -> Iterable[Decision]:
        kept = chain.from_iterable((*self._plans.values(), *self._others.values()))
        planned = (d for d in kept if d.outcome is Outcome.PLANNED and d.decided_at >= since)
        return sorted(planned, key=lambda decision: decision.decided_at)


class _Latest(OrderedDict[SignalId, tuple[Decision, ...]]):
    """The last so many, in the order in which they were put in."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def put(self, signal: SignalId, revisions: tuple[Decision, ...]) -> None:
        self[signal] = revisions
        self.move_to_end(signal)
        if len(self) > self._most:
            self.popitem(last=False)


class _Numbers:
    """A set of messages' numbers, at a bit for each where they stand close together."""

    def __init__(self) -> None:
        self._pages: defaultdict[ChannelId, dict[int, int]] = defaultdict(dict)

    def add(self, channel: ChannelId, number: int) -> None:
        page, bit = divmod(number, _PAGE)
        pages = self._pages[channel]
        pages[page] = pages.get(page, 0) | 1 << bit

    def has(self, channel: ChannelId, number: int) -> bool:
        page, bit = divmod(number, _PAGE)
        return bool(self._pages[channel].get(page, 0) >> bit & 1)
