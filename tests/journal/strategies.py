"""Any value that the journal has to give back as it was, for Hypothesis."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st

from tgbitget.model.ids import ChannelId, SignalId, VenueOrderId, client_order_id, signal_id
from tgbitget.model.intent import (
    AtTarget,
    CancelEntries,
    ClosePosition,
    Entry,
    EntryKind,
    LevelUpdate,
    MarginMode,
    MarketKind,
    OpenPosition,
    Side,
    Unspecified,
    UpdateTrade,
)
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Notional, Percent, Price, Quantity
from tgbitget.model.order import Fill, Placed, Rejected, Unknown
from tgbitget.model.plan import (
    Decision,
    Leg,
    OrderPlan,
    OrderSide,
    OrderType,
    Outcome,
    Role,
    Target,
    TriggerBy,
)
from tgbitget.model.post import Cursor, Deletion, Post, Via
from tgbitget.model.reading import NotASignal, Read, Span, Unclear
from tgbitget.model.trade import Trade, TradeState

# Half surrogate pairs and NULs too: a post may hold anything.
texts = st.text(st.characters(), max_size=40)
words = st.text("ABCDEFGHIJ", min_size=1, max_size=8)
counts = st.integers(0, 2**53)
moments = st.datetimes(
    datetime(2015, 1, 1),  # noqa: DTZ001 -- Hypothesis takes the bounds without a zone
    datetime(2100, 1, 1),  # noqa: DTZ001 -- likewise
    timezones=st.just(UTC),
)
channels = st.one_of(
    st.integers(-(10**13), -(10**12)).map(lambda n: ChannelId(str(n))), words.map(ChannelId)
)
decimals = st.decimals(
    Decimal("1e-18"), Decimal("1e12"), allow_nan=False, allow_infinity=False
) | st.sampled_from([Decimal("5.70E+4"), Decimal("0.10"), Decimal("1e-9")])
amounts = decimals.map(abs).filter(bool)
prices = amounts.map(Price)
quantities = amounts.map(Quantity)
percents = decimals.map(lambda value: Percent(value=value))
levels = prices | percents
oids = st.binary(max_size=8).map(
    lambda seed: client_order_id(
        user_id=seed.hex(), signal=signal_id(ChannelId("x"), 1), leg="entry-1"
    )
)


def some(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


def many(
    strategy: st.SearchStrategy[object], most: int = 3
) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


lone_posts = st.builds(
    Post,
    channel=channels,
    message_id=counts,
    date=moments,
    text=texts,
    via=st.sampled_from(Via),
    revision=st.integers(0, 50),
    edited=some(moments),
    reply_to=some(counts),
    sender=some(texts),
    sender_name=some(texts),
    topic=some(counts),
    links=many(texts),
    parents=st.just(()),
)


@st.composite
def posts(draw: st.DrawFn) -> Post:
    """With the posts that it answers; those stand alone."""
    parents = draw(st.lists(lone_posts, max_size=2))
    return replace(draw(lone_posts), parents=tuple(parents))


entries = (
    st.builds(Entry, kind=st.just(EntryKind.MARKET), prices=many(prices, 1))
    | st.builds(Entry, kind=st.just(EntryKind.LIMIT), prices=st.tuples(prices))
    | st.builds(
        Entry,
        kind=st.just(EntryKind.ZONE),
        prices=st.tuples(prices, prices).map(lambda two: tuple(sorted(two))),
    )
)
named = {
    "side": some(st.sampled_from(Side)),
    "symbol": some(words),
    "quote": some(words),
    "market": some(st.sampled_from(MarketKind)),
}
opens = st.builds(
    OpenPosition,
    symbol=words,
    side=st.sampled_from(Side),
    entry=entries,
    take_profits=many(levels),
    stop_loss=some(levels),
    quote=some(words),
    market=some(st.sampled_from(MarketKind)),
    leverage=some(amounts),
    margin_mode=some(st.sampled_from(MarginMode)),
)
updates = st.builds(
    LevelUpdate,
    stop_loss=some(prices | st.builds(AtTarget, number=st.integers(0, 9))),
    take_profits=some(many(levels)),
)
fractions = st.decimals(Decimal("0.01"), 1, places=2)
intents = (
    opens
    | st.builds(
        ClosePosition,
        fraction=some(fractions | st.sampled_from(Unspecified)),
        update=some(updates),
        **named,
    )
    | st.builds(CancelEntries, update=some(updates), **named)
    | st.builds(UpdateTrade, update=updates, **named)
)
spans = st.builds(Span, field=words, start=counts, end=counts, rule=words)
readings = (
    st.builds(Read, intent=intents, parser=words, spans=many(spans), parent_symbol=some(words))
    | st.builds(NotASignal, parser=some(words), why=some(texts))
    | st.builds(
        Unclear,
        reason=words,
        parser=some(words),
        detail=texts,
        symbol=some(words),
        candidates=many(texts),
        spans=many(spans),
        drafts=many(opens, 2),
    )
)
markets = st.builds(
    Market,
    id=words,
    symbol=words,
    base=words,
    quote=words,
    product=st.sampled_from(Product),
    tick=amounts,
    step=amounts,
    min_quantity=quantities,
    min_notional=amounts.map(Notional),
    max_market_quantity=some(quantities),
    max_limit_quantity=some(quantities),
    max_leverage=amounts,
    maker_fee=decimals,
    taker_fee=decimals,
    active=st.booleans(),
)


@st.composite
def legs(
    draw: st.DrawFn, *, signal: SignalId | None = None, number: int = 1, role: Role | None = None
) -> Leg:
    mine = signal_id(draw(channels), draw(counts)) if signal is None else signal
    role = role or draw(st.sampled_from(Role))
    name = f"{'entry' if role is Role.ENTRY else role.value}-{number}"
    replacement = draw(st.integers(0, 3))
    kind = draw(st.sampled_from(OrderType))
    amount = draw(quantities if role is Role.ENTRY else st.none() | quantities)
    may_trail = kind is OrderType.TRIGGER and amount is not None
    return Leg(
        signal=mine,
        name=name,
        client_oid=client_order_id(user_id="1", signal=mine, leg=name, replacement=replacement),
        role=role,
        symbol=draw(words),
        side=draw(st.sampled_from(OrderSide)),
        position_side=draw(st.sampled_from(Side)),
        type=kind,
        amount=amount,
        price=draw(prices),
        trigger_price=draw(prices),
        stop_loss=draw(prices),
        reduce_only=draw(st.booleans()),
        post_only=kind is OrderType.LIMIT and draw(st.booleans()),
        trail_percent=draw(st.none() | quantities) if may_trail else None,
        trigger_by=draw(st.sampled_from(TriggerBy)),
        replacement=replacement,
    )


@st.composite
def plans(draw: st.DrawFn, *, signal: SignalId | None = None) -> OrderPlan:
    mine = signal_id(draw(channels), draw(counts)) if signal is None else signal
    number = draw(st.integers(1, 3))
    return OrderPlan(
        signal=mine,
        market=draw(markets),
        side=draw(st.sampled_from(Side)),
        entries=tuple(
            draw(legs(signal=mine, number=n, role=Role.ENTRY)) for n in range(1, number + 1)
        ),
        targets=tuple(
            Target(number=n, price=draw(prices), share_percent=draw(amounts))
            for n in range(1, draw(st.integers(1, 3)))
        ),
        stop=draw(prices),
        leverage=draw(amounts),
        margin_mode=draw(st.sampled_from(MarginMode)),
        expires_at=draw(st.none() | moments),
        skipped=tuple(draw(st.lists(words, max_size=3))),
        sizes_stop=draw(st.booleans()),
        trigger_by=draw(st.sampled_from(TriggerBy)),
    )


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    post = draw(posts())
    plan = draw(st.none() | plans(signal=post.signal))
    return Decision(
        post=post,
        reading=draw(readings),
        outcome=draw(st.sampled_from(Outcome)),
        decided_at=draw(moments),
        profile=draw(texts),
        account=draw(words),
        rule=draw(st.none() | words),
        reason=draw(st.none() | texts),
        plan=plan,
        legs=plan.entries if plan else (),
        trade=draw(st.none() | st.builds(signal_id, channels, counts)),
        skipped=tuple(draw(st.lists(words, max_size=3))),
        asks=tuple(draw(st.lists(st.builds(signal_id, channels, counts), max_size=3))),
        timings_ms=draw(st.dictionaries(words, st.floats(0, 1e6), max_size=3)),
    )


placements = (
    st.builds(
        Placed, client_oid=oids, venue_order_id=st.integers(1).map(lambda n: VenueOrderId(str(n)))
    )
    | st.builds(Rejected, client_oid=oids, reason=texts, code=some(words))
    | st.builds(Unknown, client_oid=oids, reason=texts, code=some(words))
)
fills = st.builds(
    Fill,
    trade_id=st.integers(1, 20).map(str),
    venue_order_id=st.integers(1, 5).map(lambda n: VenueOrderId(str(n))),
    symbol=words,
    side=st.sampled_from(OrderSide),
    amount=quantities,
    price=prices,
    fee=decimals.map(lambda fee: -fee) | decimals,
    fee_coin=words,
    at=moments,
    client_oid=some(oids),
    realised=some(decimals),
    position_side=some(st.sampled_from(Side)),
    is_forced=st.booleans(),
)
trades = st.builds(
    Trade,
    signal=st.builds(signal_id, channels, counts),
    channel=channels,
    symbol=words,
    side=st.sampled_from(Side),
    state=st.sampled_from(TradeState),
    notional=amounts.map(Notional),
    amount=quantities,
    entry=some(prices),
    stop=some(prices),
    realised=decimals,
    opened_at=some(moments),
    closed_at=some(moments),
)
cursors = st.builds(Cursor, channel=channels, pts=counts, message_id=counts)
deletions = st.builds(
    Deletion, channel=channels, message_id=counts, date=moments, via=st.sampled_from(Via)
)
