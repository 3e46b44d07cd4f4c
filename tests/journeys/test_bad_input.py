"""What users meet sooner or later: one clear line that names it, the right exit code, nothing lost, no traceback."""

import asyncio
import os
from decimal import Decimal

import pytest

from journeys.coin import Coin
from journeys.world import Ran, World, market_long

NOBODY = "http://127.0.0.1:9"  # the discard port: refused


def line_of(ran: Ran, code: int) -> str:
    """The one line of an error that ended with *code*."""
    assert ran.code == code, f"{ran.code}: {ran.err}"
    assert "Traceback" not in ran.err
    lines = [line for line in ran.err.splitlines() if line.startswith("tgbitget: ")]
    assert len(lines) == 1, ran.err
    assert "unexpected" not in lines[0]
    return lines[0]


async def listen(world: World, *arguments: str, **environment: str) -> Ran:
    """`tgbitget listen`, expected to end by itself."""
    if not (world.folder / "profiles" / "vip.toml").exists():
        world.profile()
    wanted = arguments or ("--profile", "vip", "--live")
    return await world.run("listen", *wanted, "--json", **environment)


WRONG_KEYS = [
    pytest.param("API_KEY", "bg_wrong", "key", id="wrong key"),
    pytest.param("API_SECRET", "wrong-secret", "signature", id="wrong secret"),
    pytest.param("PASSPHRASE", "wrong-words", "passphrase", id="wrong passphrase"),
]


@pytest.mark.parametrize(("name", "value", "word"), WRONG_KEYS)
async def test_wrong_keys_are_told_and_not_shown(
    world: World, name: str, value: str, word: str
) -> None:
    ran = await listen(world, **{f"TGBITGET_BITGET__{name}": value})
    assert word in line_of(ran, 3)
    assert value not in ran.err + ran.out
    assert ran.out == ""


async def test_missing_keys_are_named(world: World) -> None:
    names = {f"TGBITGET_BITGET__{key}": "" for key in ("API_KEY", "API_SECRET", "PASSPHRASE")}
    assert "TGBITGET_BITGET__API_KEY" in line_of(await listen(world, **names), 2)
    one = await listen(world, TGBITGET_BITGET__PASSPHRASE="")
    assert "TGBITGET_BITGET__PASSPHRASE" in line_of(one, 2)


async def test_a_bitget_that_cannot_be_reached(world: World) -> None:
    ran = await listen(world, TGBITGET_BITGET__REST_URL=NOBODY)
    assert "Bitget" in line_of(ran, 4)


async def test_a_telegram_that_cannot_be_reached(world: World) -> None:
    world.telegram.stop_listening()
    ran = await listen(world)
    assert "Telegram" in line_of(ran, 4)


async def test_paper_without_public_prices(world: World) -> None:
    world.profile(mode="paper")
    ran = await listen(world, "--profile", "vip", TGBITGET_BITGET__REST_URL=NOBODY)
    assert "Bitget" in line_of(ran, 4)


async def test_nobody_logged_in(world: World) -> None:
    ran = await listen(world, TGBITGET_TELEGRAM__SESSION="")
    assert "tgbitget login" in line_of(ran, 3)


async def test_a_login_that_was_revoked(world: World) -> None:
    world.telegram.revoke(world.owner)
    ran = await listen(world)
    assert "tgbitget login" in line_of(ran, 3)


async def test_a_session_that_is_none(world: World) -> None:
    ran = await listen(world, TGBITGET_TELEGRAM__SESSION="not-a-session")
    assert "TGBITGET_TELEGRAM__SESSION" in line_of(ran, 2)
    assert "not-a-session" not in ran.err


CHANNELS = [
    pytest.param("@nobody_here", "nobody_here", id="a name that nobody has"),
    pytest.param(-1001999999999, "1999999999", id="an id that we are not in"),
]


@pytest.mark.parametrize(("channel", "named"), CHANNELS)
async def test_an_unknown_channel_is_named(world: World, channel: str | int, named: str) -> None:
    world.profile(telegram={"channels": ["@vip_signals", channel]})
    assert named in line_of(await listen(world), 2)


async def test_a_channel_that_we_left_is_named(world: World) -> None:
    private = world.channel("Private", None)
    private.leave(world.owner)
    world.profile(telegram={"channels": [private.marked_id]})
    assert str(private.id) in line_of(await listen(world), 2)


