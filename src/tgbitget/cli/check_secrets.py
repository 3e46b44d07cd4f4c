"""`doctor` on secrets: which place each came from, and how the Telegram session is kept. Never a value."""

from collections.abc import Iterator

from tgbitget.cli.findings import Finding, doubtful, good, skipped, wrong
from tgbitget.errors import ConfigError
from tgbitget.settings import Settings, secret_origins
from tgbitget.telegram.session import KEY_VARIABLE, session_file

_PREFIX = "TGBITGET_"


def secrets(settings: Settings) -> Iterator[Finding]:
    places: dict[str, list[str]] = {}
    for variable, place in secret_origins().items():
        places.setdefault(place, []).append(variable.removeprefix(_PREFIX))
    for place, names in places.items():
        yield good("secrets", f"from {place}: {', '.join(names)}")
    yield session(settings)


def session(settings: Settings) -> Finding:
    if settings.telegram.session is not None:
        return good("session", "not in a file: TGBITGET_TELEGRAM__SESSION holds it")
    file = session_file(settings)
    try:
        if file.read() is None:
            return skipped("session", "there is no session file yet")
        is_sealed = file.is_sealed
    except ConfigError as e:
        return wrong(
            "session",
            e,
            why="whoever has the session is you on Telegram, without code or password",
            do="as it says; in doubt end that session under Settings, Devices, and log in again",
        )
    if is_sealed:
        return good("session", "encrypted, for you alone")
    if settings.telegram.session_key is None:
        return good("session", "for you alone, not encrypted")
    return doubtful(
        "session",
        f"not encrypted, though {KEY_VARIABLE} is set",
        why="a backup or a stolen disk is the account",
        do="tgbitget login --encrypt",
    )
