"""Exits that the venue refuses, loses or never answers: nobody stands bare longer than a fault lasts, and nothing is done twice."""

from decimal import Decimal
from typing import Any

import pytest

from journeys.coin import Coin
from journeys.invariants import (
    WATCHED,
    agrees,
    check_guarded,
    check_one_entry_per_leg,
    check_one_order_per_target,
)
from journeys.world import World
from tgbitget.simulators.bitget import Then

NO_ANSWER = [
    pytest.param({"accept": False, "then": Then.BAD_GATEWAY}, id="502"),
    pytest.param({"accept": False, "then": Then.DROP}, id="dropped"),
    pytest.param({"accept": False, "then": Then.HTML}, id="a page"),
    pytest.param({"code": "40725"}, id="service error"),
]


@pytest.mark.parametrize("cue", NO_ANSWER)
async def test_a_bare_position_whose_stop_is_never_answered_is_closed_at_market(
    world: World, sol: Coin, cue: dict[str, Any]
) -> None:
    world.bitget.exchange.rules.presets_lost = 1
    world.bitget.faults.always("place-tpsl-order", **cue)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "closed")
        assert sol.is_flat
    check_guarded(sol, within=10.0)
    check_one_entry_per_leg(sol)


async def test_stop_and_close_refused_alarm_once_and_the_first_that_is_taken_again_helps(
    world: World, sol: Coin
) -> None:
    world.bitget.exchange.rules.presets_lost = 1
    async with world.listening() as lines:
        world.bitget.faults.always("place-tpsl-order", code="43011")
        world.bitget.faults.next("place-order")
        world.bitget.faults.always("place-order", code="40200")
        post = world.market_long(sol)
        await lines.until(lambda: lines.results(post).count("rejected") >= 6, "some more tries")
        alarms = [w for w in lines.warnings if "WITHOUT A STOP" in w]
        assert len(alarms) == 1
        world.bitget.faults.clear()
        await lines.until(lambda: not sol.size or bool(sol.stops), "a stop or the end", within=3)
        world.reply(post, "Close this trade now")  # a stop that came first ended our own wish to
        told = await lines.reaches(post, "closed")
        assert told["amount"] == "0"
        assert sol.is_flat
    assert len([w for w in lines.warnings if "WITHOUT A STOP" in w]) == 1
    check_one_entry_per_leg(sol)


