from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from planning.bounds import BEYOND, LIMITS, OFF, WAYS, ended
from planning.samples import (
    BTC,
    NOON,
    account,
    entry,
    intent,
    planned,
    post,
    profile,
    quote,
    refused,
    short,
    situation,
    trade,
)
from tgbitget.model.intent import Side
from tgbitget.model.trade import Halt, TradeState, Usage
from tgbitget.planning.limits import Limits
from tgbitget.profile import LimitsSection


def within(**limits: Any) -> LimitsSection:
    """Only these limits; all others are off."""
    return LimitsSection.model_validate({**OFF, **limits})


def test_every_limit_is_tried_here() -> None:
    assert set(BEYOND) | WAYS == set(LIMITS)


@pytest.mark.parametrize("limit", list(BEYOND))
def test_a_limit_refuses_beyond_its_number_and_names_both(limit: str) -> None:
    inputs, beyond, enough, sentence = BEYOND[limit]
    tight = profile(limits={**OFF, limit: beyond})
    answer = refused(profile=tight, **inputs)
    assert (answer.rule, answer.reason) == (limit, sentence)
    planned(profile=profile(limits={**OFF, limit: enough}), **inputs)
    planned(profile=profile(limits=OFF), **inputs)


@pytest.mark.parametrize("limit", list(BEYOND))
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
        ("total_quote_max", {"trades": (trade(symbol="ETH/USDT:USDT"),)}),
        ("risk_quote_max", {"trades": (trade(symbol="ETH/USDT:USDT"),)}),
        ("losing_streak_max", {"ended": (ended(1, "-5"), ended(2, "-5"))}),
        ("cooldown_minutes_min", {"ended": (ended(1, "5", minutes_ago=20),)}),
        ("loss_cooldown_minutes_min", {"ended": (ended(1, "-5", minutes_ago=20),)}),
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
        pytest.param("separate", Side.LONG, True, "same_symbol", id="separate, hedged"),
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


def test_nothing_is_added_where_the_stop_is_of_the_whole_position() -> None:
    first, second = trade("-100999/1"), trade("-100999/2")
    unshared = frozenset({second.signal})
    adding = profile(signals={"same_symbol": "add"})
    answer = refused(profile=adding, situation=situation(trades=(first, second), unshared=unshared))
    assert (answer.rule, answer.reason) == (
        "same_symbol",
        f"-100999/2 is long on {BTC.symbol}, with a stop of the whole position, "
        "so nothing is added to it",
    )
    planned(profile=adding, situation=situation(trades=(first,), unshared=unshared))


@pytest.mark.parametrize(
    ("policy", "is_sized"), [("refuse", False), ("add", True), ("separate", False)]
)
def test_a_trade_that_others_may_join_has_a_stop_of_what_it_holds(
    policy: str, is_sized: bool
) -> None:
    assert planned(profile=profile(signals={"same_symbol": policy})).sizes_stop is is_sized


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


CROSS = profile(
    leverage={"margin_mode": "cross"}, limits={**OFF, "liquidation_distance_percent_min": 1}
)


@pytest.mark.parametrize(
    ("at", "stop", "is_allowed"),
    [
        pytest.param("1000", "55800", True, id="equity far above the notional"),
        pytest.param("1", "55800", False, id="equity that a small move eats"),
    ],
)
def test_on_cross_margin_the_equity_behind_all_trades_bears_the_loss(
    at: str, stop: str, is_allowed: bool
) -> None:
    there = situation(account=account(at))
    if is_allowed:
        planned(intent(stop=stop), profile=CROSS, situation=there)
    else:
        answer = refused(intent(stop=stop), profile=CROSS, situation=there)
        assert answer.rule == "liquidation_distance_percent_min"


def test_a_stop_behind_the_liquidation_is_refused_at_any_distance_asked() -> None:
    """At 50x, 1.67 % against the trade is the end of it, and the stop waits at 2.11 %."""
    hot = profile(
        leverage={"max": 50}, limits={**OFF, "liquidation_distance_percent_min": "0.000001"}
    )
    answer = refused(intent(leverage=Decimal(50)), profile=hot)
    assert answer.rule == "liquidation_distance_percent_min"
    planned(intent(leverage=Decimal(20)), profile=hot)


def test_the_farthest_entry_of_a_ladder_meets_the_bounds_of_its_stop() -> None:
    ladder = intent(entry("ladder", "57000", "56000"), stop="55500", targets=())
    wide = profile(limits={**OFF, "stop_distance_percent_max": "2.6"})
    assert "57000" in refused(ladder, profile=wide).reason
    near = profile(limits={**OFF, "stop_distance_percent_min": "0.9"})
    assert "56000" in refused(ladder, profile=near).reason


