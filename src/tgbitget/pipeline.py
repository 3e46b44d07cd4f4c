"""The river on one page: post, reading, market, plan, record, then act."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import JournalError
from tgbitget.journal.journal import Journal
from tgbitget.markets.directory import Directory, Found, Resolution
from tgbitget.model.event import Decided, Deleted, Publish
from tgbitget.model.ids import ChannelId, SignalId, signal_id
from tgbitget.model.intent import FollowUp, OpenPosition
from tgbitget.model.market import Product
from tgbitget.model.money import Notional, Price
from tgbitget.model.plan import Decision, OrderPlan, Outcome, Refused
from tgbitget.model.post import Arrival, Cursor, Deletion, Post
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear
from tgbitget.model.trade import Situation, Trade, TradeState
from tgbitget.parsing.parser import Parser
from tgbitget.planning.adopted import adopted_plan
from tgbitget.planning.planner import plan
from tgbitget.planning.price_sense import settle
from tgbitget.positions.answered import Answered, answered
from tgbitget.positions.changes import CancelRest, Change
from tgbitget.positions.edits import Edited, deletion_change, edit_changes
from tgbitget.positions.entering import EDITED
from tgbitget.positions.finder import Candidate, NotFound, every, find
from tgbitget.positions.follow_ups import changes_for
from tgbitget.positions.left_behind import ADOPTED, LeftBehind, LeftOf
from tgbitget.positions.reshaped import Asked, Replanned, replanned
from tgbitget.positions.reshaping import Entries, renumbered
from tgbitget.profile import Profile
from tgbitget.settings import AccountLimits

NO_TRADE_NOW = "the edited text sets up no trade"
ASKED_MAX = 20  # as many trades as an owner can read in one message
# Rules whose refusal has a word of its own among the outcomes.
_OUTCOME_OF_RULE = {"entry_age_seconds_max": Outcome.LATE, "duplicate": Outcome.DUPLICATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A channel that is read: its profile and the parser made of it."""

    profile: Profile
    parser: Parser
    username: str | None = None  # the channel's public name, in lower case


class Heir(Protocol):
    """Who takes over orders of ours that the journal does not know, once a post tells whose they are."""

    @property
    def left(self) -> LeftBehind: ...

    def take_over(
        self, plan: OrderPlan, left: LeftOf, post: Post, profile: Profile, *, notional: Notional
    ) -> None:
        """Lead what a plan in the journal adopts; returns at once, and sends none of its entries."""
        ...


class Book(Protocol):
    """The trades that stand, and where decisions are carried out: the keeper, or a rehearsal that sends nothing."""

    @property
    def account(self) -> str:
        """Whose orders these are: the venue's user id, or `dry-run`."""
        ...

    @property
    def is_rehearsal(self) -> bool: ...

    def situation(self, symbol: str, channels: Collection[ChannelId]) -> Situation: ...

    def candidates(self) -> tuple[Candidate, ...]: ...

    def plan_of(self, signal: SignalId) -> OrderPlan: ...

    def open(
        self,
        plan: OrderPlan,
        post: Post,
        profile: Profile,
        *,
        notional: Notional,
        age_seconds: float,
    ) -> None:
        """Carry out a plan that is in the journal; returns at once."""
        ...

    def change(self, signal: SignalId, change: Change) -> bool: ...

    def hold(self, signal: SignalId) -> bool:
        """Whether nothing of that trade was sent. Then nothing is, until it is opened anew or its rest is cancelled."""
        ...

    def entries_of(self, signal: SignalId) -> Entries: ...


