"""`doctor` at Telegram: the login, the round trip, the channels of the profiles."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from telethon.tl import functions

from tgbitget.cli.check_devices import devices
from tgbitget.cli.ending import NOT_AUTHORISED, UNREACHABLE, code_of
from tgbitget.cli.findings import Finding, good, reach, timed, wrong
from tgbitget.cli.words import harmless
from tgbitget.errors import ConfigError, TgbitgetError
from tgbitget.profile import Profile
from tgbitget.settings import Settings
from tgbitget.telegram.answers import ask
from tgbitget.telegram.channels import resolve
from tgbitget.telegram.client import connect, hang_up


async def telegram(settings: Settings, profiles: Sequence[Profile]) -> AsyncIterator[Finding]:
    try:
        client = await connect(settings)
    except TgbitgetError as e:
        yield wrong("telegram", e, why="no post can be received", do=_todo_of_telegram(e))
        return
    try:
        taken = await timed(lambda: ask(client, functions.updates.GetStateRequest()))
        yield reach("telegram", "logged in", taken)
        for finding in await devices(client, settings):
            yield finding
        for profile in profiles:
            yield await _channels(client, profile)
    except TgbitgetError as e:
        yield wrong("telegram", e, why="no post can be received", do=_todo_of_telegram(e))
    finally:
        await hang_up(client)


async def _channels(client: Any, profile: Profile) -> Finding:
    about = f"channels of {profile.name}"
    try:
        found = await resolve(client, profile.telegram.channels)
    except ConfigError as e:
        return wrong(
            about, e, why="it cannot be followed", do="join it, or see `tgbitget channels list`"
        )
    return good(about, ", ".join(harmless(channel.title) for channel in found.values()))


def _todo_of_telegram(error: TgbitgetError) -> str:
    return {
        NOT_AUTHORISED: "tgbitget login",
        UNREACHABLE: "see the network, TGBITGET_TELEGRAM__PROXY where Telegram is blocked",
    }.get(code_of(error), "set it in the environment or .env")
