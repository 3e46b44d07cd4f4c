"""From a position to its end, by the market, by time, or by the owner's own hand."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from journeys.coin import Coin
from journeys.world import World
from tgbitget.app import runs
from tgbitget.clock import SystemClock


async def test_a_target_reached_moves_the_stop_to_breakeven_and_the_last_one_closes(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        sol.moves("1.021")
        await lines.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
        assert sol.size == Decimal("0.4")
        sol.moves("1.041")
        told = await lines.reaches(post, "closed")
        assert len(lines.fills(post, "take_profit")) == 2
        assert Decimal(told["realised"]) > 0
        await lines.until(lambda: sol.is_flat, "nothing left at the venue")
    assert sol.unguarded_seconds == 0
    assert Decimal(told["realised"]) == world.bitget.exchange.desk.ledger.balance - 1000


async def test_after_breakeven_the_way_back_costs_nothing(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        sol.moves("1.021")
        await lines.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
        sol.moves("0.99")
        told = await lines.reaches(post, "closed")
        assert Decimal(told["realised"]) > 0
        assert len(lines.fills(post, "stop")) == 1
        await lines.until(lambda: sol.is_flat, "nothing left at the venue")


async def test_a_stop_reached_closes_all_and_leaves_nothing_behind(world: World, eth: Coin) -> None:
    async with world.listening() as lines:
        post = world.zone_short(eth)
        await lines.until(lambda: len(eth.resting) == 4, "the zone to rest")
        eth.moves("1.006")
        await lines.until(lambda: bool(eth.stops) and bool(eth.targets), "its guard")
        eth.moves("1.031")  # fills the rest on its way, then the stop
        told = await lines.reaches(post, "closed")
        await lines.until(lambda: eth.is_flat, "nothing left at the venue")
        assert Decimal(told["realised"]) < 0
        assert Decimal(told["realised"]) == world.bitget.exchange.desk.ledger.balance - 1000
        assert {line["role"] for line in lines.of("fill", post)} == {"entry", "stop"}
    assert eth.unguarded_seconds == 0


async def test_entries_that_the_price_ran_away_from_are_cancelled(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        sol.moves("1.021")
        await lines.reaches(post, "cancelled")
        assert "target 1" in lines.trade(post)["cause"]
        await lines.until(lambda: sol.is_flat, "nothing left at the venue")
        sol.moves("0.985")
        assert not sol.executions


class ShiftedClock(SystemClock):
    """This machine's clock, put forward by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


async def test_entries_that_nobody_filled_expire(
    world: World, sol: Coin, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ShiftedClock()
    monkeypatch.setattr(runs, "SystemClock", lambda: clock)
    async with world.listening(world.profile(entry={"expire_minutes": 1})) as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        clock.ahead = timedelta(seconds=61)
        told = await lines.reaches(post, "cancelled")
        assert told["cause"] == "entries expired"
        assert sol.is_flat


async def test_what_filled_stays_when_the_rest_expires(
    world: World, eth: Coin, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ShiftedClock()
    monkeypatch.setattr(runs, "SystemClock", lambda: clock)
    async with world.listening(world.profile(entry={"expire_minutes": 1})) as lines:
        post = world.zone_short(eth)
        await lines.until(lambda: len(eth.resting) == 4, "the zone to rest")
        eth.moves("1.005")
        await lines.reaches(post, "open")
        clock.ahead = timedelta(seconds=61)
        await lines.until(lambda: not eth.resting, "the rest to go")
        assert lines.state(post) == "open"
        assert eth.size == Decimal("0.01")
        assert eth.stops == [Decimal(eth.at("1.03"))]


async def test_a_position_closed_by_hand_at_the_exchange_ends_its_trade(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.by_hand.close("SOLUSDT")
        told = await lines.reaches(post, "closed")
        assert told["amount"] == "0"
        assert len(lines.fills(post, "close")) == 1
        assert sol.is_flat
        assert len(sol.order_requests) == 1


async def test_a_part_closed_by_hand_leaves_targets_for_the_rest(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        world.bitget.by_hand.open("SOLUSDT", "sell", Decimal("0.2"))  # one-way mode: it reduces
        await lines.until(lambda: lines.trade(post)["amount"] == "0.6", "the part to be seen")
        await lines.until(
            lambda: sum(p.size or 0 for p in sol.plans if p.kind.takes_profit) == Decimal("0.6"),
            "targets that fit",
        )
    assert sol.unguarded_seconds == 0


async def test_a_stop_that_somebody_took_away_is_put_back(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        await lines.reaches(post, "open")
        world.bitget.by_hand.drop_stops("SOLUSDT")
        assert not sol.stops
        await lines.until(lambda: sol.stops == [Decimal(sol.at("0.97"))], "the stop, again")
    assert sol.unguarded_seconds < 12  # the watchdog looks every five seconds


async def test_a_position_whose_stop_is_refused_is_closed_at_market(
    world: World, sol: Coin
) -> None:
    world.bitget.exchange.rules.presets_lost = 1
    world.bitget.faults.always("place-tpsl-order", code="43011")
    async with world.listening() as lines:
        post = world.market_long(sol)
        told = await lines.reaches(post, "closed")
        assert told["amount"] == "0"
        assert sol.is_flat
        assert len(sol.entry_requests) == 1
    assert sol.unguarded_seconds < 2


async def test_a_listener_without_its_venue_stream_still_sees_fills(
    world: World, sol: Coin
) -> None:
    world.bitget.faults.pushes.silent = True
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        assert len(sol.targets) == 2
    assert sol.unguarded_seconds == 0


async def test_a_dropped_exchange_connection_is_dialled_again_and_nothing_is_missed(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.limit_long(sol)
        await lines.reaches(post, "resting")
        world.bitget.drop_connections()
        sol.moves("0.989")
        await lines.reaches(post, "open")
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
    assert sol.unguarded_seconds == 0


async def test_a_stop_that_fires_while_we_still_place_ours_is_no_cause_for_alarm(
    world: World, sol: Coin
) -> None:
    """The attached stop closes the position in between; neither our stop nor a close has anything to do any more."""
    world.bitget.faults.next("place-tpsl-order", delay=0.3)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(
            lambda: any(r.endpoint == "place-tpsl-order" for r in world.bitget.requests), "our stop"
        )
        sol.moves("0.969")
        await lines.reaches(post, "closed")
        assert sol.is_flat
        await lines.decision(world.post("that was all"))
        assert not lines.warnings
    assert sum(e.size for e in sol.executions if e.closing) == Decimal("0.8")
