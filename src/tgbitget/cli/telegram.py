"""`login`, `logout`, `channels list|export`: the user's own session with Telegram."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tgbitget.cli.options import NAMES_MAY_BEGIN_WITH_A_MINUS, AsJson

if TYPE_CHECKING:
    from tgbitget.settings import Settings
    from tgbitget.telegram.channels import Dialogue
    from tgbitget.telegram.export import ExportProgress

channels = typer.Typer(help="The channels of this account: list them, or export one's history.")


def add_to(app: typer.Typer) -> None:
    app.command()(login)
    app.command()(logout)
    app.add_typer(channels, name="channels")


def login(
    context: typer.Context,
    qr: Annotated[
        bool, typer.Option("--qr", help="By a QR code that your phone scans, instead of a code.")
    ] = False,
    encrypt: Annotated[
        bool,
        typer.Option(
            "--encrypt",
            help="Encrypt the session that is there, with TGBITGET_TELEGRAM__SESSION_KEY; nobody has to log in again.",
        ),
    ] = False,
) -> None:
    """Log in to Telegram: phone, code, second factor; the session is kept in HOME for you alone."""
    from tgbitget.cli.person import TerminalPerson
    from tgbitget.cli.start import begin, run_async
    from tgbitget.cli.words import harmless
    from tgbitget.telegram.login import login as log_in

    settings = begin(context)
    if encrypt:
        _encrypt(settings)
        return
    with TerminalPerson() as person:
        who = run_async(log_in(settings, person, by_qr=qr))
    name = f"{who.name} (@{who.username})" if who.username else who.name
    print(f"Logged in as {harmless(name)}; the session is in {settings.session_file}.")


def logout(context: typer.Context) -> None:
    """End this session at Telegram, and delete it here."""
    from tgbitget.cli.start import begin, run_async
    from tgbitget.journal.lock import InstanceLock

    settings = begin(context)
    with InstanceLock(settings.home):  # a listener would be deaf from then on
        run_async(_logout(settings))
    print("Logged out.")


@channels.command("list")
def list_(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="People, bots and basic groups as well.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The channels and groups that this account is in, latest first."""
    from tgbitget.cli.start import begin, run_async
    from tgbitget.cli.tables import print_rows

    dialogues = run_async(_dialogues(begin(context, as_json=as_json)))
    rows = [
        {
            "id": one.id,
            "title": one.title,
            "kind": one.kind,
            "username": f"@{one.username}" if one.username else None,
            "members": one.members,
        }
        for one in dialogues
        if everything or one.channel is not None
    ]
    headings = {
        "id": "Id",
        "title": "Title",
        "kind": "Kind",
        "username": "Name",
        "members": "Members",
    }
    print_rows(rows, headings, as_json=as_json)


@channels.command(context_settings=NAMES_MAY_BEGIN_WITH_A_MINUS)
def export(
    context: typer.Context,
    channel: Annotated[
        str, typer.Argument(metavar="CHANNEL", help="@name, a t.me link, or the numeric id.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write.")
    ],
) -> None:
    """A channel's whole history as Telegram Desktop would export it; broken off, it goes on next time."""
    from tgbitget.cli.start import begin, run_async
    from tgbitget.errors import BadInput

    if output.exists():
        raise BadInput(f"{output} exists already; it is not overwritten")
    settings = begin(context)
    with _progress() as report:
        done = run_async(_export(settings, channel, output, report))
    print(f"{output}: {done} messages.")


def _encrypt(settings: "Settings") -> None:
    from tgbitget.journal.lock import InstanceLock
    from tgbitget.telegram.login import seal_session

    with InstanceLock(settings.home):  # a listener would write its own over it
        seal_session(settings)
    print(f"{settings.session_file} is encrypted; keep the key, nothing opens it without.")


async def _logout(settings: "Settings") -> None:
    from tgbitget.telegram.client import connect, hang_up
    from tgbitget.telegram.login import logout as log_out

    client = await connect(settings)
    try:
        await log_out(client)
    finally:
        await hang_up(client)


async def _dialogues(settings: "Settings") -> "tuple[Dialogue, ...]":
    from tgbitget.telegram.channels import list_dialogues
    from tgbitget.telegram.client import connect, hang_up

    client = await connect(settings)
    try:
        return await list_dialogues(client)
    finally:
        await hang_up(client)


async def _export(
    settings: "Settings", name: str, file: Path, report: "Callable[[ExportProgress], None]"
) -> int:
    from tgbitget.telegram.channels import resolve
    from tgbitget.telegram.client import connect, hang_up
    from tgbitget.telegram.export import export as write_history

    client = await connect(settings)
    try:
        found = await resolve(client, [name])
        return await write_history(client, found[name], file, report)
    finally:
        await hang_up(client)


@contextmanager
def _progress() -> "Iterator[Callable[[ExportProgress], None]]":
    """A bar on a terminal; elsewhere a line now and then."""
    if not sys.stderr.isatty():
        yield _progress_line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    ) as bar:
        task = bar.add_task("messages", total=None)

        def report(progress: "ExportProgress") -> None:
            wait = progress.waiting_seconds
            doing = "messages" if wait is None else f"Telegram asks to wait {wait:.0f} s"
            bar.update(
                task,
                completed=progress.done,
                total=max(progress.total, progress.done),
                description=doing,
            )

        yield report


def _progress_line(progress: "ExportProgress") -> None:
    if progress.waiting_seconds is not None:
        sys.stderr.write(f"Telegram asks to wait {progress.waiting_seconds:.0f} s …\n")
    elif progress.done % _LINE_EVERY == 0 or progress.done >= progress.total:
        sys.stderr.write(f"{progress.done} of {progress.total} messages\n")


_LINE_EVERY = 1000
