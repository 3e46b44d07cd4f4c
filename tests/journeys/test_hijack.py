"""A hijacked channel beside an honest one: what it may cost is what the owner allowed, and the other is served."""

import time
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from journeys.coin import Coin
from journeys.exposure import Exposure
from journeys.hostile import Hijacker
from journeys.lines import Lines, Posted
from journeys.world import World, market_long

POSTS = 1000
BURST = 250
HONEST = ("BNB", "LTC")  # the coins of the honest channel
LIMITS: dict[str, Any] = {
    "open_positions_max": 3,
    "position_quote_max": "150",
    "total_quote_max": "350",
    "risk_quote_max": "12",
    "daily_loss_quote_max": "6",
    "orders_per_minute_max": 60,
    "stop_distance_percent_min": "0.2",
    "liquidation_distance_percent_min": "1",
}
LEVERAGE_MAX = 10
# Where the market goes between the bursts: up and back, then through every stop of a long.
MARKET = ("1.03", "0.97", "0.88")
# Orders at market fill a little off the price they were reckoned with.
SLIPPAGE = Decimal("1.01")
# Limits and rules that this flood must have met, or it was none.
BINDING = {
    "open_positions_max",
    "total_quote_max",
    "liquidation_distance_percent_min",
    "stop_distance_percent_min",
    "price_deviation_percent_max",
    "price_magnitude",
    "duplicate",
    "edits",
}
# Beside a quiet channel it takes a tenth of a second; a machine that floods and trades itself may take its time.
BESIDE_A_FLOOD_SECONDS = 3.0


async def traded(lines: Lines, coin: Coin, post: Posted) -> float:
    """Seconds from the post to its order at the exchange."""
    began = time.monotonic()
    await lines.until(lambda: bool(coin.entries), "the honest signal's order", within=20)
    seconds = time.monotonic() - began
    assert (await lines.decision(post))["outcome"] == "planned"
    return seconds


def flood(world: World, texts: list[str]) -> None:
    """Some come as an edit of what is there already, or as an answer to it."""
    for n, text in enumerate(texts):
        messages = world.vip.messages
        if n % 9 == 8:
            world.vip.edit(messages[-(n % 5) - 1].id, text)
        elif n % 9 == 7:
            world.vip.post(text, reply_to=messages[-(n % 5) - 1].id)
        else:
            world.vip.post(text)


def decided(lines: Lines) -> set[str]:
    return {line["signal"] for line in lines.of("decision")}


async def caught_up(lines: Lines, posts: int) -> None:
    await lines.until(lambda: len(decided(lines)) == posts, "a decision on each post", within=30)


@pytest.mark.parametrize("seed", [7])
async def test_a_thousand_hostile_posts_stay_within_every_limit_and_the_honest_channel_is_served(
    world: World, seed: int
) -> None:
    tapes = world.bitget.exchange.desk.tapes
    prices = {s.removesuffix("USDT"): tape.last for s, tape in tapes.items()}
    prices = {coin: price for coin, price in prices.items() if coin not in HONEST}
    quiet, loud = (world.coin(coin) for coin in HONEST)
    honest = world.channel("Honest", "honest")
    exposure = Exposure(world.bitget, [f"{coin}USDT" for coin in prices])
    hijacked = world.profile(
        size={"kind": "risk_percent", "value": "0.5"},
        leverage={"max": LEVERAGE_MAX},
        limits=LIMITS,
        market={"deny": list(HONEST)},
    )
    trusted = world.profile("honest", telegram={"channels": ["@honest"]})
    texts = list(Hijacker(prices, seed).posts(POSTS))
    async with world.listening(hijacked, trusted) as lines:
        usual = await traded(lines, quiet, world.post(market_long(quiet), channel=honest))
        flood(world, texts[: BURST - 50])
        post = world.post(market_long(loud), channel=honest)
        flood(world, texts[BURST - 50 : BURST])
        beside_a_flood = await traded(lines, loud, post)
        for number, times in enumerate(MARKET, start=1):
            await caught_up(lines, len(world.vip.messages) + 2)
            for coin in prices:
                world.coin(coin).moves(times)
            flood(world, texts[number * BURST : (number + 1) * BURST])
        await caught_up(lines, len(world.vip.messages) + 2)
        exposure.look()
    rules = Counter(line["rule"] for line in lines.of("decision"))
    assert set(rules) >= BINDING, rules
    most = exposure.most
    assert most["count"] <= LIMITS["open_positions_max"]
    assert most["position"] <= Decimal(LIMITS["position_quote_max"]) * SLIPPAGE
    assert most["total"] <= Decimal(LIMITS["total_quote_max"]) * SLIPPAGE
    assert most["risk"] <= Decimal(LIMITS["risk_quote_max"]) * SLIPPAGE
    assert most["leverage"] <= LEVERAGE_MAX
    assert most["count"] > 0, "nothing was ever open: the limits were not tried"
    assert beside_a_flood < usual + BESIDE_A_FLOOD_SECONDS
