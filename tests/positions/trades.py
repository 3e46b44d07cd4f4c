"""A market, a plan and its fills, for the tests of this folder."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tgbitget.model.ids import ChannelId, ClientOrderId, SignalId, VenueOrderId, client_order_id
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Notional, Price, Quantity
from tgbitget.model.order import Fill
from tgbitget.model.plan import Leg, OrderPlan, OrderSide, OrderType, Role, Target
from tgbitget.positions.ledger import Ledger
from tgbitget.profile import Profile

D = Decimal
CHANNEL = ChannelId("-1001")
SIGNAL = SignalId("-1001/7")
START = datetime(2026, 5, 1, 12, tzinfo=UTC)

MARKET = Market(
    id="BTCUSDT",
    symbol="BTC/USDT:USDT",
    base="BTC",
    quote="USDT",
    product=Product.USDT_FUTURES,
    tick=D("0.1"),
    step=D("0.0001"),
    min_quantity=Quantity(D("0.0001")),
    min_notional=Notional(D("5")),
    max_leverage=D(150),
    taker_fee=D("0.0006"),
)


def price(text: str) -> Price:
    return Price(D(text))


def quantity(text: str) -> Quantity:
    return Quantity(D(text))


def targets(*prices: str) -> tuple[Target, ...]:
    share = D(100) / len(prices)
    return tuple(
        Target(number=number, price=price(text), share_percent=share)
        for number, text in enumerate(prices, start=1)
    )


def entry(number: int, at: str, amount: str, *, side: Side = Side.LONG, stop: str = "55000") -> Leg:
    return Leg(
        signal=SIGNAL,
        name=f"entry-{number}",
        client_oid=client_order_id(user_id="u", signal=SIGNAL, leg=f"entry-{number}"),
        role=Role.ENTRY,
        symbol=MARKET.symbol,
        side=OrderSide.opening(side),
        position_side=side,
        type=OrderType.LIMIT,
        amount=quantity(amount),
        price=price(at),
        stop_loss=price(stop),
    )


def plan(
    *entries: Leg,
    side: Side = Side.LONG,
    stop: str = "55000",
    aims: tuple[str, ...] = ("60000", "65000"),
) -> OrderPlan:
    return OrderPlan(
        signal=SIGNAL,
        market=MARKET,
        side=side,
        entries=entries or (entry(1, "57000", "0.01", side=side, stop=stop),),
        targets=targets(*aims) if aims else (),
        stop=price(stop),
        leverage=D(5),
        margin_mode=MarginMode.ISOLATED,
    )


def ledger(of: OrderPlan | None = None) -> Ledger:
    return Ledger(of or plan(), channel=CHANNEL, notional=Notional(D("570")))


def fill(
    trade_id: str,
    side: OrderSide,
    amount: str,
    at: str,
    *,
    oid: str | None = None,
    order: str = "",
    fee: str = "0",
    seconds: float = 0,
    symbol: str = MARKET.symbol,
) -> Fill:
    return Fill(
        trade_id=trade_id,
        venue_order_id=VenueOrderId(order or f"order-of-{trade_id}"),
        symbol=symbol,
        side=side,
        amount=quantity(amount),
        price=price(at),
        fee=D(fee),
        fee_coin="USDT",
        at=START + timedelta(seconds=seconds),
        client_oid=ClientOrderId(oid) if oid else None,
    )


def profile(**sections: dict[str, object]) -> Profile:
    return Profile.model_validate({"telegram": {"channels": [-1001]}, **sections})
