"""The words of notices: short lines for a phone at night. Pure; outside text is one quoted line and never more."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from tgbitget.model.event import Warned
from tgbitget.model.ids import SignalId
from tgbitget.model.intent import (
    CancelEntries,
    ClosePosition,
    Intent,
    LevelUpdate,
    OpenPosition,
    Unspecified,
    UpdateTrade,
)
from tgbitget.model.market import Product, short_symbol
from tgbitget.model.money import exact
from tgbitget.model.plan import Decision, OrderPlan, OrderType, Outcome
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear
from tgbitget.model.trade import Trade, TradeState
from tgbitget.positions.targets import without_order

TOO_SMALL = "Too small for"
LINE_CHARS_MAX = 160
QUOTE_CHARS_MAX = 100
WARNING_CHARS_MAX = 500
_DIGITS_MAX = 8

_HEADS = {
    Outcome.PLANNED: "READ",
    Outcome.REFUSED: "REFUSED",
    Outcome.UNCLEAR: "UNCLEAR",
    Outcome.IGNORED: "IGNORED",
    Outcome.DUPLICATE: "DUPLICATE",
    Outcome.LATE: "LATE",
}
_STATES = {
    TradeState.PENDING: "READ",
    TradeState.RESTING: "SENT",
    TradeState.OPEN: "FILLED",
    TradeState.CLOSED: "CLOSED",
    TradeState.CANCELLED: "CANCELLED",
    TradeState.FAILED: "FAILED",
}


def one_line(text: str, most: int = LINE_CHARS_MAX) -> str:
    """*text* without line breaks, control, direction and joining marks, cut; it can pass for nothing but a line."""
    spaced = "".join(
        " " if c.isspace() or unicodedata.category(c) == "Cc" else c for c in text[: 8 * most]
    )
    plain = "".join(c for c in spaced if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))
    line = " ".join(plain.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def quoted(text: str) -> str:
    """A post's text, or that it had none."""
    line = one_line(text, QUOTE_CHARS_MAX).replace('"', "'")
    return f'"{line}"' if line else "(no text)"


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%m-%d %H:%M:%S}"


def amount(value: Decimal) -> str:
    """Exact, unless an average has more digits than anyone reads."""
    whole = exact(value)
    if len(whole.replace(".", "").lstrip("-0")) <= _DIGITS_MAX:
        return whole
    return exact(Decimal(f"{value:.{_DIGITS_MAX}g}"))


# headlines


def decided_head(decision: Decision) -> str:
    word = _HEADS[decision.outcome]
    subject = plan_subject(decision.plan) if decision.plan else reading_subject(decision.reading)
    return one_line(f"{word} · {subject}" if subject else word)


def trade_head(trade: Trade) -> str:
    """The state, the trade, and what it stands at."""
    is_guarded = trade.state is TradeState.OPEN and trade.stop is not None
    word = "PROTECTED" if is_guarded else _STATES[trade.state]
    parts = [word, f"{trade.side.upper()} {short_symbol(trade.symbol)}"]
    if trade.state is TradeState.OPEN and trade.entry is not None:
        parts.append(f"{amount(trade.amount)} at {amount(trade.entry)}")
    if trade.state is TradeState.CLOSED:
        parts.append(profit(trade))
    return one_line(" · ".join(parts))


def trade_name(trade: Trade) -> str:
    """`LONG BTC/USDT 0.001`."""
    size = f" {amount(trade.amount)}" if trade.amount else ""
    return f"{trade.side.upper()} {short_symbol(trade.symbol)}{size}"


def short(symbol: str) -> str:
    return short_symbol(symbol)


def profit_so_far(trade: Trade, unrealised: Decimal | None, *, at: Decimal | None = None) -> str:
    """What is realised, and what is open at the last price, to cents; empty before anything filled."""
    quote = _quote_of(trade.symbol)
    parts = [f"{_cents(trade.realised)} {quote} realised"] if trade.entry is not None else []
    if unrealised is not None:
        price = "" if at is None else f" at {amount(at)}"
        parts.append(f"{_cents(unrealised)} {quote} open{price}")
    return ", ".join(parts)


def _cents(value: Decimal) -> str:
    return f"{value:+.2f}"


def profit(trade: Trade) -> str:
    sign = "+" if trade.realised > 0 else ""
    funding = f" (funding {amount(trade.funding)})" if trade.funding else ""
    return f"{sign}{amount(trade.realised)} {_quote_of(trade.symbol)}{funding}"


def plan_subject(plan: OrderPlan) -> str:
    return f"{plan.side.upper()} {short_symbol(plan.market.symbol)}"


