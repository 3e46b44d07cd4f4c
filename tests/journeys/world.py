"""One user's world on loopback: Telegram, Bitget, a HOME, and the real listener between them, here or as a process."""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from journeys.canaries import API_HASH, PHONE, SESSION_KEY, Canaries
from journeys.coin import Coin, Priced
from journeys.lines import Lines, Posted, eventually
from tgbitget.app.runs import listen
from tgbitget.app.stopping import Stop
from tgbitget.profile import Profile
from tgbitget.settings import Settings
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator

PROFILE: dict[str, Any] = {
    "mode": "live",  # keys, sockets and signatures are real; the other side is simulated
    "telegram": {"channels": ["@vip_signals"]},
    "size": {"kind": "fixed_quote", "value": "120"},
}
PROCESS_ENDS_SECONDS = 8.0
TESTS = Path(__file__).parent.parent

MARKET = """#{coin}/USDT LONG
Entry: market
Targets: {tp1} - {tp2}
Stop Loss: {stop}
"""
LIMIT = """#{coin}/USDT LONG
Entry: {entry}
Targets: {tp1} - {tp2}
Stop Loss: {stop}
"""
SHORT_ZONE = """#{coin}/USDT SHORT
Entry zone: {low} - {high}
TP1: {tp1}
TP2: {tp2}
SL: {stop}
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(slots=True)
class Running(Lines):
    """A listener that runs as a process of its own."""

    process: Process
    errors: list[str] = field(default_factory=list)

    def __init__(self, process: Process) -> None:
        Lines.__init__(self)
        self.process = process
        self.errors = []
        self.why_it_ended = self._end

    def _end(self) -> str | None:
        code = self.process.returncode
        return None if code is None else f"the process ended with {code}: {' '.join(self.errors)}"

    async def read(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read_out())
            tasks.create_task(self._read_errors())

    async def _read_out(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.add(json.loads(line))

    async def _read_errors(self) -> None:
        assert self.process.stderr is not None
        while line := await self.process.stderr.readline():
            self.errors.append(line.decode().rstrip())

    async def kill(self) -> None:
        """SIGKILL: nothing of it runs on."""
        self.process.kill()
        await self.process.wait()

    async def ends(self, number: signal.Signals = signal.SIGTERM) -> int:
        """The exit code after *number*."""
        self.process.send_signal(number)
        async with asyncio.timeout(PROCESS_ENDS_SECONDS):
            return await self.process.wait()


class World:
    """Everything that a journey touches. Files of the user lie in *folder*."""

    def __init__(self, telegram: TelegramSimulator, bitget: BitgetSimulator, folder: Path) -> None:
        self.telegram = telegram
        self.bitget = bitget
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir(mode=0o700)
        self.canaries = Canaries()
        self.owner: Account = telegram.add_account(phone=PHONE, first_name="Owner")
        self.vip: Channel = self.channel("VIP", "vip_signals")
        self._session = telegram.authorised_session(self.owner)
        self.server_key = folder / "telegram.pem"
        self.server_key.write_text(telegram.public_key_pem, encoding="ascii")
        (folder / "profiles").mkdir()
        self._heard: list[tuple[str, list[Any]]] = []

    def channel(self, title: str, username: str | None) -> Channel:
        channel = self.telegram.add_channel(title, username=username, members=[self.owner])
        channel.difference_timeout = 1
        return channel

    # the channel

    def post(self, text: str, *, channel: Channel | None = None, **rest: Any) -> Posted:
        where = channel or self.vip
        return Posted(where, where.post(text, **rest))

    def reply(self, to: Posted, text: str) -> Posted:
        return self.post(text, channel=to.channel, reply_to=to.id)

    def market_long(self, coin: Priced, **rest: Any) -> Posted:
        return self.post(market_long(coin), **rest)

    def limit_long(self, coin: Priced, **rest: Any) -> Posted:
        return self.post(limit_long(coin), **rest)

    def zone_short(self, coin: Priced, **rest: Any) -> Posted:
        return self.post(zone_short(coin), **rest)

    def coin(self, base: str) -> Coin:
        return Coin(self.bitget, base, self.bitget.exchange.desk.tapes[f"{base}USDT"].last)

    @property
    def notices(self) -> list[str]:
        return [message.text for message in self.owner.saved_messages()]

    def secrets_told(self) -> list[str]:
        """Which secret of this world stands where anybody may read it."""
        self.canaries.plant(self.environment)
        for where, told in self._heard:
            self.canaries.hear(where, map(str, told))
        for message in self.owner.saved_messages():
            self.canaries.hear("a notice", (message.text, *message.revisions))
        return self.canaries.found(self.folder)

    # the machine

    @property
    def environment(self) -> dict[str, str]:
        return {
            "TGBITGET_HOME": str(self.home),
            "TGBITGET_PROFILES": str(self.folder / "profiles"),
            "TGBITGET_TELEGRAM__API_ID": "1",
            "TGBITGET_TELEGRAM__API_HASH": API_HASH,
            "TGBITGET_TELEGRAM__SESSION": self._session,
            "TGBITGET_TELEGRAM__SESSION_KEY": SESSION_KEY,
            "TGBITGET_TELEGRAM__SERVER": self.telegram.address,
            "TGBITGET_TELEGRAM__SERVER_KEY": str(self.server_key),
            "TGBITGET_TELEGRAM__DC_ID": str(self.telegram.dc_id),
            "TGBITGET_BITGET__API_KEY": self.bitget.api_key,
            "TGBITGET_BITGET__API_SECRET": self.bitget.api_secret,
            "TGBITGET_BITGET__PASSPHRASE": self.bitget.passphrase,
            "TGBITGET_BITGET__REST_URL": self.bitget.rest_url,
            "TGBITGET_BITGET__WS_URL": self.bitget.ws_url,
        }

    def settings(self, **changes: Any) -> Settings:
        parts: dict[str, Any] = {"home": self.home, "telegram": {}, "bitget": {}, **changes}
        for name, value in self.environment.items():
            part, _, key = name.removeprefix("TGBITGET_").lower().partition("__")
            if key:
                parts[part].setdefault(key, value)
        return Settings.model_validate(parts)

    def profile(self, name: str = "vip", **sections: Any) -> Profile:
        """The journeys' usual profile, with these sections on top; also as a file."""
        keys = {**PROFILE, **sections}
        (self.folder / "profiles" / f"{name}.toml").write_text(toml(keys), encoding="utf-8")
        return Profile.model_validate({**keys, "name": name})

    # the listener in this process

    @asynccontextmanager
    async def listening(
        self, *profiles: Profile, dry_run: bool = False, is_ready: bool = True, **settings: Any
    ) -> AsyncIterator[Lines]:
        """Ends as by Ctrl-C, cleanly; whatever it ends with by itself is raised."""
        lines, stop = Lines(), Stop()
        self._heard.append(("the lines of a listener", lines.all))
        task = asyncio.create_task(
            listen(
                self.settings(**settings),
                profiles or [self.profile()],
                dry_run=dry_run,
                live=True,
                printer=lines,
                stop=stop,
            )
        )
        lines.why_it_ended = lambda: _end_of(task)
        try:
            if is_ready:
                await lines.ready()
            yield lines
        finally:
            stop.set("end")
            await task
        assert lines.all[-1]["event"] == "stopped"

    # commands, as processes

    async def start(self, *arguments: str, module: str = "tgbitget", **environment: str) -> Process:
        self.canaries.plant(environment)
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            cwd=self.folder,
            env={
                **_bare_environment(),
                "PYTHONPATH": str(TESTS),
                **self.environment,
                **environment,
            },
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            limit=2**22,
        )

    async def run(self, *arguments: str, stdin: str | bytes = "", **environment: str) -> Ran:
        """A command to its end."""
        process = await self.start(*arguments, **environment)
        given = stdin.encode() if isinstance(stdin, str) else stdin
        async with asyncio.timeout(30):
            out, err = await process.communicate(given)
        assert process.returncode is not None
        ran = Ran(process.returncode, out.decode(), err.decode())
        self.canaries.hear(f"the output of {arguments[0]}", (ran.out, ran.err))
        return ran

    @asynccontextmanager
    async def process(
        self,
        *profiles: str,
        arguments: Sequence[str] = ("--live",),
        is_ready: bool = True,
        is_impatient: bool = True,
        module: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Running]:
        """`tgbitget listen` as a process of its own; killed at the end, if it still runs."""
        if not profiles and not (self.folder / "profiles" / "vip.toml").exists():
            self.profile()
        named = [part for name in profiles or ("vip",) for part in ("--profile", name)]
        usual = "journeys.impatient" if is_impatient else "tgbitget"
        process = await self.start(
            "listen", *named, "--json", *arguments, module=module or usual, **(environment or {})
        )
        running = Running(process)
        self._heard += [("lines of a process", running.all), ("its stderr", running.errors)]
        reading = asyncio.create_task(running.read())
        try:
            if is_ready:
                await running.ready()
            yield running
        finally:
            if process.returncode is None:
                await running.kill()
            await reading
            if process.stdin is not None:
                process.stdin.close()

    async def until(
        self, is_true: Callable[[], bool], what: str = "it", *, within: float = 12.0
    ) -> None:
        await eventually(is_true, what, within=within)

    async def until_prices_are_seen(self) -> None:
        """The listener's prices are those of now: it asks again only once it has the answer of the time before."""
        began = time.monotonic_ns()
        await self.until(lambda: self._polls_since(began) >= 2, "two looks at the prices")

    def _polls_since(self, began_ns: int) -> int:
        latest = takewhile(lambda r: r.arrived_ns > began_ns, reversed(self.bitget.requests))
        return sum(request.endpoint == "tickers" for request in latest)

    @property
    def sends(self) -> int:
        """Requests that would have made an order, of whatever coin, whether or not the exchange took them."""
        return sum(
            r.method == "POST" and r.endpoint in ("place-order", "place-plan-order")
            for r in self.bitget.requests
        )


