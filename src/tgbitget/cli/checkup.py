"""Everything that `doctor` looks at, in its order: this machine, Telegram, Bitget, the keys."""

from collections.abc import AsyncIterator, Sequence

from tgbitget.cli import check_bitget, check_machine, check_secrets, check_telegram
from tgbitget.cli.findings import Finding
from tgbitget.profile import Profile
from tgbitget.settings import Settings


async def checkup(settings: Settings, profiles: Sequence[Profile]) -> AsyncIterator[Finding]:
    """Every finding as soon as it is known."""
    for finding in check_machine.all_of(settings, profiles):
        yield finding
    for finding in check_secrets.secrets(settings):
        yield finding
    async for finding in check_telegram.telegram(settings, profiles):
        yield finding
    async for finding in check_bitget.bitget(settings):
        yield finding
    async for finding in check_bitget.keys(settings, profiles):
        yield finding
