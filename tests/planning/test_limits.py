from decimal import Decimal
from typing import Any

import pytest

from planning.samples import (
    BTC,
    account,
    entry,
    intent,
    planned,
    post,
    profile,
    refused,
    short,
    situation,
    trade,
)
from tgbitget.model.intent import Side
from tgbitget.model.trade import Usage
from tgbitget.planning.limits import Limits
from tgbitget.profile import LimitsSection

LIMITS = tuple(LimitsSection.model_fields)
OFF: dict[str, Any] = dict.fromkeys(LIMITS, "off")


def within(**limits: Any) -> LimitsSection:
    """Only these limits; all others are off."""
    return LimitsSection.model_validate({**OFF, **limits})


BEYOND: dict[str, tuple[dict[str, Any], Any, Any, str]] = {
    # limit: what happens, a bound that refuses it, the next one that allows it, the sentence
    "open_positions_max": (
        {"situation": situation(trades=(trade(symbol="ETH/USDT:USDT"),))},
        1,
        2,
        "1 trades are open, 1 allowed",
    ),
    "position_quote_max": ({}, "45.5", "45.6", "45.6 USDT asked, 45.5 allowed"),
    "entry_age_seconds_max": (
        {"post": post(seconds_ago=75)},
        74,
        75,
        "the post is 75 s old, 74 allowed",
    ),
    "price_deviation_percent_max": (
        {"situation": situation("57570")},
        "0.99",
        "1",
        "the entry 57000 is 0.99 % from the market's 57570, 0.99 allowed",
    ),
    "daily_loss_quote_max": (
        {"situation": situation(realised_today=Decimal("-100"))},
        100,
        "100.01",
        "100 USDT lost since midnight UTC, 100 allowed",
    ),
    "orders_per_minute_max": (
        {"situation": situation(orders_last_minute=29)},
        29,
        30,
        "1 orders after 29 in 60 s, 29 allowed",
    ),
}


def test_every_limit_is_tried_here() -> None:
    assert set(BEYOND) == set(LIMITS)


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_refuses_beyond_its_number_and_names_both(limit: str) -> None:
    inputs, beyond, enough, sentence = BEYOND[limit]
    tight = profile(limits={**OFF, limit: beyond})
    answer = refused(profile=tight, **inputs)
    assert (answer.rule, answer.reason) == (limit, sentence)
    planned(profile=profile(limits={**OFF, limit: enough}), **inputs)
    planned(profile=profile(limits=OFF), **inputs)


@pytest.mark.parametrize("limit", LIMITS)
def test_the_accounts_limit_holds_beside_the_profiles(limit: str) -> None:
    inputs, beyond, enough, sentence = BEYOND[limit]
    open_profile = profile(limits=OFF)
    accounts: Limits = within(**{limit: beyond})
    answer = refused(profile=open_profile, account_limits=accounts, **inputs)
    assert (answer.rule, answer.reason) == (limit, f"{sentence} in the account")
    planned(profile=open_profile, account_limits=within(**{limit: enough}), **inputs)


@pytest.mark.parametrize(
    ("limit", "usage"),
    [
        ("open_positions_max", {"trades": (trade(symbol="ETH/USDT:USDT"),)}),
        ("daily_loss_quote_max", {"realised_today": Decimal("-100")}),
        ("orders_per_minute_max", {"orders_last_minute": 30}),
    ],
)
def test_a_profile_answers_for_itself_and_the_account_for_all(
    limit: str, usage: dict[str, Any]
) -> None:
    of_others = situation(**usage, of_profile=Usage())
    bounds = {limit: BEYOND[limit][1]}
    planned(profile=profile(limits={**OFF, **bounds}), situation=of_others)
    answer = refused(
        profile=profile(limits=OFF), account_limits=within(**bounds), situation=of_others
    )
    assert answer.rule == limit
    own = situation(of_profile=Usage(**usage))
    assert refused(profile=profile(limits={**OFF, **bounds}), situation=own).rule == limit


def test_a_position_that_others_hold_counts_where_signals_may_add() -> None:
    adding = profile(signals={"same_symbol": "add"}, limits={"position_quote_max": "500"})
    held = situation(trades=(trade(notional="454.4"),))
    planned(profile=adding, situation=held)
    more = situation(trades=(trade(notional="454.5"),))
    assert refused(profile=adding, situation=more).rule == "position_quote_max"


