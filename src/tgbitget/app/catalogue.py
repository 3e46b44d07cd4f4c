"""The markets known on this machine, without asking anybody."""

import json
from importlib import resources

from tgbitget.markets.cache import CachedMarkets, from_snapshot, load
from tgbitget.settings import Settings


def known_markets(settings: Settings) -> CachedMarkets:
    """The cache in HOME, or the snapshot that came with the package."""
    return load(settings.markets_file, snapshot=package_snapshot())


def package_snapshot() -> CachedMarkets:
    """Read as a file: no simulator is imported for it."""
    folder = resources.files("tgbitget") / "simulators" / "bitget" / "data"
    raw = {
        name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("contracts", "spot")
    }
    return from_snapshot(raw)