@pytest.mark.parametrize("code", ["40200", "40308"])
async def test_a_channel_s_close_that_was_refused_is_tried_again_and_said(
    world: World, sol: Coin, code: str
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.faults.next("place-order", code=code)
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        assert sol.is_flat
        assert len([w for w in lines.warnings if "could not be closed" in w]) == 1
    check_guarded(sol)


@pytest.mark.parametrize("is_accepted", [True, False], ids=["taken", "lost"])
async def test_a_whole_close_without_an_answer_is_sent_again_at_once(
    world: World, sol: Coin, is_accepted: bool
) -> None:
    """With the real windows: twenty seconds would be too long to stay in."""
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.faults.pushes.silent = True
        world.bitget.faults.next("place-order", accept=is_accepted, then=Then.DROP)
        world.reply(post, "Close this trade now")
        await lines.until(lambda: sol.is_flat, "the close", within=3)
        world.bitget.faults.pushes.silent = False
        await lines.reaches(post, "closed")
    assert sum(e.size for e in sol.executions if e.closing) == Decimal("0.8")
    check_guarded(sol)


@pytest.mark.parametrize("is_accepted", [True, False], ids=["taken", "lost"])
async def test_a_target_that_nobody_knows_of_holds_up_no_close(
    world: World, sol: Coin, is_accepted: bool
) -> None:
    """With the real windows: a lost target is proven absent after twenty seconds only."""
    async with world.listening() as lines:
        world.bitget.faults.next("place-tpsl-order")
        world.bitget.faults.next("place-tpsl-order", accept=is_accepted, then=Then.DROP)
        post = world.market_long(sol)
        await lines.until(lambda: bool(sol.stops), "the stop")
        await lines.until(lambda: "unknown" in lines.results(post), "the unknown target")
        world.reply(post, "Close this trade now")
        await lines.until(lambda: sol.is_flat, "the close", within=3)
        await lines.until(lambda: lines.state(post) == "closed", "its end")
    check_guarded(sol)


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("is_accepted", [True, False], ids=["taken", "lost"])
async def test_a_target_that_nobody_knew_of_stands_once_in_the_end(
    world: World, sol: Coin, is_accepted: bool
) -> None:
    async with world.listening() as lines:
        world.bitget.faults.next("place-tpsl-order")
        world.bitget.faults.next("place-tpsl-order", accept=is_accepted, then=Then.DROP)
        post = world.market_long(sol)
        await lines.until(lambda: "unknown" in lines.results(post), "the unknown target")
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        await lines.until(lambda: len(lines.results(post)) >= 5, "what became of it")
        check_one_order_per_target(sol)
        sol.moves("1.041")
        await lines.reaches(post, "closed")
        assert sol.is_flat
    check_guarded(sol)


async def test_a_cancel_that_is_never_answered_holds_up_no_close(world: World, eth: Coin) -> None:
    def cancels() -> list[object]:
        return [r for r in world.bitget.requests if r.endpoint == "cancel-order"]

    async with world.listening() as lines:
        post = world.zone_short(eth)
        await lines.until(lambda: len(eth.resting) == 4, "the zone to rest")
        eth.moves("1.006")
        await lines.until(lambda: bool(eth.stops) and bool(eth.targets), "its guard")
        world.bitget.faults.always("cancel-order", accept=False, then=Then.BAD_GATEWAY)
        world.reply(post, "Cancel this order")
        await lines.until(lambda: bool(cancels()), "a cancel")
        world.reply(post, "Close this trade now")
        await lines.until(lambda: not eth.size, "the close", within=6)
        world.bitget.faults.clear()
        await lines.reaches(post, "closed")
        await lines.until(lambda: eth.is_flat, "nothing left")
    check_guarded(eth)


async def test_a_stop_that_fills_while_cancels_fail_leaves_nothing_in_the_end(
    world: World, eth: Coin
) -> None:
    async with world.listening() as lines:
        post = world.zone_short(eth)
        await lines.until(lambda: len(eth.resting) == 4, "the zone to rest")
        world.bitget.exchange.set_price("ETHUSDT", Decimal(eth.at("1.005")))
        await lines.until(lambda: bool(eth.targets), "its targets")
        world.bitget.faults.next("cancel-order", accept=False, then=Then.BAD_GATEWAY, times=2)
        world.bitget.by_hand.close("ETHUSDT")
        await lines.reaches(post, "closed")
        await lines.until(lambda: eth.is_flat, "nothing left")
        await agrees(lines, post, eth)
    check_guarded(eth)


async def test_a_refused_target_is_not_given_up_for_good(
    world: World, sol: Coin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgbitget.positions.aiming.AGAIN_SECONDS", 1.0)
    async with world.listening() as lines:
        world.bitget.faults.next("place-tpsl-order")
        world.bitget.faults.next("place-tpsl-order", code="40200", times=2)
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        await lines.until(lambda: len(sol.targets) == 2, "both targets, at last")
        check_one_order_per_target(sol)
    check_guarded(sol)


async def test_a_gap_through_the_stop_before_ours_is_placed_ends_in_one_exit(
    world: World, sol: Coin
) -> None:
    world.bitget.faults.next("place-tpsl-order", delay=0.4)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: bool(sol.size), "the position")
        world.bitget.exchange.set_price("SOLUSDT", Decimal(sol.at("0.9")), gap=True)
        await lines.reaches(post, "closed")
        await agrees(lines, post, sol)
    assert sum(e.size for e in sol.executions if e.closing) == Decimal("0.8")
    check_one_entry_per_leg(sol)
    check_guarded(sol)


async def test_targets_and_stop_in_the_same_moment_leave_nothing(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        sol.moves("1.021")
        sol.moves("0.969")
        await lines.reaches(post, "closed")
        await lines.until(lambda: sol.is_flat, "nothing left")
        told = lines.trade(post)
        assert Decimal(told["realised"]) == world.bitget.exchange.desk.ledger.balance - 1000
    check_guarded(sol)


async def test_a_gap_over_both_targets_closes_once(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.exchange.set_price("SOLUSDT", Decimal(sol.at("1.1")), gap=True)
        await lines.reaches(post, "closed")
        assert sol.is_flat
    assert sum(e.size for e in sol.executions if e.closing) == Decimal("0.8")


async def test_an_entry_that_gaps_over_its_own_stop_is_out_again(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        world.bitget.exchange.set_price("SOLUSDT", Decimal(sol.at("0.9")), gap=True)
        await lines.reaches(post, "closed")
        await agrees(lines, post, sol)
    check_one_entry_per_leg(sol)
    check_guarded(sol)


async def test_a_liquidation_ends_the_trade(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.by_hand.drop_stops("SOLUSDT")
        world.bitget.exchange.set_price("SOLUSDT", Decimal(sol.at("0.5")), gap=True)
        await lines.reaches(post, "closed")
        await agrees(lines, post, sol)
        told = lines.trade(post)
        assert Decimal(told["realised"]) < 0


@pytest.mark.parametrize("with_each_fill", [True, False], ids=["preset at each", "preset at last"])
async def test_partial_fills_in_a_burst_leave_one_stop_and_targets_that_fit(
    world: World, sol: Coin, with_each_fill: bool
) -> None:
    world.bitget.exchange.rules.presets_with_each_fill = with_each_fill
    async with world.listening(
        world.profile(size={"kind": "fixed_quote", "value": "480"})
    ) as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        world.bitget.exchange.set_liquidity("SOLUSDT", Decimal("0.3"))
        sol.moves("0.989")
        for _ in range(6):
            world.bitget.exchange.set_liquidity("SOLUSDT", Decimal("0.3"))
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        await lines.until(
            lambda: sum(p.size or 0 for p in sol.plans if p.kind.takes_profit) == sol.size,
            "targets that fit",
        )
        check_one_order_per_target(sol)
        world.bitget.exchange.set_liquidity("SOLUSDT", None)
        await agrees(lines, post, sol)
        await lines.until(
            lambda: sum(p.size or 0 for p in sol.plans if p.kind.takes_profit) == sol.size,
            "targets that fit all of it",
        )
        check_one_order_per_target(sol)
        assert sol.stops == [Decimal(sol.at("0.96"))]
        sol.moves("1.041")
        await lines.reaches(post, "closed")
        assert sol.is_flat
    check_guarded(sol, within=1.0)


async def test_a_part_below_the_minimum_is_guarded_and_can_be_closed(
    world: World, sol: Coin
) -> None:
    """What is left is too little for a target of its own: the stop alone ends it, or a close."""
    async with world.listening() as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        world.bitget.exchange.set_liquidity("SOLUSDT", Decimal("0.1"))
        sol.moves("0.989")
        await lines.reaches(post, "open")
        world.reply(post, "Cancel this order")
        await lines.until(lambda: not sol.resting, "the rest to go")
        assert sol.size == Decimal("0.1")
        await lines.until(lambda: bool(sol.stops), "its stop")
        world.bitget.exchange.set_liquidity("SOLUSDT", None)
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        assert sol.is_flat
    check_guarded(sol, within=1.0)


async def test_the_watch_puts_back_a_stop_that_a_lagging_list_hid(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.by_hand.drop_stops("SOLUSDT")
        world.bitget.faults.always("orders-plan-pending", then=Then.BAD_GATEWAY)
        await lines.until(lambda: lines.state(post) == "open")
        world.bitget.faults.clear()
        await lines.until(lambda: bool(sol.stops), "the stop, again")
    check_guarded(sol, within=WATCHED)
