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
from tgbitget.model.trade import TradeState
from tgbitget.simulators.bitget.orders import Side

POSTS = 1000
BURST = 250
HONEST = ("BNB", "LTC")  # the coins of the honest channel
LIMITS: dict[str, Any] = {
    "open_positions_max": 3,
    "position_quote_max": "150",
    "total_quote_max": "400",
    "risk_quote_max": "12",
    "daily_loss_quote_max": "25",  # more than the first bursts lose: the other limits come first
    "orders_per_minute_max": 300,
    "stop_distance_percent_min": "0.2",
    "liquidation_distance_percent_min": "1",
}
LEVERAGE_MAX = 10
# Where the market goes between the bursts: up and back, then through every stop of a long.
MARKET = ("1.03", "0.97", "0.88")
# Then rounds of it in which each trade is led to its stop, until the day's loss is at its limit.
LOSING_BURST = 60
LOSING_ROUNDS_MAX = 12
BEYOND_A_STOP = {True: Decimal("0.995"), False: Decimal("1.005")}  # of a long, of a short
# Orders at market fill a little off the price they were reckoned with.
SLIPPAGE = Decimal("1.01")
# Limits and rules that this flood must have met, or it was none.
BINDING = {
    "open_positions_max",
    "total_quote_max",
    "daily_loss_quote_max",
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


def on_their_way(lines: Lines) -> set[str]:
    """Entries that were planned and not answered: the market must not move below them, or they fill elsewhere."""
    states = {line["signal"]: TradeState(line["state"]) for line in lines.of("position")}
    answered = {line["client_oid"] for line in lines.of("placement")}
    planned = (line for line in lines.of("decision") if line["outcome"] == "planned")
    return {
        leg["client_oid"]
        for line in planned
        if line["signal"] not in states or not states[line["signal"]].is_final
        for leg in line["legs"]
    } - answered


async def caught_up(lines: Lines, posts: int) -> None:
    await lines.until(lambda: len(decided(lines)) == posts, "a decision on each post", within=30)
    await lines.until(lambda: not on_their_way(lines), "an answer to each entry", within=30)


def rules(lines: Lines) -> Counter[str | None]:
    return Counter(line["rule"] for line in lines.of("decision"))


async def led_to_their_stops(world: World, lines: Lines, coins: list[str]) -> None:
    """Each coin goes against what is open in it, or would open, to where all of that is stopped."""
    standing = [coin for coin in map(world.coin, coins) if coin.position or coin.resting]
    for coin in standing:
        is_long = coin.position.long if coin.position else coin.resting[0].side is Side.BUY
        stops = [*coin.stops, *(order.stop for order in coin.resting if order.stop)]
        farthest = min(stops) if is_long else max(stops)
        coin.moves(str(farthest / coin.began * BEYOND_A_STOP[is_long]))
    await lines.until(lambda: all(coin.is_flat for coin in standing), "the stops", within=60)


async def lose_until_all_bind(world: World, lines: Lines, coins: list[str], seed: int) -> None:
    """New set-ups at the prices of now, and no trade that wins."""
    tapes = world.bitget.exchange.desk.tapes
    for number in range(1, LOSING_ROUNDS_MAX + 1):
        await led_to_their_stops(world, lines, coins)
        await world.until_prices_are_seen()
        now = {coin: tapes[f"{coin}USDT"].last for coin in coins}
        flood(world, list(Hijacker(now, seed + number).posts(LOSING_BURST)))
        await caught_up(lines, len(world.vip.messages) + 2)
        if set(rules(lines)) >= BINDING:
            return


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
            await world.until_prices_are_seen()
            flood(world, texts[number * BURST : (number + 1) * BURST])
        await caught_up(lines, len(world.vip.messages) + 2)
        await lose_until_all_bind(world, lines, list(prices), seed)
        exposure.look()
    assert set(rules(lines)) >= BINDING, rules(lines)
    most = exposure.most
    assert most["count"] <= LIMITS["open_positions_max"]
    assert most["position"] <= Decimal(LIMITS["position_quote_max"]) * SLIPPAGE
    assert most["total"] <= Decimal(LIMITS["total_quote_max"]) * SLIPPAGE
    assert most["risk"] <= Decimal(LIMITS["risk_quote_max"]) * SLIPPAGE
    assert most["leverage"] <= LEVERAGE_MAX
    assert most["count"] > 0, "nothing was ever open: the limits were not tried"
    assert beside_a_flood < usual + BESIDE_A_FLOOD_SECONDS
