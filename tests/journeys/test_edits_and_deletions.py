"""What a channel changes or takes back afterwards."""

from decimal import Decimal
from functools import partial

import pytest

from journeys.coin import Coin
from journeys.world import World, market_long


def aims_at(coin: Coin, *places: str) -> bool:
    return coin.targets == [Decimal(coin.at(place)) for place in places]


async def test_an_edit_that_moves_the_stop_nearer_moves_it_at_the_exchange(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.vip.edit(post.id, market_long(sol, stop="0.985"))
        assert (await lines.decision(post, revision=1))["outcome"] == "planned"
        await lines.until(lambda: sol.stops == [Decimal(sol.at("0.985"))], "the nearer stop")
        assert len(lines.of("decision")) == 2
    assert len(sol.entry_requests) == 1
    assert sol.unguarded_seconds == 0


async def test_an_edit_that_moves_the_stop_away_is_refused_by_name(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.vip.edit(post.id, market_long(sol, stop="0.9"))
        decision = await lines.decision(post, revision=1)
        assert (decision["outcome"], decision["rule"]) == ("refused", "edits")
        assert sol.stops == [Decimal(sol.at("0.97"))]


async def test_an_edit_loosens_the_stop_where_edits_apply_and_a_restart_keeps_what_came_after(
    world: World, sol: Coin
) -> None:
    profile = world.profile(follow_ups={"edits": "apply"})
    async with world.listening(profile) as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.vip.edit(post.id, market_long(sol, stop="0.95"))
        assert (await lines.decision(post, revision=1))["outcome"] == "planned"
        await lines.until(lambda: sol.stops == [Decimal(sol.at("0.95"))], "the farther stop")
        world.reply(post, f"Move SL to {sol.at('0.96')}")
        await lines.until(lambda: sol.stops == [Decimal(sol.at("0.96"))], "a nearer one")
    async with world.listening(profile) as lines:
        world.reply(post, f"Move SL to {sol.at('0.965')}")
        await lines.until(lambda: sol.stops == [Decimal(sol.at("0.965"))], "the next word")
        stops = [line["stop"] for line in lines.of("position", post)]
        assert sol.at("0.95") not in stops
    assert sol.unguarded_seconds == 0


async def test_an_edit_of_the_targets_replaces_them(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.vip.edit(post.id, market_long(sol, tp1="1.03", tp2="1.06"))
        wanted = [Decimal(sol.at("1.03")), Decimal(sol.at("1.06"))]
        await lines.until(lambda: sol.targets == wanted, "the new targets")
        assert sum(p.size or 0 for p in sol.plans if p.kind.takes_profit) == sol.size
    assert sol.unguarded_seconds == 0


async def test_a_target_that_an_edit_replaced_is_not_taken_after_a_restart(
    world: World, sol: Coin
) -> None:
    profile = world.profile(exits={"stop_moves": "none"})
    async with world.listening(profile) as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.vip.edit(post.id, market_long(sol, tp1="1.06", tp2="1.08"))
        aims = [Decimal(sol.at("1.06")), Decimal(sol.at("1.08"))]
        await lines.until(lambda: sol.targets == aims, "the new targets")
        sol.moves("1.05")
    sent = len(sol.order_requests)
    async with world.listening(profile) as lines:
        await lines.reaches(post, "open")
        await lines.decision(world.post("good evening"))
        assert sol.targets == aims
        assert lines.trade(post)["amount"] == "0.8"
    assert len(sol.order_requests) == sent, "what was replaced was sold"


async def test_targets_that_were_changed_more_than_once_are_led_on_as_the_last_word_left_them(
    world: World, sol: Coin
) -> None:
    """One that was reached stays reached, and an edit after a reply counts more than the reply."""
    profile = world.profile(exits={"stop_moves": "none"})
    async with world.listening(profile) as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        for revision, (tp1, tp2) in enumerate((("1.03", "1.05"), ("1.01", "1.06")), start=1):
            if revision == 2:
                world.reply(post, f"Targets: {sol.at('1.025')} - {sol.at('1.045')}")
                await lines.until(partial(aims_at, sol, "1.025", "1.045"), "the reply's targets")
            world.vip.edit(post.id, market_long(sol, tp1=tp1, tp2=tp2))
            await lines.until(partial(aims_at, sol, tp1, tp2), "the edit's targets")
        sol.moves("1.03")
        await lines.until(lambda: lines.trade(post)["amount"] == "0.4", "the first of them")
    sent = len(sol.order_requests)
    async with world.listening(profile) as lines:
        await lines.reaches(post, "open")
        await lines.decision(world.post("good evening"))
        assert sol.targets == [Decimal(sol.at("1.06"))]
        assert lines.trade(post)["amount"] == "0.4"
    assert len(sol.order_requests) == sent


@pytest.mark.parametrize("policy", ["safer-only", "apply", "ignore"])
async def test_an_edit_into_another_coin_or_side_never_makes_a_second_order(
    world: World, sol: Coin, eth: Coin, policy: str
) -> None:
    async with world.listening(world.profile(follow_ups={"edits": policy})) as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.vip.edit(post.id, market_long(eth))
        decision = await lines.decision(post, revision=1)
        assert (decision["outcome"], decision["rule"]) == ("refused", "edits")
        short = market_long(sol, stop="1.03", tp1="0.98", tp2="0.96").replace("LONG", "SHORT")
        world.vip.edit(post.id, short)
        assert (await lines.decision(post, revision=2))["outcome"] == "refused"
    assert (len(sol.entry_requests), len(eth.order_requests)) == (1, 0)
    assert sol.size == Decimal("0.8")


@pytest.mark.parametrize(
    ("policy", "orders"), [("safer-only", 0), ("ignore", 0), ("apply", 1)], ids=str
)
async def test_an_edit_of_chatter_into_a_signal_opens_a_trade_only_where_edits_apply(
    world: World, sol: Coin, policy: str, orders: int
) -> None:
    async with world.listening(world.profile(follow_ups={"edits": policy})) as lines:
        post = world.post("something is coming…")
        assert (await lines.decision(post))["outcome"] == "ignored"
        world.vip.edit(post.id, market_long(sol))
        decision = await lines.decision(post, revision=1)
        assert decision["outcome"] == ("planned" if orders else "refused")
        if orders:
            await lines.reaches(post, "open")
    assert len(sol.entry_requests) == orders
    assert sol.unguarded_seconds == 0


async def test_a_reaction_or_an_edit_without_a_new_text_is_no_revision(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.vip.react(post.id)
        world.vip.edit(post.id, market_long(sol))
        end = world.post("that was all")
        await lines.decision(end)
        assert len(lines.of("decision")) == 2
    assert len(sol.entry_requests) == 1


async def test_an_edit_that_comes_before_the_send_is_answered_still_opens_once(
    world: World, sol: Coin
) -> None:
    world.bitget.faults.next("place-order", delay=0.6)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await world.until(lambda: world.sends == 1, "the send")
        world.vip.edit(post.id, market_long(sol, stop="0.98"))
        await lines.until(lambda: sol.stops == [Decimal(sol.at("0.98"))], "the nearer stop")
    assert len(sol.entry_requests) == 1
    assert sol.unguarded_seconds == 0


async def test_a_deleted_post_loses_its_resting_entries(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        world.vip.delete(post.id)
        await lines.reaches(post, "cancelled")
        assert sol.is_flat
        (deleted,) = lines.of("deleted")
        assert deleted["signal"] == post.signal
        sol.moves("0.98")
        assert not sol.executions


async def test_a_deleted_post_keeps_what_has_filled_and_its_guard(world: World, eth: Coin) -> None:
    async with world.listening() as lines:
        post = world.zone_short(eth)
        await lines.until(lambda: len(eth.resting) == 4, "the zone to rest")
        eth.moves("1.005")
        await lines.reaches(post, "open")
        world.vip.delete(post.id)
        await lines.until(lambda: not eth.resting, "the rest to go")
        assert eth.size == Decimal("0.01")
        assert eth.stops == [Decimal(eth.at("1.03"))]
        assert lines.state(post) == "open"


async def test_a_deletion_closes_where_the_profile_says_so(world: World, sol: Coin) -> None:
    async with world.listening(world.profile(follow_ups={"deletions": "close"})) as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.vip.delete(post.id)
        await lines.reaches(post, "closed")
        assert sol.is_flat


async def test_a_deletion_that_the_profile_ignores_says_so(world: World, sol: Coin) -> None:
    async with world.listening(world.profile(follow_ups={"deletions": "ignore"})) as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.vip.delete(post.id)
        await lines.until(lambda: bool(lines.of("deleted", post)), "the deletion to be told")
        assert lines.of("deleted", post)[0]["change"] == "nothing: deletions = ignore"
        assert lines.state(post) == "open"
