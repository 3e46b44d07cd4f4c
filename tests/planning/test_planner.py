from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from planning.samples import (
    BTC,
    NOON,
    SPOT,
    USER,
    asked,
    entry,
    intent,
    planned,
    post,
    price,
    profile,
    quote,
    refused,
    short,
    situation,
)
from tgbitget.model.ids import client_order_id
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.market import Market
from tgbitget.model.plan import OrderSide, OrderType, Role
from tgbitget.planning.planner import leverage


def test_a_plan_is_complete_orders_with_their_stop() -> None:
    plan = planned(
        intent(entry("zone", "57000", "57500")), profile=profile(entry={"zone_orders": 2})
    )
    assert plan.signal == "-100123/7"
    assert (plan.market, plan.side, plan.stop) == (BTC, Side.LONG, price("55800"))
    assert [target.price for target in plan.targets] == [58400, 59200]
    first, second = plan.entries
    assert (first.name, second.name) == ("entry-1", "entry-2")
    for leg in plan.entries:
        assert leg.role is Role.ENTRY
        assert (leg.symbol, leg.signal) == (BTC.symbol, plan.signal)
        assert (leg.side, leg.position_side) == (OrderSide.BUY, Side.LONG)
        assert leg.type is OrderType.LIMIT
        assert leg.stop_loss == plan.stop
        assert not leg.reduce_only
    assert (first.price, second.price) == (price("57500"), price("57000"))


def test_a_short_sells_to_open() -> None:
    plan = planned(short())
    (leg,) = plan.entries
    assert (leg.side, leg.position_side, leg.stop_loss) == (
        OrderSide.SELL,
        Side.SHORT,
        price("58200"),
    )


def test_ids_are_derived_from_user_signal_and_leg() -> None:
    zone = intent(entry("zone", "57000", "57500"))
    plan = planned(zone)
    assert [leg.client_oid for leg in plan.entries] == [
        client_order_id(user_id=USER, signal=plan.signal, leg=leg.name) for leg in plan.entries
    ]
    assert planned(zone) == plan
    other_user = planned(zone, user_id="1")
    other_post = planned(zone, post=post(message_id=8))
    ids = [leg.client_oid for p in (plan, other_user, other_post) for leg in p.entries]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("asked_for", "section", "market", "expected"),
    [
        pytest.param("20", {}, BTC, "10", id="the profile's maximum is a cap"),
        pytest.param("3", {}, BTC, "3", id="less is kept"),
        pytest.param(None, {}, BTC, "5", id="the default"),
        pytest.param(None, {"default": 20}, BTC, "10", id="the default is capped"),
        pytest.param("125", {"max": 150}, replace(BTC, max_leverage=Decimal(50)), "50", id="the market's maximum"),
        pytest.param("7.5", {}, BTC, "7", id="whole numbers"),
        pytest.param("0.5", {}, BTC, "1", id="at least one"),
        pytest.param("10", {}, SPOT, "1", id="none on spot"),
    ],
)  # fmt: skip
def test_leverage_is_what_the_post_asks_within_the_caps(
    asked_for: str | None, section: dict[str, Any], market: Market, expected: str
) -> None:
    named = None if asked_for is None else Decimal(asked_for)
    section_ = profile(leverage=section).leverage
    assert leverage(named, section=section_, market=market) == Decimal(expected)


def test_the_posts_leverage_reaches_the_plan() -> None:
    assert planned(intent(leverage=Decimal(3))).leverage == 3


@pytest.mark.parametrize("posted", [None, MarginMode.CROSS, MarginMode.ISOLATED])
@pytest.mark.parametrize("ours", ["isolated", "cross"])
def test_the_margin_mode_is_the_profiles_whatever_the_post_says(
    posted: MarginMode | None, ours: str
) -> None:
    plan = planned(intent(margin_mode=posted), profile=profile(leverage={"margin_mode": ours}))
    assert plan.margin_mode == ours


