from dataclasses import replace
from typing import Any

import pytest

from planning.samples import BONK, BTC, SPOT, intent, planned, profile, refused, short
from tgbitget.model.intent import MarketKind
from tgbitget.model.market import Market
from tgbitget.planning import door

TON = replace(BTC, id="TONCOINUSDT", base="TONCOIN", symbol="TON/USDT:USDT")
MILLION = replace(BTC, id="1MBABYDOGEUSDT", base="1MBABYDOGE", symbol="1MBABYDOGE/USDT:USDT")


def said(market: Market, **section: Any) -> str | None:
    answer = door.refusal(intent(), market=market, section=profile(market=section).market)
    return None if answer is None else answer.rule


@pytest.mark.parametrize(
    ("market", "section", "rule"),
    [
        pytest.param(BTC, {}, None, id="no lists"),
        pytest.param(BTC, {"allow": ["BTC", "ETH"]}, None, id="allowed"),
        pytest.param(BTC, {"allow": ["ETH"]}, "allow", id="not allowed"),
        pytest.param(BTC, {"deny": ["BTC"]}, "deny", id="denied"),
        pytest.param(BTC, {"deny": ["ETH"]}, None, id="another denied"),
        pytest.param(BONK, {"allow": ["BONK"]}, None, id="allowed without its count"),
        pytest.param(BONK, {"allow": ["1000BONK"]}, None, id="allowed with its count"),
        pytest.param(BONK, {"deny": ["BONK"]}, "deny", id="denied without its count"),
        pytest.param(MILLION, {"deny": ["BABYDOGE"]}, "deny", id="denied, a million of them"),
        pytest.param(TON, {"deny": ["TON"]}, "deny", id="denied by its other name"),
        pytest.param(TON, {"allow": ["TONCOIN"]}, None, id="allowed by the venue's name"),
        pytest.param(replace(BTC, active=False), {}, "market_inactive", id="closed"),
    ],
)
def test_only_what_the_lists_let_through(
    market: Market, section: dict[str, Any], rule: str | None
) -> None:
    assert said(market, **section) == rule


def test_nothing_is_sold_short_on_spot_and_leverage_is_none() -> None:
    spot = profile(market={"product": "spot"})
    answer = refused(short(), market=SPOT, profile=spot)
    assert answer.rule == "spot_short"
    plan = planned(intent(leverage=None), market=SPOT, profile=spot)
    assert plan.leverage == 1


def test_a_post_for_spot_is_not_traded_on_futures() -> None:
    answer = refused(intent(market=MarketKind.SPOT))
    assert answer.rule == "product"
    assert "usdt-futures" in answer.reason
    planned(intent(market=MarketKind.FUTURES))


def test_a_long_that_says_futures_may_be_bought_on_spot() -> None:
    spot = profile(market={"product": "spot"})
    planned(intent(market=MarketKind.FUTURES), market=SPOT, profile=spot)
