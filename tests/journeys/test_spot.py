"""Spot, from the post to the last coin sold: a stop within a round trip, targets by our clock, the owner's coins untouched."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from journeys.invariants import WATCHED
from journeys.lines import Lines, Posted
from journeys.spot_coin import SpotCoin
from journeys.world import World
from tgbitget.profile import Profile
from tgbitget.simulators.bitget import Then

ROUND_TRIP_SECONDS = 1.0  # of a busy machine
SLOW_LOOK = WATCHED + 1
LADDER = """#SOL/USDT LONG
Entry 1: {first}
Entry 2: {second}
Targets: {tp1} - {tp2}
Stop Loss: {stop}
"""


@pytest.fixture
def sol(world: World) -> SpotCoin:
    tape = world.bitget.exchange.spot_desk.tapes["SOLUSDT"]
    return SpotCoin(world.bitget, "SOL", tape.last)


def spot(world: World, name: str = "vip", **sections: Any) -> Profile:
    return world.profile(name, market={"product": "spot"}, **sections)


def ladder(coin: SpotCoin) -> str:
    return LADDER.format(
        first=coin.at("0.99"),
        second=coin.at("0.98"),
        tp1=coin.at("1.02"),
        tp2=coin.at("1.04"),
        stop=coin.at("0.95"),
    )


async def bought(world: World, lines: Lines, sol: SpotCoin) -> Posted:
    """A trade at market whose stop stands."""
    post = world.market_long(sol)
    await lines.until(lambda: is_covered(lines, post, sol), "a stop of all that is held")
    return post


def telling(lines: Lines, words: str) -> Callable[[], bool]:
    return lambda: any(words in warning for warning in lines.warnings)


def is_covered(lines: Lines, post: Posted, sol: SpotCoin) -> bool:
    sizes = [size for _, size in sol.stops]
    state = lines.state(post)
    return state == "open" and sizes == [Decimal(lines.trade(post)["amount"])]


def check(sol: SpotCoin, *, bare_within: float = ROUND_TRIP_SECONDS) -> None:
    """Nothing left that could sell, nothing sold that was the owner's, nothing bare for long."""
    assert not sol.plans
    assert not sol.resting
    assert sol.oversold == 0
    assert sol.bare_seconds <= bare_within, f"bare for {sol.bare_seconds} s"


async def test_a_ladder_that_fills_in_parts_is_covered_at_each_step_and_sold_at_its_targets(
    world: World, sol: SpotCoin
) -> None:
    async with world.listening(spot(world)) as lines:
        post = world.post(ladder(sol))
        await lines.until(lambda: len(sol.resting) == 2, "both entries")
        assert [leg["stop_loss"] for leg in lines.decisions(post)[0]["legs"]] == [None, None]
        world.bitget.exchange.set_liquidity("SOLUSDT", Decimal("0.1"))
        sol.moves("0.99")
        await lines.until(lambda: is_covered(lines, post, sol), "a stop of the first part")
        first = sol.stops
        world.bitget.exchange.set_liquidity("SOLUSDT", None)
        sol.moves("0.979")
        await lines.until(
            lambda: is_covered(lines, post, sol) and sol.stops[0][1] > first[0][1] * 2,
            "the same stop, grown",
        )
        assert len(sol.plans) == 1
        held = sol.stops[0][1]
        assert held < sol.bought, "the fee was taken in coins"
        sol.moves("1.021")
        await lines.until(
            lambda: [stop > sol.began * Decimal("0.98") for stop, _ in sol.stops] == [True],
            "the stop at breakeven",
        )
        await lines.until(lambda: is_covered(lines, post, sol), "a stop of the rest")
        assert sol.stops[0][1] < held
        sol.moves("1.041")
        told = await lines.reaches(post, "closed")
        assert Decimal(told["realised"]) > 0
        assert "target 2 reached" in told["cause"]
    assert sol.size < Decimal("0.0001")
    assert len({r.params["clientOid"] for r in sol.order_requests}) == len(sol.order_requests)
    check(sol)


async def test_a_stop_that_is_hit_ends_the_trade_and_leaves_the_owners_coins(
    world: World, sol: SpotCoin
) -> None:
    world.bitget.spot_by_hand.deposit("SOL", Decimal(3))
    async with world.listening(spot(world)) as lines:
        post = await bought(world, lines, sol)
        sol.moves("0.96")
        told = await lines.reaches(post, "closed")
        assert "stop reached" in told["cause"]
        assert Decimal(told["realised"]) < 0
        assert lines.fills(post, "stop")
    assert Decimal(3) <= sol.size < Decimal("3.0001")
    check(sol)