def test_resting_entries_expire_when_the_profile_says() -> None:
    plan = planned(profile=profile(entry={"expire_minutes": 90}))
    assert plan.expires_at == NOON + timedelta(minutes=90)


@pytest.mark.parametrize(
    ("seconds_ago", "is_late"),
    [(-5, False), (0, False), (60, False), (60.5, True), (86_400, True)],
)
def test_an_old_post_is_late(seconds_ago: float, is_late: bool) -> None:
    answer = asked(post=post(seconds_ago=seconds_ago))
    assert (getattr(answer, "rule", None) == "entry_age_seconds_max") is is_late


def test_an_edit_does_not_make_an_old_post_young() -> None:
    edited = post(seconds_ago=3600, revision=1, edited=NOON)
    assert refused(post=edited).rule == "entry_age_seconds_max"


def test_late_comes_before_what_else_is_wrong_with_a_post() -> None:
    answer = refused(intent(stop=None), post=post(seconds_ago=3600))
    assert answer.rule == "entry_age_seconds_max"


def test_a_dry_run_without_prices_sizes_a_market_entry_at_its_bound() -> None:
    dark = situation(None, account=None)
    plan = planned(intent(entry("market")), situation=dark, is_rehearsal=True)
    (leg,) = plan.entries
    assert leg.type is OrderType.MARKET
    assert leg.amount == Decimal("0.0008")  # 50 USDT at 59200, its far target
    assert "price" in plan.skipped
    sold = planned(short(entry("market")), situation=dark, is_rehearsal=True)
    assert sold.entries[0].amount == Decimal("0.0008")  # at 58200, its stop
    named = planned(intent(entry("market", "57000")), situation=dark, is_rehearsal=True)
    assert "price" not in named.skipped


def test_a_dry_run_refuses_what_nothing_bounds() -> None:
    dark = situation(None, account=None)
    for post_ in (
        intent(entry("market"), targets=()),
        intent(entry("market"), targets=("5%",)),
        intent(entry("market"), stop="3%"),
    ):
        assert refused(post_, situation=dark, is_rehearsal=True).rule == "price"


def test_a_first_entry_at_market_carries_the_stop_like_the_others() -> None:
    plan = planned(
        intent(entry("ladder", "57000", "56500")),
        situation=situation(quote=quote("57100", bid="57099", ask="57101")),
        profile=profile(entry={"first_as_market": True}, size={"value": "100"}),
    )
    first, second = plan.entries
    assert (first.type, first.price) == (OrderType.MARKET, None)
    assert (second.type, second.price) == (OrderType.LIMIT, price("56500"))
    assert first.stop_loss == second.stop_loss == price("55800")


def test_only_what_rests_at_a_limit_is_post_only() -> None:
    wanted = profile(entry={"post_only": True, "first_as_market": True}, size={"value": "100"})
    near = situation(quote=quote("57100", bid="57099", ask="57101"))
    ladder = planned(
        intent(entry("ladder", "57000", "56500")), situation=near, profile=wanted
    ).entries
    (broken,) = planned(
        intent(entry("trigger", "57300", "57310")), situation=near, profile=wanted
    ).entries
    assert [(leg.type, leg.post_only) for leg in (*ladder, broken)] == [
        (OrderType.MARKET, False),
        (OrderType.LIMIT, True),
        (OrderType.TRIGGER, False),
    ]


def test_a_stop_that_rounds_onto_the_entry_is_refused() -> None:
    tight = intent(entry("limit", "57000"), stop="56999.95", targets=())
    answer = refused(tight, situation=situation("57100"))
    assert answer.rule == "sl_wrong_side"
    assert "ticks of 0.1" in answer.reason


def test_a_missing_stop_is_placed_where_the_profile_says() -> None:
    plan = planned(intent(stop=None), profile=profile(exits={"missing_stop": "5%"}))
    assert plan.stop == price("54150")
    assert refused(intent(stop=None)).rule == "missing_stop"
