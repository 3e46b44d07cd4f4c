"""tgbitget as its user runs it: `tgbitget listen`, a process with a HOME of its own, heard by its JSON lines."""

import asyncio
import json
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from tgbitget.bench.errand import Errand, end, spawn
from tgbitget.bench.errors import BenchFailed
from tgbitget.bench.metric import Figure
from tgbitget.bench.spread import Spread

READY_SECONDS: Final = 90.0
LOOK_SECONDS: Final = 0.01
FINAL: Final = frozenset({"closed", "cancelled", "failed"})

Line = dict[str, Any]

PROFILE: Final = """\
mode = "live"

[telegram]
channels = [{channels}]
fast_poll_seconds = "auto"

[market]
allow = [{allow}]

[size]
kind = "fixed_quote"
value = "120"

[limits]
open_positions_max = "off"
position_quote_max = "off"
entry_age_seconds_max = {age}
daily_loss_quote_max = "off"
orders_per_minute_max = "off"

[signals]
same_symbol = "{same_symbol}"
duplicate_hours = "0"

[follow_ups]
deletions = "cancel-unfilled"
"""
"""Live, with nothing between a post and its order but the rules that have no `off`: the other side is simulated."""


class Own:
    """A listener that runs. `lines` are what it said, each with the moment when it was heard."""

    def __init__(self, process: Process, errors: Path) -> None:
        self.process = process
        self._errors = errors
        self.lines: list[tuple[int, Line]] = []

    async def hear(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.lines.append((time.monotonic_ns(), json.loads(line)))

    def of(self, kind: str) -> list[tuple[int, Line]]:
        return [(at, line) for at, line in self.lines if line.get("event") == kind]

    async def until(
        self, is_true: Callable[[], bool], what: str, *, seconds: float = READY_SECONDS
    ) -> None:
        deadline = time.monotonic() + seconds
        while not is_true():
            if self.process.returncode is not None:
                raise BenchFailed(f"tgbitget ended before {what}: {self._last_error()}")
            if time.monotonic() > deadline:
                raise BenchFailed(f"waited {seconds:g} s for {what}, in vain")
            await asyncio.sleep(LOOK_SECONDS)

    def is_flat(self) -> bool:
        """No trade stands."""
        states = {line["signal"]: line["state"] for _, line in self.of("position")}
        return all(state in FINAL for state in states.values())

    def why_not(self) -> str:
        """Why posts became no order, each reason once."""
        decided = {
            line["reason"] for _, line in self.of("decision") if line["outcome"] != "planned"
        }
        refused = {line["reason"] for _, line in self.of("placement") if line["result"] != "placed"}
        return "; ".join(sorted(str(reason) for reason in decided | refused)) or "nothing was said"

    def _last_error(self) -> str:
        told = self._errors.read_text(encoding="utf-8", errors="replace").splitlines()
        return told[-1] if told else f"exit code {self.process.returncode}"

    async def ready(self) -> None:
        await self.until(lambda: bool(self.of("ready")), "ready")

    async def kill(self) -> None:
        """SIGKILL: nothing of it runs on."""
        self.process.kill()
        await self.process.wait()


class Machine:
    """A user's folder: HOME, one profile, and an environment that points at both simulators."""

    def __init__(
        self,
        folder: Path,
        *,
        telegram: Errand,
        bitget: Mapping[str, Any],
        session: str,
        channels: Sequence[str],
        allow: Sequence[str] = (),
        same_symbol: str = "refuse",
        entry_age_seconds_max: int = 60,
    ) -> None:
        folder.mkdir()
        profiles = folder / "profiles"
        profiles.mkdir()
        key = folder / "telegram.pem"
        key.write_text(telegram.greeting["public_key"], encoding="ascii")
        self._errors = folder / "errors.txt"
        profile = PROFILE.format(
            age=entry_age_seconds_max,
            channels=", ".join(f'"@{channel}"' for channel in channels),
            allow=", ".join(f'"{base}"' for base in allow),
            same_symbol=same_symbol,
        )
        (profiles / "bench.toml").write_text(profile, encoding="utf-8")
        self.home = folder / "home"
        self.environment = {
            "TGBITGET_HOME": str(self.home),
            "TGBITGET_PROFILES": str(profiles),
            "TGBITGET_TELEGRAM__API_ID": "1",
            "TGBITGET_TELEGRAM__API_HASH": "bench",
            "TGBITGET_TELEGRAM__SESSION": session,
            "TGBITGET_TELEGRAM__SERVER": telegram.greeting["address"],
            "TGBITGET_TELEGRAM__SERVER_KEY": str(key),
            "TGBITGET_TELEGRAM__DC_ID": str(telegram.greeting["dc_id"]),
            "TGBITGET_BITGET__API_KEY": bitget["api_key"],
            "TGBITGET_BITGET__API_SECRET": bitget["api_secret"],
            "TGBITGET_BITGET__PASSPHRASE": bitget["passphrase"],
            "TGBITGET_BITGET__REST_URL": bitget["rest_url"],
            "TGBITGET_BITGET__WS_URL": bitget["ws_url"],
        }

    async def sync_markets(self) -> None:
        process = await spawn(
            "-m", "tgbitget", "markets", "sync", environment=self.environment, stderr=PIPE
        )
        _, errors = await process.communicate()
        if process.returncode:
            raise BenchFailed(f"the markets could not be fetched: {errors.decode().strip()}")

    async def segments(self) -> list[Figure]:
        """What `tgbitget stats` tells of the posts that it decided: where the time went."""
        process = await spawn(
            "-m", "tgbitget", "stats", "--json", environment=self.environment, stderr=PIPE
        )
        out, errors = await process.communicate()
        if process.returncode:
            raise BenchFailed(f"stats: {errors.decode().strip()}")
        told = json.loads(out)["all"]["segments"]
        return [
            Figure(
                name=f"  of which {name}",
                unit="ms",
                value=Spread.of([shares["p50_ms"]]),
                p99=shares["p99_ms"],
                max=shares["max_ms"],
                samples=shares["samples"],
            )
            for name, shares in told.items()
            if shares is not None
        ]

    @asynccontextmanager
    async def listening(
        self, *, module: str = "tgbitget", environment: Mapping[str, str] | None = None
    ) -> AsyncIterator[Own]:
        """Up to `ready`; stopped with the block."""
        with self._errors.open("ab") as errors:
            process = await spawn(
                "-m",
                module,
                *("listen", "--profile", "bench", "--json", "--live"),
                environment={**self.environment, **(environment or {})},
                stderr=errors,
            )
        own = Own(process, self._errors)
        hearing = asyncio.create_task(own.hear())
        try:
            await own.ready()
            yield own
        finally:
            await end(own.process)
            await hearing
