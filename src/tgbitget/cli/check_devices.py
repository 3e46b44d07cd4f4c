"""`doctor` on the account's other devices: where it is logged in, and what is new since it was last looked at."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from telethon.tl import functions

from tgbitget.cli.findings import Finding, doubtful, good
from tgbitget.cli.words import harmless
from tgbitget.errors import TgbitgetError
from tgbitget.settings import Settings
from tgbitget.telegram.answers import ask

_WHY = "whoever is logged in reads what you read, and writes in your name"
_SHOWN_MAX = 5


async def devices(client: Any, settings: Settings) -> list[Finding]:
    try:
        told = await ask(client, functions.account.GetAuthorizationsRequest())
    except TgbitgetError as e:
        return [
            doubtful(
                "devices",
                f"Telegram does not tell them: {e}",
                why=_WHY,
                do="see Settings, Devices in Telegram's own app",
            )
        ]
    others = [device for device in told.authorizations if not device.current]
    file, findings = settings.devices_file, list[Finding]()
    try:
        known = _remembered(file)
    except (OSError, ValueError, TypeError) as e:
        known = None
        findings.append(_not_known(file, e))
    findings += _findings(others, known)
    try:
        _remember(file, others)
    except OSError as e:
        findings.append(_not_kept(file, e))
    return findings


def _findings(others: Sequence[Any], known: frozenset[int] | None) -> Iterator[Finding]:
    """With nothing to compare (*known* None) none is new."""
    new = [device for device in others if known is not None and device.hash not in known]
    for device in new:
        yield doubtful(
            "devices",
            f"new since the last look: {_words(device)}",
            why=_WHY,
            do="if it is not yours, end it under Settings, Devices, and change the password",
        )
    old = [device for device in others if device not in new]
    if not others:
        yield good("devices", "this one alone")
    elif old:
        shown = "; ".join(_words(device) for device in old[:_SHOWN_MAX])
        more = f"; and {len(old) - _SHOWN_MAX} more" if len(old) > _SHOWN_MAX else ""
        yield good("devices", f"{len(old)} other: {shown}{more}")


def _words(device: Any) -> str:
    where = device.country or device.ip or "somewhere"
    name = " ".join(filter(None, (device.device_model, device.app_name)))
    return harmless(f"{name} in {where}, since {device.date_created:%Y-%m-%d}")


def _not_kept(file: Path, error: OSError) -> Finding:
    return doubtful(
        "devices",
        f"{file} cannot be written: {error.strerror}",
        why="a new one will not be told from an old one",
        do="make it writable",
    )


def _not_known(file: Path, error: Exception) -> Finding:
    why = error.strerror if isinstance(error, OSError) else "it is no list of devices"
    return doubtful(
        "devices",
        f"{file} cannot be read: {why}",
        why="a device that is new since the last look is not told from an old one this time",
        do="see that each device is yours, under Settings, Devices in Telegram's own app",
    )


def _remembered(file: Path) -> frozenset[int] | None:
    """None before the first look. OSError, ValueError or TypeError where it cannot be read."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return frozenset(int(hash_) for hash_ in json.loads(text))


def _remember(file: Path, others: Sequence[Any]) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(file, flags, 0o600), "w", encoding="utf-8") as kept:
        json.dump([str(device.hash) for device in others], kept)
