"""Trades that the exchange knows and the database does not: a post tells whose they are, and they are led on."""

import signal
from datetime import timedelta
from decimal import Decimal

import pytest
from telethon.tl import functions

from chaos.points import KILL
from journeys.coin import Coin
from journeys.invariants import (
    ROUND_TRIP_SECONDS,
    WATCHED,
    agrees,
    check_guarded,
    check_one_entry_per_leg,
    check_one_order_per_target,
)
from journeys.lines import Lines, Posted
from journeys.restored import forgotten
from journeys.spot_coin import SpotCoin
from journeys.world import World, market_long
from tgbitget.app import strangers
from tgbitget.errors import ConfigError


async def adopted(lines: Lines, *posts: Posted) -> None:
    for post in posts:
        decision = await lines.decision(post)
        assert decision["outcome"] == "planned", decision
        assert decision["reason"].startswith("adopted"), decision


def told(lines: Lines, *words: str) -> bool:
    return any(all(word in text for word in words) for text in lines.warnings)


async def with_targets(lines: Lines, post: Posted, coin: Coin) -> None:
    await lines.reaches(post, "open")
    await lines.until(lambda: len(coin.targets) == 2, "both targets")


async def one_stands_one_rests(
    lines: Lines, world: World, sol: Coin, eth: Coin
) -> tuple[Posted, Posted]:
    stands, rests = world.market_long(sol), world.limit_long(eth)
    await with_targets(lines, stands, sol)
    await lines.reaches(rests, "resting")
    return stands, rests


