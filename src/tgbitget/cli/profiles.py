"""`profiles list|show|check|new`: what a channel's rules are, and whether they are what was meant."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tgbitget.cli.options import AsJson, OneProfile, SomeProfiles
from tgbitget.errors import BadInput

if TYPE_CHECKING:
    from tgbitget.profile import Profile

profiles = typer.Typer(help="A channel's rules: list, show, check, or write a new file.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(profiles, name="profiles")


@profiles.command("list")
def list_(as_json: AsJson = False) -> None:
    """Every profile with its mode and channels."""
    from tgbitget.cli.tables import print_rows
    from tgbitget.profile import load_profile, profile_faults, profile_files
    from tgbitget.settings import load_settings

    settings = load_settings(make_home=False)
    rows = []
    for name, file in profile_files(settings.profile_folders).items():
        faults = profile_faults(file)
        profile = None if faults else load_profile(file, settings)
        rows.append(
            {
                "name": name,
                "mode": profile.mode if profile else None,
                "channels": profile.telegram.channels if profile else [],
                "file": str(file),
                "fault": str(faults[0]) if faults else None,
            }
        )
    headings = {"name": "Name", "mode": "Mode", "channels": "Channels", "file": "File"}
    if any(row["fault"] for row in rows):
        headings["fault"] = "Fault"
    print_rows(rows, headings, as_json=as_json)


@profiles.command()
def show(name: OneProfile, as_json: AsJson = False) -> None:
    """A whole profile, defaults included, as the file that would say all of it."""
    from tgbitget.cli.profile_text import plain, profile_text
    from tgbitget.cli.tables import print_json
    from tgbitget.profile import find_profile, load_profile
    from tgbitget.settings import load_settings

    settings = load_settings(make_home=False)
    profile = load_profile(name, settings)
    if as_json:
        print_json(plain(profile))
        return
    file = find_profile(name, settings.profile_folders)
    print(profile_text(profile, head=f"{file}, with every default written out."), end="")


@profiles.command()
def check(names: SomeProfiles = None, as_json: AsJson = False) -> int:
    """What each profile was understood to mean, in sentences; exit code 2 when one has a fault."""
    from tgbitget.cli.ending import DONE, WRONG_USAGE, say_error
    from tgbitget.errors import ConfigError
    from tgbitget.profile import check_channels, find_profile, profile_files
    from tgbitget.settings import load_settings

    folders = load_settings(make_home=False).profile_folders
    files = [find_profile(name, folders) for name in names or profile_files(folders)]
    if not files:
        raise ConfigError(f"there is no profile in {' or '.join(map(str, folders))}")
    understood: list[Profile] = []
    faults: list[str] = []
    for file in files:
        profile, wrong = _understand(file)
        faults += wrong
        if profile is not None:
            understood.append(profile)
            _say(profile, file, as_json=as_json, is_first=len(understood) == 1)
    try:
        check_channels(understood)
    except ConfigError as e:
        faults.append(str(e))
    for fault in faults:
        say_error(fault)
    return WRONG_USAGE if faults else DONE


@profiles.command()
def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name; the file is NAME.toml.")],
    channel: Annotated[
        list[str] | None,
        typer.Option(
            "--channel", "-c", help="A channel to follow, @name or number; may be repeated."
        ),
    ] = None,
    mode: Annotated[str, typer.Option(help="dry-run, paper, demo or live.")] = "paper",
    folder: Annotated[
        Path | None, typer.Option(help="Where to write it. Default: the first folder of profiles.")
    ] = None,
    history: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Look at the channel's history (an export or JSON lines), and propose what fits it.",
        ),
    ] = None,
    only_print: Annotated[
        bool, typer.Option("--print", help="Show it on stdout, and write no file.")
    ] = False,
) -> None:
    """Write a profile with every key explained: at its default, or from a channel's history. Refuses to overwrite."""
    from tgbitget.cli.start import begin

    settings = begin(context, to_stderr=False, looks_only=True)
    file = (folder or settings.profile_folders[0]) / f"{_file_name(name)}.toml"
    if file.exists() and not only_print:
        raise BadInput(f"{file} exists already; profiles are never overwritten")
    if history is None:
        text = _default_text(name, channel or _asked_channels(), mode)
        _put(text, file, name, only_print=only_print)
        return
    from tgbitget.cli.profile_from import print_prospect, written_from

    with _choices_told():
        written = written_from(history, name=name, channels=channel or [], mode=mode)
    _put(written.text, file, name, only_print=only_print)
    print_prospect(written, settings, to_stderr=only_print)


