"""What happened, as it happens: the same values feed JSON lines, notices and the live view."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tgbitget.model.command import Command
from tgbitget.model.ids import ChannelId, ClientOrderId, SignalId
from tgbitget.model.money import Price, Quantity, exact
from tgbitget.model.order import Placed, Placement, Rejected, Unknown
from tgbitget.model.plan import Decision, Leg
from tgbitget.model.post import Deletion
from tgbitget.model.reading import reading_json
from tgbitget.model.trade import Trade


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    mode: str
    venue: str
    channels: tuple[tuple[ChannelId, str], ...]  # id, title
    markets: int
    markets_from: str = ""  # the cache, or the snapshot in the package, and its day


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The channel took a post back; `change` says what that did."""

    deletion: Deletion
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendEnded:
    signal: SignalId
    placement: Placement
    leg: Leg | None = None  # what was sent; None where only its id is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    signal: SignalId
    client_oid: ClientOrderId
    amount: Quantity
    price: Price
    fee: Decimal
    role: str = "entry"
    fee_coin: str = ""  # spot takes it in the coin that was bought


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeChanged:
    """`cause` is a short sentence: what moved the trade (`target 1 reached`, `stop moved to breakeven`)."""

    trade: Trade
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something a person should know: silent channel, skipped check, lost stop."""

    text: str
    signal: SignalId | None = None
    is_urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The owner allows no new entries, or (`is_paused` false) allows them again. Positions stay guarded."""

    is_paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded:
    """The owner asked something of us: on the command line, in Saved Messages."""

    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    reason: str


Event = (
    Ready
    | Decided
    | Deleted
    | SendEnded
    | Filled
    | TradeChanged
    | Warned
    | Paused
    | Commanded
    | Stopped
)
Publish = Callable[[Event], None]
"""Hands an event to whoever listens; never raises, never waits."""


def utc_text(moment: datetime) -> str:
    """ISO 8601 with milliseconds: `2026-01-31T12:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event_json(event: Event) -> dict[str, Any]:
    """One JSON line of the contract."""
    match event:
        case Ready():
            channels = [{"id": _channel(id_), "title": title} for id_, title in event.channels]
            return {
                "event": "ready",
                "mode": event.mode,
                "venue": event.venue,
                "channels": channels,
                "markets": event.markets,
                "markets_from": event.markets_from,
            }
        case Decided():
            return decision_json(event.decision)
        case Deleted():
            what = event.deletion
            return {
                "event": "deleted",
                "signal": what.signal,
                "post": {
                    "channel": what.channel,
                    "message_id": what.message_id,
                    "date": utc_text(what.date),
                    "via": str(what.via),
                },
                "change": event.change,
            }
        case SendEnded():
            name = None if event.leg is None else event.leg.name
            return {
                "event": "placement",
                "signal": event.signal,
                **_placement(event.placement),
                "leg": name,
            }
        case Filled():
            return {
                "event": "fill",
                "signal": event.signal,
                "client_oid": event.client_oid,
                "amount": exact(event.amount),
                "price": exact(event.price),
                "fee": exact(event.fee),
                "fee_coin": event.fee_coin,
                "role": event.role,
            }
        case TradeChanged():
            return {"event": "position", **trade_json(event.trade), "cause": event.cause or None}
        case Warned():
            return {
                "event": "warning",
                "signal": event.signal,
                "text": event.text,
                "urgent": event.is_urgent,
            }
        case Paused():
            return {"event": "paused" if event.is_paused else "resumed"}
        case Commanded(command=command):
            return {
                "event": "command",
                "signal": command.signal,
                "source": str(command.source),
                "command": str(command.name),
                "post": command.post,
                "outcome": command.outcome,
            }
        case Stopped():
            return {"event": "stopped", "reason": event.reason}


def decision_json(decision: Decision) -> dict[str, Any]:
    post = decision.post
    return {
        "event": "decision",
        "signal": decision.signal,
        "post": {
            "channel": post.channel,
            "message_id": post.message_id,
            "revision": post.revision,
            "date": utc_text(post.date),
            "reply_to": post.reply_to,
            "via": str(post.via),
        },
        "reading": reading_json(decision.reading),
        "outcome": str(decision.outcome),
        "rule": decision.rule,
        "reason": decision.reason,
        "legs": [leg.json() for leg in decision.legs],
        "trade": decision.trade,
        "skipped": list(decision.skipped),
        "asks": list(decision.asks),
    }


def trade_json(trade: Trade) -> dict[str, Any]:
    return {
        "signal": trade.signal,
        "symbol": trade.symbol,
        "side": str(trade.side),
        "state": str(trade.state),
        "amount": exact(trade.amount),
        "entry": None if trade.entry is None else exact(trade.entry),
        "stop": None if trade.stop is None else exact(trade.stop),
        "realised": exact(trade.realised),
        "funding": exact(trade.funding),
    }


def _placement(placement: Placement) -> dict[str, Any]:
    match placement:
        case Placed():
            return _result(placement.client_oid, "placed", placement.venue_order_id, None)
        case Rejected():
            return _result(placement.client_oid, "rejected", None, placement.reason)
        case Unknown():
            return _result(placement.client_oid, "unknown", None, placement.reason)


def _result(oid: str, result: str, venue_id: str | None, reason: str | None) -> dict[str, Any]:
    return {"client_oid": oid, "result": result, "venue_order_id": venue_id, "reason": reason}


def _channel(channel: ChannelId) -> int | str:
    return int(channel) if channel.lstrip("-").isdigit() else channel
