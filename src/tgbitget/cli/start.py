"""What a command does first: read the machine's settings, and send logs where they belong."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import typer

    from tgbitget.profile import Profile
    from tgbitget.settings import Settings

_T = TypeVar("_T")


def begin(
    context: "typer.Context",
    *,
    as_json: bool = False,
    to_stderr: bool = True,
    looks_only: bool = False,
) -> "Settings":
    """The settings, with logs on stderr and in HOME. A command that only looks makes no HOME and writes no file there."""
    from tgbitget.logs import configure_logs
    from tgbitget.settings import load_settings

    _keep_no_core()
    settings = load_settings(make_home=not looks_only)
    configure_logs(
        folder=None if looks_only else settings.logs_folder,
        secrets=settings.secrets(),
        as_json=as_json,
        to_stderr=to_stderr,
        debug=bool(context.obj),
    )
    return settings


def _keep_no_core() -> None:
    """A crash writes no image of our memory, where the secrets are."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def profiles_of(names: list[str], settings: "Settings") -> "list[Profile]":
    """By name, each channel in one of them only. ConfigError."""
    from tgbitget.profile import check_channels, load_profile

    profiles = [load_profile(name, settings) for name in dict.fromkeys(names)]
    check_channels(profiles)
    return profiles


def run_async(work: Coroutine[Any, Any, _T]) -> _T:
    """Ctrl-C cancels it, lets it end, and becomes exit code 130."""
    import asyncio

    return asyncio.run(work)
