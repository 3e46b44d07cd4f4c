"""The listener ends, gently or not, and comes back: every post has one outcome, every entry one order."""

import signal
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from journeys.coin import Coin
from journeys.lines import Posted
from journeys.world import Running, World, limit_long, market_long
from tgbitget.simulators.bitget import Then


async def end(running: Running, how: str) -> None:
    if how == "killed":
        await running.kill()
    else:
        assert await running.ends(signal.SIGTERM) == 0
        assert running.all[-1] == {"event": "stopped", "reason": "signal"}


@pytest.mark.parametrize("how", ["stopped", "killed"])
async def test_posts_made_while_nobody_listened_are_decided_once_the_young_ones_traded(
    world: World, sol: Coin, eth: Coin, how: str
) -> None:
    async with world.process() as first:
        before = world.post("good morning")
        await first.decision(before)
        await end(first, how)

    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    noise = world.post("still here?")
    old = world.market_long(eth, date=long_ago)
    young = world.market_long(sol)
    async with world.process() as second:
        after = world.post("good evening")
        await second.decision(after)
        assert [d["post"]["message_id"] for d in second.of("decision")] == [
            noise.id,
            old.id,
            young.id,
            after.id,
        ]
        assert second.outcomes(noise, old, young) == ["ignored", "late", "planned"]
        assert second.decisions(young)[0]["post"]["via"] == "backfill"
        await second.reaches(young, "open")
    assert len(sol.entry_requests) == 1
    assert not eth.order_requests
    assert sol.unguarded_seconds == 0


@pytest.mark.parametrize("how", ["stopped", "killed"])
async def test_an_open_position_is_led_on_after_a_restart_without_a_second_entry(
    world: World, sol: Coin, how: str
) -> None:
    async with world.process() as first:
        post = world.market_long(sol)
        await first.reaches(post, "open")
        assert len(sol.targets) == 2
        await end(first, how)

    sol.moves("1.021")  # target 1, while nobody looks
    assert sol.size == Decimal("0.4")
    async with world.process() as second:
        await second.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
        assert not second.of("decision")
        sol.moves("1.041")
        told = await second.reaches(post, "closed")
        assert Decimal(told["realised"]) == world.bitget.exchange.desk.ledger.balance - 1000
        assert sol.is_flat
    assert len(sol.entry_requests) == 1
    assert sol.unguarded_seconds == 0


async def test_a_position_that_ended_while_nobody_listened_is_told_as_closed(
    world: World, sol: Coin
) -> None:
    async with world.process() as first:
        post = world.market_long(sol)
        await first.reaches(post, "open")
        await end(first, "killed")
    sol.moves("0.969")
    assert not sol.size
    async with world.process() as second:
        told = await second.reaches(post, "closed")
        assert Decimal(told["realised"]) == world.bitget.exchange.desk.ledger.balance - 1000
        again = world.post("and now?")
        await second.decision(again)
    assert len(sol.entry_requests) == 1


async def test_resting_entries_are_led_on_after_a_kill(world: World, eth: Coin) -> None:
    async with world.process() as first:
        post = world.zone_short(eth)
        await first.until(lambda: len(eth.resting) == 4, "the zone to rest")
        await end(first, "killed")
    eth.moves("1.005")  # one fills while nobody looks
    async with world.process() as second:
        await second.reaches(post, "open")
        await second.until(lambda: bool(eth.targets), "its targets")
        assert eth.stops == [Decimal(eth.at("1.03"))]
        eth.moves("1.013")
        await second.until(lambda: second.trade(post)["amount"] == "0.04", "all four to fill")
    assert len(eth.entry_requests) == 4
    assert eth.unguarded_seconds == 0


KILLED_WHILE_SENDING = [
    pytest.param({"then": Then.HANG}, id="taken, and never answered"),
    pytest.param({"accept": False, "then": Then.HANG}, id="not taken, and never answered"),
    pytest.param({"delay": 0.5}, id="taken half a second later"),
    pytest.param({"then": Then.DROP}, id="taken, and the connection dropped"),
]


@pytest.mark.parametrize("cue", KILLED_WHILE_SENDING)
async def test_a_kill_between_send_and_answer_ends_in_one_order(
    world: World, sol: Coin, cue: dict[str, object]
) -> None:
    world.bitget.faults.next("place-order", **cue)  # type: ignore[arg-type] # the same keywords, passed on
    async with world.process() as first:
        post = world.market_long(sol)
        await world.until(lambda: world.sends == 1, "the send")
        await end(first, "killed")
    async with world.process() as second:
        await second.reaches(post, "open")
        await second.until(lambda: len(sol.targets) == 2, "both targets")
        assert not second.of("decision")
    assert len(sol.entries) == 1
    assert sol.bought == Decimal("0.8")
    assert sol.unguarded_seconds == 0


