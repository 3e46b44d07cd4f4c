"""Which trade did that post mean? The owner's answer carries out what it asked; without one nothing changes."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tgbitget.control import text
from tgbitget.control.command_log import CommandLog
from tgbitget.errors import BadInput
from tgbitget.journal.journal import Journal
from tgbitget.model.command import CommandName, Source
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.intent import FollowUp, OpenPosition
from tgbitget.model.plan import Decision, OrderPlan, Outcome, Refused
from tgbitget.model.reading import Read
from tgbitget.model.trade import Trade
from tgbitget.positions.changes import Change
from tgbitget.positions.follow_ups import changes_for
from tgbitget.profile import Profile

_NUMBERS = re.compile(r"\d{1,3}(?:[\s,]+\d{1,3})*")


class Keeper(Protocol):
    """What is needed of the position keeper."""

    def standing(self) -> tuple[Trade, ...]: ...

    def plan_of(self, signal: SignalId) -> OrderPlan: ...

    def profile_of(self, signal: SignalId) -> Profile: ...

    def change(self, signal: SignalId, change: Change) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A post that fits several trades, numbered from 1 in the order of `trades`."""

    post: SignalId
    channel: ChannelId
    message_id: int
    intent: FollowUp
    trades: tuple[SignalId, ...]
    until: datetime


def question_of(decision: Decision, *, minutes: int) -> Question | None:
    """None: nothing was asked about this post."""
    reading = decision.reading
    is_asked = bool(decision.asks) and decision.outcome is not Outcome.PLANNED
    if not is_asked or not isinstance(reading, Read):
        return None
    if isinstance(reading.intent, OpenPosition):
        return None
    return Question(
        post=decision.signal,
        channel=decision.post.channel,
        message_id=decision.post.message_id,
        intent=reading.intent,
        trades=decision.asks,
        until=decision.decided_at + timedelta(minutes=minutes),
    )


class Answers:
    """*minutes*: how long after the post was decided an answer is taken."""

    def __init__(self, keeper: Keeper, journal: Journal, log: CommandLog, *, minutes: int) -> None:
        self._keeper = keeper
        self._journal = journal
        self._log = log
        self._minutes = minutes

    def question(self, post: SignalId) -> Question | None:
        """Of the post as it reads now."""
        revisions = self._journal.revisions(post)
        return question_of(revisions[-1], minutes=self._minutes) if revisions else None

    async def take(self, question: Question, words: str, *, at: datetime) -> str:
        """What was done, in a sentence. BadInput: nothing, and why; *at* is when the answer was typed."""
        if self._journal.is_answered(question.post):
            raise BadInput("that was answered before; nothing is done twice")
        if at > question.until:
            raise BadInput(f"the question was open until {text.stamp(question.until)} UTC")
        if self._journal.is_deleted(question.channel, question.message_id):
            raise BadInput("the channel has deleted that post")
        chosen = _chosen(words, question.trades)
        if not chosen:
            await self._note(question, None, "it means none of them", at=at)
            return "Nothing is changed."
        wishes = [(signal, self._changes(question, signal)) for signal in chosen]
        for signal, _ in wishes:
            await self._note(
                question, signal, f"it means this trade: {text.asked(question.intent)}", at=at
            )
        for signal, changes in wishes:
            for change in changes:
                self._keeper.change(signal, change)
        return f"{text.asked(question.intent)}: {', '.join(self._name(s) for s in chosen)}"

    async def _note(
        self, question: Question, signal: SignalId | None, outcome: str, *, at: datetime
    ) -> None:
        await self._log.note(
            Source.CHAT, CommandName.ANSWER, outcome, at=at, signal=signal, post=question.post
        )

    def _changes(self, question: Question, signal: SignalId) -> tuple[Change, ...]:
        if all(trade.signal != signal for trade in self._keeper.standing()):
            raise BadInput(f"{text.signal_name(signal)} is no open trade any more")
        changes = changes_for(
            question.intent,
            self._keeper.plan_of(signal),
            self._keeper.profile_of(signal),
            message_id=question.message_id,
        )
        if isinstance(changes, Refused):
            raise BadInput(f"{changes.rule}: {changes.reason}")
        return changes

    def _name(self, signal: SignalId) -> str:
        trade = next(trade for trade in self._keeper.standing() if trade.signal == signal)
        return text.trade_name(trade)


def _chosen(words: str, trades: tuple[SignalId, ...]) -> tuple[SignalId, ...]:
    """`2`, `1 3`, `1, 3`, `all`, `none`. BadInput."""
    plain = words.strip().lower()
    if plain == "all":
        return trades
    if plain == "none":
        return ()
    if _NUMBERS.fullmatch(plain):
        numbers = dict.fromkeys(int(number) for number in re.findall(r"\d+", plain))
        if all(1 <= number <= len(trades) for number in numbers):
            return tuple(trades[number - 1] for number in numbers)
    raise BadInput(f"an answer is a number from 1 to {len(trades)}, several, all or none")
