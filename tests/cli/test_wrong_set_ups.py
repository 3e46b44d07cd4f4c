"""`doctor` in wrong set-ups, one fault in each: it names it, says why it matters and what to do, and may one trade."""

import json
import os
import shutil
from collections import namedtuple
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tgbitget.app.catalogue import package_snapshot
from tgbitget.cli import check_machine
from tgbitget.cli.checkup import checkup
from tgbitget.cli.findings import Finding, State
from tgbitget.markets.cache import save
from tgbitget.profile import Profile
from tgbitget.settings import Settings
from tgbitget.simulators.bitget import BitgetSimulator, Keys
from tgbitget.simulators.bitget.server import AUTHORITIES
from tgbitget.simulators.telegram import Account, TelegramSimulator
from tgbitget.telegram import client
from tgbitget.telegram.session import Login, SessionFile

WRONG, DOUBTFUL = State.WRONG, State.DOUBTFUL
MAY, FAILED, CONFIGURED_WRONG, NOT_AUTHORISED, UNREACHABLE = range(5)
DISK = namedtuple("DISK", "total used free")  # as shutil names it


@dataclass(slots=True)
class SetUp:
    """A good one, until a row of the table spoils it."""

    telegram: TelegramSimulator
    bitget: BitgetSimulator
    owner: Account
    home: Path
    patch: pytest.MonkeyPatch
    telegram_settings: dict[str, Any]
    bitget_settings: dict[str, Any]
    profile: dict[str, Any]

    @property
    def session_file(self) -> Path:
        return self.home / "telegram.session"

    def section(self, name: str, **keys: Any) -> None:
        self.profile[name] = {**self.profile.get(name, {}), **keys}

    async def findings(self) -> list[Finding]:
        settings = Settings.model_validate(
            {
                "home": self.home,
                "telegram": self.telegram_settings,
                "bitget": self.bitget_settings,
            }
        )
        profile = Profile.model_validate({**self.profile, "name": "vip"})
        return [finding async for finding in checkup(settings, [profile])]


