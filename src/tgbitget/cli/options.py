"""Arguments that several commands take, and their completion."""

import os
from pathlib import Path
from typing import Annotated

import typer


def complete_profile(incomplete: str) -> list[str]:
    """Names of the profiles there are; reads no settings file, for a shell must not wait."""
    folders = [Path(given)] if (given := os.environ.get("TGBITGET_PROFILES")) else _folders()
    names = {file.stem for folder in folders for file in folder.expanduser().glob("*.toml")}
    return sorted(name for name in names if name.startswith(incomplete))


def _folders() -> list[Path]:
    home = os.environ.get("TGBITGET_HOME")
    if home is None:
        from platformdirs import user_data_dir

        home = user_data_dir("tgbitget", appauthor=False)
    return [Path("profiles"), Path(home) / "profiles"]


# A channel's id begins with a minus, and is no option for that.
NAMES_MAY_BEGIN_WITH_A_MINUS = {"ignore_unknown_options": True}

ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile",
        "-p",
        help="Name of a profile, or its file.",
        metavar="NAME",
        autocompletion=complete_profile,
    ),
]
ProfileNames = Annotated[
    list[str],
    typer.Option(
        "--profile",
        "-p",
        help="Name of a profile, or its file; may be given several times.",
        metavar="NAME",
        autocompletion=complete_profile,
    ),
]
OneProfile = Annotated[
    str, typer.Argument(metavar="NAME", help="Its name.", autocompletion=complete_profile)
]
SomeProfiles = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME]...", help="Names or files; none: all.", autocompletion=complete_profile
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines on stdout, and nothing else.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Send nothing; no account is asked or needed.")
]
Limit = Annotated[
    int, typer.Option("--limit", "-n", min=1, max=100_000, help="At most so many rows.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether you are sure.")]
