"""The composition root: settings and profiles become running objects, wired in one place, top to bottom."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from loguru import logger

from tgbitget.clock import Clock, SystemClock
from tgbitget.errors import ConfigError
from tgbitget.markets.cache import CachedMarkets, from_snapshot, load
from tgbitget.model.event import Event
from tgbitget.settings import Settings
from tgbitget.profile import Profile


class Printer(Protocol):
    """Where events are shown: a live screen, plain lines, or JSON lines."""

    def handle(self, event: Event, /) -> None: ...


class Hub:
    """Hands each event to everybody who listens, in order. Listeners neither raise nor wait."""

    def __init__(self, *listeners: Callable[[Event], None]) -> None:
        self._listeners = list(listeners)

    def add(self, listener: Callable[[Event], None]) -> None:
        self._listeners.append(listener)

    def publish(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)


def known_markets(settings: Settings) -> CachedMarkets:
    """The cache in HOME, or the snapshot that came with the package."""
    return load(settings.markets_file, snapshot=package_snapshot())


def package_snapshot() -> CachedMarkets:
    """Read as a file, so that no simulator is imported for it."""
    folder = resources.files("tgbitget") / "simulators" / "bitget" / "data"
    names = ("contracts", "spot")
    raw = {
        name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in names
    }
    return from_snapshot(raw)
