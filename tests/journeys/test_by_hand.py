"""What the owner does at the exchange with a trade of ours: followed, left alone or put back, told, and never fought."""

from decimal import Decimal

import pytest

from journeys.coin import Coin
from journeys.invariants import check_guarded
from journeys.lines import Lines, Posted
from journeys.world import World
from tgbitget.positions import keeper

D = Decimal


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only the regular look can see is seen soon."""
    monkeypatch.setattr(keeper, "WATCH_SECONDS", 0.3)


def told_of(lines: Lines, post: Posted) -> str:
    return "; ".join(line["text"] for line in lines.of("warning", post))


def aimed(coin: Coin) -> dict[Decimal, Decimal]:
    return {p.trigger: p.size or D(0) for p in coin.plans if p.kind.takes_profit}


async def test_closes_and_cancelled_entries_are_taken_as_they_are(world: World, eth: Coin) -> None:
    async with world.listening() as lines:
        post = world.zone_short(eth)
        await lines.until(lambda: len(eth.resting) == 4, "the zone to rest")
        nearest = min(eth.resting, key=lambda order: order.price or D(0))
        world.bitget.by_hand.cancel(nearest.id)
        await lines.until(lambda: "was cancelled at the exchange" in told_of(lines, post), "told")
        eth.moves("1.0095")
        await lines.until(lambda: eth.size == D("0.02") and len(eth.targets) == 2, "what is left")
        assert len(eth.entry_requests) == 4
        world.bitget.by_hand.open("ETHUSDT", "buy", D("0.01"))  # one-way mode: it reduces
        await lines.until(lambda: lines.trade(post)["amount"] == "0.01", "the part to be seen")
        await lines.until(lambda: sum(aimed(eth).values()) == D("0.01"), "targets that fit")
        world.bitget.by_hand.close("ETHUSDT")
        told = await lines.reaches(post, "closed")
        assert "by hand" in told["cause"]
        await lines.until(lambda: eth.is_flat, "nothing left")
        assert D(told["realised"]) == world.bitget.exchange.desk.ledger.balance - 1000
    check_guarded(eth)


async def test_a_target_cancelled_by_hand_stays_so_also_after_a_restart(
    world: World, sol: Coin
) -> None:
    profile = world.profile()
    async with world.listening(profile) as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        await lines.reaches(post, "open")
        first = min((p for p in sol.plans if p.kind.takes_profit), key=lambda p: p.trigger)
        world.bitget.by_hand.cancel(first.id)
        await lines.until(
            lambda: aimed(sol) == {D(sol.at("1.04")): D("0.8")}, "its part goes to the next"
        )
        await lines.until(lambda: "target 1 was cancelled" in told_of(lines, post), "told")
    async with world.listening(profile) as lines:
        await lines.reaches(post, "open")
        sol.moves("1.021")
        assert aimed(sol) == {D(sol.at("1.04")): D("0.8")}
        sol.moves("1.041")
        await lines.reaches(post, "closed")
    check_guarded(sol)


async def test_a_target_that_was_moved_is_left_there_and_the_rest_led_on(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        await lines.reaches(post, "open")
        first = min((p for p in sol.plans if p.kind.takes_profit), key=lambda p: p.trigger)
        world.bitget.by_hand.move(first.id, D(sol.at("1.03")))
        await lines.until(lambda: "target 1 was moved" in told_of(lines, post), "told")
        world.reply(post, "Close 25%")
        await lines.until(lambda: lines.trade(post)["amount"] == "0.6", "a quarter closed")
        await lines.until(
            lambda: aimed(sol) == {D(sol.at("1.03")): D("0.4"), D(sol.at("1.04")): D("0.2")},
            "the other one to fit",
        )
        assert first.live
        sol.moves("1.041")
        await lines.reaches(post, "closed")
    check_guarded(sol)


async def test_an_entry_that_was_moved_is_the_owner_s_own(world: World, sol: Coin) -> None:
    """Bitget makes another order of it, with no id of ours: what it opens is left alone, and told."""
    async with world.listening() as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        (order,) = sol.resting
        world.bitget.by_hand.move(order.id, D(sol.at("0.985")))
        await lines.reaches(post, "cancelled")
        assert "entry 1 was cancelled at the exchange" in told_of(lines, post)
        sol.moves("0.984")
        assert sol.size == D("0.8")
        decision = await lines.decision(world.market_long(sol))
        assert decision["outcome"] in ("refused", "duplicate")
        assert len(sol.order_requests) == 1


async def test_what_is_added_by_hand_is_left_alone_and_goes_first(world: World, sol: Coin) -> None:
    """Ours keeps its amount, targets and stop; the symbol takes no new signals while it is mixed."""
    profile = world.profile(signals={"same_symbol": "add", "duplicate_hours": 0})
    async with world.listening(profile) as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.by_hand.open("SOLUSDT", "buy", D("0.5"))
        await lines.until(lambda: any("1.3 stands" in w for w in lines.warnings), "told")
        assert lines.trade(post)["amount"] == "0.8"
        assert sum(aimed(sol).values()) == D("0.8")
        decision = await lines.decision(world.market_long(sol))
        assert decision["rule"] == "foreign_position"
        world.bitget.by_hand.open("SOLUSDT", "sell", D("0.6"))
        await lines.until(lambda: lines.trade(post)["amount"] == "0.7", "ours, after theirs")
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        assert sol.size == 0
        assert len(lines.warnings) == 1


@pytest.mark.parametrize("policy", ["add", "refuse"])
async def test_a_full_close_of_ours_leaves_what_was_added_by_hand(
    world: World, sol: Coin, policy: str
) -> None:
    profile = world.profile(signals={"same_symbol": policy})
    async with world.listening(profile) as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.by_hand.open("SOLUSDT", "buy", D("0.5"))
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        await lines.until(lambda: not sol.plans, "no stop or target of ours")
        assert sol.size == D("0.5")
        await lines.until(
            lambda: any(
                "0.5 stands there without a stop: it is not ours" in w for w in lines.warnings
            ),
            "what is left bare is said",
        )


async def test_a_foreign_position_on_the_other_side_is_noticed_and_left_alone(
    world: World, sol: Coin
) -> None:
    world.bitget.by_hand.set_hold_mode("hedge_mode")
    profile = world.profile(signals={"same_symbol": "separate", "duplicate_hours": 0})
    async with world.listening(profile) as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.by_hand.open("SOLUSDT", "sell", D("0.3"))

        await lines.until(lambda: any("is not ours" in w for w in lines.warnings), "told")
        decision = await lines.decision(world.zone_short(sol))
        assert decision["rule"] == "foreign_position"
        assert lines.trade(post)["amount"] == "0.8"
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        held = world.bitget.exchange.desk.positions
        assert [(p.side, p.size) for p in held.values()] == [("short", D("0.3"))]
