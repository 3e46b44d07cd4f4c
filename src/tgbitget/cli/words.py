"""Text from outside made harmless for a terminal; readings, decisions and times in few words."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from tgbitget.model.intent import (
    CancelEntries,
    ClosePosition,
    Entry,
    EntryKind,
    Intent,
    Level,
    LevelUpdate,
    OpenPosition,
    Unspecified,
    UpdateTrade,
    level_text,
)
from tgbitget.model.money import exact
from tgbitget.model.plan import Decision, Outcome
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear

_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_HUNDRED = Decimal(100)


def harmless(text: str) -> str:
    """In one line, without anything that a terminal obeys or that is not to be seen."""
    spaced = " ".join(text.split())
    if spaced.isprintable():
        return spaced
    return "".join(c for c in spaced if unicodedata.category(c) not in _INVISIBLE)


def shortened(text: str, length: int) -> str:
    text = harmless(text)
    return text if len(text) <= length else f"{text[: max(0, length - 1)]}…"


def reading_line(reading: Reading) -> str:
    """`long BTC, 57000 – 57500, stop 55800, 2 targets`."""
    match reading:
        case Read(intent=intent):
            return intent_line(intent, reading.parent_symbol)
        case NotASignal():
            return "no signal"
        case Unclear():
            about = f" {harmless(reading.symbol)}" if reading.symbol else ""
            return f"unclear{about}: {reading.reason}"


def intent_line(intent: Intent, parent_symbol: str | None = None) -> str:
    symbol = harmless(intent.symbol or parent_symbol or "")
    match intent:
        case OpenPosition():
            stop = "no stop" if intent.stop_loss is None else f"stop {level_text(intent.stop_loss)}"
            targets = _counted(len(intent.take_profits), "target")
            return f"{intent.side} {symbol}, {entry_words(intent.entry)}, {stop}, {targets}"
        case ClosePosition(fraction=None):
            return _joined("close", symbol, _update_words(intent.update))
        case ClosePosition():
            return _joined("close", _part(intent.fraction), symbol, _update_words(intent.update))
        case CancelEntries():
            return _joined("cancel", symbol, _update_words(intent.update))
        case UpdateTrade():
            return _joined("change", symbol, _update_words(intent.update))


def entry_words(entry: Entry) -> str:
    prices = [exact(price) for price in entry.prices]
    match entry.kind:
        case EntryKind.MARKET:
            return f"at market, near {prices[0]}" if prices else "at market"
        case EntryKind.LIMIT:
            return f"at {prices[0]}"
        case EntryKind.ZONE:
            return f"{prices[0]} – {prices[1]}"
        case EntryKind.LADDER:
            return f"at {', '.join(prices)}"
        case EntryKind.TRIGGER:
            return f"once past {' – '.join(prices)}"


def levels(values: Sequence[Level]) -> str:
    return ", ".join(level_text(value) for value in values)


def outcome_line(decision: Decision) -> str:
    """What became of a post: `refused by entry_age_seconds_max: …`, `planned, 4 entries`."""
    match decision.outcome:
        case Outcome.PLANNED:
            legs = [str(leg.role).replace("_", " ") for leg in decision.legs]
            kinds = [_counted(legs.count(kind), kind) for kind in dict.fromkeys(legs)]
            said = ", ".join([*kinds, *_fewer_targets(decision)])
            return f"planned: {said}" if said else "planned"
        case Outcome.IGNORED:
            return "ignored"
        case Outcome.UNCLEAR:
            return _unclear(decision)
        case Outcome.REFUSED | Outcome.DUPLICATE | Outcome.LATE:
            reason = f": {harmless(decision.reason)}" if decision.reason else ""
            return f"{outcome_text(decision.outcome, decision.rule)}{reason}"


def outcome_text(outcome: str, rule: str | None) -> str:
    """`refused by missing_stop`; a rule that is the outcome's own name is not said twice."""
    return f"{outcome} by {rule}" if rule and rule != outcome else str(outcome)


def _fewer_targets(decision: Decision) -> list[str]:
    from tgbitget.control.text import fewer_targets

    said = fewer_targets(decision.plan) if decision.plan else ""
    return [said[:1].lower() + said[1:]] if said else []


def _unclear(decision: Decision) -> str:
    """The code that the reading gives, then the sentence of whoever decided."""
    read = decision.reading
    code = f", {read.reason}" if isinstance(read, Unclear) else ""
    reason = harmless(decision.reason or "")
    return f"unclear{code}{f': {reason}' if reason and reason not in code else ''}"


def age(seconds: float) -> str:
    """`now`, `12 s`, `3 min`, `5 h`, `2 d`."""
    if seconds < 1:
        return "now"
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    if seconds < _DAY:
        return f"{seconds / _HOUR:.0f} h"
    return f"{seconds / _DAY:.0f} d"


def clock_time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%M:%S}"


def signed(amount: Decimal) -> str:
    """`+12.5`, `-3`, `0`."""
    return f"{'+' if amount > 0 else ''}{exact(amount)}"


def rounded(amount: Decimal) -> Decimal:
    """To cents, for people; JSON stays exact."""
    return amount.quantize(Decimal("0.01"))


def _part(fraction: Decimal | Unspecified | None) -> str:
    return f"{exact(fraction * _HUNDRED)} % of" if isinstance(fraction, Decimal) else "a part of"


def _update_words(update: LevelUpdate | None) -> str:
    if update is None:
        return ""
    said = []
    if update.stop_loss is not None:
        said.append(f"stop to {level_text(update.stop_loss)}")
    if update.take_profits is not None:
        said.append(f"targets {levels(update.take_profits)}")
    return ", ".join(said)


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _counted(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number or 'no'} {noun if number == 1 else plural}"
