"""`doctor`: is everything there that trading needs? What is wrong, why it matters, what to do."""

from typing import TYPE_CHECKING, Annotated

import typer

from tgbitget.cli.options import AsJson, complete_profile

if TYPE_CHECKING:
    from tgbitget.cli.findings import Finding
    from tgbitget.profile import Profile
    from tgbitget.settings import Settings

_COLOURS = {"good": "green", "doubtful": "yellow", "wrong": "red", "skipped": "bright_black"}
_ABOUT_WIDTH = 20


def add_to(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(
    context: typer.Context,
    profile: Annotated[
        list[str] | None,
        typer.Option(
            "--profile",
            "-p",
            metavar="NAME",
            help="Also this profile, its channels, and the keys that its mode needs; may be repeated.",
            autocompletion=complete_profile,
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Settings, keys and their permissions, clock, modes, reach, round trip. The exit code is that of what is wrong."""
    from tgbitget.cli.start import begin, profiles_of, run_async

    settings = begin(context, as_json=as_json)
    return run_async(_examine(settings, profiles_of(profile or [], settings), as_json=as_json))


async def _examine(settings: "Settings", profiles: "list[Profile]", *, as_json: bool) -> int:
    from tgbitget.cli.checkup import checkup
    from tgbitget.cli.tables import print_json

    codes = [0]
    async for finding in checkup(settings, profiles):
        codes.append(finding.code)
        if as_json:
            print_json(finding.json())
        else:
            _say(finding)
    return next((code for code in codes if code), 0)


def _say(finding: "Finding") -> None:
    from tgbitget.cli.words import harmless

    state = typer.style(f"{finding.state:<9}", fg=_COLOURS[finding.state])
    typer.echo(f"{state} {finding.about:<{_ABOUT_WIDTH}} {harmless(finding.what)}")
    indent = " " * (_ABOUT_WIDTH + 11)
    if finding.why:
        typer.echo(f"{indent}because: {finding.why}")
    if finding.do:
        typer.echo(f"{indent}to do: {finding.do}")
