from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from planning.samples import (
    BTC,
    NOON,
    USER,
    asked,
    entry,
    intent,
    planned,
    post,
    profile,
    refused,
    short,
)
from tgbitget.model.intent import OpenPosition
from tgbitget.model.plan import Decision, OrderPlan, Outcome, Refused
from tgbitget.model.post import Post
from tgbitget.model.reading import Read

OTHER = post(channel="-100555", message_id=31)


def decided(
    intent_: OpenPosition | None = None,
    *,
    by: Post = OTHER,
    minutes_ago: int = 10,
    outcome: Outcome = Outcome.PLANNED,
    account: str = USER,
) -> Decision:
    """What another channel's post became a while ago."""
    intent_ = intent_ or intent()
    plan = planned(intent_, post=by)
    return Decision(
        post=by,
        reading=Read(intent=intent_, parser="freeform"),
        outcome=outcome,
        decided_at=NOON - timedelta(minutes=minutes_ago),
        account=account,
        plan=plan if outcome is Outcome.PLANNED else None,
        legs=plan.entries,
    )


def is_duplicate(intent_: OpenPosition, *earlier: Decision, **inputs: Any) -> bool:
    answer = asked(intent_, recent=earlier, **inputs)
    assert isinstance(answer, OrderPlan) or answer.rule == "duplicate", answer
    return isinstance(answer, Refused)


def test_another_channels_copy_is_a_duplicate_and_says_of_what() -> None:
    answer = refused(recent=[decided()])
    assert answer.rule == "duplicate"
    assert answer.reason == ("the same as -100555/31 10 min ago: BTCUSDT long, levels within 5 %")


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        pytest.param(intent(), True, id="the same"),
        pytest.param(intent(entry("limit", "57100"), stop="55000"), True, id="a little different"),
        pytest.param(intent(targets=("58400",)), True, id="fewer targets"),
        pytest.param(intent(targets=("58400", "59200", "62000")), True, id="more targets"),
        pytest.param(intent(entry("market")), True, id="at market"),
        pytest.param(intent(entry("zone", "56500", "57000")), True, id="as a zone"),
        pytest.param(intent(stop="50000"), False, id="another stop"),
        pytest.param(intent(targets=("64000",)), False, id="another target"),
        pytest.param(intent(entry("limit", "53000"), stop="52000"), False, id="another entry"),
        pytest.param(short(), False, id="another side"),
    ],
)
def test_levels_decide_whether_it_is_the_same(later: OpenPosition, expected: bool) -> None:
    assert is_duplicate(later, decided()) is expected


def test_another_symbol_is_another_signal() -> None:
    twin = replace(BTC, id="TWINUSDT", symbol="TWIN/USDT:USDT", base="TWIN")
    assert not is_duplicate(intent(symbol="TWIN"), decided(), market=twin)


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        pytest.param(decided(minutes_ago=180), True, id="just within the hours"),
        pytest.param(decided(minutes_ago=181), False, id="long ago"),
        pytest.param(decided(by=post(message_id=6)), True, id="a re-post in the channel"),
        pytest.param(decided(by=post()), False, id="the post itself, edited"),
        pytest.param(decided(outcome=Outcome.REFUSED), False, id="one that was refused"),
        pytest.param(decided(account="dry-run"), False, id="one of another account"),
    ],
)
def test_only_trades_of_the_last_hours_count(earlier: Decision, expected: bool) -> None:
    assert is_duplicate(intent(), earlier) is expected


def test_the_profile_says_how_long_and_how_close() -> None:
    earlier = decided(minutes_ago=30)
    assert not is_duplicate(intent(), earlier, profile=profile(signals={"duplicate_hours": 0}))
    assert not is_duplicate(intent(), earlier, profile=profile(signals={"duplicate_hours": "0.4"}))
    near = intent(stop="55700")
    assert not is_duplicate(near, earlier, profile=profile(signals={"duplicate_percent": "0.1"}))
    assert is_duplicate(near, earlier, profile=profile(signals={"duplicate_percent": "0.2"}))