async def test_a_kill_in_the_middle_of_a_zone_sends_the_rest_once(world: World, eth: Coin) -> None:
    """The second of four entries is being sent: after the restart there are four, not five."""
    async with world.process() as first:
        world.bitget.faults.next("place-order")
        world.bitget.faults.next("place-order", then=Then.HANG)
        post = world.zone_short(eth)
        await world.until(lambda: len(eth.entry_requests) == 2, "two sends")
        await end(first, "killed")
    async with world.process() as second:
        await second.until(lambda: len(eth.resting) == 4, "the whole zone")
        eth.moves("1.013")
        await second.until(lambda: second.state(post) == "open", "the position")
        await second.until(lambda: second.trade(post)["amount"] == "0.04", "all four to fill")
    assert len({order.client_id for order in eth.entries}) == len(eth.entries) == 4
    assert eth.unguarded_seconds == 0


async def test_a_kill_right_after_the_post_leaves_one_outcome_and_at_most_one_order(
    world: World,
) -> None:
    """Killed at some point between reading and sending, three times over; none is lost, none is doubled."""
    coins = [world.coin(base) for base in ("SOL", "ETH", "XRP")]
    posts = [await killed_at_once(world, coin) for coin in coins]
    async with world.process() as last:
        await last.until(lambda: all(len(coin.targets) == 2 for coin in coins), "three positions")
    channel = str(world.vip.marked_id)
    stories = [await world.run("explain", channel, str(post.id), "--json") for post in posts]
    decisions = [[c for c in story.lines if c["kind"] == "decision"] for story in stories]
    assert [len(found) for found in decisions] == [1, 1, 1]
    assert [len(coin.entries) for coin in coins] == [1, 1, 1]
    assert [coin.unguarded_seconds for coin in coins] == [0, 0, 0]


async def killed_at_once(world: World, coin: Coin) -> Posted:
    async with world.process() as running:
        before = world.sends
        post = world.post(market_long(coin))
        await world.until(lambda: bool(running.of("decision")) or world.sends > before, "a sign")
        await running.kill()
    return post


async def test_an_edit_made_while_nobody_listened_is_taken_after_a_restart(
    world: World, sol: Coin
) -> None:
    async with world.process() as first:
        post = world.limit_long(sol)
        await first.reaches(post, "resting")
        await end(first, "killed")
    world.vip.edit(post.id, limit_long(sol, stop="0.975"))
    async with world.process() as second:
        assert (await second.decision(post, revision=1))["outcome"] == "planned"
        sol.moves("0.989")
        await second.until(lambda: sol.stops == [Decimal(sol.at("0.975"))], "the nearer stop")
    assert len(sol.entry_requests) == 1


async def test_a_deletion_made_while_nobody_listened_is_taken_after_a_restart(
    world: World, sol: Coin
) -> None:
    async with world.process() as first:
        post = world.limit_long(sol)
        await first.reaches(post, "resting")
        await end(first, "stopped")
    world.vip.delete(post.id)
    async with world.process() as second:
        await second.reaches(post, "cancelled")
        assert sol.is_flat


async def test_a_follow_up_recorded_before_a_kill_is_done_after_it(world: World, sol: Coin) -> None:
    """The close is decided and killed before it was answered: after the restart the position is closed, once."""
    async with world.process() as first:
        post = world.market_long(sol)
        await first.reaches(post, "open")
        world.bitget.faults.next("place-order", accept=False, then=Then.HANG)
        closing = world.reply(post, "Close this trade now")
        await world.until(lambda: world.sends == 2, "the close being sent")
        await end(first, "killed")
        assert first.outcomes(closing) == ["planned"]
    async with world.process() as second:
        await second.until(lambda: second.state(post) == "closed", "the close")
        assert sol.is_flat
    assert sol.bought == Decimal("0.8")
    assert sum(e.size for e in sol.executions if e.closing) == Decimal("0.8")


async def test_an_edit_made_while_nobody_listened_is_no_second_order(
    world: World, sol: Coin
) -> None:
    profile = world.profile()
    async with world.listening(profile) as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
    world.vip.edit(post.id, market_long(sol, stop="0.95"))
    async with world.listening(profile) as lines:
        decision = await lines.decision(post, revision=1)
        assert (decision["outcome"], decision["rule"]) == ("refused", "edits")
        await lines.decision(world.post("good evening"))
    assert len(sol.entry_requests) == 1
