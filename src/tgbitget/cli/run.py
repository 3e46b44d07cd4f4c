"""`listen`, `replay`, `demo`: the river itself, shown as it flows."""

import sys
from typing import Annotated

import typer

from tgbitget.cli.options import AsJson, DryRun, ProfileName, ProfileNames


def add_to(app: typer.Typer) -> None:
    app.command()(demo)
    app.command()(listen)
    app.command()(replay)


def demo(context: typer.Context, as_json: AsJson = False) -> int:
    """Both simulators, one channel, from posts to closed positions; no account needed."""
    from tgbitget.app.demo import demo as run_demo
    from tgbitget.cli.demo_report import print_report
    from tgbitget.cli.start import run_async
    from tgbitget.cli.view import make_printer
    from tgbitget.logs import configure_logs

    configure_logs(as_json=as_json, to_stderr=_no_screen(as_json), debug=bool(context.obj))
    with make_printer(as_json=as_json) as printer:
        report = run_async(run_demo(printer))
    if not as_json:
        print_report(report)
    return 0


def listen(
    context: typer.Context,
    profile: ProfileNames,
    dry_run: DryRun = False,
    live: Annotated[
        bool, typer.Option("--live", help="Allow profiles whose mode is live: real money.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Follow the channels of the profiles, and trade what they post, until Ctrl-C."""
    from tgbitget.cli.start import begin, profiles_of, run_async
    from tgbitget.cli.view import make_printer

    settings = begin(context, as_json=as_json, to_stderr=_no_screen(as_json))
    profiles = profiles_of(profile, settings)
    # The heavy part last: who mistyped a name does not wait for it.
    from tgbitget.app.runs import listen as run_listener

    with make_printer(as_json=as_json) as printer:
        return run_async(
            run_listener(settings, profiles, dry_run=dry_run, live=live, printer=printer)
        )


def replay(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="A Telegram Desktop export or JSON lines; - reads lines on stdin."
        ),
    ],
    profile: ProfileName = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> int:
    """The posts of a file by the same rules as those of a channel, the clock following them."""
    from tgbitget.app.runs import replay as run_replay
    from tgbitget.cli.printers import JsonPrinter, PlainPrinter
    from tgbitget.cli.start import begin, profiles_of, run_async
    from tgbitget.profile import default_profile

    settings = begin(context, as_json=as_json)
    rules = profiles_of([profile], settings)[0] if profile else default_profile()
    # A file is read no faster than its lines are: nothing is dropped, however slow the reader.
    with JsonPrinter() if as_json else PlainPrinter() as printer:
        return run_async(run_replay(settings, rules, file, dry_run=dry_run, printer=printer))


def _no_screen(as_json: bool) -> bool:
    """Whether stderr is free for logs: the live view owns the terminal."""
    return as_json or not (sys.stdout.isatty() and sys.stderr.isatty())
