"""Trouble of the machine, the login and the database while trades are open: entries wait or stop, exits go on, nothing twice."""

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from telethon.tl import functions

from journeys.coin import Coin
from journeys.invariants import WATCHED, check_guarded, check_one_entry_per_leg
from journeys.lines import Lines, Posted
from journeys.restored import restore, save
from journeys.world import World, market_long
from simulation.disk import Disk, DiskFault, Fails
from tgbitget.app import dialling
from tgbitget.journal import together
from tgbitget.simulators.bitget import Then

OLD = timedelta(seconds=45)
"""Young enough to be traded at once, and too old once a listener has died and begun again."""

# the login


async def test_a_line_that_breaks_before_the_channels_are_found_is_dialled_anew(
    world: World, sol: Coin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialling, "REDIAL_SECONDS", 0.1)
    async with world.listening() as lines:
        await lines.reaches(world.market_long(sol), "open")
    world.telegram.drop_answer(functions.messages.GetDialogsRequest, times=1)
    post = world.post("still here?")
    async with world.listening() as lines:
        assert (await lines.decision(post))["outcome"] == "ignored"
        assert any("dialling on" in warning for warning in lines.warnings)


@pytest.mark.parametrize("how", ["revoked", "used elsewhere"])
async def test_a_login_that_is_gone_stops_entries_and_leaves_open_trades_guarded(
    world: World, sol: Coin, eth: Coin, how: str
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        if how == "revoked":
            world.telegram.revoke(world.owner)
        else:
            world.telegram.duplicate_keys(world.owner)
        await lines.until(
            lambda: any("no new trades, open ones are guarded" in w for w in lines.warnings),
            "the owner to be told",
        )
        unheard = world.market_long(eth)
        world.bitget.by_hand.drop_stops(sol.symbol)
        await lines.until(lambda: bool(sol.stops), "the stop to be put back")
        sol.moves("1.021")
        await lines.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
        sol.moves("0.99")
        await lines.reaches(post, "closed")
        assert not lines.decisions(unheard)
        assert any(line.get("is_urgent", line.get("urgent")) for line in lines.of("warning"))
    assert not eth.order_requests
    check_guarded(sol, within=WATCHED)


async def test_a_channel_that_takes_another_name_is_followed_on(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        await lines.decision(world.post("good morning"))
        world.vip.rename("Very Important")
        world.vip.username = "very_important"
        await lines.reaches(world.market_long(sol), "open")


async def test_a_channel_that_is_not_found_at_the_start_leaves_nothing_open_unguarded(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
    world.vip.username = "very_important"
    async with world.listening(is_ready=False) as again:
        await again.until(
            lambda: any("open trades are guarded" in w for w in again.warnings), "it to be told"
        )
        world.bitget.by_hand.drop_stops(sol.symbol)
        await again.until(lambda: bool(sol.stops), "the stop to be put back")
        assert not again.of("ready")
        world.vip.username = "vip_signals"
        await again.ready()
        world.reply(post, "Close this trade now")
        await again.reaches(post, "closed")
    check_guarded(sol, within=WATCHED)


# the clock


@pytest.mark.parametrize("step_seconds", [3600, -3600, -40], ids=lambda s: f"{s:+} s")
async def test_a_clock_that_is_stepped_changes_no_age_and_no_order(
    world: World, sol: Coin, eth: Coin, monkeypatch: pytest.MonkeyPatch, step_seconds: int
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        before = time.time
        monkeypatch.setattr(time, "time", lambda: before() + step_seconds)
        world.telegram.set_clock(-step_seconds)  # its clock did not step, nor did Bitget's
        now = datetime.now(UTC)
        young = world.market_long(eth)
        assert (await lines.decision(young))["outcome"] == "planned"
        await lines.reaches(young, "open")
        old = world.limit_long(world.coin("XRP"), date=now - timedelta(minutes=5))
        assert (await lines.decision(old))["outcome"] == "late"
        sol.moves("0.969")
        await lines.reaches(post, "closed")
    check_one_entry_per_leg(sol, eth)
    check_guarded(sol, eth)


# the database


@contextmanager
def held_by_another(world: World) -> Iterator[None]:
    """Somebody's program begins to write in it and takes its time."""
    with closing(sqlite3.connect(world.home / "tgbitget.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_while_another_program_holds_the_database_entries_wait_and_exits_do_not(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        with held_by_another(world):
            waiting = world.market_long(eth)
            sol.moves("1.021")
            await lines.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
            await lines.until(
                lambda: any("another process holds it locked" in w for w in lines.warnings),
                "it to be said",
            )
            assert not eth.order_requests
            assert not lines.decisions(waiting)
            sol.moves("0.99")
            await lines.until(lambda: sol.is_flat, "the way out")
        assert (await lines.decision(waiting))["outcome"] == "planned"
        await lines.reaches(waiting, "open")
        await lines.reaches(post, "closed")
    check_one_entry_per_leg(sol, eth)
    check_guarded(sol, eth)


async def test_a_backup_that_takes_its_time_holds_up_nothing(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        await lines.decision(world.post("good morning"))
        path = world.home / "tgbitget.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None)) as backup:
            backup.execute("BEGIN")
            assert backup.execute("SELECT count(*) FROM posts").fetchone() == (1,)
            post = world.market_long(sol)
            await lines.reaches(post, "open")
            sol.moves("0.969")
            await lines.reaches(post, "closed")
            assert backup.execute("SELECT count(*) FROM posts").fetchone() == (1,)
        assert not lines.warnings


async def test_whichever_write_of_a_trade_fails_its_exits_go_on_and_it_is_written_in_the_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The n-th write after the post and the two behind it fail, for every n that a trade has."""
    disk = Disk()
    monkeypatch.setattr(together, "transaction", disk.transaction)
    coins = [
        world.coin(base) for base in ("SOL", "ETH", "XRP", "ADA", "DOT", "LTC", "ATOM", "NEAR")
    ]
    profile = world.profile(
        limits={"orders_per_minute_max": "off", "daily_loss_quote_max": "off"},
        signals={"duplicate_hours": 0},
        size={"kind": "fixed_quote", "value": "100"},
    )
    kinds = [
        (Fails.BEFORE, "SQLITE_FULL"),
        (Fails.WITHIN, "SQLITE_IOERR_WRITE"),
        (Fails.AFTER, "SQLITE_IOERR_FSYNC"),
    ]
    async with world.listening(profile) as lines:
        after, met = 0, True
        while met:
            coin = world.coin(coins[after % len(coins)].base)
            how, error = kinds[after % len(kinds)]
            hits = disk.hits
            disk.fail(DiskFault(how, error, times=3), after=after)
            await one_trade(world, lines, coin)
            met = disk.hits > hits
            disk.heal()
            after += 1
        assert after > 10, "a trade has more writes than that"
    check_one_entry_per_leg(*coins)
    check_guarded(*coins, within=WATCHED)


async def one_trade(world: World, lines: Lines, coin: Coin) -> None:
    post = world.market_long(coin)
    await lines.reaches(post, "open")
    await lines.until(lambda: bool(coin.stops), "its stop")
    coin.moves("0.969")
    await lines.reaches(post, "closed")
    assert coin.is_flat
    await lines.until(lambda: written(world, post) == "closed", "its end to be written")


def written(world: World, post: Posted) -> str | None:
    """The trade's state as anybody finds it who reads the database."""
    with closing(sqlite3.connect(world.home / "tgbitget.sqlite3")) as journal:
        rows = journal.execute("SELECT state FROM trades WHERE signal = ?", (post.signal,))
        return next((state for (state,) in rows), None)


# an old database comes back


async def test_a_restored_database_leads_on_what_its_posts_explain_and_trades_nothing_old(
    world: World, sol: Coin, eth: Coin, tmp_path: Path
) -> None:
    """What was ordered since then is at the exchange, and on no page of the database."""
    xrp, ada, bnb, avax = (world.coin(base) for base in ("XRP", "ADA", "BNB", "AVAX"))
    profile = world.profile()
    async with world.listening(profile) as first:
        kept = world.market_long(sol)
        await first.reaches(kept, "open")
        save(world.home, tmp_path / "yesterday.sqlite3")
        stays, ended = (world.market_long(coin) for coin in (eth, xrp))
        rests = world.limit_long(bnb)
        ladder = world.post(LADDER.format(coin="AVAX", **{k: avax.at(v) for k, v in RUNGS.items()}))
        for post in (stays, ended):
            await first.reaches(post, "open")
        for post in (rests, ladder):
            await first.reaches(post, "resting")
        avax.moves("0.989")
        await first.reaches(ladder, "open")
        eth.moves("1.021")
        await first.until(lambda: [s > eth.began for s in eth.stops] == [True], "breakeven")
        xrp.moves("0.969")
        await first.reaches(ended, "closed")
        await first.until(lambda: len(avax.targets) == 2, "targets of what has filled")
    restore(world.home, tmp_path / "yesterday.sqlite3")
    entered = [len(coin.entry_requests) for coin in (sol, eth, xrp, bnb, avax)]
    left = {coin.base: coin.targets for coin in (eth, avax)}
    async with world.listening(profile) as second:
        for post in (stays, rests, ladder):
            decision = await second.decision(post)
            assert decision["outcome"] == "planned"
            assert decision["reason"].startswith("adopted")
        assert (await second.decision(ended))["outcome"] in ("late", "refused")
        for post, state in ((stays, "open"), (rests, "resting"), (ladder, "open")):
            await second.reaches(post, state)
        assert [len(c.entry_requests) for c in (sol, eth, xrp, bnb, avax)] == entered
        assert {coin.base: coin.targets for coin in (eth, avax)} == left, "none stands twice"
        assert [s > eth.began for s in eth.stops] == [True], (
            "what was moved to breakeven stays there"
        )
        assert any(w.startswith("ETH/USDT: adopted") for w in second.warnings)
        avax.moves("0.979")  # the second rung
        await second.until(lambda: not avax.resting and len(avax.targets) == 2, "all of the ladder")
        bnb.moves("0.989")
        await second.reaches(rests, "open")
        await second.until(lambda: len(bnb.targets) == 2, "its targets")
        eth.moves("1.041")
        await second.reaches(stays, "closed")
        fresh = world.market_long(ada)
        await second.reaches(fresh, "open")
        for coin, post in ((sol, kept), (bnb, rests), (avax, ladder)):
            coin.moves("0.92")
            await second.reaches(post, "closed")
    assert eth.is_flat
    check_one_entry_per_leg(sol, eth, xrp, ada, bnb, avax)
    check_guarded(sol, eth, bnb, avax)


async def test_with_an_empty_database_what_nobody_explains_is_left_as_it_stands_and_told(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with world.listening() as first:
        await first.reaches(world.market_long(sol), "open")
        await first.reaches(world.limit_long(eth), "resting")
    for name in ("tgbitget.sqlite3", "tgbitget.sqlite3-wal", "tgbitget.sqlite3-shm"):
        (world.home / name).unlink(missing_ok=True)
    left = sol.stops, sol.targets, len(eth.resting)
    async with world.listening() as second:
        await second.until(
            lambda: any(w.startswith("ETH/USDT: entries of ours rest") for w in second.warnings),
            "the owner to be told",
        )
        urgent = [w["text"] for w in second.of("warning") if w["urgent"]]
        assert any(text.startswith("SOL/USDT: orders of ours stand there") for text in urgent)
        decision = await second.decision(world.market_long(sol))
        assert (decision["outcome"], decision["rule"]) == ("refused", "foreign_position")
    assert (sol.stops, sol.targets, len(eth.resting)) == left, "what stood there stands"
    assert len(sol.entry_requests) == 1


RUNGS = {"a": "0.99", "b": "0.98", "tp1": "1.03", "tp2": "1.05", "stop": "0.93"}
LADDER = """#{coin}/USDT LONG
Entry 1: {a}
Entry 2: {b}
Targets: {tp1} - {tp2}
Stop Loss: {stop}"""


# the machine, and the exchange's patience


async def test_without_a_free_file_descriptor_what_is_open_stays_guarded(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with world.process() as running:
        post = world.market_long(sol)
        await running.reaches(post, "open")
        pid = running.process.pid
        soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, hard))
        world.bitget.drop_connections()
        world.telegram.drop()
        waiting = world.market_long(eth)
        assert sol.stops, "the venue's own stop guards meanwhile"
        assert not running.decisions(waiting)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
        assert (await running.decision(waiting))["outcome"] == "planned"
        await running.reaches(waiting, "open")
        sol.moves("1.021")
        await running.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
        sol.moves("0.99")
        await running.reaches(post, "closed")
    check_one_entry_per_leg(sol, eth)
    check_guarded(sol, eth)


async def test_while_the_exchange_takes_no_more_five_trades_find_their_way_out(
    world: World,
) -> None:
    coins = [world.coin(base) for base in ("SOL", "ETH", "XRP", "ADA", "DOT")]
    async with world.listening(world.profile(limits={"position_quote_max": "500"})) as lines:
        posts = [world.market_long(coin) for coin in coins]
        for post in posts:
            await lines.reaches(post, "open")
        world.bitget.faults.next("place-order", status=429, then=Then.ANSWER, times=5)
        world.bitget.faults.next("close-positions", status=429, times=5)
        late = world.limit_long(world.coin("LTC"))
        for post in posts:
            world.reply(post, "Close this trade now")
        for post in posts:
            await lines.reaches(post, "closed")
        await lines.decision(late)
    assert all(coin.is_flat for coin in coins)
    for coin in coins:
        assert sum((e.size for e in coin.executions if e.closing), Decimal(0)) == coin.bought
    check_guarded(*coins)


async def test_an_edit_right_after_a_restart_enters_nothing_again(world: World, sol: Coin) -> None:
    """Found by the chaos: what an earlier life sent counts as sent before anybody has asked the exchange."""
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
    world.vip.edit(post.id, market_long(sol, stop="0.975"))
    async with world.listening() as again:
        await again.decision(post, revision=1)
        await again.until(lambda: sol.stops == [Decimal(sol.at("0.975"))], "the nearer stop")
        world.reply(post, "Close this trade now")
        await again.reaches(post, "closed")
    assert len(sol.entry_requests) == 1
    check_one_entry_per_leg(sol)
    check_guarded(sol)
