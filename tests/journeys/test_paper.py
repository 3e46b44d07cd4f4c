"""Paper: the simulated Bitget inside the listener, fed with public prices of another."""

from decimal import Decimal

from journeys.coin import Coin
from journeys.spot_coin import SpotCoin
from journeys.world import World


async def test_paper_trades_at_bitget_s_prices_and_sends_nothing_there(
    world: World, sol: Coin
) -> None:
    async with world.listening(world.profile(mode="paper")) as lines:
        (ready,) = lines.of("ready")
        assert ready["mode"] == "paper"
        post = world.market_long(sol)
        told = await lines.reaches(post, "open")
        assert Decimal(told["entry"]) == sol.began
        sol.moves("1.021")
        await lines.until(lambda: len(lines.fills(post, "take_profit")) == 1, "target 1")
        await lines.until(lambda: Decimal(lines.trade(post)["stop"]) > sol.began, "breakeven")
        sol.moves("0.99")
        await lines.reaches(post, "closed")
    assert not [r for r in world.bitget.requests if r.method == "POST"]
    assert not [r for r in world.bitget.requests if "ACCESS-KEY" in r.headers]


async def test_spot_on_paper_is_bought_guarded_and_sold(world: World) -> None:
    tape = world.bitget.exchange.spot_desk.tapes["SOLUSDT"]
    sol = SpotCoin(world.bitget, "SOL", tape.last)
    profile = world.profile(mode="paper", market={"product": "spot"})
    async with world.listening(profile) as lines:
        post = world.market_long(sol)
        told = await lines.reaches(post, "open")
        assert (told["symbol"], Decimal(told["entry"])) == ("SOL/USDT", sol.began)
        assert told["stop"] == sol.at("0.97")
        sol.moves("1.021")
        await lines.until(lambda: len(lines.fills(post, "take_profit")) == 1, "target 1")
        sol.moves("0.99")
        await lines.reaches(post, "closed")
    assert not [r for r in world.bitget.requests if r.method == "POST"]


async def test_the_paper_account_outlives_a_restart(world: World, sol: Coin) -> None:
    world.profile(mode="paper")
    async with world.process(arguments=()) as first:
        post = world.market_long(sol)
        await first.reaches(post, "open")
        assert await first.ends() == 0
    async with world.process(arguments=()) as second:
        sol.moves("1.021")
        await second.until(lambda: len(second.fills(post, "take_profit")) == 1, "target 1")
        sol.moves("1.041")
        told = await second.reaches(post, "closed")
        assert Decimal(told["realised"]) > 0
        assert not second.of("decision")


async def test_paper_needs_no_keys_of_bitget(world: World, sol: Coin) -> None:
    world.profile(mode="paper")
    none = {f"TGBITGET_BITGET__{key}": "" for key in ("API_KEY", "API_SECRET", "PASSPHRASE")}
    async with world.process(arguments=(), environment=none) as running:
        await running.reaches(world.market_long(sol), "open")


async def test_a_kill_in_paper_mode_loses_at_most_a_moment(world: World, sol: Coin) -> None:
    """The account is saved half a second after what happened in it; then the position is led on."""
    world.profile(mode="paper")
    async with world.process(arguments=()) as first:
        post = world.market_long(sol)
        await first.reaches(post, "open")
        file = world.home / "paper.json"
        await first.until(lambda: file.exists() and "take_profit" not in file.name, "a save")
        saved = file.stat().st_mtime_ns
        await first.until(lambda: file.stat().st_mtime_ns > saved, "the next save", within=3)
        await first.kill()
    async with world.process(arguments=()) as second:
        sol.moves("0.96")
        told = await second.reaches(post, "closed")
        assert Decimal(told["realised"]) < 0