@dataclass(frozen=True, slots=True)
class _Draft:
    """What every outcome of one post has in common."""

    post: Post
    reading: Reading
    profile: str
    account: str
    now: datetime

    def ended(
        self,
        outcome: Outcome,
        *,
        rule: str | None = None,
        reason: str | None = None,
        asks: tuple[SignalId, ...] = (),
    ) -> Decision:
        return self._decision(outcome, rule=rule, reason=reason, asks=asks)

    def refused(self, by: Refused) -> Decision:
        outcome = _OUTCOME_OF_RULE.get(by.rule, Outcome.REFUSED)
        return self._decision(outcome, rule=by.rule, reason=by.reason, skipped=by.skipped)

    def planned(self, plan: OrderPlan) -> Decision:
        return self._decision(Outcome.PLANNED, plan=plan, legs=plan.entries, skipped=plan.skipped)

    def adopts(self, plan: OrderPlan, left: LeftOf) -> Decision:
        """Planned, with what stands of it already."""
        legs = (*plan.entries, *left.exits)
        return self._decision(Outcome.PLANNED, plan=plan, legs=legs, reason=ADOPTED)

    def follows(self, trade: SignalId, *, reason: str | None = None) -> Decision:
        return self._decision(Outcome.PLANNED, trade=trade, reason=reason)

    def follows_each(self, trades: tuple[SignalId, ...], *, reason: str | None) -> Decision:
        return self._decision(Outcome.PLANNED, asks=trades, reason=reason)

    def replans(self, replanned: Replanned, *, reason: str | None) -> Decision:
        """The trade goes on with other entries."""
        return self._decision(
            Outcome.PLANNED,
            trade=replanned.plan.signal,
            plan=replanned.plan,
            legs=replanned.new,
            reason=reason,
        )

    def _decision(self, outcome: Outcome, **fields: Any) -> Decision:
        return Decision(
            post=self.post,
            reading=self.reading,
            outcome=outcome,
            decided_at=self.now,
            profile=self.profile,
            account=self.account,
            **fields,
        )


def _nothing() -> None:
    """What a decision that sends nothing does."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A decision, the trade it opens, and what to do once both are recorded."""

    decision: Decision
    trade: Trade | None = None
    act: Callable[[], object] = _nothing


