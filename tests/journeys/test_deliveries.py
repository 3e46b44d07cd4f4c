"""The same news twice, from two sources or in two channels; two channels and two profiles beside each other."""

import pytest

from journeys.coin import Coin
from journeys.world import World, market_long


async def test_a_push_that_comes_twice_is_one_post(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        world.vip.push_again(post.id)
        await lines.reaches(post, "open")
        world.vip.push_again(post.id)
        await lines.decision(world.post("that was all"))
        assert lines.outcomes() == ["planned", "ignored"]
    assert len(sol.entry_requests) == 1


@pytest.mark.parametrize("push", ["silent", "lost", "late", "out of order"])
async def test_push_and_poll_together_lose_nothing_and_double_nothing(
    world: World, sol: Coin, push: str
) -> None:
    async with world.listening() as lines:
        world.vip.silent = push == "silent"
        world.vip.push_delay_seconds = 1.3 if push == "late" else 0.0
        if push == "out of order":
            with world.vip.out_of_order():
                post = world.market_long(sol)
                last = world.post("that was all")
        else:
            post = world.market_long(sol, lost=push == "lost")
            last = world.post("that was all")
        await lines.reaches(post, "open")
        await lines.decision(last)
        await lines.decision(world.post("really"))
        assert sorted(d["post"]["message_id"] for d in lines.of("decision")) == [1, 2, 3]
    assert len(sol.entry_requests) == 1
    assert sol.unguarded_seconds == 0


async def test_a_telegram_line_that_breaks_is_dialled_again_and_nothing_is_missed(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        first = world.post("one")
        await lines.decision(first)
        world.telegram.drop()
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        assert lines.outcomes() == ["ignored", "planned"]


async def test_the_same_signal_in_two_channels_is_traded_once(world: World, sol: Coin) -> None:
    other = world.channel("Copycat", "copycat")
    profile = world.profile(telegram={"channels": ["@vip_signals", "@copycat"]})
    async with world.listening(profile) as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        copy = world.market_long(sol, channel=other)
        decision = await lines.decision(copy)
        assert (decision["outcome"], decision["rule"]) == ("duplicate", "duplicate")
    assert len(sol.entry_requests) == 1


async def test_the_same_signal_in_two_channels_at_the_same_moment_is_traded_once(
    world: World, sol: Coin
) -> None:
    other = world.channel("Copycat", "copycat")
    profile = world.profile(telegram={"channels": ["@vip_signals", "@copycat"]})
    async with world.listening(profile) as lines:
        posts = [world.market_long(sol), world.market_long(sol, channel=other)]
        for post in posts:
            await lines.decision(post)
        assert sorted(lines.outcomes(*posts)) == ["duplicate", "planned"]
    assert len(sol.entry_requests) == 1


async def test_two_profiles_follow_two_channels_each_by_its_own_rules(
    world: World, sol: Coin, eth: Coin
) -> None:
    other = world.channel("Bold", "bold_calls")
    careful = world.profile("careful", leverage={"default": 3}, market={"allow": ["SOL"]})
    bold = world.profile(
        "bold",
        telegram={"channels": [other.marked_id]},
        size={"kind": "fixed_quote", "value": "300"},
        leverage={"default": 9},
    )
    async with world.listening(careful, bold) as lines:
        (ready,) = lines.of("ready")
        assert {c["title"] for c in ready["channels"]} == {"VIP", "Bold"}
        small, big = world.market_long(sol), world.market_long(eth, channel=other)
        not_allowed = world.post(market_long(world.coin("XRP")))
        await lines.reaches(small, "open")
        await lines.reaches(big, "open")
        assert (await lines.decision(not_allowed))["outcome"] == "refused"
        assert sol.entries[0].leverage == 3
        assert eth.entries[0].leverage == 9
        assert 100 < sol.size * sol.began <= 120
        assert 270 < eth.size * eth.began <= 300


async def test_two_profiles_are_followed_by_one_process_too(
    world: World, sol: Coin, eth: Coin
) -> None:
    other = world.channel("Bold", "bold_calls")
    world.profile("careful")
    world.profile("bold", telegram={"channels": ["https://t.me/bold_calls"]})
    async with world.process("careful", "bold") as running:
        one, two = world.market_long(sol), world.market_long(eth, channel=other)
        await running.reaches(one, "open")
        await running.reaches(two, "open")
        assert {d["signal"] for d in running.of("decision")} == {one.signal, two.signal}
