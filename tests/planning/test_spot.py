"""On spot: no stop with an order, money that is there, purchases that can be sold at their stop."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.samples import (
    SPOT,
    account,
    entry,
    intent,
    planned,
    profile,
    quote,
    refused,
    situation,
)
from tgbitget.model.intent import Entry
from tgbitget.model.money import Notional, Price
from tgbitget.model.plan import OrderType
from tgbitget.model.trade import Situation
from tgbitget.planning.spot import sellable
from tgbitget.profile import Profile

PAIR = replace(SPOT, taker_fee=Decimal("0.001"))
MARKET = {"product": "spot"}


def _profile(**sections: Any) -> Profile:
    return profile(market=MARKET, **sections)


@pytest.mark.parametrize(
    ("named", "types"),
    [
        pytest.param(entry("market"), ["market"], id="market"),
        pytest.param(entry("limit", "56900"), ["limit"], id="limit"),
        pytest.param(entry("trigger", "57500"), ["trigger"], id="trigger"),
        pytest.param(entry("zone", "56500", "56900"), ["limit"] * 4, id="zone"),
        pytest.param(entry("ladder", "56900", "56400"), ["limit"] * 2, id="ladder"),
    ],
)
def test_no_entry_carries_a_stop_and_the_plan_has_one_of_what_it_holds(
    named: Entry, types: list[str]
) -> None:
    plan = planned(intent(named), market=PAIR, profile=_profile())
    assert [str(leg.type) for leg in plan.entries] == types
    assert [leg.stop_loss for leg in plan.entries] == [None] * len(types)
    assert (str(plan.stop), plan.sizes_stop, str(plan.leverage)) == ("55800", True, "1")


def test_a_market_buy_names_the_price_that_it_is_sized_at() -> None:
    at = situation(quote=quote("57000", ask="57010.004"))
    plan = planned(intent(entry("market")), market=PAIR, profile=_profile(), situation=at)
    (leg,) = plan.entries
    assert (leg.type, leg.price) == (OrderType.MARKET, Decimal("57010"))
    assert leg.amount is not None
    assert leg.amount * Decimal("57010.004") <= 50


def test_more_than_is_free_in_the_account_is_refused() -> None:
    poor = situation(account=account("40"))
    answer = refused(market=PAIR, profile=_profile(), situation=poor)
    assert answer.rule == "balance"
    assert "40 USDT are free" in answer.reason


def test_a_rehearsal_knows_no_balance() -> None:
    empty: Situation = situation(None, account=None)
    planned(market=PAIR, profile=_profile(), situation=empty, is_rehearsal=True)


def test_a_purchase_that_could_not_be_sold_at_its_stop_is_refused() -> None:
    answer = refused(
        market=replace(PAIR, min_notional=Notional(Decimal(5))),
        profile=_profile(size={"value": "5.1"}),
    )
    assert answer.rule == "minimum"


@given(
    stop=st.decimals("0.001", "90000", places=4),
    fee=st.decimals("0", "0.01", places=4),
    least=st.decimals("0", "10", places=2),
)
def test_what_is_left_after_the_fee_is_worth_the_minimum_below_the_stop(
    stop: Decimal, fee: Decimal, least: Decimal
) -> None:
    market = replace(PAIR, taker_fee=fee, min_notional=Notional(least))
    bought = sellable(market, Price(stop)).min_quantity
    kept = market.quantity_down(bought * (1 - fee)) + market.step
    assert kept * stop >= least
    assert bought % market.step == 0