class Pipeline:
    """Takes one arrival at a time of each channel; when `handle` returns, its outcome is durable.

    *followed* maps channels to how they are read; *directory* gives the markets as of now; *may_enter* says why no
    entry may be made at all; *heir* leads what an earlier life left and this journal does not know.
    """

    def __init__(
        self,
        *,
        followed: Mapping[ChannelId, Followed],
        directory: Callable[[], Directory],
        book: Book,
        journal: Journal,
        clock: Clock,
        publish: Publish,
        limits: AccountLimits,
        may_enter: Callable[[], Refused | None] = lambda: None,
        heir: Heir | None = None,
    ) -> None:
        self._heir = heir
        self._may_enter = may_enter
        self._followed = followed
        self._directory = directory
        self._book = book
        self._journal = journal
        self._clock = clock
        self._publish = publish
        self._limits = limits
        # What one post is allowed depends on what the posts before it were given, in whatever channel.
        self._turn = asyncio.Lock()
        self._doubtful: _Step | None = None

    async def handle(self, arrival: Arrival) -> None:
        """JournalError: nothing was done; what was written all the same is acted on with the next arrival."""
        with logger.contextualize(signal=arrival.what.signal):
            match arrival.what:
                case Post() as post:
                    await self._take_post(post, arrival)
                case Deletion() as deletion:
                    await self._take_deletion(deletion, arrival.cursor)

    @property
    def is_deciding(self) -> bool:
        """Whether a post is between its decision and its record."""
        return self._turn.locked()

    async def idle(self) -> None:
        """Returns when no post is between its decision and its record."""
        async with self._turn:
            pass

    async def _take_post(self, post: Post, arrival: Arrival) -> None:
        self._settle_doubt()
        if self._has_outcome(post):
            # A replay of a file that was replayed before; sources hold back what was seen.
            logger.info("Revision {} has its outcome already", post.revision)
            await self._pass(arrival.cursor)
            return
        followed = self._followed[post.channel]
        began = self._clock.monotonic()
        reading = self._read(post, followed)
        read = self._clock.monotonic()
        async with self._turn:
            self._settle_doubt()
            reading = self._settled(reading, followed.profile)
            step = self._decide(post, reading, followed)
            decided = self._clock.monotonic()
            seen = arrival.seen_monotonic or began
            timings = {"seen": began - seen, "read": read - began, "decided": decided - read}
            decision = replace(
                step.decision,
                # From here on counts what `stats` calls sent, and from here back how old the post was when it came.
                decided_at=self._clock.now(),
                timings_ms={k: v * 1000 for k, v in timings.items()},
            )
            await self._record(replace(step, decision=decision), arrival.cursor)
            step.act()
        self._publish(Decided(decision=decision))

    async def _record(self, step: _Step, cursor: Cursor | None) -> None:
        was_well = self._journal.fault is None
        try:
            await self._journal.decide(step.decision, cursor=cursor, trade=step.trade)
        except JournalError:
            if was_well:  # otherwise nothing was tried
                self._doubtful = step
            raise

    def _settle_doubt(self) -> None:
        """A disk may fail after a commit: what it refused is acted on once the journal, opened anew, turns out to have it.

        JournalError: it is not opened anew yet.
        """
        if self._doubtful is None:
            return
        if self._journal.fault is not None:
            raise JournalError(self._journal.fault)
        step, self._doubtful = self._doubtful, None
        if self._has_outcome(step.decision.post):
            step.act()
            self._publish(Decided(decision=step.decision))

    def _read(self, post: Post, followed: Followed) -> Reading:
        section = followed.profile.telegram
        authors = {post.sender, post.sender_name, (post.sender_name or "").removeprefix("@")}
        if section.senders and not authors & {str(sender) for sender in section.senders}:
            return NotASignal(
                why=f"its author {post.sender_name or post.sender} is not among `senders`"
            )
        if section.topics and post.topic not in section.topics:
            return NotASignal(why=f"its topic {post.topic} is not among `topics`")
        return followed.parser.read(post)

    def _settled(self, reading: Reading, profile: Profile) -> Reading:
        """One of several readings of the same numbers, where only that one fits the market's price."""
        if not isinstance(reading, Unclear) or not reading.drafts:
            return reading
        found = self._resolve(reading.drafts[0], profile)
        if not isinstance(found, Found):
            return reading
        quote = self._book.situation(found.market.symbol, ()).quote
        intent = settle(reading.drafts, multiplier=found.multiplier, quote=quote)
        if intent is None:
            return reading
        return Read(intent=intent, parser=reading.parser or "", spans=reading.spans)

    def _resolve(self, intent: OpenPosition, profile: Profile) -> Resolution:
        return self._directory().resolve(
            intent.symbol,
            quote=intent.quote or profile.market.quote,
            product=Product(profile.market.product),
        )

    def _decide(self, post: Post, reading: Reading, followed: Followed) -> _Step:
        """The outcome, and what to do once it is recorded. Nothing in here waits."""
        draft = _Draft(post, reading, followed.profile.name, self._book.account, self._clock.now())
        adopted = self._decide_adoption(draft, post, reading, followed)
        if adopted is not None:
            return adopted
        if post.revision > 0:
            edited = self._decide_edit(draft, post, reading, followed)
            if edited is not None:
                return edited
        return self._decide_text(draft, post, reading, followed)

    def _decide_adoption(
        self, draft: _Draft, post: Post, reading: Reading, followed: Followed
    ) -> _Step | None:
        """Its orders stand though nothing here says so: they are led on. None for every other post.

        What cannot be led is refused, never planned as if it were new.
        """
        heir = self._heir
        if heir is None or self._journal.latest_post(post.channel, post.message_id) is not None:
            return None
        left = heir.left.of(post.signal)
        if left is None or not isinstance(reading, Read):
            return None
        if not isinstance(reading.intent, OpenPosition):
            return None
        found = self._resolve(reading.intent, followed.profile)
        if not isinstance(found, Found):
            return _Step(draft.ended(Outcome.UNCLEAR, rule=found.code, reason=found.sentence))
        quote = self._book.situation(found.market.symbol, ()).quote
        outcome = adopted_plan(
            post=post,
            intent=reading.intent,
            market=found.market,
            multiplier=found.multiplier,
            quote=quote,
            profile=followed.profile,
            entries=left.entries,
            stops=left.stops,
            live_targets=left.live_targets,
            now=draft.now,
        )
        if isinstance(outcome, Refused):
            return _Step(draft.refused(outcome))
        notional = outcome.notional(quote.price if quote else Price(outcome.stop))
        pending = Trade(
            signal=post.signal,
            channel=post.channel,
            symbol=found.market.symbol,
            side=outcome.side,
            state=TradeState.PENDING,
            notional=notional,
            stop=outcome.stop,
        )
        return _Step(
            draft.adopts(outcome, left),
            trade=pending,
            act=lambda: heir.take_over(outcome, left, post, followed.profile, notional=notional),
        )

    def _decide_text(
        self, draft: _Draft, post: Post, reading: Reading, followed: Followed
    ) -> _Step:
        match reading:
            case NotASignal():
                return _Step(draft.ended(Outcome.IGNORED, reason=reading.why))
            case Unclear():
                reason = reading.detail or reading.reason
                return _Step(draft.ended(Outcome.UNCLEAR, reason=reason))
            case Read(intent=intent):
                if isinstance(intent, OpenPosition):
                    return self._decide_open(draft, post, intent, followed)
                return self._decide_follow_up(draft, post, intent, reading, followed)

    def _decide_edit(
        self, draft: _Draft, post: Post, reading: Reading, followed: Followed
    ) -> _Step | None:
        """What a new text changes; None where the profile lets it count as a post of its own."""
        policy = followed.profile.follow_ups.edits
        if not self._stands(post.signal):
            if policy == "apply" or not isinstance(reading, Read):
                return None
            reason = f"edits = {policy}: an edit opens no trade"
            return _Step(draft.ended(Outcome.REFUSED, rule="edits", reason=reason))
        before = self._journal.latest_post(post.channel, post.message_id)
        old = followed.parser.read(before) if before is not None else None
        if policy != "ignore" and not _says_the_same(old, reading) and self._book.hold(post.signal):
            return self._decide_unsent(draft, post, reading, followed)
        edited = edit_changes(
            old,
            reading,
            plan=self._book.plan_of(post.signal),
            profile=followed.profile,
            message_id=post.message_id,
            account_limits=self._limits,
        )
        if isinstance(edited, Refused):
            return _Step(draft.refused(edited))
        if edited.asks_entries or edited.asks_leverage:
            return self._decide_entries(draft, post, reading, edited, followed)
        return self._edited(draft, post.signal, edited)

    def _edited(self, draft: _Draft, signal: SignalId, edited: Edited) -> _Step:
        left = f"not taken: {'; '.join(edited.left)}" if edited.left else None
        if not edited.changes and left is not None:
            return _Step(draft.ended(Outcome.REFUSED, rule="edits", reason="; ".join(edited.left)))
        if not edited.changes:
            return _Step(draft.ended(Outcome.IGNORED, reason="the edit changes no level"))
        decision = draft.follows(signal, reason=left)
        return _Step(decision, act=lambda: self._change(signal, edited.changes))

    def _decide_unsent(
        self, draft: _Draft, post: Post, reading: Reading, followed: Followed
    ) -> _Step:
        """Nothing of the old text was sent, and nothing is any more: the new one is traded in its place, if any is."""
        if isinstance(reading, Read) and not isinstance(reading.intent, OpenPosition):
            step = _Step(draft.ended(Outcome.REFUSED, rule="edits", reason=NO_TRADE_NOW))
        else:
            step = self._decide_text(draft, post, reading, followed)
        if step.decision.outcome is Outcome.PLANNED:
            return step
        cause = f"{EDITED}, and is not traded now: {step.decision.reason}"
        return _Step(
            replace(step.decision, trade=post.signal),
            act=lambda: self._change(post.signal, (CancelRest(cause=cause),)),
        )

    def _decide_entries(
        self, draft: _Draft, post: Post, reading: Reading, edited: Edited, followed: Followed
    ) -> _Step:
        """Other entries of a trade that stands; what of them cannot be had leaves the rest of the edit standing."""
        assert isinstance(reading, Read), "only what was read asks for entries"
        assert isinstance(reading.intent, OpenPosition), "only a set-up has entries"
        found, profile = self._book.entries_of(post.signal), followed.profile
        resolved = self._resolve(reading.intent, profile)
        if (held := self._may_enter()) is not None or not isinstance(resolved, Found):
            reason = held.reason if held is not None else "the market is not known now"
            left = (*edited.left, f"other entries: {reason}")
            return self._edited(draft, post.signal, replace(edited, left=left))
        asked = Asked(
            post=post,
            intent=reading.intent,
            edited=edited,
            multiplier=resolved.multiplier,
            situation=self._book.situation(found.plan.market.symbol, self._channels_of(profile)),
            profile=profile,
            account_limits=self._limits,
            user_id=self._book.account,
        )
        new = replanned(asked, found)
        if isinstance(new, Refused):
            left = (*edited.left, new.reason)
            return self._edited(draft, post.signal, replace(edited, left=left))
        left = (*edited.left, *new.left)
        changes = (*edited.changes, new.change(f"message {post.message_id} was edited"))
        return _Step(
            draft.replans(new, reason=f"not taken: {'; '.join(left)}" if left else None),
            trade=None if found.trade is None else replace(found.trade, notional=new.notional),
            act=lambda: self._change(post.signal, changes),
        )

    def _decide_open(
        self, draft: _Draft, post: Post, intent: OpenPosition, followed: Followed
    ) -> _Step:
        profile = followed.profile
        if (held := self._may_enter()) is not None:
            return _Step(draft.refused(held))
        found = self._resolve(intent, profile)
        if not isinstance(found, Found):
            return _Step(draft.ended(Outcome.UNCLEAR, rule=found.code, reason=found.sentence))
        situation = self._book.situation(found.market.symbol, self._channels_of(profile))
        outcome = plan(
            post=post,
            intent=intent,
            market=found.market,
            multiplier=found.multiplier,
            situation=situation,
            profile=profile,
            user_id=self._book.account,
            account_limits=self._limits,
            recent=self._recent(),
            is_rehearsal=self._book.is_rehearsal,
        )
        if isinstance(outcome, Refused):
            return _Step(draft.refused(outcome))
        if post.revision > 0 and self._stands(post.signal):
            earlier = self._book.entries_of(post.signal).replacements
            outcome = renumbered(outcome, earlier, user_id=self._book.account)
        quote = situation.quote
        # What an order at market may cost: others' limits count it with this.
        reference = max(quote.price, quote.ask or quote.price) if quote else Price(outcome.stop)
        if outcome.skipped and not self._book.is_rehearsal:
            logger.warning("Checks that could not be made: {}", ", ".join(outcome.skipped))
        notional = outcome.notional(reference)
        age_seconds = (situation.now - post.date).total_seconds()
        pending = Trade(
            signal=post.signal,
            channel=post.channel,
            symbol=found.market.symbol,
            side=outcome.side,
            state=TradeState.PENDING,
            notional=notional,
            stop=outcome.stop,
        )
        return _Step(
            draft.planned(outcome),
            trade=None if self._book.is_rehearsal else pending,
            act=lambda: self._book.open(
                outcome, post, profile, notional=notional, age_seconds=age_seconds
            ),
        )

    def _decide_follow_up(
        self, draft: _Draft, post: Post, intent: FollowUp, reading: Read, followed: Followed
    ) -> _Step:
        meant = every(post, intent, self._book.candidates()) if intent.is_all else ()
        if len(meant) > 1:
            return self._decide_every(draft, post, intent, followed, meant)
        found = find(
            post,
            intent,
            self._book.candidates(),
            parent_symbol=reading.parent_symbol,
            username=followed.username,
            answered_at=lambda number: self._answered(post, number, followed),
        )
        if isinstance(found, NotFound):
            outcome = Outcome.UNCLEAR if found.reason == "ambiguous_trade" else Outcome.REFUSED
            asks = () if self._book.is_rehearsal else found.fitting[:ASKED_MAX]
            return _Step(draft.ended(outcome, rule=found.reason, reason=found.detail, asks=asks))
        changes = changes_for(
            intent,
            self._book.plan_of(found.signal),
            followed.profile,
            message_id=post.message_id,
        )
        if isinstance(changes, Refused):
            return _Step(draft.refused(changes))
        return _Step(draft.follows(found.signal), act=lambda: self._change(found.signal, changes))

    def _decide_every(
        self,
        draft: _Draft,
        post: Post,
        intent: FollowUp,
        followed: Followed,
        meant: Iterable[Candidate],
    ) -> _Step:
        asked: dict[SignalId, tuple[Change, ...]] = {}
        refused: list[Refused] = []
        for candidate in meant:
            plan_ = self._book.plan_of(candidate.signal)
            changes = changes_for(intent, plan_, followed.profile, message_id=post.message_id)
            if isinstance(changes, Refused):
                refused.append(changes)
            else:
                asked[candidate.signal] = changes
        if not asked:
            return _Step(draft.refused(refused[0]))

        def change_each() -> None:
            for signal, changes in asked.items():
                self._change(signal, changes)

        left = "; ".join(dict.fromkeys(by.reason for by in refused)) or None
        return _Step(draft.follows_each(tuple(asked), reason=left), act=change_each)

    def _answered(self, post: Post, number: int, followed: Followed) -> Answered | None:
        parent = next((known for known in post.parents if known.message_id == number), None)
        revisions = self._journal.revisions(signal_id(post.channel, number))
        return answered(parent, revisions, followed.parser.read)

    def _change(self, signal: SignalId, changes: Iterable[Change]) -> None:
        for change in changes:
            if not self._book.change(signal, change):
                logger.info("{} is over; nothing to change", signal)

    async def _take_deletion(self, deletion: Deletion, cursor: Cursor | None) -> None:
        change = deletion_change(deletion, self._followed[deletion.channel].profile)
        stands = self._stands(deletion.signal)
        does = change.cause if change is not None else "nothing: deletions = ignore"
        does = does if stands else "nothing: no open trade"
        await self._journal.delete(deletion, change=does, cursor=cursor)
        if change is not None and stands:
            self._book.change(deletion.signal, change)
        self._publish(Deleted(deletion=deletion, change=does))

    # what went before

    async def _pass(self, cursor: Cursor | None) -> None:
        """Nothing to record but how far we have read."""
        if cursor is None:
            return
        known = self._journal.cursor(cursor.channel)
        if known is None or known.pts < cursor.pts:
            await self._journal.move_cursor(cursor)

    def _stands(self, signal: SignalId) -> bool:
        return any(candidate.signal == signal for candidate in self._book.candidates())

    def _has_outcome(self, post: Post) -> bool:
        known = self._journal.latest_post(post.channel, post.message_id)
        return known is not None and known.revision >= post.revision

    def _channels_of(self, profile: Profile) -> tuple[ChannelId, ...]:
        return tuple(id_ for id_, other in self._followed.items() if other.profile is profile)

    def _recent(self) -> tuple[Decision, ...]:
        """What this account was given in the last hours, over all channels."""
        hours = max(f.profile.signals.duplicate_hours for f in self._followed.values())
        since = self._clock.now() - timedelta(hours=float(hours))
        decisions = self._journal.recent_decisions(since)
        ours = [d for d in decisions if d.account == self._book.account]
        last = {
            d.signal: d for d in ours if d.plan is not None
        }  # an edit may have put another in its place
        return tuple(d for d in ours if d.plan is None or last[d.signal] is d)


def _says_the_same(old: Reading | None, new: Reading) -> bool:
    return isinstance(old, Read) and isinstance(new, Read) and old.intent == new.intent
