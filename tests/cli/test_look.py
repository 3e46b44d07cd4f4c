"""What the journal says, on a HOME with one trade in it; and pausing, with a listener and without."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from telethon.crypto import AuthKey
from telethon.sessions import StringSession

from journal import samples
from journal.samples import CHANNEL, NOON, SIGNAL
from tgbitget.cli.words import outcome_text
from tgbitget.clock import FakeClock
from tgbitget.control.socket import serving
from tgbitget.errors import BadInput
from tgbitget.journal.lock import InstanceLock
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.ids import VenueOrderId
from tgbitget.model.order import Placed, Unknown
from tgbitget.model.plan import Outcome
from tgbitget.model.post import Deletion, Via
from tgbitget.model.trade import TradeState
from tgbitget.telegram.channel import FollowedChannel
from tgbitget.telegram.session import Login, SessionFile

from .conftest import Ran, Tgbitget


@pytest.fixture
async def home(tgbitget: Tgbitget, tmp_path: Path) -> Path:
    """With a signal that was traded, one that was refused, and talk that brings escapes along."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    clock = FakeClock(NOON)
    journal = SqliteJournal(home / "tgbitget.sqlite3", clock=clock)
    await journal.open()
    await journal.decide(samples.planned(), cursor=samples.cursor(), trade=samples.trade())
    clock.advance(1)
    oid = samples.oid("entry-1")
    await journal.record_placement(SIGNAL, Unknown(client_oid=oid, reason="timed out"))
    placed = Placed(client_oid=oid, venue_order_id=VenueOrderId("900"))
    await journal.record_placement(SIGNAL, placed)
    await journal.record_fill(SIGNAL, samples.fill("1", amount="0.001"))
    clock.advance(8)
    await journal.record_trade(samples.trade(state=TradeState.OPEN, amount="0.001"), cause="filled")
    refused = replace(
        samples.planned(8, at=NOON + timedelta(minutes=1)),
        outcome=Outcome.REFUSED,
        rule="position_quote_max",
        reason="600 USDT is above 500 USDT",
        plan=None,
        legs=(),
    )
    await journal.decide(refused)
    talk = samples.ignored(9)
    await journal.decide(replace(talk, post=replace(talk.post, text="gm\x1b[2J\nall")))
    gone = Deletion(channel=CHANNEL, message_id=7, date=NOON + timedelta(minutes=3), via=Via.POLL)
    await journal.delete(gone, change="nothing to cancel")
    await journal.close()
    return home


def rows(ran: Ran) -> list[dict[str, Any]]:
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


async def beside(tgbitget: Tgbitget, *arguments: str) -> Ran:
    return await asyncio.to_thread(tgbitget, *arguments)


def test_signals_come_newest_first_with_their_rule(home: Path, tgbitget: Tgbitget) -> None:
    found = rows(tgbitget("signals", "list", "--json"))
    assert [row["signal"] for row in found] == [f"{CHANNEL}/8", SIGNAL]
    assert found[0]["rule"] == "position_quote_max"
    assert found[1]["state"] == "open"
    lines = tgbitget("signals", "list").out.splitlines()
    assert lines[0].endswith(f"\t{CHANNEL}/8\topen long BTC\trefused by position_quote_max\t")
    assert lines[1].endswith(f"\t{SIGNAL}\topen long BTC\tplanned\topen")


def test_talk_is_listed_on_demand_and_in_one_line(home: Path, tgbitget: Tgbitget) -> None:
    assert len(rows(tgbitget("signals", "list", "--all", "--json"))) == 3
    assert len(rows(tgbitget("signals", "list", "--limit", "1", "--json"))) == 1
    assert "\x1b" not in tgbitget("signals", "list", "--all").out


def test_one_signal_is_shown_whole(home: Path, tgbitget: Tgbitget) -> None:
    (found,) = rows(tgbitget("signals", "show", SIGNAL, "--json"))
    assert found["reading"]["kind"] == "open"
    assert found["legs"][0]["name"] == "entry-1"
    assert found["position"]["state"] == "open"
    shown = tgbitget("signals", "show", SIGNAL)
    assert shown.code == 0
    assert "\tentry-1\tbuy limit 0.001 BTC/USDT at 57000, stop 55800\tplaced\t0.001" in shown.out


def test_a_signal_that_is_not_there_is_named(home: Path, tgbitget: Tgbitget) -> None:
    ran = tgbitget("signals", "show", "nowhere/1")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("tgbitget: there is no signal nowhere/1;")


def test_orders_tell_their_answer_and_their_fills(home: Path, tgbitget: Tgbitget) -> None:
    found = {row["name"]: row for row in rows(tgbitget("orders", "list", "--json"))}
    assert (found["entry-1"]["result"], found["entry-1"]["filled"]) == ("placed", "0.001")
    assert found["entry-2"]["result"] is None
    lines = tgbitget("orders", "list").out.splitlines()
    assert lines[0].split("\t")[2:] == [
        "entry-3",
        "buy limit 0.001 BTC/USDT at 57000, stop 55800",
        "unanswered",
        "",
    ]


def test_positions_are_those_that_are_not_finished(home: Path, tgbitget: Tgbitget) -> None:
    (found,) = rows(tgbitget("positions", "list", "--json"))
    assert (found["signal"], found["state"], found["amount"]) == (SIGNAL, "open", "0.001")
    (line,) = tgbitget("positions", "list").out.splitlines()
    assert line.startswith(f"{SIGNAL}\tlong BTC/USDT\topen\t0.001")


