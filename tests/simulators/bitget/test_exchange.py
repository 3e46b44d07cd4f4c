"""The pure exchange: state that survives, walks that repeat, and what must hold whatever happens."""

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tgbitget.simulators.bitget import Exchange, OrderRequest, Refusal, Walk, play
from tgbitget.simulators.bitget import margin as money
from tgbitget.simulators.bitget.decimals import money as rounded
from tgbitget.simulators.bitget.hand import Hand
from tgbitget.simulators.bitget.orders import Hold, HoldMode, Side
from tgbitget.simulators.bitget.spot import SpotRequest

SYMBOL = "BTCUSDT"
NOW = 1_795_000_000_000


def _exchange() -> Exchange:
    made = Exchange(now=lambda: NOW, equity=Decimal(1000), spot_balances={"USDT": Decimal(1000)})
    made.set_price(SYMBOL, Decimal(57000), gap=True)
    return made


def test_a_dump_is_json_and_loads_to_the_same_exchange(exchange: Exchange) -> None:
    hand = Hand(exchange)
    hand.open(SYMBOL, "buy", Decimal("0.01"), stop=Decimal(55000))
    hand.open(SYMBOL, "buy", Decimal("0.01"), price=Decimal(56000), stop=Decimal(54000))
    exchange.spot.place(
        SpotRequest(symbol=SYMBOL, side=Side.BUY, size=Decimal("0.001"), price=Decimal(50000))
    )
    exchange.rules.presets_with_each_fill = False
    exchange.set_mark(SYMBOL, Decimal(57001))
    dumped = json.loads(json.dumps(exchange.dump()))
    again = Exchange.load(dumped, now=lambda: NOW)
    assert again.dump() == exchange.dump()
    again.set_mark(SYMBOL, None)
    again.set_price(SYMBOL, Decimal(55000))
    assert [fill.price for fill in again.desk.executions] == [57000, 56000, 55000]
    new = Hand(again).open(SYMBOL, "buy", Decimal("0.001"))
    assert new.id not in exchange.desk.orders


def test_a_dump_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 1 is needed, was 99"):
        Exchange.load({"version": 99}, now=lambda: NOW)


def test_a_price_of_an_unknown_symbol_is_refused(exchange: Exchange) -> None:
    with pytest.raises(Refusal, match="40034 Parameter NOPEUSDT does not exist"):
        exchange.set_price("NOPEUSDT", Decimal(1))
    with pytest.raises(Refusal, match="43011"):
        exchange.set_price(SYMBOL, Decimal(-1))


def test_the_same_seed_walks_the_same_way() -> None:
    def prices(seed: int) -> list[Decimal]:
        exchange = _exchange()
        walk = Walk(exchange, [SYMBOL], seed=seed)
        seen = []
        for _ in range(20):
            walk.step()
            seen.append(exchange.desk.tape(SYMBOL).last)
        return seen

    assert prices(1) == prices(1)
    assert prices(1) != prices(2)


async def test_prices_follow_a_script(exchange: Exchange) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    await play(exchange, SYMBOL, [(1, "57100"), (0.5, Decimal(57200))], sleep=sleep)
    assert slept == [1, 0.5]
    assert exchange.desk.tape(SYMBOL).last == 57200


PRICES = st.integers(30000, 90000).map(Decimal)
SIZES = st.integers(1, 300).map(lambda lots: Decimal(lots) * Decimal("0.0001"))
SIDES = st.sampled_from(Side)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("price"), PRICES),
        st.tuples(st.just("gap"), PRICES),
        st.tuples(st.just("liquidity"), st.one_of(st.none(), SIZES)),
        st.tuples(
            st.just("order"),
            st.fixed_dictionaries(
                {
                    "side": SIDES,
                    "size": SIZES,
                    "price": st.one_of(st.none(), PRICES),
                    "stop": st.one_of(st.none(), PRICES),
                    "target": st.one_of(st.none(), PRICES),
                    "closing": st.booleans(),
                }
            ),
        ),
        st.tuples(st.just("leverage"), st.integers(1, 150)),
        st.tuples(st.just("stop"), PRICES),
        st.tuples(st.just("fund"), st.sampled_from([Decimal("0.001"), Decimal("-0.001")])),
        st.tuples(st.just("close"), st.none()),
    ),
    max_size=25,
)


def _do(exchange: Exchange, name: str, value: Any) -> None:
    hand = Hand(exchange)
    match name:
        case "price" | "gap":
            exchange.set_price(SYMBOL, value, gap=name == "gap", product="futures")
        case "liquidity":
            exchange.set_liquidity(SYMBOL, value)
        case "order":
            hold = Hold.NET
            if exchange.desk.hold_mode is HoldMode.HEDGE:
                hold = Hold.LONG if (value["side"] is Side.BUY) != value["closing"] else Hold.SHORT
            exchange.futures.place(OrderRequest(symbol=SYMBOL, hold=hold, **value))
        case "leverage":
            exchange.futures.set_leverage(SYMBOL, both=value, long=None, short=None)
        case "stop":
            hand.set_stop(SYMBOL, value)
        case "fund":
            exchange.fund(SYMBOL, value)
        case "close":
            hand.close(SYMBOL)
        case _:
            raise AssertionError(name)


