"""A day's loss ends new entries, through wins and restarts, until the owner says so."""

from journeys.coin import Coin
from journeys.world import World, limit_long, market_long

LIMITS = {"daily_loss_quote_max": "3", "daily_loss_halt": "resume"}


async def test_a_daily_loss_halts_through_wins_and_a_restart_until_resume(
    world: World, sol: Coin, eth: Coin
) -> None:
    profile = world.profile(limits=LIMITS)
    xrp, ada = world.coin("XRP"), world.coin("ADA")
    async with world.listening(profile) as lines:
        losing, winning = world.market_long(sol), world.market_long(eth)
        await lines.reaches(losing, "open")
        await lines.reaches(winning, "open")
        await lines.until(lambda: len(eth.targets) == 2, "the targets")
        sol.moves("0.96")
        await lines.until(lambda: "no new entries until" in " ".join(lines.warnings), "the halt")
        eth.moves("1.05")
        await lines.reaches(winning, "closed")
        assert float(lines.trade(losing)["realised"]) < -3
        total = sum(float(lines.trade(post)["realised"]) for post in (losing, winning))
        assert total > -3, "the loss was not won back"
        decision = await lines.decision(world.post(market_long(xrp)))
        assert decision["rule"] == "daily_loss_halt"
        assert decision["reason"].startswith("no new entries until `tgbitget resume`: 3.")
    async with world.listening(profile) as lines:
        decision = await lines.decision(world.post(limit_long(ada)))
        assert decision["rule"] == "daily_loss_halt"
        ran = await world.run("resume")
        assert ran.code == 0, ran.err
        decision = await lines.decision(world.post(limit_long(xrp)))
        assert decision["outcome"] == "planned"


async def test_a_resume_says_that_the_day_s_loss_still_holds_entries_back(
    world: World, sol: Coin
) -> None:
    profile = world.profile(limits={"daily_loss_quote_max": "3"})
    async with world.listening(profile) as lines:
        losing = world.market_long(sol)
        await lines.reaches(losing, "open")
        sol.moves("0.96")
        await lines.reaches(losing, "closed")
        ran = await world.run("resume")
        assert "losses still hold entries back" in ran.out
        assert "held: daily_loss_quote_max" in ran.out
        world.owner.write("/resume")
        await lines.until(
            lambda: any("losses still hold entries back" in n for n in world.notices), "the answer"
        )
        world.owner.write("/status")
        await lines.until(
            lambda: any(
                "Entries: held back\nHeld: daily_loss_quote_max" in n for n in world.notices
            ),
            "how it stands",
        )
