"""What the message about one signal says so far: a headline, what was asked, and what happened. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from tgbitget.control import text
from tgbitget.control.answers import Question
from tgbitget.control.naming import OpenTrade
from tgbitget.model.command import CommandName
from tgbitget.model.edit import edit_words
from tgbitget.model.event import (
    Commanded,
    Decided,
    Deleted,
    Filled,
    SendEnded,
    TradeChanged,
    Warned,
)
from tgbitget.model.ids import ClientOrderId, SignalId
from tgbitget.model.intent import ClosePosition, Intent, Level, OpenPosition
from tgbitget.model.money import Price, exact
from tgbitget.model.order import Placed, Placement, Rejected, Unknown
from tgbitget.model.plan import Decision, Leg, Outcome, Role
from tgbitget.model.reading import Read, Reading
from tgbitget.model.trade import Trade, TradeState

LOG_LINES_MAX = 14  # a screen; older ones give way to "…"
EDIT_CHARS_MAX = 320  # two ladders of targets, the one before and the one now
Change = Decided | Deleted | SendEnded | Filled | TradeChanged | Warned | Commanded
_STOP = re.compile(r"Stop \S+")
_OPEN = ("PROTECTED", "FILLED")
_CLOSING = "CLOSING"
_FILL_OF_CLOSE = f"fill {Role.CLOSE}"
_ALL = (None, Decimal(1))
_ENTRIES = "Entries "
_TARGETS = "Targets "
_REACHED = re.compile(r"\btarget (\d+) reached")
_MARK = " (reached)"
_PROFIT = re.compile(r"[+-]\d+\.\d\d \w+ realised")
_STAMPED = re.compile(r"\d\d-\d\d \d\d:\d\d:\d\d ")
_MORE = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`key`: a later line of the same key takes its place, as long as nothing came between."""

    text: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    headline: str
    body: tuple[str, ...] = ()
    log: tuple[Line, ...] = ()
    sends: Mapping[ClientOrderId, str] = field(default_factory=dict)
    closed_by: frozenset[ClientOrderId] = frozenset()  # closes that have filled something
    trade: Trade | None = None
    profit: str = ""  # of the trade so far
    is_question: bool = False

    def render(self) -> str:
        """Never a line that a chat could take for a command."""
        profit = (self.profit,) if self.profit else ()
        lines = [self.headline, *profit, *self.body, *(line.text for line in self.log)]
        return "\n".join(f" {line}" if line.startswith("/") else line for line in lines)


def opened(decision: Decision, *, title: str | None, at: datetime) -> Card:
    """The card of a post that gets one of its own."""
    card = Card(headline=text.decided_head(decision), body=_body(decision, title))
    verdict = text.verdict(decision)
    if decision.outcome is Outcome.PLANNED:
        return card
    return _noted(card, at, verdict or str(decision.outcome))


def asking(
    decision: Decision, question: Question, *, named: Sequence[str], title: str | None
) -> Card:
    """Which trade is meant? *named* are those that it may be, in their order."""
    listed = tuple(text.one_line(f"{n}: {name}") for n, name in enumerate(named, start=1))
    how = "a number, several, all or none" if len(named) > 1 else "1 or none"
    return Card(
        headline=text.one_line(f"WHICH TRADE? · {text.asked(question.intent)}"),
        body=(
            text.source(decision, title),
            *listed,
            f"Reply to this message with {how} until {text.stamp(question.until)} UTC. "
            "Without an answer nothing changes.",
        ),
        is_question=True,
    )


def unknown(signal: SignalId) -> Card:
    """Of a signal of which the journal says nothing."""
    return Card(headline=text.signal_name(signal))


def retold(decisions: Sequence[Decision], *, title: str | None) -> Card:
    """Of a signal whose message was never sent or is lost: *decisions* are of its post and of those that asked
    something of its trade, oldest first, and at least one."""
    first, *later = decisions
    card = opened(first, title=title, at=first.decided_at)
    reading = first.reading
    for decision in later:
        at = decision.decided_at
        if decision.signal == first.signal:
            card = _edited(card, decision, title, at, before=reading)
            reading = decision.reading
        else:
            card = followed_up(card, decision, at)
    return card


def restored(told: str) -> Card:
    """From the text that was last sent; what it says of the past stands."""
    headline, *rest = told.split("\n")
    body = [
        line for line in rest if not (_STAMPED.match(line) or _PROFIT.match(line) or line == _MORE)
    ]
    profit = next((line for line in rest if _PROFIT.match(line)), "")
    log = tuple(Line(text=line) for line in rest if _STAMPED.match(line) or line == _MORE)
    return Card(headline=headline, body=tuple(body), log=log, profit=profit)