def _default_text(name: str, channels: list[str], mode: str) -> str:
    from tgbitget.cli.profile_text import profile_text
    from tgbitget.profile import Profile

    with _choices_told():
        profile = Profile.model_validate(
            {"name": name, "mode": mode, "telegram": {"channels": channels}}
        )
    return profile_text(profile, head=f"The rules of {name}.")


def _put(text: str, file: Path, name: str, *, only_print: bool) -> None:
    from tgbitget.profile import profile_faults

    if only_print:
        print(text, end="")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as opened:
        opened.write(text)
    assert not profile_faults(file), "what was written does not load"
    print(f"{file} is written; `tgbitget profiles check {name}` says what it means.")


def _understand(file: Path) -> "tuple[Profile | None, list[str]]":
    """The profile with its parsers made, or what is wrong."""
    from types import SimpleNamespace

    from tgbitget.errors import ConfigError
    from tgbitget.parsing import registry
    from tgbitget.profile import load_profile, profile_faults

    faults = profile_faults(file)
    if faults:
        return None, [str(fault) for fault in faults]
    profile = load_profile(file, SimpleNamespace(profile_folders=()))
    try:
        registry.load()
        registry.make_chain(profile)
    except ConfigError as e:
        return None, [f"{file}: {e}"]
    return profile, []


def _say(profile: "Profile", file: Path, *, as_json: bool, is_first: bool) -> None:
    from tgbitget.cli.tables import print_json
    from tgbitget.profile import sentences, warnings

    said, doubts = sentences(profile), warnings(profile)
    if as_json:
        row = {"name": profile.name, "file": str(file), "sentences": said, "warnings": doubts}
        print_json(row)
        return
    gap = "" if is_first else "\n"
    print(f"{gap}{profile.name} ({file})")
    for sentence in said:
        print(f"  {sentence}")
    for doubt in doubts:
        print(f"  Warning: {doubt}")


@contextmanager
def _choices_told() -> Iterator[None]:
    """What pydantic refuses of the options is told by their names."""
    from pydantic import ValidationError

    try:
        yield
    except ValidationError as e:
        details = e.errors()[0]
        context = details.get("ctx", {})
        if details["loc"][0] == "mode":
            was = details["input"]
            raise BadInput(f'--mode: expected {context["expected"]}, was "{was}"') from None
        raise BadInput(f"--channel: {context.get('error', details['msg'])}") from None


def _asked_channels() -> list[str]:
    if not sys.stdin.isatty():
        raise BadInput("which channels? Name them with --channel")
    while True:
        answer = str(typer.prompt("Channels to follow (@name or number, separated by spaces)"))
        odd = next((name for name in answer.split() if not _is_channel(name)), None)
        if odd is None:
            return answer.split()
        typer.echo(f"{odd} is no @name, no t.me link and no number", err=True)


def _is_channel(name: str) -> bool:
    """Stricter than a file, where the name stands in quotes: here every word of a sentence would pass for one."""
    return name.startswith("@") or "t.me/" in name or name.lstrip("-").isdigit()


def _file_name(name: str) -> str:
    is_name = name.removesuffix(".toml").replace("-", "").replace("_", "").isalnum()
    if not is_name:
        raise BadInput(f'a profile\'s name is letters, digits, - and _, was "{name}"')
    return name.removesuffix(".toml")