def test_a_trade_that_names_no_target_names_no_reward() -> None:
    answer = refused(intent(targets=()), profile=profile(limits={**OFF, "reward_risk_min": 1}))
    assert answer.reason == "the targets win 0 times what the stop loses, 1 needed"


def test_a_halt_holds_though_the_loss_was_won_back() -> None:
    halt = Halt(scope="default", reason="120 USDT lost", at=NOON - timedelta(hours=1))
    back = situation(realised_today=Decimal(50), halts=(halt,))
    answer = refused(situation=back)
    assert (answer.rule, answer.reason) == (
        "daily_loss_halt",
        "no new entries until `tgbitget resume`: 120 USDT lost",
    )
    planned(situation=situation(halts=(replace(halt, scope="another"),)))
    of_account = situation(halts=(replace(halt, scope="", until=NOON + timedelta(hours=12)),))
    planned(situation=of_account)
    answer = refused(situation=of_account, account_limits=within())
    assert answer.reason == "no new entries until midnight UTC: 120 USDT lost"


@pytest.mark.parametrize(
    ("minutes_ago", "hours", "is_allowed"),
    [(119, 2, False), (120, 2, True), (10_000, "off", False)],
)
def test_a_losing_streak_pauses_for_hours_or_until_resumed(
    minutes_ago: float, hours: Any, is_allowed: bool
) -> None:
    lost = (ended(1, "-1", minutes_ago=minutes_ago + 5), ended(2, "-1", minutes_ago=minutes_ago))
    cautious = profile(limits={**OFF, "losing_streak_max": 2, "losing_streak_pause_hours": hours})
    there = situation(ended=lost)
    if is_allowed:
        planned(profile=cautious, situation=there)
    else:
        assert refused(profile=cautious, situation=there).rule == "losing_streak_max"
    planned(profile=cautious, situation=replace(there, resumed_at=NOON))


def test_trades_that_never_filled_neither_lose_nor_rest() -> None:
    never = replace(ended(1, "0", minutes_ago=1), state=TradeState.CANCELLED)
    resting = profile(limits={**OFF, "cooldown_minutes_min": 60, "losing_streak_max": 1})
    planned(profile=resting, situation=situation(ended=(never,)))


def test_a_price_that_is_older_than_the_owner_wants_is_not_used() -> None:
    old = situation(quote=quote("57000", age_seconds=6))
    market = intent(entry("market"))
    planned(market, situation=old)
    strict = profile(limits={"price_age_seconds_max": 5})
    assert refused(market, situation=old, profile=strict).rule == "price"
    account_wide = within(price_age_seconds_max=5)
    assert refused(market, situation=old, account_limits=account_wide).rule == "price"


def test_what_the_market_does_not_tell_is_named_and_blocks_nothing() -> None:
    asked = ("spread_percent_max", "turnover_24h_quote_min", "price_move_percent_max")
    bounds = {**OFF, **dict.fromkeys(asked, 1)}
    assert planned(profile=profile(limits=bounds)).skipped == asked
    no_account = situation(account=None)
    by_equity = {**OFF, "daily_loss_percent_max": 1, "liquidation_distance_percent_min": 1}
    plan = planned(profile=profile(limits=by_equity), situation=no_account)
    assert plan.skipped == ("daily_loss_percent_max",)
    cross = profile(limits=by_equity, leverage={"margin_mode": "cross"})
    skipped = planned(profile=cross, situation=no_account).skipped
    assert skipped == ("daily_loss_percent_max", "liquidation_distance_percent_min")


def test_a_trade_whose_risk_is_not_known_counts_whole() -> None:
    open_trade = situation(trades=(trade(symbol="ETH/USDT:USDT", notional="100"),))
    tight = profile(limits={**OFF, "risk_quote_max": 100})
    assert "those of other trades 100," in refused(profile=tight, situation=open_trade).reason


def test_a_rehearsal_at_market_names_what_it_could_not_measure() -> None:
    """Without a price there is no entry to measure from."""
    shaped = {"stop_distance_percent_min": 50, "reward_risk_min": 99}
    plan = planned(
        intent(entry("market")),
        profile=profile(limits={**OFF, **shaped}),
        situation=situation(None, account=None),
        is_rehearsal=True,
    )
    assert plan.skipped == ("price", *shaped, "beyond_stop", "beyond_target")
