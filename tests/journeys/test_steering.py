"""The owner's hand on a running listener: pause, resume, Ctrl-C, SIGTERM."""

import json
import signal
import time

import pytest

from journeys.coin import Coin
from journeys.hanging import SIGN
from journeys.world import World, market_long
from tgbitget.simulators.bitget import Then


async def test_pause_and_resume_are_heard_at_once_and_outlive_a_restart(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with world.process() as first:
        held = world.market_long(sol)
        await first.reaches(held, "open")
        paused = await world.run("pause", "--json")
        assert (paused.code, json.loads(paused.out)) == (0, {"is_paused": True, "listener": True})
        await first.until(lambda: bool(first.of("paused")), "the pause", within=1)
        refused = await first.decision(world.post(market_long(eth)))
        assert (refused["outcome"], refused["rule"]) == ("refused", "paused")
        sol.moves("1.021")  # what is open stays guarded and led
        await first.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
        assert await first.ends() == 0

    async with world.process() as second:
        xrp = world.coin("XRP")
        still = await second.decision(world.post(market_long(xrp)))
        assert (still["outcome"], still["rule"]) == ("refused", "paused")
        assert (await world.run("resume")).code == 0
        await second.until(lambda: bool(second.of("resumed")), "the end of the pause", within=1)
        await second.reaches(world.post(market_long(world.coin("ADA"))), "open")
    assert not eth.order_requests


async def test_pause_acts_without_a_listener_and_holds_for_the_next(
    world: World, sol: Coin
) -> None:
    paused = await world.run("pause", "--json")
    assert (paused.code, json.loads(paused.out)["listener"]) == (0, False)
    async with world.process() as running:
        decision = await running.decision(world.market_long(sol))
        assert decision["rule"] == "paused"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)], ids=["SIGTERM", "Ctrl-C"]
)
async def test_a_signal_stops_cleanly_within_five_seconds(
    world: World, sol: Coin, number: signal.Signals, code: int
) -> None:
    async with world.process() as running:
        post = world.market_long(sol)
        await running.reaches(post, "open")
        began = time.monotonic()
        assert await running.ends(number) == code
        assert time.monotonic() - began < 5
        await running.until(lambda: bool(running.of("stopped")), "its last line")
        assert running.all[-1] == {"event": "stopped", "reason": "signal"}
        assert not [line for line in running.errors if "Traceback" in line]
    assert sol.stops
    assert not (world.home / "control.sock").exists()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)], ids=["SIGTERM", "Ctrl-C"]
)
async def test_a_signal_while_a_send_hangs_stops_within_five_seconds_and_records_it_as_unknown(
    world: World, sol: Coin, number: signal.Signals, code: int
) -> None:
    world.bitget.faults.next("place-order", accept=False, then=Then.HANG)
    async with world.process() as running:
        post = world.market_long(sol)
        await world.until(lambda: world.sends == 1, "the send")
        began = time.monotonic()
        assert await running.ends(number) == code
        assert time.monotonic() - began < 5
        await running.until(lambda: bool(running.of("stopped")), "its last line")
        assert running.results(post) == ["unknown"]
    async with world.process() as again:
        await again.reaches(post, "open")
    assert len(sol.entries) == 1


@pytest.mark.parametrize("trouble", ["no Telegram", "no Bitget", "a silent Telegram"])
async def test_a_signal_stops_even_when_nobody_answers(
    world: World, sol: Coin, trouble: str
) -> None:
    async with world.process() as running:
        await running.reaches(world.market_long(sol), "open")
        match trouble:
            case "no Telegram":
                world.telegram.refuse()
                world.telegram.drop()
            case "a silent Telegram":
                world.telegram.silence()
            case _:
                world.bitget.faults.maintenance = True
                world.bitget.drop_connections()
        began = time.monotonic()
        assert await running.ends(signal.SIGTERM) == 0
        assert time.monotonic() - began < 5


async def test_a_signal_stops_within_five_seconds_while_the_journals_disk_hangs(
    world: World, sol: Coin
) -> None:
    async with world.process(module="journeys.hanging") as running:
        await running.reaches(world.market_long(sol), "open")
        (world.home / SIGN).touch()
        world.limit_long(sol)
        sol.moves("1.021")
        await world.until(lambda: bool(running.warnings), "the journal to be missed")
        began = time.monotonic()
        assert await running.ends(signal.SIGTERM) == 0
        assert time.monotonic() - began < 5
        await running.until(lambda: bool(running.of("stopped")), "its last line")
    assert sol.stops
    assert len(sol.entry_requests) == 1


async def test_a_signal_before_it_is_ready_stops_it(world: World) -> None:
    world.telegram.silence()
    async with world.process(is_ready=False) as running:
        await world.until(lambda: world.telegram.connections > 0, "it to dial")
        began = time.monotonic()
        assert await running.ends(signal.SIGINT) == 130
        assert time.monotonic() - began < 5


async def test_commands_that_look_work_beside_a_running_listener(world: World, sol: Coin) -> None:
    async with world.process() as running:
        post = world.market_long(sol)
        await running.reaches(post, "open")
        lists = {}
        for command in ("signals", "orders", "positions"):
            told = await world.run(command, "list", "--json")
            assert (told.code, told.err) == (0, "")
            assert told.lines
            lists[command] = told.lines
        (position,) = lists["positions"]
        assert position["unrealised"] is not None, "the listener knows the last price"
        story = await world.run("explain", str(world.vip.marked_id), str(post.id), "--json")
        assert story.code == 0, story.err
        kinds = [chapter["kind"] for chapter in story.lines]
        assert {"post", "decision", "leg", "placement", "fill", "trade"} <= set(kinds)
