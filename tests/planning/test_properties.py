"""Whatever a post, a market and a profile say: a plan keeps to all of them, or it is refused."""

from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from planning.samples import NOON, USER, account, post, profile, quote
from tgbitget.model.geometry import geometry_fault
from tgbitget.model.intent import Entry, EntryKind, Level, OpenPosition, Side
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Notional, Percent, Price, Quantity
from tgbitget.model.plan import OrderPlan, OrderType, Refused
from tgbitget.model.trade import Quote, Situation
from tgbitget.planning.planner import plan
from tgbitget.profile import Profile

SPLITS = ("even", "one", "two", "three", "fifty-first", "skip-first", "decreasing", "increasing")
EQUITY = Decimal(10_000)


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """Steps and minima as coarse and as fine as the venue has them."""
    return Market(
        id="ABCUSDT",
        symbol="ABC/USDT:USDT",
        base="ABC",
        quote="USDT",
        product=Product.USDT_FUTURES,
        tick=Decimal(draw(st.sampled_from([1, 2, 5]))).scaleb(-draw(st.integers(0, 4))),
        step=Decimal(draw(st.sampled_from([1, 2, 10]))).scaleb(-draw(st.integers(0, 4))),
        min_quantity=Quantity(draw(st.sampled_from([Decimal(0), Decimal("0.01"), Decimal(1)]))),
        min_notional=Notional(Decimal(draw(st.sampled_from([0, 5, 20])))),
        max_limit_quantity=draw(st.none() | st.just(Quantity(Decimal(500)))),
        max_leverage=Decimal(draw(st.sampled_from([1, 20, 150]))),
    )


def near(draw: st.DrawFn, low: int, high: int) -> Price:
    """A price of *low* to *high* per mille of 100, with digits that no tick has."""
    return Price(Decimal(draw(st.integers(low * 100, high * 100))) / 1000)


@st.composite
def intents(draw: st.DrawFn) -> OpenPosition:
    """Around 100, in all kinds; sides are mostly right, for else nothing is planned."""
    side = draw(st.sampled_from(Side))
    kind = draw(st.sampled_from(EntryKind))
    least, most = {
        "market": (0, 1),
        "limit": (1, 1),
        "zone": (2, 2),
        "ladder": (1, 6),
        "trigger": (1, 2),
    }[kind]
    prices = tuple(near(draw, 950, 1050) for _ in range(draw(st.integers(least, most))))
    entry = Entry(kind=kind, prices=tuple(sorted(prices)) if kind is EntryKind.ZONE else prices)
    losing, winning = (
        ((800, 960), (1040, 1400)) if side is Side.LONG else ((1040, 1200), (600, 960))
    )
    percents = st.integers(1, 200).map(lambda p: Percent(value=Decimal(p) / 10))
    level: Callable[[tuple[int, int]], Level] = lambda bounds: (  # noqa: E731 -- needs draw
        near(draw, *bounds) if draw(st.integers(0, 3)) else draw(percents)
    )
    return OpenPosition(
        symbol="ABC",
        side=side,
        entry=entry,
        take_profits=tuple(level(winning) for _ in range(draw(st.integers(0, 5)))),
        stop_loss=level(losing) if draw(st.integers(0, 5)) else None,
        leverage=draw(st.none() | st.sampled_from([Decimal("0.5"), Decimal("7.5"), Decimal(200)])),
    )


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    kind = draw(st.sampled_from(["fixed_quote", "fixed_base", "equity_percent", "risk_percent"]))
    values = {
        "fixed_quote": (1, 5000),
        "fixed_base": (1, 100),
        "equity_percent": (1, 200),
        "risk_percent": (1, 20),
    }
    percentages = st.sampled_from([["70", "30"], ["100"], ["5", "15", "30", "50"]])
    splits = st.sampled_from(SPLITS) | percentages
    return profile(
        size={"kind": kind, "value": str(draw(st.integers(*values[kind])))},
        entry={
            "first_as_market": draw(st.booleans()),
            "price_band_percent": "2",
            "zone_orders": draw(st.integers(1, 8)),
            "split": draw(splits),
        },
        exits={"split": draw(splits), "missing_stop": draw(st.sampled_from(["refuse", "5%"]))},
        limits={"position_quote_max": draw(st.sampled_from(["off", "500", "20000"]))},
    )


def quotes() -> st.SearchStrategy[Quote | None]:
    known = st.integers(9_400, 10_600).map(
        lambda p: quote(
            str(Decimal(p) / 100), bid=str(Decimal(p - 5) / 100), ask=str(Decimal(p + 5) / 100)
        )
    )
    return st.none() | known


def answer(
    intent: OpenPosition, market: Market, profile_: Profile, at: Quote | None, **inputs: Any
) -> OrderPlan | Refused:
    decided = plan(
        post=post(),
        intent=intent,
        market=market,
        situation=Situation(now=NOON, quote=at, account=account(str(EQUITY))),
        profile=profile_,
        user_id=USER,
        **inputs,
    )
    event("planned" if isinstance(decided, OrderPlan) else f"refused: {decided.rule}")
    return decided


def fills(made: OrderPlan, at: Quote | None) -> list[tuple[Decimal, Decimal]]:
    """Amount of each entry, and the price at which it fills as the market stands."""
    filled: list[tuple[Decimal, Decimal]] = []
    for leg in made.entries:
        assert leg.amount is not None
        named = leg.price or leg.trigger_price
        if leg.type is OrderType.MARKET:
            assert at is not None
            named = at.ask if made.side is Side.LONG else at.bid
        elif leg.type is OrderType.LIMIT and made.side is Side.SHORT and at is not None:
            assert named is not None
            named = max(named, at.bid or at.price)
        assert named is not None
        filled.append((leg.amount, named))
    return filled


