"""A signal and what may come of it, for notices."""

from dataclasses import replace
from decimal import Decimal

from journal.samples import BTC, CHANNEL, NOON, SIGNAL
from tgbitget.model.command import Command, CommandName, Source
from tgbitget.model.event import Commanded, Decided, Filled, SendEnded, TradeChanged
from tgbitget.model.ids import SignalId, VenueOrderId, client_order_id
from tgbitget.model.intent import (
    ClosePosition,
    Entry,
    EntryKind,
    LevelUpdate,
    MarginMode,
    OpenPosition,
    Side,
    UpdateTrade,
)
from tgbitget.model.money import Notional, Price, Quantity
from tgbitget.model.order import Placed, Rejected, Unknown
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
from tgbitget.model.post import Post, Via
from tgbitget.model.reading import NotASignal, Read, Unclear
from tgbitget.model.trade import Trade, TradeState


def price(text: str) -> Price:
    return Price(Decimal(text))


def leg(number: int, at: str | None) -> Leg:
    return Leg(
        signal=SIGNAL,
        name=f"entry-{number}",
        client_oid=client_order_id(user_id="1", signal=SIGNAL, leg=f"entry-{number}"),
        role=Role.ENTRY,
        symbol=BTC.symbol,
        side=OrderSide.BUY,
        position_side=Side.LONG,
        type=OrderType.MARKET if at is None else OrderType.LIMIT,
        amount=Quantity(Decimal("0.001")),
        price=None if at is None else price(at),
        stop_loss=price("55800"),
    )


def plan() -> OrderPlan:
    return OrderPlan(
        signal=SIGNAL,
        market=BTC,
        side=Side.LONG,
        entries=(leg(1, None), leg(2, "57000")),
        targets=(
            Target(number=1, price=price("58400"), share_percent=Decimal(50)),
            Target(number=2, price=price("59200"), share_percent=Decimal(50)),
        ),
        stop=price("55800"),
        leverage=Decimal(5),
        margin_mode=MarginMode.ISOLATED,
    )


def opening() -> Read:
    return Read(
        intent=OpenPosition(
            symbol="BTC",
            side=Side.LONG,
            entry=Entry(kind=EntryKind.ZONE, prices=(price("57000"), price("57500"))),
            stop_loss=price("55800"),
        ),
        parser="freeform",
    )


def naming(*targets: str, stop: str = "55800") -> Read:
    """The same set-up with these levels."""
    intent = opening().intent
    assert isinstance(intent, OpenPosition)
    levels = tuple(price(target) for target in targets)
    return Read(
        intent=replace(intent, take_profits=levels, stop_loss=price(stop)), parser="freeform"
    )


def targets(*prices: str) -> Read:
    """Other targets for the trade."""
    update = LevelUpdate(take_profits=tuple(price(one) for one in prices))
    return Read(intent=UpdateTrade(update=update), parser="freeform")


def decision(
    outcome: Outcome = Outcome.PLANNED,
    *,
    message_id: int = 7,
    revision: int = 0,
    text: str = "BTC long 57000-57500",
    reading: Read | NotASignal | Unclear | None = None,
    rule: str | None = None,
    reason: str | None = None,
    trade: SignalId | None = None,
) -> Decision:
    has_plan = outcome is Outcome.PLANNED and trade is None
    return Decision(
        post=Post(
            channel=CHANNEL,
            message_id=message_id,
            date=NOON,
            text=text,
            via=Via.PUSH,
            revision=revision,
        ),
        reading=reading or opening(),
        outcome=outcome,
        decided_at=NOON,
        rule=rule,
        reason=reason,
        plan=plan() if has_plan else None,
        legs=plan().entries if has_plan else (),
        trade=trade,
    )


def planned() -> Decided:
    return Decided(decision=decision())


def refused(message_id: int = 7) -> Decided:
    return Decided(
        decision=decision(
            Outcome.REFUSED,
            message_id=message_id,
            rule="open_positions_max",
            reason="5 trades stand, 5 are allowed",
        )
    )


def closing(message_id: int = 9) -> Decided:
    return Decided(
        decision=decision(
            message_id=message_id,
            text="close half",
            reading=Read(intent=ClosePosition(fraction=Decimal("0.5")), parser="freeform"),
            trade=SIGNAL,
        )
    )


def closes(amount: str | None = "0.001") -> SendEnded:
    """The close at market was taken."""
    order = replace(
        leg(9, None),
        name="close-9",
        role=Role.CLOSE,
        side=OrderSide.SELL,
        amount=None if amount is None else Quantity(Decimal(amount)),
        stop_loss=None,
        reduce_only=True,
    )
    placement = Placed(client_oid=order.client_oid, venue_order_id=VenueOrderId("9"))
    return SendEnded(signal=SIGNAL, placement=placement, leg=order)


def closed(amount: str = "0.001", at: str = "56900") -> Filled:
    return replace(filled(amount, at, "close"), client_oid=leg(9, None).client_oid)


def by_hand(fraction: str | None) -> Commanded:
    return Commanded(
        command=Command(
            at=NOON,
            source=Source.CLI,
            name=CommandName.CLOSE,
            signal=SIGNAL,
            fraction=None if fraction is None else Decimal(fraction),
            outcome="close",
        )
    )


def placed(number: int = 1) -> SendEnded:
    oid = leg(number, "1").client_oid
    return SendEnded(
        signal=SIGNAL, placement=Placed(client_oid=oid, venue_order_id=VenueOrderId(str(number)))
    )


def rejected(number: int, reason: str) -> SendEnded:
    oid = leg(number, "1").client_oid
    return SendEnded(signal=SIGNAL, placement=Rejected(client_oid=oid, reason=reason))


def unknown(number: int, reason: str) -> SendEnded:
    oid = leg(number, "1").client_oid
    return SendEnded(signal=SIGNAL, placement=Unknown(client_oid=oid, reason=reason))


def filled(amount: str = "0.001", at: str = "57000", role: str = "entry") -> Filled:
    return Filled(
        signal=SIGNAL,
        client_oid=leg(1, "1").client_oid,
        amount=Quantity(Decimal(amount)),
        price=price(at),
        fee=Decimal("0.03"),
        role=role,
    )


def stands(
    state: TradeState,
    *,
    amount: str = "0",
    stop: str | None = "55800",
    realised: str = "0",
    cause: str = "",
) -> TradeChanged:
    trade = Trade(
        signal=SIGNAL,
        channel=CHANNEL,
        symbol=BTC.symbol,
        side=Side.LONG,
        state=state,
        notional=Notional(Decimal(114)),
        amount=Quantity(Decimal(amount)),
        entry=price("57000") if state in (TradeState.OPEN, TradeState.CLOSED) else None,
        stop=None if stop is None else price(stop),
        realised=Decimal(realised),
    )
    return TradeChanged(trade=trade, cause=cause)