def test_a_percent_size_takes_what_the_position_leaves() -> None:
    adding = profile(
        signals={"same_symbol": "add"},
        size={"kind": "equity_percent", "value": "100"},
        limits={"position_quote_max": "500"},
    )
    held = situation(trades=(trade(notional="443"),))
    assert planned(profile=adding, situation=held).amount == Decimal("0.0010")
    full = situation(trades=(trade(notional="500"),))
    assert refused(profile=adding, situation=full).rule == "size"


def test_an_entry_exactly_as_far_as_allowed_is_allowed() -> None:
    one_percent = profile(limits={"price_deviation_percent_max": 1})
    planned(intent(entry("limit", "57570")), situation=situation("57000"), profile=one_percent)
    answer = refused(
        intent(entry("limit", "57570.1")), situation=situation("57000"), profile=one_percent
    )
    assert answer.rule == "price_deviation_percent_max"


def test_paused_means_no_new_entries() -> None:
    answer = refused(situation=situation(is_paused=True))
    assert answer.rule == "paused"
    assert "tgbitget resume" in answer.reason


def test_a_symbol_with_a_position_that_is_not_ours_is_left_alone() -> None:
    answer = refused(situation=situation(foreign=frozenset({BTC.symbol})))
    assert answer.rule == "foreign_position"
    planned(situation=situation(foreign=frozenset({"ETH/USDT:USDT"})))


@pytest.mark.parametrize(
    ("policy", "side", "is_hedged", "rule"),
    [
        pytest.param("refuse", Side.LONG, False, "same_symbol", id="refuse"),
        pytest.param("refuse", Side.LONG, True, "same_symbol", id="refuse, hedged"),
        pytest.param("refuse", Side.SHORT, False, "opposite_side", id="refuse, opposite"),
        pytest.param("refuse", Side.SHORT, True, "same_symbol", id="refuse, opposite, hedged"),
        pytest.param("add", Side.LONG, False, None, id="add"),
        pytest.param("add", Side.SHORT, False, "opposite_side", id="add, opposite"),
        pytest.param("add", Side.SHORT, True, None, id="add, opposite, hedged"),
        pytest.param("separate", Side.LONG, False, "same_symbol", id="separate needs hedge mode"),
        pytest.param("separate", Side.SHORT, False, "opposite_side", id="separate, opposite"),
        pytest.param("separate", Side.LONG, True, None, id="separate, hedged"),
        pytest.param("separate", Side.SHORT, True, None, id="separate, opposite, hedged"),
    ],
)
def test_two_signals_on_one_symbol(
    policy: str, side: Side, is_hedged: bool, rule: str | None
) -> None:
    inputs: dict[str, Any] = {
        "profile": profile(signals={"same_symbol": policy}),
        "situation": situation(account=account(is_hedged=is_hedged), trades=(trade("-100999/1"),)),
    }
    post_ = intent() if side is Side.LONG else short()
    if rule is None:
        planned(post_, **inputs)
        return
    answer = refused(post_, **inputs)
    assert answer.rule == rule
    assert "-100999/1" in answer.reason


def test_a_trade_is_no_obstacle_to_itself() -> None:
    own = trade(post().signal)
    planned(situation=situation(trades=(own,), of_profile=Usage(trades=(own,))))


def test_a_ladder_counts_as_so_many_orders() -> None:
    ladder = intent(entry("ladder", "57000", "56900", "56800", "56700"))
    answer = refused(
        ladder,
        profile=profile(limits={"orders_per_minute_max": 5}),
        situation=situation(orders_last_minute=2),
    )
    assert answer.reason == "4 orders after 2 in 60 s, 5 allowed"


def test_checks_that_need_a_price_are_skipped_and_named() -> None:
    plan = planned(situation=situation(None), profile=profile(entry={"first_as_market": True}))
    assert plan.skipped == (
        "price_deviation_percent_max",
        "price_band_percent",
        "beyond_stop",
        "beyond_target",
    )
    off = planned(situation=situation(None), profile=profile(limits=OFF))
    assert off.skipped == ("beyond_stop", "beyond_target")
    assert planned().skipped == ()
    late = refused(situation=situation(None), post=post(seconds_ago=75))
    assert "beyond_stop" in late.skipped
