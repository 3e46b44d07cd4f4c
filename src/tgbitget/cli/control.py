"""`pause` and `resume`: asked of the running listener; without one, done here under its lock."""

from typing import TYPE_CHECKING

import typer

from tgbitget.cli.options import AsJson

if TYPE_CHECKING:
    from pathlib import Path


def add_to(app: typer.Typer) -> None:
    app.command()(pause)
    app.command()(resume)


def pause(context: typer.Context, as_json: AsJson = False) -> None:
    """Take no new entries, until `resume`, also after a restart; positions stay guarded."""
    _set_paused(context, is_paused=True, as_json=as_json)


def resume(context: typer.Context, as_json: AsJson = False) -> None:
    """Take entries again."""
    _set_paused(context, is_paused=False, as_json=as_json)


def _set_paused(context: typer.Context, *, is_paused: bool, as_json: bool) -> None:
    from tgbitget.cli.start import begin, run_async
    from tgbitget.cli.tables import print_json
    from tgbitget.cli.words import harmless
    from tgbitget.control.socket import ask
    from tgbitget.journal.lock import InstanceLock

    settings = begin(context, as_json=as_json)
    answer = ask(settings.home, "pause" if is_paused else "resume")
    if answer is None:
        with InstanceLock(settings.home):
            run_async(_write(settings.database_file, is_paused=is_paused))
    halts = [] if answer is None or is_paused else answer.get("halts", [])
    if as_json:
        held = {} if is_paused else {"halts": halts}
        print_json({"is_paused": is_paused, "listener": answer is not None, **held})
        return
    if halts:
        print("The pause has ended; losses still hold entries back.")
        for halt in halts:
            print(f"held: {harmless(halt)}")
        return
    who = "The listener takes" if answer is not None else "No listener runs; the next one takes"
    print(f"{who} {'no new entries' if is_paused else 'entries again'}.")


async def _write(database: "Path", *, is_paused: bool) -> None:
    from tgbitget.journal.sqlite import SqliteJournal

    journal = SqliteJournal(database)
    await journal.open()
    try:
        await journal.set_paused(is_paused)
    finally:
        await journal.close()