def _try(exchange: Exchange, name: str, value: Any) -> bool:
    try:
        _do(exchange, name, value)
    except (Refusal, LookupError):
        return False
    return True


def _signed_size(exchange: Exchange, hold: Hold) -> Decimal:
    fills = [fill for fill in exchange.desk.executions if fill.hold is hold]
    return sum((f.size if f.side is Side.BUY else -f.size for f in fills), Decimal(0))


def _check(exchange: Exchange) -> None:
    desk = exchange.desk
    ledger = desk.ledger
    unrealised = sum(
        (
            (desk.tape(p.symbol).mark - p.entry) * p.size * (1 if p.long else -1)
            for p in desk.positions.values()
        ),
        Decimal(0),
    )
    assert money.equity(desk) == (
        ledger.start + ledger.realised - ledger.fees + ledger.funding + unrealised
    )
    assert ledger.fees == sum((fill.fee for fill in desk.executions), Decimal(0))
    assert money.available(desk) >= 0
    for hold in Hold:
        position = desk.position(SYMBOL, hold)
        held = (position.size if position.long else -position.size) if position else Decimal(0)
        assert held == _signed_size(exchange, hold)
        guards = [p for p in desk.waiting(SYMBOL) if p.kind.guards_position and p.hold is hold]
        closers = [o for o in desk.resting(SYMBOL) if o.closing and o.hold is hold]
        if position is None:
            assert guards == []
            assert closers == []
        else:
            assert all((plan.side is Side.SELL) == position.long for plan in guards)
    for order in desk.orders.values():
        assert 0 <= order.filled <= order.size
        fills = [fill.size for fill in desk.executions if fill.order_id == order.id]
        assert order.filled == sum(fills, Decimal(0))


@settings(max_examples=60, deadline=None)
@given(mode=st.sampled_from(HoldMode), steps=STEPS)
def test_books_balance_whatever_is_done(mode: HoldMode, steps: list[tuple[str, Any]]) -> None:
    exchange = _exchange()
    exchange.rules.price_band = False
    exchange.futures.set_hold_mode(mode)
    for name, value in steps:
        _try(exchange, name, value)
        _check(exchange)


@settings(max_examples=60, deadline=None)
@given(price=PRICES, leverage=st.integers(1, 150), size=st.integers(1, 30_000), side=SIDES)
def test_an_order_takes_no_more_than_there_is(
    price: Decimal, leverage: int, size: int, side: Side
) -> None:
    exchange = _exchange()
    exchange.set_price(SYMBOL, price, gap=True)
    exchange.futures.set_leverage(SYMBOL, both=leverage, long=None, short=None)
    lots = size * Decimal("0.0001")
    taken = _try(exchange, "order", {"side": side, "size": lots, "closing": False})
    needed = rounded(lots * price / leverage + lots * price * Decimal("0.0006"))
    assert taken == (lots * price >= 5 and needed <= 1000)
    assert money.free(exchange.desk) >= Decimal("-0.00000002")  # two roundings


@settings(max_examples=30, deadline=None)
@given(steps=STEPS)
def test_a_dump_carries_on_as_the_original_would(steps: list[tuple[str, Any]]) -> None:
    exchange = _exchange()
    half = len(steps) // 2
    for name, value in steps[:half]:
        _try(exchange, name, value)
    exchange.set_liquidity(SYMBOL, None)
    again = Exchange.load(json.loads(json.dumps(exchange.dump())), now=lambda: NOW)
    for name, value in steps[half:]:
        assert _try(exchange, name, value) == _try(again, name, value)
    assert again.dump() == exchange.dump()


SPOT_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("price"), PRICES),
        st.tuples(st.just("limit"), st.tuples(SIDES, SIZES, PRICES)),
        st.tuples(st.just("buy"), st.integers(1, 500).map(Decimal)),
        st.tuples(st.just("sell"), SIZES),
        st.tuples(st.just("cancel"), st.none()),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(steps=SPOT_STEPS)
def test_coins_are_neither_made_nor_lost_on_spot(steps: list[tuple[str, Any]]) -> None:
    exchange = _exchange()
    spot, desk = exchange.spot, exchange.spot_desk
    for name, value in steps:
        try:
            match name:
                case "price":
                    exchange.set_price(SYMBOL, value, product="spot")
                case "limit":
                    side, size, price = value
                    spot.place(SpotRequest(symbol=SYMBOL, side=side, size=size, price=price))
                case "buy" | "sell":
                    spot.place(SpotRequest(symbol=SYMBOL, side=Side(name), size=value))
                case _:
                    for order in desk.resting(SYMBOL):
                        spot.cancel(SYMBOL, order.id)
        except Refusal:
            continue
        bought = [fill for fill in desk.executions if fill.side is Side.BUY]
        sold = [fill for fill in desk.executions if fill.side is Side.SELL]
        quote, base = desk.purse("USDT"), desk.purse("BTC")
        assert quote.available + quote.frozen == (
            1000 - sum(f.quote for f in bought) + sum(f.quote - f.fee for f in sold)
        )
        assert base.available + base.frozen == (
            sum(f.size - f.fee for f in bought) - sum(f.size for f in sold)
        )
        for purse in (quote, base):
            assert purse.available >= 0
            assert purse.frozen >= 0
        frozen = sum(order.frozen for order in desk.resting() if order.side is Side.BUY)
        assert quote.frozen == frozen
