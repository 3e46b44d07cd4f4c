from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from planning.samples import (
    BONK,
    BTC,
    SPOT,
    account,
    entry,
    intent,
    planned,
    profile,
    quote,
    refused,
    short,
    situation,
)
from tgbitget.model.market import Market
from tgbitget.model.money import Notional, Price, Quantity
from tgbitget.model.plan import OrderPlan


def sized(kind: str, value: str, **sections: Any) -> Any:
    wide = {"position_quote_max": "off", **sections.pop("limits", {})}
    return profile(size={"kind": kind, "value": value}, limits=wide, **sections)


def amounts(plan: OrderPlan) -> list[str]:
    return [str(leg.amount) for leg in plan.entries]


def test_fixed_quote_is_the_notional_of_the_whole_trade() -> None:
    plan = planned(profile=sized("fixed_quote", "570"))
    assert amounts(plan) == ["0.0100"]
    zone = planned(intent(entry("zone", "56400", "57000")), profile=sized("fixed_quote", "570"))
    assert zone.amount * Decimal(57000) <= 577
    assert zone.notional(Price(Decimal(57000))) <= 570


def test_leverage_does_not_change_the_size() -> None:
    for times in ("1", "10", "125"):
        plan = planned(intent(leverage=Decimal(times)), profile=sized("fixed_quote", "570"))
        assert amounts(plan) == ["0.0100"]


def test_fixed_base_is_in_coins() -> None:
    plan = planned(profile=sized("fixed_base", "0.01234567"))
    assert amounts(plan) == ["0.0123"]


def test_fixed_base_counts_coins_not_thousands_of_them() -> None:
    plan = planned(
        intent(entry("limit", "0.0098"), stop="0.0095", targets=(), symbol="1000BONK"),
        market=BONK,
        situation=situation("0.0098"),
        profile=sized("fixed_base", "1234567"),
    )
    assert amounts(plan) == ["1234"]


def test_equity_percent_is_a_share_of_the_equity() -> None:
    plan = planned(
        profile=sized("equity_percent", "5.7"), situation=situation(account=account("10000"))
    )
    assert amounts(plan) == ["0.0100"]


def test_risk_percent_loses_that_much_at_the_stop() -> None:
    plan = planned(
        profile=sized("risk_percent", "1.2"), situation=situation(account=account("10000"))
    )
    assert amounts(plan) == ["0.1000"]  # 1200 to the stop, times 0.1, is 120 of 10,000


def test_risk_percent_counts_from_the_weighted_entry() -> None:
    ladder = intent(entry("ladder", "57000", "56000"), stop="55000", targets=())
    plan = planned(
        ladder,
        profile=sized("risk_percent", "3", entry={"split": ["50", "50"]}),
        situation=situation(account=account("10000")),
    )
    assert amounts(plan) == ["0.1000", "0.1000"]
    lost = sum((leg.amount or 0) * ((leg.price or 0) - plan.stop) for leg in plan.entries)
    assert lost == 300


def test_a_size_from_the_equity_is_capped_by_the_positions_maximum() -> None:
    for kind in ("risk_percent", "equity_percent"):
        capped = profile(size={"kind": kind, "value": "50"}, limits={"position_quote_max": "570"})
        assert amounts(planned(profile=capped)) == ["0.0100"]


def test_a_size_that_the_owner_wrote_is_refused_above_the_maximum() -> None:
    above = profile(size={"value": "750"}, limits={"position_quote_max": "500"})
    answer = refused(profile=above)
    assert answer.rule == "position_quote_max"
    assert answer.reason == "746.7 USDT asked, 500 allowed"


@pytest.mark.parametrize("kind", ["equity_percent", "risk_percent"])
def test_without_the_equity_nothing_is_sent_and_a_rehearsal_takes_the_most(kind: str) -> None:
    percent = profile(size={"kind": kind, "value": "1"}, limits={"position_quote_max": "570"})
    unknown = situation(account=None)
    assert refused(profile=percent, situation=unknown).rule == "size"
    rehearsed = planned(profile=percent, situation=unknown, is_rehearsal=True)
    assert amounts(rehearsed) == ["0.0100"]
    assert "equity" in rehearsed.skipped
    unbounded = sized(kind, "1")
    assert refused(profile=unbounded, situation=unknown, is_rehearsal=True).rule == "size"


