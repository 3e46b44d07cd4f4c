"""Between a post and its order nothing is asked, where its coin was prepared."""

from journeys.coin import Coin
from journeys.world import World


def asked_since(world: World, seen: int) -> list[str]:
    """What was asked or sent of the account for a coin; the watch over prices and positions goes on beside."""
    return [r.endpoint for r in world.bitget.requests[seen:] if r.params.get("symbol")]


async def test_a_coin_that_the_profile_names_is_traded_with_one_request(
    world: World, sol: Coin
) -> None:
    profile = world.profile(market={"allow": ["SOL"]})
    async with world.listening(profile):
        await world.until(lambda: count(world, "set-leverage") == 1, "the leverage")
        seen = len(world.bitget.requests)
        world.market_long(sol)
        await world.until(lambda: bool(sol.orders), "the order")
        assert asked_since(world, seen)[0] == "place-order"
    assert sol.entry_requests[0].params["presetStopLossPrice"] == sol.at("0.97")


async def test_of_busy_coins_that_no_profile_names_only_what_differs_is_set(
    world: World, sol: Coin
) -> None:
    async with world.listening():
        await world.until(lambda: "SOLUSDT" in asked(world, "account"), "the question")
        assert count(world, "set-leverage") == count(world, "set-margin-mode") == 0
        seen = len(world.bitget.requests)
        world.market_long(sol)
        await world.until(lambda: bool(sol.orders), "the order")
        between = asked_since(world, seen)
        assert "account" not in between[: between.index("place-order")]


async def test_what_a_trade_has_set_is_left_alone_by_what_is_prepared_ahead(
    world: World, sol: Coin
) -> None:
    """The post comes while the leverages of a whole list are still being set."""
    profile = world.profile(market={"allow": ["BTC", "ETH", "SOL"]}, leverage={"max": 20})
    world.bitget.faults.always("set-margin-mode", delay=0.5, accept=True)
    async with world.listening(profile) as lines:
        text = f"#SOL/USDT LONG 12x\nEntry: market\nTargets: {sol.at('1.02')}\nSL: {sol.at('0.97')}"
        await lines.reaches(world.post(text), "open")
        await world.until(
            lambda: {"BTCUSDT", "ETHUSDT"} <= asked(world, "set-leverage"), "the rest"
        )
    set_for_sol = [
        r.params["leverage"]
        for r in world.bitget.requests
        if r.endpoint == "set-leverage" and r.params["symbol"] == "SOLUSDT"
    ]
    assert set_for_sol[-1] == "12"


def count(world: World, endpoint: str) -> int:
    return sum(r.endpoint == endpoint for r in world.bitget.requests)


def asked(world: World, endpoint: str) -> set[str]:
    return {r.params.get("symbol", "") for r in world.bitget.requests if r.endpoint == endpoint}