async def test_what_the_channel_says_later_is_done(world: World, sol: SpotCoin) -> None:
    async with world.listening(spot(world)) as lines:
        post = await bought(world, lines, sol)
        held = sol.stops[0][1]
        sol.moves("1.01")
        world.reply(post, "Move SL to entry")
        await lines.until(lambda: sol.stops[0][0] > sol.began, "the stop at entry")
        for price, said in (("0.9", "that would be looser"), ("1.03", "waits until the market")):
            world.reply(post, f"Move SL to {sol.at(price)}")
            await lines.until(telling(lines, said), said)
        world.reply(post, "Close half")
        await lines.until(
            lambda: is_covered(lines, post, sol) and sol.stops[0][1] < held * Decimal("0.51"),
            "half of it",
        )
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        await lines.until(lambda: not sol.plans, "the stop to go")
    check(sol)


async def test_a_channel_that_cancels_leaves_nothing_resting(world: World, sol: SpotCoin) -> None:
    async with world.listening(spot(world)) as lines:
        post = world.post(ladder(sol))
        await lines.until(lambda: len(sol.resting) == 2, "both entries")
        world.reply(post, "Cancel this signal")
        await lines.reaches(post, "cancelled")
    assert not sol.bought
    check(sol)


async def test_a_short_and_what_the_account_cannot_pay_are_refused_before_anything_is_sent(
    world: World, sol: SpotCoin
) -> None:
    world.bitget.spot_by_hand.withdraw("USDT", Decimal(950))
    async with world.listening(spot(world)) as lines:
        short, dear = world.zone_short(sol), world.market_long(sol)
        assert (await lines.decision(short))["rule"] == "spot_short"
        told = await lines.decision(dear)
        assert (told["rule"], told["outcome"]) == ("balance", "refused")
        assert "50 USDT are free" in told["reason"]
    assert not sol.order_requests


BY_HAND = [
    pytest.param("all", id="all of it sold"),
    pytest.param("part", id="a part sold"),
    pytest.param("moved", id="a part moved away"),
]