def reading_subject(reading: Reading) -> str:
    match reading:
        case Read(intent=intent):
            side = f"{intent.side.upper()} " if intent.side else ""
            return f"{side}{intent.symbol or reading.parent_symbol or ''}".strip()
        case Unclear():
            return reading.symbol or ""
        case NotASignal():
            return ""


# what was asked, and what became of it


def source(decision: Decision, title: str | None) -> str:
    post = decision.post
    name = one_line(title or post.channel, 40)
    return f"{name}, post {post.message_id}: {quoted(post.text)}"


def plan_lines(plan: OrderPlan) -> tuple[str, ...]:
    prices = [
        None if leg.type is OrderType.MARKET else leg.price or leg.trigger_price
        for leg in plan.entries
    ]
    entries = _listed("market" if price is None else amount(price) for price in prices)
    lines = [f"Entries {entries} · {amount(plan.amount)} {plan.market.base}"]
    if plan.targets:
        lines.append(f"Targets {_listed(amount(target.price) for target in plan.targets)}")
        lines += filter(None, [fewer_targets(plan)])
    lines.append(f"Stop {amount(plan.stop)} · {_means(plan)}")
    return tuple(one_line(line) for line in lines)


def fewer_targets(plan: OrderPlan) -> str:
    """That fewer targets are sent than the post names, and why; empty where all of them are."""
    missing = without_order(plan)
    if not missing:
        return ""
    places = _listed(str(place) for place in missing)
    which = f"target {places}" if len(missing) == 1 else f"targets {places}"
    its = "its part is" if len(missing) == 1 else "their parts are"
    return f"{TOO_SMALL} {which} of {len(plan.targets)}: {its} sold with another"


def _means(plan: OrderPlan) -> str:
    if plan.market.product is Product.SPOT:
        return "spot"
    return f"{amount(plan.leverage)}x {plan.margin_mode}"


def verdict(decision: Decision) -> str:
    """Which rule said what, with its numbers; empty when nothing stands against it."""
    parts = [decision.rule, decision.reason]
    match decision.reading:
        case Unclear() as unclear:
            parts += [unclear.reason, unclear.detail]
        case Read() | NotASignal():
            pass
    told: list[str] = []
    for part in parts:
        if part and part not in told:
            told.append(part)
    return one_line(": ".join(told))


def why(decision: Decision) -> list[str]:
    """A decision from its post to its plan, for whoever asks."""
    post = decision.post
    edit = f" (edit {post.revision})" if post.revision else ""
    lines = [f"{stamp(decision.decided_at)} post {post.message_id}{edit}: {quoted(post.text)}"]
    match decision.reading:
        case Read() as read:
            said = f"{reading_subject(read)}: {asked(read.intent)}".strip(": ")
            lines.append(f"read by {one_line(read.parser, 20)} as {said}")
        case Unclear() | NotASignal():
            pass
    told = verdict(decision)
    lines.append(f"{decision.outcome}: {told}" if told else str(decision.outcome))
    return [
        one_line(line) for line in (*lines, *(plan_lines(decision.plan) if decision.plan else ()))
    ]


def asked(intent: Intent) -> str:
    """A follow-up in few words."""
    match intent:
        case OpenPosition():
            return f"open {intent.side} {one_line(intent.symbol, 20)}"
        case ClosePosition():
            return _with_update(f"close {_share(intent.fraction)}", intent.update)
        case CancelEntries():
            return _with_update("cancel what has not filled", intent.update)
        case UpdateTrade():
            return _update(intent.update)


def warning(event: Warned) -> str:
    word = "URGENT" if event.is_urgent else "WARNING"
    name = f" ({signal_name(event.signal)})" if event.signal else ""
    return f"{word}: {one_line(event.text, WARNING_CHARS_MAX)}{name}"


def signal_name(signal: SignalId) -> str:
    """For a message about a signal of which nothing else is known any more."""
    return f"post {one_line(signal, 60)}"


def _share(fraction: Decimal | Unspecified | None) -> str:
    match fraction:
        case None:
            return "all"
        case Unspecified():
            return "a part"
        case Decimal():
            return f"{exact(fraction * 100)}%"


def _with_update(words: str, update: LevelUpdate | None) -> str:
    return words if update is None else f"{words}, {_update(update)}"


def _update(update: LevelUpdate) -> str:
    parts = []
    if update.stop_loss is not None:
        level = update.stop_loss
        parts.append(f"stop to {amount(level) if isinstance(level, Decimal) else level}")
    if update.take_profits is not None:
        levels = (amount(t) if isinstance(t, Decimal) else str(t) for t in update.take_profits)
        parts.append(f"targets {_listed(levels) or 'none'}")
    return ", ".join(parts) or "nothing"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _quote_of(symbol: str) -> str:
    return short_symbol(symbol).partition("/")[2]
