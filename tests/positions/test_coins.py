"""A trade in coins: fees taken in them, whole steps, dust, and coins of others beside its own."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from positions.trades import START, D, entry, fill, ledger, plan, price, quantity
from tgbitget.model.ids import SignalId, VenueOrderId
from tgbitget.model.market import Product
from tgbitget.model.money import Notional, Quantity
from tgbitget.model.order import Fill, OrderStatus, Placed, VenueOrder
from tgbitget.model.plan import OrderPlan, OrderSide, Role
from tgbitget.model.position import Holding
from tgbitget.model.trade import TradeState
from tgbitget.positions.coins import gone, is_dust, part
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.orders import close_leg, stop_leg
from tgbitget.positions.spot_holdings import money, shares

BUY, SELL = OrderSide.BUY, OrderSide.SELL
PAIR = "BTC/USDT"


def spot_plan() -> OrderPlan:
    known = plan()
    market = replace(
        known.market,
        product=Product.SPOT,
        symbol=PAIR,
        step=D("0.0001"),
        min_notional=Notional(D("5")),
    )
    legs = tuple(
        replace(leg, symbol=PAIR, stop_loss=None)
        for leg in (entry(1, "57000", "0.01"), entry(2, "56000", "0.01"))
    )
    return replace(known, market=market, entries=legs, sizes_stop=True)


def bought(amount: str = "0.01", fee: str = "0.00002", coin: str = "BTC") -> Ledger:
    book = ledger(spot_plan())
    book.note_fill(buy("1", amount, fee, coin))
    return book


def buy(trade_id: str, amount: str, fee: str, coin: str = "BTC") -> Fill:
    oid = spot_plan().entries[0].client_oid
    made = fill(trade_id, BUY, amount, "57000", oid=oid, fee=fee, symbol=PAIR)
    return replace(made, fee_coin=coin)


@pytest.mark.parametrize(
    ("fee", "coin", "amount"),
    [
        pytest.param("0.00002", "BTC", "0.0099", id="taken in the coin, down to a step"),
        pytest.param("0.00002", "btc", "0.0099", id="however it is written"),
        pytest.param("0.57", "USDT", "0.01", id="taken in quote coins"),
        pytest.param("0.1", "BGB", "0.01", id="taken in a third coin"),
        pytest.param("0", "", "0.01", id="none"),
    ],
)
def test_what_can_be_sold_is_what_was_bought_less_what_the_venue_kept(
    fee: str, coin: str, amount: str
) -> None:
    assert bought(fee=fee, coin=coin).amount == D(amount)


def test_profit_counts_a_fee_in_coins_at_its_price_and_one_in_a_third_coin_not() -> None:
    for coin, fee, cost in (
        ("BTC", "0.00002", "1.14"),
        ("USDT", "0.5", "0.5"),
        ("BGB", "0.1", "0"),
    ):
        assert bought(fee=fee, coin=coin).realised == -D(cost)


def test_what_others_sell_of_the_coin_is_not_the_trades() -> None:
    book = bought()
    assert not book.note_fill(fill("2", SELL, "0.005", "58000", seconds=5, symbol=PAIR))
    assert book.amount == D("0.0099")


def test_coins_that_are_gone_are_counted_once_and_after_a_restart_too() -> None:
    book = bought()
    left = gone(book.plan, quantity("0.005"), price("57000"), at=START, count=1)
    assert book.note_fill(left)
    assert not book.note_fill(left)
    assert book.amount == D("0.0049")
    again = ledger(spot_plan())
    for one in book.fills:
        again.note_fill(one)
    assert again.amount == book.amount


def test_less_than_a_step_is_no_position() -> None:
    book = bought()
    left = gone(book.plan, quantity("0.0099"), price("57000"), at=START, count=1)
    book.note_fill(left)
    assert not book.has_position
    assert book.is_flat_again


def test_a_stop_that_fired_stands_until_its_order_is_known() -> None:
    book = bought()
    stop = stop_leg(book.plan, user_id="u", price=price("55000"), amount=book.amount, replacement=0)
    book.add_legs((stop,))
    book.note_placement(Placed(client_oid=stop.client_oid, venue_order_id=VenueOrderId("plan")))
    fired = VenueOrder(
        venue_order_id=VenueOrderId("plan"),
        symbol=PAIR,
        side=SELL,
        status=OrderStatus.FILLED,
        amount=book.amount,
        client_oid=stop.client_oid,
        trigger_price=price("55000"),
    )
    assert book.awaits_child(fired) == stop
    assert book.note_order(fired) is None
    assert book.stops()
    child = replace(
        fired,
        venue_order_id=VenueOrderId("child"),
        parent=VenueOrderId("plan"),
        filled=book.amount,
    )
    assert book.note_order(child) == stop
    assert book.misses_exits
    assert not book.stops()
    sale = fill("9", SELL, "0.0099", "54990", order="child", seconds=9, symbol=PAIR)
    assert book.note_fill(sale)
    assert book.role_of(sale) is Role.STOP
    assert not book.misses_exits
    assert book.is_flat_again


def test_entries_that_rest_keep_a_trade_alive_that_holds_nothing_sellable() -> None:
    book = ledger(spot_plan())
    book.note_fill(buy("1", "0.00005", "0.0000001"))
    for leg in book.plan.entries:
        book.note_placement(
            Placed(client_oid=leg.client_oid, venue_order_id=VenueOrderId(leg.name))
        )
    assert book.state is TradeState.RESTING


@pytest.mark.parametrize(
    ("held", "fraction", "sold"),
    [
        pytest.param("0.01", "0.5", "0.005", id="half"),
        pytest.param("0.01", "0.33333", "0.0033", id="down to a step"),
        pytest.param("0.0002", "0.5", "0.0001", id="both halves can be sold"),
        pytest.param("0.0003", "0.9", "0.0002", id="the rest can be sold"),
        pytest.param("0.0001", "0.5", "0", id="less than a step"),
    ],
)
def test_a_part_is_whole_steps(held: str, fraction: str, sold: str) -> None:
    assert part(spot_plan(), quantity(held), D(fraction), stop=price("55000")) == D(sold)


def test_a_part_that_leaves_dust_takes_all() -> None:
    of = spot_plan()
    of = replace(of, market=replace(of.market, min_notional=Notional(D(100))))
    assert part(of, quantity("0.003"), D("0.5"), stop=price("55000")) == D("0.003")
    assert part(of, quantity("0.003"), D("0.9"), stop=price("55000")) == D("0.003")
    assert part(of, quantity("0.004"), D("0.5"), stop=price("55000")) == D("0.002")


def test_dust_is_what_no_order_takes() -> None:
    market = spot_plan().market
    assert is_dust(market, quantity("0.0000877"), price("57000"))
    assert not is_dust(market, quantity("0.0001"), price("57000"))
    assert not is_dust(market, quantity("0"), price("57000"))


@given(
    wanted=st.lists(st.decimals("0", "5", places=4), max_size=5),
    held=st.decimals("0", "20", places=4),
)
def test_no_trade_is_given_more_than_it_bought_and_all_together_no_more_than_is_there(
    wanted: list[Decimal], held: Decimal
) -> None:
    trades = [(SignalId(f"-1/{n}"), Quantity(amount)) for n, amount in enumerate(wanted)]
    parts = shares(trades, Quantity(held))
    assert all(parts[signal] <= amount for signal, amount in trades)
    assert sum(parts.values()) == min(held, sum(wanted))
    is_short = False
    for signal, amount in trades:
        assert not (is_short and parts[signal]), "the trade opened last gives first"
        is_short = is_short or parts[signal] < amount


def test_money_is_the_quote_coin_alone() -> None:
    held = {
        "USDT": Holding(total=quantity("100"), available=quantity("60")),
        "BTC": Holding(total=quantity("1"), available=quantity("1")),
    }
    account = money("u", "usdt", held)
    assert (account.equity, account.available, account.is_hedged) == (D(100), D(60), False)
    assert money("u", "USDC", held).equity == 0


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["buy", "sell", "gone"]), st.integers(1, 100)), max_size=30
    ),
    fee_rate=st.decimals("0", "0.01", places=4),
)
def test_what_may_be_sold_is_never_more_than_what_is_left_in_the_account(
    steps: list[tuple[str, int]], fee_rate: Decimal
) -> None:
    """Bought coins less fees less what was sold, whatever happens in which order."""
    book, account = ledger(spot_plan()), Decimal(0)
    sale = close_leg(book.plan, "1", user_id="u", amount=quantity("1"), replacement=0)
    book.add_legs((sale,))
    for number, (what, size) in enumerate(steps):
        amount = D("0.0001") * size
        if what == "buy":
            fee = amount * fee_rate
            book.note_fill(buy(f"b{number}", str(amount), str(fee)))
            account += amount - fee
        else:
            amount = min(amount, book.amount)
            if not amount:
                continue
            one = fill(f"s{number}", SELL, str(amount), "57000", oid=sale.client_oid, symbol=PAIR)
            if what == "gone":
                one = gone(book.plan, Quantity(amount), price("57000"), at=START, count=number)
            book.note_fill(one)
            account -= amount
        assert 0 <= book.amount <= account
        assert account - book.amount < book.plan.market.step
