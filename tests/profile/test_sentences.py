from typing import Any

import pytest

from tgbitget.profile import Profile, default_profile, sentences, warnings


def profile(**sections: Any) -> Profile:
    return Profile.model_validate({"telegram": {"channels": ["@vip_signals"]}, **sections})


def test_the_defaults_in_sentences() -> None:
    said = sentences(default_profile())
    assert "Each trade is worth 50 USDT before leverage, over all its entries." in said
    assert "A zone becomes 4 orders; the entries share the amount in equal parts." in said
    assert "At most 5 trades are open at once." in said
    assert warnings(default_profile()) == []


@pytest.mark.parametrize(
    ("sections", "sentence"),
    [
        pytest.param({"mode": "live"}, "It trades live, with real money, once --live", id="live"),
        pytest.param({"telegram": {"channels": ["@a_b", -5]}}, "It follows @a_b and -5.", id="two"),
        pytest.param(
            {"telegram": {"channels": ["@a_b"], "fast_poll_seconds": 0}},
            "It never asks Telegram for news",
            id="never asks",
        ),
        pytest.param(
            {"telegram": {"channels": ["@a_b"], "fast_poll_seconds": "2.5"}},
            "It asks Telegram for news every 2.5 s.",
            id="own pace",
        ),
        pytest.param(
            {"telegram": {"channels": ["@a_b"], "senders": ["@joe"], "topics": [4]}},
            "In groups, only posts of @joe count.",
            id="senders",
        ),
        pytest.param(
            {"market": {"allow": ["btc", "eth", "sol"], "deny": ["doge"]}},
            "It trades USDT futures: only BTC, ETH and SOL, but never DOGE.",
            id="coins",
        ),
        pytest.param({"market": {"product": "spot"}}, "On spot there is no leverage.", id="spot"),
        pytest.param(
            {"entry": {"first_as_market": True}},
            "The first entry goes to market while the price is within 0.5 % of it.",
            id="first as market",
        ),
        pytest.param({"entry": {"expire_minutes": 90}}, "after 90 minutes is", id="minutes"),
        pytest.param({"entry": {"expire_minutes": 60}}, "after 1 hour is", id="an hour"),
        pytest.param({"entry": {"expire_minutes": 2880}}, "after 2 days is", id="days"),
        pytest.param({"entry": {"zone_orders": 1}}, "A zone becomes 1 order;", id="one order"),
        pytest.param(
            {"size": {"kind": "risk_percent", "value": "1.50"}},
            "Each trade is sized so that its stop loses 1.5 % of the equity.",
            id="risk",
        ),
        pytest.param({"size": {"kind": "equity_percent"}}, "worth 50 % of the equity", id="equity"),
        pytest.param({"size": {"kind": "fixed_base"}}, "Each trade is 50 of its coin", id="base"),
        pytest.param(
            {"leverage": {"max": 3, "default": 5}}, "at most 3x, and 3x when it", id="capped"
        ),
        pytest.param(
            {"exits": {"split": ["50", "30.0", 20]}},
            "The take profits share the position 50 / 30 / 20 %.",
            id="percentages",
        ),
        pytest.param(
            {"exits": {"missing_stop": "5%"}}, "gets one at 5% from the entry.", id="missing stop"
        ),
        pytest.param(
            {"exits": {"stop_moves": "moving-target", "stop_moves_trigger": 2}},
            "Once target 2 is reached, the stop follows one target behind",
            id="moving target",
        ),
        pytest.param(
            {"exits": {"stop_moves": "percent-below-highest", "stop_moves_trigger": "1.5%"}},
            "Once the trade is 1.5% in profit, the stop follows the best price at a distance of 1 %",
            id="trailing",
        ),
        pytest.param(
            {"exits": {"stop_moves": "trailing", "stop_moves_trigger": "2%"}},
            "Once the trade is 2% in profit, an order of the exchange follows the best price at a distance of 1 %;",
            id="trailing",
        ),
        pytest.param(
            {"exits": {"trailing_take_profit_percent": ["0", "1.5"]}},
            "Targets that are reached follow the price at 0 / 1.5 % (0: sold at once).",
            id="trailing targets",
        ),
        pytest.param(
            {"exits": {"trailing_take_profit_percent": "2"}},
            "A target that is reached follows the price at 2 %.",
            id="one distance for all targets",
        ),
        pytest.param(
            {"exits": {"orders": "limit"}},
            "Take profits rest as reduce-only limit orders; in hedge mode",
            id="limit targets",
        ),
        pytest.param(
            {"entry": {"post_only": True}}, "Limit entries are post-only:", id="post-only"
        ),
        pytest.param(
            {"entry": {"resting_max": 1}},
            "At most 1 entry of a trade rests at once, the nearest first.",
            id="one rests",
        ),
        pytest.param({"exits": {"stop_moves": "none"}}, "stays where the post put it", id="still"),
        pytest.param({"signals": {"duplicate_hours": 0}}, "Duplicates are not", id="duplicates"),
        pytest.param(
            {"follow_ups": {"edits": "apply", "deletions": "close"}},
            "An edit of a traded post is applied, a farther stop included; other entries, another side or coin are not.",
            id="edits",
        ),
        pytest.param(
            {"parsing": {"templates": ["{side} {symbol}"]}}, "brings 1 template", id="template"
        ),
    ],
)
def test_what_a_profile_means_is_said(sections: dict[str, Any], sentence: str) -> None:
    assert sentence in "\n".join(sentences(profile(**sections)))