async def test_what_was_adopted_is_led_on_after_the_next_restart_and_sent_nothing_again(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with forgotten(world) as first:
        stands, rests = await one_stands_one_rests(first, world, sol, eth)
    async with world.listening() as second:
        await adopted(second, stands, rests)
        await second.reaches(stands, "open")
        await second.reaches(rests, "resting")
    sent = world.sends
    async with world.listening() as third:
        await third.decision(world.post("good evening"))
        await third.reaches(stands, "open")
        assert not third.decisions(stands)
        assert not told(third, "adopted")
        assert world.sends == sent
        assert sol.stops == [Decimal(sol.at("0.97"))]
        check_one_order_per_target(sol)
        sol.moves("1.021")
        await third.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
        eth.moves("0.989")
        await with_targets(third, rests, eth)
        sol.moves("1.041")
        await third.reaches(stands, "closed")
        eth.moves("0.959")
        await third.reaches(rests, "closed")
        for post, coin in ((stands, sol), (rests, eth)):
            await agrees(third, post, coin)
    check_one_entry_per_leg(sol, eth)
    check_guarded(sol, eth)
    story = await world.run("explain", str(world.vip.marked_id), str(stands.id))
    assert "adopted: its orders stood at the exchange" in story.out
    assert story.out.index("adopted") < story.out.index("closed")


KILLS = [
    pytest.param("the decision's commit, after:1", id="after the decision"),
    pytest.param("how a send ended, after:2", id="in the middle of writing it down"),
]


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("killed", KILLS)
async def test_a_kill_while_it_is_adopted_leaves_a_trade_that_is_led_and_nothing_twice(
    world: World, sol: Coin, killed: str
) -> None:
    async with forgotten(world) as first:
        post = world.market_long(sol)
        await with_targets(first, post, sol)
        sol.moves("1.01")
    sent = world.sends
    async with world.process(
        module="chaos.mortal", environment={KILL: killed}, is_ready=False
    ) as dies:
        assert await dies.process.wait() == -signal.SIGKILL
    async with world.listening() as last:
        await last.reaches(post, "open")
        await last.decision(world.post("good evening"))
        assert not last.decisions(post)
        assert world.sends == sent
        assert sol.stops == [Decimal(sol.at("0.97"))]
        check_one_order_per_target(sol)
        sol.moves("1.021")
        await last.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
        sol.moves("1.041")
        await last.reaches(post, "closed")
        await agrees(last, post, sol)
    check_one_entry_per_leg(sol)
    check_guarded(sol)


async def test_both_sides_of_a_coin_are_adopted_in_hedge_mode(world: World, sol: Coin) -> None:
    world.bitget.by_hand.set_hold_mode("hedge_mode")
    profile = world.profile(signals={"same_symbol": "separate", "duplicate_hours": 0})
    async with forgotten(world, profile) as first:
        long = world.market_long(sol)
        await with_targets(first, long, sol)
        short = world.zone_short(sol)
        await first.until(lambda: len(sol.resting) == 4, "the zone to rest")
        sol.moves("1.005")
        await first.until(lambda: len(sol.targets) == 4, "targets of both sides")
    sent, stops, targets = world.sends, sorted(sol.stops), sol.targets
    async with world.listening(profile) as second:
        await adopted(second, long, short)
        await second.reaches(long, "open")
        await second.reaches(short, "open")
        await second.decision(world.post("good evening"))
        assert (world.sends, sorted(sol.stops), sol.targets) == (sent, stops, targets)
        assert not told(second, "nobody leads it"), second.warnings
        sol.moves("0.979")
        await second.reaches(short, "open")
        sol.moves("0.969")
        await second.reaches(long, "closed")
        sol.moves("1.031")
        await second.reaches(short, "closed")
        await agrees(second, long, sol)
    check_one_entry_per_leg(sol)
    check_guarded(sol)


async def test_of_two_sides_the_one_that_no_post_explains_is_told(world: World, sol: Coin) -> None:
    world.bitget.by_hand.set_hold_mode("hedge_mode")
    profile = world.profile(signals={"same_symbol": "separate", "duplicate_hours": 0})
    async with forgotten(world, profile) as first:
        long = world.market_long(sol)
        await with_targets(first, long, sol)
        short = world.post(short_now(sol))
        await first.reaches(short, "open")
        await first.until(lambda: len(sol.targets) == 4, "targets of both sides")
        world.vip.delete(short.id)
        await first.until(lambda: bool(first.of("deleted")), "the deletion")
    stops = sorted(sol.stops)
    async with world.listening(profile) as second:
        await adopted(second, long)
        await second.until(
            lambda: told(second, "SOL/USDT", "orders of ours stand"), "it to be told"
        )
        assert not told(second, "WITHOUT A STOP")
        assert sorted(sol.stops) == stops
    check_guarded(sol)


async def test_a_position_that_nobody_leads_and_no_stop_guards_is_told_by_name(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with forgotten(world) as first:
        bare, guarded = world.market_long(sol), world.market_long(eth)
        await with_targets(first, bare, sol)
        await with_targets(first, guarded, eth)
    world.bitget.by_hand.drop_stops(sol.symbol)
    for post in (bare, guarded):
        world.vip.edit(post.id, "What a month!")
    sent = world.sends
    async with world.listening() as second:
        await second.until(lambda: told(second, "WITHOUT A STOP"), "it to be told")
        urgent = [w["text"] for w in second.of("warning") if w["urgent"]]
        assert [text.partition(":")[0] for text in urgent] == ["ETH/USDT, SOL/USDT", "SOL/USDT"]
    assert (sol.stops, world.sends) == ([], sent), "whose it is, nobody here can say"


def short_now(coin: Coin) -> str:
    return market_long(coin, stop="1.03", tp1="0.98", tp2="0.96").replace("LONG", "SHORT")


@pytest.mark.parametrize("lost", ["its targets", "its stop", "both"])
async def test_what_is_missing_of_an_adopted_position_is_placed(
    world: World, sol: Coin, lost: str
) -> None:
    async with forgotten(world) as first:
        post = world.market_long(sol)
        await with_targets(first, post, sol)
    targets = sol.targets
    for plan in sol.plans:
        if lost == "both" or plan.kind.takes_profit is (lost == "its targets"):
            world.bitget.by_hand.cancel(plan.id)
    async with world.listening() as second:
        await adopted(second, post)
        await second.until(lambda: sol.stops == [Decimal(sol.at("0.97"))], "its stop")
        await second.until(lambda: sol.targets == targets, "its targets")
        check_one_order_per_target(sol)
        sol.moves("0.969")
        await second.reaches(post, "closed")
        await agrees(second, post, sol)
    check_one_entry_per_leg(sol)
    check_guarded(sol, within=0 if lost == "its targets" else WATCHED)


# the post that would tell is not what it was


async def test_an_edited_post_is_adopted_as_it_reads_now(world: World, sol: Coin) -> None:
    async with forgotten(world) as first:
        post = world.market_long(sol)
        await with_targets(first, post, sol)
    world.vip.edit(post.id, market_long(sol, stop="0.95", tp1="1.03", tp2="1.06"))
    async with world.listening() as second:
        await adopted(second, post)
        wanted = [Decimal(sol.at("1.03")), Decimal(sol.at("1.06"))]
        await second.until(lambda: sol.targets == wanted, "the new targets")
        check_one_order_per_target(sol)
        assert sol.stops == [Decimal(sol.at("0.97"))], "what stands is never loosened"
        assert len(sol.entry_requests) == 1
    check_guarded(sol)


CHANGED = [
    pytest.param("another coin", "refused", id="another coin"),
    pytest.param("chatter", "ignored", id="chatter"),
    pytest.param("deleted", None, id="deleted"),
]


@pytest.mark.parametrize(("now", "outcome"), CHANGED)
async def test_what_a_post_does_not_tell_any_more_keeps_its_stop_opens_nothing_and_is_told(
    world: World, sol: Coin, eth: Coin, now: str, outcome: str | None
) -> None:
    await one_trade_that_is_over(world)
    async with forgotten(world) as first:
        stands, rests = await one_stands_one_rests(first, world, sol, eth)
    left = sol.stops, sol.targets, world.sends
    for post in (stands, rests):
        if now == "deleted":
            world.vip.delete(post.id)
        else:
            said = "What a month!" if now == "chatter" else market_long(world.coin("ADA"))
            world.vip.edit(post.id, said)
    world.post("good evening")
    async with world.listening() as second:
        await second.until(lambda: not eth.resting, "the entry that nobody would lead to go")
        await second.until(lambda: told(second, "ETH/USDT", "they are cancelled"), "it to be told")
        await second.until(lambda: told(second, "SOL/USDT", "nobody leads it"), "the rest, too")
        if outcome is not None:
            decisions = [await second.decision(post) for post in (stands, rests)]
            assert [d["outcome"] for d in decisions] == [outcome, outcome]
        fresh = await second.decision(world.post(market_long(sol, tp1="1.03")))
        assert (fresh["outcome"], fresh["rule"]) == ("refused", "foreign_position")
    assert (sol.stops, sol.targets, world.sends) == left
    check_guarded(sol)


async def one_trade_that_is_over(world: World) -> None:
    """So that the database knows the channel and where it was read to."""
    ltc = world.coin("LTC")
    async with world.listening() as lines:
        post = world.market_long(ltc)
        await with_targets(lines, post, ltc)
        ltc.moves("0.969")
        await lines.reaches(post, "closed")


async def test_of_a_channel_that_is_lost_nothing_is_touched_until_it_can_be_read_again(
    world: World, sol: Coin, eth: Coin
) -> None:
    await one_trade_that_is_over(world)
    async with forgotten(world) as first:
        stands, rests = await one_stands_one_rests(first, world, sol, eth)
    left = sol.stops, sol.targets, len(eth.resting), world.sends
    other = world.profile("other", telegram={"channels": ["@other_signals"]})
    world.channel("Other", "other_signals")
    async with world.listening(other) as meanwhile:
        await meanwhile.until(lambda: told(meanwhile, "ETH/USDT", "they are left"), "it to be told")
        assert told(meanwhile, "SOL/USDT", "nobody leads it")
        assert (sol.stops, sol.targets, len(eth.resting), world.sends) == left
    async with world.listening() as again:
        await adopted(again, stands, rests)
        await again.reaches(rests, "resting")
        assert (sol.stops, sol.targets, len(eth.resting), world.sends) == left
    check_guarded(sol)


async def test_of_a_channel_that_is_read_late_nothing_is_touched_before_and_all_adopted_then(
    world: World, sol: Coin, eth: Coin
) -> None:
    await one_trade_that_is_over(world)
    async with forgotten(world) as first:
        stands, rests = await one_stands_one_rests(first, world, sol, eth)
    left = sol.stops, sol.targets, len(eth.resting), world.sends
    for request in (
        functions.updates.GetChannelDifferenceRequest,
        functions.messages.GetHistoryRequest,
    ):
        world.telegram.fail(request, 500, "STORE_INVALID", channel=world.vip)
    async with world.listening() as second:
        await second.until(lambda: told(second, "ETH/USDT", "they are left"), "it to be told")
        assert (sol.stops, sol.targets, len(eth.resting), world.sends) == left
        world.telegram.clear_faults()
        await adopted(second, stands, rests)
        await second.reaches(rests, "resting")
        assert (sol.stops, sol.targets, len(eth.resting), world.sends) == left
    check_guarded(sol)


async def test_where_the_only_channel_is_not_found_what_stands_is_told_and_left(
    world: World, sol: Coin, eth: Coin
) -> None:
    await one_trade_that_is_over(world)
    async with forgotten(world) as first:
        await one_stands_one_rests(first, world, sol, eth)
    left = sol.stops, sol.targets, len(eth.resting), world.sends
    world.vip.kick(world.owner)
    with pytest.RaisesGroup(ConfigError):
        async with world.listening(is_ready=False) as second:
            await second.until(lambda: bool(second.of("stopped")), "an end with its reason")
    assert told(second, "ETH/USDT, SOL/USDT", "this database does not know")
    assert (sol.stops, sol.targets, len(eth.resting), world.sends) == left


# two databases on one account


async def test_what_another_home_has_on_the_same_account_is_left_alone(
    world: World, sol: Coin, eth: Coin
) -> None:
    """Neither a new HOME nor the one that was there takes anything from the other, whichever starts."""
    ada = world.coin("ADA")
    other = world.channel("Other", "other_signals")
    second_profile = world.profile("second", telegram={"channels": ["@other_signals"]})
    second_home = world.folder / "second"
    second_home.mkdir(mode=0o700)
    async with world.listening() as first:
        _, rests = await one_stands_one_rests(first, world, sol, eth)
    left = sol.stops, sol.targets, len(eth.resting)
    for profile in (second_profile, world.profile()):  # of a channel of its own, and of the same
        async with world.listening(profile, home=second_home) as second:
            await second.until(lambda: told(second, "ETH/USDT", "they are left"), "it to be told")
            assert told(second, "SOL/USDT", "another HOME")
            assert (sol.stops, sol.targets, len(eth.resting)) == left
            if profile is second_profile:
                theirs = world.limit_long(ada, channel=other)
                await second.reaches(theirs, "resting")
    async with world.listening() as again:
        await again.reaches(rests, "resting")
        await again.until(lambda: told(again, "ADA/USDT", "they are left"), "it to be told")
        assert (sol.stops, sol.targets, len(eth.resting)) == left
        assert len(ada.resting) == 1
    check_one_entry_per_leg(sol, eth, ada)
    check_guarded(sol)


# what was done is not done again


@pytest.mark.parametrize("is_reusable", [False, True], ids=["its id is kept", "its id is free"])
async def test_what_the_channel_asked_of_an_adopted_trade_is_not_done_a_second_time(
    world: World, sol: Coin, *, is_reusable: bool
) -> None:
    """Posts of the absence are decided anew; what they asked for stands at the exchange already."""
    world.bitget.exchange.rules.filled_ids_reusable = is_reusable
    async with forgotten(world) as first:
        post = world.market_long(sol)
        await with_targets(first, post, sol)
        half = world.reply(post, "Close half")
        await first.until(lambda: sol.size == Decimal("0.4"), "half of it")
        nearer = world.reply(post, f"Move SL to {sol.at('0.98')}")
        await first.until(lambda: sol.stops == [Decimal(sol.at("0.98"))], "the nearer stop")
        await first.until(lambda: sum(p.size or 0 for p in sol.plans) == sol.size, "its targets")
    closed = sum(e.size for e in sol.executions if e.closing)
    async with world.listening() as second:
        await adopted(second, post)
        for reply in (half, nearer):
            assert (await second.decision(reply))["outcome"] == "planned"
        await second.decision(world.post("good evening"))
        await second.reaches(post, "open")
        await second.until(lambda: second.trade(post)["amount"] == "0.4", "what is left")
        assert sum(e.size for e in sol.executions if e.closing) == closed
        assert sol.stops == [Decimal(sol.at("0.98"))]
        sol.moves("0.979")
        await second.reaches(post, "closed")
        await agrees(second, post, sol)
    check_one_entry_per_leg(sol)
    check_guarded(sol)


async def test_what_was_asked_of_a_known_trade_since_then_is_not_done_a_second_time(
    world: World, sol: Coin
) -> None:
    world.bitget.exchange.rules.filled_ids_reusable = True
    async with world.listening() as zeroth:
        post = world.market_long(sol)
        await with_targets(zeroth, post, sol)
    async with forgotten(world) as first:
        half = world.reply(post, "Close half")
        await first.until(lambda: sol.size == Decimal("0.4"), "half of it")
        await first.until(lambda: bool(first.fills(post, "close")), "it to be told")
    async with world.listening() as second:
        assert (await second.decision(half))["outcome"] == "planned"
        await second.decision(world.post("good evening"))
        await second.reaches(post, "open")
        assert not told(second, "nobody leads")
        await second.until(lambda: second.trade(post)["amount"] == "0.4", "what is left")
        assert sol.size == Decimal("0.4")
    async with world.listening() as third:
        await third.reaches(post, "open")
        await third.decision(world.post("good night"))
        assert sol.size == Decimal("0.4")
        sol.moves("0.969")
        await third.reaches(post, "closed")
        await agrees(third, post, sol)
    check_one_entry_per_leg(sol)
    check_guarded(sol)


@pytest.mark.parametrize("how", ["by word", "by the highest price"])
async def test_a_stop_that_has_moved_since_then_is_not_loosened(
    world: World, sol: Coin, how: str
) -> None:
    moves = {"stop_moves": "percent-below-highest", "stop_moves_trigger": "1%"}
    profile = world.profile(exits={} if how == "by word" else moves)
    async with world.listening(profile) as zeroth:
        post = world.market_long(sol)
        await with_targets(zeroth, post, sol)
    async with forgotten(world, profile) as first:
        await first.reaches(post, "open")
        if how == "by word":
            world.reply(post, f"Move SL to {sol.at('0.98')}")
        else:
            sol.moves("1.018")
        await first.until(lambda: sol.stops > [Decimal(sol.at("0.979"))], "the nearer stop")
    sol.moves("1.012")
    nearer, before = sol.stops, len(world.bitget.requests)
    async with world.listening(profile) as second:
        await second.reaches(post, "open")
        await second.decision(world.post("good evening"))
        assert sol.stops == nearer
    asked = [r for r in world.bitget.requests[before:] if r.params.get("planType") == "pos_loss"]
    assert all(Decimal(r.params["triggerPrice"]) >= nearer[0] for r in asked if r.method == "POST")
    check_guarded(sol)


# trades that are over


@pytest.mark.parametrize("how", ["closed", "cancelled"])
async def test_a_young_post_whose_trade_is_over_is_not_traded_again(
    world: World, sol: Coin, how: str
) -> None:
    """Its orders' client ids are free again, as Bitget may have it: only its history tells."""
    world.bitget.exchange.rules.filled_ids_reusable = True
    async with forgotten(world) as first:
        post = world.market_long(sol) if how == "closed" else world.limit_long(sol)
        await first.reaches(post, "open" if how == "closed" else "resting")
        if how == "closed":
            sol.moves("0.969")
        else:
            world.bitget.by_hand.cancel(sol.resting[0].id)
        await first.reaches(post, how)
    sol.moves("1")
    sent = world.sends
    async with world.listening() as second:
        decision = await second.decision(post)
        assert (decision["outcome"], decision["rule"]) == ("refused", "not_adopted")
        assert "have ended" in decision["reason"]
        await second.decision(world.post("good evening"))
        fresh = world.post(market_long(sol, tp1="1.03"))
        await second.reaches(fresh, "open")
    assert world.sends == sent + 1


async def test_a_history_that_bitget_does_not_tell_is_told_and_holds_up_nothing(
    world: World, sol: Coin
) -> None:
    world.bitget.faults.always("orders-history", code="40019")
    async with world.listening() as lines:
        assert told(lines, "which orders have ended", "40019")
        await with_targets(lines, world.market_long(sol), sol)


# spot, and positions that several trades share


@pytest.fixture
def coin(world: World) -> SpotCoin:
    tape = world.bitget.exchange.spot_desk.tapes["SOLUSDT"]
    return SpotCoin(world.bitget, "SOL", tape.last)


LADDER = """#{coin}/USDT LONG
Entry 1: {a}
Entry 2: {b}
Targets: {tp1} - {tp2}
Stop Loss: {stop}"""
RUNGS = {"a": "0.99", "b": "0.98", "tp1": "1.03", "tp2": "1.05", "stop": "0.93"}


async def test_a_spot_trade_that_has_bought_coins_is_left_as_it_stands_and_told(
    world: World, coin: SpotCoin
) -> None:
    profile = world.profile(market={"product": "spot"})
    async with forgotten(world, profile) as first:
        prices = {name: coin.at(times) for name, times in RUNGS.items()}
        ladder = world.post(LADDER.format(coin="SOL", **prices))
        await first.until(lambda: len(coin.resting) == 2, "both entries")
        coin.moves("0.99")
        await first.until(lambda: bool(coin.stops), "its stop")
    left = coin.stops, [order.id for order in coin.resting], coin.size
    sent = len(coin.order_requests)
    async with world.listening(profile) as second:
        decision = await second.decision(ladder)
        assert (decision["outcome"], decision["rule"]) == ("refused", "not_adopted")
        assert "bought coins" in decision["reason"]
        await second.until(lambda: told(second, "SOL/USDT: spot orders of ours"), "it to be told")
        await second.until(lambda: told(second, "SOL/USDT", "they are left"), "the entry, too")
        coin.moves("0.979")  # its second entry fills; nobody leads that either
        await second.decision(world.post("good evening"))
    assert (coin.stops, coin.size > left[2]) == (left[0], True)
    assert len(coin.order_requests) == sent


async def test_spot_entries_that_only_rest_are_adopted(world: World, coin: SpotCoin) -> None:
    profile = world.profile(market={"product": "spot"})
    async with forgotten(world, profile) as first:
        post = world.limit_long(coin)
        await first.reaches(post, "resting")
    async with world.listening(profile) as second:
        await adopted(second, post)
        coin.moves("0.989")
        await second.until(lambda: bool(coin.stops), "its stop")
        coin.moves("0.959")
        await second.reaches(post, "closed")
    assert coin.bare_seconds <= ROUND_TRIP_SECONDS
    assert coin.oversold == 0
    assert len(coin.orders) == 2


async def test_a_young_spot_post_whose_trade_is_over_is_not_traded_again(
    world: World, coin: SpotCoin
) -> None:
    """On spot a client id is free again once its order is filled."""
    profile = world.profile(market={"product": "spot"})
    async with forgotten(world, profile) as first:
        post = world.market_long(coin)
        await first.until(lambda: bool(coin.stops), "its stop")
        world.reply(post, "Close this trade now")
        await first.reaches(post, "closed")
    bought = coin.bought
    async with world.listening(profile) as second:
        decision = await second.decision(post)
        assert (decision["outcome"], decision["rule"]) == ("refused", "not_adopted")
        await second.decision(world.post("good evening"))
    assert coin.bought == bought


@pytest.mark.parametrize("known", [0, 1], ids=["neither is known", "the first is known"])
async def test_trades_that_share_a_position_are_adopted_each_with_its_own_stop(
    world: World, sol: Coin, known: int
) -> None:
    profile = world.profile(signals={"same_symbol": "add", "duplicate_hours": 0})
    posts: list[Posted] = []
    if known:
        async with world.listening(profile) as zeroth:
            posts.append(world.market_long(sol))
            await with_targets(zeroth, posts[0], sol)
    async with forgotten(world, profile) as first:
        if not known:
            posts.append(world.market_long(sol))
            await with_targets(first, posts[0], sol)
        posts.append(world.post(market_long(sol, stop="0.95", tp1="1.03", tp2="1.06")))
        await first.until(lambda: len(sol.targets) == 4, "targets of both")
        await first.until(lambda: len(sized_stops(sol)) == 2, "a stop of each")
    left = sized_stops(sol), sol.targets, world.sends
    async with world.listening(profile) as second:
        await adopted(second, *posts[known:])
        for post in posts:
            await second.reaches(post, "open")
        await second.until(
            lambda: [second.trade(post)["amount"] for post in posts] == ["0.8", "0.8"],
            "their parts",
        )
        await second.decision(world.post("good evening"))
        assert (sized_stops(sol), sol.targets, world.sends) == left
        assert not told(second, "not ours"), second.warnings
        sol.moves("1.021")
        await second.until(lambda: second.trade(posts[0])["amount"] == "0.4", "its target")
        world.reply(posts[0], "Close this trade now")
        await second.reaches(posts[0], "closed")
        sol.moves("0.949")
        await second.reaches(posts[1], "closed")
        await second.until(lambda: sol.is_flat, "nothing left")
        realised = sum(Decimal(second.trade(post)["realised"]) for post in posts)
        assert realised == world.bitget.exchange.desk.ledger.balance - 1000
    check_one_entry_per_leg(sol)
    check_guarded(sol)


def sized_stops(coin: Coin) -> list[tuple[Decimal, Decimal | None]]:
    return sorted((p.trigger, p.size) for p in coin.plans if p.kind.stops_loss)


async def test_a_kill_amid_the_posts_of_an_absence_forgets_no_trade_that_is_over(
    world: World, sol: Coin, eth: Coin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of them has its outcome, so this database has decided again since then."""
    monkeypatch.setattr(strangers, "CLOCKS_APART", timedelta(0))
    world.bitget.exchange.rules.filled_ids_reusable = True
    async with forgotten(world) as first:
        stands, over = world.market_long(sol), world.market_long(eth)
        await with_targets(first, stands, sol)
        await with_targets(first, over, eth)
        eth.moves("0.969")
        await first.reaches(over, "closed")
    eth.moves("1")
    killed = {KILL: "the decision's commit, after:1"}
    async with world.process(module="chaos.mortal", environment=killed, is_ready=False) as dies:
        assert await dies.process.wait() == -signal.SIGKILL
    async with world.listening() as last:
        assert (await last.decision(over))["rule"] == "not_adopted"
        await last.reaches(stands, "open")
    assert len(eth.entry_requests) == 1
