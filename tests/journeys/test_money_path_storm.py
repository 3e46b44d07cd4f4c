"""A few seconds of a hostile exchange, drawn from a seed: whatever happens, what must never happen does not."""

import asyncio
import random
from decimal import Decimal

import pytest
from loguru import logger

from journeys.coin import Coin
from journeys.invariants import FINAL, check_guarded, check_one_entry_per_leg
from journeys.lines import Lines, Posted
from journeys.world import World
from tgbitget.simulators.bitget import Then
from tgbitget.simulators.bitget.faults import Pushes

SEEDS = range(12)
MOVES = 14
BEAT_SECONDS = 0.15
# An unknown send takes two seconds to settle here, a lost push up to the next look.
FAULT_SECONDS = 15.0

SENDS = ("place-order", "place-tpsl-order", "cancel-order", "cancel-plan-order")
QUERIES = ("order/detail", "fills", "all-position", "orders-pending", "orders-plan-pending")
ENDS = (Then.DROP, Then.BAD_GATEWAY, Then.HTML, Then.EMPTY, Then.NO_DATA)
WORDS = ("Close half", "Cancel this order", "Move stop loss to entry", "Close this trade now")


class Weather:
    """Draws what goes wrong next, and what the market and the channel do."""

    def __init__(self, world: World, coins: tuple[Coin, ...], seed: int) -> None:
        self._world = world
        self._coins = coins
        self._draw = random.Random(seed)  # noqa: S311 -- to be drawn again, not to be secret
        self.told: list[str] = [f"seed {seed}"]

    def strike(self, posts: list[Posted]) -> None:
        draw, coin = self._draw, self._draw.choice(self._coins)
        kind = draw.choice(
            ("send", "query", "pushes", "price", "price", "liquidity", "word", "line")
        )
        match kind:
            case "send":
                endpoint, end = draw.choice(SENDS), draw.choice(ENDS)
                is_taken = draw.random() < 0.5
                self._world.bitget.faults.next(endpoint, accept=is_taken, then=end)
                self._say(kind, endpoint, end, is_taken)
            case "query":
                endpoint, end = draw.choice(QUERIES), draw.choice(ENDS)
                self._world.bitget.faults.next(endpoint, then=end, times=draw.randint(1, 3))
                self._say(kind, endpoint, end)
            case "pushes":
                self._world.bitget.faults.pushes = pushes = Pushes(
                    duplicate=draw.random() < 0.5,
                    delay=draw.choice((0.0, 0.3)),
                    reorder=draw.choice((0, 3)),
                    lose=draw.choice((0, 4)),
                    silent=draw.random() < 0.2,
                )
                self._say(kind, pushes)
            case "price":
                times = draw.choice(("0.985", "0.995", "1.005", "1.011", "1.021"))
                coin.moves(times)
                self._say(kind, coin.base, times)
            case "liquidity":
                size = draw.choice((None, Decimal("0.1"), Decimal("0.3")))
                self._world.bitget.exchange.set_liquidity(coin.symbol, size)
                self._say(kind, coin.base, size)
            case "word":
                word = draw.choice(WORDS)
                self._world.reply(draw.choice(posts), word)
                self._say(kind, word)
            case _:
                self._world.bitget.drop_connections()
                self._say(kind)

    def clear_up(self) -> None:
        self._world.bitget.faults.clear()
        for coin in self._coins:
            self._world.bitget.exchange.set_liquidity(coin.symbol, None)

    def _say(self, *words: object) -> None:
        self.told.append(" ".join(str(word) for word in words))


async def comes_to_rest(lines: Lines, post: Posted, coin: Coin) -> None:
    """The trade and the venue come to agree."""
    await lines.until(
        lambda: (
            Decimal(lines.trade(post)["amount"]) == coin.size
            and (lines.state(post) not in FINAL or coin.is_flat)
        ),
        f"{coin.base} to be as the venue has it",
        within=25,
    )


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_storm_leaves_each_entry_once_and_each_position_guarded(
    world: World, sol: Coin, eth: Coin, seed: int
) -> None:
    world.bitget.exchange.rules.presets_with_each_fill = seed % 2 == 0
    if seed % 3 == 0:
        world.bitget.by_hand.set_hold_mode("hedge_mode")
    weather = Weather(world, (sol, eth), seed)
    profile = world.profile(size={"kind": "fixed_quote", "value": "300"})
    try:
        async with world.listening(profile) as lines:
            pairs = [(world.limit_long(sol), sol), (world.zone_short(eth), eth)]
            posts = [post for post, _ in pairs]
            for _ in range(MOVES):
                weather.strike(posts)
                await asyncio.sleep(BEAT_SECONDS)
            weather.clear_up()
            for post, coin in pairs:
                await lines.decision(post)
                await comes_to_rest(lines, post, coin)
                if coin.size:
                    await lines.until(lambda coin=coin: bool(coin.stops), "a stop", within=12)  # type: ignore[misc] # bound at once
                world.reply(post, "Close this trade now")
            for post, coin in pairs:
                await lines.until(
                    lambda post=post: lines.state(post) in FINAL,  # type: ignore[misc] # likewise
                    "its end",
                    within=25,
                )
                await lines.until(lambda coin=coin: coin.is_flat, "nothing left")  # type: ignore[misc] # likewise
            assert not [w for w in lines.warnings if "failed and was started" in w]
        check_one_entry_per_leg(sol, eth)
        check_guarded(sol, eth, within=FAULT_SECONDS)
    except BaseException:
        logger.error("The weather was: {}", "; ".join(weather.told))
        raise