def test_a_limit_that_is_off_is_not_said_but_warned_of() -> None:
    off = profile(limits={"daily_loss_quote_max": "off"})
    assert "After losing" not in "\n".join(sentences(off))
    assert warnings(off) == ['limits.daily_loss_quote_max is "off".']


@pytest.mark.parametrize(
    ("sections", "warning"),
    [
        pytest.param(
            {"size": {"value": 600}},
            "size.value 600 USDT is above limits.position_quote_max 500 USDT",
            id="size above its limit",
        ),
        pytest.param(
            {"size": {"kind": "risk_percent", "value": 10}}, "leave 35 % of it", id="risk"
        ),
        pytest.param({"leverage": {"max": 50}}, "about 2 % against", id="leverage"),
        pytest.param({"leverage": {"max": 2}}, "leverage.default 5 is above", id="default"),
        pytest.param(
            {"exits": {"missing_stop": "10%"}}, "beyond the liquidation at 10x", id="far stop"
        ),
        pytest.param({"limits": {"open_positions_max": 0}}, "every trade will be", id="none"),
    ],
)
def test_what_is_probably_not_meant_is_warned_of(sections: dict[str, Any], warning: str) -> None:
    assert warning in "\n".join(warnings(profile(**sections)))


@pytest.mark.parametrize(
    ("sections", "warning"),
    [
        pytest.param(
            {"exits": {"stop_moves_percent": 2}},
            'exits.stop_moves_percent does nothing: exits.stop_moves is "breakeven", and only '
            '"percent-below-highest", "percent-below-triggers", "trailing" keep a distance.',
            id="a distance, and the stop keeps none",
        ),
        pytest.param(
            {"exits": {"stop_moves": "none", "stop_moves_trigger": 2}},
            'exits.stop_moves_trigger does nothing: exits.stop_moves is "none".',
            id="what moves a stop that stays",
        ),
        pytest.param(
            {"signals": {"duplicate_hours": 0, "duplicate_percent": 1}},
            "signals.duplicate_percent does nothing: signals.duplicate_hours is 0.",
            id="duplicates",
        ),
        pytest.param(
            {"parsing": {"patterns": ["(?P<side>long)"]}},
            'parsing.patterns does nothing: "pattern" is not among parsing.parsers.',
            id="patterns",
        ),
        pytest.param(
            {"parsing": {"parsers": ["freeform"], "templates": ["{side} {symbol}"]}},
            'parsing.templates does nothing: "template" is not among parsing.parsers.',
            id="templates",
        ),
        pytest.param(
            {"market": {"product": "spot"}, "leverage": {"max": 20}},
            "leverage.max does nothing: on spot there is no leverage.",
            id="leverage on spot",
        ),
        pytest.param(
            {"market": {"product": "spot"}, "limits": {"liquidation_distance_percent_min": 1}},
            "limits.liquidation_distance_percent_min does nothing: on spot nothing is liquidated.",
            id="liquidation on spot",
        ),
    ],
)
def test_a_key_that_does_nothing_is_warned_of_in_one_sentence(
    sections: dict[str, Any], warning: str
) -> None:
    assert warnings(profile(**sections)) == [warning]


@pytest.mark.parametrize(
    "sections",
    [
        pytest.param(
            {"exits": {"stop_moves_percent": 1, "stop_moves": "none"}}, id="as by default"
        ),
        pytest.param(
            {"exits": {"stop_moves_percent": 2, "stop_moves": "percent-below-highest"}}, id="used"
        ),
        pytest.param(
            {"market": {"product": "spot"}, "leverage": {"max": 1, "default": 1}}, id="no leverage"
        ),
        pytest.param(
            {"parsing": {"parsers": ["pattern"], "patterns": ["(?P<side>long)"]}}, id="its parser"
        ),
    ],
)
def test_a_key_that_is_used_or_as_by_default_is_not(sections: dict[str, Any]) -> None:
    assert warnings(profile(**sections)) == []


def test_every_sentence_is_one() -> None:
    for sentence in sentences(default_profile()):
        assert sentence.endswith(".")
        assert "\n" not in sentence


@pytest.mark.parametrize(
    ("exits", "warning"),
    [
        pytest.param({"stop_moves": "trailing"}, "it is we who move the stop", id="trailing"),
        pytest.param({"orders": "limit"}, "have no effect on spot", id="limit targets"),
        pytest.param(
            {"trailing_take_profit_percent": 2}, "have no effect on spot", id="trailing targets"
        ),
    ],
)
def test_what_spot_cannot_do_is_warned_of(exits: dict[str, Any], warning: str) -> None:
    (said,) = warnings(profile(market={"product": "spot"}, exits=exits))
    assert warning in said
    assert not warnings(profile(exits=exits))