def test_a_post_is_explained_from_its_text_to_its_deletion(home: Path, tgbitget: Tgbitget) -> None:
    told = tgbitget("explain", CHANNEL, "7").out.splitlines()
    kinds = [line[21:].split()[0].rstrip(":") for line in told]
    assert kinds[:2] == ["post", "open"]
    assert "→ planned" in told[1]
    assert any("order entry-1: buy limit" in line for line in told)
    assert any("unknown: timed out" in line for line in told)
    assert any("placed as 900" in line for line in told)
    assert any("filled 0.001 at 57000, fee 0.0114 USDT" in line for line in told)
    assert any("trade open, 0.001 open, stop 55800 (filled)" in line for line in told)
    assert any(line.endswith("deleted by the channel: nothing to cancel") for line in told)
    assert all(line.isprintable() for line in told)


def test_a_channel_is_known_by_its_name_once_the_login_has_met_it(
    home: Path, tgbitget: Tgbitget
) -> None:
    bare = int(CHANNEL.removeprefix("-100"))
    met = FollowedChannel(bare_id=bare, access_hash=1, title="VIP", username="Vip_Signals")
    key = AuthKey(data=bytes(range(256)))
    session = StringSession()
    session.set_dc(2, "127.0.0.1", 443)
    session.auth_key = key
    SessionFile(home / "telegram.session").write(Login(session=session.save(), channels=(met,)))
    assert tgbitget("explain", "@vip_signals", "7").out == tgbitget("explain", CHANNEL, "7").out
    assert (
        "@nobody_here is no channel that this login knows"
        in tgbitget("explain", "@nobody_here", "7").err
    )


def test_an_explanation_for_programs(home: Path, tgbitget: Tgbitget) -> None:
    chapters = rows(tgbitget("explain", CHANNEL, "8", "--json"))
    assert [chapter["kind"] for chapter in chapters][:2] == ["post", "decision"]
    assert chapters[1]["rule"] == "position_quote_max"


def test_programs_are_told_times_to_the_millisecond(home: Path, tgbitget: Tgbitget) -> None:
    lines = [
        tgbitget("signals", "list", "--all", "--json").out,
        tgbitget("signals", "show", SIGNAL, "--json").out,
        tgbitget("orders", "list", "--json").out,
        tgbitget("positions", "list", "--all", "--json").out,
        tgbitget("explain", CHANNEL, "7", "--json").out,
    ]
    times = [time for text in lines for time in re.findall(r'"(\d{4}-\d\d-\d\dT[^"]*)"', text)]
    assert times
    assert [time for time in times if not re.fullmatch(r"[-\d]+T[:\d]+\.\d{3}Z", time)] == []


def test_a_duplicate_is_called_so_once() -> None:
    assert outcome_text("duplicate", "duplicate") == "duplicate"
    assert outcome_text("refused", "missing_stop") == "refused by missing_stop"
    assert outcome_text("planned", None) == "planned"


async def test_a_running_listener_is_not_logged_out(tgbitget: Tgbitget, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with InstanceLock(home):
        ran = await beside(tgbitget, "logout")
    assert ran.code == 2
    assert ran.err.startswith(f"tgbitget: tgbitget is already running in {home}")


@pytest.mark.parametrize(
    "arguments",
    [["signals", "list"], ["orders", "list"], ["positions", "list"], ["explain", "c", "1"]],
    ids=" ".join,
)
def test_without_a_journal_there_is_one_line(
    arguments: list[str], tgbitget: Tgbitget, tmp_path: Path
) -> None:
    ran = tgbitget(*arguments)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    assert "nothing has been recorded yet" in ran.err
    assert not (tmp_path / "home").exists()


def test_looking_does_not_wait_for_a_listener(home: Path, tgbitget: Tgbitget) -> None:
    with InstanceLock(home):
        assert tgbitget("positions", "list").code == 0


# pausing


def test_without_a_listener_the_next_one_starts_paused(tgbitget: Tgbitget, tmp_path: Path) -> None:
    assert tgbitget("pause").out == "No listener runs; the next one takes no new entries.\n"
    assert is_paused(tmp_path / "home")
    resumed = {"is_paused": False, "listener": False, "halts": []}
    assert rows(tgbitget("resume", "--json")) == [resumed]
    assert not is_paused(tmp_path / "home")


def is_paused(home: Path) -> bool:
    async def look() -> bool:
        journal = SqliteJournal(home / "tgbitget.sqlite3")
        await journal.open()
        try:
            return journal.is_paused()
        finally:
            await journal.close()

    return asyncio.run(look())


async def test_a_running_listener_is_asked(tgbitget: Tgbitget, tmp_path: Path) -> None:
    asked: list[str] = []

    def note(name: str) -> Any:
        async def command(_: Mapping[str, Any]) -> Mapping[str, Any]:
            asked.append(name)
            return {}

        return command

    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with InstanceLock(home):
        async with serving(home, {"pause": note("pause"), "resume": note("resume")}):
            paused = await beside(tgbitget, "pause")
            resumed = await beside(tgbitget, "resume")
    assert asked == ["pause", "resume"]
    assert paused.out == "The listener takes no new entries.\n"
    assert resumed.out == "The listener takes entries again.\n"


async def test_a_listener_that_refuses_is_quoted(tgbitget: Tgbitget, tmp_path: Path) -> None:
    async def refuse(_: Mapping[str, Any]) -> Mapping[str, Any]:
        raise BadInput("the disk is full")

    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    async with serving(home, {"pause": refuse}):
        ran = await beside(tgbitget, "pause")
    assert (ran.code, ran.out, ran.err) == (1, "", "tgbitget: the disk is full\n")


def test_an_instance_without_a_socket_yet_is_named(tgbitget: Tgbitget, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with InstanceLock(home):
        ran = tgbitget("pause")
    assert ran.code == 2
    assert "already running" in ran.err
