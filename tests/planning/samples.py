"""A market, a profile, a post and what surrounds them, as the tests of planning use them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.intent import Entry, EntryKind, Level, OpenPosition, Side
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Notional, Percent, Price, Quantity
from tgbitget.model.plan import OrderPlan, Refused
from tgbitget.model.position import Account
from tgbitget.model.post import Post, Via
from tgbitget.model.trade import Quote, Situation, Trade, TradeState
from tgbitget.planning.planner import plan
from tgbitget.profile import Profile

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
USER = "8123456789"

BTC = Market(
    id="BTCUSDT",
    symbol="BTC/USDT:USDT",
    base="BTC",
    quote="USDT",
    product=Product.USDT_FUTURES,
    tick=Decimal("0.1"),
    step=Decimal("0.0001"),
    min_quantity=Quantity(Decimal("0.0001")),
    min_notional=Notional(Decimal(5)),
    max_market_quantity=Quantity(Decimal(220)),
    max_limit_quantity=Quantity(Decimal(1200)),
    max_leverage=Decimal(150),
)
BONK = Market(
    id="1000BONKUSDT",
    symbol="1000BONK/USDT:USDT",
    base="1000BONK",
    quote="USDT",
    product=Product.USDT_FUTURES,
    tick=Decimal("0.000001"),
    step=Decimal(1),
    min_quantity=Quantity(Decimal(1)),
    min_notional=Notional(Decimal(5)),
    max_leverage=Decimal(50),
)
SPOT = Market(
    id="BTCUSDT",
    symbol="BTC/USDT",
    base="BTC",
    quote="USDT",
    product=Product.SPOT,
    tick=Decimal("0.01"),
    step=Decimal("0.000001"),
    min_quantity=Quantity(Decimal(0)),
    min_notional=Notional(Decimal(1)),
)


def price(text: str) -> Price:
    return Price(Decimal(text))


def level(text: str) -> Level:
    return Percent(value=Decimal(text[:-1])) if text.endswith("%") else price(text)


def entry(kind: str, *prices: str) -> Entry:
    return Entry(kind=EntryKind(kind), prices=tuple(map(price, prices)))


def intent(
    entry_: Entry | None = None,
    *,
    side: Side = Side.LONG,
    stop: str | None = "55800",
    targets: tuple[str, ...] = ("58400", "59200"),
    **fields: Any,
) -> OpenPosition:
    return OpenPosition(
        symbol=fields.pop("symbol", "BTC"),
        side=side,
        entry=entry_ or entry("limit", "57000"),
        stop_loss=None if stop is None else level(stop),
        take_profits=tuple(map(level, targets)),
        **fields,
    )


def short(entry_: Entry | None = None, **fields: Any) -> OpenPosition:
    """A short at 57000 with its stop at 58200."""
    levels = {"stop": "58200", "targets": ("55600", "54800"), **fields}
    return intent(entry_, side=Side.SHORT, **levels)


def profile(**sections: Any) -> Profile:
    """The defaults, but for *sections*: `profile(size={"value": "100"})`."""
    return Profile.model_validate({"telegram": {"channels": ["@signals"]}, **sections})


def post(
    *, channel: str = "-100123", message_id: int = 7, seconds_ago: float = 0, **fields: Any
) -> Post:
    return Post(
        channel=ChannelId(channel),
        message_id=message_id,
        date=NOON - timedelta(seconds=seconds_ago),
        text="",
        via=Via.PUSH,
        **fields,
    )


def quote(text: str, *, age_seconds: float = 1.0, **fields: str) -> Quote:
    told: dict[str, Any] = {name: price(value) for name, value in fields.items()}
    return Quote(price=price(text), age_seconds=age_seconds, **told)


def account(equity: str = "10000", *, is_hedged: bool = False) -> Account:
    return Account(
        user_id=USER, equity=Decimal(equity), available=Decimal(equity), is_hedged=is_hedged
    )


def situation(at: str | None = "57000", **fields: Any) -> Situation:
    known = {"quote": None if at is None else quote(at), "account": account(), **fields}
    return Situation(now=NOON, **known)


def trade(
    signal: str = "-100999/1",
    *,
    symbol: str = BTC.symbol,
    side: Side = Side.LONG,
    notional: str = "100",
) -> Trade:
    return Trade(
        signal=SignalId(signal),
        channel=ChannelId(signal.split("/", maxsplit=1)[0]),
        symbol=symbol,
        side=side,
        state=TradeState.OPEN,
        notional=Notional(Decimal(notional)),
    )


def planned(intent_: OpenPosition | None = None, **inputs: Any) -> OrderPlan:
    answer = asked(intent_, **inputs)
    assert isinstance(answer, OrderPlan), answer
    return answer


def refused(intent_: OpenPosition | None = None, **inputs: Any) -> Refused:
    answer = asked(intent_, **inputs)
    assert isinstance(answer, Refused), answer
    return answer


def asked(intent_: OpenPosition | None = None, **inputs: Any) -> OrderPlan | Refused:
    """The planner's answer; what *inputs* does not name is as ordinary as can be."""
    usual: dict[str, Any] = {
        "post": post(),
        "intent": intent_ or intent(),
        "market": BTC,
        "situation": situation(),
        "profile": profile(),
        "user_id": USER,
    }
    return plan(**{**usual, **inputs})