def changed(
    card: Card,
    event: Change,
    *,
    title: str | None,
    at: datetime,
    price: Price | None = None,
    before: Reading | None = None,
) -> Card:
    """*price* is the market's last one, of a trade that moved; *before* what an edited post was read as until then."""
    match event:
        case Decided(decision=decision):
            return _edited(card, decision, title, at, before=before)
        case Deleted():
            return _noted(card, at, f"post deleted: {text.one_line(event.change)}")
        case SendEnded():
            return _sent(card, event, at)
        case Filled():
            return _filled(card, event, at)
        case TradeChanged():
            moved = _moved(card, event.trade, event.cause, at)
            return replace(moved, profit=_profit(event.trade, price))
        case Warned():
            return _noted(card, at, text.one_line(event.text))
        case Commanded(command=command):
            if command.name is CommandName.CLOSE and command.fraction is None:
                card = _closing(card)
            return _noted(card, at, text.one_line(f"you ({command.source}): {command.outcome}"))


def followed_up(card: Card, decision: Decision, at: datetime) -> Card:
    """Another post, *decision*, asked something of this card's trade."""
    match decision.reading:
        case Read(intent=intent):
            asked = text.asked(intent)
        case _:
            asked = text.quoted(decision.post.text)
    if decision.outcome is Outcome.PLANNED and isinstance(decision.reading, Read):
        intent = decision.reading.intent
        card = _aimed(card, intent)
        if isinstance(intent, ClosePosition) and intent.fraction in _ALL:
            card = _closing(card)
    verdict = text.verdict(decision)
    outcome = f"{decision.outcome}, {verdict}" if verdict else str(decision.outcome)
    return _noted(card, at, text.one_line(f"post {decision.post.message_id}: {asked} ({outcome})"))


def _body(decision: Decision, title: str | None) -> tuple[str, ...]:
    plan = text.plan_lines(decision.plan) if decision.plan else ()
    return (*plan, text.source(decision, title))


def _aimed(card: Card, intent: Intent) -> Card:
    """Other targets that the channel asked for; those that are distances are told when they are placed."""
    if isinstance(intent, OpenPosition):
        levels: Sequence[Level] | None = intent.take_profits
    else:
        levels = None if intent.update is None else intent.update.take_profits
    prices = [level for level in levels or () if isinstance(level, Decimal)]
    if not levels or len(prices) < len(levels):
        return card
    line = text.one_line(_TARGETS + ", ".join(text.amount(price) for price in prices))
    kept = (old for old in card.body if not old.startswith(text.TOO_SMALL))  # it was of the others
    return replace(card, body=tuple(line if _is_targets(old) else old for old in kept))


def _is_targets(line: str) -> bool:
    return line.startswith(_TARGETS)


def _present(body: Sequence[str], trade: Trade, cause: str) -> tuple[str, ...]:
    """The stop and the targets as they are now, those that were reached marked."""
    reached = {int(number) for number in _REACHED.findall(cause)}
    lines: list[str] = []
    for line in body:
        if trade.stop is not None and _STOP.match(line):
            lines.append(_STOP.sub(f"Stop {text.amount(trade.stop)}", line, count=1))
        elif reached and _is_targets(line):
            levels = line.removeprefix(_TARGETS).split(", ")
            marked = (
                level + _MARK if place in reached and not level.endswith(_MARK) else level
                for place, level in enumerate(levels, start=1)
            )
            lines.append(_TARGETS + ", ".join(marked))
        else:
            lines.append(line)
    return tuple(lines)


def _edited(
    card: Card, decision: Decision, title: str | None, at: datetime, *, before: Reading | None
) -> Card:
    is_planned = decision.outcome is Outcome.PLANNED
    changes = edit_words(before, decision.reading) if is_planned else ()
    verdict = text.verdict(decision)
    words = ", ".join(
        [f"post edited: {decision.outcome}", *changes, *([verdict] if verdict else [])]
    )
    card = _noted(card, at, text.one_line(words, EDIT_CHARS_MAX))
    if not is_planned:
        return card
    if card.trade is None and decision.plan is not None:
        return replace(card, headline=text.decided_head(decision), body=_body(decision, title))
    return _replanned(card, decision, before)


def _replanned(card: Card, decision: Decision, before: Reading | None) -> Card:
    """Of a trade that stands: other entries where there is a plan for them, other targets as the post names them."""
    new = text.plan_lines(decision.plan) if decision.plan else ()
    entries = next((line for line in new if line.startswith(_ENTRIES)), None)
    if entries is not None:
        body = tuple(entries if line.startswith(_ENTRIES) else line for line in card.body)
        card = replace(card, body=body)
    match before, decision.reading:
        case Read(intent=OpenPosition() as old), Read(intent=OpenPosition() as intent):
            has_others = old.take_profits != intent.take_profits
            return _aimed(card, intent) if has_others else card
        case _:
            return card