def test_an_empty_account_trades_nothing() -> None:
    answer = refused(profile=sized("risk_percent", "1"), situation=situation(account=account("0")))
    assert answer.rule == "size"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("5.71", ["0.0001"], id="exactly one lot"),
        pytest.param("13", ["0.0001", "0.0001"], id="two of four"),
        pytest.param("18", ["0.0001", "0.0001", "0.0001"], id="three of four"),
        pytest.param("24", ["0.0001"] * 4, id="all four"),
        pytest.param("29", ["0.0002", "0.0001", "0.0001", "0.0001"], id="a lot left over"),
    ],
)
def test_parts_below_the_minimum_go_to_their_neighbours(value: str, expected: list[str]) -> None:
    ladder = intent(entry("ladder", "57000", "56900", "56800", "56700"))
    plan = planned(ladder, profile=sized("fixed_quote", value))
    assert amounts(plan) == expected
    assert [leg.name for leg in plan.entries] == [f"entry-{n}" for n in range(1, len(expected) + 1)]


def test_a_part_below_the_minimum_goes_to_one_neighbour_not_to_all() -> None:
    coarse = replace(BTC, min_quantity=Quantity(Decimal("0.0005")))
    ladder = intent(entry("ladder", "57000", "56900", "56800"))
    lopsided = sized("fixed_base", "0.01", entry={"split": ["60", "38", "2"]})
    assert amounts(planned(ladder, market=coarse, profile=lopsided)) == ["0.0060", "0.0040"]


def test_rounding_to_lots_never_spends_more_than_asked() -> None:
    whole = replace(BTC, step=Decimal(1), min_quantity=Quantity(Decimal(1)))
    ladder = intent(entry("ladder", "110", "90"), stop="80", targets=("120",))
    wide = {"price_deviation_percent_max": "off"}
    # Three lots at 100 on average are 300, but two of them at 110 and one at 90 are 310.
    for value, expected in (("310", ["2", "1"]), ("309", ["1", "1"])):
        plan = planned(
            ladder,
            market=whole,
            situation=situation("100"),
            profile=sized("fixed_quote", value, limits=wide),
        )
        assert amounts(plan) == expected


def test_below_the_minimum_of_the_venue_it_is_refused_never_raised() -> None:
    answer = refused(profile=sized("fixed_quote", "4.9"))
    assert answer.rule == "minimum"
    assert answer.reason == (
        "0 BTC at 57000 is below the minimum of BTCUSDT: 0.0001 BTC and 5 USDT"
    )


def test_a_market_without_a_minimum_takes_no_order_of_nothing() -> None:
    free = replace(SPOT, min_notional=Notional(Decimal(0)))
    answer = refused(
        intent(leverage=None),
        market=free,
        profile=sized("fixed_quote", "0.01", market={"product": "spot"}),
    )
    assert answer.rule == "minimum"


@pytest.mark.parametrize(
    ("market", "entry_kind"),
    [
        pytest.param(
            replace(BTC, max_limit_quantity=Quantity(Decimal("0.009"))), "limit", id="limit"
        ),
        pytest.param(
            replace(BTC, max_market_quantity=Quantity(Decimal("0.009"))), "market", id="market"
        ),
    ],
)
def test_above_the_maximum_of_one_order_it_is_refused(market: Market, entry_kind: str) -> None:
    prices = ("57000",) if entry_kind == "limit" else ()
    answer = refused(
        intent(entry(entry_kind, *prices)), market=market, profile=sized("fixed_quote", "570")
    )
    assert answer.rule == "maximum"
    assert answer.reason == "0.01 BTC in one order of BTCUSDT, 0.009 allowed"


def test_a_short_that_would_sell_higher_is_sized_by_that_price() -> None:
    plan = planned(
        short(stop="62000", targets=("50000",)),
        situation=situation(quote=quote("60000")),
        profile=sized("fixed_quote", "600"),
    )
    assert amounts(plan) == ["0.0100"]
