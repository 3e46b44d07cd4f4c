"""The guard's own troubles: its task fails, the key is refused, the venue is away at the start; and bursts against limits."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from journeys.coin import Coin
from journeys.invariants import (
    WATCHED,
    agrees,
    check_guarded,
    check_one_entry_per_leg,
    check_one_order_per_target,
)
from journeys.world import World, limit_long, market_long
from tgbitget.errors import JournalError
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.positions.aiming import Aiming
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.protection import Protection
from tgbitget.simulators.bitget import Then

FAILING = [
    pytest.param(Protection, "protect", id="the stop"),
    pytest.param(Aiming, "aim", id="the targets"),
    pytest.param(Inquiry, "take_fill", id="a fill"),
    pytest.param(Inquiry, "compare", id="the look"),
]


def fails_at(monkeypatch: pytest.MonkeyPatch, kind: type, name: str, *calls: int) -> list[int]:
    """These calls of a method end in an error that nobody foresaw."""
    real = getattr(kind, name)
    seen: list[int] = []

    async def spoiled(self: Any, *args: Any) -> Any:
        seen.append(len(seen) + 1)
        if len(seen) in calls:
            raise RuntimeError(f"call {len(seen)} of {name}")
        return await real(self, *args)

    monkeypatch.setattr(kind, name, spoiled)
    return seen


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("calls", [(1,), (2,), (1, 2)], ids=str)
@pytest.mark.parametrize(("kind", "name"), FAILING)
async def test_a_trade_whose_task_fails_is_led_on_and_nothing_is_doubled(
    world: World,
    sol: Coin,
    monkeypatch: pytest.MonkeyPatch,
    kind: type,
    name: str,
    calls: tuple[int, ...],
) -> None:
    fails_at(monkeypatch, kind, name, *calls)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2 and bool(sol.stops), "its guard", within=20)
        check_one_order_per_target(sol)
        await lines.until(lambda: lines.state(post) == "open")
        await agrees(lines, post, sol)
        sol.moves("0.969")
        await lines.until(lambda: lines.state(post) == "closed", "its end", within=20)
        await agrees(lines, post, sol)
    assert sol.bought == Decimal("0.8")
    check_one_entry_per_leg(sol)
    check_guarded(sol)


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("write", ["add_legs", "record_placement", "record_fill", "record_trade"])
async def test_a_write_that_always_fails_keeps_no_exit_from_the_venue(
    world: World, sol: Coin, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    async def full(*_: Any, **__: Any) -> None:
        raise JournalError("the disk is full")

    monkeypatch.setattr(SqliteJournal, write, full)
    world.bitget.faults.invisible_asks = 2
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2 and bool(sol.stops), "its guard")
        sol.moves("1.021")
        await lines.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        assert sol.is_flat
        assert not [w for w in lines.warnings if "failed and was started" in w]
    assert sol.bought == Decimal("0.8")
    check_one_entry_per_leg(sol)
    check_guarded(sol)


async def test_a_key_that_is_refused_for_a_while_leaves_a_led_trade(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        for endpoint in (
            "place-order",
            "place-tpsl-order",
            "cancel-plan-order",
            "order/detail",
            "fills",
            "all-position",
            "orders-plan-pending",
            "orders-pending",
            "accounts",
        ):
            world.bitget.faults.always(endpoint, code="40014")
        world.bitget.by_hand.drop_stops("SOLUSDT")
        world.reply(post, "Close half")
        await lines.until(lambda: "rejected" in lines.results(post), "the refused close")
        world.bitget.faults.clear()
        await lines.until(
            lambda: bool(sol.stops) or not sol.size, "a stop or the end", within=WATCHED + 1
        )
        sol.moves("0.969")
        await lines.reaches(post, "closed")
        await agrees(lines, post, sol)
    check_guarded(sol, within=12.0)


AT_START = [
    pytest.param("accounts", {"then": Then.BAD_GATEWAY, "times": 3}, id="account"),
    pytest.param("all-position", {"then": Then.BAD_GATEWAY, "times": 3}, id="positions"),
    pytest.param("orders-pending", {"then": Then.BAD_GATEWAY, "times": 3}, id="orders"),
    pytest.param("public/time", {"then": Then.BAD_GATEWAY, "times": 3}, id="time"),
    pytest.param("account/info", {"then": Then.BAD_GATEWAY, "times": 1}, id="who we are"),
    pytest.param("account/info", {"then": Then.HTML, "times": 4}, id="who we are, for long"),
    pytest.param("account/info", {"code": "40037", "times": 3}, id="refused key"),
]


@pytest.mark.parametrize(("endpoint", "cue"), AT_START)
async def test_a_start_with_something_open_goes_on_until_the_venue_answers(
    world: World, sol: Coin, monkeypatch: pytest.MonkeyPatch, endpoint: str, cue: dict[str, Any]
) -> None:
    monkeypatch.setattr("tgbitget.app.dialling.REDIAL_SECONDS", 0.3)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
    world.bitget.faults.next(endpoint, **cue)
    async with world.listening() as lines:
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        assert sol.is_flat
    check_guarded(sol)


async def test_a_burst_from_two_channels_never_oversteps_a_limit(world: World) -> None:
    other = world.channel("Other", "other_signals")
    names = ["SOL", "ETH", "XRP", "BTC", "ADA", "DOGE", "LTC", "LINK"]
    coins = [world.coin(n) for n in names if f"{n}USDT" in world.bitget.exchange.desk.contracts]
    assert len(coins) >= 6
    first = world.profile(limits={"open_positions_max": 3})
    second = world.profile("second", telegram={"channels": ["@other_signals"]})
    world.bitget.faults.always("place-order", delay=0.3)
    limits = {"open_positions_max": 4, "orders_per_minute_max": 20}
    async with world.listening(first, second, limits=limits) as lines:
        posts = []
        for n, coin in enumerate(coins):
            where = world.vip if n % 2 else other
            text = market_long(coin) if n % 3 else limit_long(coin)
            posts.append(world.post(text, channel=where))
        await lines.until(
            lambda: all(lines.decisions(post) for post in posts), "a decision on each"
        )
        planned = [p for p in posts if lines.outcomes(p) == ["planned"]]
        assert len(planned) <= 4
        assert len([p for p in planned if p.channel is world.vip]) <= 3
        await lines.until(
            lambda: all(lines.state(p) in ("open", "resting") for p in planned), "the trades"
        )
        await asyncio.sleep(0)
        assert sum(bool(c.size or c.resting) for c in coins) == len(planned)
    check_one_entry_per_leg(*coins)
    check_guarded(*coins)


async def test_orders_a_minute_hold_for_a_burst_from_two_channels(world: World) -> None:
    other = world.channel("Other", "other_signals")
    second = world.profile("second", telegram={"channels": ["@other_signals"]})
    sol, eth, xrp = world.coin("SOL"), world.coin("ETH"), world.coin("XRP")
    world.bitget.faults.always("place-order", delay=0.3)
    async with world.listening(
        world.profile(), second, limits={"orders_per_minute_max": 5}
    ) as lines:
        posts = [
            world.zone_short(eth),
            world.zone_short(sol, channel=other),
            world.zone_short(xrp),
        ]
        await lines.until(lambda: all(lines.decisions(p) for p in posts), "a decision on each")
        outcomes = lines.outcomes(*posts)
        assert outcomes.count("planned") == 1
        assert {d["rule"] for p in posts for d in lines.decisions(p)} == {
            None,
            "orders_per_minute_max",
        }
    assert sum(len(c.entry_requests) for c in (sol, eth, xrp)) <= 5
