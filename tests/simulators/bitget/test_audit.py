"""How long a position stood bare is told by the events."""

from decimal import Decimal

import pytest

from tgbitget.simulators.bitget import Exchange, OrderRequest
from tgbitget.simulators.bitget.hand import Hand
from tgbitget.simulators.bitget.orders import PlanKind, Side

SYMBOL = "BTCUSDT"


def _buy(exchange: Exchange, size: str = "0.01", stop: str | None = None, price: int = 0) -> None:
    exchange.futures.place(
        OrderRequest(
            symbol=SYMBOL,
            side=Side.BUY,
            size=Decimal(size),
            stop=Decimal(stop) if stop else None,
            price=Decimal(price) if price else None,
        )
    )


def test_an_entry_with_its_stop_is_never_bare(exchange: Exchange, now: list[int]) -> None:
    _buy(exchange, stop="55000")
    now[0] += 10_000
    exchange.set_price(SYMBOL, Decimal(54000))
    now[0] += 10_000
    assert exchange.unguarded_ms(SYMBOL) == 0


def test_time_without_a_stop_counts_until_one_covers_all_of_it(
    exchange: Exchange, now: list[int]
) -> None:
    _buy(exchange)
    now[0] += 3_000
    assert exchange.unguarded_ms(SYMBOL) == 3_000
    Hand(exchange).set_stop(SYMBOL, Decimal(55000))
    now[0] += 5_000
    assert exchange.unguarded_ms(SYMBOL) == 3_000
    Hand(exchange).drop_stops(SYMBOL)
    now[0] += 2_000
    Hand(exchange).close(SYMBOL)
    now[0] += 9_000
    assert exchange.unguarded_ms(SYMBOL) == 5_000
    assert [(bare.until or 0) - bare.since for bare in exchange.audit.bare] == [3_000, 2_000]


def test_stops_that_do_not_add_up_leave_it_bare(exchange: Exchange, now: list[int]) -> None:
    _buy(exchange, stop="55000")
    _buy(exchange, size="0.001")
    now[0] += 1_000
    assert exchange.unguarded_ms(SYMBOL) == 1_000


@pytest.mark.parametrize(
    ("with_each_fill", "bare_ms"),
    [
        pytest.param(True, 0, id="with each fill"),
        pytest.param(False, 4_000, id="at the complete fill"),
    ],
)
def test_a_preset_that_is_not_out_covers_nothing(
    exchange: Exchange, now: list[int], with_each_fill: bool, bare_ms: int
) -> None:
    exchange.rules.presets_with_each_fill = with_each_fill
    exchange.set_liquidity(SYMBOL, Decimal("0.004"))
    _buy(exchange, stop="55000", price=57000)
    now[0] += 4_000
    exchange.set_liquidity(SYMBOL, None)
    now[0] += 4_000
    assert exchange.unguarded_ms(SYMBOL) == bare_ms


def test_a_target_is_no_stop(exchange: Exchange, now: list[int]) -> None:
    exchange.futures.place(
        OrderRequest(symbol=SYMBOL, side=Side.SELL, size=Decimal("0.01"), target=Decimal(56000))
    )
    assert {plan.kind for plan in exchange.desk.waiting(SYMBOL)} == {PlanKind.PROFIT}
    now[0] += 1_000
    assert exchange.unguarded_ms(SYMBOL) == 1_000


def test_a_loaded_exchange_counts_on(exchange: Exchange, now: list[int]) -> None:
    _buy(exchange, stop="55000")
    again = Exchange.load(exchange.dump(), now=lambda: now[0])
    now[0] += 2_000
    assert again.unguarded_ms(SYMBOL) == 0
    Hand(again).drop_stops(SYMBOL)
    now[0] += 2_000
    assert again.unguarded_ms(SYMBOL) == 2_000
