"""What is on its way to the disk counts as if it stood."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from planning import samples
from tgbitget.deciding.draft import Draft, Step
from tgbitget.deciding.opening import pending
from tgbitget.deciding.underway import Underway
from tgbitget.model.ids import ChannelId
from tgbitget.model.money import Notional
from tgbitget.model.reading import NotASignal
from tgbitget.model.trade import Situation, Usage

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
READING = NotASignal(why="of no matter here")


def step(*, is_rehearsal: bool = False, **fields: Any) -> Step:
    plan = replace(samples.planned(), **fields)
    post = samples.post()
    decision = Draft(post, READING, "vip", "u1", NOON).planned(plan)
    trade = None if is_rehearsal else pending(plan, post, Notional(plan.amount * 57000))
    return Step(decision, trade=trade)


def situation() -> Situation:
    return replace(samples.situation(), of_profile=Usage(), orders_last_minute=2)


@pytest.mark.parametrize("is_of_profile", [True, False])
def test_it_is_counted_until_it_stands(is_of_profile: bool) -> None:
    underway, opened = Underway(), step()
    channel = opened.decision.post.channel
    channels = (channel,) if is_of_profile else (ChannelId("-1009"),)
    underway.add(opened)
    after = underway.added_to(situation(), channels)
    assert underway.decisions() == (opened.decision,)
    underway.remove(opened)
    assert opened.trade is not None
    assert opened.decision.plan is not None
    orders = len(opened.decision.plan.entries)
    assert after.trades == (opened.trade,)
    assert after.at_risk.keys() == {opened.trade.signal}
    assert 0 < after.at_risk[opened.trade.signal] < opened.trade.notional
    assert after.orders_last_minute == 2 + orders
    assert after.of_profile == (
        Usage(trades=(opened.trade,), orders_last_minute=orders) if is_of_profile else Usage()
    )
    assert underway.added_to(situation(), channels) == situation()
    assert underway.decisions() == ()


@pytest.mark.parametrize("sizes_stop", [True, False])
def test_a_stop_of_the_whole_position_is_known_before_it_stands(sizes_stop: bool) -> None:
    underway, opened = Underway(), step(sizes_stop=sizes_stop)
    underway.add(opened)
    after = underway.added_to(situation(), ())
    assert after.unshared == (frozenset() if sizes_stop else {opened.decision.signal})


def test_a_rehearsal_uses_nothing_up_and_is_no_less_the_same_signal() -> None:
    underway, opened = Underway(), step(is_rehearsal=True)
    underway.add(opened)
    assert underway.added_to(situation(), ()) == situation()
    assert underway.decisions() == (opened.decision,)


def test_of_two_decisions_of_one_post_each_counts_until_its_own_end() -> None:
    underway, first, second = Underway(), step(), step()
    underway.add(first)
    underway.add(second)
    underway.remove(first)
    assert underway.decisions() == (second.decision,)
    underway.remove(first)
    underway.remove(second)
    assert underway.decisions() == ()
