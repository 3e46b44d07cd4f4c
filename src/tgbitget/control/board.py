"""What the owner has to be told: one card a signal, and warnings. Takes in events; tells nobody itself."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from loguru import logger

from tgbitget.control import card as cards
from tgbitget.control import text
from tgbitget.control.answers import question_of
from tgbitget.control.card import Card
from tgbitget.errors import JournalError
from tgbitget.journal.journal import Journal
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
from tgbitget.model.money import Price
from tgbitget.model.plan import Decision, Outcome
from tgbitget.model.reading import Reading

# In memory, some megabytes; one that has rested longest is read from the journal when it is needed again.
CARDS_MAX = 2_000
WARNINGS_MAX = 100
SAME_WARNING_SECONDS = 600.0


@dataclass(slots=True, kw_only=True)
class Message:
    """A card, the message that shows it, and what that says now."""

    card: Card
    id: int | None = None
    told: str = ""
    not_before: float = 0.0


class Board:
    """`messages` in the order in which they changed; `waiting` are those whose message says something older.

    *price* gives a market's last price.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        answer_minutes: int,
        price: Callable[[str], Price | None] = lambda _: None,
    ) -> None:
        self._journal = journal
        self._price = price
        self._answer_minutes = answer_minutes
        self.messages: dict[SignalId, Message] = {}
        self.waiting: dict[SignalId, None] = {}
        self.warnings: deque[str] = deque(maxlen=WARNINGS_MAX)
        self.dropped: Counter[str] = Counter()
        self._titles: dict[ChannelId, str] = {}
        self._warned: dict[str, float] = {}

    def take(self, event: Event, *, at: datetime, now: float) -> None:
        match event:
            case Ready():
                self._titles.update(event.channels)
            case Decided():
                self._take_decision(event, at)
            case Deleted(deletion=deletion):
                if self._message(deletion.signal) is not None:
                    self._change(deletion.signal, event, at)
            case SendEnded() | Filled():
                self._change(event.signal, event, at)
            case TradeChanged(trade=trade):
                self._change(trade.signal, event, at)
            case Warned():
                self._take_warning(event, at, now)
            case Commanded(command=command):
                for signal in (command.signal, command.post):
                    if signal is not None and self._message(signal) is not None:
                        self._change(signal, event, at)
            case Paused() | Stopped():
                pass  # the owner did that

    def due(self, now: float) -> SignalId | None:
        """The one that has waited longest and may be told at *now*; questions first, trades before refusals."""
        due = [signal for signal in self.waiting if self.messages[signal].not_before <= now]
        return min(due, key=lambda signal: _rank(self.messages[signal].card), default=None)

    def _take_decision(self, event: Decided, at: datetime) -> None:
        decision = event.decision
        if decision.trade is not None and decision.trade != decision.signal:
            card = self._message_or_new(decision.trade, but=decision).card
            self._put(decision.trade, cards.followed_up(card, decision, at))
        elif decision.outcome is Outcome.PLANNED and decision.asks:
            for signal in decision.asks:
                card = self._message_or_new(signal, but=decision).card
                self._put(signal, cards.followed_up(card, decision, at))
        elif decision.post.revision and self._message(decision.signal) is not None:
            self._change(decision.signal, event, at)
        elif decision.trade is not None:
            self._put(decision.signal, self._retold(decision.signal))
        elif decision.outcome is not Outcome.IGNORED:
            title = self._title(decision)
            question = question_of(decision, minutes=self._answer_minutes)
            if question is None:
                card = cards.opened(decision, title=title, at=at)
            else:
                named = [self._name(signal) for signal in question.trades]
                card = cards.asking(decision, question, named=named, title=title)
            self._put(decision.signal, card)

    def _take_warning(self, event: Warned, at: datetime, now: float) -> None:
        if event.signal is not None:
            self._change(event.signal, event, at)
        if event.signal is None or event.is_urgent:
            self._queue_warning(event, now)

    def _queue_warning(self, event: Warned, now: float) -> None:
        """The same words within ten minutes are said once."""
        self._warned = {w: t for w, t in self._warned.items() if now - t < SAME_WARNING_SECONDS}
        if event.text in self._warned:
            return
        self._warned[event.text] = now
        if len(self.warnings) == WARNINGS_MAX:
            self.dropped["warnings"] += 1
        self.warnings.append(text.warning(event))

    def _change(self, signal: SignalId, event: cards.Change, at: datetime) -> None:
        message = self._message_or_new(signal)
        title, before = None, None
        if isinstance(event, Decided):
            title, before = self._title(event.decision), self._read_before(event.decision)
        price = self._price(event.trade.symbol) if isinstance(event, TradeChanged) else None
        card = cards.changed(message.card, event, title=title, at=at, price=price, before=before)
        self._put(signal, card)

    def _put(self, signal: SignalId, card: Card) -> None:
        message = self._message(signal) or Message(card=card)
        message.card = card
        self.messages.pop(signal, None)
        self.messages[signal] = message
        if card.render() != message.told:
            self.waiting.setdefault(signal)
        self._make_room()

    def _message_or_new(self, signal: SignalId, *, but: Decision | None = None) -> Message:
        """*but* is about to be told, and stands in the journal already."""
        message = self._message(signal)
        if message is None:
            message = self.messages[signal] = Message(card=self._retold(signal, but=but))
        return message

    def _retold(self, signal: SignalId, *, but: Decision | None = None) -> Card:
        """What a message that was never sent would say by now."""
        asked = [one for one in self._decisions(signal) if but is None or not _is_same(one, but)]
        return cards.retold(asked, title=self._title(asked[0])) if asked else cards.unknown(signal)

    def _decisions(self, signal: SignalId) -> list[Decision]:
        """Of its post and of those that asked something of its trade, oldest first."""
        try:
            own = self._journal.revisions(signal)
            others = self._journal.follow_ups(signal)
        except JournalError as e:
            logger.warning("What was decided of a signal could not be read: {}", e)
            return []
        if not own:
            return []
        later = (*own[1:], *(one for one in others if one.signal != signal))
        return [own[0], *sorted(later, key=lambda one: one.decided_at)]

    def _read_before(self, decision: Decision) -> Reading | None:
        """What the revision before was read as."""
        try:
            own = self._journal.revisions(decision.signal)
        except JournalError as e:
            logger.warning("What a post said before could not be read: {}", e)
            return None
        earlier = [one for one in own if one.post.revision < decision.post.revision]
        return earlier[-1].reading if earlier else None

    def _message(self, signal: SignalId) -> Message | None:
        """From memory, or as it was last told before a restart."""
        if signal in self.messages:
            return self.messages[signal]
        try:
            found = self._journal.notice(signal)
        except JournalError as e:
            logger.warning("No notice could be read: {}", e)
            return None
        if found is None:
            return None
        message = Message(card=cards.restored(found[1]), id=found[0], told=found[1])
        self.messages[signal] = message
        return message

    def _make_room(self) -> None:
        if len(self.messages) <= CARDS_MAX:
            return
        signal = next(self._dispensable(), next(iter(self.messages)))
        if signal in self.waiting:
            self.dropped["cards"] += 1
            del self.waiting[signal]
        del self.messages[signal]

    def _dispensable(self) -> Iterator[SignalId]:
        """Told ones first, then those without a trade; the longest unchanged before others."""
        yield from (signal for signal in self.messages if signal not in self.waiting)
        yield from (signal for signal, m in self.messages.items() if m.card.trade is None)

    def _title(self, decision: Decision) -> str | None:
        return self._titles.get(decision.post.channel)

    def _name(self, signal: SignalId) -> str:
        """A trade for a person: what its own card is about, and its post."""
        message = self._message(signal)
        trade = None if message is None else message.card.trade
        about = "" if trade is None else f"{text.trade_name(trade)}, "
        return f"{about}post {signal.rpartition('/')[2]}"


def _is_same(one: Decision, other: Decision) -> bool:
    return (one.signal, one.post.revision) == (other.signal, other.post.revision)


def _rank(card: Card) -> int:
    if card.is_question:
        return 0
    return 2 if card.trade is None else 1