@settings(max_examples=400, deadline=None)
@given(intents(), markets(), profiles(), quotes())
def test_a_plan_keeps_to_market_and_profile(
    intent: OpenPosition, market: Market, profile_: Profile, at: Quote | None
) -> None:
    made = answer(intent, market, profile_, at)
    if isinstance(made, Refused):
        assert made.rule
        assert made.reason
        return
    assert_tradable(made)
    assert_levels(made, at)
    assert_within_size(made, profile_, at)
    caps = (profile_.leverage.max, market.max_leverage)
    assert 1 <= made.leverage <= max(Decimal(1), min(caps))


def assert_tradable(made: OrderPlan) -> None:
    market = made.market
    for leg in made.entries:
        assert leg.amount is not None
        assert leg.amount % market.step == 0
        assert leg.amount >= market.min_quantity
        for at in (leg.price, leg.trigger_price, leg.stop_loss):
            assert at is None or (at > 0 and at % market.tick == 0)
        if leg.type is OrderType.LIMIT:
            assert leg.price is not None
            assert leg.amount * leg.price >= market.min_notional
            assert leg.amount <= (market.max_limit_quantity or leg.amount)
    assert len({leg.client_oid for leg in made.entries}) == len(made.entries)
    assert len({leg.name for leg in made.entries}) == len(made.entries)


def assert_levels(made: OrderPlan, at: Quote | None) -> None:
    sign = made.side.sign
    for leg in made.entries:
        assert leg.stop_loss == made.stop
        for entry in (leg.price, leg.trigger_price):
            assert entry is None or (entry - made.stop) * sign > 0
            assert entry is None or all((t.price - entry) * sign > 0 for t in made.targets)
    if at is not None:
        assert (at.price - made.stop) * sign > 0
    assert sum((t.share_percent for t in made.targets), Decimal(0)) == (100 if made.targets else 0)
    ordered = [target.price * sign for target in made.targets]
    assert ordered == sorted(ordered)
    assert [target.number for target in made.targets] == list(range(1, len(ordered) + 1))
    assert all(target.price > 0 and target.price % made.market.tick == 0 for target in made.targets)


def assert_within_size(made: OrderPlan, profile_: Profile, at: Quote | None) -> None:
    filled, value = fills(made, at), profile_.size.value
    notional = sum((amount * price for amount, price in filled), Decimal(0))
    lost = sum((amount * abs(price - made.stop) for amount, price in filled), Decimal(0))
    match profile_.size.kind:
        case "fixed_quote":
            assert notional <= value
        case "fixed_base":
            assert (
                made.amount
                == (value / made.market.step).to_integral_value(ROUND_FLOOR) * made.market.step
            )
        case "equity_percent":
            assert notional <= EQUITY * value / 100
        case "risk_percent":
            assert lost <= EQUITY * value / 100
    most = profile_.limits.position_quote_max
    assert most is None or notional <= most


@settings(max_examples=150, deadline=None)
@given(intents(), markets(), profiles())
def test_a_rehearsal_in_the_dark_never_shows_more_than_could_be_traded(
    intent: OpenPosition, market: Market, profile_: Profile
) -> None:
    dark = Situation(now=NOON, quote=None, account=None)
    made = plan(
        post=post(),
        intent=intent,
        market=market,
        situation=dark,
        profile=profile_,
        user_id="dry-run",
        is_rehearsal=True,
    )
    if isinstance(made, Refused):
        return
    assert_tradable(made)
    assert_levels(made, None)
    priced = [leg for leg in made.entries if leg.price or leg.trigger_price]
    assume(len(priced) == len(made.entries))
    notional = made.notional(Price(Decimal(0)))
    caps = [profile_.limits.position_quote_max]
    if profile_.size.kind == "fixed_quote":
        caps.append(profile_.size.value)
    assert all(cap is None or notional <= cap for cap in caps)


@settings(max_examples=150, deadline=None)
@given(intents(), markets(), profiles(), quotes(), st.integers(-3, 3))
def test_a_slip_of_the_decimal_point_never_becomes_an_order(
    intent: OpenPosition, market: Market, profile_: Profile, at: Quote | None, places: int
) -> None:
    assume(places != 0)
    assume(at is not None and intent.entry.prices)
    slipped = Entry(
        kind=intent.entry.kind,
        prices=tuple(Price(price.scaleb(places)) for price in intent.entry.prices),
    )
    wrong = OpenPosition(
        symbol=intent.symbol,
        side=intent.side,
        entry=slipped,
        take_profits=intent.take_profits,
        stop_loss=intent.stop_loss,
    )
    decided = answer(wrong, market, profile_, at)
    assert isinstance(decided, Refused)
    assert decided.rule == "price_deviation_percent_max"


@settings(max_examples=150, deadline=None)
@given(intents(), markets(), profiles(), quotes())
def test_levels_that_do_not_fit_their_side_never_become_an_order(
    intent: OpenPosition, market: Market, profile_: Profile, at: Quote | None
) -> None:
    mirrored = OpenPosition(
        symbol=intent.symbol,
        side=intent.side.opposite,
        entry=intent.entry,
        take_profits=intent.take_profits,
        stop_loss=intent.stop_loss,
    )
    assume(geometry_fault(mirrored) is not None)
    assert isinstance(answer(mirrored, market, profile_, at), Refused)
