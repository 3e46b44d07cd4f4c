from decimal import Decimal
from typing import Any

import pytest

from planning.samples import BTC, entry, level, price, profile
from tgbitget.model.intent import Entry, Side
from tgbitget.model.plan import Refused, Target
from tgbitget.planning import exits
from tgbitget.planning.entries import Rung, rungs
from tgbitget.profile import EntrySection

LONG, SHORT = Side.LONG, Side.SHORT


def entered(entry_: Entry, side: Side = LONG, *, bound: str | None = None) -> tuple[Rung, ...]:
    answer = rungs(
        entry=entry_,
        side=side,
        market=BTC,
        section=EntrySection(),
        quote=None,
        bound=None if bound is None else price(bound),
        is_rehearsal=True,
    )
    assert not isinstance(answer, Refused)
    return answer


def stopped(
    text: str | None, *, side: Side = LONG, at: Entry | None = None, missing: str = "refuse"
) -> Decimal | Refused:
    return exits.stop(
        level=None if text is None else level(text),
        section=profile(exits={"missing_stop": missing}).exits,
        side=side,
        market=BTC,
        entries=entered(at or entry("limit", "57000"), side),
    )


def targeted(*texts: str, side: Side = LONG, **section: Any) -> tuple[Target, ...]:
    answer = exits.targets(
        levels=tuple(map(level, texts)),
        section=profile(exits=section).exits,
        side=side,
        market=BTC,
        entries=entered(entry("limit", "57000"), side),
    )
    assert not isinstance(answer, Refused), answer
    return answer


@pytest.mark.parametrize(
    ("side", "text", "stop"),
    [
        pytest.param(LONG, "55800", "55800", id="a price"),
        pytest.param(LONG, "55800.01", "55800.1", id="a long's rounds up, nearer"),
        pytest.param(SHORT, "58200.09", "58200", id="a short's rounds down, nearer"),
        pytest.param(LONG, "5%", "54150", id="a long's percentage"),
        pytest.param(LONG, "-5%", "54150", id="with its sign"),
        pytest.param(SHORT, "5%", "59850", id="a short's percentage"),
    ],
)
def test_a_stop_is_on_a_tick_never_farther_than_asked(side: Side, text: str, stop: str) -> None:
    assert stopped(text, side=side) == price(stop)


def test_a_missing_stop_is_refused_or_placed_at_the_profiles_distance() -> None:
    refused = stopped(None)
    assert isinstance(refused, Refused)
    assert refused.rule == "missing_stop"
    assert stopped(None, missing="5%") == price("54150")
    assert stopped("55800", missing="5%") == price("55800")


def test_a_percentage_counts_from_the_weighted_entry() -> None:
    ladder = entry("ladder", "58000", "56000")
    assert stopped("10%", at=ladder) == price("51300")


def test_a_stop_of_the_whole_price_is_none() -> None:
    refused = stopped("100%")
    assert isinstance(refused, Refused)
    assert refused.rule == "sl_wrong_side"


def test_a_percentage_of_an_entry_that_nobody_knows_is_no_price() -> None:
    unknown = entered(entry("market"), bound="59200")
    section = profile().exits
    common: dict[str, Any] = {"section": section, "side": LONG, "market": BTC, "entries": unknown}
    stop = exits.stop(level=level("5%"), **common)
    targets = exits.targets(levels=(level("5%"),), **common)
    assert isinstance(stop, Refused)
    assert isinstance(targets, Refused)
    assert (stop.rule, targets.rule) == ("price", "price")


def test_targets_are_numbered_from_the_nearest() -> None:
    assert [target.price for target in targeted("60000", "58000", "59000")] == [58000, 59000, 60000]
    falling = targeted("54000", "56000", side=SHORT)
    assert [target.price for target in falling] == [56000, 54000]
    assert [target.number for target in falling] == [1, 2]


def test_a_target_is_on_a_tick_that_the_market_reaches_first() -> None:
    assert targeted("58000.09")[0].price == price("58000")
    assert targeted("55999.91", side=SHORT)[0].price == price("56000")


def test_targets_share_the_position_as_the_profile_says() -> None:
    shares = [
        t.share_percent for t in targeted("58000", "59000", "60000", split=["50", "30", "20"])
    ]
    assert shares == [50, 30, 20]
    skipped = [t.share_percent for t in targeted("58000", "59000", split="skip-first")]
    assert skipped == [0, 100]


def test_percent_targets_win_on_either_side() -> None:
    assert [t.price for t in targeted("5%", "+10%")] == [59850, 62700]
    assert [t.price for t in targeted("5%", "-10%", side=SHORT)] == [54150, 51300]


def test_no_targets_are_none_and_too_many_are_refused() -> None:
    assert targeted() == ()
    answer = exits.targets(
        levels=[price(str(58000 + i)) for i in range(21)],
        section=profile().exits,
        side=LONG,
        market=BTC,
        entries=entered(entry("limit", "57000")),
    )
    assert answer == Refused(rule="targets_max", reason="21 targets, 20 allowed")


@pytest.mark.parametrize(
    ("side", "at", "stop", "target", "rule"),
    [
        pytest.param(LONG, "57000", "56999.9", "57000.1", None, id="by a tick"),
        pytest.param(LONG, "57000", "57000", "58000", "sl_wrong_side", id="stop at the entry"),
        pytest.param(LONG, "57000", "57001", "58000", "sl_wrong_side", id="stop beyond"),
        pytest.param(LONG, "57000", "56000", "57000", "tp_wrong_side", id="target at the entry"),
        pytest.param(SHORT, "57000", "57000.1", "56999.9", None, id="a short, by a tick"),
        pytest.param(SHORT, "57000", "56000", "55000", "sl_wrong_side", id="a short's stop below"),
        pytest.param(
            SHORT, "57000", "58000", "58500", "tp_wrong_side", id="a short's target above"
        ),
        pytest.param(SHORT, "57000", "58000", "0", "tp_wrong_side", id="a target of nothing"),
    ],
)
def test_levels_on_the_wrong_side_are_named(
    side: Side, at: str, stop: str, target: str, rule: str | None
) -> None:
    answer = exits.misplaced(
        stop=price(stop),
        targets=[Target(number=1, price=price(target), share_percent=Decimal(100))],
        side=side,
        market=BTC,
        entries=entered(entry("limit", at), side),
    )
    assert (None if answer is None else answer.rule) == rule


def test_a_stop_must_lose_against_the_farthest_rung_too() -> None:
    answer = exits.misplaced(
        stop=price("56000"),
        targets=(),
        side=LONG,
        market=BTC,
        entries=entered(entry("ladder", "57000", "55000")),
    )
    assert answer is not None
    assert "the stop 56000 is on the wrong side of the entry 55000" in answer.reason
