"""The stop of a channel's trade, from its first order to its last: what the channel says moves all of it."""

from decimal import Decimal

from journeys.coin import Coin
from journeys.invariants import check_guarded, check_one_entry_per_leg
from journeys.world import SHORT_ZONE, World


def zone(coin: Coin, *, stop: str) -> str:
    return SHORT_ZONE.format(
        coin=coin.base,
        low=coin.at("1.004"),
        high=coin.at("1.012"),
        tp1=coin.at("0.98"),
        tp2=coin.at("0.96"),
        stop=coin.at(stop),
    )


def stops(coin: Coin) -> set[Decimal]:
    """Where any stop is: alive at the venue, or carried by an order that rests."""
    carried = {order.stop for order in coin.resting if order.stop is not None}
    return carried | {plan.trigger for plan in coin.plans if plan.kind.stops_loss}


async def test_an_edit_of_the_stop_takes_along_what_rests_and_what_is_open(
    world: World, eth: Coin
) -> None:
    async with world.listening() as lines:
        post = world.post(zone(eth, stop="1.03"))
        await lines.until(lambda: len(eth.resting) == 4, "the zone to rest")
        world.vip.edit(post.id, zone(eth, stop="1.025"))
        await lines.until(lambda: stops(eth) == {Decimal(eth.at("1.025"))}, "the new stop on each")
        eth.moves("1.006")
        await lines.until(lambda: bool(eth.targets), "its guard")
        world.vip.edit(post.id, zone(eth, stop="1.02"))
        await lines.until(lambda: stops(eth) == {Decimal(eth.at("1.02"))}, "the newest on all")
        assert len(eth.resting) == 3
        eth.moves("1.021")
        await lines.reaches(post, "closed")
        await lines.until(lambda: eth.is_flat, "nothing left")
    check_one_entry_per_leg(eth)
    check_guarded(eth)


async def test_a_stop_loosened_by_hand_is_back_before_long_and_never_gone(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        await lines.reaches(post, "open")
        world.bitget.by_hand.move_stop("SOLUSDT", Decimal(sol.at("0.9")))
        await lines.until(lambda: sol.stops == [Decimal(sol.at("0.97"))], "the stop, back")
        assert [w for w in lines.warnings if "is put back to" in w]
    check_guarded(sol)
