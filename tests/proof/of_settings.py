"""What each setting of the machine changes: files, logins, addresses, keys, refusals."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from telethon.crypto import AuthKey
from telethon.sessions import StringSession

from planning.samples import NOON, post, profile
from proof.of_limits import PROOFS as LIMITS
from proof.of_limits import LimitProof
from proof.proofs import Outcome, Proof, Room
from tgbitget.app.catalogue import known_markets
from tgbitget.app.key_rights import dangers
from tgbitget.app.modes import exchange_of, mode_of
from tgbitget.clock import FakeClock, SystemClock
from tgbitget.control.answers import question_of
from tgbitget.control.presence import Presence
from tgbitget.errors import ConfigError, TgbitgetError
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.ids import SignalId
from tgbitget.model.intent import ClosePosition
from tgbitget.model.plan import Decision
from tgbitget.model.plan import Outcome as Outcomes
from tgbitget.model.reading import Read
from tgbitget.settings import Settings, load_settings
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.telegram.client import make_client, stored_session
from tgbitget.telegram.session import Login, session_file
from tgbitget.venues.bitget import FUTURES_ONLY, BitgetVenue
from tgbitget.venues.identity import Who
from tgbitget.venues.pacing import Pacing

Made = Settings | str
"""Settings, or why there are none."""

SIMULATED = BitgetSimulator()
KEYS = {
    "api_key": SIMULATED.api_key,
    "api_secret": SIMULATED.api_secret,
    "passphrase": SIMULATED.passphrase,
}
TELEGRAM = {"api_id": 1, "api_hash": "hash"}
WHO = Who(user_id="1", permissions=("coow", "wwow"), addresses=())
KEYRING = """
def get_password(service, name):
    return "the hash" if name.endswith("API_HASH") else None