async def test_a_channel_that_throws_us_out_is_told_and_the_others_go_on(
    world: World, sol: Coin
) -> None:
    private = world.channel("Private", None)
    profile = world.profile(telegram={"channels": ["@vip_signals", private.marked_id]})
    async with world.listening(profile) as lines:
        private.kick(world.owner)
        private.post("nobody of ours reads this")
        await lines.until(lambda: any("Private" in w for w in lines.warnings), "a warning")
        await lines.reaches(world.market_long(sol), "open")


@pytest.mark.parametrize("dry_run", [False, True], ids=["live", "dry run"])
async def test_an_unknown_profile_is_named(world: World, dry_run: bool) -> None:
    ran = await listen(world, "--profile", "vpi", *(["--dry-run"] if dry_run else []))
    line = line_of(ran, 2)
    assert "vpi" in line


TYPOS = [
    pytest.param("[leverage]\nmaximum = 3\n", "maximum", id="an unknown key"),
    pytest.param("[levarage]\nmax = 3\n", "levarage", id="an unknown section"),
    pytest.param('[exits]\nmissing_stop = "far"\n', "missing_stop", id="a value that is none"),
    pytest.param("[size]\nvalue = 5\n", "vip.toml:7", id="no TOML"),
    pytest.param('[parsing]\nparsers = ["freefrom"]\n', "freefrom", id="an unknown parser"),
]


@pytest.mark.parametrize(("text", "named"), TYPOS)
async def test_a_slip_in_a_profile_is_named_with_its_place(
    world: World, text: str, named: str
) -> None:
    world.profile()
    with (world.folder / "profiles" / "vip.toml").open("a") as file:
        file.write(text)
    line = line_of(await listen(world), 2)
    assert named in line
    assert "vip" in line


async def test_live_needs_to_be_allowed(world: World) -> None:
    world.profile()
    assert "--live" in line_of(await listen(world, "--profile", "vip"), 2)


async def test_a_channel_of_two_profiles_is_refused(world: World) -> None:
    world.profile("one")
    world.profile("two", telegram={"channels": ["https://t.me/vip_signals"]})
    ran = await listen(world, "--profile", "one", "--profile", "two", "--live")
    line = line_of(ran, 2)
    assert "one" in line
    assert "two" in line


async def test_a_setting_that_is_none_is_named(world: World) -> None:
    ran = await listen(world, TGBITGET_TELEGRAM__API_IDD="1")
    assert "TGBITGET_TELEGRAM__API_IDD" in line_of(ran, 2)


async def test_another_machine_is_not_shown_our_keys(world: World) -> None:
    ran = await listen(world, TGBITGET_BITGET__REST_URL="http://192.0.2.1")
    assert "TGBITGET_BITGET__REST_URL" in line_of(ran, 2)


async def test_a_second_listener_in_the_same_home_is_refused_and_disturbs_nothing(
    world: World, sol: Coin
) -> None:
    async with world.process() as running:
        line = line_of(await listen(world), 2)
        assert "already running" in line
        assert str(running.process.pid) in line
        await running.reaches(world.market_long(sol), "open")
        assert (await world.run("pause")).code == 0, "its socket is still there"


async def test_a_unified_account_is_refused_in_one_line(world: World) -> None:
    world.bitget.unified = True
    assert "unified" in line_of(await listen(world), 3)


async def test_a_home_that_cannot_be_written_is_named(world: World) -> None:
    not_a_folder = world.folder / "file"
    not_a_folder.write_text("")
    ran = await listen(world, TGBITGET_HOME=str(not_a_folder / "home"))
    assert "TGBITGET_HOME" in line_of(ran, 2)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
async def test_a_read_only_home_is_named(world: World) -> None:
    world.home.chmod(0o500)
    line = line_of(await listen(world), 1)
    assert str(world.home) in line


async def test_a_database_that_is_none_is_named(world: World) -> None:
    (world.home / "tgbitget.sqlite3").write_bytes(b"no database " * 500)
    line = line_of(await listen(world), 1)
    assert "tgbitget.sqlite3" in line


