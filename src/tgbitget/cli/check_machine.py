"""`doctor` on this machine: folders, profiles, journal, markets. Asks nobody."""

import re
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import requires, version
from pathlib import Path
from platform import python_version

from tgbitget.app.catalogue import known_markets
from tgbitget.app.open_paths import ENV, is_private, open_paths, secrets_open_to_others
from tgbitget.cli.ending import FAILED
from tgbitget.cli.findings import Finding, doubtful, good, not_fit, wrong
from tgbitget.control.socket import ask
from tgbitget.errors import ConfigError, JournalError, TgbitgetError
from tgbitget.journal.reader import Reader
from tgbitget.parsing import registry
from tgbitget.profile import Profile, warnings
from tgbitget.settings import Settings

MARKETS_DAYS_MAX = 14
FREE_BYTES_MIN = 200_000_000
FREE_BYTES_NEEDED = 20_000_000  # the log alone takes ten
ANSWER_SECONDS = 5.0


def all_of(settings: Settings, profiles: Sequence[Profile]) -> Iterator[Finding]:
    yield from machine(settings)
    yield from rules(profiles)
    yield from journal(settings)
    yield from listener(settings)
    yield markets(settings)


def machine(settings: Settings) -> Iterator[Finding]:
    home = settings.home
    changeable = {path.about: path for path in open_paths(settings)}
    for path in changeable.values():
        why = "whoever can change it decides what is traded, and whom your keys are shown to"
        yield not_fit(path.about, path.what, why=why, do=path.do)
    if "home" not in changeable:
        yield _home(home)
    if ENV.exists() and not is_private(ENV):
        yield _open_env()
    yield _disk(home)
    yield _versions()


def _open_env() -> Finding:
    for path in secrets_open_to_others():
        why = "whoever reads it can trade with your keys, or is you on Telegram"
        return not_fit(path.about, path.what, why=why, do=path.do)
    told = f"{ENV.absolute()} is open to others"
    return doubtful(ENV.name, told, why="it is where keys would stand", do=f"chmod 600 {ENV}")


def _home(home: Path) -> Finding:
    if is_private(home):
        return good("home", str(home))
    return doubtful(
        "home",
        f"{home} is open to others",
        why="the database tells what you trade, to anybody on this machine",
        do=f"chmod 700 {home}",
    )


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    told, why = f"{free // 1_000_000} MB are free", "what cannot be recorded is not traded"
    do = f"make room on the disk of {home}"
    if free < FREE_BYTES_NEEDED:
        return not_fit("disk", told, why=why, do=do, code=FAILED)
    return good("disk", told) if free >= FREE_BYTES_MIN else doubtful("disk", told, why=why, do=do)


def _versions() -> Finding:
    """Where this project pins a library, another version of it was never tested here."""
    pins = dict(
        re.findall(r"^([\w-]+)==([\w.]+)$", "\n".join(requires("tgbitget") or ()), re.MULTILINE)
    )
    other = [
        f"{name} is {version(name)}, not {pin}"
        for name, pin in pins.items()
        if version(name) != pin
    ]
    told = (
        f"Python {python_version()}, Telethon {version('telethon')}, CCXT {version('ccxt')}, "
        f"SQLite {sqlite3.sqlite_version}"
    )
    if not other:
        return good("versions", told)
    return doubtful(
        "versions",
        "; ".join(other),
        why="what we rely on in it was tested with that version alone",
        do="make setup",
    )


def rules(profiles: Sequence[Profile]) -> Iterator[Finding]:
    registry.load()
    for profile in profiles:
        about = f"profile {profile.name}"
        try:
            registry.make_chain(profile)
        except ConfigError as e:
            yield wrong(
                about, e, why="its posts cannot be read", do="correct the key that it names"
            )
            continue
        yield good(about, f"mode {profile.mode}")
        for doubt in warnings(profile):
            yield doubtful(
                about, doubt, why="it is allowed, but seldom meant", do="see the profile"
            )


def journal(settings: Settings) -> Iterator[Finding]:
    if not settings.database_file.exists():
        yield good("journal", "none yet; the first `listen` makes it")
        return
    try:
        with Reader(settings.database_file) as reader:
            trades, is_paused = reader.positions(), reader.is_paused()
    except JournalError as e:
        yield wrong(
            "journal",
            e,
            why="without it nothing is traded",
            do="restore it from a backup, or move it away",
        )
        return
    yield good("journal", f"{len(trades)} trades are not finished")
    if is_paused:
        yield doubtful("journal", "paused", why="no new entries are taken", do="tgbitget resume")


def listener(settings: Settings) -> Iterator[Finding]:
    """Of a running one: its mode, its open trades, and tasks that had to be started again."""
    try:
        status = ask(settings.home, "status", timeout_seconds=ANSWER_SECONDS)
    except TgbitgetError as e:
        yield wrong("listener", e, why="it may hang", do="see its log, and restart it")
        return
    if status is None:
        yield good("listener", "none is running")
        return
    yield good("listener", f"running in {status['mode']} mode, {status['open_trades']} trades open")
    for halt in status.get("halts", ()):
        yield doubtful(
            "listener",
            halt,
            why="entries that it speaks of are refused",
            do="wait, or tgbitget resume where it is a halt or a losing streak",
        )
    for task, failures in status["task_failures"].items():
        yield doubtful(
            "listener",
            f"its task {task} failed {failures} times and was started again",
            why="what it does came late",
            do=f"see {settings.logs_folder}",
        )


def markets(settings: Settings) -> Finding:
    cached = known_markets(settings)
    days = (datetime.now(UTC) - cached.as_of).days
    what = f"{len(cached.markets)}, from the {cached.origin}"
    if cached.source == "cache" and days <= MARKETS_DAYS_MAX:
        return good("markets", what)
    return doubtful(
        "markets",
        what,
        why="contracts that came since are unknown, and posts about them are refused",
        do="tgbitget markets sync",
    )
