"""Later posts that speak of an earlier one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from journeys.coin import Coin
from journeys.world import World


async def test_a_reply_closes_the_trade(world: World, sol: Coin, eth: Coin) -> None:
    async with world.listening() as lines:
        post, other = world.market_long(sol), world.market_long(eth)
        await lines.reaches(post, "open")
        await lines.reaches(other, "open")
        reply = world.reply(post, "Close this trade now")
        decision = await lines.decision(reply)
        assert (decision["outcome"], decision["trade"]) == ("planned", post.signal)
        await lines.reaches(post, "closed")
        assert sol.is_flat
        assert eth.size
    assert eth.unguarded_seconds == 0


async def test_a_reply_closes_half_and_the_targets_fit_the_rest(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        reply = world.reply(post, "Close half")
        assert (await lines.decision(reply))["outcome"] == "planned"
        await lines.until(lambda: lines.trade(post)["amount"] == "0.4", "half of it")
        await lines.until(
            lambda: sum(p.size or 0 for p in sol.plans if p.kind.takes_profit) == Decimal("0.4"),
            "targets that fit",
        )
        assert sol.size == Decimal("0.4")
        assert sol.stops == [Decimal(sol.at("0.97"))]
    assert sol.unguarded_seconds == 0


async def test_a_reply_cancels_what_rests(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        reply = world.reply(post, "Cancel this order")
        assert (await lines.decision(reply))["outcome"] == "planned"
        await lines.reaches(post, "cancelled")
        assert sol.is_flat


async def test_a_reply_moves_the_stop_to_the_entry(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        sol.moves("1.01")
        reply = world.reply(post, "Move stop loss to entry")
        assert (await lines.decision(reply))["outcome"] == "planned"
        await lines.until(lambda: [s >= sol.began for s in sol.stops] == [True], "breakeven")
    assert sol.unguarded_seconds == 0


async def test_a_reply_moves_the_stop_to_a_price_but_never_away(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.reply(post, f"Move SL to {sol.at('0.985')}")
        await lines.until(lambda: sol.stops == [Decimal(sol.at("0.985"))], "the nearer stop")
        away = world.reply(post, f"Move SL to {sol.at('0.95')}")
        await lines.decision(away)
        assert sol.stops == [Decimal(sol.at("0.985"))]
    assert sol.stops == [Decimal(sol.at("0.985"))]


async def test_a_follow_up_without_a_reply_needs_a_name_that_fits_one_trade(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with world.listening() as lines:
        post, other = world.market_long(sol), world.market_long(eth)
        await lines.reaches(post, "open")
        await lines.reaches(other, "open")
        nobody = await lines.decision(world.post("Close the trade now"))
        assert nobody["outcome"] in ("unclear", "ignored")
        named = await lines.decision(world.post("Close SOL now"))
        assert (named["outcome"], named["trade"]) == ("planned", post.signal)
        await lines.reaches(post, "closed")
        assert eth.size


async def test_the_same_close_twice_is_one_close(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.reply(post, "Close this trade now")
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        last = world.post("done")
        await lines.decision(last)
        assert sol.is_flat
    assert sum(e.size for e in sol.executions if e.closing) == Decimal("0.8")


async def test_an_old_close_still_counts(world: World, sol: Coin) -> None:
    """An entry that comes late is not traded; a close that comes late is."""
    async with world.process() as first:
        post = world.market_long(sol)
        await first.reaches(post, "open")
        await first.kill()
    long_ago = datetime.now(UTC) - timedelta(minutes=30)
    world.post("Close this trade now", reply_to=post.id, date=long_ago)
    async with world.process() as second:
        await second.reaches(post, "closed")
        assert sol.is_flat


async def test_a_close_is_told_to_its_end_where_entries_waited_for_room(
    world: World, sol: Coin
) -> None:
    profile = world.profile(entry={"resting_max": 1, "first_as_market": True})
    entries = "\n".join(
        f"Entry {n}: {sol.at(times)}" for n, times in enumerate(("0.996", "0.99", "0.984"), 1)
    )
    async with world.listening(profile) as lines:
        post = world.post(f"#SOL/USDT LONG\n{entries}\nTP1: {sol.at('1.02')}\nSL: {sol.at('0.97')}")
        await lines.until(lambda: len(sol.targets) == len(sol.resting) == 1, "one of two to rest")
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        assert sol.is_flat