@pytest.fixture
async def set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SetUp]:
    for name in [name for name in os.environ if name.startswith("TGBITGET_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(client, "PAUSE_SECONDS", 0.0)
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    save(home / "markets.json", replace(package_snapshot(), as_of=datetime.now(UTC)))
    async with TelegramSimulator() as telegram, BitgetSimulator(equity="1000") as bitget:
        owner = telegram.add_account(phone="+15550001", first_name="Owner")
        telegram.add_channel("VIP Signals", username="vip_signals", members=[owner])
        key = tmp_path / "server.pem"
        key.write_text(telegram.public_key_pem)
        session = telegram.authorised_session(owner)
        SessionFile(home / "telegram.session").write(Login(session=session))
        yield SetUp(
            telegram=telegram,
            bitget=bitget,
            owner=owner,
            home=home,
            patch=monkeypatch,
            telegram_settings={
                "api_id": 1,
                "api_hash": "planted-hash",
                "server": telegram.address,
                "server_key": key,
                "dc_id": telegram.dc_id,
            },
            bitget_settings={
                "api_key": bitget.api_key,
                "api_secret": bitget.api_secret,
                "passphrase": bitget.passphrase,
                "rest_url": bitget.rest_url,
                "ws_url": bitget.ws_url,
            },
            profile={
                "mode": "live",
                "telegram": {"channels": ["@vip_signals"]},
                "market": {"allow": ["BTC"]},
            },
        )


def exit_code(findings: list[Finding]) -> int:
    return next((finding.code for finding in findings if finding.code), 0)


async def test_a_right_set_up_may_trade(set_up: SetUp) -> None:
    findings = await set_up.findings()
    assert [finding for finding in findings if finding.state is not State.GOOD] == []
    assert exit_code(findings) == MAY
    looked_at = {finding.about for finding in findings}
    assert {"session", "devices", "disk", "versions", "plan orders", "addresses"} <= looked_at
    assert {"BTC of vip", "size of vip"} <= looked_at


# One fault each.


def home_is_open(at: SetUp) -> None:
    at.home.chmod(0o755)


def home_can_be_written(at: SetUp) -> None:
    at.home.chmod(0o770)


def env_can_be_written(at: SetUp) -> None:
    """Whoever writes there may send the keys to another host."""
    Path(".env").touch()
    Path(".env").chmod(0o602)


def env_is_open(at: SetUp) -> None:
    Path(".env").touch(mode=0o644)


def env_with_a_key_is_open(at: SetUp) -> None:
    Path(".env").write_text("TGBITGET_BITGET__API_SECRET=planted\n")
    Path(".env").chmod(0o640)


def disk_is_filling(at: SetUp) -> None:
    at.patch.setattr(shutil, "disk_usage", lambda _: DISK(10**9, 0, 150_000_000))


def disk_is_full(at: SetUp) -> None:
    at.patch.setattr(shutil, "disk_usage", lambda _: DISK(10**9, 0, 1_000_000))


def another_telethon(at: SetUp) -> None:
    at.patch.setattr(
        check_machine, "version", lambda name: "9.9" if name == "telethon" else "4.5.90"
    )


def no_such_parser(at: SetUp) -> None:
    at.section("parsing", parsers=["freefrom"])


def journal_is_no_database(at: SetUp) -> None:
    (at.home / "tgbitget.sqlite3").write_bytes(b"something else altogether" * 100)


def markets_are_old(at: SetUp) -> None:
    save(
        at.home / "markets.json",
        replace(package_snapshot(), as_of=datetime.now(UTC) - timedelta(days=40)),
    )


def session_is_open(at: SetUp) -> None:
    at.session_file.chmod(0o644)


def session_is_a_link(at: SetUp) -> None:
    real = at.session_file.rename(at.home / "elsewhere")
    at.session_file.symlink_to(real)


def session_has_another_key(at: SetUp) -> None:
    login = SessionFile(at.session_file).read()
    assert login is not None
    SessionFile(at.session_file, "the key of another day").write(login)
    at.telegram_settings["session_key"] = "the key of this very day"


def session_is_plain_under_a_key(at: SetUp) -> None:
    at.telegram_settings["session_key"] = "the key of this very day"


def no_api_hash(at: SetUp) -> None:
    del at.telegram_settings["api_hash"]


def nobody_logged_in(at: SetUp) -> None:
    at.session_file.unlink()


def login_was_ended(at: SetUp) -> None:
    at.telegram.revoke(at.owner)


def telegram_is_gone(at: SetUp) -> None:
    at.telegram.refuse()


def a_stranger_is_logged_in(at: SetUp) -> None:
    at.telegram.add_device(at.owner, model="Pixel 3", country="Elsewhere")
    (at.home / "devices.json").write_text(json.dumps(["1", "2"]))


def known_devices_are_damaged(at: SetUp) -> None:
    (at.home / "devices.json").write_text('["1", ')


def not_in_the_channel(at: SetUp) -> None:
    at.section("telegram", channels=["@another_channel"])


def bitget_is_gone(at: SetUp) -> None:
    at.bitget_settings["rest_url"] = "http://127.0.0.1:1"


def clock_is_off(at: SetUp) -> None:
    at.bitget.clock_offset_ms = 12_000


def clock_is_wrong(at: SetUp) -> None:
    at.bitget.clock_offset_ms = -120_000


def no_keys(at: SetUp) -> None:
    for name in ("api_key", "api_secret", "passphrase"):
        del at.bitget_settings[name]


def another_passphrase(at: SetUp) -> None:
    at.bitget_settings["passphrase"] = "mistyped"


def a_demo_key(at: SetUp) -> None:
    at.profile["mode"] = "demo"


def a_unified_account(at: SetUp) -> None:
    at.bitget.unified = True


def rights(*names: str) -> Callable[[SetUp], None]:
    def spoil(at: SetUp) -> None:
        at.bitget.authorities = (*AUTHORITIES, *names)

    return spoil


def a_key_that_only_reads(at: SetUp) -> None:
    at.bitget.authorities = ("coor", "cpor", "stor")


def any_address(at: SetUp) -> None:
    at.bitget.ips = ""


def transfer_is_allowed(at: SetUp) -> None:
    at.bitget.authorities = (*AUTHORITIES, "wtow")
    at.bitget_settings["allow_key_rights"] = "transfer"


def no_money(at: SetUp) -> None:
    at.bitget.exchange.desk.ledger.start = Decimal(0)


def apart_in_one_way_mode(at: SetUp) -> None:
    at.section("signals", same_symbol="separate")


def no_plan_orders(at: SetUp) -> None:
    at.bitget.faults.always("orders-plan-pending", code="40014")


def somebody_elses_position(at: SetUp) -> None:
    at.bitget.by_hand.open("ETHUSDT", "buy", Decimal(1))


def another_leverage_while_held(at: SetUp) -> None:
    at.bitget.by_hand.set_leverage("BTCUSDT", 50)
    at.bitget.by_hand.open("BTCUSDT", "buy", Decimal("0.01"))


def no_such_coin(at: SetUp) -> None:
    at.section("market", allow=["NOSUCHCOIN"])


def too_small(at: SetUp) -> None:
    at.section("size", value="2")


def parts_too_small(at: SetUp) -> None:
    at.section("size", value="12")


def too_much_leverage(at: SetUp) -> None:
    at.section("market", allow=["TRX"])
    at.section("leverage", default=100, max=100)


ROWS = [
    (home_is_open, "home", DOUBTFUL, "is open to others", MAY),
    (home_can_be_written, "home", WRONG, "can be written by others", CONFIGURED_WRONG),
    (env_can_be_written, ".env", WRONG, "can be written by others", CONFIGURED_WRONG),
    (env_is_open, ".env", DOUBTFUL, "is open to others", MAY),
    (env_with_a_key_is_open, ".env", WRONG, "holds TGBITGET_BITGET__API_SECRET", CONFIGURED_WRONG),
    (disk_is_filling, "disk", DOUBTFUL, "150 MB are free", MAY),
    (disk_is_full, "disk", WRONG, "1 MB are free", FAILED),
    (another_telethon, "versions", DOUBTFUL, "telethon is 9.9, not 1.45.0", MAY),
    (no_such_parser, "profile vip", WRONG, "freefrom", CONFIGURED_WRONG),
    (journal_is_no_database, "journal", WRONG, "tgbitget.sqlite3", FAILED),
    (markets_are_old, "markets", DOUBTFUL, "from the cache of", MAY),
    (session_is_open, "session", WRONG, "is open to others (mode 0644)", CONFIGURED_WRONG),
    (session_is_a_link, "session", WRONG, "is a symbolic link", CONFIGURED_WRONG),
    (session_has_another_key, "session", WRONG, "SESSION_KEY does not open it", CONFIGURED_WRONG),
    (session_is_plain_under_a_key, "session", DOUBTFUL, "not encrypted, though", MAY),
    (no_api_hash, "telegram", WRONG, "TGBITGET_TELEGRAM__API_HASH is missing", CONFIGURED_WRONG),
    (nobody_logged_in, "telegram", WRONG, "tgbitget login", NOT_AUTHORISED),
    (login_was_ended, "telegram", WRONG, "", NOT_AUTHORISED),
    (telegram_is_gone, "telegram", WRONG, "", UNREACHABLE),
    (
        a_stranger_is_logged_in,
        "devices",
        DOUBTFUL,
        "new since the last look: Pixel 3 in Elsew",
        MAY,
    ),
    (known_devices_are_damaged, "devices", DOUBTFUL, "devices.json cannot be read", MAY),
    (not_in_the_channel, "channels of vip", WRONG, "@another_channel", CONFIGURED_WRONG),
    (bitget_is_gone, "bitget", WRONG, "", UNREACHABLE),
    (clock_is_off, "clock", DOUBTFUL, " s from Bitget's", MAY),
    (clock_is_wrong, "clock", WRONG, "-120.0 s from Bitget's", FAILED),
    (no_keys, "keys", WRONG, "are not set", CONFIGURED_WRONG),
    (another_passphrase, "keys", WRONG, "40012", NOT_AUTHORISED),
    (a_demo_key, "keys", WRONG, "demo keys and live keys are separate", NOT_AUTHORISED),
    (a_unified_account, "keys", WRONG, "unified", NOT_AUTHORISED),
    (rights("wwow"), "permissions", WRONG, "may withdraw", CONFIGURED_WRONG),
    (rights("wtow"), "permissions", WRONG, "may transfer", CONFIGURED_WRONG),
    (rights("chow"), "permissions", WRONG, "may manage sub-accounts", CONFIGURED_WRONG),
    (rights("p2pw"), "permissions", WRONG, "peer to peer", CONFIGURED_WRONG),
    (a_key_that_only_reads, "permissions", WRONG, "may not place futures", CONFIGURED_WRONG),
    (any_address, "addresses", WRONG, "works from any address", CONFIGURED_WRONG),
    (transfer_is_allowed, "permissions", DOUBTFUL, "ALLOW_KEY_RIGHTS=transfer", MAY),
    (no_money, "money", DOUBTFUL, "account is empty", MAY),
    (apart_in_one_way_mode, "hold mode", WRONG, "needs hedge mode", CONFIGURED_WRONG),
    (no_plan_orders, "plan orders", WRONG, "40014", NOT_AUTHORISED),
    (somebody_elses_position, "positions", DOUBTFUL, "1 ETH/USDT long is not ours", MAY),
    (no_such_coin, "NOSUCHCOIN of vip", DOUBTFUL, "no such contract", MAY),
    (too_small, "size of vip", WRONG, "BTCUSDT (2 of at least", CONFIGURED_WRONG),
    (parts_too_small, "size of vip", DOUBTFUL, "BTCUSDT (3 of at least", MAY),
]


@pytest.mark.parametrize(
    ("spoil", "about", "state", "says", "code"),
    [pytest.param(*row, id=f"{row[1]}: {row[3] or row[0].__name__}") for row in ROWS],
)
async def test_a_wrong_set_up_is_named(
    spoil: Callable[[SetUp], None],
    about: str,
    state: State,
    says: str,
    code: int,
    set_up: SetUp,
) -> None:
    spoil(set_up)
    findings = await set_up.findings()
    first = next(finding for finding in findings if finding.state in (WRONG, DOUBTFUL))
    assert (first.about, first.state) == (about, state), first
    assert says in first.what
    assert exit_code(findings) == code
    for finding in findings:
        if finding.state in (WRONG, DOUBTFUL):
            assert finding.what, finding
            assert finding.why, finding
            assert finding.do, finding
            assert "\n" not in finding.what + finding.why + finding.do
        assert set_up.bitget.api_secret not in repr(finding)


@pytest.mark.parametrize(
    ("spoil", "about", "says"),
    [
        (another_leverage_while_held, "BTC of vip", "50x and held, the profile wants isolated 5x"),
        (too_much_leverage, "TRX of vip", "at most 30x, the profile's default is 100x"),
    ],
)
async def test_what_a_coin_is_set_to_is_told(
    spoil: Callable[[SetUp], None], about: str, says: str, set_up: SetUp
) -> None:
    spoil(set_up)
    (coin,) = [f for f in await set_up.findings() if f.about == about]
    assert coin.state is DOUBTFUL
    assert says in coin.what


async def test_a_device_is_new_once(set_up: SetUp) -> None:
    def told(findings: list[Finding]) -> list[str]:
        return [f.what for f in findings if f.about == "devices"]

    assert told(await set_up.findings()) == ["this one alone"]
    set_up.telegram.add_device(set_up.owner, model="Pixel 3", country="Elsewhere")
    (new,) = told(await set_up.findings())
    assert new.startswith("new since the last look: Pixel 3 in Elsewhere, since 20")
    (known,) = told(await set_up.findings())
    assert known.startswith("1 other: Pixel 3 in Elsewhere")


async def test_a_demo_key_may_do_what_it_likes(set_up: SetUp) -> None:
    set_up.profile["mode"] = "demo"
    set_up.bitget.keys = Keys(demo=True)
    async with BitgetSimulator(
        keys=Keys(demo=True), authorities=(*AUTHORITIES, "wwow"), ips=""
    ) as bitget:
        set_up.bitget_settings |= {"rest_url": bitget.rest_url, "ws_url": bitget.ws_url}
        findings = await set_up.findings()
    doubts = {f.about for f in findings if f.state is DOUBTFUL}
    assert doubts == {"permissions", "addresses"}
    assert exit_code(findings) == MAY
