"""The commands put together, and one run of them."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from tgbitget.cli import (
    bench,
    control,
    doctor,
    look,
    markets,
    parse,
    parsers,
    profiles,
    stats,
    telegram,
)
from tgbitget.cli import run as running
from tgbitget.cli.ending import Ending, tell_bugs_in_one_line

DEBUG = "--debug"

app = typer.Typer(
    name="tgbitget",
    help="Telegram signal channels, traded and guarded on Bitget.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def run(arguments: Sequence[str]) -> int:
    """One command; its exit code. `--debug` may stand anywhere before a `--`."""
    arguments, debug = without_debug(arguments)
    tell_bugs_in_one_line(debug=debug)
    _bear_any_character()
    ending = Ending()
    command = typer.main.get_command(app)
    with ending.told(debug=debug):
        answer = command.main(arguments, prog_name="tgbitget", standalone_mode=False, obj=debug)
        if isinstance(answer, int):
            ending.code = int(answer)
        sys.stdout.flush()
    return ending.code


def without_debug(arguments: Sequence[str]) -> tuple[list[str], bool]:
    end = list(arguments).index("--") if "--" in arguments else len(arguments)
    before = [argument for argument in arguments[:end] if argument != DEBUG]
    return [*before, *arguments[end:]], len(before) < end


def _bear_any_character() -> None:
    """A post may hold what the terminal's encoding lacks; it is escaped then, not an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"tgbitget {version('tgbitget')}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    _shown: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_version, is_eager=True),
    ] = False,
    _debug: Annotated[
        bool, typer.Option(DEBUG, help="Show tracebacks and log every step; after any command.")
    ] = False,
) -> None:
    """Telegram signal channels, traded and guarded on Bitget."""
    if context.invoked_subcommand is None:
        print(context.get_help())


for module in (
    running,
    telegram,
    profiles,
    parse,
    parsers,
    markets,
    look,
    stats,
    control,
    doctor,
    bench,
):
    module.add_to(app)
