"""The commands that speak to Telegram and Bitget, against the simulators; each runs in a thread beside them."""

import asyncio
import io
import json
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from telethon.tl import functions

from tgbitget.control.socket import serving
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator
from tgbitget.telegram import client
from waiting import eventually

from .conftest import Ran, Tgbitget

PHONE = "+15550001"


class Typed(io.StringIO):
    """What a person types: each line is made when it is asked for."""

    def __init__(self, *lines: Callable[[], str]) -> None:
        super().__init__()
        self._lines = list(lines)

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # typeshed takes it for IOBase's
        return f"{self._lines.pop(0)()}\n" if self._lines else ""


async def beside(tgbitget: Tgbitget, *arguments: str, stdin: str | Typed = "") -> Ran:
    return await asyncio.to_thread(tgbitget, *arguments, stdin=stdin)


@pytest.fixture
async def telegram(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tgbitget: Tgbitget
) -> AsyncIterator[TelegramSimulator]:
    async with TelegramSimulator() as simulator:
        key = tmp_path / "server.pem"
        key.write_text(simulator.public_key_pem)
        monkeypatch.setenv("TGBITGET_TELEGRAM__API_ID", "1")
        monkeypatch.setenv("TGBITGET_TELEGRAM__API_HASH", "planted-hash")
        monkeypatch.setenv("TGBITGET_TELEGRAM__SERVER", simulator.address)
        monkeypatch.setenv("TGBITGET_TELEGRAM__SERVER_KEY", str(key))
        monkeypatch.setenv("TGBITGET_TELEGRAM__DC_ID", str(simulator.dc_id))
        yield simulator
        assert not simulator.unknown_requests


@pytest.fixture
def owner(telegram: TelegramSimulator) -> Account:
    return telegram.add_account(phone=PHONE, first_name="Owner\x1b[2J", username="owner_name")