@pytest.mark.parametrize("what", BY_HAND)
async def test_coins_that_the_owner_takes_are_not_the_trades_any_more(
    world: World, sol: SpotCoin, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("tgbitget.positions.keeper.WATCH_SECONDS", 0.3)
    async with world.listening(spot(world)) as lines:
        post = await bought(world, lines, sol)
        held = sol.stops[0][1]
        by_hand = world.bitget.spot_by_hand
        if what == "moved":
            by_hand.withdraw("SOL", Decimal("0.5"))
        else:
            by_hand.sell("SOLUSDT", held if what == "all" else Decimal("0.5"))
        if what != "all":
            await lines.until(
                lambda: is_covered(lines, post, sol) and sol.stops[0][1] < held,
                "a stop of the rest",
            )
            assert Decimal(lines.trade(post)["amount"]) == held - Decimal("0.5")
            sol.moves("0.96")
        told = await lines.reaches(post, "closed")
        assert what != "all" or "by hand" in told["cause"]
    assert sol.size < Decimal("0.0001")
    check(sol)


async def test_coins_of_his_own_the_owner_may_trade_beside_ours(
    world: World, sol: SpotCoin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgbitget.positions.keeper.WATCH_SECONDS", 0.2)
    world.bitget.spot_by_hand.deposit("SOL", Decimal(2))
    async with world.listening(spot(world)) as lines:
        post = await bought(world, lines, sol)
        before = sol.stops
        world.bitget.spot_by_hand.sell("SOLUSDT", Decimal("1.5"))
        looks = len([r for r in world.bitget.requests if r.endpoint == "assets"])
        await lines.until(
            lambda: len([r for r in world.bitget.requests if r.endpoint == "assets"]) > looks + 3,
            "some looks",
        )
        assert sol.stops == before
        assert not lines.fills(post, "close")
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
    assert Decimal("0.5") <= sol.size < Decimal("0.5001")
    check(sol)


STOPS = [
    pytest.param({"trigger": "0.90"}, id="moved down"),
    pytest.param({"size": "0.3"}, id="made smaller"),
    pytest.param({"size": "2"}, id="made larger than what is held"),
    pytest.param(None, id="cancelled"),
]


@pytest.mark.parametrize("change", STOPS)
async def test_a_stop_that_was_touched_by_hand_is_put_right(
    world: World,
    sol: SpotCoin,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, str] | None,
) -> None:
    monkeypatch.setattr("tgbitget.positions.keeper.WATCH_SECONDS", 0.3)
    async with world.listening(spot(world)) as lines:
        post = await bought(world, lines, sol)
        before, by_hand = sol.stops, world.bitget.spot_by_hand
        if change is None:
            by_hand.drop_plans("SOLUSDT")
        elif "size" in change:
            by_hand.change_plans("SOLUSDT", size=Decimal(change["size"]))
        else:
            by_hand.change_plans("SOLUSDT", trigger=Decimal(sol.at(change["trigger"])))
        assert sol.stops != before
        await lines.until(lambda: sol.stops == before, "the stop as it was")
        taken = "was taken away at the exchange, and is put back"
        if change is None:
            await lines.until(telling(lines, taken), "told")
        sol.moves("0.96")
        await lines.reaches(post, "closed")
    check(sol, bare_within=ROUND_TRIP_SECONDS * 2)


async def test_a_refused_stop_ends_in_a_sale_and_a_refused_sale_is_told_and_tried_again(
    world: World, sol: SpotCoin
) -> None:
    world.bitget.faults.always("place-plan-order", code="43011")
    async with world.listening(spot(world)) as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        world.bitget.faults.always("place-order", code="40762")
        sol.moves("0.989")
        await lines.until(lambda: any("WITHOUT A STOP" in w for w in lines.warnings), "the alarm")
        world.bitget.faults.clear()
        await lines.until(
            lambda: bool(sol.stops) or lines.state(post) == "closed", "a stop or the end"
        )
        await lines.reaches(post, "closed")
    check(sol, bare_within=10.0)


UNKNOWN = [
    pytest.param({"then": Then.DROP}, id="it stands, no answer"),
    pytest.param({"then": Then.DROP, "accept": False}, id="it never arrived"),
    pytest.param({"then": Then.NO_ID}, id="an answer without an id"),
    pytest.param({"then": Then.BAD_GATEWAY, "times": 3}, id="bad gateways"),
]


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("cue", UNKNOWN)
async def test_a_stop_whose_send_has_no_known_end_stands_once(
    world: World, sol: SpotCoin, cue: dict[str, Any]
) -> None:
    world.bitget.faults.next("place-plan-order", **cue)
    async with world.listening(spot(world)) as lines:
        post = await bought(world, lines, sol)
        assert len(sol.plans) == 1
        world.bitget.faults.next("modify-plan-order", **cue)
        sol.moves("1.021")
        await lines.until(lambda: sol.sold > 0, "target 1")
        await lines.until(
            lambda: is_covered(lines, post, sol) and sol.stops[0][0] > sol.began, "breakeven"
        )
        assert len(sol.plans) == 1
        sol.moves("0.999")
        await lines.reaches(post, "closed")
    check(sol, bare_within=3.0)


@pytest.mark.usefixtures("impatience")
async def test_a_sale_whose_end_nobody_knows_is_not_sent_twice(world: World, sol: SpotCoin) -> None:
    world.bitget.spot_by_hand.deposit("SOL", Decimal(5))
    async with world.listening(spot(world)) as lines:
        post = await bought(world, lines, sol)
        world.bitget.faults.next("place-order", then=Then.DROP)
        sol.moves("1.021")
        await lines.until(lambda: is_covered(lines, post, sol) and sol.sold > 0, "target 1, once")
        world.bitget.faults.next("place-order", then=Then.DROP)
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
    assert Decimal(5) <= sol.size < Decimal("5.0001")
    check(sol)


async def test_without_pushes_the_stop_follows_what_is_asked(world: World, sol: SpotCoin) -> None:
    world.bitget.faults.pushes.silent = True
    async with world.listening(spot(world, signals={"duplicate_hours": 0})) as lines:
        post = await bought(world, lines, sol)
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        resting = world.post(ladder(sol))
        await lines.until(lambda: len(sol.resting) == 2, "both entries")
        sol.moves("0.989")
        await lines.until(lambda: is_covered(lines, resting, sol), "a stop of the first")
        sol.moves("0.94")
        await lines.reaches(resting, "closed")
    check(sol, bare_within=6.0)


async def test_a_price_that_jumps_over_the_stop_before_it_stands_is_sold_at(
    world: World, sol: SpotCoin
) -> None:
    world.bitget.faults.always("place-plan-order", delay=1.5, accept=False, then=Then.DROP)
    async with world.listening(spot(world)) as lines:
        post = world.market_long(sol)
        await lines.until(lambda: sol.bought > 0, "the entry")
        sol.moves("0.95", gap=True)
        world.bitget.faults.clear()
        await lines.reaches(post, "closed")
    assert sol.size < Decimal("0.0001")
    assert sol.oversold == 0
    assert not sol.plans


async def test_two_trades_of_one_coin_sell_each_its_own(world: World, sol: SpotCoin) -> None:
    other = world.channel("Other", "other_signals")
    signals = {"same_symbol": "add", "duplicate_hours": 0}
    first = spot(world, signals=signals)
    second = spot(world, "second", telegram={"channels": ["@other_signals"]}, signals=signals)
    async with world.listening(first, second) as lines:
        one = world.market_long(sol)
        await lines.reaches(one, "open")
        two = world.market_long(sol, channel=other)
        await lines.until(lambda: len(sol.stops) == 2, "a stop for each")
        held = {size for _, size in sol.stops}
        world.reply(one, "Close this trade now")
        await lines.reaches(one, "closed")
        await lines.until(lambda: len(sol.stops) == 1, "the other's stop")
        assert sol.stops[0][1] in held
        assert lines.state(two) == "open"
        sol.moves("0.96")
        await lines.reaches(two, "closed")
    assert sol.size < Decimal("0.0002")
    check(sol)


async def test_futures_and_spot_in_one_process_each_from_its_own_account(
    world: World, sol: SpotCoin
) -> None:
    futures = world.coin("SOL")
    other = world.channel("Other", "other_signals")
    size = {"kind": "equity_percent", "value": "10"}
    on_spot = spot(world, "second", telegram={"channels": ["@other_signals"]}, size=size)
    world.bitget.spot_by_hand.withdraw("USDT", Decimal(500))
    async with world.listening(
        world.profile(size=size, signals={"duplicate_hours": 0}), on_spot
    ) as lines:
        contract = world.market_long(futures)
        await lines.until(lambda: len(futures.targets) == 2, "the contract's targets")
        coins = world.market_long(sol, channel=other)
        await lines.until(lambda: is_covered(lines, coins, sol), "the coins' stop")
        assert futures.size > sol.bought * Decimal("1.5")
        assert sol.bought * sol.began <= 50
        world.bitget.exchange.set_price("SOLUSDT", Decimal(sol.at("0.96")))
        await lines.reaches(coins, "closed")
        await lines.reaches(contract, "closed")
        assert futures.is_flat
    assert futures.unguarded_seconds == 0
    check(sol)


KILLED_AT = [
    pytest.param("entry", id="after the entry"),
    pytest.param("target", id="after a target"),
]


@pytest.mark.parametrize("when", KILLED_AT)
async def test_after_a_kill_nothing_is_doubled_and_the_stop_is_back(
    world: World, sol: SpotCoin, when: str
) -> None:
    spot(world)
    world.bitget.spot_by_hand.deposit("SOL", Decimal(1))
    if when == "entry":
        world.bitget.faults.always("place-plan-order", then=Then.HANG, accept=False)
    async with world.process() as running:
        post = world.market_long(sol)
        await running.until(lambda: sol.bought > 0, "the entry")
        if when == "target":
            await running.until(lambda: is_covered(running, post, sol), "its stop")
            sol.moves("1.021")
            await running.until(lambda: sol.sold > 0, "target 1")
        await running.kill()
    world.bitget.faults.clear()
    async with world.process() as running:
        await running.until(lambda: is_covered(running, post, sol), "one stop of what is held")
        world.reply(post, "Close this trade now")
        await running.reaches(post, "closed")
        await running.ends()
    assert Decimal(1) <= sol.size < Decimal("1.0001")
    assert sol.oversold == 0
    assert not sol.plans


MEANWHILE = [
    pytest.param("nothing", id="nothing happened"),
    pytest.param("dropped", id="its stop was cancelled"),
    pytest.param("fired", id="its stop fired"),
    pytest.param("sold", id="its coins were sold by hand"),
]


@pytest.mark.parametrize("what", MEANWHILE)
async def test_a_trade_is_led_on_whatever_happened_while_nobody_looked(
    world: World, sol: SpotCoin, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("tgbitget.positions.keeper.WATCH_SECONDS", 0.3)
    async with world.listening(spot(world)) as lines:
        post = await bought(world, lines, sol)
    if what == "dropped":
        world.bitget.spot_by_hand.drop_plans("SOLUSDT")
    elif what == "fired":
        sol.moves("0.965")
    elif what == "sold":
        world.bitget.spot_by_hand.sell("SOLUSDT", sol.stops[0][1])
    async with world.listening(spot(world)) as lines:
        if what in ("nothing", "dropped"):
            await lines.until(lambda: is_covered(lines, post, sol), "one stop of what is held")
            sol.moves("0.965")
        await lines.reaches(post, "closed")
    assert sol.size < Decimal("0.0001")
    check(sol, bare_within=3.0)