WILD = [
    pytest.param("\x00\x01\x02 LONG \x00 BTC", id="control characters"),
    pytest.param("🚀" * 2048, id="four thousand emoji"),
    pytest.param("x" * 4096, id="a wall of text"),
    pytest.param("{post.text} {0} {settings.bitget.api_key} %s %(x)s", id="braces"),
    pytest.param("\x1b[31mLONG\x1b[0m \x1b]0;title\x07 BTC", id="escape sequences"),
    pytest.param("<b>LONG</b> </level> <red> BTC", id="markup"),
    pytest.param("\u202eLONG BTC\u202c \u200b\u200d\ufeff\u2066", id="directions and joiners"),
    pytest.param(
        "#BTC/USDT LONG entry 1e400 sl -1e-400 tp NaN Infinity", id="numbers that are none"
    ),
    pytest.param("#BTC/USDT LONG entry " + "9" * 3000, id="a number of 3000 digits"),
    pytest.param('{"symbol": "BTC", "side": "long", "entry": ' + "[" * 3000, id="deep JSON"),
    pytest.param("SIGNAL | " + "|" * 3000, id="many bars"),
    pytest.param("LONG " * 800, id="one word, 800 times"),
    pytest.param("١٢٣٤ BTC ۵۶۷ LONG १२३", id="other digits"),
    pytest.param("ß\u0301\u0302" * 1000, id="piled accents"),
]


async def test_a_post_of_any_bytes_gets_its_one_outcome_and_stops_nothing(
    world: World, sol: Coin
) -> None:
    texts = [str(param.values[0]) for param in WILD]
    async with world.process() as running:
        posts = [world.post(text) for text in texts]
        posts += [world.post(" ".join(texts)[:4096])]
        last = world.market_long(sol)
        await running.reaches(last, "open")
        assert [len(running.decisions(post)) for post in posts] == [1] * len(posts)
        assert "planned" not in running.outcomes(*posts)
        assert not [line for line in running.errors if "Traceback" in line]
        assert world.bitget.api_key not in "\n".join(running.errors)


async def test_a_reader_that_goes_away_stops_nothing(world: World, sol: Coin) -> None:
    """`tgbitget listen --json | head -1`."""
    world.profile()
    process = await world.start("listen", "--profile", "vip", "--json", "--live")
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), 12)
    process.stdout._transport.close()  # type: ignore[attr-defined] # asyncio has no other way to close it
    world.market_long(sol)
    await world.until(lambda: len(sol.targets) == 2, "the position and its targets")
    process.terminate()
    _, err = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in err


async def test_an_exchange_that_is_down_for_a_while_costs_nothing(world: World, sol: Coin) -> None:
    """Maintenance while a position is open: it is guarded there, and led on after."""
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.bitget.faults.maintenance = True
        world.bitget.drop_connections()
        sol.moves("1.021")
        await lines.decision(world.post("hm"))
        world.bitget.faults.clear()
        await lines.until(
            lambda: [s > sol.began for s in sol.stops] == [True], "breakeven", within=20
        )
    assert sol.unguarded_seconds == 0


async def test_a_listener_that_starts_without_telegram_but_with_a_position_guards_it(
    world: World, sol: Coin
) -> None:
    async with world.process() as first:
        post = world.market_long(sol)
        await first.reaches(post, "open")
        await first.kill()
    world.telegram.refuse()
    async with world.process(is_ready=False) as second:
        sol.moves("1.021")
        await second.until(lambda: [s > sol.began for s in sol.stops] == [True], "breakeven")
        assert second.process.returncode is None
        await second.until(lambda: any("Telegram" in w for w in second.warnings), "it to be said")
        world.telegram._line.refuses = False
        await second.until(lambda: bool(second.of("ready")), "ready, in the end", within=20)
        xrp = world.coin("XRP")
        await second.reaches(world.post(market_long(xrp)), "open")


async def test_a_foreign_position_is_left_alone_and_its_symbol_not_traded(
    world: World, sol: Coin
) -> None:
    world.bitget.by_hand.open("SOLUSDT", "buy", Decimal("0.5"), stop=Decimal(sol.at("0.95")))
    async with world.listening() as lines:
        decision = await lines.decision(world.market_long(sol))
        assert (decision["outcome"], decision["rule"]) == ("refused", "foreign_position")
        assert any(w.startswith("SOL/USDT: a position that is not ours") for w in lines.warnings)
    assert sol.size == Decimal("0.5")
    assert not sol.order_requests


async def test_a_wrong_clock_is_corrected_by_the_venue_s(world: World, sol: Coin) -> None:
    world.bitget.clock_offset_ms = 25_000
    async with world.listening() as lines:
        await lines.reaches(world.market_long(sol), "open")
    assert len(sol.entries) == 1


async def test_a_bitget_key_that_may_not_trade_is_told(world: World, sol: Coin) -> None:
    async with world.listening() as lines:
        world.bitget.authorities = ("coor", "stor")
        post = world.market_long(sol)
        await lines.decision(post)
        await lines.reaches(post, "failed")
        assert any("permission" in w for w in lines.warnings) or "permission" in str(
            lines.of("placement", post)[-1]["reason"]
        )
