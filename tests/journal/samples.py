"""One signal with everything that follows from it, written out."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tgbitget.model.ids import (
    ChannelId,
    ClientOrderId,
    SignalId,
    VenueOrderId,
    client_order_id,
    signal_id,
)
from tgbitget.model.intent import Entry, EntryKind, MarginMode, OpenPosition, Side
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Notional, Price, Quantity
from tgbitget.model.order import Fill
from tgbitget.model.plan import (
    Decision,
    Leg,
    OrderPlan,
    OrderSide,
    OrderType,
    Outcome,
    Role,
    Target,
)
from tgbitget.model.post import Cursor, Post, Via
from tgbitget.model.reading import NotASignal, Read, Reading
from tgbitget.model.trade import Trade, TradeState

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
CHANNEL = ChannelId("-1001234567890")
BTC = Market(
    id="BTCUSDT",
    symbol="BTC/USDT:USDT",
    base="BTC",
    quote="USDT",
    product=Product.USDT_FUTURES,
    tick=Decimal("0.1"),
    step=Decimal("0.001"),
    min_quantity=Quantity(Decimal("0.001")),
    min_notional=Notional(Decimal(5)),
)
_ZONE = (Price(Decimal(57000)), Price(Decimal(57500)))
_STOP = Price(Decimal(55800))
_TARGETS = (Price(Decimal(58400)), Price(Decimal(59200)))


def post(message_id: int = 7, *, revision: int = 0, text: str = "BTC long 57000-57500") -> Post:
    edited = NOON + timedelta(minutes=revision) if revision else None
    return Post(
        channel=CHANNEL,
        message_id=message_id,
        date=NOON,
        text=text,
        via=Via.PUSH,
        revision=revision,
        edited=edited,
    )


def cursor(message_id: int = 7) -> Cursor:
    return Cursor(channel=CHANNEL, pts=100 + message_id, message_id=message_id)


def leg(
    name: str = "entry-1",
    *,
    message_id: int = 7,
    role: Role = Role.ENTRY,
    amount: str = "0.001",
    replacement: int = 0,
) -> Leg:
    signal = signal_id(CHANNEL, message_id)
    opens = role is Role.ENTRY
    return Leg(
        signal=signal,
        name=name,
        client_oid=oid(name, message_id=message_id, replacement=replacement),
        role=role,
        symbol=BTC.symbol,
        side=OrderSide.BUY if opens else OrderSide.SELL,
        position_side=Side.LONG,
        type=OrderType.LIMIT,
        amount=Quantity(Decimal(amount)),
        price=_ZONE[0],
        stop_loss=_STOP if opens else None,
        reduce_only=not opens,
        replacement=replacement,
    )


def oid(name: str, *, message_id: int = 7, replacement: int = 0) -> ClientOrderId:
    signal = signal_id(CHANNEL, message_id)
    return client_order_id(user_id="1", signal=signal, leg=name, replacement=replacement)


def plan(message_id: int = 7, *, entries: int = 3) -> OrderPlan:
    return OrderPlan(
        signal=signal_id(CHANNEL, message_id),
        market=BTC,
        side=Side.LONG,
        entries=tuple(leg(f"entry-{n}", message_id=message_id) for n in range(1, entries + 1)),
        targets=tuple(
            Target(number=n, price=price, share_percent=Decimal(50))
            for n, price in enumerate(_TARGETS, start=1)
        ),
        stop=_STOP,
        leverage=Decimal(5),
        margin_mode=MarginMode.ISOLATED,
        expires_at=NOON + timedelta(days=1),
    )


def planned(message_id: int = 7, *, at: datetime = NOON) -> Decision:
    reading = Read(
        intent=OpenPosition(
            symbol="BTC",
            side=Side.LONG,
            entry=Entry(kind=EntryKind.ZONE, prices=_ZONE),
            take_profits=_TARGETS,
            stop_loss=_STOP,
        ),
        parser="freeform",
    )
    whole = plan(message_id)
    return Decision(
        post=post(message_id),
        reading=reading,
        outcome=Outcome.PLANNED,
        decided_at=at,
        profile="vip",
        plan=whole,
        legs=whole.entries,
    )


def ignored(message_id: int = 7, *, revision: int = 0, reading: Reading | None = None) -> Decision:
    return Decision(
        post=post(message_id, revision=revision, text="gm"),
        reading=reading or NotASignal(),
        outcome=Outcome.IGNORED,
        decided_at=NOON,
        profile="vip",
    )


def trade(
    message_id: int = 7, state: TradeState = TradeState.PENDING, *, amount: str = "0"
) -> Trade:
    return Trade(
        signal=signal_id(CHANNEL, message_id),
        channel=CHANNEL,
        symbol=BTC.symbol,
        side=Side.LONG,
        state=state,
        notional=Notional(Decimal(171)),
        amount=Quantity(Decimal(amount)),
        stop=_STOP,
    )


def fill(
    trade_id: str = "1",
    *,
    name: str = "entry-1",
    amount: str = "0.001",
    at: datetime = NOON + timedelta(seconds=5),
) -> Fill:
    return Fill(
        trade_id=trade_id,
        venue_order_id=VenueOrderId("900"),
        symbol=BTC.symbol,
        side=OrderSide.BUY,
        amount=Quantity(Decimal(amount)),
        price=_ZONE[0],
        fee=Decimal("0.0114"),
        fee_coin="USDT",
        at=at,
        client_oid=oid(name),
    )


SIGNAL: SignalId = signal_id(CHANNEL, 7)
