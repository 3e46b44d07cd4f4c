"""From a post to what stands at the exchange."""

from decimal import Decimal

import pytest

from journeys.coin import Coin
from journeys.world import World, limit_long, market_long


async def test_a_market_signal_is_one_signed_request_with_its_stop_then_a_guarded_position_with_targets(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        told = await lines.reaches(post, "open")
        assert await lines.decision(post) == lines.of("decision")[0]

        (request,) = sol.entry_requests
        assert request.path == "/api/v2/mix/order/place-order"
        assert request.params["presetStopLossPrice"] == sol.at("0.97")
        assert request.accepted
        assert {"ACCESS-KEY", "ACCESS-SIGN", "ACCESS-TIMESTAMP", "ACCESS-PASSPHRASE"} <= set(
            request.headers
        )
        (order,) = sol.entries
        assert (order.market, order.filled, order.leverage) == (True, Decimal("0.8"), 5)
        assert sol.stops == [Decimal(sol.at("0.97"))]
        assert sol.targets == [Decimal(sol.at("1.02")), Decimal(sol.at("1.04"))]
        assert sol.unguarded_seconds == 0
        assert (told["amount"], told["entry"], told["stop"]) == ("0.8", "142", sol.at("0.97"))
    assert sol.size == Decimal("0.8")
    assert sol.unguarded_seconds == 0


async def test_a_zone_becomes_four_resting_orders_each_with_its_stop(
    world: World, eth: Coin
) -> None:
    async with world.listening() as lines:
        post = world.zone_short(eth)
        await lines.until(lambda: len(eth.resting) == 4, "the zone to rest")
        assert [r.params["presetStopLossPrice"] for r in eth.entry_requests] == [eth.at("1.03")] * 4
        prices = [order.price for order in eth.resting]
        assert prices == sorted(prices, key=lambda price: price or 0)
        assert (str(prices[0]), str(prices[-1])) == (eth.at("1.004"), eth.at("1.012"))
        assert sum(order.size for order in eth.resting) * eth.began < 125

        eth.moves("1.007")  # two of them fill
        told = await lines.reaches(post, "open")
        await lines.until(
            lambda: sum(t.size or 0 for t in eth.plans if t.kind.takes_profit) == eth.size
        )
        assert told["side"] == "short"
        assert eth.stops == [Decimal(eth.at("1.03"))]

        eth.moves("1.013")  # and the others
        await lines.until(lambda: len(lines.fills(post, "entry")) == 4, "four fills")
        await lines.until(
            lambda: sum(t.size or 0 for t in eth.plans if t.kind.takes_profit) == eth.size
        )
    assert eth.unguarded_seconds == 0


async def test_a_ladder_is_an_order_for_each_of_its_steps(world: World, eth: Coin) -> None:
    text = f"""ETH/USDT LONG
    Entries:
    1) {eth.at("0.995")}
    2) {eth.at("0.985")}
    3) {eth.at("0.975")}
    Targets: {eth.at("1.02")}, {eth.at("1.04")}
    Stop: {eth.at("0.95")}"""
    async with world.listening() as lines:
        post = world.post(text)
        decision = await lines.decision(post)
        assert decision["reading"]["entry"]["type"] == "ladder"
        await lines.until(lambda: len(eth.resting) == 3, "the ladder to rest")
        prices = [str(order.price) for order in eth.resting]
        assert prices == [eth.at("0.995"), eth.at("0.985"), eth.at("0.975")]
        assert {order.stop for order in eth.resting} == {Decimal(eth.at("0.95"))}


async def test_a_trigger_entry_waits_for_its_price_and_carries_its_stop(
    world: World, sol: Coin
) -> None:
    text = f"""#SOL/USDT LONG
    Entry: above {sol.at("1.01")}
    Targets: {sol.at("1.03")}
    Stop: {sol.at("0.98")}"""
    async with world.listening() as lines:
        post = world.post(text)
        assert (await lines.decision(post))["reading"]["entry"]["type"] == "trigger"
        await lines.reaches(post, "resting")
        assert not sol.size
        sol.moves("1.011")
        await lines.reaches(post, "open")
        await lines.until(lambda: sol.targets == [Decimal(sol.at("1.03"))], "its target")
        assert sol.stops == [Decimal(sol.at("0.98"))]
    assert sol.unguarded_seconds == 0


NOTHING_ORDERED = [
    pytest.param(
        "Good evening traders ☀️ BTC looks strong today, stay tuned!",
        "ignored",
        None,
        id="chatter is no signal",
    ),
    pytest.param("", "ignored", None, id="an empty post is no signal"),
    pytest.param(
        "#BTC/USDT LONG\nEntry: {0.1}\nTarget: {0.11}\nStop: {0.095}",
        "refused",
        "price_deviation_percent_max",
        id="a slipped digit is refused by the market's price",
    ),
    pytest.param(
        "#BTC/USDT LONG\nEntry: market\nTarget: {1.05}",
        "refused",
        "missing_stop",
        id="no stop is refused",
    ),
    pytest.param(
        "#BTC/USDT LONG\nEntry: {1}\nTarget: {1.05}\nStop: {1.02}",
        "unclear",
        None,
        id="a stop on the wrong side is unclear",
    ),
    pytest.param(
        "#NOSUCHCOIN/USDT LONG\nEntry: market\nTarget: {1.05}\nStop: {0.98}",
        "unclear",
        "unknown_symbol",
        id="a coin that nobody lists is unclear",
    ),
]


@pytest.mark.parametrize(("text", "outcome", "rule"), NOTHING_ORDERED)
async def test_what_is_not_a_clear_allowed_signal_orders_nothing(
    world: World, text: str, outcome: str, rule: str | None
) -> None:
    btc = world.coin("BTC")
    for times in ("0.1", "0.11", "0.095", "1", "1.05", "1.02", "0.98"):
        text = text.replace("{" + times + "}", btc.at(times))
    async with world.listening() as lines:
        decision = await lines.decision(world.post(text))
        assert (decision["outcome"], decision["rule"]) == (outcome, rule)
        assert decision["legs"] == []
        assert outcome == "ignored" or decision["reason"]
    assert not [r for r in world.bitget.requests if r.endpoint.startswith("place")]


async def test_a_picture_and_a_burst_get_one_decision_each_in_order(world: World) -> None:
    async with world.listening() as lines:
        world.vip.photo("")
        world.vip.burst(60)
        await lines.until(lambda: len(lines.of("decision")) == 61, "61 decisions")
        assert [d["post"]["message_id"] for d in lines.of("decision")] == list(range(1, 62))


async def test_a_burst_of_signals_stays_within_the_limits(world: World) -> None:
    """More set-ups at once than may be open: the rest is refused by name, whatever is still in flight."""
    coins = [world.coin(base) for base in ("BTC", "ETH", "SOL", "XRP", "DOGE", "BNB", "ADA")]
    async with world.listening() as lines:
        posts = [world.post(market_long(coin)) for coin in coins]
        await lines.until(lambda: len(lines.of("decision")) == 7, "seven decisions")
        assert lines.outcomes(*posts) == ["planned"] * 5 + ["refused"] * 2
        assert {lines.decisions(p)[0]["rule"] for p in posts[5:]} == {"open_positions_max"}
        for post in posts[:5]:
            await lines.reaches(post, "open")
        assert [bool(coin.size) for coin in coins] == [True] * 5 + [False] * 2
    assert [coin.unguarded_seconds for coin in coins] == [0] * 7


async def test_a_second_signal_of_the_same_coin_waits_for_the_first_to_end(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        first = world.market_long(sol)
        await lines.reaches(first, "open")
        again = world.post(limit_long(sol, entry="0.94", stop="0.85", tp1="1.1", tp2="1.2"))
        decision = await lines.decision(again)
        assert (decision["outcome"], decision["rule"]) == ("refused", "same_symbol")
        assert len(sol.entry_requests) == 1