def _sent(card: Card, event: SendEnded, at: datetime) -> Card:
    placement = event.placement
    result, why = _ended(placement)
    was_doubtful = placement.client_oid in card.sends
    if result == "placed" and not was_doubtful and event.leg and event.leg.role is not Role.ENTRY:
        return _begins_to_close(
            card, event.leg, at
        )  # stops and targets stand in lines of their own
    sends = {**card.sends, placement.client_oid: result}
    counts = ", ".join(f"{count} {word}" for word, count in Counter(sends.values()).items())
    words = f"orders: {counts}" + (f" ({text.one_line(why, 80)})" if why else "")
    card = _noted(replace(card, sends=sends), at, words, key="orders")
    is_first = card.trade is None and result == "placed" and card.headline.startswith("READ")
    return replace(card, headline="SENT" + card.headline[4:]) if is_first else card


def _begins_to_close(card: Card, leg: Leg, at: datetime) -> Card:
    """Its fill, when it comes, takes the place of this line."""
    if leg.role is not Role.CLOSE or leg.client_oid in card.closed_by:
        return card
    of = "" if leg.amount is None else f" {text.amount(leg.amount)}"
    is_all = leg.amount is None or (card.trade is not None and leg.amount >= card.trade.amount)
    card = _closing(card) if is_all else card
    return _noted(card, at, f"closing{of} at market", key=_FILL_OF_CLOSE)


def _closing(card: Card) -> Card:
    """Of an open trade: all of it is to be closed."""
    word, _, rest = card.headline.partition(" · ")
    return replace(card, headline=f"{_CLOSING} · {rest}") if word in _OPEN else card


def _ended(placement: Placement) -> tuple[str, str]:
    match placement:
        case Placed():
            return "placed", ""
        case Rejected():
            return "rejected", placement.reason
        case Unknown():
            return "unknown, being asked for", placement.reason


def _filled(card: Card, event: Filled, at: datetime) -> Card:
    what = {"entry": "filled", "take_profit": "target filled", "stop": "stop filled"}
    words = f"{what.get(event.role, 'closed')} {text.amount(event.amount)} at {text.amount(event.price)}"
    card = _noted(card, at, words, key=f"fill {event.role}")
    if event.role == str(Role.CLOSE):
        card = replace(card, closed_by=card.closed_by | {event.client_oid})
    is_first = card.trade is None and card.headline.startswith(("READ", "SENT"))
    return replace(card, headline="FILLED" + card.headline[4:]) if is_first else card


def _moved(card: Card, trade: Trade, cause: str, at: datetime) -> Card:
    before = card.trade
    body = _present(card.body, trade, cause)
    is_closing = card.headline.startswith(_CLOSING) and trade.state is TradeState.OPEN
    card = replace(card, trade=trade, headline=text.trade_head(trade), body=body)
    card = _closing(card) if is_closing else card
    words: list[str] = []
    if (
        trade.amount
        and trade.entry is not None
        and (before is None or before.amount != trade.amount)
    ):
        words.append(f"open {text.amount(trade.amount)} at {text.amount(trade.entry)}")
    if trade.amount and trade.stop is not None:
        if before is None or not before.amount:
            words.append(f"protected by stop {text.amount(trade.stop)}")
        elif before.stop != trade.stop and f" to {exact(trade.stop)}" not in cause:
            words.append(f"stop moved to {text.amount(trade.stop)}")
    if trade.state.is_final and (before is None or before.state != trade.state):
        words.append(text.profit(trade) if trade.state.value == "closed" else str(trade.state))
    if cause:
        words.insert(0, text.one_line(cause))
    return _noted(card, at, ", ".join(words)) if words else card


def _profit(trade: Trade, price: Price | None) -> str:
    """A closed trade's stands in its headline."""
    if trade.state.is_final:
        return ""
    unrealised = OpenTrade(trade=trade, price=price).unrealised
    return text.profit_so_far(trade, unrealised, at=price)


def _noted(card: Card, at: datetime, words: str, *, key: str = "") -> Card:
    line = Line(text=f"{text.stamp(at)} {words}", key=key)
    is_same = bool(key) and bool(card.log) and card.log[-1].key == key
    log = (*(card.log[:-1] if is_same else card.log), line)
    if len(log) > LOG_LINES_MAX:
        log = (Line(text=_MORE), *log[-LOG_LINES_MAX + 1 :])
    return replace(card, log=log)
