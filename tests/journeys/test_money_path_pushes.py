"""What the exchange tells late, twice, in the wrong order or not at all changes nothing about what stands in the end."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from journeys.coin import Coin
from journeys.invariants import (
    WATCHED,
    agrees,
    check_guarded,
    check_one_entry_per_leg,
    check_one_order_per_target,
)
from journeys.lines import Lines
from journeys.world import World
from tgbitget.simulators.bitget import Then
from tgbitget.simulators.bitget.faults import Pushes

PUSHES = [
    pytest.param(lambda: Pushes(duplicate=True), id="twice"),
    pytest.param(lambda: Pushes(delay=0.7), id="late"),
    pytest.param(lambda: Pushes(reorder=3), id="three turned round"),
    pytest.param(lambda: Pushes(reorder=8, duplicate=True, delay=0.2), id="all of that"),
    pytest.param(lambda: Pushes(lose=4), id="four lost"),
    pytest.param(lambda: Pushes(lose=9), id="nine lost"),
    pytest.param(lambda: Pushes(silent=True), id="silent"),
]
EACH_FILL = pytest.mark.parametrize(
    "with_each_fill", [True, False], ids=["preset at each", "preset at last"]
)


def fitting(coin: Coin) -> bool:
    targets = [plan for plan in coin.plans if plan.kind.takes_profit]
    return len(targets) == 2 and sum(p.size or Decimal(0) for p in targets) == coin.size


async def spoiled(world: World, lines: Lines, pushes: Callable[[], Pushes]) -> None:
    """The stream came up in order; from now on it does not keep it."""
    await lines.until(lambda: bool(world.bitget.streams.sessions), "the stream")
    world.bitget.faults.pushes = pushes()


@EACH_FILL
@pytest.mark.parametrize("pushes", PUSHES)
async def test_from_parts_filled_over_a_target_to_the_stop(
    world: World, sol: Coin, pushes: Callable[[], Pushes], with_each_fill: bool
) -> None:
    world.bitget.exchange.rules.presets_with_each_fill = with_each_fill
    async with world.listening() as lines:
        await spoiled(world, lines, pushes)
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        world.bitget.exchange.set_liquidity("SOLUSDT", Decimal("0.3"))
        sol.moves("0.989")
        await lines.until(lambda: bool(sol.stops), "a stop for the first part")
        world.bitget.exchange.set_liquidity("SOLUSDT", None)
        await lines.until(lambda: fitting(sol), "targets that fit")
        check_one_order_per_target(sol)
        sol.moves("1.021")
        await lines.until(lambda: [s > sol.began for s in sol.stops] == [False], "a stop")
        entry = Decimal(sol.at("0.99"))
        await lines.until(lambda: [s > entry for s in sol.stops] == [True], "breakeven")
        sol.moves("0.985")
        told = await lines.reaches(post, "closed")
        await lines.until(lambda: sol.is_flat, "nothing left")
        assert Decimal(told["realised"]) == world.bitget.exchange.desk.ledger.balance - 1000
    check_one_entry_per_leg(sol)
    check_guarded(sol, within=WATCHED if not with_each_fill else 0.0)


@pytest.mark.parametrize("pushes", PUSHES)
async def test_a_position_closed_by_hand_is_seen_however_it_is_told(
    world: World, sol: Coin, pushes: Callable[[], Pushes]
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        await spoiled(world, lines, pushes)
        world.bitget.by_hand.close("SOLUSDT")
        await lines.reaches(post, "closed")
        await agrees(lines, post, sol)
    assert len(sol.order_requests) == 1


async def test_a_part_closed_by_hand_is_seen_without_pushes(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.faults.pushes.silent = True
        world.bitget.by_hand.open("SOLUSDT", "sell", Decimal("0.2"))
        await agrees(lines, post, sol)
        await lines.until(lambda: fitting(sol), "targets that fit")
    check_guarded(sol)


async def test_a_fill_that_is_told_before_the_answer_to_its_order(world: World, sol: Coin) -> None:
    world.bitget.faults.next("place-order", delay=0.0)
    async with world.listening() as lines:
        world.bitget.faults.clear()
        fault = world.bitget.faults.next("place-order", delay=0.8)
        assert fault.accept
        post = world.market_long(sol)
        await lines.until(lambda: bool(sol.size), "the position")
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        await agrees(lines, post, sol)
    check_one_entry_per_leg(sol)
    check_guarded(sol)


async def test_a_position_that_no_list_shows_is_not_given_up(world: World, sol: Coin) -> None:
    """Missing is not flat: its stop at the venue says that it is there."""
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.faults.missing_positions = {"SOLUSDT"}
        looks = len([r for r in world.bitget.requests if r.endpoint == "all-position"])
        await lines.until(
            lambda: (
                len([r for r in world.bitget.requests if r.endpoint == "all-position"]) >= looks + 4
            ),
            "four looks",
            within=30,
        )
        assert lines.state(post) == "open"
        assert sol.stops == [Decimal(sol.at("0.97"))]
        assert len(sol.targets) == 2
        world.bitget.faults.clear()
        sol.moves("0.969")
        await lines.reaches(post, "closed")
    check_guarded(sol)


async def test_trades_that_the_exchange_takes_back_are_followed_and_not_made_again(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        before = world.bitget.exchange.dump()
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.exchange.roll_back(before)
        await lines.until(lambda: lines.state(post) == "closed", "its end", within=20)
        await agrees(lines, post, sol)
    assert len(sol.entry_requests) == 1
    assert not sol.size


async def test_the_stream_down_for_long_leaves_the_watch(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with world.listening() as lines:
        post, other = world.limit_long(sol), world.zone_short(eth)
        await lines.reaches(post, "resting")
        await lines.until(lambda: len(eth.resting) == 4, "the zone")
        world.bitget.faults.pushes.silent = True
        world.bitget.faults.pushes.mute_pongs = True
        world.bitget.drop_connections()
        sol.moves("0.989")
        eth.moves("1.006")
        await lines.reaches(post, "open")
        await lines.reaches(other, "open")
        await lines.until(lambda: fitting(sol), "targets")
        sol.moves("1.041")
        await lines.reaches(post, "closed")
        eth.moves("1.031")
        await lines.reaches(other, "closed")
        await lines.until(lambda: sol.is_flat and eth.is_flat, "nothing left")
    check_guarded(sol, eth)


@EACH_FILL
async def test_a_part_filled_while_every_question_hangs_gets_its_stop_from_the_push(
    world: World, eth: Coin, with_each_fill: bool
) -> None:
    """Four orders rest, the stream was lost and is back: their questions hang, and the stop does not wait for them."""
    world.bitget.exchange.rules.presets_with_each_fill = with_each_fill
    big = world.profile(size={"kind": "fixed_quote", "value": "450"})
    async with world.listening(big) as lines:
        world.zone_short(eth)
        await lines.until(lambda: len(eth.resting) == 4, "the zone")
        world.bitget.faults.always("order/detail", then=Then.HANG)
        world.bitget.faults.always("fills", then=Then.HANG)
        first = {id(s) for s in world.bitget.streams.sessions}
        world.bitget.drop_connections()
        await lines.until(
            lambda: any(
                id(s) not in first and len(s.args) >= 4 for s in world.bitget.streams.sessions
            ),
            "the stream, again",
        )
        world.bitget.exchange.set_liquidity("ETHUSDT", Decimal("0.01"))
        eth.moves("1.005")
        await lines.until(lambda: bool(eth.stops), "a stop", within=WATCHED)
    check_guarded(eth, within=0.0 if with_each_fill else WATCHED)


@pytest.mark.parametrize("asks", [1, 3])
async def test_orders_that_are_not_found_at_first_are_not_ordered_twice(
    world: World, eth: Coin, asks: int
) -> None:
    async with world.listening() as lines:
        world.bitget.faults.invisible_asks = asks
        world.bitget.faults.invisible_seconds = 1.0
        post = world.zone_short(eth)
        await lines.until(lambda: len(eth.resting) == 4, "the zone")
        world.bitget.drop_connections()
        eth.moves("1.013")
        await lines.until(lambda: fitting(eth), "targets that fit")
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        await agrees(lines, post, eth)
    check_one_entry_per_leg(eth)
    check_guarded(eth)
