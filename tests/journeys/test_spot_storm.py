"""Storms over spot trades: prices, partial fills, lost answers, lost pushes, a hand at the exchange; the invariants hold."""

import random
from decimal import Decimal

import pytest

from journeys.lines import Lines, Posted
from journeys.spot_coin import SpotCoin
from journeys.world import LIMIT, MARKET, World
from tgbitget.simulators.bitget import Then

OWN = Decimal(4)  # what the owner holds besides
STEPS = 14
ENDPOINTS = ("place-plan-order", "modify-plan-order", "cancel-plan-order", "place-order", "fills")
FAULTS = (Then.DROP, Then.BAD_GATEWAY, Then.HTML, Then.NO_ID)
WORDS = ("Move SL to entry", "Close half", "Cancel this signal")
FINAL = ("closed", "cancelled", "failed")


def step(dice: random.Random, world: World, sol: SpotCoin, post: Posted) -> None:
    """One thing that may happen."""
    match dice.randrange(8):
        case 0 | 1 | 2:
            sol.moves(str(dice.choice(["0.985", "0.99", "1", "1.01", "1.021"])))
        case 3:
            world.bitget.exchange.set_liquidity(
                "SOLUSDT", dice.choice([None, None, Decimal("0.05")])
            )
        case 4:
            world.bitget.faults.next(
                dice.choice(ENDPOINTS),
                then=dice.choice(FAULTS),
                accept=dice.random() < 0.5,
                times=dice.choice([1, 1, 2]),
            )
        case 5:
            world.bitget.faults.pushes.lose = dice.randrange(4)
        case 6:
            world.bitget.drop_connections()
        case _:
            if dice.random() < 0.5:
                world.reply(post, dice.choice(WORDS))
            else:
                world.bitget.spot_by_hand.drop_plans("SOLUSDT")


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_only_what_was_bought_is_sold_and_nothing_is_left(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgbitget.positions.keeper.WATCH_SECONDS", 0.5)
    dice = random.Random(seed)  # noqa: S311 -- a storm that can be told again
    tape = world.bitget.exchange.spot_desk.tapes["SOLUSDT"]
    sol = SpotCoin(world.bitget, "SOL", tape.last)
    world.bitget.spot_by_hand.deposit("SOL", OWN)
    text = dice.choice([MARKET, LIMIT]).format(
        coin="SOL",
        entry=sol.at("0.99"),
        tp1=sol.at("1.02"),
        tp2=sol.at("1.04"),
        stop=sol.at("0.97"),
    )
    async with world.listening(world.profile(market={"product": "spot"})) as lines:
        post = world.post(text)
        await lines.until(lambda: lines.state(post) is not None, "a trade")
        for _ in range(STEPS):
            step(dice, world, sol, post)
            await requests(world, dice.randrange(1, 7))
        await calm(world, sol, lines, post)
    assert sol.oversold == 0
    assert not sol.plans
    assert not sol.resting
    assert OWN <= sol.size < OWN + Decimal("0.01")
    oids = [order.client_id for order in sol.orders if order.filled]
    assert len(set(oids)) == len(oids)


async def requests(world: World, count: int) -> None:
    """The listener goes on for so many requests."""
    seen = len(world.bitget.requests) + count
    await world.until(lambda: len(world.bitget.requests) >= seen, "more requests")


async def calm(world: World, sol: SpotCoin, lines: Lines, post: Posted) -> None:
    """The weather clears; a trade that still stands comes to be covered, and ends at its stop."""
    world.bitget.faults.clear()
    world.bitget.faults.pushes.lose = 0
    world.bitget.exchange.set_liquidity("SOLUSDT", None)
    if lines.state(post) not in FINAL:
        world.reply(post, "Cancel this signal")
        await lines.until(
            lambda: lines.state(post) in FINAL or is_covered(lines, post, sol), "calm", within=30
        )
    sol.moves("0.96")
    await lines.until(lambda: lines.state(post) in FINAL, "the end", within=30)
    await lines.until(lambda: not sol.plans and not sol.resting, "nothing to be left")


def is_covered(lines: Lines, post: Posted, sol: SpotCoin) -> bool:
    held = Decimal(lines.trade(post)["amount"])
    return [size for _, size in sol.stops] == [held] and not sol.resting
