"""Coins that are listed, changed and delisted while the listener runs."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from journeys.coin import Coin
from journeys.lines import eventually
from journeys.world import World
from tgbitget.markets.cache import CachedMarkets, load
from tgbitget.model.market import Market, Product

NOTHING_YET = CachedMarkets(markets=(), as_of=datetime(2026, 11, 20, tzinfo=UTC), source="none")


def row_of(world: World, like: str, **changes: str) -> dict[str, str]:
    return {**world.bitget.exchange.desk.contracts[like].row, **changes}


async def test_a_coin_that_was_listed_a_moment_ago_is_traded_once_a_post_has_named_it(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        row = row_of(world, "SOLUSDT", symbol="QZNEWUSDT", baseCoin="QZNEW")
        world.bitget.exchange.list_contract(row, sol.began)
        new = world.coin("QZNEW")
        first = await lines.decision(world.market_long(new))
        assert (first["outcome"], first["rule"]) == ("unclear", "unknown_symbol")
        await learnt(world, "QZNEWUSDT", lambda market: market is not None)
        second = await lines.decision(world.market_long(new))
        assert second["outcome"] == "planned"
        await world.until(lambda: new.position is not None, "the position")


async def test_an_order_that_is_refused_for_its_precision_is_the_last_one(
    world: World, sol: Coin
) -> None:
    async with world.listening(world.profile(signals={"duplicate_hours": "0"})) as lines:
        coarser = row_of(world, "SOLUSDT", volumePlace="0", sizeMultiplier="1", minTradeNum="1")
        world.bitget.exchange.list_contract(coarser, sol.began)
        first = world.limit_long(sol)
        await lines.until(lambda: lines.results(first) == ["rejected"])
        await learnt(world, "SOLUSDT", lambda market: market is not None and market.step == 1)
        second = await lines.decision(world.limit_long(sol))
        assert all(Decimal(leg["amount"]) % 1 == 0 for leg in second["legs"])


async def test_what_is_delisted_is_not_opened_any_more(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        world.bitget.exchange.delist("SOLUSDT")
        await learnt(world, "SOLUSDT", lambda market: market is None)
        decision = await lines.decision(world.market_long(sol))
        assert decision["outcome"] == "refused"
    assert sol.entry_requests == []


async def learnt(world: World, market_id: str, is_so: Callable[[Market | None], bool]) -> None:
    """HOME has the contract so (None: it does not have it), and a moment later posts are read by it, with its price."""
    file = world.settings().markets_file

    def has() -> bool:
        listed = load(file, snapshot=NOTHING_YET).markets
        mine = (m for m in listed if (m.id, m.product) == (market_id, Product.USDT_FUTURES))
        return bool(listed) and is_so(next(mine, None))

    await eventually(has, market_id, within=120)
    await world.until_prices_are_seen()
