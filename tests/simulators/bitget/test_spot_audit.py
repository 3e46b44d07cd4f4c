"""How long bought coins stood without a stop that sells them is told by the events."""

from decimal import Decimal

import pytest

from tgbitget.simulators.bitget import Exchange
from tgbitget.simulators.bitget.orders import Side, TriggerBy
from tgbitget.simulators.bitget.spot import SpotPlanRequest, SpotRequest
from tgbitget.simulators.bitget.spot_hand import SpotHand

SYMBOL = "BTCUSDT"


@pytest.fixture(autouse=True)
def _money(exchange: Exchange) -> None:
    exchange.spot.deposit("USDT", Decimal(1000))


def _buy(exchange: Exchange, cost: str = "114", client_id: str = "tg1") -> None:
    with exchange.still():
        exchange.spot.place(
            SpotRequest(symbol=SYMBOL, side=Side.BUY, size=Decimal(cost), client_id=client_id)
        )


def _stop(exchange: Exchange, size: str, trigger: str = "55000", client_id: str = "tgs") -> None:
    exchange.spot.place_plan(
        SpotPlanRequest(
            symbol=SYMBOL,
            side=Side.SELL,
            size=Decimal(size),
            in_quote=False,
            trigger=Decimal(trigger),
            by=TriggerBy.LAST,
            client_id=client_id,
        )
    )


def test_coins_are_bare_until_plans_sell_all_that_can_be_sold(
    exchange: Exchange, now: list[int]
) -> None:
    _buy(exchange)
    now[0] += 2_000
    _stop(exchange, "0.001")
    now[0] += 1_000
    _stop(exchange, "0.000996", client_id="tgt")
    now[0] += 5_000
    assert exchange.unguarded_spot_ms(SYMBOL) == 3_000


def test_a_plan_above_the_price_is_no_stop(exchange: Exchange, now: list[int]) -> None:
    _buy(exchange)
    _stop(exchange, "0.001996", "60000")
    now[0] += 1_000
    assert exchange.unguarded_spot_ms(SYMBOL) == 1_000


def test_a_stop_that_fires_leaves_nothing_bare(exchange: Exchange, now: list[int]) -> None:
    _buy(exchange)
    _stop(exchange, "0.001996")
    exchange.set_price(SYMBOL, Decimal(54000), product="spot")
    now[0] += 1_000
    assert exchange.unguarded_spot_ms(SYMBOL) == 0
    assert exchange.spot_audit.held[SYMBOL] == 0
    assert not exchange.spot_audit.oversold


def test_coins_of_the_owner_need_no_stop_and_selling_them_is_told(
    exchange: Exchange, now: list[int]
) -> None:
    SpotHand(exchange).buy(SYMBOL, Decimal(570))
    now[0] += 1_000
    assert exchange.unguarded_spot_ms(SYMBOL) == 0
    _buy(exchange)
    sold = SpotRequest(symbol=SYMBOL, side=Side.SELL, size=Decimal("0.003"), client_id="tg2")
    exchange.spot.place(sold)
    assert exchange.spot_audit.oversold == {SYMBOL: Decimal("0.001004")}


def test_an_owners_hand_takes_the_owners_coins_first(exchange: Exchange, now: list[int]) -> None:
    hand = SpotHand(exchange)
    _buy(exchange)
    hand.deposit("BTC", Decimal("0.001"))
    hand.sell(SYMBOL, Decimal("0.001"))
    assert exchange.spot_audit.held[SYMBOL] == Decimal("0.001996")
    hand.withdraw("BTC", Decimal("0.0005"))
    assert exchange.spot_audit.held[SYMBOL] == Decimal("0.001496")
    now[0] += 1_000
    _stop(exchange, "0.001496")
    assert exchange.unguarded_spot_ms(SYMBOL) == 1_000
    assert not exchange.spot_audit.oversold


def test_what_is_below_the_minimum_counts_as_nothing(exchange: Exchange, now: list[int]) -> None:
    exchange.set_liquidity(SYMBOL, Decimal("0.000010"))  # 0.57 USDT
    _buy(exchange)
    now[0] += 1_000
    assert exchange.unguarded_spot_ms(SYMBOL) == 0