"""
ERRORS = "class KeyringError(Exception): pass\n"


def session(byte: int) -> str:
    made = StringSession()
    made.set_dc(2, "127.0.0.1", 443)
    made.auth_key = AuthKey(bytes([byte]) * 256)
    return str(made.save())


def made(keys: Mapping[str, Any], room: Room) -> Made:
    try:
        return Settings.model_validate({"home": room.folder, **keys})
    except ValidationError as refused:
        return str(refused.errors()[0]["msg"])


def of(seen: Callable[[Settings], Outcome]) -> Callable[[Made, Room], Outcome]:
    """What *seen* sees of good settings, or why they are none."""
    return lambda settings, _: settings if isinstance(settings, str) else seen(settings)


def client(seen: Callable[[Any], Outcome]) -> Callable[[Made, Room], Any]:
    async def connectable(settings: Made, _: Room) -> Outcome:
        assert isinstance(settings, Settings), settings
        try:
            return seen(await make_client(settings.telegram, stored_session(settings)))
        except ConfigError as refused:
            return type(refused).__name__

    return connectable


async def account(settings: Made, _: Room) -> Outcome:
    """What the exchange says to this key."""
    assert isinstance(settings, Settings), settings
    async with BitgetSimulator() as bitget:
        there = settings.bitget.model_copy(
            update={"rest_url": bitget.rest_url, "ws_url": bitget.ws_url}
        )
        async with at(settings.model_copy(update={"bitget": there})) as venue:
            try:
                await venue.open()
                return (await venue.account()).equity
            except TgbitgetError as refused:
                return type(refused).__name__


def door(which: str) -> Callable[[Made, Room], Any]:
    """At which of two doors of this machine it rings; their ports are known once they are open."""

    async def rung(settings: Made, _: Room) -> Outcome:
        assert isinstance(settings, Settings), settings
        rang: asyncio.Queue[int] = asyncio.Queue()
        async with await _door(1, rang) as first, await _door(2, rang) as second:
            ports = {"1": _port(first), "2": _port(second)}
            scheme, _, number = getattr(settings.bitget, which).rpartition(":")
            return await _rings(settings, {which: f"{scheme}:{ports[number]}"}, rang)

    return rung


async def _door(number: int, rang: "asyncio.Queue[int]") -> asyncio.Server:
    async def ring(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rang.put_nowait(number)
        writer.close()

    return await asyncio.start_server(ring, "127.0.0.1")


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


async def _rings(settings: Settings, urls: dict[str, str], rang: "asyncio.Queue[int]") -> int:
    """Where *urls* names nothing, the simulator answers."""
    async with BitgetSimulator() as bitget:
        there = {"rest_url": bitget.rest_url, "ws_url": bitget.ws_url, **urls}
        reached = settings.model_copy(update={"bitget": settings.bitget.model_copy(update=there)})
        async with at(reached) as venue:
            task = asyncio.create_task(_quietly(venue))
            try:
                async with asyncio.timeout(RING_SECONDS):
                    return await rang.get()
            finally:
                task.cancel()
                await asyncio.wait([task])


@asynccontextmanager
async def at(settings: Settings) -> AsyncIterator[BitgetVenue]:
    pacing, markets = Pacing(clock := SystemClock()), known_markets(settings)
    async with exchange_of("live", settings, markets, clock, FUTURES_ONLY, pacing) as exchange:
        try:
            yield exchange.venue
        finally:
            await exchange.venue.close()


async def _quietly(venue: BitgetVenue) -> None:
    with suppress(TgbitgetError):
        await venue.open()
        await venue.run_updates(lambda _: None)


def written_session(settings: Settings) -> Outcome:
    """Whether the login can be read in the file."""
    session_file(settings).write(Login(session=session(1)))
    return session(1) in settings.session_file.read_text()


def of_keyring(settings: Made, room: Room) -> Outcome:
    assert isinstance(settings, Settings), settings
    library = room.folder / "library" / "keyring"
    library.mkdir(parents=True, exist_ok=True)
    (library / "__init__.py").write_text(KEYRING)
    (library / "errors.py").write_text(ERRORS)
    for name in ("keyring", "keyring.errors"):
        room.monkeypatch.delitem(sys.modules, name, raising=False)
    room.monkeypatch.syspath_prepend(library.parent)
    room.monkeypatch.chdir(room.folder)
    room.monkeypatch.setenv("TGBITGET_HOME", str(room.folder / "home"))
    room.monkeypatch.setenv("TGBITGET_KEYRING", "yes" if settings.keyring else "no")
    return load_settings().secrets()


def live_mode(settings: Settings) -> Outcome:
    try:
        return mode_of([profile(mode="live")], settings, dry_run=False, live=False)
    except ConfigError as refused:
        return str(refused)


async def after_a_long_silence(settings: Made, room: Room) -> Outcome:
    assert isinstance(settings, Settings), settings
    clock = FakeClock(NOON)
    journal = SqliteJournal(room.folder / "silence.db", clock=clock)
    await journal.open()
    hours = settings.owner_silence_hours_max
    presence = Presence(journal, clock, lambda _: None, hours_max=hours)
    clock.advance(timedelta(hours=30).total_seconds())
    found = presence.refusal()
    await journal.close()
    return found


def question(settings: Settings) -> Outcome:
    """Until when an answer is taken to which of two trades was meant."""
    asked_for = ClosePosition(symbol="BTC")
    decision = Decision(
        post=post(),
        reading=Read(intent=asked_for, parser="freeform"),
        outcome=Outcomes.UNCLEAR,
        decided_at=NOON,
        asks=(SignalId("-1/1"), SignalId("-1/2")),
    )
    return question_of(decision, minutes=settings.answer_minutes_max)


def of_limit(proof: LimitProof) -> Proof[Made]:
    return Proof(
        proof.one,
        proof.other,
        of(lambda settings: proof.answer(settings.limits, True)),
        {"limits": proof.beside},
    )


RING_SECONDS = 10
LOGGED_IN = {"telegram": {**TELEGRAM, "session": session(1)}}
WITH_KEYS = {"bitget": KEYS}

PROOFS: Mapping[str, Proof[Made]] = {
    "home": Proof("here", "there", of(lambda s: (s.database_file.name, s.home.name))),
    "profiles": Proof("here", "there", of(lambda s: [f.name for f in s.profile_folders])),
    "telegram.api_id": Proof(1, 2, client(lambda c: c.api_id), LOGGED_IN),
    "telegram.api_hash": Proof("a", "b", client(lambda c: c.api_hash), LOGGED_IN),
    "telegram.session": Proof(
        session(1), session(2), client(lambda c: c.session.auth_key.key[:1]), LOGGED_IN
    ),
    "telegram.session_key": Proof(None, "a key of sixteen or more", of(written_session)),
    "telegram.server": Proof(
        "127.0.0.1:1", "127.0.0.1:2", client(lambda c: c.session.port), LOGGED_IN
    ),
    "telegram.server_key": Proof("good.pem", "bad.pem", client(lambda _: "trusted"), LOGGED_IN),
    "telegram.dc_id": Proof(
        1,
        3,
        client(lambda c: c.session.dc_id),
        {"telegram": {**LOGGED_IN["telegram"], "server": "127.0.0.1:1"}},
    ),
    "telegram.proxy": Proof(None, "socks5://127.0.0.1:1", client(lambda c: c._proxy), LOGGED_IN),
    "bitget.api_key": Proof(KEYS["api_key"], "another", account, WITH_KEYS),
    "bitget.api_secret": Proof(KEYS["api_secret"], "another", account, WITH_KEYS),
    "bitget.passphrase": Proof(KEYS["passphrase"], "another", account, WITH_KEYS),
    "bitget.allow_key_rights": Proof("", "withdraw", of(lambda s: [*dangers(WHO, s.bitget)])),
    "bitget.allow_any_address": Proof(False, True, of(lambda s: [*dangers(WHO, s.bitget)])),
    "bitget.rest_url": Proof(
        "http://127.0.0.1:1", "http://127.0.0.1:2", door("rest_url"), WITH_KEYS
    ),
    "bitget.ws_url": Proof("ws://127.0.0.1:1", "ws://127.0.0.1:2", door("ws_url"), WITH_KEYS),
    "live": Proof(False, True, of(live_mode)),
    **{f"limits.{key}": of_limit(proof) for key, proof in LIMITS.items()},
    "owner_silence_hours_max": Proof(24, 48, after_a_long_silence),
    "answer_minutes_max": Proof(60, 90, of(question)),
    "allow_foreign_hosts": Proof(
        False, True, of(lambda s: s.bitget.rest_url), {"bitget": {"rest_url": "http://192.0.2.1:1"}}
    ),
    "keyring": Proof(False, True, of_keyring),
    "database": Proof(None, "postgresql://", of(lambda s: s.database_file.name)),
    "bus": Proof(None, "redis://", of(lambda s: s.database_file.name)),
}