def market_long(coin: Priced, *, stop: str = "0.97", tp1: str = "1.02", tp2: str = "1.04") -> str:
    return MARKET.format(coin=coin.base, tp1=coin.at(tp1), tp2=coin.at(tp2), stop=coin.at(stop))


def limit_long(
    coin: Priced, *, entry: str = "0.99", stop: str = "0.96", tp1: str = "1.02", tp2: str = "1.04"
) -> str:
    return LIMIT.format(
        coin=coin.base,
        entry=coin.at(entry),
        tp1=coin.at(tp1),
        tp2=coin.at(tp2),
        stop=coin.at(stop),
    )


def zone_short(coin: Priced) -> str:
    """Rests a little above the market."""
    return SHORT_ZONE.format(
        coin=coin.base,
        low=coin.at("1.004"),
        high=coin.at("1.012"),
        tp1=coin.at("0.98"),
        tp2=coin.at("0.96"),
        stop=coin.at("1.03"),
    )


def toml(keys: Mapping[str, Any]) -> str:
    """Flat values first, then a table for each section; JSON's strings and lists are TOML's too."""
    flat = [f"{key} = {json.dumps(v)}" for key, v in keys.items() if not isinstance(v, dict)]
    tables = [
        "\n".join([f"[{key}]", *(f"{k} = {json.dumps(v)}" for k, v in section.items())])
        for key, section in keys.items()
        if isinstance(section, dict)
    ]
    return "\n".join([*flat, *tables, ""])


def _end_of(task: "asyncio.Task[int]") -> str | None:
    if not task.done():
        return None
    return "it was cancelled" if task.cancelled() else f"it ended with {task.exception()!r}"


def _bare_environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("TGBITGET_")}
