from decimal import Decimal

import pytest

from planning.samples import (
    BONK,
    BTC,
    entry,
    intent,
    level,
    planned,
    price,
    quote,
    refused,
    short,
    situation,
)
from tgbitget.model.intent import OpenPosition
from tgbitget.planning.price_sense import highest_sensible, settle

BONK_SITUATION = situation("0.0098")
THOUSAND = Decimal(1000)


def bonk(at: str, stop: str, *targets: str) -> OpenPosition:
    return intent(entry("limit", at), symbol="BONK", stop=stop, targets=targets)


@pytest.mark.parametrize(
    ("post", "first", "stop", "target"),
    [
        pytest.param(
            bonk("0.0000097", "0.0000093", "0.0000101"), "0.0097", "0.0093", "0.0101", id="per coin"
        ),
        pytest.param(
            bonk("0.0097", "0.0093", "0.0101"), "0.0097", "0.0093", "0.0101", id="per thousand"
        ),
        pytest.param(
            bonk("0.0097", "0.0093", "5%"), "0.0097", "0.0093", "0.010185", id="in percent"
        ),
    ],
)
def test_the_market_says_which_unit_a_post_counts_in(
    post: OpenPosition, first: str, stop: str, target: str
) -> None:
    plan = planned(post, market=BONK, multiplier=THOUSAND, situation=BONK_SITUATION)
    assert plan.entries[0].price == price(first)
    assert plan.stop == price(stop)
    assert plan.targets[0].price == price(target)


@pytest.mark.parametrize("at", ["0.42", "0.00042", "0.0000000098"])
def test_a_price_that_fits_in_neither_unit_is_refused(at: str) -> None:
    answer = refused(
        bonk(at, str(Decimal(at) * Decimal("0.95"))),
        market=BONK,
        multiplier=THOUSAND,
        situation=BONK_SITUATION,
    )
    assert answer.rule == "price_unit"
    assert "0.0098" in answer.reason


def test_without_the_markets_price_the_unit_is_not_guessed() -> None:
    for is_rehearsal in (False, True):
        answer = refused(
            bonk("0.0097", "0.0093"),
            market=BONK,
            multiplier=THOUSAND,
            situation=situation(None),
            is_rehearsal=is_rehearsal,
        )
        assert answer.rule == "price_unit"
        assert "1000BONKUSDT" in answer.reason
        assert "1000 coins" in answer.reason


def test_a_prefix_that_this_venue_has_not_is_settled_alike() -> None:
    plan = planned(
        intent(
            entry("limit", "57000000"), stop="55800000", targets=("58400000",), symbol="1000BTC"
        ),
        multiplier=Decimal("0.001"),
    )
    assert plan.entries[0].price == price("57000")
    assert plan.stop == price("55800")


def scaled_readings() -> list[OpenPosition]:
    """`Entry 28390, stop 26970`, whose point was left out."""
    return [
        intent(
            entry("limit", str(Decimal(28390) / 10**n)),
            symbol="BLZ",
            stop=str(Decimal(26970) / 10**n),
            targets=(),
        )
        for n in range(8)
    ]


@pytest.mark.parametrize(
    ("at", "index"),
    [("0.0283", 6), ("28000", 0), ("2.5", 4), ("4.1", None), ("0.0000001", None)],
)
def test_of_several_readings_the_one_at_the_market_is_meant(at: str, index: int | None) -> None:
    drafts = scaled_readings()
    assert settle(drafts, quote=quote(at)) == (None if index is None else drafts[index])


def test_readings_are_compared_in_the_markets_unit() -> None:
    drafts = [bonk("0.0000097", "0.0000093"), bonk("0.00097", "0.00093")]
    assert settle(drafts, multiplier=THOUSAND, quote=quote("0.0098")) == drafts[0]


def test_two_readings_that_fit_leave_it_open_and_so_does_a_price_of_yesterday() -> None:
    same = [intent(entry("limit", "57000")), intent(entry("limit", "57100"))]
    assert settle(same, quote=quote("57000")) is None
    assert settle(same[:1], quote=quote("57000")) == same[0]
    assert settle(same[:1], quote=quote("57000", age_seconds=60)) is None
    assert settle(same[:1], quote=None) is None


@pytest.mark.parametrize(
    ("post", "rule"),
    [
        pytest.param(intent(entry("limit", "570000"), stop="558000", targets=()), "price_deviation_percent_max", id="ten-fold"),
        pytest.param(intent(entry("limit", "57.5"), stop="56", targets=()), "price_deviation_percent_max", id="a point for a comma"),
        pytest.param(intent(entry("market", "64000")), "price_deviation_percent_max", id="a market entry's reference"),
        pytest.param(intent(entry("ladder", "57000", "51000"), stop="50000"), "price_deviation_percent_max", id="the last rung"),
        pytest.param(intent(entry("market"), stop="55.8", targets=()), "price_magnitude", id="a stop's slip"),
        pytest.param(intent(entry("market"), targets=("584000",)), "price_magnitude", id="a target's slip"),
    ],
)  # fmt: skip
def test_prices_far_from_the_market_are_refused_not_corrected(
    post: OpenPosition, rule: str
) -> None:
    answer = refused(post)
    assert answer.rule == rule
    assert "57000" in answer.reason


@pytest.mark.parametrize(
    ("post", "at", "rule"),
    [
        pytest.param(intent(), "55800", "beyond_stop", id="long at its stop"),
        pytest.param(intent(), "58400", "beyond_target", id="long at its first target"),
        pytest.param(
            intent(entry("market")), "55000", "beyond_stop", id="market entry below the stop"
        ),
        pytest.param(short(), "58200", "beyond_stop", id="short at its stop"),
        pytest.param(short(), "55600", "beyond_target", id="short at its first target"),
        pytest.param(
            short(entry("market")), "59000", "beyond_stop", id="market entry above the stop"
        ),
    ],
)
def test_a_move_that_is_over_is_not_entered(post: OpenPosition, at: str, rule: str) -> None:
    answer = refused(post, situation=situation(at))
    assert answer.rule == rule
    assert at in answer.reason


def test_a_quote_of_yesterday_says_nothing() -> None:
    old = situation(quote=quote("5700", age_seconds=31))
    plan = planned(situation=old)
    assert plan.skipped == ("price_deviation_percent_max", "beyond_stop", "beyond_target")
    assert refused(intent(entry("market")), situation=old).rule == "price"
    nothing = situation(quote=quote("0"))
    assert "beyond_stop" in planned(situation=nothing).skipped


def test_what_bounds_an_entry_is_the_far_target_or_a_shorts_stop() -> None:
    assert highest_sensible(intent()) == level("59200")
    assert highest_sensible(intent(targets=("5%",))) is None
    assert highest_sensible(short()) == level("58200")
    assert highest_sensible(short(stop="5%")) is None
    assert highest_sensible(short(stop=None)) is None


def test_levels_that_do_not_fit_each_other_are_refused_whoever_read_them() -> None:
    answer = refused(intent(stop="57500"))
    assert answer.rule == "sl_wrong_side"
    assert answer.reason == "long from 57000 to 58400, 59200 with the stop at 57500"
    assert refused(intent(targets=("56000",))).rule == "tp_wrong_side"
    assert refused(intent(stop="5580"), market=BTC).rule == "price_magnitude"
