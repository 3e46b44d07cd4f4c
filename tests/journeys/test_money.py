"""What a trade made: fees and funding in it, counted on the day they were, and the loss of a liquidation."""

from decimal import Decimal

import pytest

from journeys.coin import Coin
from journeys.world import World, market_long
from tgbitget.positions import funding

D = Decimal


@pytest.fixture
def _bills_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FUNDING_SECONDS", "IDLE_SECONDS", "BILL_LAG_SECONDS"):
        monkeypatch.setattr(funding, name, 0.2)


@pytest.mark.usefixtures("_bills_soon")
@pytest.mark.parametrize("hold", ["one_way_mode", "hedge_mode"])
async def test_funding_is_shared_among_the_trades_that_held(
    world: World, sol: Coin, hold: str
) -> None:
    world.bitget.by_hand.set_hold_mode(hold)
    policy = "add" if hold == "one_way_mode" else "separate"
    profile = world.profile(signals={"same_symbol": policy, "duplicate_hours": 0})
    async with world.listening(profile) as lines:
        first = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets of the first")
        if policy == "add":
            second = world.post(market_long(sol, stop="0.95"))
            await lines.until(lambda: len(sol.targets) == 4, "both targets of the second")
        else:
            second = world.zone_short(sol)
            await lines.until(lambda: len(sol.resting) == 4, "the zone to rest")
            sol.moves("1.006")
            await lines.until(lambda: len(sol.targets) >= 3, "a target of the short")
        world.bitget.exchange.fund("SOLUSDT", D("0.001"))
        await lines.until(lambda: lines.trade(first)["funding"] != "0", "the first's part")
        await lines.until(lambda: lines.trade(second)["funding"] != "0", "the second's part")
        paid = world.bitget.exchange.desk.ledger.funding
        told = [D(lines.trade(post)["funding"]) for post in (first, second)]
        assert sum(told) == paid
        assert told[0] < 0
        assert (told[1] < 0) is (policy == "add"), "a short is paid what a long pays"
        for post in (first, second):
            world.reply(post, "Close this trade now")
            await lines.reaches(post, "closed")
        made = sum(D(lines.trade(post)["realised"]) for post in (first, second))
        assert made == world.bitget.exchange.desk.ledger.balance - 1000
        await lines.until(
            lambda: any("(funding" in notice for notice in world.notices), "the notice"
        )
    shown = await world.run("positions", "list", "--all", "--json")
    assert sum(D(row["funding"]) for row in shown.lines) == paid


@pytest.mark.usefixtures("_bills_soon")
async def test_a_bill_that_comes_after_the_end_still_counts(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.bitget.faults.always("bill", code="40725")
        world.bitget.exchange.fund("SOLUSDT", D("0.001"))
        world.reply(post, "Close this trade now")
        told = await lines.reaches(post, "closed")
        assert told["funding"] == "0"
        world.bitget.faults.clear()
        await lines.until(lambda: lines.trade(post)["funding"] != "0", "the bill")
        assert D(lines.trade(post)["realised"]) == (
            world.bitget.exchange.desk.ledger.balance - 1000
        )


async def test_a_liquidation_ends_the_trade_with_its_real_loss_and_is_told_urgently(
    world: World, sol: Coin
) -> None:
    """Stops go by the last price; the mark price runs away from it."""
    profile = world.profile(exits={"trigger_by": "last"})
    async with world.listening(profile) as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.bitget.exchange.set_mark("SOLUSDT", D(sol.at("0.7")))
        told = await lines.reaches(post, "closed")
        assert "LIQUIDATED" in told["cause"]
        assert D(told["realised"]) == world.bitget.exchange.desk.ledger.balance - 1000
        assert any(line["urgent"] and "liquidated" in line["text"] for line in lines.of("warning"))
        await lines.until(lambda: sol.is_flat, "nothing left")


@pytest.mark.usefixtures("_bills_soon")
async def test_what_somebody_added_pays_its_own_funding_also_in_hindsight(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.bitget.by_hand.open("SOLUSDT", "buy", D("0.8"))
        world.bitget.exchange.fund("SOLUSDT", D("0.001"))
        await lines.until(lambda: lines.trade(post)["funding"] == "-0.1136", "its half")
        world.bitget.by_hand.close("SOLUSDT")
        told = await lines.reaches(post, "closed")
        assert told["funding"] == "-0.1136"
        asked = len([r for r in world.bitget.requests if r.endpoint == "bill"])
        await lines.until(
            lambda: len([r for r in world.bitget.requests if r.endpoint == "bill"]) > asked
        )
        assert lines.trade(post)["funding"] == "-0.1136"
    assert world.bitget.exchange.desk.ledger.funding == D("-0.2272")