@pytest.fixture
def logged_in(
    telegram: TelegramSimulator, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> Account:
    monkeypatch.setenv("TGBITGET_TELEGRAM__SESSION", telegram.authorised_session(owner))
    return owner


@pytest.fixture
def vip(telegram: TelegramSimulator, logged_in: Account) -> Channel:
    return telegram.add_channel("VIP Signals", username="vip_signals", members=[logged_in])


@pytest.fixture
async def bitget(
    monkeypatch: pytest.MonkeyPatch, tgbitget: Tgbitget
) -> AsyncIterator[BitgetSimulator]:
    async with BitgetSimulator(equity="1000") as simulator:
        simulator.exchange.set_price("BTCUSDT", Decimal(57000), gap=True)
        monkeypatch.setenv("TGBITGET_BITGET__REST_URL", simulator.rest_url)
        monkeypatch.setenv("TGBITGET_BITGET__WS_URL", simulator.ws_url)
        yield simulator


@pytest.fixture
def keys(bitget: BitgetSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TGBITGET_BITGET__API_KEY", bitget.api_key)
    monkeypatch.setenv("TGBITGET_BITGET__API_SECRET", bitget.api_secret)
    monkeypatch.setenv("TGBITGET_BITGET__PASSPHRASE", bitget.passphrase)


# login


async def test_login_asks_on_stderr_and_keeps_a_private_session(
    telegram: TelegramSimulator, owner: Account, tgbitget: Tgbitget, tmp_path: Path
) -> None:
    typed = Typed(lambda: PHONE, lambda: "00000", lambda: telegram.login_code(PHONE))
    ran = await beside(tgbitget, "login", stdin=typed)
    file = tmp_path / "home" / "telegram.session"
    assert ran.code == 0, ran.err
    assert ran.out == f"Logged in as Owner[2J (@owner_name); the session is in {file}.\n"
    assert "Phone number, with country code" in ran.err
    assert "wrong code" in ran.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_login_with_a_second_factor_and_logout(
    telegram: TelegramSimulator, tgbitget: Tgbitget, tmp_path: Path
) -> None:
    telegram.add_account(phone=PHONE, password="open sesame")
    typed = Typed(lambda: PHONE, lambda: telegram.login_code(PHONE), lambda: "open sesame")
    assert (await beside(tgbitget, "login", stdin=typed)).code == 0
    ran = await beside(tgbitget, "logout")
    assert (ran.code, ran.out) == (0, "Logged out.\n")
    assert not (tmp_path / "home" / "telegram.session").exists()


async def test_an_encrypted_session_serves_every_command_that_has_its_key(
    telegram: TelegramSimulator,
    owner: Account,
    tgbitget: Tgbitget,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    telegram.add_channel("VIP Signals", username="vip_signals", members=[owner])
    typed = Typed(lambda: PHONE, lambda: telegram.login_code(PHONE))
    assert (await beside(tgbitget, "login", stdin=typed)).code == 0
    file = tmp_path / "home" / "telegram.session"
    assert "vip" not in file.read_text()
    without = await beside(tgbitget, "login", "--encrypt")
    assert without.err.startswith("tgbitget: TGBITGET_TELEGRAM__SESSION_KEY is not set")
    monkeypatch.setenv("TGBITGET_TELEGRAM__SESSION_KEY", "a key that nobody guesses")
    encrypted = await beside(tgbitget, "login", "--encrypt")
    assert (encrypted.code, encrypted.out.split(";")[0]) == (0, f"{file} is encrypted")
    assert '"session"' not in file.read_text()
    assert "VIP Signals" in (await beside(tgbitget, "channels", "list")).out
    monkeypatch.setenv("TGBITGET_TELEGRAM__SESSION_KEY", "a key that somebody mistyped")
    refused = await beside(tgbitget, "channels", "list")
    assert refused.code == 2
    assert len(refused.err.splitlines()) == 1
    assert "TGBITGET_TELEGRAM__SESSION_KEY does not open it" in refused.err
    assert "mistyped" not in refused.err
    monkeypatch.setenv("TGBITGET_TELEGRAM__SESSION_KEY", "a key that nobody guesses")
    assert (await beside(tgbitget, "logout")).code == 0
    assert not file.exists()


async def test_login_by_qr_code_draws_one(
    telegram: TelegramSimulator, owner: Account, tgbitget: Tgbitget
) -> None:
    async def scan() -> None:
        await eventually(lambda: bool(telegram.world.login_tokens))
        telegram.scan_qr_code(owner)

    ran, _ = await asyncio.gather(beside(tgbitget, "login", "--qr"), scan())
    assert ran.code == 0, ran.err
    assert "Scan it with your phone" in ran.err
    assert ran.out.startswith("Logged in as Owner")


async def test_login_with_nobody_there_is_not_authorised(
    telegram: TelegramSimulator, owner: Account, tgbitget: Tgbitget
) -> None:
    ran = await beside(tgbitget, "login", stdin=Typed())
    assert ran.code == 3
    assert ran.err.splitlines()[-1].endswith("nobody is there to answer")


async def test_wrong_codes_end_with_not_authorised(
    telegram: TelegramSimulator, owner: Account, tgbitget: Tgbitget
) -> None:
    typed = Typed(lambda: PHONE, lambda: "0", lambda: "0", lambda: "0")
    ran = await beside(tgbitget, "login", stdin=typed)
    assert (ran.code, ran.out) == (3, "")


# channels


async def test_channels_are_listed_for_people_and_programs(
    vip: Channel, telegram: TelegramSimulator, logged_in: Account, tgbitget: Tgbitget
) -> None:
    telegram.add_channel("Evil\x1b[31m\nGroup", kind="group", members=[logged_in])
    lines = (await beside(tgbitget, "channels", "list")).out.splitlines()
    assert any(
        line.startswith(f"{vip.marked_id}\tVIP Signals\tchannel\t@vip_signals") for line in lines
    )
    assert any("Evil[31m Group\tgroup" in line for line in lines)
    rows = [
        json.loads(r)
        for r in (await beside(tgbitget, "channels", "list", "--json")).out.splitlines()
    ]
    assert vip.marked_id in {row["id"] for row in rows}


async def test_without_a_login_channels_are_not_authorised(
    telegram: TelegramSimulator, tgbitget: Tgbitget
) -> None:
    ran = await beside(tgbitget, "channels", "list")
    assert (ran.code, ran.err) == (3, "tgbitget: not logged in to Telegram: run `tgbitget login`\n")


async def test_an_export_can_be_parsed(vip: Channel, tgbitget: Tgbitget, tmp_path: Path) -> None:
    vip.post("BTC LONG\nEntry 57000-57500\nTP 58400\nSL 55800")
    vip.post("Good morning")
    file = tmp_path / "vip.json"
    ran = await beside(tgbitget, "channels", "export", "@vip_signals", "-o", str(file))
    assert ran.code == 0, ran.err
    assert ran.out == f"{file}: 2 messages.\n"
    assert "2 of 2 messages" in ran.err
    parsed = await beside(tgbitget, "parse", "--posts", str(file), "--json")
    kinds = [json.loads(line)["reading"]["kind"] for line in parsed.out.splitlines()]
    assert kinds == ["open", "none"]


async def test_a_channel_may_be_named_by_its_number(
    vip: Channel, tgbitget: Tgbitget, tmp_path: Path
) -> None:
    file = tmp_path / "vip.json"
    ran = await beside(tgbitget, "channels", "export", str(vip.marked_id), "-o", str(file))
    assert ran.code == 0, ran.err


async def test_an_export_overwrites_nothing(
    vip: Channel, tgbitget: Tgbitget, tmp_path: Path
) -> None:
    (tmp_path / "vip.json").write_text("mine")
    ran = await beside(tgbitget, "channels", "export", "@vip_signals", "-o", "vip.json")
    assert ran.code == 2
    assert (tmp_path / "vip.json").read_text() == "mine"


async def test_an_unknown_channel_is_named(
    telegram: TelegramSimulator, logged_in: Account, tgbitget: Tgbitget, tmp_path: Path
) -> None:
    ran = await beside(tgbitget, "channels", "export", "@nobody_here", "-o", "x.json")
    assert ran.code == 2
    assert "@nobody_here" in ran.err
    assert not (tmp_path / "x.json").exists()


# markets


async def test_sync_says_what_changed_and_list_shows_it(
    bitget: BitgetSimulator, tgbitget: Tgbitget, tmp_path: Path
) -> None:
    first = await beside(tgbitget, "markets", "sync")
    assert first.code == 0, first.err
    assert "markets are known now." in first.out
    assert "asking the venue for its markets" in first.err
    again = json.loads((await beside(tgbitget, "markets", "sync", "--json")).out)
    assert (again["added"], again["changed"], again["delisted"]) == ([], [], [])
    listed = await beside(tgbitget, "markets", "list", "--product", "spot")
    assert len(listed.out.splitlines()) < again["markets"]
    assert "from the cache of" in listed.err


async def test_sync_shows_what_is_new_gone_and_different(
    bitget: BitgetSimulator, tgbitget: Tgbitget, tmp_path: Path
) -> None:
    await beside(tgbitget, "markets", "sync")
    file = tmp_path / "home" / "markets.json"
    cache = json.loads(file.read_text())
    gone = cache["markets"].pop(0)
    cache["markets"][0]["max_leverage"] = "3"
    cache["markets"].append({**gone, "id": "OLDUSDT", "symbol": "OLD/USDT:USDT", "base": "OLD"})
    file.write_text(json.dumps(cache))
    out = (await beside(tgbitget, "markets", "sync")).out
    assert f"Added (1): {gone['symbol']}" in out
    assert "max_leverage 3 → " in out
    assert "Delisted (1): OLD/USDT:USDT" in out


def test_a_market_is_shown_by_any_of_its_names(tgbitget: Tgbitget) -> None:
    shown = tgbitget("markets", "show", "btc").out
    assert "symbol               BTC/USDT:USDT" in shown
    rows = [
        json.loads(line)
        for line in tgbitget("markets", "show", "BTC/USDT:USDT", "--json").out.splitlines()
    ]
    assert [row["id"] for row in rows] == ["BTCUSDT"]
    assert rows[0]["tick"] == "0.1"


def test_an_unknown_market_says_where_it_looked(tgbitget: Tgbitget) -> None:
    ran = tgbitget("markets", "show", "NOSUCHCOIN")
    assert ran.code == 2
    assert "NOSUCHCOIN is not among the" in ran.err
    assert "markets sync" in ran.err


async def test_a_venue_out_of_reach_leaves_the_cache(
    tgbitget: Tgbitget, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TGBITGET_BITGET__REST_URL", "http://127.0.0.1:1")
    ran = await beside(tgbitget, "markets", "sync")
    assert ran.code == 4
    assert ran.err.splitlines()[-1].startswith("tgbitget: ")
    assert not (tmp_path / "home" / "markets.json").exists()


async def test_a_telegram_that_is_not_there_is_told_in_one_line(
    logged_in: Account,
    telegram: TelegramSimulator,
    tgbitget: Tgbitget,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "PAUSE_SECONDS", 0.0)
    telegram.stop_listening()
    ran = await beside(tgbitget, "channels", "list")
    assert (ran.code, ran.out) == (4, "")
    (line,) = ran.err.splitlines()
    assert line.startswith("tgbitget: Telegram cannot be reached: no connection could be made")


async def test_a_proxy_that_is_not_there_does_not_tell_its_password(
    logged_in: Account, tgbitget: Tgbitget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PAUSE_SECONDS", 0.0)
    proxy = "socks5://somebody:canary-proxy-5d1c@127.0.0.1:1"
    monkeypatch.setenv("TGBITGET_TELEGRAM__PROXY", proxy)
    ran = await beside(tgbitget, "channels", "list", "--debug")
    assert ran.code == 4, ran.err
    assert "Traceback" in ran.err
    assert "canary-proxy" not in ran.out + ran.err


# doctor


def states(ran: Ran) -> dict[str, str]:
    rows = [json.loads(line) for line in ran.out.splitlines()]
    return {row["about"]: row["state"] for row in rows}


def set_mode(folder: Path, mode: str) -> None:
    (folder / "vip.toml").write_text(f'mode = "{mode}"\n[telegram]\nchannels = ["@vip_signals"]\n')


async def test_doctor_finds_nothing_wrong(
    vip: Channel, bitget: BitgetSimulator, keys: None, profiles: Path, tgbitget: Tgbitget
) -> None:
    set_mode(profiles, "live")
    await beside(tgbitget, "markets", "sync")
    ran = await beside(tgbitget, "doctor", "--profile", "vip", "--json")
    assert ran.code == 0, ran.out
    assert set(states(ran).values()) == {"good"}
    assert {
        "home",
        "profile vip",
        "telegram",
        "channels of vip",
        "bitget",
        "clock",
        "keys",
        "permissions",
    } <= set(states(ran))
    for secret in (bitget.api_secret, bitget.passphrase, "planted-hash"):
        assert secret not in ran.out + ran.err


async def test_doctor_looks_at_the_spot_account_where_spot_is_traded(
    vip: Channel, bitget: BitgetSimulator, keys: None, profiles: Path, tgbitget: Tgbitget
) -> None:
    (profiles / "vip.toml").write_text(
        'mode = "live"\n[telegram]\nchannels = ["@vip_signals"]\n[market]\nproduct = "spot"\n'
    )
    ran = await beside(tgbitget, "doctor", "--profile", "vip", "--json")
    assert "1000 USDT equity, spot" in ran.out
    assert states(ran)["permissions"] == "good"
    bitget.spot_by_hand.withdraw("USDT", Decimal(1000))
    bitget.authorities = ("coor", "coow", "stor")
    ran = await beside(tgbitget, "doctor", "--profile", "vip", "--json")
    assert "the spot account is empty" in ran.out
    assert "the key may not place spot orders" in ran.out
    assert states(ran)["permissions"] == "wrong"


async def test_doctor_tells_demo_keys_from_live_ones(
    vip: Channel, bitget: BitgetSimulator, keys: None, profiles: Path, tgbitget: Tgbitget
) -> None:
    set_mode(profiles, "demo")
    ran = await beside(tgbitget, "doctor", "--profile", "vip", "--json")
    assert ran.code == 3
    assert states(ran)["keys"] == "wrong"
    assert "demo keys and live keys are separate" in ran.out


async def test_doctor_asks_the_running_listener(
    vip: Channel, bitget: BitgetSimulator, tgbitget: Tgbitget, tmp_path: Path
) -> None:
    async def status(_: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"mode": "paper", "open_trades": 2, "task_failures": {"prices": 3}}

    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    async with serving(home, {"status": status}):
        ran = await beside(tgbitget, "doctor")
    assert "good      listener             running in paper mode, 2 trades open" in ran.out
    assert "its task prices failed 3 times" in ran.out


async def test_doctor_speaks_to_people(
    vip: Channel, bitget: BitgetSimulator, keys: None, tgbitget: Tgbitget
) -> None:
    ran = await beside(tgbitget, "doctor")
    assert "good      keys                 accepted; 1000 USDT equity, one-way mode" in ran.out
    assert "doubtful  markets" in ran.out
    assert "to do: tgbitget markets sync" in ran.out


async def test_doctor_wants_no_keys_on_paper(
    vip: Channel, bitget: BitgetSimulator, profiles: Path, tgbitget: Tgbitget
) -> None:
    ran = await beside(tgbitget, "doctor", "--profile", "vip", "--json")
    assert states(ran)["keys"] == "skipped"


async def test_doctor_misses_the_login_first(
    telegram: TelegramSimulator, bitget: BitgetSimulator, tgbitget: Tgbitget
) -> None:
    ran = await beside(tgbitget, "doctor", "--json")
    assert ran.code == 3
    assert states(ran)["telegram"] == "wrong"
    assert states(ran)["bitget"] == "good"


async def test_doctor_cannot_reach_bitget(
    vip: Channel, tgbitget: Tgbitget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TGBITGET_BITGET__REST_URL", "http://127.0.0.1:1")
    ran = await beside(tgbitget, "doctor", "--json")
    assert ran.code == 4
    assert states(ran)["bitget"] == "wrong"


async def test_doctor_names_a_channel_that_cannot_be_followed(
    vip: Channel, bitget: BitgetSimulator, profiles: Path, tgbitget: Tgbitget
) -> None:
    (profiles / "vip.toml").write_text('[telegram]\nchannels = ["@another_one"]\n')
    ran = await beside(tgbitget, "doctor", "--profile", "vip")
    assert ran.code == 2
    assert "@another_one" in ran.out


async def test_doctor_refuses_a_wrong_key(
    vip: Channel,
    bitget: BitgetSimulator,
    keys: None,
    tgbitget: Tgbitget,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TGBITGET_BITGET__PASSPHRASE", "another-one")
    ran = await beside(tgbitget, "doctor", "--json")
    assert ran.code == 3
    assert states(ran)["keys"] == "wrong"
    assert "another-one" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("authorities", "state", "says"),
    [
        pytest.param(("coor", "coow", "wwow"), "wrong", "may withdraw", id="withdraw"),
        pytest.param(("coor", "coow", "p2p"), "wrong", "peer to peer", id="peer to peer"),
        pytest.param(("coor", "cpor", "stor"), "wrong", "may not place", id="reads only"),
    ],
)
async def test_doctor_knows_what_a_key_should_not_do(
    authorities: tuple[str, ...],
    state: str,
    says: str,
    vip: Channel,
    bitget: BitgetSimulator,
    keys: None,
    tgbitget: Tgbitget,
) -> None:
    bitget.authorities = authorities
    ran = await beside(tgbitget, "doctor", "--json")
    assert states(ran)["permissions"] == state
    assert says in ran.out
    assert ran.code == (2 if state == "wrong" else 0)


async def test_doctor_sees_a_clock_that_is_off(
    vip: Channel, bitget: BitgetSimulator, tgbitget: Tgbitget
) -> None:
    bitget.clock_offset_ms = 12_000
    ran = await beside(tgbitget, "doctor", "--json")
    assert states(ran)["clock"] == "doubtful"


async def test_doctor_sees_open_doors(
    vip: Channel, bitget: BitgetSimulator, tgbitget: Tgbitget, tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir(mode=0o755)
    (tmp_path / "home").chmod(0o755)
    env = tmp_path / ".env"
    env.write_text("")
    env.chmod(0o644)
    found = states(await beside(tgbitget, "doctor", "--json"))
    assert (found["home"], found[".env"]) == ("doubtful", "doubtful")


async def test_doctor_waits_out_no_silent_telegram(
    vip: Channel, telegram: TelegramSimulator, bitget: BitgetSimulator, tgbitget: Tgbitget
) -> None:
    telegram.fail(functions.updates.GetStateRequest, 401, "SESSION_REVOKED")
    ran = await beside(tgbitget, "doctor", "--json")
    assert ran.code == 3
    assert states(ran)["telegram"] == "wrong"


# listen


async def test_listen_prints_json_lines_until_it_is_interrupted(
    vip: Channel, profiles: Path, tgbitget: Tgbitget
) -> None:
    """A process of its own: signals belong to one."""
    words = ["-m", "tgbitget", "listen", "--profile", "vip", "--dry-run", "--json"]
    listener = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert listener.stdout is not None

    async def line() -> dict[str, Any]:
        assert listener.stdout is not None
        return dict(json.loads(await asyncio.wait_for(listener.stdout.readline(), 30)))

    ready = await line()
    assert (ready["event"], ready["mode"]) == ("ready", "dry-run")
    assert ready["channels"] == [{"id": vip.marked_id, "title": "VIP Signals"}]
    vip.post("BTC LONG\nEntry 57000-57500\nTP 58400\nSL 55800")
    decision = await line()
    assert (decision["event"], decision["reading"]["kind"]) == ("decision", "open")
    listener.send_signal(signal.SIGINT)
    rest, errors = await asyncio.wait_for(listener.communicate(), 5)
    assert json.loads(rest.splitlines()[-1])["event"] == "stopped"
    assert listener.returncode == 130
    assert b"Traceback" not in errors
