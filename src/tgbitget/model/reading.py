"""What a parser made of a post, and the JSON that says so."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tgbitget.model.intent import (
    CancelEntries,
    ClosePosition,
    FollowUp,
    Intent,
    LevelUpdate,
    OpenPosition,
    UpdateTrade,
)
from tgbitget.model.money import Percent, exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which characters of the post a field was read from, and by which rule."""

    field: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The post asks for `intent`. `parent_symbol`: the symbol that only a post it answers names."""

    intent: Intent
    parser: str
    spans: tuple[Span, ...] = ()
    parent_symbol: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotASignal:
    """Talk, news, a boast, a report. `why` says which words settled it, when any did."""

    parser: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Looks like a signal; to trade it one would have to guess. `reason` is a code, `detail` its sentence.

    `candidates` are the values between which the post does not decide (`price_ambiguous`).
    """

    reason: str
    parser: str | None = None
    detail: str = ""
    symbol: str | None = None
    candidates: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    drafts: tuple[OpenPosition, ...] = ()


Reading = Read | NotASignal | Unclear


_KINDS: dict[type[Intent], str] = {
    OpenPosition: "open",
    ClosePosition: "close",
    CancelEntries: "cancel",
    UpdateTrade: "update",
}


def reading_kind(reading: Reading) -> str:
    """What the post asks for, in a word: `open`, `close`, `cancel`, `update`, `unclear` or `none`."""
    match reading:
        case Read(intent=intent):
            return _KINDS[type(intent)]
        case NotASignal():
            return "none"
        case Unclear():
            return "unclear"


def reading_json(reading: Reading) -> dict[str, Any]:
    """The `reading` object of the contract; money as text, absent fields null or empty."""
    match reading:
        case Read(intent=intent):
            return {
                **_EMPTY,
                "kind": reading_kind(reading),
                **_intent_json(intent),
                "parser": reading.parser,
                "parent_symbol": reading.parent_symbol,
            }
        case NotASignal():
            return {**_EMPTY, "parser": reading.parser, "why": reading.why}
        case Unclear():
            return {
                **_EMPTY,
                "kind": reading_kind(reading),
                "symbol": reading.symbol,
                "parser": reading.parser,
                "reason": reading.reason,
                "detail": reading.detail or None,
                "candidates": list(reading.candidates),
            }


_EMPTY: dict[str, Any] = {
    "kind": "none",
    "symbol": None,
    "quote": None,
    "side": None,
    "market": None,
    "entry": None,
    "take_profits": [],
    "stop_loss": None,
    "leverage": None,
    "margin_mode": None,
    "fraction": None,
    "update": None,
    "parser": None,
    "reason": None,
}


def _intent_json(intent: Intent) -> dict[str, Any]:
    named = {"symbol": intent.symbol, "quote": intent.quote, "side": _text(intent.side)}
    named["market"] = _text(intent.market)
    match intent:
        case OpenPosition():
            return {
                **named,
                "entry": {
                    "type": str(intent.entry.kind),
                    "prices": [exact(price) for price in intent.entry.prices],
                },
                "take_profits": [_text(level) for level in intent.take_profits],
                "stop_loss": _text(intent.stop_loss),
                "leverage": _text(intent.leverage),
                "margin_mode": _text(intent.margin_mode),
            }
        case ClosePosition():
            return {
                **named,
                **_every(intent),
                "fraction": _text(intent.fraction),
                "update": _update_json(intent.update),
            }
        case CancelEntries():
            update = _update_json(intent.update)
            return {**named, **_every(intent), "update": update}
        case UpdateTrade():
            update = _update_json(intent.update)
            return {**named, **_every(intent), "update": update}


def _every(intent: FollowUp) -> dict[str, Any]:
    """Only where it is so: a post that sets up a trade has no such field."""
    return {"all": True} if intent.is_all else {}


def _update_json(update: LevelUpdate | None) -> dict[str, Any] | None:
    if update is None:
        return None
    targets = update.take_profits
    return {
        "stop_loss": _text(update.stop_loss),
        "take_profits": None if targets is None else [_text(level) for level in targets],
    }


def _text(value: Decimal | Percent | StrEnum | object | None) -> str | None:
    if value is None:
        return None
    return exact(value) if isinstance(value, Decimal) else str(value)
