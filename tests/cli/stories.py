"""Events as a listener publishes them, for whoever prints."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tgbitget.model.event import (
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
from tgbitget.model.ids import ChannelId, ClientOrderId, SignalId, VenueOrderId
from tgbitget.model.intent import Entry, EntryKind, OpenPosition, Side
from tgbitget.model.money import Notional, Price, Quantity
from tgbitget.model.order import Placed, Rejected, Unknown
from tgbitget.model.plan import Decision, Leg, OrderSide, OrderType, Outcome, Role
from tgbitget.model.post import Deletion, Post, Via
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear
from tgbitget.model.trade import Trade, TradeState

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
VIP = ChannelId("-1001234567890")
SWING = ChannelId("-1009876543210")
SIGNAL = SignalId(f"{VIP}/7")
OID = ClientOrderId("tgabcdefghijklmnopqrstuvwxyz2345")


def price(text: str) -> Price:
    return Price(Decimal(text))


def long_btc() -> Read:
    return Read(
        intent=OpenPosition(
            symbol="BTC",
            side=Side.LONG,
            entry=Entry(kind=EntryKind.ZONE, prices=(price("57000"), price("57500"))),
            take_profits=(price("58400"), price("59200")),
            stop_loss=price("55800"),
        ),
        parser="freeform",
    )


def post(text: str, *, id: int = 7, channel: ChannelId = VIP, seconds: float = 0) -> Post:
    date = NOON + timedelta(seconds=seconds)
    return Post(channel=channel, message_id=id, date=date, text=text, via=Via.PUSH)


def leg(name: str = "entry-1", amount: str = "0.001") -> Leg:
    return Leg(
        signal=SIGNAL,
        name=name,
        client_oid=OID,
        role=Role.ENTRY,
        symbol="BTC/USDT:USDT",
        side=OrderSide.BUY,
        position_side=Side.LONG,
        type=OrderType.LIMIT,
        amount=Quantity(Decimal(amount)),
        price=price("57000"),
        stop_loss=price("55800"),
    )


def decided(what: Post, reading: Reading, outcome: Outcome, **more: Any) -> Decided:
    timings = {"seen": 0.2, "read": 0.31, "decided": 0.14}
    return Decided(
        decision=Decision(
            post=what,
            reading=reading,
            outcome=outcome,
            decided_at=what.date,
            timings_ms=timings,
            **more,
        )
    )


def trade(state: TradeState, **more: Any) -> Trade:
    known: dict[str, Any] = {"opened_at": NOON, "stop": price("55800")}
    return Trade(
        signal=SIGNAL,
        channel=VIP,
        symbol="BTC/USDT:USDT",
        side=Side.LONG,
        state=state,
        notional=Notional(Decimal(57)),
        **{**known, **more},
    )


OPEN = {"amount": Quantity(Decimal("0.001")), "entry": price("57250")}

READY = Ready(
    mode="paper", venue="bitget", channels=((VIP, "VIP Signals"), (SWING, "Swing")), markets=512
)
PLANNED = decided(post("BTC long …"), long_btc(), Outcome.PLANNED, legs=(leg(), leg("entry-2")))
REFUSED = decided(
    post("BTC long …", id=8, seconds=2),
    long_btc(),
    Outcome.REFUSED,
    rule="position_quote_max",
    reason="600 USDT is above 500 USDT",
)
TALK = decided(post("Good morning\nall 👋", id=9, seconds=3), NotASignal(), Outcome.IGNORED)
UNCLEAR = decided(
    post("BTC soon", id=10, seconds=4, channel=SWING),
    Unclear(reason="no_direction", symbol="BTC"),
    Outcome.UNCLEAR,
    reason="no_direction",
)
PLACED = SendEnded(
    signal=SIGNAL, placement=Placed(client_oid=OID, venue_order_id=VenueOrderId("91")), leg=leg()
)
REJECTED = SendEnded(signal=SIGNAL, placement=Rejected(client_oid=OID, reason="no margin"))
UNKNOWN = SendEnded(signal=SIGNAL, placement=Unknown(client_oid=OID, reason="timeout"))
FILLED = Filled(
    signal=SIGNAL,
    client_oid=OID,
    amount=Quantity(Decimal("0.0010")),
    price=price("57250.0"),
    fee=Decimal("0.034"),
)
OPENED = TradeChanged(trade=trade(TradeState.OPEN, **OPEN), cause="filled")
UNGUARDED = TradeChanged(trade=trade(TradeState.OPEN, **{**OPEN, "stop": None}))
CLOSED = TradeChanged(
    trade=trade(TradeState.CLOSED, realised=Decimal("1.2345")), cause="target 2 reached"
)
DELETED = Deleted(
    deletion=Deletion(channel=VIP, message_id=7, date=NOON, via=Via.POLL),
    change="cancelled what had not filled",
)
WARNED = Warned(text="channel VIP Signals is silent\x1b[2J", is_urgent=True)
STOPPED = Stopped(reason="signal")

STORY: tuple[Event, ...] = (
    READY,
    PLANNED,
    PLACED,
    REFUSED,
    TALK,
    UNCLEAR,
    FILLED,
    OPENED,
    UNKNOWN,
    REJECTED,
    DELETED,
    WARNED,
    Paused(is_paused=True),
)
