"""A post is edited before anything of it was sent: the new text is the one that is traded, or nothing is."""

from collections.abc import Callable
from typing import Any

import pytest

from journeys.coin import Coin
from journeys.lines import Lines, Posted
from journeys.world import World, limit_long, market_long
from tgbitget.simulators.bitget import Then

SLOW: dict[str, Any] = {"leverage": {"default": 7}}
"""Not what the account has: leverage is set first, and that takes its time here."""


def requested(coin: Coin) -> list[str]:
    return [r.params["price"] for r in coin.entry_requests]


@pytest.mark.parametrize("policy", ["safer-only", "apply"])
async def test_the_new_text_is_traded_in_the_place_of_the_old_and_two_edits_are_one_order(
    world: World, sol: Coin, policy: str
) -> None:
    world.bitget.faults.next("set-leverage", delay=0.8)
    async with world.listening(world.profile(**SLOW, follow_ups={"edits": policy})) as lines:
        post = world.limit_long(sol)
        first = await lines.decision(post)
        world.vip.edit(post.id, limit_long(sol, entry="0.98"))
        second = await lines.decision(post, revision=1)
        world.vip.edit(post.id, limit_long(sol, entry="0.985", stop="0.95"))
        third = await lines.decision(post, revision=2)
        await lines.reaches(post, "resting")
        assert [d["outcome"] for d in (first, second, third)] == ["planned"] * 3
        oids = [d["legs"][0]["client_oid"] for d in (first, second, third)]
        assert len(set(oids)) == 3
        await lines.until(lambda: bool(sol.resting), "the order")
        assert requested(sol) == [sol.at("0.985")]
        assert sol.resting[0].client_id == oids[-1]
        assert "failed" not in lines.states(post)
        sol.moves("0.984")
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
    assert len(sol.entry_requests) == 1
    assert sol.unguarded_seconds == 0


async def test_another_coin_is_traded_instead(world: World, sol: Coin, eth: Coin) -> None:
    world.bitget.faults.next("set-leverage", delay=0.8)
    profile = world.profile(**SLOW, limits={"open_positions_max": 1})
    async with world.listening(profile) as lines:
        post = world.limit_long(sol)
        await lines.decision(post)
        world.vip.edit(post.id, market_long(eth))
        assert (await lines.decision(post, revision=1))["outcome"] == "planned"
        await lines.until(lambda: len(eth.targets) == 2, "both targets")
        trade = await lines.reaches(post, "open")
        assert trade["symbol"] == "ETH/USDT:USDT"
        again = world.market_long(sol)
        assert (await lines.decision(again))["outcome"] == "refused", (
            "not a duplicate of what was never sent"
        )
    assert not sol.order_requests
    assert eth.unguarded_seconds == 0


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        pytest.param(lambda _: "good morning to all", "ignored", id="chatter"),
        pytest.param(lambda c: market_long(c, tp1="0.9", tp2="0.8"), "unclear", id="unclear"),
        pytest.param(lambda c: limit_long(c, stop="0.9899"), "refused", id="refused by a limit"),
        pytest.param(lambda c: f"Close {c.base} now!", "refused", id="no set-up"),
    ],
)
async def test_a_text_that_is_no_trade_any_more_sends_nothing_and_says_so(
    world: World, sol: Coin, text: Callable[[Coin], str], outcome: str
) -> None:
    world.bitget.faults.next("set-leverage", delay=0.8)
    profile = world.profile(**SLOW, limits={"stop_distance_percent_min": "1"})
    async with world.listening(profile) as lines:
        post = world.limit_long(sol)
        await lines.decision(post)
        world.vip.edit(post.id, text(sol))
        assert (await lines.decision(post, revision=1))["outcome"] == outcome
        await lines.until(lambda: lines.state(post) in ("failed", "cancelled"), "its end")
        assert "edited before it was sent" in lines.trade(post)["cause"]
        await world.until(lambda: any("edited before it was sent" in n for n in world.notices))
    assert not sol.order_requests


async def test_edits_that_are_ignored_leave_the_old_text_to_be_traded(
    world: World, sol: Coin
) -> None:
    world.bitget.faults.next("set-leverage", delay=0.8)
    profile = world.profile(**SLOW, follow_ups={"edits": "ignore"})
    async with world.listening(profile) as lines:
        post = world.limit_long(sol)
        await lines.decision(post)
        world.vip.edit(post.id, limit_long(sol, entry="0.98"))
        assert (await lines.decision(post, revision=1))["outcome"] == "refused"
        await lines.reaches(post, "resting")
    assert requested(sol) == [sol.at("0.99")]


async def _unknown_before(world: World, sol: Coin, lines: Lines) -> Posted:
    """A signal that waits behind another one's unknown outcome on the same symbol."""
    world.bitget.faults.next("place-order", accept=False, then=Then.DROP)
    first = world.post(limit_long(sol, entry="0.97", stop="0.9"))
    await world.until(lambda: world.sends == 1, "the send that is lost")
    second = world.post(limit_long(sol, entry="0.96", stop="0.9", tp1="1.06", tp2="1.2"))
    await lines.decision(first)
    await lines.decision(second)
    return second


@pytest.mark.usefixtures("impatience")
async def test_an_edit_while_it_waits_behind_an_unknown_outcome_is_what_is_sent(
    world: World, sol: Coin
) -> None:
    profile = world.profile(signals={"same_symbol": "add", "duplicate_hours": 0})
    async with world.listening(profile) as lines:
        post = await _unknown_before(world, sol, lines)
        world.vip.edit(post.id, limit_long(sol, entry="0.95", stop="0.9", tp1="1.06", tp2="1.2"))
        assert (await lines.decision(post, revision=1))["outcome"] == "planned"
        await lines.reaches(post, "resting")
        await lines.until(lambda: len(sol.resting) == 2, "both orders")
        assert sol.at("0.96") not in requested(sol)


async def test_a_restart_between_the_decision_and_the_send_trades_the_new_text_once(
    world: World, sol: Coin
) -> None:
    world.bitget.faults.next("set-leverage", delay=30)
    world.profile(**SLOW)
    async with world.process() as lines:
        post = world.limit_long(sol)
        await lines.decision(post)
        world.vip.edit(post.id, limit_long(sol, entry="0.98"))
        await lines.decision(post, revision=1)
        await lines.kill()
    async with world.process() as lines:
        await lines.reaches(post, "resting")
        await lines.until(lambda: bool(sol.resting), "the order")
        assert requested(sol) == [sol.at("0.98")]
        assert len(sol.resting) == 1
